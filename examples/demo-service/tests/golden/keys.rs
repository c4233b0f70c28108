use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keys {
    #[serde(rename = "type")]
    pub type_: i64,
    #[serde(rename = "self")]
    pub self_: i64,
    #[serde(rename = "crate")]
    pub crate_: i64,
    #[serde(rename = "gen")]
    pub gen_: i64,
    #[serde(rename = "_")]
    pub field: i64,
    #[serde(rename = "")]
    pub field_2: i64,
    #[serde(rename = "1st")]
    pub _1st: i64,
    #[serde(rename = "fooBar")]
    pub foo_bar: i64,
    #[serde(rename = "foo_bar")]
    pub foo_bar_2: i64,
    #[serde(rename = "foo-bar")]
    pub foo_bar_3: i64,
    #[serde(rename = "foo_bar_2")]
    pub foo_bar_2_2: i64,
    #[serde(rename = "größe")]
    pub grosse: i64,
    #[serde(rename = "名前")]
    pub ming_qian: i64,
    #[serde(rename = "é")]
    pub e: i64,
    #[serde(rename = "e\u{301}")]
    pub e_2: i64,
    #[serde(rename = "\"]pub struct Evil{}//")]
    pub pub_struct_evil: i64,
    #[serde(rename = "\u{202e} rtl \0")]
    pub rtl: i64,
    #[serde(rename = "line\nbreak")]
    pub line_break: i64,
    #[serde(rename = "🦀")]
    pub crab: i64,
    #[serde(rename = "$ref")]
    pub ref_: Ref,
    #[serde(rename = "type_")]
    pub type_2: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ref {
    #[serde(rename = "@id")]
    pub id: String,
}
