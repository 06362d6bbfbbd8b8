//! What an apply would do, from values alone.

use mig::PathStep;
use mig::boot::{OnFailure, RenderVersion};
use mig::manifests::karpenter::{NodeClass, NodeClassOptions};
use serde_json::{Map, Value as Json};
use tfplug::{Attr, Diagnostics, Model, Path, Plan};

use super::model::{self, NodeClassModel};
use crate::checked::{self, Checked, OrDeferred, Withheld};
use crate::duration;
use crate::facts::Facts;
use crate::models::{ClusterModel, ExtraPart, ExtraUserData, newest_version, render_version, user_parts};
use crate::resources::karpenter::{Found, KarpenterModel, attribute_path};
use crate::resources::manifests::{self, Renderable};

impl Renderable for NodeClassModel {
    fn objects(&self, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        let mut complete = self.with_defaults();
        if complete.render_version.is_null() {
            complete.render_version = newest_version().into();
        }
        render(&complete, facts, diags)
    }

    fn of_version(self, version: RenderVersion) -> Self {
        Self {
            render_version: i64::from(version.number()).into(),
            ..self
        }
    }
}

impl KarpenterModel for NodeClassModel {
    fn refine<T>(plan: &mut Plan<Self, T>, facts: &Facts) -> Result<Diagnostics, Diagnostics> {
        plan.planned.id = plan.planned.name.clone();
        if plan.config.render_version.is_null() {
            let before = plan.prior.as_ref().map(|prior| prior.render_version);
            plan.planned.render_version = before
                .filter(|version| !version.is_null())
                .unwrap_or_else(|| newest_version().into());
        }
        let mut findings = Diagnostics::new();
        let objects = render(&plan.planned, facts, &mut findings);
        let manifests = objects.map(|objects| manifests::manifests(&objects));
        let manifests = checked::planned(manifests, &mut findings)?;
        plan.planned.user_data = manifests.known().map_or(Attr::Unknown, model::user_data);
        plan.planned.manifests = manifests;
        Ok(findings)
    }

    fn name(&self) -> &Attr<String> {
        &self.name
    }

    fn named(name: Attr<String>, cluster: Attr<ClusterModel>) -> Self {
        Self {
            id: name.clone(),
            name,
            cluster,
            ..Self::default()
        }
    }
}

fn render(model: &NodeClassModel, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
    let layout = model.layout.known().or_deferred()?;
    let layout = layout.resolve(facts, &Path::attr("layout"), diags);
    let version = render_version(&model.render_version, &Path::root(), diags);
    let options = options(model, version?, diags)?;
    let found = Found { diags, place };
    found.objects(NodeClass::render(&layout?, &options, facts.catalog()))
}

fn options(
    model: &NodeClassModel,
    render_version: RenderVersion,
    diags: &mut Diagnostics,
) -> Checked<NodeClassOptions> {
    let kubelet = further_kubelet_keys(model, diags);
    let Some(seconds) = duration::parse(model.partition_timeout.as_str().or_deferred()?) else {
        let detail = "Write a whole number and s, m or h, such as 10m or 1m30s.";
        diags.error_at(Path::attr("partition_timeout"), "Not a time", detail);
        return Err(Withheld::Invalid);
    };
    let extra = manifests::json_object(&model.extra, &Path::attr("extra"), diags);
    let mut object = model.to_api_form().or_deferred()?;
    for (key, value) in kubelet? {
        object["spec"]["kubelet"][key] = value;
    }
    let parts = model.extra_user_data.settled().or_deferred()?;
    let parts = |list: fn(&ExtraUserData) -> &Attr<Vec<ExtraPart>>| {
        parts.map_or(Some(Vec::new()), |parts| user_parts(list(parts)))
    };
    let mut own_fields = NodeClassModel::api_fields();
    own_fields.push("spec.userData".to_owned());
    Ok(NodeClassOptions {
        object,
        render_version,
        on_failure: model
            .on_failure
            .as_str()
            .and_then(OnFailure::parse)
            .or_deferred()?,
        deadline_seconds: u32::try_from(seconds.as_secs()).unwrap_or(u32::MAX),
        parts_before: parts(|parts| &parts.before).or_deferred()?,
        parts_after: parts(|parts| &parts.after).or_deferred()?,
        cluster: match model.node_config.settled().or_deferred()? {
            Some(config) => Some(config.cluster().or_deferred()?),
            None => None,
        },
        extra: extra?,
        own_fields,
    })
}

