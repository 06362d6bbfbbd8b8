//! A provider that has everything that a schema can have: greeting cards.

use tfplug::model::AttributeValue;
use tfplug::schema::{
    Block, BlockNesting, FunctionSignature, Parameter, ProviderSchemas, Schema, validators,
};
use tfplug::ty::Type;
use tfplug::{Attr, Dynamic, Model, SetOf, Value};

use pulumiplug::schema::{Example, Expression, PackageInfo, Step};

/// Prints `card_card`s and posts them.
///
/// Everything is also in the `data.card_layout`.
#[derive(Clone, Model)]
struct SettingsModel {
    /// Where the press stands.
    region: Attr<String>,
    /// A key of the press. Only `max_copies` are printed.
    #[attr(sensitive)]
    api_key: Attr<String>,
    /// The greatest number of copies.
    #[attr(validate = validators::declared_between(1, 100))]
    max_copies: Attr<i64>,
    /// The version of the press.
    version: Attr<String>,
    /// How to reach the press.
    endpoint: Attr<EndpointModel>,
}

/// An address.
#[derive(Clone, Model)]
struct EndpointModel {
    /// Its host.
    #[attr(required)]
    host: Attr<String>,
    /// What `pulumi` means to it.
    pulumi: Attr<String>,
}

/// A card. `slices_per_sheet` follows from `layout.rows`:
///
/// ```hcl
/// layout = { rows = 2 }
/// ```
///
/// Write `front_text = "max_copies"`, see `card_layout` and `sheets_needed(3)`.
#[derive(Clone, Model)]
struct CardModel {
    /// What the press calls it.
    #[attr(computed, stable)]
    id: Attr<String>,
    /// Its name.
    #[attr(required, replace)]
    name: Attr<String>,
    /// The text on the front.
    #[attr(required, validate = validators::length(1, 40))]
    front_text: Attr<String>,
    /// Old name of `front_text`.
    #[attr(deprecated = "Use `front_text` instead.")]
    title: Attr<String>,
    /// How many are printed.
    #[attr(default = 10, validate = validators::declared_between(1, 100))]
    copies: Attr<i64>,
    /// Its weight in grams per square metre.
    #[attr(default = 300)]
    weight: Attr<i64>,
    /// What it is printed on.
    #[attr(default = "matt", validate = validators::declared_one_of(&["matt", "glossy", "hand-made"]), replace_if_configured)]
    paper: Attr<String>,
    /// How sheets are cut.
    #[attr(required)]
    layout: Attr<LayoutModel>,
    /// The layout with everything that follows from it.
    #[attr(computed)]
    resolved: Attr<ResolvedModel>,
    /// Who gets it.
    recipients: Attr<SetOf<RecipientModel>>,
    /// Labels of the envelope.
    labels: Attr<std::collections::BTreeMap<String, String>>,
    /// Words to be hidden.
    hidden_words: Attr<SetOf<String>>,
    /// A pin that opens it; kept nowhere.
    #[attr(write_only)]
    pin: Attr<String>,
    /// Anything.
    extra: Attr<Dynamic>,
    /// Not the one of Pulumi.
    urn: Attr<String>,
    /// How many cards are on a sheet.
    #[attr(computed, depends_on("layout"))]
    slices_per_sheet: Attr<i64>,
}

/// How a sheet is cut.
#[derive(Clone, Model)]
struct LayoutModel {
    /// Rows of cards on a sheet.
    #[attr(required, replace)]
    rows: Attr<i64>,
    /// Cards by name of their fold.
    folds: Attr<std::collections::BTreeMap<String, i64>>,
    /// Where it is cut first.
    #[attr(default = "long-edge", validate = validators::declared_one_of(&["long-edge", "short-edge"]))]
    first_cut: Attr<String>,
}

/// A layout, resolved.
#[derive(Clone, Model)]
struct ResolvedModel {
    /// The layout itself.
    #[attr(computed)]
    layout: Attr<LayoutModel>,
    /// Cuts in order.
    #[attr(computed)]
    cuts: Attr<Vec<i64>>,
}

/// A person.
#[derive(Clone, Model)]
struct RecipientModel {
    /// Street and town.
    #[attr(required)]
    address: Attr<String>,
    /// A stamp's motif.
    #[attr(optional, computed)]
    stamp: Attr<String>,
}

/// A layout looked at.
#[derive(Clone, Model)]
struct LayoutDataModel {
    /// The layout.
    #[attr(required)]
    layout: Attr<LayoutModel>,
    /// A digest.
    #[attr(computed)]
    id: Attr<String>,
    /// The same, resolved.
    #[attr(computed)]
    resolved: Attr<ResolvedModel>,
}

/// Options that no attribute has.
#[derive(Clone, Model)]
struct OptionsModel {
    /// Glue, see [the guide](../guides/glue.md), [its maker](https://example.com/(glue)), `glue_colour`.
    glue_colour: Attr<String>,
}

fn machine() -> Schema {
    let blade = Schema::new("A blade.", LayoutModel::attributes());
    let mut blade = Block::new("blade", BlockNesting::List, blade);
    blade.min_items = 1;
    LayoutDataModel::schema(0).with_blocks(vec![blade])
}

