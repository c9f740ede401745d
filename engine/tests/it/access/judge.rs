//! What a caller with row rules should see, worked out record by record in memory. It knows nothing of SQL.

use serde_json::{Value as Json, json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::random::TEAM;

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) object: &'static str,
    pub(crate) id: String,
    pub(crate) values: BTreeMap<String, Json>,
    /// The tags of a person.
    pub(crate) tags: Vec<String>,
    pub(crate) binned: bool,
}

/// All records, by their ids.
pub(crate) type Records = BTreeMap<String, Record>;

/// The row rules of a caller.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// By object and right.
    pub(crate) objects: HashMap<(&'static str, &'static str), Json>,
    /// By object, field and right.
    pub(crate) fields: HashMap<(&'static str, &'static str, &'static str), Json>,
}

/// Who looks at the records.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'j> {
    pub(crate) records: &'j Records,
    pub(crate) rules: &'j Rules,
    pub(crate) user: &'j str,
    /// Within a rule everything is seen.
    pub(crate) in_rule: bool,
}

impl<'j> Judge<'j> {
    /// Whether a record matches the rule of a right.
    pub(crate) fn may(self, record: &Record, right: &'static str) -> bool {
        let rule = self.rules.objects.get(&(record.object, right));
        rule.is_none_or(|rule| self.within().fits(record, rule))
    }

    /// As [`Judge::may`], of the rule on a field.
    pub(crate) fn may_on(self, record: &Record, field: &str, right: &'static str) -> bool {
        let mut rules = self.rules.fields.iter();
        let rule = rules.find(|((object, name, of), _)| {
            *object == record.object && *name == field && *of == right
        });
        rule.is_none_or(|(_, rule)| self.within().fits(record, rule))
    }

    const fn within(self) -> Self {
        Self {
            in_rule: true,
            ..self
        }
    }

    pub(crate) fn sees(self, record: &Record) -> bool {
        self.in_rule || self.may(record, "read")
    }

    /// A value as the caller sees it.
    pub(crate) fn cell(self, record: &Record, key: &str) -> Json {
        if key == "id" {
            return json!(record.id);
        }
        let value = record.values.get(key).cloned().unwrap_or(Json::Null);
        if self.in_rule {
            return value;
        }
        let field = key.strip_suffix("_id").unwrap_or(key);
        let target = value.as_str().filter(|_| key == "firm_id");
        let sees = |id: &str| self.records.get(id).is_some_and(|target| self.sees(target));
        let target_seen = target.is_none_or(sees);
        if target_seen && self.may_on(record, field, "read") {
            value
        } else {
            Json::Null
        }
    }

