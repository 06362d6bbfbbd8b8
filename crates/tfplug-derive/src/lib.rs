//! The derive macro of `tfplug`: a Rust struct is a Terraform schema.
//!
//! See `tfplug::Model` for what it makes and for the options of `#[attr(...)]`.

mod field;

use proc_macro::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, parse_macro_input};

use field::{Field, StructOptions};

/// Derives `tfplug::Model` for a struct whose fields are all `tfplug::Attr<...>`.
///
/// The doc comment of a field is the attribute's documentation. Options in `#[attr(...)]`:
///
/// | option | meaning |
/// |---|---|
/// | `required`, `optional` (default), `computed`, `optional, computed` | who gives the value |
/// | `default = EXPR` | the value when configuration has none; makes it optional and computed |
/// | `name = "..."` | the attribute's name, where it is a Rust keyword |
/// | `sensitive`, `write_only` | as in Terraform |
/// | `reference` | holds what another resource is; its checks are made at plan, not at validation |
/// | `applying` | says where, when or how the object is applied, not what it is |
/// | `replace`, `replace_if_configured` | a change needs a new object |
/// | `stable` | computed once, never changes while the object lives |
/// | `depends_on("a", "b.c")` | computed anew only when one of these changes |
/// | `validate = EXPR` | a `Validator`; may be repeated |
/// | `same_meaning = PATH` | `fn(&Value, &Value) -> bool`: two writings of one value |
/// | `deprecated = "..."` | what to use instead |
/// | `json = "..."` | its field in the form of the API, where that is not the name in camelCase; `.` leads into objects |
/// | `no_json` | it is no field of the API's object; nor is an attribute that is computed only |
/// | `flatten` | the field is itself a model, whose attributes stand beside the others |
///
/// Options in the `#[attr(...)]` of the struct:
///
/// | option | meaning |
/// |---|---|
/// | `json_in = "spec"` | the object of the API in which its fields stand |
/// | `type_name = "..."` | the name of the type where it is nested; else the struct's name without `Model` at the end |
#[proc_macro_derive(Model, attributes(attr))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

fn expand(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(
            &input.ident,
            "Model is derived for structs",
        ));
    };
    let Fields::Named(named) = &data.fields else {
        return Err(syn::Error::new_spanned(&input.ident, "Model needs named fields"));
    };
    let fields = named
        .named
        .iter()
        .map(Field::parse)
        .collect::<syn::Result<Vec<_>>>()?;
    let ident = &input.ident;
    let description = field::doc_text(&input.attrs);
    let options = StructOptions::parse(&input.attrs)?;
    let type_name = options.type_name(ident);
    let attributes = fields.iter().map(|field| field.attributes(&options.json_in));
    let decodes = fields.iter().map(Field::decode);
    let encodes = fields.iter().map(Field::encode);
    Ok(quote! {
        #[automatically_derived]
        impl ::tfplug::Model for #ident {
            fn type_name() -> ::std::string::String {
                ::std::string::String::from(#type_name)
            }
            fn description() -> ::std::string::String {
                ::std::string::String::from(#description)
            }
            fn attributes() -> ::std::vec::Vec<::tfplug::schema::Attribute> {
                let mut all = ::std::vec::Vec::new();
                #(all.extend(#attributes);)*
                all
            }
            fn decode_object(
                object: &::std::collections::BTreeMap<::std::string::String, ::tfplug::value::Value>,
                path: &::tfplug::path::Path,
                diags: &mut ::tfplug::diag::Diagnostics,
            ) -> Self {
                Self { #(#decodes),* }
            }
            fn encode_object(
                &self,
            ) -> ::std::collections::BTreeMap<::std::string::String, ::tfplug::value::Value> {
                let mut all = ::std::collections::BTreeMap::new();
                #(all.extend(#encodes);)*
                all
            }
        }
    })
}