pub(crate) fn schemas() -> ProviderSchemas {
    let layout = || Parameter::new("layout", Type::Dynamic, "A layout, as of a `card_card`.");
    let cut = Type::object([("edge", Type::String), ("at_line", Type::Number)]);
    let address = RecipientModel::schema(0).ty();
    let mut schemas = ProviderSchemas::default();
    schemas.provider = SettingsModel::schema(0);
    schemas
        .resources
        .insert("card_card".into(), CardModel::schema(1).into());
    schemas.resources.insert("card_machine".into(), {
        let mut schema = machine();
        schema.attributes.retain(|attribute| attribute.name != "id");
        schema.deprecated = Some("Use `card_card` instead.".into());
        schema.into()
    });
    schemas
        .data_sources
        .insert("card_layout".into(), LayoutDataModel::schema(0).into());
    let sheets = FunctionSignature::new(
        "Sheets for a number of cards.",
        [Parameter::new("cards", Type::Number, "How many.")],
        Type::Number,
    );
    let cuts = FunctionSignature::new("The cuts of a layout.", [layout().with_null()], Type::list(cut))
        .with_variadic(Parameter::new("knives", Type::String, "Knives, in `cuts_of`."));
    let layouts = Parameter::new("layouts", Type::Dynamic, "Layouts.");
    let joined = FunctionSignature::new("Layouts as one, with `glue_colour`.", [layouts], Type::String)
        .with_variadic(Parameter::new("options", Type::Dynamic, "Options."));
    let stamped = FunctionSignature::new("Recipients with stamps.", [], Type::map(address));
    schemas.functions = [
        ("sheets_needed", sheets),
        ("cuts_of", cuts),
        ("joined", joined),
        ("stamped", stamped),
    ]
    .map(|(name, signature)| (name.to_owned(), signature.into()))
    .into();
    schemas
}

pub(crate) fn info() -> PackageInfo {
    PackageInfo {
        name: "card".into(),
        display_name: "Cards".into(),
        version: "1.2.3".into(),
        description: "Greeting cards, in `card_card`.".into(),
        keywords: ["pulumi", "card", "category/utility", "kind/native"]
            .map(str::to_owned)
            .into(),
        homepage: "https://example.com/card".into(),
        license: "Apache-2.0".into(),
        repository: "https://example.com/card.git".into(),
        plugin_download_url: "github://api.github.com/example/card".into(),
        publisher: "Example".into(),
        parameters: [
            (("cuts_of", "layout"), LayoutModel::attribute_type()),
            (("joined", "layouts"), Vec::<LayoutModel>::attribute_type()),
            (("joined", "options"), OptionsModel::attribute_type()),
        ]
        .map(|((function, parameter), ty)| ((function.to_owned(), parameter.to_owned()), ty))
        .into(),
        examples: [
            ("card_card".to_owned(), vec![example()]),
            ("cuts_of".to_owned(), vec![call()]),
            ("joined".to_owned(), vec![call_with_options()]),
            ("sheets_needed".to_owned(), vec![call_by_position()]),
        ]
        .into(),
        ..PackageInfo::default()
    }
}

fn layout() -> Expression {
    let folds = Expression::object([
        ("long", Expression::from(2)),
        ("a.4", 3.into()),
        ("yes", 1.into()),
    ]);
    Expression::object([
        ("rows", 2.into()),
        ("folds", folds),
        ("first_cut", "long-edge".into()),
    ])
}

/// A card whose text is what a data source says.
pub(crate) fn example() -> Example {
    let recipients = ["1 Main Street, \"Hill\"", "2 Main Street"].map(|address| {
        Expression::object([
            ("address", Expression::from(address)),
            ("stamp", "a stamp with a long description of it".into()),
        ])
    });
    Example {
        title: "A card for two".into(),
        text: "The layout is looked at first.".into(),
        steps: vec![
            Step::Read {
                name: "sheet_layout".into(),
                type_name: "card_layout".into(),
                inputs: vec![("layout".into(), layout())],
            },
            Step::Resource {
                name: "birthday_card".into(),
                type_name: "card_card".into(),
                inputs: vec![
                    ("name".into(), "birthday".into()),
                    ("front_text".into(), Expression::of("sheet_layout", "id")),
                    ("layout".into(), layout()),
                    ("recipients".into(), Expression::List(recipients.into())),
                    ("hidden_words".into(), ["no", "never"].into()),
                    ("copies".into(), 20.into()),
                ],
            },
            Step::Output {
                name: "per_sheet".into(),
                value: Expression::of("birthday_card", "slices_per_sheet"),
            },
        ],
    }
}

fn call() -> Example {
    Example {
        title: "Cuts".into(),
        steps: vec![
            Step::Call {
                name: "cuts".into(),
                function: "cuts_of".into(),
                arguments: vec![("layout".into(), layout())],
            },
            Step::Output {
                name: "all_cuts".into(),
                value: Expression::Of {
                    step: "cuts".into(),
                    path: Vec::new(),
                },
            },
        ],
        ..Example::default()
    }
}

fn call_with_options() -> Example {
    let options = Expression::object([("glue_colour", "clear".into())]);
    Example {
        title: "Joined".into(),
        steps: vec![Step::Call {
            name: "one".into(),
            function: "joined".into(),
            arguments: vec![
                ("layouts".into(), Expression::List(vec![layout(), layout()])),
                ("options".into(), options),
            ],
        }],
        ..Example::default()
    }
}

fn call_by_position() -> Example {
    Example {
        title: "Sheets".into(),
        steps: vec![Step::Call {
            name: "needed".into(),
            function: "sheets_needed".into(),
            arguments: vec![("cards".into(), 3.into())],
        }],
        ..Example::default()
    }
}

/// A value that no default can be in Pulumi.
pub(crate) fn no_scalar() -> Value {
    Value::List(vec![Value::from("a")])
}

/// The package alone, for other declarations.
pub(crate) fn info_without_examples() -> PackageInfo {
    PackageInfo {
        name: "card".into(),
        version: "1.2.3".into(),
        ..PackageInfo::default()
    }
}
