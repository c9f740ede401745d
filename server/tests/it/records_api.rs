//! Records over REST.

mod bin;
mod bulk;
mod filters;
mod pages;
mod shapes;
mod versions;
