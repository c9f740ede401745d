//! Records to look at and to measure with: a believable small company's CRM, or the same kind of data by the hundred thousand.
//!
//! Everything is deterministic: two runs on two databases make the same records with the same ids, and a second run on one
//! finds them there and changes nothing. The words come from `data/`. Nothing here knows how records are stored.

mod calendar;
mod data;
mod demo;
mod error;
mod people;
mod places;
mod progress;
mod random;
mod report;
mod scale;
mod series;
mod store;
mod team;

use tessera_engine::engine::Engine;

pub use error::{Error, Result};
pub use report::{Made, Report};

/// The account that opens the demo tenant.
pub const DEMO_EMAIL: &str = "test@example.com";
pub const DEMO_PASSWORD: &str = "password";

/// What to make. Without any number, the demo company; with one or more, so many records in bulk and none of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The slug of the tenant. One that does not exist is made.
    pub tenant: String,
    pub companies: Option<u64>,
    pub contacts: Option<u64>,
    pub opportunities: Option<u64>,
}

/// Makes sure that the tenant is there, with people who own its records, and fills it.
///
/// The demo's people are added to a tenant that has nobody yet; where somebody else's live, they own the records.
/// What an earlier run made stays as it is now.
pub async fn run(engine: &Engine, options: &Options) -> Result<Report> {
    let team = team::assemble(engine, &options.tenant).await?;
    let numbers = [options.companies, options.contacts, options.opportunities];
    let made = if numbers.iter().all(Option::is_none) {
        demo::fill(engine, &team).await?
    } else {
        let [companies, contacts, opportunities] = numbers.map(Option::unwrap_or_default);
        let plan = scale::Plan {
            companies,
            contacts,
            opportunities,
        };
        scale::fill(engine, &team, plan).await?
    };
    Ok(Report {
        tenant: options.tenant.clone(),
        is_new: team.is_new,
        people: team.admitted,
        has_demo_user: team.has_demo_user,
        made,
    })
}
