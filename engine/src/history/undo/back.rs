//! What one record gets back of what it was, and what of it is left alone.

use serde_json::{Map, Value as Json};
use tessera_schema::access::input::Input;
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Field, Object, Via};
use tessera_schema::record::Record;
use tessera_schema::violation::Violation;

use super::part::Part;
use crate::history::event::Values;
use crate::history::revert::{holds, is_binned, restorable, version};
use crate::history::state::fitting;

/// How a record that is there gets back what it was.
pub(super) struct Back<'o> {
    /// What it is to be.
    pub(super) state: Values,
    /// The fields that get their values of that.
    pub(super) fields: Vec<&'o Field>,
    /// The fields that were changed since.
    pub(super) left: Vec<String>,
    /// Out of the bin, before its fields get their values.
    pub(super) comes_out: bool,
    /// Into the bin, after that.
    pub(super) goes_in: bool,
}

impl<'o> Back<'o> {
    pub(super) fn of(object: &'o Object, part: &Part, now: &Values) -> Self {
        let mut back = Self {
            state: now.clone(),
            fields: Vec::new(),
            left: Vec::new(),
            comes_out: false,
            goes_in: false,
        };
        let before = fitting(object, &part.before);
        for field in restorable(object) {
            let mut columns = field
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .filter(|name| part.before.contains_key(*name))
                .peekable();
            if columns.peek().is_none() {
                continue;
            }
            let same = |one: &Values, other: &Values| {
                let mut columns = columns.clone();
                columns.all(|name| one.get(name) == other.get(name))
            };
            if same(&part.before, &part.after) || same(&part.before, now) {
                continue;
            }
            if same(&part.after, now) && columns.clone().all(|name| before.contains_key(name)) {
                for name in columns {
                    let value = part.before.get(name).cloned().unwrap_or_default();
                    back.state.insert(name.to_owned(), value);
                }
                back.fields.push(field);
            } else {
                back.left.push(field.value_key());
            }
        }
        back.by_way_of_the_bin(part, is_binned(now));
        back
    }

    /// Decides which way it goes. A record in the bin takes no values: it comes out for them where the change has put it there, and
    /// otherwise is left alone.
    fn by_way_of_the_bin(&mut self, part: &Part, binned: bool) {
        let moved = part.before.contains_key("deleted_at") && is_binned(&part.after) == binned;
        let was = is_binned(&part.before);
        let writes = !self.fields.is_empty();
        match (moved, was, binned) {
            (true, false, true) => self.comes_out = true,
            (true, true, false) => self.goes_in = true,
            (true, true, true) => (self.comes_out, self.goes_in) = (writes, writes),
            (false, _, true) => {
                let fields = self.fields.drain(..).map(Field::value_key);
                self.left.extend(fields);
            }
            (true, false, false) | (false, _, false) => {}
        }
    }
}

/// The fields of a record that a change made which were changed since.
pub(super) fn changed_since(object: &Object, part: &Part, now: &Values) -> Vec<String> {
    if version(now) == version(&part.after) {
        return Vec::new();
    }
    let fields = restorable(object).filter(|field| {
        let mut columns = field.columns.iter().map(|column| column.name.as_str());
        // A column that is not in the event was null.
        columns.any(|name| now.get(name) != Some(part.after.get(name).unwrap_or(&Json::Null)))
    });
    fields.map(Field::value_key).collect()
}

/// The fields that a change gave other values.
pub(super) fn touched(object: &Object, part: &Part) -> Vec<String> {
    let fields = object.fields.values().map(AsRef::as_ref);
    let fields = fields.filter(|field: &&Field| {
        let said_apart = field.system && field.api_name().as_str() != "deleted_at";
        let mut columns = field.columns.iter().map(|column| column.name.as_str());
        !said_apart && columns.any(|name| part.before.get(name) != part.after.get(name))
    });
    fields.map(Field::value_key).collect()
}

/// What of a destroyed record no event has: the records at the other side of many-to-many relations.
pub(super) fn lost(object: &Object) -> Vec<String> {
    let own = object.own_fields();
    let own = own.filter(|field| field.linked().is_some());
    let own = own.map(|field| field.value_key());
    let inverses = object.inverses.iter();
    let inverses = inverses.filter(|(_, inverse)| matches!(inverse.to_many.via, Via::Link { .. }));
    own.chain(inverses.map(|(name, _)| name.to_string()))
        .collect()
}

/// The values of these fields as a change, as far as they are valid now; and the fields whose values are not.
pub(super) fn valid(
    input: &Input<'_>,
    fields: &[&Field],
    shown: &Json,
) -> (Option<Record>, Vec<String>) {
    let mut body: Map<String, Json> = fields
        .iter()
        .map(|field| {
            let key = field.value_key();
            let value = shown.get(&key).cloned().unwrap_or_default();
            (key, value)
        })
        .collect();
    let read = |body: &Map<String, Json>| {
        Record::update(input.clone(), &Json::Object(body.clone()), Spelling::Snake)
    };
    match read(&body) {
        Ok(record) => (Some(record), Vec::new()),
        Err(violations) => {
            let refused = named(&violations);
            body.retain(|key, _| !refused.contains(key));
            let rest = read(&body).ok().filter(|_| !body.is_empty());
            (rest, refused)
        }
    }
}

/// A destroyed record as a new one of the same id.
pub(super) fn remade(
    object: &Object,
    id: RecordId,
    state: &Values,
    shown: &Json,
) -> Result<Record, Vec<Violation>> {
    let held = fitting(object, state);
    let body = restorable(object).filter(|field| holds(&held, field));
    let body = body.filter_map(|field| {
        let key = field.value_key();
        let value = shown.get(&key).cloned().unwrap_or_default();
        // What is empty is left out, unless it would be filled.
        let filled = field.definition.default_value.is_some();
        (filled || !value.is_null()).then_some((key, value))
    });
    let mut record = Record::create(object, &Json::Object(body.collect()), Spelling::Snake)?;
    let columns = object.own_fields().flat_map(|field| &field.columns);
    for column in columns.filter(|column| column.column_type.numbering.is_some()) {
        if let Some(number) = held.get(column.name.as_str()) {
            record.columns.insert(column.name.clone(), number.clone());
        }
    }
    record.id = Some(id);
    Ok(record)
}

/// The fields that violations are about.
pub(super) fn named(violations: &[Violation]) -> Vec<String> {
    let keys = violations.iter();
    let keys = keys.filter_map(|violation| violation.pointer.keys().next());
    let mut keys: Vec<String> = keys.collect();
    keys.dedup();
    keys
}
