//! One field of the struct: its options, and the code made from them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token, punctuated::Punctuated};

/// A field and the options in its `#[attr(...)]`.
pub(crate) struct Field {
    ident: Ident,
    ty: syn::Type,
    name: String,
    description: String,
    flatten: bool,
    required: bool,
    optional: bool,
    computed: bool,
    sensitive: bool,
    write_only: bool,
    reference: bool,
    applying: bool,
    replace: Option<TokenStream>,
    on_change: Option<TokenStream>,
    default: Option<Expr>,
    validators: Vec<Expr>,
    same_meaning: Option<Expr>,
    deprecated: Option<Expr>,
    json: Option<String>,
    no_json: bool,
}

impl Field {
    /// Reads a field.
    pub(crate) fn parse(field: &syn::Field) -> syn::Result<Self> {
        let ident = field
            .ident
            .clone()
            .ok_or_else(|| syn::Error::new(field.span(), "a field needs a name"))?;
        let mut parsed = Self {
            name: ident.unraw().to_string(),
            ident,
            ty: field.ty.clone(),
            description: doc_text(&field.attrs),
            flatten: false,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            reference: false,
            applying: false,
            replace: None,
            on_change: None,
            default: None,
            validators: Vec::new(),
            same_meaning: None,
            deprecated: None,
            json: None,
            no_json: false,
        };
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("attr")) {
            parsed.options(attribute)?;
        }
        parsed.check()?;
        Ok(parsed)
    }

    fn options(&mut self, attribute: &Attribute) -> syn::Result<()> {
        attribute.parse_nested_meta(|meta| {
            let key = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            match key.as_str() {
                "flatten" => self.flatten = true,
                "required" => self.required = true,
                "optional" => self.optional = true,
                "computed" => self.computed = true,
                "sensitive" => self.sensitive = true,
                "write_only" => self.write_only = true,
                "reference" => self.reference = true,
                "applying" => self.applying = true,
                "replace" => self.replace = Some(quote!(::tfplug::schema::Replace::Always)),
                "replace_if_configured" => {
                    self.replace = Some(quote!(::tfplug::schema::Replace::IfConfigured));
                }
                "stable" => self.on_change = Some(quote!(::tfplug::schema::OnChange::Never)),
                "depends_on" => {
                    let list;
                    syn::parenthesized!(list in meta.input);
                    let paths: Punctuated<LitStr, Token![,]> = Punctuated::parse_terminated(&list)?;
                    let paths = paths.iter();
                    self.on_change = Some(quote! {
                        ::tfplug::schema::OnChange::Of(::std::vec![#(::tfplug::path::Path::from(#paths)),*])
                    });
                }
                "name" => self.name = meta.value()?.parse::<LitStr>()?.value(),
                "default" => self.default = Some(meta.value()?.parse()?),
                "validate" => self.validators.push(meta.value()?.parse()?),
                "same_meaning" => self.same_meaning = Some(meta.value()?.parse()?),
                "json" => self.json = Some(meta.value()?.parse::<LitStr>()?.value()),
                "no_json" => self.no_json = true,
                "deprecated" => self.deprecated = Some(meta.value()?.parse()?),
                _ => return Err(meta.error("no such option of #[attr(...)]; see the documentation of Model")),
            }
            Ok(())
        })
    }

    fn check(&self) -> syn::Result<()> {
        if self.required && (self.optional || self.computed || self.default.is_some()) {
            let why = "a required attribute is neither optional nor computed and has no default";
            return Err(syn::Error::new_spanned(&self.ident, why));
        }
        if self.flatten {
            return Ok(());
        }
        if self.description.is_empty() {
            let why = "an attribute needs a doc comment: it is the attribute's documentation";
            return Err(syn::Error::new_spanned(&self.ident, why));
        }
        Ok(())
    }

    fn optionality(&self) -> TokenStream {
        let kind = match (
            self.required,
            self.computed,
            self.optional || self.default.is_some(),
        ) {
            (true, ..) => quote!(Required),
            (_, true, true) => quote!(OptionalComputed),
            (_, true, false) => quote!(Computed),
            (_, false, _) if self.default.is_some() => quote!(OptionalComputed),
            _ => quote!(Optional),
        };
        quote!(::tfplug::schema::Optionality::#kind)
    }

    /// The schemas of the attributes that the field stands for: its own, or those of the model that it holds.
    pub(crate) fn attributes(&self, json_in: &str) -> TokenStream {
        if self.flatten {
            let ty = &self.ty;
            return quote!(<#ty as ::tfplug::Model>::attributes());
        }
        let attribute = self.attribute(json_in);
        quote!([#attribute])
    }

    /// The names that lead to the field in the API's object; none where it is not in it.
    fn json(&self, json_in: &str) -> Vec<String> {
        let only_computed = self.computed && !self.optional && self.default.is_none();
        if self.no_json || (only_computed && self.json.is_none()) {
            return Vec::new();
        }
        let path = self
            .json
            .clone()
            .unwrap_or_else(|| format!("{json_in}.{}", camel_case(&self.name)));
        let names = path.split('.').filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    fn attribute(&self, json_in: &str) -> TokenStream {
        let Self { ty, name, .. } = self;
        let attribute_type = quote_spanned! { ty.span() =>
            <#ty as ::tfplug::model::AttrOf>::attribute_type()
        };
        let whole_numbers = quote_spanned! { ty.span() =>
            <#ty as ::tfplug::model::AttrOf>::whole_numbers()
        };
        let (description, optionality) = (&self.description, self.optionality());
        let (options, json) = (self.given_options(), self.json(json_in));
        quote! {
            ::tfplug::schema::Attribute::new(#name, #attribute_type)
                .with(#optionality)
                .with_description(#description)
                .with_json(&[#(#json),*])
                .with_whole_numbers(#whole_numbers)
                #(.#options)*
        }
    }

    /// The calls of the builder for the options that the field has.
    fn given_options(&self) -> Vec<TokenStream> {
        let flags = [
            (self.sensitive, quote!(with_sensitive())),
            (self.write_only, quote!(with_write_only())),
            (self.reference, quote!(with_reference())),
            (self.applying, quote!(with_applying())),
        ];
        let mut calls: Vec<_> = flags
            .into_iter()
            .filter_map(|(set, call)| set.then_some(call))
            .collect();
        calls.extend(self.replace.iter().map(|kind| quote!(with_replace(#kind))));
        calls.extend(self.on_change.iter().map(|kind| quote!(with_on_change(#kind))));
        calls.extend(self.default.iter().map(|value| {
            quote!(with_default(::tfplug::schema::Default::Value(::tfplug::value::Value::from(#value))))
        }));
        calls.extend(self.validators.iter().map(|check| quote!(with_validator(#check))));
        calls.extend(
            self.same_meaning
                .iter()
                .map(|path| quote!(with_same_meaning(#path))),
        );
        calls.extend(self.deprecated.iter().map(|text| quote!(with_deprecated(#text))));
        calls
    }

    /// The field's initialiser when an object is read.
    pub(crate) fn decode(&self) -> TokenStream {
        let Self { ident, ty, name, .. } = self;
        if self.flatten {
            return quote!(#ident: <#ty as ::tfplug::Model>::decode_object(object, path, diags));
        }
        quote! {
            #ident: <#ty>::decode(
                object.get(#name).unwrap_or(&::tfplug::value::Value::Null),
                &path.attribute(#name),
                diags,
            )
        }
    }

    /// Names and values of the attributes when an object is written.
    pub(crate) fn encode(&self) -> TokenStream {
        let Self { ident, name, .. } = self;
        if self.flatten {
            return quote!(::tfplug::Model::encode_object(&self.#ident));
        }
        quote!([(::std::string::String::from(#name), self.#ident.encode())])
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| {
        let (initial, rest) = word.split_at(usize::from(!word.is_empty()));
        camel + &initial.to_ascii_uppercase() + rest
    })
}

/// The options in the `#[attr(...)]` of the struct.
#[derive(Default)]
pub(crate) struct StructOptions {
    /// Where the fields stand in the API's object unless they say it.
    pub(crate) json_in: String,
    type_name: Option<String>,
}

impl StructOptions {
    /// Reads them.
    pub(crate) fn parse(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("attr")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("json_in") {
                    found.json_in = meta.value()?.parse::<LitStr>()?.value();
                } else if meta.path.is_ident("type_name") {
                    found.type_name = Some(meta.value()?.parse::<LitStr>()?.value());
                } else {
                    return Err(meta.error("the options of a struct are json_in and type_name"));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The name of the nested type: as given, else that of the struct without `Model` at its end.
    pub(crate) fn type_name(&self, ident: &Ident) -> String {
        let own = ident.unraw().to_string();
        let short = own.strip_suffix("Model").filter(|rest| !rest.is_empty());
        self.type_name
            .clone()
            .unwrap_or_else(|| short.unwrap_or(&own).to_owned())
    }
}

/// The text of a doc comment, its lines joined as Markdown expects.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines
        .map(|l| l.strip_prefix(' ').unwrap_or(&l).to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}
