"""The actions on node groups, in place of moto's."""

import functools
import json

from moto.core.responses import ActionResult, EmptyResult
from moto.eks import urls
from moto.eks.models import EKSBackend, paginated_list
from moto.eks.responses import EKSResponse

import eks_images

from . import rules, templates, updates
from .control import orders
from .errors import in_use, invalid_request, no_cluster, no_group, not_found
from .group import IN_PROGRESS, LOCK, NodeGroup

DEFAULT_SIZES = {"minSize": 1, "maxSize": 2, "desiredSize": 2}
DEFAULT_AMI_TYPE = "AL2023_x86_64_STANDARD"
DEFAULT_DISK_SIZE = 20
CAN_BE_UPDATED = ("ACTIVE", "DEGRADED")


def create_nodegroup(call):
    """CreateNodegroup."""
    cluster, wanted = find_cluster(call), body(call)
    name = wanted.get("nodegroupName")
    if known := cluster.nodegroups.get(name):
        if wanted.get("clientRequestToken") and known.request == wanted:
            return {"nodegroup": known.describe()}
        taken = f"NodeGroup already exists with name {name} and cluster name {cluster.name}"
        raise in_use(taken, clusterName=cluster.name, nodegroupName=name)
    if not cluster.is_active:
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status")
    backend = call.eks_backend
    group = NodeGroup(backend, cluster, wanted_fields(backend, cluster, wanted), wanted)
    ordered = orders(backend)
    issues = ordered.take_fault(cluster.name, name, "create")
    group.begin("CREATING", ordered.pace(cluster.name, name), lambda: group.finish_create(issues))
    cluster.nodegroups[name] = group
    cluster.nodegroup_count += 1
    return {"nodegroup": group.describe()}


def wanted_fields(backend, cluster, wanted):
    """The fields of a new group: those of the request, and EKS's defaults."""
    template = templates.resolve(backend, wanted["launchTemplate"]) if wanted.get("launchTemplate") else None
    rules.check_create(backend, wanted, template)
    if template:
        templates.check(template)
    sizes = {**DEFAULT_SIZES, **(wanted.get("scalingConfig") or {})}
    rules.check_create_sizes(sizes)
    update = {"maxUnavailable": 1} if not wanted.get("updateConfig") else wanted["updateConfig"]
    rules.check_update_config(update, sizes["maxSize"])
    rules.check_repair_config(wanted.get("nodeRepairConfig") or {})
    return {
        "nodegroupName": wanted["nodegroupName"],
        "status": "CREATING",
        "capacityType": wanted.get("capacityType") or "ON_DEMAND",
        "scalingConfig": sizes,
        "instanceTypes": templates.instance_types(wanted, template),
        "subnets": wanted["subnets"],
        "remoteAccess": wanted.get("remoteAccess"),
        "nodeRole": wanted["nodeRole"],
        "labels": wanted.get("labels") or {},
        "taints": wanted.get("taints") or [],
        "diskSize": None if template else wanted.get("diskSize") or DEFAULT_DISK_SIZE,
        "updateConfig": update,
        "nodeRepairConfig": wanted.get("nodeRepairConfig"),
        "launchTemplate": template and template.described(),
        "tags": wanted.get("tags") or {},
        **image(cluster, wanted, template),
    }


def image(cluster, wanted, template):
    """Type and release of the image; the release of an image of one's own is its ID."""
    if template and template.image:
        return {"amiType": "CUSTOM", "version": cluster.version, "releaseVersion": template.image}
    ami_type, version = wanted.get("amiType") or DEFAULT_AMI_TYPE, wanted.get("version") or cluster.version
    rules.check_version(version, [cluster.version])
    release = wanted.get("releaseVersion") or eks_images.newest_release(version, ami_type)
    rules.check_release(release, version, ami_type)
    return {"amiType": ami_type, "version": version, "releaseVersion": release}


def describe_nodegroup(call):
    """DescribeNodegroup."""
    return {"nodegroup": look_at(call).describe()}


def delete_nodegroup(call):
    """DeleteNodegroup: also of a group whose creation has failed."""
    group = find_group(call)
    if group.status in IN_PROGRESS:
        raise busy(group, "deleted")
    ordered = orders(group.backend)
    issues = ordered.take_fault(group.cluster.name, group.name, "delete")
    pace = ordered.pace(group.cluster.name, group.name)
    group.begin("DELETING", pace, lambda: group.finish_delete(issues))
    return {"nodegroup": group.describe()}


