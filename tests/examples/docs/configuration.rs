//! The blocks of a document as configurations that can be planned. What they need from elsewhere they get by rules:
//!
//! - Blocks of one document belong together. Where one declares anew what another has, a further configuration begins with it.
//! - Blocks of other providers are left out. What refers to them, or to variables and modules that the document does not show, is a value
//!   that is not known until apply.
//! - `local.layout` and `local.cluster` are those of the README, unless the document has its own.
//! - An object of ours that the document refers to and does not show is the one of this name in `examples/resources/`.
//! - Modules of this repository are those of the checkout.

use std::collections::BTreeSet;
use std::path::Path;

use hcl_edit::Ident;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::visit_mut::{VisitMut, visit_block_mut, visit_expr_mut};

use crate::markdown::Block as Snippet;

/// Where our modules are published.
const PUBLISHED: &str = "github.com/eks-mig/terraform-provider-mig//";

/// A value that nothing is known of until apply, not even its type.
const ELSEWHERE: &str = r#"
resource "terraform_data" "elsewhere" {}

locals {
  elsewhere = jsondecode(terraform_data.elsewhere.id == "" ? "null" : "[]")
}
"#;

const NEEDED: &str =
    "terraform {\n  required_providers {\n    mig = {\n      source = \"eks-mig/mig\"\n    }\n  }\n}\n";

const STANDARD: [(&str, &str); 2] = [
    (
        "local.layout",
        "layout = { instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }",
    ),
    ("local.cluster", "cluster = { name = \"prod\" }"),
];

/// A part of a document that a program is given by itself.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) place: String,
    pub(super) text: String,
}

/// What belongs together.
#[derive(Debug, Clone, Default)]
pub(super) struct Configuration {
    /// Where its blocks stand.
    pub(super) places: Vec<String>,
    blocks: Vec<Block>,
    pub(super) imports: Vec<Part>,
    pub(super) tests: Vec<Part>,
    /// Type and arguments of `list` blocks, with their place.
    pub(super) lists: Vec<(String, (String, Vec<String>))>,
}

/// The configurations of a document, in order; each has what the ones before it declared, but for what it declares anew.
pub(super) fn configurations(snippets: &[Snippet]) -> Vec<Configuration> {
    let mut done: Vec<Configuration> = Vec::new();
    let mut current = Configuration::default();
    for snippet in snippets {
        let body: Body = snippet
            .text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", snippet.place));
        let blocks = blocks(body, &snippet.place);
        if blocks
            .iter()
            .any(|block| ["run", "mock_provider"].contains(&block.ident.as_str()))
        {
            let text = snippet.text.clone();
            current.tests.push(Part {
                place: snippet.place.clone(),
                text,
            });
            continue;
        }
        let declared: BTreeSet<String> = blocks.iter().flat_map(names).collect();
        if current
            .blocks
            .iter()
            .flat_map(names)
            .any(|name| declared.contains(&name))
        {
            done.push(current.clone());
            current
                .blocks
                .retain(|block| !names(block).iter().any(|name| declared.contains(name)));
            (current.imports, current.tests, current.lists) = Default::default();
        }
        current.places.push(snippet.place.clone());
        blocks
            .into_iter()
            .for_each(|block| current.take(block, &snippet.place));
    }
    if !current.places.is_empty() {
        done.push(current);
    }
    done
}

fn blocks(body: Body, place: &str) -> Vec<Block> {
    let blocks = body.into_iter().map(|structure| match structure {
        Structure::Block(block) => block,
        Structure::Attribute(attribute) => panic!(
            "{place}: {} stands outside of any block; show the block around it",
            attribute.key.as_str()
        ),
    });
    blocks.collect()
}

fn labels(block: &Block) -> Vec<&str> {
    block
        .labels
        .iter()
        .map(hcl_edit::structure::BlockLabel::as_str)
        .collect()
}

/// What a block declares, as references name it.
fn names(block: &Block) -> Vec<String> {
    let labels = labels(block);
    match block.ident.as_str() {
        "resource" => vec![labels.join(".")],
        "locals" => block
            .body
            .attributes()
            .map(|a| format!("local.{}", a.key.as_str()))
            .collect(),
        "variable" => vec![format!("var.{}", labels[0])],
        "data" | "module" | "output" | "provider" | "ephemeral" | "check" => {
            vec![format!("{}.{}", block.ident.as_str(), labels.join("."))]
        }
        _ => Vec::new(),
    }
}

/// Whether the block is one of ours or of the language.
fn is_ours(block: &Block) -> bool {
    let labels = labels(block);
    match block.ident.as_str() {
        "resource" | "data" | "ephemeral" => labels[0].starts_with("mig_") || labels[0] == "terraform_data",
        "provider" => labels[0] == "mig",
        "moved" | "removed" => {
            let from = block
                .body
                .get_attribute("from")
                .map(|from| from.value.to_string());
            from.is_some_and(|from| from.trim().starts_with("mig_"))
        }
        _ => true,
    }
}

