"""The launch template that a node group names, and what EKS refuses in one."""

from dataclasses import dataclass

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends

from .errors import invalid_parameter, invalid_request

DEFAULT_INSTANCE_TYPES = ["t3.medium"]
CHOOSE_ONE = "Either provide launch template ID or launch template name in the request."


@dataclass
class Template:
    """One version of a launch template."""

    id: str
    name: str
    version: str
    data: dict

    @property
    def image(self):
        """The image, if the template names one."""
        return self.data.get("ImageId")

    @property
    def instance_type(self):
        """The instance type, if the template names one."""
        return self.data.get("InstanceType")

    def described(self):
        """As node groups answer it: id and name, whichever was asked for, and a number for a version."""
        return {"id": self.id, "name": self.name, "version": self.version}


def resolve(backend, asked):
    """The version that a request asks for; without one, the template's default version."""
    if bool(asked.get("id")) == bool(asked.get("name")):
        raise invalid_parameter(CHOOSE_ONE)
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    try:
        if asked.get("id"):
            found = ec2.get_launch_template(asked["id"])
        else:
            found = ec2.get_launch_template_by_name(asked["name"])
        version = found.get_version(asked.get("version") or "$Default")
    except (EC2ClientError, ValueError, KeyError) as problem:
        wanted = " ".join(str(asked[key]) for key in ("id", "name", "version") if asked.get(key))
        raise invalid_request(f"Launch template {wanted} could not be found.") from problem
    return Template(found.id, found.name, str(version.number), version.data)


def instance_types(wanted, template):
    """Those of the request; none if the template has one; else EKS's own choice."""
    if template and template.instance_type:
        return None
    return wanted.get("instanceTypes") or DEFAULT_INSTANCE_TYPES


def check(template):
    """Refuses what EKS sets itself in its copy of the template."""
    for problem in problems(template.data):
        raise invalid_parameter(f"Launch template {template.id} should not specify {problem}.")


def problems(data):
    """What must not be in the template of a node group."""
    if any(interface.get("SubnetId") for interface in data.get("NetworkInterfaces") or []):
        yield "a subnet ID"
    if data.get("IamInstanceProfile"):
        yield "an instance profile"
    if (data.get("InstanceMarketOptions") or {}).get("MarketType") == "spot":
        yield "Spot options"
    if data.get("InstanceInitiatedShutdownBehavior"):
        yield "a shutdown behavior"
    if (data.get("HibernationOptions") or {}).get("Configured") in (True, "true"):
        yield "hibernation"