/// Keys of kubelet's configuration that have no attribute.
fn further_kubelet_keys(model: &NodeClassModel, diags: &mut Diagnostics) -> Checked<Map<String, Json>> {
    let Some(kubelet) = model.kubelet.settled().or_deferred()? else {
        return Ok(Map::new());
    };
    let at = Path::attr("kubelet").attribute("extra");
    let keys = manifests::json_object(&kubelet.extra, &at, diags)?;
    for key in keys.keys() {
        let attribute = NodeClassModel::attribute_path(&Path::from("spec.kubelet").key(key));
        if attribute != Path::attr("kubelet") {
            let detail = format!("Give it as {attribute}, so that it cannot be said twice.");
            diags.error_at(at.clone(), format!("{key} has an attribute of its own"), detail);
        }
    }
    Ok(keys)
}

/// Keys of kubelet's configuration without an attribute stand in `extra`.
fn place(steps: &[PathStep]) -> Path {
    let found = attribute_path::<NodeClassModel>(steps);
    let whole = found == Path::attr("kubelet") && steps.len() > 2;
    if whole { found.attribute("extra") } else { found }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::models::LayoutModel;

    /// A class with every field that has an attribute.
    fn full() -> Json {
        json!({
            "metadata": {"name": "small", "labels": {"team": "ml"}, "annotations": {"note": "x"}},
            "spec": {
                "amiFamily": "AL2023",
                "amiSelectorTerms": [{"id": "ami-1"}, {"name": "gpu-*", "owner": "self", "tags": {"driver": "580"}}, {"ssmParameter": "/mig/ami"}],
                "associatePublicIPAddress": false,
                "blockDeviceMappings": [{"deviceName": "/dev/xvda", "rootVolume": true, "ebs": {
                    "deleteOnTermination": false, "encrypted": true, "iops": 4000, "kmsKeyID": "alias/disks", "snapshotID": "snap-1",
                    "throughput": 250, "volumeInitializationRate": 200, "volumeSize": "1Ti", "volumeType": "gp3",
                }}],
                "capacityReservationSelectorTerms": [{"instanceMatchCriteria": "targeted", "ownerID": "123456789012", "tags": {"team": "*"}}],
                "connectionTracking": {"tcpEstablishedTimeout": 60, "udpStreamTimeout": 180, "udpTimeout": 30},
                "context": "reserved",
                "cpuOptions": {"nestedVirtualization": "disabled"},
                "detailedMonitoring": true,
                "enclaveOptions": {"enabled": false},
                "instanceProfile": "nodes",
                "instanceStorePolicy": "RAID0",
                "ipPrefixCount": 0,
                "kubelet": {
                    "clusterDNS": ["10.0.0.10"], "maxPods": 110, "podsPerCore": 4, "systemReserved": {"cpu": "100m"},
                    "kubeReserved": {"cpu": "100m"}, "evictionHard": {"memory.available": "5%"}, "evictionSoft": {"memory.available": "9%"},
                    "evictionSoftGracePeriod": {"memory.available": "2m"}, "evictionMaxPodGracePeriod": 60,
                    "imageGCHighThresholdPercent": 80, "imageGCLowThresholdPercent": 70, "cpuCFSQuota": false,
                },
                "metadataOptions": {
                    "httpEndpoint": "enabled", "httpProtocolIPv6": "enabled", "httpPutResponseHopLimit": 2, "httpTokens": "optional",
                },
                "networkInterfaces": [{"deviceIndex": 0, "interfaceType": "interface", "networkCardIndex": 0}],
                "placementGroupSelector": {"id": "pg-0a1"},
                "securityGroupSelectorTerms": [{"id": "sg-1"}, {"name": "nodes"}],
                "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "prod"}}],
                "tags": {"team": "ml"},
            },
        })
    }

    fn model(object: &Json) -> NodeClassModel {
        NodeClassModel {
            layout: LayoutModel {
                instance_types: vec!["p5.48xlarge".to_owned()].into(),
                slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
                ..LayoutModel::default()
            }
            .into(),
            ..NodeClassModel::from_api_form(object)
        }
    }

    fn objects(model: &NodeClassModel) -> Result<Vec<Json>, Diagnostics> {
        let mut diags = Diagnostics::new();
        let objects = model.objects(&Facts::default(), &mut diags);
        if diags.has_errors() {
            Err(diags)
        } else {
            Ok(objects.unwrap())
        }
    }

    #[test]
    fn every_attribute_reaches_the_object_under_karpenters_name() {
        let full = full();
        let mut spec = objects(&model(&full)).unwrap()[0]["spec"].clone();
        assert!(spec.as_object_mut().unwrap().remove("userData").is_some());
        assert_eq!(spec, full["spec"]);
        // Of role and instance profile there is one, and so it is with the name of a placement group.
        let left_out = ["spec.role", "spec.placementGroupSelector.name"];
        for field in NodeClassModel::api_fields() {
            let pointer = format!("/{}", field.replace('.', "/"));
            assert!(
                left_out.contains(&field.as_str()) || full.pointer(&pointer).is_some(),
                "{field}"
            );
        }
    }

    #[test]
    fn further_keys_of_kubelet_are_beside_those_with_an_attribute() {
        let with_extra = |extra: Json| {
            let mut model = model(&full());
            if let Attr::Known(kubelet) = &mut model.kubelet {
                kubelet.extra = extra.to_string().into();
            }
            objects(&model)
        };
        let kubelet = with_extra(json!({"topologyManagerPolicy": "single-numa-node"})).unwrap();
        let kubelet = &kubelet[0]["spec"]["kubelet"];
        assert_eq!(kubelet["topologyManagerPolicy"], "single-numa-node");
        assert_eq!(kubelet["maxPods"], 110);
        for (extra, summary, detail) in [
            (
                json!({"maxPods": 4}),
                "maxPods has an attribute of its own",
                "Give it as kubelet.max_pods, so that it cannot be said twice.",
            ),
            (
                json!({"maxpods": 4}),
                "kubelet has no maxpods",
                "It is written maxPods; upper and lower case matter.",
            ),
        ] {
            let faults = with_extra(extra).unwrap_err();
            let fault = faults.iter().next().unwrap();
            assert_eq!((fault.summary.as_str(), fault.detail.as_str()), (summary, detail));
            assert_eq!(fault.path, Path::attr("kubelet").attribute("extra"));
        }
    }

    #[test]
    fn findings_are_at_attributes() {
        let mut wrong = full();
        wrong["spec"]["blockDeviceMappings"][0]["ebs"]["kmsKeyID"] = json!("");
        wrong["spec"]["kubelet"]["evictionHard"] = json!({"memory": "5%"});
        wrong["metadata"]["labels"] = json!({"a b": "x"});
        let faults = objects(&model(&wrong)).unwrap_err();
        let paths: Vec<String> = faults.iter().map(|fault| fault.path.to_string()).collect();
        let expected = [
            r#"labels["a b"]"#,
            "block_device_mappings[0].ebs.kms_key_id",
            r#"kubelet.eviction_hard["memory"]"#,
        ];
        assert_eq!(paths, expected);
    }
}
