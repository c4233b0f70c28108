use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Names {
    pub option: NamesOption,
    pub vec: NamesVec,
    pub string: NamesString,
    pub serialize: NamesSerialize,
    pub deserialize: NamesDeserialize,
    #[serde(rename = "self")]
    pub self_: NamesSelf,
    pub value: Value,
    pub result: Result,
    #[serde(rename = "box")]
    pub box_: Box,
    pub debug: Debug,
    pub clone: Clone,
    pub ok: Ok,
    pub some: Some,
    pub default: Default,
    pub names: NamesNames,
    pub str: Str,
    pub serde: Serde,
    pub home: Home,
    pub work: Work,
    pub post: Post,
    pub old: Vec<OldItem>,
    pub partial_eq: PartialEq,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesOption {
    pub a: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesVec {
    pub b: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesString {
    pub c: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesSerialize {
    pub d: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesDeserialize {
    pub e: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesSelf {
    pub f: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    pub g: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Result {
    pub h: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Box {
    pub i: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Debug {
    pub j: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clone {
    pub k: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ok {
    pub l: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Some {
    pub m: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Default {
    pub n: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamesNames {
    pub o: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Str {
    pub p: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Serde {
    pub q: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Home {
    pub address: Address,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    pub street: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Work {
    pub address: Address,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    pub address: PostAddress,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostAddress {
    #[serde(rename = "box")]
    pub box_: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OldItem {
    pub post: OldItemPost,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OldItemPost {
    pub address: Address2,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address2 {
    pub city: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartialEq {
    pub r: Vec<Option<i64>>,
}
