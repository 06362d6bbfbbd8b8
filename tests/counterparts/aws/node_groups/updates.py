"""UpdateNodegroupConfig, UpdateNodegroupVersion, and what becomes of them."""

import copy
import json

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

import eks_images

from . import rules, templates
from .control import orders
from .errors import invalid_parameter

KEPT = "launch template of a node group cannot be changed to another one; only its version can."


def start(group, kind, changes, params, request):
    """Notes an update; the group gets the changed fields when it ends, and loses nothing if it fails."""
    ordered = orders(group.backend)
    issues = ordered.take_fault(group.cluster.name, group.name, "update")
    before = group.status
    update = {
        "id": str(mock_random.uuid4()),
        "status": "InProgress",
        "type": kind,
        "params": [{"type": name, "value": text(value)} for name, value in params if value is not None],
        "createdAt": utcnow(),
        "errors": [],
    }

    def finish():
        group.fields["status"] = before
        if issues is None:
            group.change_at_once(changes)
            update["status"] = "Successful"
        else:
            update["status"], update["errors"] = "Failed", [as_error(issue) for issue in issues]

    group.updates[update["id"]] = (update, request)
    group.begin("UPDATING", ordered.pace(group.cluster.name, group.name), finish)
    return copy.deepcopy(update)


def text(value):
    """The value of a parameter as DescribeUpdate answers it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def as_error(issue):
    """An issue in the words of updates."""
    return {
        "errorCode": issue["code"],
        "errorMessage": issue.get("message", ""),
        "resourceIds": issue.get("resourceIds", []),
    }


def asked_before(group, request):
    """The update that the same request with the same token has started."""
    for update, first in group.updates.values():
        if request.get("clientRequestToken") and first == request:
            return copy.deepcopy(update)
    return None


def update_config(group, wanted):
    """UpdateNodegroupConfig: what it would make of the group."""
    labels, taints = wanted.get("labels") or {}, wanted.get("taints") or {}
    rules.check_taints(taints.get("addOrUpdateTaints") or [])
    changes = {}
    if labels:
        changes["labels"] = changed_labels(group.fields["labels"], labels)
    if taints:
        changes["taints"] = changed_taints(group.fields["taints"], taints)
        rules.check_taints(changes["taints"])
    sizes = {**group.scaling_config(), **(wanted.get("scalingConfig") or {})}
    if wanted.get("scalingConfig"):
        rules.check_update_sizes(sizes)
        changes["scalingConfig"] = wanted["scalingConfig"]
    if wanted.get("updateConfig"):
        changes["updateConfig"] = changed_update_config(group.fields["updateConfig"], wanted["updateConfig"])
        rules.check_update_config(wanted["updateConfig"], sizes["maxSize"])
    if wanted.get("nodeRepairConfig"):
        rules.check_repair_config(wanted["nodeRepairConfig"])
        changes["nodeRepairConfig"] = wanted["nodeRepairConfig"]
    return changes


def changed_labels(labels, change):
    """Labels after a change."""
    kept = {key: value for key, value in labels.items() if key not in (change.get("removeLabels") or [])}
    return {**kept, **(change.get("addOrUpdateLabels") or {})}


def changed_taints(taints, change):
    """Taints after a change; a taint is known by its key and effect."""
    known = {identity(taint): taint for taint in taints}
    for taint in change.get("removeTaints") or []:
        known.pop(identity(taint), None)
    for taint in change.get("addOrUpdateTaints") or []:
        known[identity(taint)] = taint
    return list(known.values())


def identity(taint):
    """What a taint is known by."""
    return taint["key"], taint.get("effect")


def changed_update_config(config, change):
    """Number and percentage exclude one another: the new one counts."""
    names = ("maxUnavailable", "maxUnavailablePercentage")
    replaced = any(name in change for name in names)
    kept = {name: value for name, value in config.items() if not (replaced and name in names)}
    return {**kept, **change}


def config_params(wanted):
    """The parameters of a configuration update as DescribeUpdate names them."""
    labels, taints = wanted.get("labels") or {}, wanted.get("taints") or {}
    sizes, config = wanted.get("scalingConfig") or {}, wanted.get("updateConfig") or {}
    return (
        ("LabelsToAdd", labels.get("addOrUpdateLabels")),
        ("LabelsToRemove", labels.get("removeLabels")),
        ("TaintsToAdd", taints.get("addOrUpdateTaints")),
        ("TaintsToRemove", taints.get("removeTaints")),
        ("MinSize", sizes.get("minSize")),
        ("MaxSize", sizes.get("maxSize")),
        ("DesiredSize", sizes.get("desiredSize")),
        ("MaxUnavailable", config.get("maxUnavailable")),
        ("MaxUnavailablePercentage", config.get("maxUnavailablePercentage")),
        ("UpdateStrategy", config.get("updateStrategy")),
        ("NodeRepairConfig", wanted.get("nodeRepairConfig")),
    )


def update_version(group, wanted):
    """UpdateNodegroupVersion: what it would make of the group."""
    template = new_template(group, wanted.get("launchTemplate"))
    changes = of_template(group, template) if template else {}
    if group.fields["amiType"] == "CUSTOM":
        return {**changes, **custom_image(wanted, template)}
    if template and template.image:
        raise invalid_parameter("A nodegroup without an image of its own cannot be updated to one with an image ID.")
    return {**changes, **new_release(group, wanted)}


def new_template(group, asked):
    """The version of the same template; None if the request names none."""
    if not asked:
        return None
    current = group.fields.get("launchTemplate")
    if not current:
        raise invalid_parameter("A nodegroup without a launch template cannot be updated with one.")
    if any(asked.get(key) not in (None, current[key]) for key in ("id", "name")):
        raise invalid_parameter(f"The {KEPT}")
    template = templates.resolve(group.backend, asked)
    templates.check(template)
    rules.check_instance_types(group.request.get("instanceTypes") or [], template)
    return template


def of_template(group, template):
    """The fields that follow from a template; the creation's instance types count, not those that EKS chose."""
    types = templates.instance_types(group.request, template)
    return {"launchTemplate": template.described(), "instanceTypes": types}


def custom_image(wanted, template):
    """A group with an image of its own has the version of its template, no other."""
    for field, name in (("version", "kubernetesVersion"), ("releaseVersion", "releaseVersion")):
        if wanted.get(field):
            raise invalid_parameter(f"You cannot specify the field {name} when using custom AMIs.")
    if template is None:
        raise invalid_parameter("Launch template details can't be null for Custom ami type node group")
    if not template.image:
        raise invalid_parameter("A nodegroup with an image of its own cannot be updated to one without an image ID.")
    return {"releaseVersion": template.image}


def new_release(group, wanted):
    """The version that is asked for, else the cluster's; the newest release for it, unless another is asked for."""
    version, ami_type = wanted.get("version") or group.cluster.version, group.fields["amiType"]
    rules.check_version(version, sorted({group.fields["version"], group.cluster.version}))
    release = wanted.get("releaseVersion") or eks_images.newest_release(version, ami_type)
    rules.check_release(release, version, ami_type)
    return {"version": version, "releaseVersion": release}


def version_params(changes):
    """The parameters of a version update as DescribeUpdate names them."""
    template = changes.get("launchTemplate") or {}
    return (
        ("Version", changes.get("version")),
        ("ReleaseVersion", changes.get("releaseVersion")),
        ("LaunchTemplateName", template.get("name")),
        ("LaunchTemplateVersion", template.get("version")),
    )
