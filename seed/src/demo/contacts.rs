//! The demo's contacts: a few people at each company, the first of whom the others report to.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use tessera_schema::ident::RecordId;

use crate::calendar;
use crate::data::{TITLES, Title};
use crate::people::Person;
use crate::random::Random;
use crate::series::Series;

use super::companies::Company;

const SERIES: Series = Series::every_minutes(20, 0x02);
const SOURCES: [(&str, u64); 8] = [
    ("website", 30),
    ("referral", 22),
    ("event", 16),
    ("cold_call", 10),
    ("partner", 9),
    ("advertising", 6),
    ("social_media", 5),
    ("other", 2),
];

pub(super) struct Contact {
    pub(super) id: RecordId,
    pub(super) person: Person,
    /// The company's place among all.
    pub(super) company: usize,
    pub(super) body: Json,
}

pub(super) fn make(companies: &[Company]) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::new();
    let mut emails = BTreeSet::new();
    let mut plan = SERIES.plan();
    for (index, company) in companies.iter().enumerate() {
        let head = contacts.len();
        for _ in 0..how_many(&mut plan, company.kind) {
            let n = contacts.len() as u64;
            let mut random = SERIES.random(n);
            let (person, email) = somebody_else(&mut random, company, &mut emails);
            let reports_to = contacts.get(head).map(|head| head.id);
            let id = SERIES.id(n);
            let body = body(&mut random, id, company, &person, &email, reports_to);
            contacts.push(Contact {
                id,
                person,
                company: index,
                body,
            });
        }
    }
    contacts
}

fn how_many(plan: &mut Random, company: &str) -> i64 {
    let (least, most) = match company {
        "customer" => (2, 5),
        "prospect" => (1, 4),
        _ => (1, 2),
    };
    plan.between(least, most)
}

/// A person whose address nobody has yet.
fn somebody_else(
    random: &mut Random,
    company: &Company,
    emails: &mut BTreeSet<String>,
) -> (Person, String) {
    loop {
        let person = Person::of(random, company.place);
        let email = format!("{}@{}", person.local_part(), company.domain);
        if emails.insert(email.clone()) {
            return (person, email);
        }
    }
}

fn body(
    random: &mut Random,
    id: RecordId,
    company: &Company,
    person: &Person,
    email: &str,
    reports_to: Option<RecordId>,
) -> Json {
    let titles = if reports_to.is_some() {
        &TITLES.staff
    } else {
        &TITLES.heads
    };
    let Title(title, department) = random.pick(titles);
    let (status, score) = standing(random, company.kind);
    let birthday = calendar::day(-random.between(24 * 365, 62 * 365));
    json!({
        "id": id,
        "first_name": person.first,
        "last_name": person.last,
        "email": email,
        "phone": random.chance(70).then(|| random.digits(&company.place.landline)),
        "mobile": random.chance(80).then(|| random.digits(&company.place.mobile)),
        "title": title,
        "department": department,
        "city": company.place.city,
        "address": random.chance(25).then(|| company.place.address(random)),
        "status": status,
        "lead_score": score,
        "source": random.weighted(&SOURCES),
        "rating": (score / 20).clamp(1, 5),
        "birthday": random.chance(35).then(|| birthday.to_string()),
        "preferred_channel": random.weighted(&[("email", 45), ("phone", 30), ("messenger", 15), ("in_person", 10)]),
        "do_not_call": random.chance(6),
        "email_opt_out": random.chance(9),
        "linkedin": random.chance(40).then(|| format!("https://www.linkedin.com/in/{}", person.local_part().replace('.', "-"))),
        "tags": tags(title, reports_to.is_none()),
        "company_id": company.id,
        "reports_to_id": reports_to,
        "owner_id": company.owner,
    })
}

/// Status and score, which go together.
fn standing(random: &mut Random, company: &str) -> (&'static str, i64) {
    let status = match company {
        "customer" => random.weighted(&[("customer", 85), ("working", 10), ("lost", 5)]),
        "prospect" => random.weighted(&[
            ("new", 20),
            ("lead", 25),
            ("working", 25),
            ("qualified", 20),
            ("lost", 10),
        ]),
        _ => "working",
    };
    let (least, most) = match status {
        "customer" => (60, 100),
        "qualified" => (55, 90),
        "working" => (30, 70),
        "lead" => (15, 50),
        "lost" => (0, 20),
        _ => (5, 35),
    };
    (status, random.between(least, most))
}

fn tags(title: &str, head: bool) -> Vec<&'static str> {
    let mut tags = Vec::new();
    if head {
        tags.push("decision_maker");
    }
    if title == "Managing director" || title == "Owner" {
        tags.push("vip");
    }
    if title.contains("engineer") || title.contains("ystems") || title.starts_with("IT") {
        tags.push("technical");
    }
    if title.contains("ccountant") || title.contains("Finance") {
        tags.push("billing");
    }
    if title.contains("lanner") || title.contains("upervisor") {
        tags.push("influencer");
    }
    tags
}
