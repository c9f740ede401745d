//! Durations, as ISO 8601 has them but for the signs.

use super::digits::fraction;
use super::{Malformed, fixed, integer};

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let all = u128::from_be_bytes(fixed(raw)?);
    let (micros, days, months) = ((all >> 64) as i64, (all >> 32) as i32, all as i32);
    let text: &[u8] = match (micros, days, months) {
        (0, 0, 0) => b"\"PT0S\"",
        // Since Postgres 17; before, no sum of such parts could be made.
        (i64::MAX, i32::MAX, i32::MAX) => b"\"infinity\"",
        (i64::MIN, i32::MIN, i32::MIN) => b"\"-infinity\"",
        _ => {
            out.extend_from_slice(b"\"P");
            parts(micros, days.into(), months.into(), out);
            b"\""
        }
    };
    out.extend_from_slice(text);
    Ok(())
}

fn parts(micros: i64, days: i64, months: i64, out: &mut Vec<u8>) {
    part(months / 12, b'Y', out);
    part(months % 12, b'M', out);
    part(days, b'D', out);
    if micros == 0 {
        return;
    }
    out.push(b'T');
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    part(seconds / 3600, b'H', out);
    part(seconds / 60 % 60, b'M', out);
    let seconds = seconds % 60;
    if seconds == 0 && micros == 0 {
        return;
    }
    // All parts of a time have one sign.
    if seconds < 0 || micros < 0 {
        out.push(b'-');
    }
    integer::digits(seconds.abs(), out);
    fraction(micros.unsigned_abs() as u32, out);
    out.push(b'S');
}

fn part(n: i64, designator: u8, out: &mut Vec<u8>) {
    if n != 0 {
        integer::digits(n, out);
        out.push(designator);
    }
}
