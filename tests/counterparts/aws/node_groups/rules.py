"""What EKS refuses in a request for a node group."""

import re

from moto.ec2.models import ec2_backends
from moto.eks.models import LAUNCH_TEMPLATE_WITH_DISK_SIZE_MSG, LAUNCH_TEMPLATE_WITH_REMOTE_ACCESS_MSG
from moto.eks.utils import validate_role_arn

import eks_images

from .errors import invalid_parameter, invalid_request

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
EFFECTS = ("NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE")
CAPACITY_TYPES = ("ON_DEMAND", "SPOT", "CAPACITY_BLOCK")
MOST_TAINTS = 50
MOST_INSTANCE_TYPES = 20
CREATE_SIZES = "{0} can't be greater than {1}"
EXCLUSIVE = (
    ("maxUnhealthyNodeThresholdCount", "maxUnhealthyNodeThresholdPercentage"),
    ("maxParallelNodesRepairedCount", "maxParallelNodesRepairedPercentage"),
)


def check_create(backend, wanted, template):
    """Refuses a CreateNodegroup whose cluster is there and whose name is free."""
    if not NAME.fullmatch(wanted.get("nodegroupName") or ""):
        raise invalid_parameter("The nodegroup name is not valid.")
    validate_role_arn(wanted.get("nodeRole") or "")
    check_subnets(backend, wanted.get("subnets") or [])
    check_choice("capacity type", wanted.get("capacityType"), CAPACITY_TYPES)
    check_taints(wanted.get("taints") or [])
    check_instance_types(wanted.get("instanceTypes") or [], template)
    if template:
        check_beside_template(wanted)
    check_image(wanted, template)


def check_subnets(backend, subnets):
    """There is one at least, and all of them exist."""
    if not subnets:
        raise invalid_parameter("Subnets must be specified.")
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    known = {subnet.id for subnet in ec2.describe_subnets()}
    for subnet in subnets:
        if subnet not in known:
            raise invalid_parameter(f"The subnet ID '{subnet}' does not exist")


def check_choice(what, value, allowed):
    """A value is one of those of the API."""
    if value is not None and value not in allowed:
        raise invalid_parameter(f"Invalid {what}: {value}, must be one of these [{', '.join(allowed)}]")


def check_create_sizes(sizes):
    """The words for sizes that contradict one another in CreateNodegroup."""
    check_ranges(sizes)
    if sizes["minSize"] > sizes["maxSize"]:
        raise invalid_parameter(CREATE_SIZES.format("minSize", "maxSize"))
    if sizes["minSize"] > sizes["desiredSize"]:
        raise invalid_parameter(CREATE_SIZES.format("minSize", "desiredSize"))
    check_not_above(sizes)


def check_update_sizes(sizes):
    """The words in UpdateNodegroupConfig."""
    check_ranges(sizes)
    low, desired = sizes["minSize"], sizes["desiredSize"]
    if low > desired:
        raise invalid_parameter(f"Minimum capacity {low} can't be greater than desired size {desired}")
    check_not_above(sizes)


def check_not_above(sizes):
    """The desired size is not above the largest."""
    if sizes["desiredSize"] > sizes["maxSize"]:
        raise invalid_parameter(CREATE_SIZES.format("desiredSize", "maxSize"))


def check_ranges(sizes):
    """The API's own limits."""
    for name, least in (("minSize", 0), ("desiredSize", 0), ("maxSize", 1)):
        if sizes[name] < least:
            raise invalid_parameter(f"{name} must be at least {least}")


def check_update_config(config, largest):
    """One of number and percentage, in its range."""
    number, percentage = config.get("maxUnavailable"), config.get("maxUnavailablePercentage")
    if number is not None and percentage is not None:
        raise invalid_parameter("Either specify max-unavailable or max-unavailable-percentage, not both")
    if number is not None and not 1 <= number <= min(largest, 100):
        raise invalid_parameter("max-unavailable must be within the range 1 and max size of the node group")
    if percentage is not None and not 1 <= percentage <= 100:
        raise invalid_parameter("max-unavailable-percentage must be within the range 1 and 100")
    check_choice("update strategy", config.get("updateStrategy"), ("DEFAULT", "MINIMAL"))


def check_repair_config(config):
    """One of number and percentage, for each limit."""
    for number, percentage in EXCLUSIVE:
        if number in config and percentage in config:
            raise invalid_parameter(f"{number} and {percentage} cannot both be specified")


def check_taints(taints):
    """EKS's own spelling of the effects, which is not that of Kubernetes."""
    for taint in taints:
        effect = taint.get("effect")
        if effect not in EFFECTS:
            raise invalid_parameter(f"Invalid taint effect: {effect}, must be one of these [{', '.join(EFFECTS)}]")
        if not 1 <= len(taint.get("key") or "") <= 63:
            raise invalid_parameter("A taint key has 1 to 63 characters")
    if len(taints) > MOST_TAINTS:
        raise invalid_parameter(f"A nodegroup can have at most {MOST_TAINTS} taints")


def check_instance_types(types, template):
    """In the template or in the request."""
    if types and template and template.instance_type:
        raise invalid_request("Cannot specify instance types in launch template and API request")
    if len(types) > MOST_INSTANCE_TYPES:
        raise invalid_parameter(f"At most {MOST_INSTANCE_TYPES} instance types can be specified")


def check_beside_template(wanted):
    """What belongs into the template if there is one."""
    if wanted.get("diskSize"):
        raise invalid_parameter(LAUNCH_TEMPLATE_WITH_DISK_SIZE_MSG)
    if wanted.get("remoteAccess"):
        raise invalid_parameter(LAUNCH_TEMPLATE_WITH_REMOTE_ACCESS_MSG)


def check_image(wanted, template):
    """An image of one's own leaves no choice of type and version."""
    kind = wanted.get("amiType")
    if not (template and template.image):
        check_choice("AMI type", kind, eks_images.AMI_TYPES)
        return
    if kind not in (None, "CUSTOM"):
        raise invalid_parameter(
            "You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template."
        )
    for name, words in (("version", "a kubernetes version"), ("releaseVersion", "a release version")):
        if wanted.get(name):
            raise invalid_parameter(
                f"You cannot specify {words} to use when specifying an image id to use within the launch template."
            )


def check_version(version, allowed):
    """The cluster's version is the only one, or one on the way to it."""
    if version not in allowed:
        raise invalid_parameter(f"Requested Kubernetes version {version} is not one of [{', '.join(allowed)}]")


def check_release(release, version, ami_type):
    """A release of Amazon Linux begins with its Kubernetes version; one of Bottlerocket is known or not."""
    if ami_type.startswith("BOTTLEROCKET"):
        fits = release in eks_images.releases(version, ami_type)
    else:
        fits = release.startswith(f"{version}.")
    if not fits:
        raise invalid_parameter(f"Requested release version {release} is not valid for kubernetes version {version}.")
