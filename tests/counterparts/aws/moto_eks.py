"""moto's server with what a test of an EKS provider needs beyond plain moto.

Started as `python moto_eks.py -H 127.0.0.1 -p PORT`. Added to moto:

* `POST /moto-api/eks-clusters`: an EKS cluster whose DescribeCluster answers the address and the certificate
  authority of a real API server, in the account and region that the body names.
* `GET /moto-api/credentials?access_key_id=...`: secret key, session token and principal of an access key that
  moto has handed out (CreateAccessKey, AssumeRole), for whoever has to verify a signature made with it.
* the public EKS image parameters below /aws/service/, which moto lets nobody put. They follow from the images
  of MOTO_AMIS_PATH and from those of eks_images.json.
* CreateLaunchTemplate and CreateLaunchTemplateVersion honour ClientToken: asked again with the same token, they
  answer what they answered first and make nothing; with other parameters they refuse, as EC2 does.
* DescribeLaunchTemplates shows tags that were set after the creation; DeleteLaunchTemplateVersions.
* CreateFleet gives instances the security groups of the launch template's first network interface, as EC2 does.
* EKS managed node groups with states, refusals, updates and an Auto Scaling group: node_groups/.
* Instance refreshes of Auto Scaling groups, which replace nothing: instance_refreshes.py.
* The quotas of GPU instances: quotas.py.
"""

import functools
import json
import re
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidLaunchTemplateVersionNotFound
from moto.ec2.models.amis import AMIS
from moto.ec2.models.fleets import Fleet
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.eks.models import eks_backends
from moto.iam.models import iam_backends
from moto.moto_api._internal.urls import url_paths
from moto.ssm.models import Parameter, ParameterDict
from moto.sts.models import sts_backends

import eks_images
import instance_refreshes
import node_groups
import quotas
from eks_images import BOTTLEROCKET_PREFIX, EKS_PREFIX

AL2023 = re.compile(r"amazon-eks-node-al2023-(?P<arch>x86_64|arm64)-(?P<variant>\w+)-(?P<k8s>[\d.]+)-v\d+$")
BOTTLEROCKET = re.compile(
    r"bottlerocket-(?P<variant>aws-k8s-[\d.]+(?:-nvidia)?)-(?P<arch>x86_64|aarch64)-v(?P<version>[\d.]+)-\w+$"
)


def answer(status, document):
    """An HTTP answer in the form that moto's handlers return."""
    return status, {"Content-Type": "application/json"}, json.dumps(document)


def add_cluster(request, _full_url, _headers):
    """Creates an EKS cluster that points at a given API server; replaces one of the same name."""
    wanted = json.loads(request.get_data(as_text=True))
    backend = eks_backends[wanted["account"]][wanted["region"]]
    backend.clusters.pop(wanted["name"], None)
    cluster = backend.create_cluster(
        name=wanted["name"],
        version=wanted["version"],
        role_arn=f"arn:aws:iam::{wanted['account']}:role/eks-cluster",
        resources_vpc_config={"subnetIds": [], "securityGroupIds": []},
        kubernetes_network_config={"serviceIpv4Cidr": wanted["service_cidr"], "ipFamily": "ipv4"},
    )
    cluster.endpoint = wanted["endpoint"]
    cluster.certificate_authority = {"data": wanted["certificate_authority"]}
    return answer(201, {"arn": cluster.arn})


def find_credentials(_request, full_url, _headers):
    """Says what moto knows of an access key: its secret, its session token if it has one, whose it is."""
    wanted = parse_qs(urlsplit(full_url).query).get("access_key_id", [""])[0]
    for account in list(sts_backends.values()):
        for backend in list(account.values()):
            for role in backend.assumed_roles:
                if role.access_key_id == wanted:
                    return answer(200, session(role))
    for account in list(iam_backends.values()):
        for backend in list(account.values()):
            for user in backend.users.values():
                for key in user.access_keys:
                    if key.access_key_id == wanted:
                        return answer(200, {"secret_access_key": key.secret_access_key, "arn": user.arn})
    return answer(404, {"message": f"no access key {wanted}"})


def session(role):
    """The credentials of an assumed role, with the ARN that EKS maps: the role's, not the session's."""
    return {
        "secret_access_key": role.secret_access_key,
        "session_token": role.session_token,
        "arn": role.role_arn,
        "session_name": role.session_name,
    }


url_paths["{0}/moto-api/eks-clusters"] = add_cluster
url_paths["{0}/moto-api/credentials"] = find_credentials
eks_images.add_to_ec2(AMIS)
node_groups.install()
instance_refreshes.install()
quotas.install()


def public_image_parameters():
    """Name and value of every public parameter; those of eks_images.json count before what follows from names."""
    return dict(image_ids_by_name()) | dict(eks_images.parameters())


