//! Third stage: the planned items to Rust tokens, counted in types.
//!
//! Keys of the sample get into the code as string literals and through [`words`](super::words)
//! only, both as tokens: no key can break out of its place.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::types::{FieldDef, Item, Type};
use super::{Meter, Stage, Stopped};

/// The tokens of each item.
pub(super) fn emit(items: &[Item], meter: &mut impl Meter) -> Result<Vec<TokenStream>, Stopped> {
    let total = items.len();
    meter.advance(Stage::CodeGeneration, 0, total)?;
    let mut written = Vec::with_capacity(total);
    for item in items {
        written.push(item_tokens(item));
        meter.advance(Stage::CodeGeneration, written.len(), total)?;
    }
    Ok(written)
}

fn item_tokens(item: &Item) -> TokenStream {
    match item {
        Item::Import => quote! { use serde::{Deserialize, Serialize}; },
        Item::Struct { name, fields } => {
            let name = format_ident!("{name}");
            let fields = fields.iter().map(field_tokens);
            quote! {
                #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
                pub struct #name { #(#fields)* }
            }
        }
        Item::Alias { name, ty } => {
            let (name, ty) = (format_ident!("{name}"), type_tokens(ty));
            quote! { pub type #name = #ty; }
        }
    }
}

fn field_tokens(field: &FieldDef) -> TokenStream {
    let (name, ty, key) = (
        format_ident!("{}", field.name),
        type_tokens(&field.ty),
        &field.key,
    );
    let mut options = Vec::new();
    if field.name != *key {
        options.push(quote! { rename = #key });
    }
    if field.optional {
        options.push(quote! { skip_serializing_if = "Option::is_none" });
    }
    let attribute = (!options.is_empty()).then(|| quote! { #[serde(#(#options),*)] });
    quote! { #attribute pub #name: #ty, }
}

fn type_tokens(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote! { bool },
        Type::I64 => quote! { i64 },
        Type::U64 => quote! { u64 },
        Type::I128 => quote! { i128 },
        Type::F64 => quote! { f64 },
        Type::Text => quote! { String },
        Type::Value => quote! { serde_json::Value },
        Type::Map => quote! { serde_json::Map<String, serde_json::Value> },
        Type::Struct(name) => {
            let name = format_ident!("{name}");
            quote! { #name }
        }
        Type::List(items) => {
            let items = type_tokens(items);
            quote! { Vec<#items> }
        }
        Type::Option(inner) => {
            let inner = type_tokens(inner);
            quote! { Option<#inner> }
        }
    }
}
