//! Cursors: a position in a list, sealed.
//!
//! A cursor holds the sort values and the id of a record, so the position stays when the record changes or goes. It also holds
//! a digest of the list, and fits no other. It is encrypted, since it may hold values that its bearer may not read later, and
//! authenticated, so that nobody can make one to probe for such values. The same position gives the same cursor.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::fmt;
use std::sync::Arc;
use tessera_error::{InternalError, Result};
use tessera_postgres::json::write_text;
use tessera_postgres::row::Row;
use tessera_schema::ident::TenantId;

use crate::bind::{BindContext, Caller, Param, Slot};

/// Tells this form of cursors from any later one.
const FORM: &[u8] = b"cursor 1";
const PURPOSE: &[u8] = b"tessera cursors";
/// The same for all: the key tolerates it, and what it then shows, that two cursors are the same, is no secret.
const NONCE: [u8; 12] = [0; 12];
/// Stands around a cursor that Postgres has put into JSON. No value there has a bare tab: in a text it is escaped.
pub(crate) const MARK: u8 = b'\t';

/// A cursor as clients hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Why a cursor cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It was not made here, or not wholly arrived.
    Forged,
    /// It was made here, for a list of another object, order, filter or search.
    OtherList,
}

/// What the keys of all tenants are derived from.
#[derive(Clone)]
pub struct CursorSecret(hmac::Key);

impl CursorSecret {
    /// Of the secret that all servers of a database share.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let own = hmac::sign(&secret, PURPOSE);
        Self(hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()))
    }

    #[must_use]
    pub fn key(&self, tenant: TenantId) -> CursorKey {
        let bytes = hmac::sign(&self.0, tenant.0.as_bytes());
        let key = UnboundKey::new(&AES_256_GCM_SIV, bytes.as_ref())
            .expect("both the tag and the key have 32 bytes");
        CursorKey(Arc::new(LessSafeKey::new(key)))
    }
}

impl fmt::Debug for CursorSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorSecret(…)")
    }
}

/// Seals and opens the cursors of one tenant.
#[derive(Clone)]
pub struct CursorKey(Arc<LessSafeKey>);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

/// Tells the lists of different requests apart.
pub(crate) type ListDigest = [u8; 16];

/// The values of the sort keys, the id among them, each in the input form of its type.
pub(crate) type Position = Vec<Option<String>>;

impl CursorKey {
    /// For tests without a secret.
    #[must_use]
    pub fn of_no_secret(tenant: TenantId) -> Self {
        CursorSecret::of(&[]).key(tenant)
    }

    pub(crate) fn seal(&self, list: ListDigest, position: &[Option<String>]) -> String {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend(list);
        for value in position {
            match value {
                None => bytes.push(0),
                Some(text) => {
                    bytes.push(1);
                    let length = u32::try_from(text.len()).expect("a column has at most 1 GB");
                    bytes.extend(length.to_le_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
        }
        let nonce = Nonce::assume_unique_for_key(NONCE);
        self.0
            .seal_in_place_append_tag(nonce, Aad::from(FORM), &mut bytes)
            .expect("it is much shorter than the cipher's limit");
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(crate) fn open(&self, list: ListDigest, cursor: &str) -> Result<Position, Unfit> {
        let mut bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Unfit::Forged)?;
        let nonce = Nonce::assume_unique_for_key(NONCE);
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(FORM), &mut bytes)
            .map_err(|_| Unfit::Forged)?;
        let (of, values) = opened.split_at_checked(list.len()).ok_or(Unfit::Forged)?;
        if of != list {
            return Err(Unfit::OtherList);
        }
        read(values).ok_or(Unfit::Forged)
    }
}

fn read(mut values: &[u8]) -> Option<Position> {
    let mut position = Vec::new();
    while let Some((kind, rest)) = values.split_first() {
        if *kind == 0 {
            position.push(None);
            values = rest;
            continue;
        }
        let (length, rest) = rest.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        position.push(Some(String::from_utf8(text.to_vec()).ok()?));
        values = rest;
    }
    Some(position)
}

/// What makes a list the one it is, its window apart: the same for all requests of a shape, and of each request its values.
#[derive(Debug)]
pub(crate) struct ListIdentity {
    shape: [u8; 32],
    values: Vec<Slot>,
}

impl ListIdentity {
    /// Of the statement that would answer with all of the list, and what it binds.
    pub(crate) fn new(text: &str, values: Vec<Slot>) -> Self {
        let mut shape = [0; 32];
        shape.copy_from_slice(digest::digest(&SHA256, text.as_bytes()).as_ref());
        Self { shape, values }
    }

    /// The digest of one request's list; `None` where a value does not fit its place.
    pub(crate) fn digest(&self, inputs: &Map<String, Json>) -> Option<ListDigest> {
        // No list depends on the caller.
        let given = BindContext::of_read(inputs, Caller::NOBODY);
        let mut context = digest::Context::new(&SHA256);
        context.update(&self.shape);
        let mut text = |text: Option<&str>| match text {
            None => context.update(&u64::MAX.to_le_bytes()),
            Some(text) => {
                context.update(&(text.len() as u64).to_le_bytes());
                context.update(text.as_bytes());
            }
        };
        for slot in &self.values {
            match slot.read(&given)? {
                Param::Text(value) => text(value.as_deref()),
                Param::Number(number) => text(Some(&number.to_string())),
                Param::List(values) => {
                    text(Some(&values.len().to_string()));
                    values.iter().for_each(|value| text(value.as_deref()));
                }
            }
        }
        let whole = context.finish();
        whole.as_ref().first_chunk().copied()
    }
}

/// Makes the cursors of a statement's answers.
#[derive(Debug, Clone)]
pub struct Cursors {
    pub(crate) key: CursorKey,
    /// The lists whose cursors are asked for; empty where none are.
    pub(crate) lists: Vec<Arc<ListIdentity>>,
}

/// Makes the cursors of one answer.
#[derive(Debug)]
pub struct Sealer<'k> {
    key: &'k CursorKey,
    lists: Vec<ListDigest>,
}

impl Cursors {
    pub fn sealer(&self, inputs: &Map<String, Json>) -> Result<Sealer<'_>> {
        let lists = self.lists.iter().map(|list| list.digest(inputs));
        let lists: Option<_> = lists.collect();
        Ok(Sealer {
            key: &self.key,
            lists: lists.ok_or(InternalError::Unbound)?,
        })
    }
}

