//! The demo's activities: the calls, meetings and messages on the way to each opportunity's end, and some planned ones.

use serde_json::{Value as Json, json};
use tessera_schema::ident::RecordId;

use crate::calendar;
use crate::data::{ACTIVITIES, ActivityText};
use crate::random::Random;
use crate::series::Series;

use super::companies::Company;
use super::opportunities::Opportunity;
use super::{Story, pick_texts, tell};

const SERIES: Series = Series::every_minutes(15, 0x06);

pub(super) fn make(story: &Story) -> Vec<Json> {
    let mut activities = Vec::new();
    let mut plan = SERIES.plan();
    for opportunity in &story.opportunities {
        for text in pick_texts(&mut plan, &ACTIVITIES, story.contact(opportunity), 2) {
            activities.push(activity(activities.len() as u64, story, opportunity, text));
        }
    }
    activities
}

fn activity(n: u64, story: &Story, opportunity: &Opportunity, text: &ActivityText) -> Json {
    let random = &mut SERIES.random(n);
    let (company, contact) = (story.company(opportunity), story.contact(opportunity));
    let planned = opportunity.open && text.kind == "meeting" && random.chance(50);
    let offset = match (planned, opportunity.open) {
        (true, _) => random.between(1, 21),
        (false, true) => random.between(-60, -1),
        (false, false) => opportunity.closes - random.between(2, 70),
    };
    let written = matches!(text.kind.as_str(), "email" | "message");
    json!({
        "id": SERIES.id(n),
        "kind": text.kind,
        "subject": tell(&text.subject, company, contact),
        "happened_at": calendar::office_time(random, offset).to_rfc3339(),
        "duration": (text.minutes > 0).then(|| format!("PT{}M", text.minutes)),
        "direction": (text.kind != "meeting").then(|| if random.chance(65) { "outbound" } else { "inbound" }),
        "outcome": (!planned && !written).then_some("completed"),
        "location": (text.kind == "meeting").then(|| location(random, company, text)),
        "summary": (!planned).then(|| tell(&text.summary, company, contact)),
        "company_id": company.id,
        "contact_id": contact.id,
        "opportunity_id": opportunity.id,
        "attendees_ids": if text.kind == "meeting" { attendees(random, story, opportunity) } else { Vec::new() },
        "owner_id": company.owner,
    })
}

fn location(random: &mut Random, company: &Company, text: &ActivityText) -> String {
    if text.subject == "Site visit" || random.chance(50) {
        format!("{}, {}", company.name, company.place.city)
    } else {
        "Video call".to_owned()
    }
}

/// Some of the contact's colleagues.
fn attendees(random: &mut Random, story: &Story, opportunity: &Opportunity) -> Vec<RecordId> {
    let contact = story.contact(opportunity).id;
    story
        .colleagues(opportunity.company)
        .map(|colleague| colleague.id)
        .filter(|id| *id != contact && random.chance(50))
        .collect()
}
