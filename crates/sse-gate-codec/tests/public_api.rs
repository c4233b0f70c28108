//! The public API, as text: `public-api.txt` shows in a review how the API has changed.
//!
//! If you change the API on purpose, run this test with `UPDATE_PUBLIC_API=1`. The list is made from the
//! sources: the items that `lib.rs` re-exports, with their public functions and constants and the
//! traits that they implement, without bodies. `one_line_text` makes three types that are alike: the
//! list has one of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use syn::{Attribute, Fields, File, ImplItem, Item, TraitItem, Type, UseTree, Visibility};

/// The type that the list has of those that the macro makes.
const EXAMPLE: &str = "EventName";

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn parse(text: &str) -> File {
    syn::parse_file(text).expect("a source is Rust")
}

/// The sources in a folder and in the folders below it, ordered by name.
fn sources(folder: &Path, into: &mut Vec<Item>) {
    let entries = fs::read_dir(folder).expect("a folder can be read");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            sources(&path, into);
        } else {
            let text = fs::read_to_string(&path).expect("a source can be read");
            into.extend(parse(&text).items);
        }
    }
}

/// The names that are re-exported, without their modules.
fn names(tree: &UseTree, into: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => names(&path.tree, into),
        UseTree::Name(name) => drop(into.insert(name.ident.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, into)),
        UseTree::Rename(_) | UseTree::Glob(_) => panic!("the list of names has neither"),
    }
}

/// The items that a macro makes, from the text of its one arm.
fn made_by(macro_rules: &str) -> Vec<Item> {
    let (_, body) = macro_rules.split_once("=>").expect("an arm");
    let body = body.trim().trim_end_matches(';').trim();
    let body = body.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let body = body.expect("an arm in braces").replace("$ crate", "crate");
    let body = body.replace("$ Type", EXAMPLE).replace("$ what", "\"\"");
    parse(&body).items
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Removes the attributes that are not part of the API.
fn strip(attributes: &mut Vec<Attribute>) {
    let kept = ["cfg", "derive", "must_use", "non_exhaustive"];
    attributes.retain(|it| kept.iter().any(|name| it.path().is_ident(name)));
}

/// The name of the type that is implemented for.
fn name_of(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    Some(path.path.segments.last()?.ident.to_string())
}

/// The public part of an item, if the item is about one of these names.
fn public_part(mut item: Item, public: &BTreeSet<String>) -> Option<Item> {
    match &mut item {
        Item::Struct(it) if public.contains(&it.ident.to_string()) => {
            strip(&mut it.attrs);
            it.fields = Fields::Unit;
            it.semi_token = Some(syn::token::Semi::default());
        }
        Item::Enum(it) if public.contains(&it.ident.to_string()) => {
            strip(&mut it.attrs);
            it.variants.iter_mut().for_each(|it| strip(&mut it.attrs));
        }
        Item::Impl(it) if name_of(&it.self_ty).is_some_and(|name| public.contains(&name)) => {
            strip(&mut it.attrs);
            let is_of_trait = it.trait_.is_some();
            it.items.retain_mut(|item| match item {
                ImplItem::Fn(it) => {
                    strip(&mut it.attrs);
                    it.block.stmts.clear();
                    !is_of_trait && is_public(&it.vis)
                }
                ImplItem::Const(it) => {
                    strip(&mut it.attrs);
                    it.expr = syn::parse_quote!(..);
                    is_public(&it.vis)
                }
                ImplItem::Type(it) => {
                    strip(&mut it.attrs);
                    true
                }
                _ => true,
            });
            if it.items.is_empty() && !is_of_trait {
                return None;
            }
        }
        Item::Trait(it) if public.contains(&it.ident.to_string()) => {
            strip(&mut it.attrs);
            for item in &mut it.items {
                if let TraitItem::Fn(it) = item {
                    strip(&mut it.attrs);
                    it.default = it.default.take().map(|_| syn::parse_quote!({}));
                }
                if let TraitItem::Type(it) = item {
                    strip(&mut it.attrs);
                }
            }
        }
        _ => return None,
    }
    Some(item)
}

#[test]
fn the_public_api_is_the_one_that_is_written_down() {
    let root = fs::read_to_string(folder().join("src/lib.rs")).expect("there is a lib.rs");
    let mut public = BTreeSet::new();
    for item in parse(&root).items {
        match item {
            Item::Use(it) if is_public(&it.vis) => names(&it.tree, &mut public),
            _ => {}
        }
    }
    let mut items = Vec::new();
    sources(&folder().join("src"), &mut items);
    let all: Vec<_> = items
        .into_iter()
        .flat_map(|item| match item {
            Item::Macro(it) if it.mac.path.is_ident("macro_rules") => {
                made_by(&it.mac.tokens.to_string())
            }
            // `pin_project!` has a struct as its input.
            Item::Macro(it) if it.mac.path.is_ident("pin_project") => {
                let text = it.mac.tokens.to_string().replace("# [pin]", "");
                parse(&text).items
            }
            item => vec![item],
        })
        .collect();
    let items = all
        .into_iter()
        .filter_map(|item| public_part(item, &public));
    let api = File {
        shebang: None,
        attrs: Vec::new(),
        items: items.collect(),
    };
    let api = prettyplease::unparse(&api);

    let path = folder().join("public-api.txt");
    if env::var_os("UPDATE_PUBLIC_API").is_some() {
        fs::write(&path, &api).expect("the list can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        api == written,
        "the public API is not that of public-api.txt: run this with UPDATE_PUBLIC_API=1\n{api}"
    );
}