impl Sealer<'_> {
    /// A column of JSON text; `None` for null.
    pub fn json(&self, row: &Row, column: usize) -> Result<Option<Bytes>> {
        let json = row.raw(column)?;
        json.map(|json| self.in_json(json)).transpose()
    }

    /// Writes the cursor of a position in one of the lists, as JSON.
    pub(crate) fn write(&self, list: usize, position: &[Option<String>], out: &mut Vec<u8>) {
        write_text(&self.key.seal(self.lists[list], position), out);
    }

    /// JSON from Postgres, in which positions stand for cursors: each as an array of its list's number and its values,
    /// between two marks.
    fn in_json(&self, json: &[u8]) -> Result<Bytes> {
        let mut out = Vec::new();
        self.write_json(json, &mut out)?;
        Ok(out.into())
    }

    pub(crate) fn write_json(&self, json: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.lists.is_empty() {
            out.extend_from_slice(json);
            return Ok(());
        }
        for (index, part) in json.split(|byte| *byte == MARK).enumerate() {
            if index % 2 == 0 {
                out.extend_from_slice(part);
                continue;
            }
            let parts: Vec<&RawValue> = serde_json::from_slice(part).map_err(unreadable)?;
            let (list, values) = parts.split_first().ok_or(InternalError::Unbound)?;
            let list: usize = list.get().parse().map_err(|_| InternalError::Unbound)?;
            let position = values
                .iter()
                .map(|value| input_form(value.get().as_bytes()));
            self.write(list, &position.collect::<Result<Position>>()?, out);
        }
        Ok(())
    }
}

/// A scalar of JSON, as Postgres writes it, in the form in which it reads the same value.
pub(crate) fn input_form(json: &[u8]) -> Result<Option<String>> {
    Ok(match json {
        b"null" => None,
        [b'"', ..] => Some(serde_json::from_slice(json).map_err(unreadable)?),
        plain => Some(String::from_utf8_lossy(plain).into_owned()),
    })
}

fn unreadable(_: serde_json::Error) -> InternalError {
    InternalError::Unbound
}

#[cfg(test)]
mod tests {
    use super::{CursorSecret, Sealer, Unfit};
    use proptest::prelude::*;
    use tessera_schema::ident::TenantId;
    use uuid::Uuid;

    const LIST: [u8; 16] = [7; 16];

    fn secret() -> CursorSecret {
        CursorSecret::of(b"a secret of these tests")
    }

    proptest! {
        #[test]
        fn a_position_comes_back(position in prop::collection::vec(prop::option::of(".{0,40}"), 0..5)) {
            let key = secret().key(TenantId(Uuid::nil()));
            let cursor = key.seal(LIST, &position);
            prop_assert_eq!(key.open(LIST, &cursor), Ok(position.clone()));
            prop_assert_eq!(key.seal(LIST, &position), cursor);
        }
    }

    #[test]
    fn no_other_cursor_is_taken() {
        let key = secret().key(TenantId(Uuid::nil()));
        let cursor = key.seal(LIST, &[Some("Riga".to_owned()), None]);
        assert_eq!(key.open([8; 16], &cursor), Err(Unfit::OtherList));
        let of_another = secret().key(TenantId(Uuid::max()));
        assert_eq!(of_another.open(LIST, &cursor), Err(Unfit::Forged));
        let of_no_server = CursorSecret::of(b"another secret").key(TenantId(Uuid::nil()));
        assert_eq!(of_no_server.open(LIST, &cursor), Err(Unfit::Forged));
        for length in 0..cursor.len() {
            assert_eq!(
                key.open(LIST, &cursor[..length]),
                Err(Unfit::Forged),
                "{length}"
            );
        }
        for place in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            assert_eq!(key.open(LIST, &forged), Err(Unfit::Forged), "{place}");
        }
        for never in [
            "",
            "018cc251-f400-7002-8000-000000000000",
            "é",
            "a b",
            "====",
        ] {
            assert_eq!(key.open(LIST, never), Err(Unfit::Forged), "{never}");
        }
        assert!(!cursor.contains("Riga"));
    }

    #[test]
    fn positions_in_json_become_cursors() {
        let key = secret().key(TenantId(Uuid::nil()));
        let sealer = Sealer {
            key: &key,
            lists: vec![[0; 16], LIST],
        };
        let json = b"{\"a\":\t[1, \"x\\ty\", 1.50, null, true]\t,\"b\":[\t[0, 5]\t]}";
        let sealed = sealer.in_json(json).unwrap();
        let sealed: serde_json::Value = serde_json::from_slice(&sealed).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let first = key.open(LIST, sealed["a"].as_str().unwrap());
        assert_eq!(
            first,
            Ok(vec![text("x\ty"), text("1.50"), None, text("true")])
        );
        let second = key.open([0; 16], sealed["b"][0].as_str().unwrap());
        assert_eq!(second, Ok(vec![text("5")]));
    }
}
