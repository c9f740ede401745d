//! Decimals: digits to the base of 10000, of which the first has a weight, and how many decimal ones follow the point.

use super::{Malformed, digits};

const POSITIVE: u16 = 0;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;
/// As many digits as Postgres can keep after a point.
const MAX_SCALE: u16 = 0x3FFF;

/// A number; what JSON has no number for is a string.
pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let decimal = Decimal::parse(raw)?;
    match decimal.not_finite() {
        Some(_) => quoted(raw, out),
        None => decimal.number(out),
    }
}

/// A string, always.
pub(super) fn quoted(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let decimal = Decimal::parse(raw)?;
    out.push(b'"');
    match decimal.not_finite() {
        Some(name) => out.extend_from_slice(name),
        None => decimal.number(out)?,
    }
    out.push(b'"');
    Ok(())
}

struct Decimal<'a> {
    /// The power of 10000 that the first digit counts.
    weight: i16,
    sign: u16,
    /// Decimal digits after the point.
    scale: u16,
    digits: &'a [[u8; 2]],
}

impl<'a> Decimal<'a> {
    fn parse(raw: &'a [u8]) -> Result<Self, Malformed> {
        let length = || Malformed::Length(raw.len());
        let (head, digits) = raw.split_first_chunk::<8>().ok_or_else(length)?;
        let [n0, n1, w0, w1, s0, s1, d0, d1] = *head;
        let (digits, odd) = digits.as_chunks::<2>();
        if digits.len() != usize::from(u16::from_be_bytes([n0, n1])) || !odd.is_empty() {
            return Err(length());
        }
        let sign = u16::from_be_bytes([s0, s1]);
        if !matches!(
            sign,
            POSITIVE | NEGATIVE | NAN | INFINITY | NEGATIVE_INFINITY
        ) {
            return Err(Malformed::DecimalSign(sign));
        }
        let scale = u16::from_be_bytes([d0, d1]);
        if scale > MAX_SCALE {
            return Err(Malformed::DecimalScale(scale));
        }
        let weight = i16::from_be_bytes([w0, w1]);
        Ok(Self {
            weight,
            sign,
            scale,
            digits,
        })
    }

    fn not_finite(&self) -> Option<&'static [u8]> {
        match self.sign {
            NAN => Some(b"NaN"),
            INFINITY => Some(b"Infinity"),
            NEGATIVE_INFINITY => Some(b"-Infinity"),
            _ => None,
        }
    }

    fn number(&self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.sign == NEGATIVE {
            out.push(b'-');
        }
        if self.weight < 0 {
            out.push(b'0');
        } else {
            let first = self.four(0)?;
            let zeros = first.iter().take(3).take_while(|&&digit| digit == b'0');
            out.extend_from_slice(&first[zeros.count()..]);
            for power in (0..i32::from(self.weight)).rev() {
                out.extend_from_slice(&self.four_of(power)?);
            }
        }
        if self.scale > 0 {
            out.push(b'.');
            let end = out.len() + usize::from(self.scale);
            for power in 1..=i32::from(self.scale.div_ceil(4)) {
                out.extend_from_slice(&self.four_of(-power)?);
            }
            out.truncate(end);
        }
        Ok(())
    }

    /// The four decimal digits that a power of 10000 has.
    fn four_of(&self, power: i32) -> Result<[u8; 4], Malformed> {
        match usize::try_from(i32::from(self.weight) - power) {
            Ok(index) => self.four(index),
            Err(_) => Ok(*b"0000"),
        }
    }

    fn four(&self, index: usize) -> Result<[u8; 4], Malformed> {
        match self
            .digits
            .get(index)
            .map(|digit| u16::from_be_bytes(*digit))
        {
            None => Ok(*b"0000"),
            Some(digit @ ..10_000) => Ok(digits::four(digit.into())),
            Some(other) => Err(Malformed::DecimalDigit(other)),
        }
    }
}
