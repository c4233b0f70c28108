//! Second stage: JSON values to one shape that fits them all, counted in values.

use serde_json::Value;

use super::shape::{Kind, Shape};
use super::{Meter, Stage, Stopped};

/// The shape of the value.
pub(super) fn extract(value: &Value, meter: &mut impl Meter) -> Result<Shape, Stopped> {
    let total = count(value);
    meter.advance(Stage::SchemaExtraction, 0, total)?;
    let mut shape = Shape::default();
    Walk {
        done: 0,
        total,
        meter,
    }
    .visit(value, &mut shape)?;
    Ok(shape)
}

/// How many values there are, at all depths.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The walk over all values. It is as deep as the sample is nested: 127 calls at most.
struct Walk<'a, M> {
    done: usize,
    total: usize,
    meter: &'a mut M,
}

impl<M: Meter> Walk<'_, M> {
    fn visit(&mut self, value: &Value, shape: &mut Shape) -> Result<(), Stopped> {
        match value {
            Value::Null => shape.nullable = true,
            Value::Bool(_) => shape.kind.meet(Kind::Bool),
            Value::Number(number) => shape.kind.meet_number(number),
            Value::String(_) => shape.kind.meet(Kind::Text),
            Value::Array(items) => {
                // In a mixed place nobody asks for the shape of the parts, but they are visited.
                let mut forgotten = Shape::default();
                let inner = shape.kind.meet_list().unwrap_or(&mut forgotten);
                for item in items {
                    self.visit(item, inner)?;
                }
            }
            Value::Object(members) => {
                let mut object = shape.kind.meet_object();
                for (key, member) in members {
                    let mut forgotten = Shape::default();
                    let inner = match &mut object {
                        Some(object) => object.meet_field(key),
                        None => &mut forgotten,
                    };
                    self.visit(member, inner)?;
                }
            }
        }
        self.done += 1;
        self.meter
            .advance(Stage::SchemaExtraction, self.done, self.total)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Unmetered;
    use super::super::shape::Span;
    use super::*;

    fn items_of(value: &Value) -> Shape {
        match extract(value, &mut Unmetered).unwrap().kind {
            Kind::List(items) => *items,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_widen_as_far_as_they_must() {
        let span = |negative, large| Kind::Integer(Span { negative, large });
        let rows = [
            (json!([1, 2]), span(false, false)),
            (json!([1, -2]), span(true, false)),
            (json!([1, u64::MAX]), span(false, true)),
            (json!([-1, u64::MAX]), span(true, true)),
            (json!([1, 0.5]), Kind::Float),
            (json!([0.5, 1]), Kind::Float),
            (json!([0.5, "x", 1]), Kind::Mixed),
        ];
        for (value, kind) in rows {
            assert_eq!(items_of(&value).kind, kind, "{value}");
        }
    }

    #[test]
    fn objects_of_one_list_are_merged() {
        let items = items_of(&json!([{"a": 1, "b": null}, {"a": 2.5}, {"b": "x"}]));
        let Kind::Object(object) = items.kind else {
            panic!("{items:?}")
        };
        assert_eq!(object.times, 3);
        assert_eq!(object.fields["a"].times, 2);
        assert_eq!(object.fields["a"].shape.kind, Kind::Float);
        assert_eq!(
            object.fields["b"].shape,
            Shape {
                nullable: true,
                kind: Kind::Text
            }
        );
    }

    #[test]
    fn unlike_values_are_mixed_for_good() {
        for value in [
            json!([1, {}]),
            json!([{}, [], {}]),
            json!([[], "x", []]),
            json!([true, 1, true]),
        ] {
            assert_eq!(items_of(&value).kind, Kind::Mixed, "{value}");
        }
    }

    #[test]
    fn every_value_is_one_step() {
        struct Count(Vec<usize>);
        impl Meter for Count {
            fn advance(&mut self, _: Stage, done: usize, total: usize) -> Result<(), Stopped> {
                assert_eq!(total, 8);
                self.0.push(done);
                Ok(())
            }
        }
        let mut steps = Count(Vec::new());
        extract(&json!({"a": [1, "x", {"b": [null]}], "c": {}}), &mut steps).unwrap();
        assert_eq!(steps.0, (0..=8).collect::<Vec<_>>());
    }
}