def update_nodegroup_config(call):
    """UpdateNodegroupConfig."""
    return update(call, "ConfigUpdate", updates.update_config, lambda wanted, _: updates.config_params(wanted))


def update_nodegroup_version(call):
    """UpdateNodegroupVersion."""
    return update(call, "VersionUpdate", updates.update_version, lambda _, changes: updates.version_params(changes))


def update(call, kind, judge, params):
    """Starts an update, unless the same one with the same token was started before."""
    group, wanted = find_group(call), body(call)
    if known := updates.asked_before(group, wanted):
        return {"update": known}
    if group.status not in CAN_BE_UPDATED:
        raise busy(group, "updated")
    changes = judge(group, wanted)
    return {"update": updates.start(group, kind, changes, params(wanted, changes), wanted)}


def busy(group, done):
    """Refuses what needs a group at rest."""
    message = f"Nodegroup cannot be {done} as it is currently not in Active State"
    return in_use(message, clusterName=group.cluster.name, nodegroupName=group.name)


def describe_update(call):
    """DescribeUpdate, of updates of node groups."""
    wanted = call._get_param("updateId")
    found = look_at(call).updates.get(wanted) if call._get_param("nodegroupName") else None
    if found is None:
        raise not_found(f"No update found for ID: {wanted}", clusterName=find_cluster(call).name)
    return {"update": dict(found[0])}


def list_updates(call):
    """ListUpdates; moto has none but those of node groups."""
    found = find_group(call).updates if call._get_param("nodegroupName") else {}
    most, start = call._get_int_param("maxResults", 100), call._get_param("nextToken")
    names, token = paginated_list(list(found), most, start)
    return {"updateIds": names, "nextToken": token}


def body(call):
    """The request as it was sent."""
    return json.loads(call.body or "{}")


def find_cluster(call):
    """The cluster that a request names."""
    name = call._get_param("name")
    if name not in call.eks_backend.clusters:
        raise no_cluster(name)
    return call.eks_backend.clusters[name]


def find_group(call):
    """The node group that a request names."""
    cluster, name = find_cluster(call), call._get_param("nodegroupName")
    if name not in cluster.nodegroups:
        raise no_group(cluster.name, name)
    return cluster.nodegroups[name]


def look_at(call):
    """The node group, after what is over with this look; it may be gone."""
    find_group(call).look()
    return find_group(call)


def with_node_groups(action):
    """moto's tags of resources are those of clusters only."""

    @functools.wraps(action)
    def either(self, resource_arn, *arguments):
        for cluster in self.clusters.values():
            for group in cluster.nodegroups.values():
                if group.arn == resource_arn:
                    return TAG_ACTIONS[action.__name__](group.tags, *arguments)
        return action(self, resource_arn, *arguments)

    return either


def remove_tags(tags, keys):
    """Removes tags."""
    for key in [keys] if isinstance(keys, str) else keys:
        tags.pop(key, None)


TAG_ACTIONS = {
    "tag_resource": lambda tags, more: tags.update(more),
    "untag_resource": remove_tags,
    "list_tags_for_resource": dict,
}
ACTIONS = (
    create_nodegroup,
    describe_nodegroup,
    delete_nodegroup,
    update_nodegroup_config,
    update_nodegroup_version,
    describe_update,
    list_updates,
)
PATHS = ("node-groups/(?P<nodegroupName>[^/]+)/update-version", "updates", "updates/(?P<updateId>[^/]+)")


def answering(action):
    """An action as moto calls it, one at a time."""

    @functools.wraps(action)
    def method(self):
        with LOCK:
            return ActionResult(action(self))

    return method


def untag_resource(call):
    """UntagResource: moto reads one of several keys."""
    call.eks_backend.untag_resource(call._extract_arn_from_path(), call.querystring.get("tagKeys", []))
    return EmptyResult()


def install():
    """Puts the actions into moto's EKS."""
    for action in ACTIONS:
        setattr(EKSResponse, action.__name__, answering(action))
    EKSResponse.untag_resource = untag_resource
    for name in TAG_ACTIONS:
        setattr(EKSBackend, name, with_node_groups(getattr(EKSBackend, name)))
    for path in PATHS:
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{path}$"] = urls.response.dispatch
