//! Contacts in bulk, each at a company that a power law picks.

use serde_json::{Value as Json, json};
use tessera_schema::ident::UserId;

use crate::calendar;
use crate::data::{TITLES, Title};
use crate::people::Person;
use crate::places::PLACES;
use crate::random::Random;
use crate::series::Series;

use super::{Plan, companies};

pub(super) const SERIES: Series = Series::every_minutes(3, 0x12);

const STATUSES: [(&str, u64); 6] = [
    ("new", 22),
    ("lead", 26),
    ("working", 18),
    ("qualified", 10),
    ("customer", 16),
    ("lost", 8),
];
const SOURCES: [(&str, u64); 8] = [
    ("website", 34),
    ("referral", 18),
    ("advertising", 12),
    ("event", 10),
    ("social_media", 9),
    ("cold_call", 8),
    ("partner", 6),
    ("other", 3),
];

/// The number of the company where contact `n` works; a few work nowhere.
pub(super) fn company_of(n: u64, plan: Plan) -> Option<u64> {
    draw_company(&mut SERIES.random(n), plan)
}

fn draw_company(random: &mut Random, plan: Plan) -> Option<u64> {
    let company = random.power_law(plan.companies);
    (plan.companies > 0 && !random.chance(3)).then_some(company)
}

pub(super) fn body(n: u64, plan: Plan, owners: &[UserId]) -> Json {
    let mut random = SERIES.random(n);
    let company = draw_company(&mut random, plan);
    let profile = company.map(companies::Profile::of);
    let place = profile
        .as_ref()
        .map_or_else(|| random.pick(&PLACES), |profile| profile.place);
    let domain = profile
        .as_ref()
        .map_or("mail.example", |profile| &profile.domain);
    let person = Person::of(&mut random, place);
    let status = random.weighted(&STATUSES);
    let Title(title, department) = random.pick(&TITLES.staff);
    json!({
        "id": SERIES.id(n),
        "first_name": person.first,
        "last_name": person.last,
        "email": format!("{}{n}@{domain}", person.local_part()),
        "phone": random.digits(&place.landline),
        "mobile": random.chance(60).then(|| random.digits(&place.mobile)),
        "title": title,
        "department": department,
        "city": place.city,
        "status": status,
        "lead_score": score(&mut random, status),
        "source": random.weighted(&SOURCES),
        "rating": random.chance(50).then(|| random.between(1, 5)),
        "birthday": random.chance(20).then(|| calendar::day(-random.between(24 * 365, 62 * 365)).to_string()),
        "do_not_call": random.chance(4),
        "email_opt_out": random.chance(12),
        "company_id": company.map(|company| companies::SERIES.id(company)),
        "owner_id": random.pick(owners),
    })
}

/// The sum of two throws, so that the middle is common, and a push from the status.
fn score(random: &mut Random, status: &str) -> i64 {
    let push = match status {
        "customer" => 30,
        "qualified" => 20,
        "lost" => -25,
        _ => 0,
    };
    (random.between(0, 45) + random.between(0, 45) + push).clamp(0, 100)
}
