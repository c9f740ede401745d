//! UUIDs.

use super::{Malformed, fixed};

static HEX: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Where each byte's two digits go: in between are a quotation mark and four hyphens.
const PLACES: [usize; 16] = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let bytes: [u8; 16] = fixed(raw)?;
    let mut text = *b"\"........-....-....-....-............\"";
    for (byte, place) in bytes.into_iter().zip(PLACES) {
        [text[place], text[place + 1]] = HEX[usize::from(byte)];
    }
    out.extend_from_slice(&text);
    Ok(())
}