    /// The firm of a person, if it is seen and not in the bin.
    pub(crate) fn firm(self, person: &Record) -> Option<&'j Record> {
        let id = self.cell(person, "firm_id");
        let firm = self.records.get(id.as_str()?)?;
        (!firm.binned && self.sees(firm)).then_some(firm)
    }

    /// The records of a to-many relation that are seen, by their ids.
    pub(crate) fn many(self, record: &Record, key: &str) -> Vec<&'j Record> {
        let shows_tags = |person: &Record| self.in_rule || self.may_on(person, "tags", "read");
        let all = self.records.values();
        let there = all.filter(|other| !other.binned && self.sees(other));
        let related = there.filter(|other| match (record.object, key) {
            ("firm", "people") => {
                other.object == "person" && self.cell(other, "firm_id") == json!(record.id)
            }
            ("person", "tags") => shows_tags(record) && record.tags.contains(&other.id),
            ("tag", "people") => shows_tags(other) && other.tags.contains(&record.id),
            other => panic!("{other:?}"),
        });
        related.collect()
    }

    /// Whether a record that is seen fits a filter.
    pub(crate) fn fits(self, record: &Record, filter: &Json) -> bool {
        let parts = filter.as_object().unwrap();
        parts.iter().all(|(key, value)| match key.as_str() {
            "and" => value
                .as_array()
                .unwrap()
                .iter()
                .all(|part| self.fits(record, part)),
            "or" => value
                .as_array()
                .unwrap()
                .iter()
                .any(|part| self.fits(record, part)),
            "not" => !self.fits(record, value),
            "firm" => {
                let firm = self.firm(record);
                firm.is_some_and(|firm| self.fits(firm, value))
            }
            "tags" | "people" => {
                let mut quantified = value.as_object().unwrap().iter();
                quantified.all(|(quantifier, inner)| {
                    let mut all = self.many(record, key).into_iter();
                    match quantifier.as_str() {
                        "some" => all.any(|other| self.fits(other, inner)),
                        "every" => all.all(|other| self.fits(other, inner)),
                        _ => !all.any(|other| self.fits(other, inner)),
                    }
                })
            }
            key => {
                let mut conditions = value.as_object().unwrap().iter();
                conditions.all(|(operator, operand)| self.compare(record, key, operator, operand))
            }
        })
    }

    fn compare(self, record: &Record, key: &str, operator: &str, operand: &Json) -> bool {
        let value = self.cell(record, key);
        let operand = match operand.as_str() {
            Some("$user.id") => &json!(self.user),
            _ => operand,
        };
        let is_one = |operand: &Json| match operand.as_str() {
            Some("$user.id") => value == json!(self.user),
            Some("$user.team_ids") => value == json!(TEAM),
            _ => value == *operand,
        };
        let is_in = || match operand {
            Json::Array(all) => all.iter().any(is_one),
            one => is_one(one),
        };
        match operator {
            "is_null" => value.is_null() == operand.as_bool().unwrap(),
            "neq" => value != *operand,
            "not_in" => !is_in(),
            _ if value.is_null() => false,
            "eq" => value == *operand,
            "in" => is_in(),
            "gte" => value.as_i64() >= operand.as_i64(),
            "contains" => value.as_str().unwrap().contains(operand.as_str().unwrap()),
            other => panic!("{other}"),
        }
    }

    /// The records of an object that a filter finds, in the order of a sort such as `-score,firm.name`.
    pub(crate) fn list(self, object: &str, filter: &Json, sort: &str) -> Vec<&'j Record> {
        let all = self
            .records
            .values()
            .filter(|record| record.object == object);
        let seen = all.filter(|record| !record.binned && self.sees(record));
        let mut found: Vec<_> = seen.filter(|record| self.fits(record, filter)).collect();
        let keys: Vec<(&str, bool)> = sort
            .split(',')
            .filter(|key| !key.is_empty())
            .map(|key| {
                key.strip_prefix('-')
                    .map_or((key, false), |key| (key, true))
            })
            .collect();
        let turned = |order: Ordering, descending| if descending { order.reverse() } else { order };
        found.sort_by(|one, other| {
            let by_keys = keys.iter().map(|(key, descending)| {
                let [one, other] = [one, other].map(|record| self.sorted_by(record, key));
                match (one.is_null(), other.is_null()) {
                    (false, false) => turned(ordered(&one, &other), *descending),
                    (one, other) => one.cmp(&other),
                }
            });
            let last = keys.first().is_some_and(|(_, descending)| *descending);
            let by_id = turned(one.id.cmp(&other.id), last);
            by_keys.fold(Ordering::Equal, Ordering::then).then(by_id)
        });
        found
    }

    /// A value, or one of a person's firm.
    pub(crate) fn sorted_by(self, record: &Record, key: &str) -> Json {
        match key.strip_prefix("firm.") {
            Some(key) => self
                .firm(record)
                .map_or(Json::Null, |firm| self.cell(firm, key)),
            None => self.cell(record, key),
        }
    }
}

fn ordered(one: &Json, other: &Json) -> Ordering {
    match (one, other) {
        (Json::String(one), Json::String(other)) => one.cmp(other),
        (one, other) => one.as_i64().cmp(&other.as_i64()),
    }
}
