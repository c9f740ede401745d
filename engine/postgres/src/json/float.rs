//! Floats, by the fewest digits that tell them from every other.

use super::{Malformed, fixed, integer};

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let value = f64::from_be_bytes(fixed(raw)?);
    if !value.is_finite() {
        let name: &[u8] = match value {
            f64::INFINITY => b"\"Infinity\"",
            f64::NEG_INFINITY => b"\"-Infinity\"",
            _ => b"\"NaN\"",
        };
        out.extend_from_slice(name);
        return Ok(());
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-4..1e15).contains(&magnitude) {
        // Written without an exponent, by others as by Postgres.
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value);
        out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    } else {
        if value < 0.0 {
            out.push(b'-');
        }
        shortest(magnitude).write(out);
    }
    Ok(())
}

/// The shortest decimal that reads as `value`, which is not zero; among those the nearest.
fn shortest(value: f64) -> Scientific {
    let number = Scientific::parse(zmij::Buffer::new().format_finite(value));
    if number.is_bound_of(value) {
        inside(value)
    } else {
        number
    }
}

/// The shortest decimal between the bounds of `value`. Rarely needed, so it may take its time.
#[cold]
#[expect(clippy::float_cmp, reason = "the same float is looked for")]
fn inside(value: f64) -> Scientific {
    (0..17)
        .map(|precision| Scientific::parse(&format!("{value:.precision$e}")))
        .find(|number| number.value() == value && !number.is_bound_of(value))
        .expect("17 digits tell every float from its neighbours")
}

/// `digits` × 10 ^ `exponent`; never zero.
#[derive(Clone, Copy)]
struct Scientific {
    digits: u64,
    exponent: i32,
}

impl Scientific {
    /// Of a form such as `1.2e-3`, of no sign and at most 17 digits that count.
    fn parse(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut number = Self {
            digits: 0,
            exponent: exponent.parse().expect("an exponent is a small number"),
        };
        let mut after_point = false;
        for byte in mantissa.bytes() {
            if byte == b'.' {
                after_point = true;
            } else {
                number.digits = 10 * number.digits + u64::from(byte - b'0');
                number.exponent -= i32::from(after_point);
            }
        }
        number.stripped()
    }

    /// Without zeros at its end.
    fn stripped(mut self) -> Self {
        while self.digits.is_multiple_of(10) {
            self.digits /= 10;
            self.exponent += 1;
        }
        self
    }

    fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent)
            .parse()
            .expect("digits and an exponent make a number")
    }

    /// Whether this, the shortest decimal of `value`, is exactly in the middle between `value` and a float next to it.
    ///
    /// A reader that rounds well takes it for the one that ends in an even bit. Postgres does not rely on that and
    /// never prints it.
    fn is_bound_of(self, value: f64) -> bool {
        const HIDDEN_BIT: u64 = 1 << 52;
        // Between numbers with a fraction the middle has more digits than any that is the shortest for one of them. And
        // from 5^24 on a power of five has more bits than the middle between two floats.
        let Ok(fives @ ..24) = u32::try_from(self.exponent) else {
            return false;
        };
        let twos = self.digits.trailing_zeros();
        let odd = u128::from(self.digits >> twos) * 5_u128.pow(fives);
        let power = i64::from(twos + fives);

        let bits = value.to_bits();
        let mantissa = u128::from((bits % HIDDEN_BIT) | HIDDEN_BIT);
        let exponent = (bits / HIDDEN_BIT) as i64 - 1075;
        // Below a power of two the middle is nearer than this, but no multiple of five, and so not short.
        power == exponent - 1 && (odd == 2 * mantissa + 1 || odd == 2 * mantissa - 1)
    }

    fn write(self, out: &mut Vec<u8>) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(self.digits).as_bytes();
        let (first, others) = digits.split_at(1);
        out.extend_from_slice(first);
        if !others.is_empty() {
            out.push(b'.');
            out.extend_from_slice(others);
        }
        let exponent = i64::from(self.exponent) + others.len() as i64;
        out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        if exponent.abs() < 10 {
            out.push(b'0');
        }
        integer::digits(exponent.abs(), out);
    }
}
