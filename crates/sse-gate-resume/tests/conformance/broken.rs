//! Which laws a store breaks: [`broken_laws`], [`flaws`].

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

/// A law and its check, for a backend.
pub(crate) type Law<B> = (&'static str, fn(&B));

/// The laws that a store is found to break.
pub(crate) fn broken_laws<B>(laws: &[Law<B>], backend: impl Fn() -> B) -> BTreeSet<&'static str> {
    let is_broken = |law: fn(&B)| catch_unwind(AssertUnwindSafe(|| law(&backend()))).is_err();
    let broken = laws.iter().filter(|(_, law)| is_broken(*law));
    broken.map(|(name, _)| *name).collect()
}

/// The laws that a macro of the kit lists.
pub(crate) fn listed(kit: &'static str, name: &str) -> BTreeSet<&'static str> {
    let (_, from) = kit.split_once(&format!("macro_rules! {name}")).unwrap();
    let (_, rules) = from.split_once("(@laws $backend:").unwrap();
    let (laws, _) = rules.split_once(");").unwrap();
    let laws = laws.split(',').map(str::trim);
    laws.filter(|law| !law.is_empty()).collect()
}

/// The message with which a check fails.
pub(crate) fn message(check: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(check)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

/// Long enough for every other thread to come to the same place.
pub(crate) fn dawdle() {
    thread::sleep(Duration::from_millis(2));
}

/// Names the laws of a kit, as `LAWS`.
macro_rules! laws {
    ($kit:ident, $backend:ty: $($law:ident,)*) => {
        const LAWS: &[crate::broken::Law<$backend>] = &[$((stringify!($law), $kit::$law::<$backend>),)*];
    };
}

/// A test for each flaw, that it is found to break these laws and no others.
macro_rules! flaws {
    ($broken_by:ident: $($test:ident: $flaw:ident breaks $($law:ident),+;)*) => {
        $(
            #[test]
            fn $test() {
                let laws = std::collections::BTreeSet::from([$(stringify!($law)),+]);
                assert_eq!($broken_by(Flaw::$flaw), laws);
            }
        )*

        /// Every law is broken by one of these.
        #[test]
        fn every_law_can_be_broken() {
            let broken = std::collections::BTreeSet::from([$($(stringify!($law)),+),*]);
            assert_eq!(broken, LAWS.iter().map(|(name, _)| *name).collect());
        }
    };
}

pub(crate) use {flaws, laws};
