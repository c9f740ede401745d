//! The aggregation in REST: one JSON object, which is the body of the request.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

use super::having::Names;
use super::reader::{MOST_AGGREGATES, MOST_KEYS, MOST_ORDERS};
use super::{Aggregation, MOST_GROUPS, Order, Reader};
use crate::column::SqlName;
use crate::filter::Filter;
use crate::function::Function;
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::Object;
use crate::sort;
use crate::source::{Fixed, Origin};
use crate::text::clip;
use crate::violation::{Pointer, Violation};

const MEMBERS: [&str; 7] = [
    "group_by",
    "aggregates",
    "filter",
    "having",
    "sort",
    "limit",
    "time_zone",
];

const KEY_MEMBERS: [&str; 3] = ["field", "by", "as"];

/// The most unknown members that are reported.
const MOST_TOLD: usize = 20;
/// The longest name of an aggregate.
const LONGEST_NAME: usize = 50;

/// `{"group_by":["stage"],"aggregates":{"total":{"sum":"amount"}},…}`, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    pub aggregation: Aggregation,
    /// The path that each key is shown under.
    pub keys: Vec<Vec<String>>,
    /// The name of each aggregate, and its place.
    pub aggregates: Vec<(String, usize)>,
}

impl Body {
    /// # Errors
    /// Everything that does not fit; pointers begin at the body.
    pub fn parse(model: &Model, object: &Arc<Object>, body: &Json) -> Result<Self, Vec<Violation>> {
        Self::parse_from(model, object, body, &Fixed)
    }

    /// As [`Body::parse`], remembering where the operands of the filter came from.
    ///
    /// # Errors
    /// As [`Body::parse`].
    pub fn parse_from(
        model: &Model,
        object: &Arc<Object>,
        body: &Json,
        origin: &dyn Origin,
    ) -> Result<Self, Vec<Violation>> {
        let Some(body) = body.as_object() else {
            let message = "an object is expected, such as {\"group_by\": […], \"aggregates\": {…}}";
            return Err(vec![Violation::new(Pointer::root(), "type", message)]);
        };
        let mut reading = Reading {
            reader: Reader::new(model, object, Spelling::Snake),
            keys: Vec::new(),
            aggregates: IndexMap::new(),
        };
        reading.refuse_unknown(body);
        // A null counts as absent.
        let member = |name: &str| body.get(name).filter(|value| !value.is_null());
        let at = |name: &str| Pointer::root().key(name);
        if let Some(keys) = member("group_by") {
            reading.group_by(keys, &at("group_by"));
        }
        if let Some(aggregates) = member("aggregates") {
            reading.read_aggregates(aggregates, &at("aggregates"));
        }
        if reading.keys.is_empty() && reading.aggregates.is_empty() && reading.is_sound() {
            let message = "say in `group_by` or `aggregates` what is wanted";
            reading.reader.refuse(at("aggregates"), "required", message);
        }
        if let Some(zone) = member("time_zone") {
            reading.reader.time_zone(zone, &at("time_zone"));
        }
        let filter = member("filter").map(|filter| reading.reader.filter(filter, origin));
        let having = member("having").map(|having| {
            let names = Names::Given(&reading.aggregates);
            reading.reader.having(having, names, &at("having"))
        });
        if let Some(sort) = member("sort") {
            reading.sort(sort, &at("sort"));
        }
        let limit = member("limit").map(|limit| reading.limit(limit, &at("limit")));
        Ok(Self {
            aggregation: Aggregation {
                filter: filter.unwrap_or_else(Filter::all),
                having: having.unwrap_or_else(Filter::all),
                limit: limit.unwrap_or(MOST_GROUPS),
                ..reading.reader.finish()?
            },
            keys: reading.keys.into_iter().map(|(path, _)| path).collect(),
            aggregates: reading
                .aggregates
                .into_iter()
                .filter_map(|(name, place)| Some((name, place?)))
                .collect(),
        })
    }
}

/// A key as the body has it.
struct AskedKey<'j> {
    field: &'j str,
    /// Where the field is named.
    at: Pointer,
    by: Option<&'j str>,
    shown_as: Option<&'j str>,
}

struct Reading<'m> {
    reader: Reader<'m>,
    /// The path of each key, and its place if it is right.
    keys: Vec<(Vec<String>, Option<usize>)>,
    /// The name of each aggregate, and its place if it is right.
    aggregates: IndexMap<String, Option<usize>>,
}