def image_ids_by_name():
    """Yields name and image id of every public parameter that follows from the known images."""
    for image in AMIS:
        if found := AL2023.match(image["name"]):
            base = f"{EKS_PREFIX}{found['k8s']}/amazon-linux-2023/{found['arch']}/{found['variant']}/"
            for leaf in ("recommended", image["name"]):
                yield f"{base}{leaf}/image_id", image["ami_id"]
        if found := BOTTLEROCKET.match(image["name"]):
            arch = found["arch"].replace("aarch64", "arm64")
            for version in ("latest", found["version"]):
                name = f"{BOTTLEROCKET_PREFIX}{found['variant']}/{arch}/{version}/image_id"
                yield name, image["ami_id"]


check_loading_status = ParameterDict._check_loading_status


def check_and_add_images(self, key):
    """Adds our parameters when one of their names is first asked for, as moto does with its own."""
    asked = str(key or "").startswith((EKS_PREFIX, BOTTLEROCKET_PREFIX))
    if asked and not getattr(self, "images_added", False):
        self.images_added = True
        for name, value in public_image_parameters().items():
            dict.setdefault(self, name, []).append(image_parameter(self.account_id, name, value))
    check_loading_status(self, key)


def image_parameter(account, name, value):
    """One public parameter."""
    return Parameter(
        account_id=account,
        name=name,
        value=value,
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=time.time(),
        version=1,
        data_type="text",
    )


ParameterDict._check_loading_status = check_and_add_images

create_on_demand_requests = Fleet.create_on_demand_requests


def create_with_security_groups(self, weight):
    """Without them Karpenter marks each new NodeClaim as drifted (SecurityGroupDrift) at once."""
    create_on_demand_requests(self, weight)
    for item in self.on_demand_instances:
        spec = item["launch_spec"].launch_template_spec
        template = self.ec2_backend.get_launch_template(spec["LaunchTemplateId"])
        interfaces = template.get_version(int(spec["Version"])).data.get("NetworkInterfaces") or []
        if interfaces and interfaces[0].get("Groups"):
            self.ec2_backend.modify_instance_security_groups(item["instance"].id, interfaces[0]["Groups"])


Fleet.create_on_demand_requests = create_with_security_groups

answered = {}
answering = threading.Lock()


def idempotent(action):
    """Makes one object per ClientToken, however often a client that saw no answer asks again."""

    @functools.wraps(action)
    def once(self):
        token = self._get_param("ClientToken")
        if not token:
            return action(self)
        key = (self.current_account, self.region, action.__name__, token)
        asked = json.dumps(self.params, sort_keys=True, default=str)
        with answering:
            if key not in answered:
                answered[key] = (asked, action(self))
            first, result = answered[key]
        if first != asked:
            raise EC2ClientError(
                "IdempotentParameterMismatch",
                f"The client token {token} was used with other parameters before.",
            )
        return result

    return once


LaunchTemplates.create_launch_template = idempotent(LaunchTemplates.create_launch_template)
LaunchTemplates.create_launch_template_version = idempotent(LaunchTemplates.create_launch_template_version)

# moto keeps the tags of the creation in an attribute; these are the tags as they are now.
LaunchTemplate.tags = property(LaunchTemplate.get_tags, lambda _self, _tags: None)


def create_version(self, data, description):
    """Numbers are never used twice, not even after the newest version was deleted."""
    number = getattr(self, "newest_number", 0) + 1
    self.newest_number = number
    version = LaunchTemplateVersion(self, number, data, description)
    self.versions.append(version)
    return version


def get_version(self, number):
    """By number: a deleted version leaves a gap."""
    if str(number).lower() == "$latest":
        return self.versions[-1]
    wanted = self.default_version_number if str(number).lower() == "$default" else int(number)
    for version in self.versions:
        if version.number == wanted:
            return version
    raise InvalidLaunchTemplateVersionNotFound(template_id=self.id, version=number)


def delete_versions(self):
    """DeleteLaunchTemplateVersions: the default version stays."""
    name, template_id = self._get_param("LaunchTemplateName"), self._get_param("LaunchTemplateId")
    backend = self.ec2_backend
    found = backend.get_launch_template_by_name(name) if name else backend.get_launch_template(template_id)
    done, refused = [], []
    for number in self._get_param("Versions", []):
        about = {
            "LaunchTemplateId": found.id,
            "LaunchTemplateName": found.name,
            "VersionNumber": int(number),
        }
        problem = version_problem(found, int(number))
        if problem:
            refused.append(about | {"ResponseError": problem})
        else:
            found.versions.remove(found.get_version(number))
            done.append(about)
    return ActionResult(
        {
            "SuccessfullyDeletedLaunchTemplateVersions": done,
            "UnsuccessfullyDeletedLaunchTemplateVersions": refused,
        }
    )


def version_problem(template, number):
    """Why a version cannot be deleted, if it cannot."""
    if all(version.number != number for version in template.versions):
        return {"Code": "launchTemplateVersionDoesNotExist", "Message": f"There is no version {number}."}
    if number == template.default_version_number:
        return {"Code": "unexpectedError", "Message": "The default version cannot be deleted."}
    return None


LaunchTemplate.create_version = create_version
LaunchTemplate.get_version = get_version
LaunchTemplate.default_version = lambda self: self.get_version("$Default")
LaunchTemplates.delete_launch_template_versions = delete_versions

if __name__ == "__main__":
    from moto.server import main

    main(sys.argv[1:])
