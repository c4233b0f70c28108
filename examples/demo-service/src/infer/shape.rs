//! What the values at one place of the sample have in common.

use indexmap::IndexMap;
use serde_json::Number;

/// What is known of the values at one place: which kind they are, and whether `null` was there.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Shape {
    pub(super) nullable: bool,
    pub(super) kind: Kind,
}

/// The one kind that fits all values of a place, `null` aside.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Kind {
    /// No value yet, or only `null`.
    #[default]
    Unseen,
    Bool,
    Integer(Span),
    Float,
    Text,
    List(Box<Shape>),
    Object(Object),
    /// Kinds that no Rust type but `Value` joins.
    Mixed,
}

/// Which integers were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    /// Some are below zero.
    pub(super) negative: bool,
    /// Some are above `i64::MAX`.
    pub(super) large: bool,
}

/// What the objects at one place have in common.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object {
    pub(super) fields: IndexMap<String, Field>,
    pub(super) times: usize,
}

/// What is known of one field, and in how many of its objects it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Field {
    pub(super) shape: Shape,
    pub(super) times: usize,
}

impl Kind {
    /// Takes in a boolean or a text, which have no inner parts.
    pub(super) fn meet(&mut self, other: Self) {
        if *self == Self::Unseen {
            *self = other;
        } else if *self != other {
            *self = Self::Mixed;
        }
    }

    /// Takes in a number: integers widen, and one fraction makes them all floats.
    pub(super) fn meet_number(&mut self, number: &Number) {
        let span = Span {
            negative: number.as_i64().is_some_and(|n| n < 0),
            large: number.is_u64() && !number.is_i64(),
        };
        match self {
            Self::Unseen | Self::Integer(_) if number.is_f64() => *self = Self::Float,
            Self::Unseen => *self = Self::Integer(span),
            Self::Integer(seen) => {
                seen.negative |= span.negative;
                seen.large |= span.large;
            }
            Self::Float => {}
            _ => *self = Self::Mixed,
        }
    }

    /// Takes in a list: where its items go, or none if the place is mixed now.
    pub(super) fn meet_list(&mut self) -> Option<&mut Shape> {
        if *self == Self::Unseen {
            *self = Self::List(Box::default());
        }
        if let Self::List(items) = self {
            return Some(items);
        }
        *self = Self::Mixed;
        None
    }

    /// Takes in an object: where its fields go, or none if the place is mixed now.
    pub(super) fn meet_object(&mut self) -> Option<&mut Object> {
        if *self == Self::Unseen {
            *self = Self::Object(Object::default());
        }
        if let Self::Object(object) = self {
            object.times += 1;
            return Some(object);
        }
        *self = Self::Mixed;
        None
    }
}

impl Object {
    /// Takes in one more field of an object: where its value goes.
    pub(super) fn meet_field(&mut self, key: &str) -> &mut Shape {
        if !self.fields.contains_key(key) {
            self.fields.insert(key.to_owned(), Field::default());
        }
        let field = &mut self.fields[key];
        field.times += 1;
        &mut field.shape
    }
}
