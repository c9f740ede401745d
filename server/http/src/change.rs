//! `X-Change-Id`: the change that the writes of a request belong to.
//!
//! A client gives several requests the same id where they are one step to its user: a paste of many rows, an import. Without the
//! header a request is a change by itself.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tessera_error::UserError;
use tessera_schema::ident::ChangeId;
use tessera_schema::violation::Pointer;
use uuid::Uuid;

pub const CHANGE_ID: HeaderName = HeaderName::from_static("x-change-id");

/// The id that a request gives, or a new one.
///
/// # Errors
/// The header is no UUID, or is there twice.
pub fn read(headers: &HeaderMap) -> Result<ChangeId, UserError> {
    let mut given = headers.get_all(CHANGE_ID).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(ChangeId::generate()),
        (Some(id), None) => {
            let id = id.to_str().ok().and_then(|id| Uuid::parse_str(id).ok());
            id.map(ChangeId)
                .ok_or_else(|| refused("format", "an X-Change-Id is a UUID"))
        }
        (Some(_), Some(_)) => Err(refused("repeated", "one X-Change-Id is expected")),
    }
}

/// Says in an answer which change it was.
pub fn show(headers: &mut HeaderMap, change: ChangeId) {
    let id = HeaderValue::try_from(change.to_string());
    headers.insert(CHANGE_ID, id.expect("a UUID is a header value"));
}

fn refused(code: &'static str, message: &'static str) -> UserError {
    UserError::malformed(Pointer::root().key("X-Change-Id"), code, message)
}

#[cfg(test)]
mod tests {
    use super::{CHANGE_ID, read, show};
    use axum::http::HeaderMap;

    fn headers(lines: &[&str]) -> HeaderMap {
        let lines = lines.iter().map(|line| (CHANGE_ID, line.parse().unwrap()));
        lines.collect()
    }

    #[test]
    fn a_change_has_the_id_that_it_is_given_or_a_new_one() {
        let given = "018cc251-f400-7002-8000-000000000000";
        let read_back = read(&headers(&[given])).unwrap();
        assert_eq!(read_back.to_string(), given);
        let mut answer = HeaderMap::new();
        show(&mut answer, read_back);
        assert_eq!(answer[CHANGE_ID], given);
        let one = read(&HeaderMap::new()).unwrap();
        assert_ne!(one, read(&HeaderMap::new()).unwrap());
        for bad in [&[""][..], &["x"], &["018cc251"], &[given, given]] {
            assert_eq!(read(&headers(bad)).unwrap_err().status(), 400, "{bad:?}");
        }
    }
}
