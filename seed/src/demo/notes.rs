//! The demo's notes: something worth keeping about most opportunities, and about some contacts besides.

use serde_json::{Value as Json, json};
use tessera_schema::ident::RecordId;

use crate::data::NOTES;
use crate::series::Series;

use super::companies::Company;
use super::contacts::Contact;
use super::{Story, pick_text, tell};

const SERIES: Series = Series::every_minutes(30, 0x05);

pub(super) fn make(story: &Story) -> Vec<Json> {
    let mut notes = Vec::new();
    let mut plan = SERIES.plan();
    for opportunity in &story.opportunities {
        if plan.chance(60) {
            let (company, contact) = (story.company(opportunity), story.contact(opportunity));
            notes.push(note(notes.len() as u64, company, contact, Some(opportunity.id)));
        }
    }
    for contact in story.contacts.iter().step_by(6) {
        notes.push(note(notes.len() as u64, &story.companies[contact.company], contact, None));
    }
    notes
}

fn note(n: u64, company: &Company, contact: &Contact, opportunity: Option<RecordId>) -> Json {
    let mut random = SERIES.random(n);
    let text = pick_text(&mut random, &NOTES, contact);
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
