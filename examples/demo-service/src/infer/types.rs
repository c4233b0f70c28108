//! The Rust types and items that the code is made of.

/// A Rust type, as it stands in a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Bool,
    I64,
    U64,
    I128,
    F64,
    Text,
    /// `serde_json::Value`, for what has no type of its own.
    Value,
    /// A `serde_json::Map`, for objects that never had a field.
    Map,
    /// One of the structs, by name.
    Struct(String),
    List(Box<Type>),
    Option(Box<Type>),
}

/// One field of a struct.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FieldDef {
    /// The field's Rust name.
    pub(super) name: String,
    /// The key in JSON.
    pub(super) key: String,
    pub(super) ty: Type,
    /// Some objects lack it: then it isn't written when it is `None`.
    pub(super) optional: bool,
}

/// One item of the code.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// The import of serde's derives, in front of the first struct.
    Import,
    Struct {
        name: String,
        fields: Vec<FieldDef>,
    },
    /// The root's name for a type that is no struct.
    Alias {
        name: String,
        ty: Type,
    },
}

impl Type {
    /// The type, as an `Option` unless it has a `None` of its own.
    pub(super) fn or_none(self) -> Self {
        match self {
            Self::Option(_) => self,
            other => Self::Option(Box::new(other)),
        }
    }
}
