//! Pages of functions.

use tfplug::schema::{FunctionSignature, Parameter};

use super::examples::Examples;
use super::page::{Kind, Page, one_line};

pub(super) fn page(name: &str, signature: &FunctionSignature, examples: &Examples) -> String {
    let mut page = Page::new(Kind::Function, name, &signature.description);
    page.section(
        "Example Usage",
        &examples.usage(&format!("functions/{name}"), "function"),
    );
    page.section("Signature", &format!("```text\n{}\n```\n", head(name, signature)));
    page.section("Arguments", &arguments(signature));
    page.text()
}

fn head(name: &str, signature: &FunctionSignature) -> String {
    let typed = |p: &Parameter| format!("{} {}", p.name, p.ty.friendly_name());
    let mut parameters: Vec<String> = signature.parameters.iter().map(typed).collect();
    parameters.extend(signature.variadic.as_ref().map(|p| format!("{}...", typed(p))));
    format!(
        "{name}({}) {}",
        parameters.join(", "),
        signature.returns.friendly_name()
    )
}

fn arguments(signature: &FunctionSignature) -> String {
    let all = signature.parameters.iter().chain(&signature.variadic);
    let lines = all.enumerate().map(|(index, parameter)| {
        let Parameter {
            name,
            ty,
            description,
            allow_null,
            ..
        } = parameter;
        let nullable = if *allow_null { ", Nullable" } else { "" };
        let kind = super::attributes::type_name(ty);
        format!(
            "{}. `{name}` ({kind}{nullable}) {}\n",
            index + 1,
            one_line(description)
        )
    });
    lines.collect()
}
