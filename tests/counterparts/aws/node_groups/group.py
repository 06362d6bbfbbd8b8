"""One node group, and what EKS is at work on."""

import copy
import threading
import time

from moto.core.utils import utcnow
from moto.eks.models import NODEGROUP_ARN_TEMPLATE
from moto.moto_api._internal import mock_random

from .scaling import ScalingGroup

# One action at a time: moto's server has a thread for each request.
LOCK = threading.RLock()
IN_PROGRESS = ("CREATING", "UPDATING", "DELETING")


class Work:
    """Something that EKS is at work on: it ends after some looks, or after some seconds."""

    def __init__(self, pace, finish):
        self.looks = pace.get("looks", 0)
        self.ends_at = time.monotonic() + pace["seconds"] if "seconds" in pace else None
        self.finish = finish

    def is_over(self):
        """Counts one look."""
        if self.ends_at is not None:
            return time.monotonic() >= self.ends_at
        self.looks -= 1
        return self.looks < 0


class NodeGroup:
    """A node group: `fields` are what DescribeNodegroup answers, but for the desired size, which Auto Scaling has."""

    def __init__(self, backend, cluster, fields, request):
        self.backend, self.cluster, self.request = backend, cluster, request
        self.name = fields["nodegroupName"]
        self.uuid = str(mock_random.uuid4())
        self.arn = NODEGROUP_ARN_TEMPLATE.format(
            partition=backend.partition,
            region=backend.region_name,
            account_id=backend.account_id,
            cluster_name=cluster.name,
            nodegroup_name=self.name,
            uuid=self.uuid,
        )
        self.fields = {
            **fields,
            "nodegroupArn": self.arn,
            "clusterName": cluster.name,
            "createdAt": utcnow(),
            "modifiedAt": utcnow(),
            "health": {"issues": []},
            "resources": {},
        }
        self.scaling = ScalingGroup(self)
        self.updates = {}
        self.work = None

    @property
    def status(self):
        """Where the group is in its life."""
        return self.fields["status"]

    @property
    def tags(self):
        """The group's own tags; Auto Scaling has others."""
        return self.fields["tags"]

    @property
    def template_version(self):
        """The launch template's id and version as Auto Scaling names them; None without a template."""
        template = self.fields.get("launchTemplate")
        return template and {"LaunchTemplateId": template["id"], "Version": template["version"]}

    def begin(self, status, pace, finish):
        """EKS starts to work; `finish` is called when it ends."""
        self.fields["status"] = status
        self.fields["modifiedAt"] = utcnow()
        self.work = Work(pace, finish)

    def look(self):
        """Somebody looks: what is over, ends."""
        if self.work and self.work.is_over():
            work, self.work = self.work, None
            self.fields["modifiedAt"] = utcnow()
            work.finish()

    def finish_create(self, issues):
        """The Auto Scaling group is there after a failure too: nodes fail to come up in it."""
        self.scaling.create()
        self.fields["resources"]["autoScalingGroups"] = [{"name": self.scaling.name}]
        if (self.fields.get("remoteAccess") or {}).get("ec2SshKey"):
            self.fields["resources"]["remoteAccessSecurityGroup"] = "sg-" + self.uuid.replace("-", "")[:17]
        self.settle("ACTIVE" if issues is None else "CREATE_FAILED", issues)

    def finish_delete(self, issues):
        """The Auto Scaling group goes with the node group."""
        if issues is not None:
            self.settle("DELETE_FAILED", issues)
            return
        self.scaling.delete()
        if self.cluster.nodegroups.pop(self.name, None):
            self.cluster.nodegroup_count -= 1

    def settle(self, status, issues):
        """EKS rests."""
        self.fields["status"] = status
        self.fields["health"] = {"issues": issues or []}

    def set_health(self, issues):
        """As if EKS had found something, or nothing any more."""
        self.fields["health"] = {"issues": issues}
        if self.status not in IN_PROGRESS:
            self.fields["status"] = "DEGRADED" if issues else "ACTIVE"

    def change_at_once(self, fields):
        """As if somebody had changed the group, and EKS had ended its work on it."""
        sizes = {**self.scaling_config(), **fields.get("scalingConfig", {})}
        template = {**(self.fields.get("launchTemplate") or {}), **fields.get("launchTemplate", {})}
        self.fields.update(fields, scalingConfig=sizes, launchTemplate=template or None, modifiedAt=utcnow())
        self.scaling.resize(sizes)
        self.scaling.follow_template()

    def describe(self):
        """The answer of DescribeNodegroup; the desired size is Auto Scaling's, whoever has set it."""
        fields = copy.deepcopy(self.fields)
        fields["scalingConfig"] = self.scaling_config()
        return {name: value for name, value in fields.items() if value is not None}

    def scaling_config(self):
        """The sizes as they are now."""
        desired = self.scaling.desired_size()
        return {**self.fields["scalingConfig"], **({} if desired is None else {"desiredSize": desired})}
