//! Lists.

use super::{Malformed, Value};

/// As many dimensions as Postgres allows.
const MAX_DIMENSIONS: usize = 6;

pub(super) fn write(raw: &[u8], element: Value, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut reader = Reader {
        all: raw,
        rest: raw,
    };
    let count = reader.number()?;
    let mut lengths = [0; MAX_DIMENSIONS];
    let lengths = usize::try_from(count)
        .ok()
        .and_then(|count| lengths.get_mut(..count))
        .ok_or(Malformed::Dimensions(count))?;
    let _has_nulls = reader.number()?;
    let _element_type = reader.number()?;
    for length in &mut *lengths {
        *length = reader.number()?;
        let _first_index = reader.number()?;
        if *length <= 0 {
            return Err(Malformed::DimensionLength(*length));
        }
    }
    if lengths.is_empty() {
        out.extend_from_slice(b"[]");
    } else {
        dimension(lengths, &mut reader, element, out)?;
    }
    if reader.rest.is_empty() {
        Ok(())
    } else {
        Err(reader.too_short_or_long())
    }
}

/// An array of arrays, or of elements in the last dimension.
fn dimension(
    lengths: &[i32],
    reader: &mut Reader<'_>,
    element: Value,
    out: &mut Vec<u8>,
) -> Result<(), Malformed> {
    let Some((&length, inner)) = lengths.split_first() else {
        return match reader.element()? {
            Some(raw) => element(raw, out),
            None => {
                out.extend_from_slice(b"null");
                Ok(())
            }
        };
    };
    for index in 0..length {
        out.push(if index == 0 { b'[' } else { b',' });
        dimension(inner, reader, element, out)?;
    }
    out.push(b']');
    Ok(())
}

struct Reader<'a> {
    all: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Result<i32, Malformed> {
        let (number, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.too_short_or_long())?;
        self.rest = rest;
        Ok(i32::from_be_bytes(*number))
    }

    /// The next element, or none if it is null.
    fn element(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let length = self.number()?;
        if length == -1 {
            return Ok(None);
        }
        let (element, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or_else(|| self.too_short_or_long())?;
        self.rest = rest;
        Ok(Some(element))
    }

    fn too_short_or_long(&self) -> Malformed {
        Malformed::Length(self.all.len())
    }
}
