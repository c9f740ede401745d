//! Reading: a query tree, made by an API from its request, compiled to one SQL statement.
//!
//! [`tree`] is the request. `compile` makes the statement, `compiler` holds it while it is made. Lists are made by `page` and
//! `listed`, searches over several objects by `hits`, records by `projection`. `filter`, `search` and `order` choose and sort
//! records, `aggregate` groups them. A query of one root comes as `rows`, which `render` writes as JSON.

pub mod compile;
pub(crate) mod compiler;
pub(crate) mod filter;
pub(crate) mod projection;
pub mod render;
pub mod rows;
pub mod size;
pub mod states;
pub mod stored;
pub mod tree;

mod aggregate;
mod hits;
mod lead;
mod listed;
mod order;
mod page;
mod parts;
mod path;
pub mod position;
mod probe;
pub(crate) mod search;
mod stretch;
mod variable;
mod word;
