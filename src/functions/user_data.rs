//! `provider::mig::user_data`.

use std::fmt::Write;

use mig::Layout;
use tfplug::FunctionError;
use tfplug::schema::{FunctionSignature, Parameter, validators};
use tfplug::ty::Type;
use tfplug::{Attr, Diagnostics, Function, Model, Path, Value};

use super::failed::failed;
use super::of_layout::{CATALOG_NOTE, LAYOUT, layout, parameter};
use crate::models::{ExtraUserData, NodeConfig, UserDataParts, newest_version, or, partition_timeout};
use crate::untyped_input;

const OPTIONS: &str = "options";
const KARPENTER: &str = "karpenter";
const CUSTOM: &str = "custom";

/// Options of the function.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct UserDataOptions {
    /// What adds to the user data: `node_group` (the default), a managed node group with an EKS image, which adds what a node
    /// needs to join; `karpenter`, which adds that and sets labels and taints itself; `custom`, nothing (an image of your own in a
    /// managed node group, or a self-managed group), so that `node_config` is needed.
    #[attr(validate = validators::one_of(&["node_group", KARPENTER, CUSTOM]))]
    pub target: Attr<String>,
    /// What a node does whose GPUs could not be cut as declared: `halt` (the default), `join_tainted`, `terminate`; see
    /// `mig_launch_template`. Karpenter accepts no `join_tainted`.
    #[attr(validate = validators::one_of(&["halt", "join_tainted", "terminate"]))]
    pub on_failure: Attr<String>,
    /// How long a node may take to cut its GPUs before that counts as failed; `10m` if left out.
    #[attr(validate = partition_timeout())]
    pub partition_timeout: Attr<String>,
    /// What the node needs to join its cluster: `cluster_name`, `api_server_endpoint`, `certificate_authority`,
    /// `service_cidr`. For `target = "custom"` only.
    pub node_config: Attr<NodeConfig>,
    /// Parts of MIME user data `before` and `after` ours, each with `content_type` and `content`.
    pub extra_user_data: Attr<ExtraUserData>,
    /// Version of the rendering, from 1 to 3; the newest if left out. A resource keeps the version that it has; a function has no
    /// memory: name a number here, or an upgrade of the provider may change the text and roll your nodes.
    pub render_version: Attr<i64>,
}

/// The user data that cuts the GPUs of a node.
#[derive(Debug)]
pub struct UserDataFunction;

impl Function for UserDataFunction {
    fn name(&self) -> &'static str {
        "user_data"
    }

    fn signature(&self) -> FunctionSignature {
        let options = Parameter::new(
            OPTIONS,
            Type::Dynamic,
            "At most one object, with any of the options below.",
        );
        let summary = "User data that cuts the GPUs of a node";
        FunctionSignature::new(summary, [parameter()], Type::String)
            .with_description(description())
            .with_variadic(options)
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let layout = layout(arguments)?;
        let options = options(arguments)?;
        let Some(layout) = layout else {
            return Ok(Value::unknown());
        };
        options.render(&layout)
    }
}

fn description() -> String {
    let mut text = format!(
        "The user data, before base64, that cuts every GPU of an Amazon Linux 2023 node as a layout says, before kubelet starts, on \
         every boot: for those who keep `aws_launch_template`, or an `EC2NodeClass` of Karpenter. The same bytes as \
         `mig_launch_template` gives for the same layout.\n\n{CATALOG_NOTE}\n\nOptions:\n\n"
    );
    for attribute in UserDataOptions::attributes() {
        let words = attribute.description.split_whitespace().collect::<Vec<_>>();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- `{}`: {}", attribute.name, words.join(" "));
    }
    text.trim_end().to_owned()
}

/// The options of the second argument, which may be left out.
fn options(arguments: &[Value]) -> Result<UserDataOptions, FunctionError> {
    let options = match arguments {
        [_] | [] => return Ok(UserDataOptions::default()),
        [_, options] => options,
        more => {
            let text = format!(
                "{OPTIONS} is one object; found {}. Put all options into one.",
                more.len() - 1
            );
            return Err(FunctionError::argument(2, text));
        }
    };
    let mut diags = Diagnostics::new();
    let decoded = untyped_input::decode::<UserDataOptions>(options, &Path::attr(OPTIONS), &mut diags);
    let decoded = decoded.inspect(|options| options.check(&mut diags));
    match decoded {
        Ok(options) if !diags.has_errors() => Ok(options),
        _ => Err(failed(1, &diags)),
    }
}

impl UserDataOptions {
    fn target(&self) -> &str {
        self.target.as_str().unwrap_or("node_group")
    }

    /// Checks what belongs together.
    fn check(&self, diags: &mut Diagnostics) {
        let at = |name: &str| Path::attr(OPTIONS).attribute(name);
        if self.target() == KARPENTER && self.on_failure.as_str() == Some("join_tainted") {
            let detail = "A node that joins without its slices leaves the pods that want them pending, and Karpenter buys node \
                          after node for them. Use halt or terminate.";
            diags.error_at(at("on_failure"), "Karpenter accepts no join_tainted", detail);
        }
        match (self.target(), self.node_config.is_null()) {
            (CUSTOM, true) => {
                let detail = "Nothing adds what a node needs to join its cluster here. Give cluster_name, \
                              api_server_endpoint, certificate_authority and service_cidr.";
                diags.error_at(at("node_config"), "target = \"custom\" needs node_config", detail);
            }
            (CUSTOM, false) | (_, true) => {}
            (target, false) => {
                let detail = format!(
                    "Found target = {target:?}, where what a node needs to join its cluster is added for you. Leave node_config \
                     out, or set target = \"custom\"."
                );
                diags.error_at(
                    at("node_config"),
                    "node_config is for target = \"custom\"",
                    detail,
                );
            }
        }
    }

    fn render(&self, layout: &Layout) -> Result<Value, FunctionError> {
        let parts = UserDataParts {
            render_version: &or(&self.render_version, newest_version()),
            on_failure: &or(&self.on_failure, "halt".to_owned()),
            partition_timeout: &or(&self.partition_timeout, "10m".to_owned()),
            extra_user_data: &self.extra_user_data,
            node_config: &self.node_config,
            labels: self.target() != KARPENTER,
        };
        let mut diags = Diagnostics::new();
        let (options, at_layout) = (Path::attr(OPTIONS), Path::attr(LAYOUT));
        let rendered = parts.render(layout, &options, &at_layout, &mut diags);
        if diags.has_errors() {
            let of_layout = diags.iter().all(|fault| fault.path.starts_with(&at_layout));
            return Err(failed(usize::from(!of_layout), &diags));
        }
        Ok(rendered.map_or_else(|_| Value::unknown(), |user_data| user_data.text.into()))
    }
}

#[cfg(test)]
mod tests;
