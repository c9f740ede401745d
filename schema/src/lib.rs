//! The model: objects, fields, field types, relations, filters and the values that records hold.
//!
//! Pure. Nothing here knows SQL text, HTTP or the time of day; the engine turns these descriptions into
//! tables and statements, the APIs (`rest`, `graphql`) into documents. A new field type is one file in
//! [`field_types`] and one line in its list.

pub mod access;
pub mod aggregate;
pub mod appearance;
pub mod column;
pub mod composite;
pub mod date_part;
pub mod definition;
pub mod describe;
pub mod domain_name;
mod duration;
pub mod email_address;
pub mod field_type;
pub mod field_types;
pub mod filter;
pub mod function;
pub mod ident;
pub mod json_schema;
pub mod mismatch;
pub mod model;
pub mod naming;
pub mod number;
pub mod object;
pub mod operator;
pub mod record;
pub mod rules;
pub mod scalar;
pub mod search;
pub mod setting;
pub mod settings;
pub mod sort;
pub mod source;
pub mod storage;
mod telephone;
pub mod text;
pub mod time_zone;
pub mod title;
pub mod translations;
pub mod type_names;
pub mod unknown;
pub mod validator;
pub mod violation;
