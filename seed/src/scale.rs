//! Data to measure with: as many companies, contacts and opportunities as asked for, spread over each other as in real life:
//! a few companies have a great part of the contacts, most have some.

mod companies;
mod contacts;
mod opportunities;

use tessera_engine::engine::Engine;

use crate::error::Result;
use crate::report::Made;
use crate::store;
use crate::team::Team;

/// How many records of each object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) companies: u64,
    pub(crate) contacts: u64,
    pub(crate) opportunities: u64,
}

/// Loads the records of each object that is asked for and has none of them yet.
pub(crate) async fn fill(engine: &Engine, team: &Team, plan: Plan) -> Result<Vec<Made>> {
    let owners = &team.owners;
    let mut made = Vec::new();
    if plan.companies > 0 {
        let body = |n| companies::body(n, plan, owners);
        made.push(
            store::load(
                engine,
                &team.context,
                "company",
                plan.companies,
                companies::SERIES.id(0),
                body,
            )
            .await?,
        );
    }
    if plan.contacts > 0 {
        let body = |n| contacts::body(n, plan, owners);
        made.push(
            store::load(
                engine,
                &team.context,
                "contact",
                plan.contacts,
                contacts::SERIES.id(0),
                body,
            )
            .await?,
        );
    }
    if plan.opportunities > 0 {
        let body = |n| opportunities::body(n, plan, owners);
        made.push(
            store::load(
                engine,
                &team.context,
                "opportunity",
                plan.opportunities,
                opportunities::SERIES.id(0),
                body,
            )
            .await?,
        );
    }
    Ok(made)
}
