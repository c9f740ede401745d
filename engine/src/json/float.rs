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
    if value.is_sign_negative() {
        out.push(b'-');
    }
    shortest(value.abs()).write(out);
    Ok(())
}

/// The shortest decimal that reads as `value`; among those the nearest.
fn shortest(value: f64) -> Decimal {
    let decimal = Decimal::parse(zmij::Buffer::new().format_finite(value));
    if decimal.is_bound_of(value) {
        inside(value)
    } else {
        decimal
    }
}

/// The shortest decimal between the bounds of `value`. Rarely needed, so it may take its time.
#[cold]
fn inside(value: f64) -> Decimal {
    (0..17)
        .map(|precision| Decimal::parse(&format!("{value:.precision$e}")))
        .find(|decimal| decimal.value() == value && !decimal.is_bound_of(value))
        .expect("17 digits tell every float from its neighbours")
}

/// `digits` × 10 ^ `exponent`.
#[derive(Clone, Copy)]
struct Decimal {
    digits: u64,
    exponent: i32,
}

impl Decimal {
    /// Of a form such as `1.2e-3`, of no sign and at most 17 digits that count.
    fn parse(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut decimal = Self {
            digits: 0,
            exponent: exponent.parse().expect("an exponent is a small number"),
        };
        let mut after_point = false;
        for byte in mantissa.bytes() {
            if byte == b'.' {
                after_point = true;
            } else {
                decimal.digits = 10 * decimal.digits + u64::from(byte - b'0');
                decimal.exponent -= i32::from(after_point);
            }
        }
        decimal.stripped()
    }

    /// Without zeros at its end.
    fn stripped(mut self) -> Self {
        if self.digits == 0 {
            self.exponent = 0;
        }
        while self.digits != 0 && self.digits.is_multiple_of(10) {
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
        // Between numbers with a fraction the middle has more digits than any that is the shortest for one of them. And
        // from 5^24 on a power of five has more bits than the middle between two floats.
        let Ok(fives @ ..24) = u32::try_from(self.exponent) else {
            return false;
        };
        if self.digits == 0 {
            return false;
        }
        let twos = self.digits.trailing_zeros();
        let odd = u128::from(self.digits >> twos) * 5_u128.pow(fives);
        let power = i64::from(twos + fives);

        const HIDDEN_BIT: u64 = 1 << 52;
        let bits = value.to_bits();
        let mantissa = u128::from((bits % HIDDEN_BIT) | HIDDEN_BIT);
        let exponent = (bits / HIDDEN_BIT) as i64 - 1075;
        // Below a power of two the middle is nearer than this, but no multiple of five, and so not short.
        power == exponent - 1 && (odd == 2 * mantissa + 1 || odd == 2 * mantissa - 1)
    }

    fn write(self, out: &mut Vec<u8>) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(self.digits).as_bytes();
        let zeros = |count: i32, out: &mut Vec<u8>| {
            out.extend(std::iter::repeat_n(b'0', count.unsigned_abs() as usize));
        };
        // The power of ten that the first digit counts.
        let first = self.exponent + digits.len() as i32 - 1;
        match first {
            -4..0 => {
                out.extend_from_slice(b"0.");
                zeros(first + 1, out);
                out.extend_from_slice(digits);
            }
            0..15 if self.exponent >= 0 => {
                out.extend_from_slice(digits);
                zeros(self.exponent, out);
            }
            0..15 => {
                let (whole, fraction) = digits.split_at(first.unsigned_abs() as usize + 1);
                out.extend_from_slice(whole);
                out.push(b'.');
                out.extend_from_slice(fraction);
            }
            _ => {
                let (whole, fraction) = digits.split_at(1);
                out.extend_from_slice(whole);
                if !fraction.is_empty() {
                    out.push(b'.');
                    out.extend_from_slice(fraction);
                }
                out.extend_from_slice(if first < 0 { b"e-" } else { b"e+" });
                if first.abs() < 10 {
                    out.push(b'0');
                }
                integer::digits(first.abs().into(), out);
            }
        }
    }
}
