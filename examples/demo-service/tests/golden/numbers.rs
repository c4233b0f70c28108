use serde::{Deserialize, Serialize};

pub type Numbers = Vec<NumbersItem>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumbersItem {
    pub int: i64,
    pub neg: i64,
    pub big: u64,
    pub wide: i128,
    pub float: f64,
    pub joined: f64,
    pub huge: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero: Option<f64>,
}
