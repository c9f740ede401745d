//! JSON documents. Their text is JSON already; Postgres copies it as it is, and so do we.

use super::Malformed;

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let text = match raw {
        // `jsonb` puts the version of its binary form first; `json` puts nothing.
        [1, text @ ..] => text,
        [version @ ..=0x08, ..] => return Err(Malformed::Document(*version)),
        [] => return Err(Malformed::Length(0)),
        text => text,
    };
    str::from_utf8(text)?;
    out.extend_from_slice(text);
    Ok(())
}
