//! GraphQL over the engine: each tenant's model as a schema, each operation as the engine's query tree.
//!
//! async-graphql parses, validates and introspects; it never resolves a record. What a record is and how it is
//! fetched stands in `tessera-schema` and `tessera-engine`; nothing here knows SQL.
//!
//! A request's way: `http` → `request` → `document` → `schema` (the part the document can touch, from `cache`) →
//! `operation` (fragments, directives and variables gone) → `compile` → the engine → `response`.

mod cache;
mod coerce;
mod compile;
mod document;
mod documents;
mod error;
mod escapes;
mod execute;
mod field;
mod http;
mod introspected;
mod introspection;
mod lexical;
mod limits;
mod negotiate;
mod node_id;
mod operation;
mod plan;
mod request;
mod response;
mod roles;
mod roots;
mod schema;
mod scope;
mod template;
mod validate;
mod variables;

pub use http::router;
pub use schema::sdl;

#[cfg(test)]
mod tests;
