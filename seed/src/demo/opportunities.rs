//! The demo's opportunities: every customer once bought something, and there is more to come.

use serde_json::{Value as Json, json};
use tessera_schema::ident::RecordId;

use crate::calendar;
use crate::data::{DEALS, DealName};
use crate::random::Random;
use crate::series::Series;

use super::companies::Company;
use super::contacts::Contact;

const SERIES: Series = Series::every_minutes(40, 0x03);
const LOST_REASONS: [(&str, u64); 7] = [
    ("price", 25),
    ("competitor", 20),
    ("no_budget", 15),
    ("no_decision", 15),
    ("timing", 12),
    ("no_fit", 5),
    ("no_response", 8),
];

pub(super) struct Opportunity {
    pub(super) id: RecordId,
    /// The company's and the contact's places among all.
    pub(super) company: usize,
    pub(super) contact: usize,
    pub(super) open: bool,
    /// When it closed, or should, in days from the anchor.
    pub(super) closes: i64,
    pub(super) body: Json,
}

pub(super) fn make(companies: &[Company], contacts: &[Contact]) -> Vec<Opportunity> {
    let mut all = Vec::new();
    let mut plan = SERIES.plan();
    for (index, company) in companies.iter().enumerate() {
        let people: Vec<usize> = (0..contacts.len())
            .filter(|at| contacts[*at].company == index)
            .collect();
        for deal in deals(&mut plan, company.kind) {
            let n = all.len() as u64;
            let mut random = SERIES.random(n);
            let contact = *random.pick(&people);
            let id = SERIES.id(n);
            let closes = closing(&mut random, &deal);
            let body = body(&mut random, id, company, &contacts[contact], &deal, closes);
            all.push(Opportunity {
                id,
                company: index,
                contact,
                open: deal.is_open(),
                closes,
                body,
            });
        }
    }
    all
}

struct Deal {
    kind: &'static str,
    stage: &'static str,
}

impl Deal {
    fn is_open(&self) -> bool {
        !matches!(self.stage, "won" | "lost")
    }
}

/// What a company of a kind has bought or may buy.
fn deals(plan: &mut Random, company: &str) -> Vec<Deal> {
    const OPEN: [(&str, u64); 5] = [
        ("new", 20),
        ("qualification", 25),
        ("proposal", 28),
        ("negotiation", 15),
        ("lost", 20),
    ];
    let mut deals = Vec::new();
    match company {
        "customer" => {
            deals.push(Deal {
                kind: "new_business",
                stage: "won",
            });
            if plan.chance(70) {
                let stage = plan.weighted(&[
                    ("won", 40),
                    ("proposal", 20),
                    ("negotiation", 15),
                    ("qualification", 15),
                    ("lost", 10),
                ]);
                deals.push(Deal {
                    kind: "expansion",
                    stage,
                });
            }
            if plan.chance(45) {
                let stage = plan.weighted(&[("negotiation", 45), ("proposal", 35), ("won", 20)]);
                deals.push(Deal {
                    kind: "renewal",
                    stage,
                });
            }
        }
        "prospect" => {
            deals.push(Deal {
                kind: "new_business",
                stage: plan.weighted(&OPEN),
            });
            if plan.chance(25) {
                deals.push(Deal {
                    kind: "new_business",
                    stage: plan.weighted(&OPEN),
                });
            }
        }
        _ => {}
    }
    deals
}

fn closing(random: &mut Random, deal: &Deal) -> i64 {
    match (deal.stage, deal.kind) {
        ("won", "new_business") => random.between(-720, -200),
        ("won" | "lost", _) => random.between(-190, -5),
        ("negotiation", _) => random.between(3, 35),
        ("proposal", _) => random.between(14, 80),
        // Some are overdue: nobody has moved their date.
        _ => random.between(-10, 160),
    }
}

fn body(
    random: &mut Random,
    id: RecordId,
    company: &Company,
    contact: &Contact,
    deal: &Deal,
    closes: i64,
) -> Json {
    let names = match deal.kind {
        "renewal" => &DEALS.renewal,
        "expansion" => &DEALS.expansion,
        _ => &DEALS.new_business,
    };
    let DealName(name, least, most) = random.pick(names);
    let seats = 5 * random.between(2, 12);
    let name = name
        .replace("{n}", &seats.to_string())
        .replace("{city}", &company.place.city);
    let lost_reason = (deal.stage == "lost").then(|| random.weighted(&LOST_REASONS));
    let to_competitor = lost_reason == Some("competitor");
    let next_step = deal.is_open().then(|| random.pick(&DEALS.next_steps));
    json!({
        "id": id,
        "name": name,
        "stage": deal.stage,
        "amount": company.place.price(random.between(least / 50, most / 50) * 50),
        "close_date": calendar::working_day(closes).to_string(),
        "probability": probability(deal.stage),
        "kind": deal.kind,
        "source": contact.body["source"],
        "next_step": next_step,
        "next_step_date": next_step.map(|_| calendar::working_day(random.between(0, 12)).to_string()),
        "lost_reason": lost_reason,
        "competitor": (to_competitor || random.chance(15)).then(|| random.pick(&DEALS.competitors)),
        "company_id": company.id,
        "contact_id": contact.id,
        "owner_id": company.owner,
    })
}

/// In percent.
fn probability(stage: &str) -> u64 {
    match stage {
        "won" => 100,
        "lost" => 0,
        "negotiation" => 75,
        "proposal" => 50,
        "qualification" => 25,
        _ => 10,
    }
}
