//! The roles of `docs/guides/rights.md`: a user with exactly these rights does everything, and each of them is needed.

mod aws;
mod degraded;
mod least;
mod roles;

use std::sync::LazyLock;

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::kube::Validity;
use counterparts::{Cli, KubeApiServer, KubeOptions};

use crate::support::Ground;
use crate::support::kube::make_namespace_in;
use roles::Role;

/// A cluster in which users are told by certificate; it knows Karpenter.
pub(crate) static RIGHTS: LazyLock<KubeApiServer> = LazyLock::new(|| {
    let options = KubeOptions {
        controllers: false,
        ..KubeOptions::new("rights")
    };
    let kube = KubeApiServer::start(&options).unwrap();
    kube.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
    kube
});

/// One resource type in the tests of rights.
#[derive(Debug, Clone, Copy)]
struct Subject {
    /// Its role's name in the guide.
    role: &'static str,
    address: &'static str,
    /// Its block: the attributes that say which it is, and whether it is the changed form.
    block: fn(name: &str, changed: bool) -> String,
    import_id: fn(name: &str) -> String,
}

const LAYOUT: &str = r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }"#;
const OTHER_LAYOUT: &str = r#"{ instance_types = ["p5.48xlarge"], slices = { "3g.40gb" = 2 } }"#;

const NODE_CLASS: Subject = Subject {
    role: "mig-karpenter-nodeclass",
    address: "mig_karpenter_nodeclass.this",
    block: |name, changed| {
        let role = if changed { "Other" } else { "KarpenterNodeRole" };
        format!(
            r#"  name   = "{name}"
  layout = {LAYOUT}
  role   = "{role}"
  ami_selector_terms            = [{{ alias = "al2023@v20261003" }}]
  subnet_selector_terms         = [{{ id = "subnet-0123456789abcdef0" }}]
  security_group_selector_terms = [{{ id = "sg-0123456789abcdef0" }}]
"#
        )
    },
    import_id: str::to_owned,
};

const NODE_POOL: Subject = Subject {
    role: "mig-karpenter-nodepool",
    address: "mig_karpenter_nodepool.this",
    block: |name, changed| {
        let age = if changed { "100h" } else { "200h" };
        format!("  nodeclass = {{ name = \"{name}\" }}\n  layout = {LAYOUT}\n  expire_after = \"{age}\"\n")
    },
    import_id: str::to_owned,
};

const NODE_OVERLAY: Subject = Subject {
    role: "mig-karpenter-nodeoverlay",
    address: "mig_karpenter_nodeoverlay.this",
    block: |name, changed| {
        let layout = if changed { OTHER_LAYOUT } else { LAYOUT };
        format!("  nodepool = {{ name = \"{name}\" }}\n  layout = {layout}\n  acceptance_timeout = \"0s\"\n")
    },
    import_id: str::to_owned,
};

const DEVICE_PLUGIN: Subject = Subject {
    role: "mig-device-plugin",
    address: "mig_device_plugin.this",
    block: |name, changed| {
        let labels = if changed { "{ changed = \"yes\" }" } else { "{}" };
        format!("  namespace = \"{name}\"\n  layouts = [{LAYOUT}]\n  labels = {labels}\n")
    },
    import_id: |name| format!("{name}/mig-device-plugin"),
};

const SUBJECTS: [Subject; 4] = [NODE_CLASS, NODE_POOL, NODE_OVERLAY, DEVICE_PLUGIN];

/// A project that can change its user; its objects are called after the user of the moment, and live in a namespace of
/// that name.
struct Desk {
    ground: Ground,
    kube: &'static KubeApiServer,
    subject: Subject,
    name: String,
}

impl Desk {
    fn new(cli: &Cli, test: &str, subject: Subject) -> Self {
        let ground = Ground::new(cli, test);
        let name = ground.name.clone();
        let desk = Self {
            ground,
            kube: &RIGHTS,
            subject,
            name,
        };
        desk.write(false);
        desk.ground.project.init().unwrap();
        desk
    }

    /// Lets a new user with these roles, each as the guide has it or less, sit down, with nothing made yet.
    fn seat(&mut self, user: &str, roles: &[Role]) {
        self.name = user.to_owned();
        make_namespace_in(self.kube, user);
        // There is none before the first apply.
        let _ = self.ground.project.remove("terraform.tfstate");
        self.replace(user, roles);
        self.write(false);
    }

    /// Lets another user go on with what is there.
    fn replace(&self, user: &str, roles: &[Role]) {
        for role in roles {
            role.grant(self.kube, user, &self.name);
        }
        let shown = self.kube.client_certificate(user, &[], Validity::Good).unwrap();
        let project = &self.ground.project;
        project.write("user.crt", &shown.certificate).unwrap();
        project.write("user.key", &shown.key).unwrap();
        project.write("ca.crt", self.kube.ca_pem()).unwrap();
    }

    fn write(&self, changed: bool) {
        let (kind, label) = self.subject.address.split_once('.').unwrap();
        self.ground.write(&format!(
            "provider \"mig\" {{\n  kubernetes = {{ host = \"{}\", cluster_ca_certificate = file(\"ca.crt\"), \
             client_certificate_file = \"user.crt\", client_key_file = \"user.key\" }}\n}}\n\nresource \"{kind}\" \
             \"{label}\" {{\n{}}}\n",
            self.kube.url(),
            (self.subject.block)(&self.name, changed)
        ));
    }
}
