//! The four stages, one after the other.

use super::{Failure, Meter, Sample, TypeName, emit, extract, format, parse, plan};

/// Rust types that read this sample, its own type called `name`.
///
/// The longest samples take about a tenth of a second in a release build, more at a slow meter: run
/// it where blocking is allowed.
pub fn rust_types(
    sample: &Sample,
    name: &TypeName,
    meter: &mut impl Meter,
) -> Result<String, Failure> {
    let value = parse::parse(sample, meter)?;
    let shape = extract::extract(&value, meter)?;
    drop(value);
    let items = plan::plan(&shape, name)?;
    drop(shape);
    let tokens = emit::emit(&items, meter)?;
    format::format(tokens, meter)
}
