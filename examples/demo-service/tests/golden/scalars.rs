pub type Scalars = Vec<Option<String>>;
