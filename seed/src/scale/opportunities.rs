//! Opportunities in bulk, each with a contact and that contact's company.

use serde_json::{Value as Json, json};
use tessera_schema::ident::UserId;

use crate::calendar;
use crate::data::DEALS;
use crate::places::Place;
use crate::random::Random;
use crate::series::Series;

use super::{Plan, companies, contacts};

pub(super) const SERIES: Series = Series::every_minutes(5, 0x13);

const STAGES: [(&str, u64); 6] = [
    ("new", 14),
    ("qualification", 14),
    ("proposal", 12),
    ("negotiation", 8),
    ("won", 28),
    ("lost", 24),
];
const REASONS: [(&str, u64); 4] = [
    ("price", 35),
    ("competitor", 30),
    ("no_decision", 20),
    ("timing", 15),
];

pub(super) fn body(n: u64, plan: Plan, owners: &[UserId]) -> Json {
    let mut random = SERIES.random(n);
    let contact = (plan.contacts > 0).then(|| random.below(plan.contacts));
    let company = match contact {
        Some(contact) => contacts::company_of(contact, plan),
        None => (plan.companies > 0).then(|| random.power_law(plan.companies)),
    };
    let place = company.map_or_else(
        || Place::named("Riga"),
        |company| companies::Profile::of(company).place,
    );
    let stage = random.weighted(&STAGES);
    let closes = match stage {
        "won" | "lost" => random.between(-1_000, -1),
        _ => random.between(-20, 240),
    };
    json!({
        "id": SERIES.id(n),
        "name": format!("{} {}", random.pick(&DEALS.bulk), n + 1),
        "stage": stage,
        "amount": place.price(amount(&mut random)),
        "close_date": calendar::working_day(closes).to_string(),
        "probability": probability(&mut random, stage),
        "kind": random.weighted(&[("new_business", 55), ("expansion", 25), ("renewal", 20)]),
        "source": random.weighted(&[("website", 40), ("referral", 30), ("event", 20), ("partner", 10)]),
        "lost_reason": (stage == "lost").then(|| random.weighted(&REASONS)),
        "company_id": company.map(|company| companies::SERIES.id(company)),
        "contact_id": contact.map(|contact| contacts::SERIES.id(contact)),
        "owner_id": random.pick(owners),
    })
}

/// Euros: mostly some thousands, now and then a hundred times that.
fn amount(random: &mut Random) -> i64 {
    let magnitude = random.weighted(&[(1_000, 40), (5_000, 40), (25_000, 17), (150_000, 3)]);
    random.between(magnitude, 5 * magnitude)
}

/// In percent: settled once it is won or lost.
fn probability(random: &mut Random, stage: &str) -> i64 {
    match stage {
        "won" => 100,
        "lost" => 0,
        "negotiation" => random.between(60, 90),
        "proposal" => random.between(35, 65),
        _ => random.between(5, 35),
    }
}
