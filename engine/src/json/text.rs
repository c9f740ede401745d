//! Strings.

use super::Malformed;

/// What a byte is written as: itself if 0, `\u00xx` if `u`, else a backslash and this.
static ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        escapes[control] = b'u';
        control += 1;
    }
    escapes[0x08] = b'b';
    escapes[0x09] = b't';
    escapes[0x0a] = b'n';
    escapes[0x0c] = b'f';
    escapes[0x0d] = b'r';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    write_text(str::from_utf8(raw)?, out);
    Ok(())
}

/// Writes a JSON string of any text, escaped as Postgres escapes it.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    loop {
        let (clean, other) = rest.split_at(clean_length(rest));
        out.extend_from_slice(clean);
        let Some((&byte, after)) = other.split_first() else {
            break;
        };
        escape(byte, out);
        rest = after;
    }
    out.push(b'"');
}

/// How many bytes at the start are written as they are.
fn clean_length(bytes: &[u8]) -> usize {
    // Sixteen at once, without a branch inside: the compiler makes few instructions of it.
    let (chunks, _) = bytes.as_chunks::<16>();
    let clean = |chunk: &&[u8; 16]| {
        chunk.iter().fold(true, |clean, &byte| {
            clean & (byte >= 0x20) & (byte != b'"') & (byte != b'\\')
        })
    };
    let start = 16 * chunks.iter().take_while(clean).count();
    let found = bytes[start..]
        .iter()
        .position(|&byte| ESCAPES[usize::from(byte)] != 0);
    found.map_or(bytes.len(), |found| start + found)
}

#[cold]
fn escape(byte: u8, out: &mut Vec<u8>) {
    match ESCAPES[usize::from(byte)] {
        b'u' => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[high], HEX[low]]);
        }
        letter => out.extend_from_slice(&[b'\\', letter]),
    }
}
