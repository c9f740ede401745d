//! Lists and groups over REST, made of paths through relations, conditions and sorts.

use reqwest::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::{COUNTS, LISTS, Request};
use crate::limits::fault;
use crate::robustness::random::Random;
use crate::support::{Answer, Tenant, with_parameters};

/// What may stand in `fields`.
const PATHS: [&str; 12] = [
    "company.name",
    "company.parent.parent.name",
    "company.contacts.last_name",
    "company.contacts.opportunities.name",
    "company.opportunities.contact.company.name",
    "opportunities.name",
    "opportunities.company.contacts.last_name",
    "tasks.subject",
    "tasks.company.tasks.subject",
    "reports_to.opportunities.name",
    "reports_to.reports_to.company.name",
    "activities.attendees.last_name",
];

const SORTS: [&str; 6] = [
    "company.name",
    "-company.parent.name",
    "reports_to.last_name",
    "-reports_to.company.name",
    "last_name",
    "-lead_score",
];

/// A condition on contacts, `#` being a number.
fn condition(kind: usize, number: usize) -> Json {
    let text = number.to_string();
    match kind {
        0 => json!({"opportunities": {"some": {"name": {"eq": text}}}}),
        1 => json!({"opportunities": {"every": {"name": {"contains": text}}}}),
        2 => json!({"company": {"contacts": {"none": {"last_name": {"eq": text}}}}}),
        3 => {
            json!({"company": {"tasks": {"some": {"contact": {"last_name": {"ilike": format!("%{text}%")}}}}}})
        }
        _ => json!({"last_name": {"contains": text}}),
    }
}

const KINDS: usize = 5;

type Conditions = [usize; KINDS];

fn filter(conditions: &Conditions) -> Json {
    let all = conditions
        .iter()
        .enumerate()
        .flat_map(|(kind, count)| (0..*count).map(move |number| condition(kind, number)));
    let all: Vec<_> = all.collect();
    if all.is_empty() {
        json!({})
    } else {
        json!({"and": all})
    }
}

/// Adds, or takes away, some of the conditions.
fn change(conditions: &mut Conditions, random: &mut Random) {
    conditions[random.below(KINDS)] = *random.one_of(&COUNTS);
}

fn chosen(all: &[&str], on: &[bool]) -> String {
    let all = all.iter().zip(on).filter(|(_, on)| **on);
    all.map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

#[derive(Debug, Clone)]
pub(super) struct List {
    limit: &'static str,
    offset: &'static str,
    count: &'static str,
    sought: bool,
    /// How often it is asked in one batch; 0 is alone.
    times: usize,
    paths: [bool; PATHS.len()],
    sorts: [bool; SORTS.len()],
    conditions: Conditions,
}

impl Request for List {
    fn least() -> Self {
        Self {
            limit: "1",
            offset: "0",
            count: "none",
            sought: false,
            times: 0,
            paths: [false; PATHS.len()],
            sorts: [false; SORTS.len()],
            conditions: [0; KINDS],
        }
    }

    fn change(&mut self, random: &mut Random) {
        match random.below(12) {
            0 => self.limit = *random.one_of(&LISTS),
            1 => self.offset = *random.one_of(&["0", "500"]),
            2 => self.count = *random.one_of(&["none", "exact"]),
            3 => self.sought = !self.sought,
            4 => self.times = *random.one_of(&[0, 10, 100]),
            5 | 6 => {
                let sort = &mut self.sorts[random.below(SORTS.len())];
                *sort = !*sort;
            }
            7 | 8 => change(&mut self.conditions, random),
            _ => {
                let path = &mut self.paths[random.below(PATHS.len())];
                *path = !*path;
            }
        }
    }

    async fn send(&self, tenant: &Tenant) -> bool {
        let filter = filter(&self.conditions).to_string();
        let fields = chosen(&PATHS, &self.paths);
        let sort = chosen(&SORTS, &self.sorts);
        let mut parameters = vec![
            ("limit", self.limit),
            ("offset", self.offset),
            ("count", self.count),
            ("filter", &filter),
        ];
        if !fields.is_empty() {
            parameters.push(("fields", &fields));
        }
        if !sort.is_empty() {
            parameters.push(("sort", &sort));
        }
        if self.sought {
            parameters.push(("q", "l9"));
        }
        if self.times == 0 {
            return is_within(&tenant.find("/api/v1/contacts", &parameters).await);
        }
        let operation = json!({"method": "GET", "path": with_parameters("/contacts", &parameters)});
        let body = json!({"operations": vec![operation; self.times]});
        is_within(&tenant.post("/api/v1/batch", body).await)
    }
}

const KEYS: [&str; 5] = ["last_name", "status", "company_id", "city", "lead_score"];

#[derive(Debug, Clone)]
pub(super) struct Groups {
    keys: [bool; KEYS.len()],
    aggregates: usize,
    having: usize,
    conditions: Conditions,
}

impl Request for Groups {
    fn least() -> Self {
        Self {
            keys: [false; KEYS.len()],
            aggregates: 1,
            having: 0,
            conditions: [0; KINDS],
        }
    }

    fn change(&mut self, random: &mut Random) {
        match random.below(6) {
            0 => self.aggregates = (*random.one_of(&COUNTS)).max(1),
            1 => self.having = *random.one_of(&COUNTS),
            2 | 3 => change(&mut self.conditions, random),
            _ => {
                let key = &mut self.keys[random.below(KEYS.len())];
                *key = !*key;
            }
        }
    }

    async fn send(&self, tenant: &Tenant) -> bool {
        let keys = KEYS.iter().zip(self.keys).filter(|(_, on)| *on);
        let keys: Vec<_> = keys.map(|(key, _)| *key).collect();
        let aggregate = |number: usize| {
            let function = ["count_distinct", "min", "max"][number % 3];
            let field = KEYS[number % 2 * 4];
            (format!("a{number}"), json!({function: field}))
        };
        let aggregates: Map<String, Json> = (0..self.aggregates).map(aggregate).collect();
        let having: Vec<_> = (0..self.having.min(self.aggregates))
            .map(|number| json!({format!("a{number}"): {"is_null": false}}))
            .collect();
        let mut body = json!({
            "group_by": keys,
            "aggregates": aggregates,
            "filter": filter(&self.conditions),
        });
        if !having.is_empty() {
            body["having"] = json!({"and": having});
        }
        is_within(&tenant.post("/api/v1/contacts/aggregate", body).await)
    }
}

/// Whether a request was within the limits. It must be well made, or be refused for its size.
fn is_within(answer: &Answer) -> bool {
    let answered = answer.status == StatusCode::OK;
    let code = fault(answer).unwrap_or_default();
    assert!(
        answered || code.starts_with("too_"),
        "{}: {}",
        answer.status,
        answer.text
    );
    answered
}
