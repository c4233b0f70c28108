//! The generated code compiles, and reads the sample that it came from.

/// One generated file as a module, with a test that puts its sample through its types.
macro_rules! reads_its_sample {
    ($($name:ident: $root:ident),* $(,)?) => {$(
        mod $name {
            #[allow(unreachable_pub, dead_code, clippy::pedantic, reason = "generated")]
            mod code {
                include!(concat!("golden/", stringify!($name), ".rs"));
            }

            #[test]
            fn reads_its_sample_and_writes_it_back() {
                let sample = include_str!(concat!("golden/", stringify!($name), ".json"));
                let read: code::$root = serde_json::from_str(sample).unwrap();
                let written = serde_json::to_value(&read).unwrap();
                let again: code::$root = serde_json::from_value(written.clone()).unwrap();
                assert_eq!(read, again);
                let sample: serde_json::Value = serde_json::from_str(sample).unwrap();
                crate::assert_alike(&sample, &written, stringify!($name));
            }
        }
    )*};
}

reads_its_sample! {
    keys: Keys,
    lists: Lists,
    names: Names,
    numbers: Numbers,
    order: Order,
    scalars: Scalars,
}

/// The same but for two things that Rust types can't keep: whether a number was written with a
/// fraction, and whether an optional member was `null` or not there.
fn assert_alike(sample: &serde_json::Value, written: &serde_json::Value, place: &str) {
    use serde_json::Value::{Array, Null, Number, Object};
    match (sample, written) {
        (Array(a), Array(b)) => {
            assert_eq!(a.len(), b.len(), "{place}");
            a.iter().zip(b).for_each(|(a, b)| assert_alike(a, b, place));
        }
        (Object(a), Object(b)) => {
            for key in a.keys().chain(b.keys()) {
                let (a, b) = (a.get(key).unwrap_or(&Null), b.get(key).unwrap_or(&Null));
                assert_alike(a, b, &format!("{place}.{key}"));
            }
        }
        (Number(a), Number(b)) if a.is_f64() || b.is_f64() => {
            assert_eq!(a.as_f64(), b.as_f64(), "{place}");
        }
        (a, b) => assert_eq!(a, b, "{place}"),
    }
}