impl Configuration {
    fn take(&mut self, block: Block, place: &str) {
        match block.ident.as_str() {
            "terraform" => {
                let text = text_of([block]);
                let versions = text.contains("required_providers") && text.contains("eks-mig/mig");
                assert!(versions, "{place}: what does it need this block for?");
            }
            "import" => {
                let text = text_of([block]);
                if !text.contains("= aws_") {
                    self.imports.push(Part {
                        place: place.to_owned(),
                        text,
                    });
                }
            }
            "list" => {
                let config = block
                    .body
                    .get_blocks("config")
                    .flat_map(|config| config.body.attributes());
                let arguments = config.map(|argument| argument.key.as_str().to_owned()).collect();
                self.lists
                    .push((place.to_owned(), (labels(&block)[0].to_owned(), arguments)));
            }
            _ if is_ours(&block) => self.blocks.push(block),
            _ => {}
        }
    }

    /// How many resources of ours it has, at least.
    pub(super) fn resources(&self) -> usize {
        let resources = self
            .blocks
            .iter()
            .filter(|block| block.ident.as_str() == "resource");
        resources
            .filter(|block| labels(block)[0].starts_with("mig_"))
            .count()
    }

    /// The whole of it.
    pub(super) fn text(&self) -> String {
        let mut blocks = self.blocks.clone();
        let place = self.places.join(", ");
        let (declared, body) = loop {
            let declared: BTreeSet<String> = blocks.iter().flat_map(names).collect();
            let mut body: Body = blocks.iter().cloned().collect();
            let mut context = Context {
                declared: &declared,
                place: &place,
                missing: BTreeSet::new(),
            };
            context.visit_body_mut(&mut body);
            let missing = context.missing;
            if missing.is_empty() {
                break (declared, body);
            }
            blocks.extend(missing.iter().flat_map(|address| of_examples(address, &place)));
        };
        let standard = STANDARD.iter().filter(|(name, _)| !declared.contains(*name));
        let standard: String = standard.map(|(_, line)| format!("  {line}\n")).collect();
        let body = body.to_string();
        let elsewhere = if body.contains("local.elsewhere") {
            ELSEWHERE
        } else {
            ""
        };
        format!("{NEEDED}{elsewhere}\nlocals {{\n{standard}}}\n\n{body}")
    }
}

/// The object of this address in `examples/resources/`.
fn of_examples(address: &str, place: &str) -> Vec<Block> {
    let kind = address.split('.').next().unwrap_or_default();
    let path = crate::examples().join(format!("resources/{kind}/resource.tf"));
    let text =
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{place}: {}: {error}", path.display()));
    let body: Body = text
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = blocks(body, place);
    found.retain(|block| names(block) == [address]);
    assert!(
        !found.is_empty(),
        "{place}: neither the document nor examples/ has {address}"
    );
    found
}

fn text_of(blocks: impl IntoIterator<Item = Block>) -> String {
    blocks.into_iter().collect::<Body>().to_string()
}

/// Puts the unknown value in place of what is declared elsewhere.
struct Context<'d> {
    declared: &'d BTreeSet<String>,
    place: &'d str,
    /// Objects of ours that are referred to and not declared.
    missing: BTreeSet<String>,
}

impl Context<'_> {
    /// Whether a reference leads out of the document.
    fn leads_out(&mut self, traversal: &Traversal) -> bool {
        let Expression::Variable(root) = &traversal.expr else {
            return false;
        };
        let names = traversal
            .operators
            .iter()
            .map_while(|operator| match operator.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            });
        let path: Vec<&str> = [root.as_str()].into_iter().chain(names).collect();
        let within = |parts: usize| self.declared.contains(&path[..parts.min(path.len())].join("."));
        match path[0] {
            "var" | "module" => !within(2),
            "local" => {
                let standard = STANDARD.iter().any(|(name, _)| *name == path[..2].join("."));
                assert!(
                    within(2) || standard,
                    "{}: {} is declared nowhere",
                    self.place,
                    path[..2].join(".")
                );
                false
            }
            "data" | "ephemeral" => self.object(path[1], within(3), ""),
            kind if kind.contains('_') => self.object(kind, within(2), &path[..2].join(".")),
            _ => false,
        }
    }

    fn object(&mut self, kind: &str, is_declared: bool, resource: &str) -> bool {
        if is_declared || !kind.starts_with("mig_") {
            return !is_declared;
        }
        assert!(!resource.is_empty(), "{}: there is no {kind}", self.place);
        self.missing.insert(resource.to_owned());
        false
    }
}

impl VisitMut for Context<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        // Only references may stand there, and the unknown value is none.
        let foreign = |text: &str| {
            ["aws_", "helm_", "kubernetes_", "module."]
                .iter()
                .any(|start| text.contains(start))
        };
        let leads_out = block
            .body
            .get_attribute("depends_on")
            .is_some_and(|list| foreign(&list.value.to_string()));
        if leads_out {
            block.body.remove_attribute("depends_on");
        }
        let source = block
            .body
            .get_attribute("source")
            .map(|source| source.value.to_string());
        if let Some(module) = source
            .as_deref()
            .and_then(|text| text.trim().trim_matches('"').strip_prefix(PUBLISHED))
        {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(module);
            if let Some(mut source) = block.body.get_attribute_mut("source") {
                *source.value_mut() = Expression::from(path.to_str().unwrap_or_default());
            }
        }
        visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expression) {
        if let Expression::Traversal(traversal) = expression
            && self.leads_out(traversal)
        {
            let operator = TraversalOperator::GetAttr(Ident::new("elsewhere").into());
            let root = Expression::Variable(Ident::new("local").into());
            *expression = Expression::from(Traversal::new(root, vec![operator.into()]));
            return;
        }
        visit_expr_mut(self, expression);
    }
}
