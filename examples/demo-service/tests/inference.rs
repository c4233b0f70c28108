//! The laws of inference, over any JSON and at its limits.

use demo_service::infer::{
    Failure, MAX_CODE_BYTES, MAX_FIELDS, MAX_TYPES, Meter, Sample, Stage, Stopped, TypeName,
    Unmetered, rust_types,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Notes all steps, and stops at the one asked for.
#[derive(Default)]
struct Notes {
    steps: Vec<(Stage, usize, usize)>,
    stop_at: Option<usize>,
}

impl Meter for Notes {
    fn advance(&mut self, stage: Stage, done: usize, total: usize) -> Result<(), Stopped> {
        self.steps.push((stage, done, total));
        if self.stop_at == Some(self.steps.len()) {
            Err(Stopped)
        } else {
            Ok(())
        }
    }
}

fn infer(value: &Value, meter: &mut impl Meter) -> Result<String, Failure> {
    let sample = Sample::new(value.to_string()).expect("a value is JSON");
    rust_types(&sample, &TypeName::default(), meter)
}

/// Few keys, so that names collide, and some that are no names.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "a", "A", "a_", "items", "item", "type", "Self", "option", "Vec", "root", "1", "",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 80, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..8)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_gives_rust(value in any_json()) {
        let code = infer(&value, &mut Unmetered).unwrap();
        let file = syn::parse_file(&code).unwrap();
        let mut names = Vec::new();
        for item in &file.items {
            match item {
                syn::Item::Struct(item) => {
                    names.push(item.ident.to_string());
                    let mut fields: Vec<_> = item.fields.iter().map(|f| &f.ident).collect();
                    fields.sort();
                    prop_assert!(fields.windows(2).all(|pair| pair[0] != pair[1]), "{}", code);
                }
                syn::Item::Type(item) => names.push(item.ident.to_string()),
                other => prop_assert!(matches!(other, syn::Item::Use(_)), "{}", code),
            }
        }
        prop_assert_eq!(&names[0], "Root");
        names.sort();
        prop_assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}", code);
    }

    #[test]
    fn progress_never_falls_and_ends_at_one(value in any_json()) {
        let mut notes = Notes::default();
        infer(&value, &mut notes).unwrap();
        let progress: Vec<_> = notes.steps.iter().map(|s| s.0.progress(s.1, s.2)).collect();
        prop_assert!(progress.is_sorted(), "{:?}", notes.steps);
        prop_assert!(progress.last().is_some_and(|end| (end - 1.0).abs() < f64::EPSILON));
        for stage in Stage::ALL {
            let last = notes.steps.iter().rfind(|step| step.0 == stage);
            prop_assert!(last.is_some_and(|step| step.1 == step.2), "{:?}", last);
        }
    }

    #[test]
    fn the_work_stops_at_any_step(value in any_json(), at: prop::sample::Index) {
        let mut all = Notes::default();
        infer(&value, &mut all).unwrap();
        let stop_at = Some(at.index(all.steps.len()) + 1);
        let mut some = Notes { stop_at, ..Notes::default() };
        let stopped = infer(&value, &mut some);
        prop_assert!(matches!(stopped, Err(Failure::Stopped(_))), "{:?}", stopped);
        prop_assert_eq!(Some(some.steps.len()), stop_at);
    }
}

/// An object with so many members, each made by `member`.
fn object(members: usize, member: impl Fn(usize) -> Value) -> Value {
    (0..members)
        .map(|n| (format!("k{n}"), member(n)))
        .collect::<Map<_, _>>()
        .into()
}

#[test]
fn a_sample_may_need_only_so_many_types() {
    let of = |types: usize| object(types - 1, |n| object(1, |_| json!(n)));
    infer(&of(MAX_TYPES), &mut Unmetered).unwrap();
    let refused = infer(&of(MAX_TYPES + 1), &mut Unmetered);
    assert!(matches!(refused, Err(Failure::TooManyTypes)), "{refused:?}");
}

#[test]
fn a_sample_may_need_only_so_many_fields() {
    infer(&object(MAX_FIELDS, |_| json!(1)), &mut Unmetered).unwrap();
    let refused = infer(&object(MAX_FIELDS + 1, |_| json!(1)), &mut Unmetered);
    assert!(
        matches!(refused, Err(Failure::TooManyFields)),
        "{refused:?}"
    );
}

#[test]
fn code_may_be_only_so_long() {
    let refused = infer(&json!({ "k".repeat(MAX_CODE_BYTES): 1 }), &mut Unmetered);
    assert!(matches!(refused, Err(Failure::CodeTooLong)), "{refused:?}");
}

#[test]
fn the_deepest_samples_give_code_too() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = format!("{}1{}", open.repeat(127), close.repeat(127));
        let sample = Sample::new(text).unwrap();
        rust_types(&sample, &TypeName::default(), &mut Unmetered).unwrap();
    }
}
