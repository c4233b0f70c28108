//! Between the stages: which items the code has, and what they are called.

use std::collections::{HashMap, HashSet};

use super::shape::{Kind, Object, Shape, Span};
use super::types::{FieldDef, Item, Type};
use super::{Failure, TypeName, words};

/// The most structs that one sample may need.
pub const MAX_TYPES: usize = 1_000;

/// The most fields that all structs of one sample may have together.
pub const MAX_FIELDS: usize = 4_000;

/// Lists in lists deeper than this are values: the compiler, too, has its limit.
const MAX_LISTS: usize = 32;

/// The items for a shape, root first.
pub(super) fn plan(shape: &Shape, root: &TypeName) -> Result<Vec<Item>, Failure> {
    let mut planner = Planner::default();
    planner.taken.insert(root.as_str().to_owned());
    let place = Place {
        name: root.as_str(),
        parent: "",
        root: true,
        lists: 0,
    };
    let ty = planner.place(shape, place)?;
    let mut items: Vec<_> = planner.structs.into_iter().flatten().collect();
    if !matches!(&ty, Type::Struct(name) if name == root.as_str()) {
        items.insert(
            0,
            Item::Alias {
                name: root.as_str().to_owned(),
                ty,
            },
        );
    }
    if items.iter().any(|item| matches!(item, Item::Struct { .. })) {
        items.insert(0, Item::Import);
    }
    Ok(items)
}

/// Where a shape stands, and so what a struct for it would be called.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    parent: &'a str,
    root: bool,
    lists: usize,
}

#[derive(Default)]
struct Planner {
    /// One slot a struct, in the order in which they are met; empty until its fields are known,
    /// and for good if it turns out to be one that is there already.
    structs: Vec<Option<Item>>,
    fields: usize,
    taken: HashSet<String>,
    /// The number to try next behind a name that is taken.
    numbers: HashMap<String, usize>,
    /// Which struct has this wanted name and these fields.
    known: HashMap<(String, Vec<FieldDef>), String>,
}

impl Planner {
    /// The type for a shape.
    fn place(&mut self, shape: &Shape, place: Place<'_>) -> Result<Type, Failure> {
        let ty = match &shape.kind {
            Kind::Unseen | Kind::Mixed => Type::Value,
            Kind::Bool => Type::Bool,
            Kind::Integer(Span { large: false, .. }) => Type::I64,
            Kind::Integer(Span {
                negative: false, ..
            }) => Type::U64,
            Kind::Integer(_) => Type::I128,
            Kind::Float => Type::F64,
            Kind::Text => Type::Text,
            Kind::List(_) if place.lists == MAX_LISTS => Type::Value,
            Kind::List(items) => {
                let name = match place.lists {
                    0 if place.root => format!("{}Item", place.name),
                    0 => words::item_of(place.name),
                    _ => place.name.to_owned(),
                };
                let inner = Place {
                    name: &name,
                    root: false,
                    lists: place.lists + 1,
                    ..place
                };
                Type::List(Box::new(self.place(items, inner)?))
            }
            Kind::Object(object) if object.fields.is_empty() => Type::Map,
            Kind::Object(object) => Type::Struct(self.object(object, place)?),
        };
        // A value can be null by itself.
        let option = shape.nullable && shape.kind != Kind::Mixed;
        Ok(if option { ty.or_none() } else { ty })
    }

    /// The name of the struct for an object.
    fn object(&mut self, object: &Object, place: Place<'_>) -> Result<String, Failure> {
        if self.structs.len() == MAX_TYPES {
            return Err(Failure::TooManyTypes);
        }
        let slot = self.structs.len();
        self.structs.push(None);
        let wanted = if place.root {
            place.name.to_owned()
        } else {
            words::type_name(place.name)
        };
        let fields = self.object_fields(object, &wanted)?;
        if place.root {
            self.structs[slot] = Some(Item::Struct {
                name: wanted.clone(),
                fields,
            });
            return Ok(wanted);
        }
        let kind = (wanted, fields);
        if let Some(name) = self.known.get(&kind) {
            return Ok(name.clone());
        }
        let name = self.free_name(&kind.0, place.parent);
        let fields = kind.1.clone();
        self.structs[slot] = Some(Item::Struct {
            name: name.clone(),
            fields,
        });
        self.known.insert(kind, name.clone());
        Ok(name)
    }

    /// The fields of the struct that will be called `wanted`, or much like it.
    fn object_fields(&mut self, object: &Object, wanted: &str) -> Result<Vec<FieldDef>, Failure> {
        self.fields += object.fields.len();
        if self.fields > MAX_FIELDS {
            return Err(Failure::TooManyFields);
        }
        let mut names = Names::default();
        let mut fields = Vec::with_capacity(object.fields.len());
        for (key, field) in &object.fields {
            let place = Place {
                name: key,
                parent: wanted,
                root: false,
                lists: 0,
            };
            let ty = self.place(&field.shape, place)?;
            let optional = field.times < object.times;
            let ty = if optional { ty.or_none() } else { ty };
            fields.push(FieldDef {
                name: names.claim(key),
                key: key.clone(),
                ty,
                optional,
            });
        }
        Ok(fields)
    }

    /// A name that no struct has: as wanted, or with the parent's in front, or with a number.
    fn free_name(&mut self, wanted: &str, parent: &str) -> String {
        for name in [wanted.to_owned(), format!("{parent}{wanted}")] {
            if !words::is_reserved_type(&name) && self.taken.insert(name.clone()) {
                return name;
            }
        }
        let number = self.numbers.entry(wanted.to_owned()).or_insert(2);
        loop {
            let name = format!("{wanted}{number}");
            *number += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The names of one struct's fields.
#[derive(Default)]
struct Names {
    taken: HashSet<String>,
    numbers: HashMap<String, usize>,
}

impl Names {
    /// A name for this key that no other field of the struct has.
    fn claim(&mut self, key: &str) -> String {
        let wanted = words::field_name(key);
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let number = self.numbers.entry(wanted.clone()).or_insert(2);
        loop {
            let name = format!("{}_{number}", wanted.trim_end_matches('_'));
            *number += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}
