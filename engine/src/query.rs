//! Reading: a query tree, made by a face from its request, compiled to one SQL statement.
//!
//! [`tree`] says what is asked; `compile` makes the statement, with `page` for lists, `hits` for search over objects and
//! `projection` for records; `filter`, `search` and `order` say which and in what order, `aggregate` what is reckoned over
//! them. A query of one root comes as `rows`, which `render` writes as JSON.

pub(crate) mod compile;
pub(crate) mod cost;
pub(crate) mod projection;
pub(crate) mod render;
pub(crate) mod rows;
pub mod tree;

mod aggregate;
mod filter;
mod hits;
mod lead;
mod order;
mod page;
mod path;
pub mod position;
mod probe;
pub(crate) mod search;
mod stretch;
mod word;
