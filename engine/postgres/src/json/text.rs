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
    if is_plain(raw) {
        quote(raw, out);
    } else {
        escaped(str::from_utf8(raw)?, out);
    }
    Ok(())
}

/// Writes a JSON string of any text, escaped as Postgres escapes it.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    if is_plain(text.as_bytes()) {
        quote(text.as_bytes(), out);
    } else {
        escaped(text, out);
    }
}

/// Whether all is ASCII and nothing needs an escape, as in most values.
fn is_plain(bytes: &[u8]) -> bool {
    // Without a branch inside, so that the compiler can look at all bytes of a chunk at once.
    fn all<const N: usize>(chunk: &[u8; N]) -> bool {
        chunk.iter().fold(true, |plain, &byte| {
            plain & (byte.cast_signed() >= 0x20) && (byte != b'"') && (byte != b'\\')
        })
    }
    // The last chunk may overlap with the one before.
    if let Some(last) = bytes.last_chunk::<16>() {
        all(last) && bytes.as_chunks::<16>().0.iter().all(all)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        all(first) && all(last)
    } else {
        bytes.iter().all(|&byte| all(&[byte]))
    }
}

fn quote(plain: &[u8], out: &mut Vec<u8>) {
    out.reserve(plain.len() + 2);
    out.push(b'"');
    out.extend_from_slice(plain);
    out.push(b'"');
}

fn escaped(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    let needs_escape = |byte: &u8| ESCAPES[usize::from(*byte)] != 0;
    while let Some(at) = rest.iter().position(needs_escape) {
        out.extend_from_slice(&rest[..at]);
        escape(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

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
