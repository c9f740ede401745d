//! Whole numbers, of any width that Postgres has.

use tessera_schema::scalar::MAX_SAFE_INTEGER;

use super::{Malformed, fixed};

fn value(raw: &[u8]) -> Result<i64, Malformed> {
    Ok(match raw.len() {
        2 => i16::from_be_bytes(fixed(raw)?).into(),
        4 => i32::from_be_bytes(fixed(raw)?).into(),
        _ => i64::from_be_bytes(fixed(raw)?),
    })
}

pub(super) fn digits(n: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    digits(value(raw)?, out);
    Ok(())
}

/// A number, or a string if not every reader would have it exact.
pub(super) fn safe(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let n = value(raw)?;
    if (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&n) {
        digits(n, out);
    } else {
        out.push(b'"');
        digits(n, out);
        out.push(b'"');
    }
    Ok(())
}