impl Reading<'_> {
    fn is_sound(&self) -> bool {
        self.reader.violations.is_empty()
    }

    fn refuse_unknown(&mut self, body: &Map<String, Json>) {
        let unknown = body.keys().filter(|key| !MEMBERS.contains(&key.as_str()));
        for key in unknown.take(MOST_TOLD) {
            let message = format!("`{}` is none of {}", clip(key), MEMBERS.join(", "));
            self.reader
                .refuse(Pointer::root().key(key), "unknown_key", message);
        }
    }

    fn group_by(&mut self, keys: &Json, at: &Pointer) {
        let Some(keys) = keys.as_array() else {
            let message = "a list of fields is expected";
            self.reader.refuse(at.clone(), "type", message);
            return;
        };
        // The one beyond the most is refused as such, and those after it are not looked at.
        for (index, key) in keys.iter().enumerate().take(MOST_KEYS + 1) {
            self.key(key, &at.key(index));
        }
    }

    fn key(&mut self, key: &Json, at: &Pointer) {
        let asked = match key {
            Json::String(name) => Some(AskedKey {
                field: name,
                at: at.clone(),
                by: None,
                shown_as: None,
            }),
            Json::Object(map) => self.asked_key(map, at),
            _ => {
                let message = "a field is expected, or {\"field\": …, \"by\": \"month\"}";
                self.reader.refuse(at.clone(), "type", message);
                None
            }
        };
        let Some(asked) = asked else { return };
        let path: Vec<&str> = asked.field.split('.').collect();
        let at_part = at.key("by");
        let part = asked.by.map(|part| (part, &at_part));
        let place = self.reader.key(&path, &asked.at, part);
        let shown = match asked.shown_as {
            Some(name) => vec![name.to_owned()],
            None => path.into_iter().map(str::to_owned).collect(),
        };
        // Of what is wrong itself, nothing more is said.
        if place.is_some() && self.keys.iter().any(|(other, _)| within(other, &shown)) {
            let message = format!(
                "`{}` means something else already: name it anew with `as`",
                clip(&shown.join("."))
            );
            self.reader.refuse(at.clone(), "clash", message);
        }
        self.keys.push((shown, place));
    }

    fn asked_key<'j>(&mut self, map: &'j Map<String, Json>, at: &Pointer) -> Option<AskedKey<'j>> {
        let unknown = map
            .keys()
            .filter(|key| !KEY_MEMBERS.contains(&key.as_str()));
        for unknown in unknown.take(MOST_TOLD) {
            let message = format!("`{}` is none of {}", clip(unknown), KEY_MEMBERS.join(", "));
            self.reader.refuse(at.key(unknown), "unknown_key", message);
        }
        let mut text = |name: &str, message: &str| match map.get(name) {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(text.as_str()),
            Some(_) => {
                self.reader.refuse(at.key(name), "type", message);
                None
            }
        };
        let by = text("by", "a part of a date is expected, such as \"month\"");
        let shown_as = text("as", "a name is expected");
        let Some(field) = map.get("field").and_then(Json::as_str) else {
            let message = "the name of a field is expected";
            self.reader.refuse(at.key("field"), "type", message);
            return None;
        };
        if let Some(name) = shown_as {
            self.check_word(name, &at.key("as"));
        }
        Some(AskedKey {
            field,
            at: at.key("field"),
            by,
            shown_as,
        })
    }

    fn read_aggregates(&mut self, aggregates: &Json, at: &Pointer) {
        let Some(aggregates) = aggregates.as_object() else {
            let message = "an object is expected, such as {\"total\": {\"sum\": \"amount\"}}";
            return self.reader.refuse(at.clone(), "type", message);
        };
        if aggregates.len() > MOST_AGGREGATES {
            let message = format!("at most {MOST_AGGREGATES} aggregates are answered at once");
            return self.reader.refuse(at.clone(), "too_many", message);
        }
        for (name, wanted) in aggregates {
            let at = at.key(name);
            self.check_name(name, &at);
            let place = self.aggregate(wanted, &at);
            self.aggregates.insert(name.clone(), place);
        }
    }

    /// Checks a name of the answer.
    fn check_word(&mut self, name: &str, at: &Pointer) -> bool {
        let word = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && name.len() <= LONGEST_NAME;
        if !word {
            let message = format!(
                "a name has letters, digits and underscores, begins with a letter, and is at most {LONGEST_NAME} long"
            );
            self.reader.refuse(at.clone(), "pattern", message);
        }
        word
    }

    fn check_name(&mut self, name: &str, at: &Pointer) {
        if !self.check_word(name, at) {
            return;
        }
        let taken = self.keys.iter().any(|(path, _)| path[0] == name);
        if taken || matches!(name, "and" | "or" | "not") {
            let message = format!("`{name}` means something else already: choose another name");
            self.reader.refuse(at.clone(), "clash", message);
        }
    }

    fn aggregate(&mut self, wanted: &Json, at: &Pointer) -> Option<usize> {
        let entries: Vec<_> = wanted.as_object().into_iter().flatten().collect();
        let [(word, field)] = entries.as_slice() else {
            let message = "one aggregate is expected, such as {\"sum\": \"amount\"}";
            self.reader.refuse(at.clone(), "type", message);
            return None;
        };
        let at = at.key(word);
        let Some(function) = Function::named(word) else {
            let known = Function::ALL.map(Function::name).join(", ");
            let message = format!("`{}` is none of {known}", clip(word));
            self.reader.refuse(at, "unknown_operator", message);
            return None;
        };
        let Some(field) = field.as_str() else {
            let message = "the name of a field is expected";
            self.reader.refuse(at, "type", message);
            return None;
        };
        if function == Function::Count && field == "*" {
            return self.reader.aggregate(function, None, &at);
        }
        let path: Vec<&str> = field.split('.').collect();
        self.reader.aggregate(function, Some(&path), &at)
    }

    fn sort(&mut self, sort: &Json, at: &Pointer) {
        let Some(sort) = sort.as_str() else {
            let message = "keys of an order are expected, such as \"-total,stage\"";
            return self.reader.refuse(at.clone(), "type", message);
        };
        let keys = sort.split(',').filter(|key| !key.is_empty());
        for key in keys.take(MOST_ORDERS + 1) {
            let (name, direction, nulls) = sort::read_key(key);
            let column = match self.column(name) {
                Named::Aggregate(place) => {
                    let place = self.reader.compared(place, at);
                    let column = place.map(|place| &self.reader.aggregates()[place].column);
                    column.map_or(Named::Wrong, |column| Named::Column(column.clone()))
                }
                named => named,
            };
            match column {
                Named::Column(column) => {
                    let order = Order {
                        column,
                        direction,
                        nulls,
                    };
                    self.reader.order_by(order, at);
                }
                Named::Wrong | Named::Aggregate(_) => {}
                Named::Unknown => {
                    let keys = self.keys.iter().map(|(path, _)| path.join("."));
                    let known: Vec<_> = keys.chain(self.aggregates.keys().cloned()).collect();
                    let message = format!("`{}` is none of {}", clip(name), known.join(", "));
                    self.reader.refuse(at.clone(), "unknown", message);
                }
            }
        }
    }

    /// The part of the answer under a name.
    fn column(&self, name: &str) -> Named {
        let path: Vec<&str> = name.split('.').collect();
        let key = self.keys.iter().find(|(key, _)| *key == path);
        match (self.aggregates.get(name), key) {
            (Some(Some(place)), _) => Named::Aggregate(*place),
            (None, Some((_, Some(place)))) => {
                Named::Column(self.reader.keys()[*place].column.clone())
            }
            (None, None) => Named::Unknown,
            (Some(None), _) | (None, Some((_, None))) => Named::Wrong,
        }
    }

    fn limit(&mut self, limit: &Json, at: &Pointer) -> u32 {
        let number = limit.as_u64().and_then(|limit| u32::try_from(limit).ok());
        let limit = number.filter(|limit| (1..=MOST_GROUPS).contains(limit));
        limit.unwrap_or_else(|| {
            let message = format!("a whole number from 1 to {MOST_GROUPS} is expected");
            self.reader.refuse(at.clone(), "range", message);
            MOST_GROUPS
        })
    }
}

/// The column that a key of an order names.
enum Named {
    Column(SqlName),
    /// By its place.
    Aggregate(usize),
    /// Something that has been refused already.
    Wrong,
    Unknown,
}

/// Whether one path is the beginning of the other, so that both cannot be shown.
fn within(one: &[String], other: &[String]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}
