use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lists {
    pub matrix: Vec<Vec<i64>>,
    pub rows: Vec<Vec<Row>>,
    pub mixed: Vec<serde_json::Value>,
    pub nulls: Vec<Option<serde_json::Value>>,
    pub gaps: Vec<Option<i64>>,
    pub children: Vec<ListsChild>,
    pub categories: Vec<Category>,
    pub data: Vec<DataItem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub x: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListsChild {
    pub children: Vec<Child>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Child {
    pub children: Vec<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub id: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataItem {
    pub id: i64,
    pub name: String,
}
