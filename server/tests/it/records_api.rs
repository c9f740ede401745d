//! Records over REST.

mod batch;
mod batches_at_once;
mod bin;
mod bulk;
mod change_ids;
mod changes_of_many;
mod composites;
mod filters;
mod history;
mod keys_at_once;
mod links_at_once;
mod lists;
mod numbers;
mod own_links;
mod pages;
mod reverts;
mod shapes;
mod spellings;
mod upsert;
mod values;
mod variables;
mod versions;
