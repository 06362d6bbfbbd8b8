"""What a test can order, with POST to /moto-api/eks-node-groups/ORDER.

Every body names `account`, `region` and `cluster`; `nodegroup` limits the order to one group.

* `pace`: `looks`, how many looks (DescribeNodegroup, DescribeUpdate) still see the old state, 1 by default; or `seconds`.
  It counts for what begins after it.
* `fail`: the next `operation` (`create`, `update`, `delete`) fails with `issues` (`code`, `message`, `resourceIds`).
* `degrade`: the group is DEGRADED with `issues`, or ACTIVE again if there are none.
* `change`: the group's fields become those of `set` at once, as if somebody had changed them in the console.
"""

import json

from moto.eks.models import eks_backends
from moto.moto_api._internal.urls import url_paths

from .errors import no_cluster, no_group
from .group import LOCK

OPERATIONS = ("create", "update", "delete")
DEFAULT_PACE = {"looks": 1}


class Orders:
    """What was ordered for the clusters of one account and region."""

    def __init__(self):
        self.paces = {}
        self.faults = []

    def pace(self, cluster, group):
        """The group's own pace, else its cluster's, else the default."""
        general = self.paces.get((cluster, None), DEFAULT_PACE)
        return self.paces.get((cluster, group), general)

    def take_fault(self, cluster, group, operation):
        """The issues that this operation shall fail with, once; None if it shall succeed."""
        for fault in self.faults:
            meant = (fault["cluster"], fault["operation"]) == (cluster, operation)
            if meant and fault["nodegroup"] in (None, group):
                self.faults.remove(fault)
                return fault["issues"]
        return None


def orders(backend):
    """The orders of a backend; moto's reset forgets them with all else that the backend has."""
    return backend.__dict__.setdefault("node_group_orders", Orders())


def set_pace(backend, wanted):
    """Sets how fast EKS is."""
    pace = {name: wanted[name] for name in ("looks", "seconds") if name in wanted}
    if not pace:
        raise ValueError("a pace is in looks or in seconds")
    orders(backend).paces[(wanted["cluster"], wanted.get("nodegroup"))] = pace


def fail(backend, wanted):
    """Lets the next operation fail."""
    if wanted["operation"] not in OPERATIONS:
        raise ValueError(f"operation is one of {', '.join(OPERATIONS)}")
    orders(backend).faults.append(
        {
            "cluster": wanted["cluster"],
            "nodegroup": wanted.get("nodegroup"),
            "operation": wanted["operation"],
            "issues": wanted["issues"],
        }
    )


def degrade(backend, wanted):
    """Sets the health of a group, and the state that follows from it."""
    found(backend, wanted).set_health(wanted["issues"])


def change(backend, wanted):
    """Changes a group past everybody who waits for it."""
    found(backend, wanted).change_at_once(wanted["set"])


def found(backend, wanted):
    """The group that an order names."""
    cluster = backend.clusters.get(wanted["cluster"])
    if cluster is None:
        raise no_cluster(wanted["cluster"])
    if wanted["nodegroup"] not in cluster.nodegroups:
        raise no_group(wanted["cluster"], wanted["nodegroup"])
    return cluster.nodegroups[wanted["nodegroup"]]


def obey(order):
    """A handler for moto's server: 204, or 400 with what is wrong."""

    def handler(request, _full_url, _headers):
        headers = {"Content-Type": "application/json"}
        try:
            wanted = json.loads(request.get_data(as_text=True))
            with LOCK:
                order(eks_backends[wanted["account"]][wanted["region"]], wanted)
        except Exception as problem:  # A test must see every mistake in its order.
            return 400, headers, json.dumps({"message": f"{type(problem).__name__}: {problem}"})
        return 204, headers, ""

    return handler


def install():
    """Puts the orders beside moto's own control endpoints."""
    for name, order in (("pace", set_pace), ("fail", fail), ("degrade", degrade), ("change", change)):
        url_paths[f"{{0}}/moto-api/eks-node-groups/{name}"] = obey(order)
