"""Instance refreshes of Auto Scaling groups, which moto does not have: started, cancelled and described.

Not real: a refresh replaces nothing and goes on until it is cancelled.
"""

import uuid

from moto.autoscaling.models import autoscaling_backends
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult


def refreshes(response):
    """The refreshes of the group that a call names, the newest first; none of a group that there is not."""
    name = response._get_param("AutoScalingGroupName")
    backend = autoscaling_backends[response.current_account][response.region]
    group = backend.autoscaling_groups.get(name)
    if group is None:
        return None
    if not hasattr(group, "instance_refreshes"):
        group.instance_refreshes = []
    return group.instance_refreshes


def start(self):
    """StartInstanceRefresh."""
    started = {
        "InstanceRefreshId": str(uuid.uuid4()),
        "AutoScalingGroupName": self._get_param("AutoScalingGroupName"),
        "Status": "InProgress",
    }
    refreshes(self).insert(0, started)
    return ActionResult({"InstanceRefreshId": started["InstanceRefreshId"]})


def cancel(self):
    """CancelInstanceRefresh."""
    newest = refreshes(self)[0]
    newest["Status"] = "Cancelled"
    return ActionResult({"InstanceRefreshId": newest["InstanceRefreshId"]})


def describe(self):
    """DescribeInstanceRefreshes."""
    return ActionResult({"InstanceRefreshes": refreshes(self) or []})


def install():
    """Adds the three calls to moto."""
    AutoScalingResponse.start_instance_refresh = start
    AutoScalingResponse.cancel_instance_refresh = cancel
    AutoScalingResponse.describe_instance_refreshes = describe
