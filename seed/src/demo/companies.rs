//! The demo's companies: all that `data/companies.json` names.

use serde_json::{Value as Json, json};
use tessera_schema::ident::{RecordId, UserId};

use crate::data::{COMPANIES, KnownCompany};
use crate::people::ascii;
use crate::places::Place;
use crate::random::Random;
use crate::series::Series;

const SERIES: Series = Series::every_minutes(60, 0x01);

pub(super) struct Company {
    pub(super) id: RecordId,
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    /// The value of the field `kind`.
    pub(super) kind: &'static str,
    pub(super) place: &'static Place,
    pub(super) owner: UserId,
    pub(super) body: Json,
}

pub(super) fn make(owners: &[UserId]) -> Vec<Company> {
    COMPANIES
        .demo
        .iter()
        .zip(0..)
        .map(|(known, n)| company(known, n, owners))
        .collect()
}

fn company(known: &'static KnownCompany, n: u64, owners: &[UserId]) -> Company {
    let KnownCompany(name, domain, industry, kind, city, employees) = known;
    let mut random = SERIES.random(n);
    let place = Place::named(city);
    let owner = *random.pick(owners);
    // A head brings in 60 to 180 thousand a year.
    let revenue = employees.cast_signed() * random.between(60, 180) * 1_000;
    let tax_id = random.digits("###########");
    let id = SERIES.id(n);
    let body = json!({
        "id": id,
        "name": name,
        "domain": domain,
        "kind": kind,
        "industry": industry,
        "employees": employees,
        "annual_revenue": place.price(revenue),
        "website": format!("https://www.{domain}"),
        "phone": random.digits(&place.landline),
        "email": format!("info@{domain}"),
        "linkedin": random.chance(60).then(|| format!("https://www.linkedin.com/company/{}", ascii(name))),
        "city": city,
        "address": place.address(&mut random),
        "tax_id": format!("{}{tax_id}", country_code(&place.country)),
        "registration_number": random.digits("4########"),
        "tags": tags(kind, *employees, &mut random),
        "description": description(kind, &mut random),
        "parent_id": parent(name),
        "owner_id": owner,
    });
    Company {
        id,
        name,
        domain,
        kind,
        place,
        owner,
        body,
    }
}

fn parent(name: &str) -> Option<RecordId> {
    let parent = COMPANIES.subsidiaries.get(name)?;
    let n = COMPANIES
        .demo
        .iter()
        .zip(0..)
        .find(|(company, _)| company.0 == *parent)
        .map(|(_, n)| n);
    Some(SERIES.id(n.expect("a subsidiary's parent is one of the companies")))
}

fn tags(kind: &str, employees: u64, random: &mut Random) -> Vec<&'static str> {
    let mut tags = Vec::new();
    match kind {
        "customer" => {
            if employees >= 200 {
                tags.push("key_account");
            }
            if random.chance(30) {
                tags.push("reference");
            } else if random.chance(15) {
                tags.push("at_risk");
            }
        }
        "partner" => tags.push("reseller"),
        _ => {}
    }
    tags
}

fn description(kind: &str, random: &mut Random) -> Option<&'static str> {
    const CUSTOMERS: [&str; 4] = [
        "Customer since the first version. Two maintenance shifts, one planner.",
        "Work orders on phones, parts store with bar codes.",
        "Runs three shifts; wants no changes during the season.",
        "Began with a pilot on one line, then took the whole site.",
    ];
    const PROSPECTS: [&str; 4] = [
        "Met at the trade fair in spring.",
        "Plans maintenance on paper, looking for something simple.",
        "Came through the website, asked for prices.",
        "Their planner used our product at the last job.",
    ];
    match kind {
        "customer" => Some(*random.pick(&CUSTOMERS)),
        "prospect" => Some(*random.pick(&PROSPECTS)),
        "supplier" => Some("Delivers hardware that goes into our projects."),
        "partner" => Some("Brings us into their projects and trains the users."),
        _ => None,
    }
}

fn country_code(country: &str) -> &'static str {
    match country {
        "Latvia" => "LV",
        "Lithuania" => "LT",
        "Estonia" => "EE",
        "Sweden" => "SE",
        "Germany" => "DE",
        "Poland" => "PL",
        "United Kingdom" => "GB",
        "Ireland" => "IE",
        "France" => "FR",
        // Tax numbers have no prefix there.
        _ => "",
    }
}
