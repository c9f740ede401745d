//! The demo's tasks: what is to be done for open opportunities, and what was done for closed ones.

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use crate::calendar;
use crate::data::{TASKS, TaskText};
use crate::series::Series;

use super::opportunities::Opportunity;
use super::{Story, pick_texts, tell};

const SERIES: Series = Series::every_minutes(30, 0x04);

pub(super) fn make(story: &Story) -> Vec<Json> {
    let mut tasks = Vec::new();
    let mut plan = SERIES.plan();
    for opportunity in &story.opportunities {
        let how_many = if opportunity.open { 2 } else { 1 };
        for text in pick_texts(&mut plan, &TASKS, story.contact(opportunity), how_many) {
            tasks.push(task(tasks.len() as u64, story, opportunity, text));
        }
    }
    tasks
}

fn task(n: u64, story: &Story, opportunity: &Opportunity, text: &TaskText) -> Json {
    let random = &mut SERIES.random(n);
    let (company, contact) = (story.company(opportunity), story.contact(opportunity));
    let (status, offset) = if opportunity.open {
        let status = random.weighted(&[
            ("not_started", 45),
            ("in_progress", 20),
            ("waiting", 15),
            ("done", 20),
        ]);
        let offset = if status == "done" {
            random.between(-30, -1)
        } else {
            random.between(-4, 21)
        };
        (status, offset)
    } else {
        let status = if random.chance(92) {
            "done"
        } else {
            "cancelled"
        };
        (status, opportunity.closes - random.between(3, 40))
    };
    let due = calendar::office_time(random, offset);
    let done = (status == "done").then(|| due - TimeDelta::minutes(15 * random.between(0, 8)));
    let remind = (done.is_none() && random.chance(50)).then(|| due - TimeDelta::minutes(30));
    json!({
        "id": SERIES.id(n),
        "subject": tell(&text.subject, company, contact),
        "kind": text.kind,
        "status": status,
        "priority": random.weighted(&[("normal", 60), ("high", 22), ("low", 12), ("urgent", 6)]),
        "due_at": due.to_rfc3339(),
        "remind_at": remind.map(|at| at.to_rfc3339()),
        "done_at": done.map(|at| at.to_rfc3339()),
        "description": text.description.as_ref().map(|text| tell(text, company, contact)),
        "assignee_id": company.owner,
        "owner_id": company.owner,
        "company_id": company.id,
        "contact_id": contact.id,
        "opportunity_id": opportunity.id,
    })
}
