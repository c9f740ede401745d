//! Tests without a database: the schema, and what a document asks of the engine.

mod documents;
mod errors;
mod groups;
mod http;
mod junk;
mod limits;
mod mutations;
mod names;
mod nodes;
mod schemas;
mod searches;
mod support;
mod variables;
