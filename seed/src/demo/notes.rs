//! The demo's notes: something worth keeping about most opportunities, and about some contacts besides.

use serde_json::{Value as Json, json};
use tessera_schema::ident::RecordId;

use crate::data::NOTES;
use crate::series::Series;

use super::contacts::Contact;
use super::{Story, pick_texts, tell};

const SERIES: Series = Series::every_minutes(30, 0x05);

pub(super) fn make(story: &Story) -> Vec<Json> {
    let mut plan = SERIES.plan();
    let deals = story.opportunities.iter().filter(|_| plan.chance(60));
    let deals = deals.map(|opportunity| (story.contact(opportunity), Some(opportunity.id)));
    let people = story
        .contacts
        .iter()
        .step_by(6)
        .map(|contact| (contact, None));
    deals
        .chain(people)
        .zip(0..)
        .map(|((contact, opportunity), n)| note(n, story, contact, opportunity))
        .collect()
}

fn note(n: u64, story: &Story, contact: &Contact, opportunity: Option<RecordId>) -> Json {
    let company = &story.companies[contact.company];
    let mut random = SERIES.random(n);
    let text = pick_texts(&mut random, &NOTES, contact, 1)[0];
    json!({
        "id": SERIES.id(n),
        "title": tell(&text.title, company, contact),
        "body": tell(&text.body, company, contact),
        "pinned": random.chance(10),
        "company_id": company.id,
        "contact_id": contact.id,
        "opportunity_id": opportunity,
        "owner_id": company.owner,
    })
}
