//! The values that a caller writes into a record: checked against the object, in normal form, absent apart from null.

use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::access::input::Input;
use crate::column::SqlName;
use crate::composite::Demand;
use crate::ident::{ApiName, RecordId};
use crate::naming::Spelling;
use crate::object::{Attribute, Field, Object};
use crate::storage::Component;
use crate::unknown::unknown_value;
use crate::violation::{Pointer, Violation, is_enough};

/// The values of one write. A value that is not in it was absent, and stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Only where the caller gave one.
    pub id: Option<RecordId>,
    /// Normal values by column; null empties.
    pub columns: BTreeMap<SqlName, Json>,
    /// Parts that a change leaves out of composite values which it fills: what they become where they are empty.
    pub fills: BTreeMap<SqlName, Json>,
    /// The other sides of many-to-many relations, whole lists.
    pub links: Vec<(ApiName, Vec<Json>)>,
}

impl Record {
    /// The other sides of the many-to-many relations that the write names.
    #[must_use]
    pub fn linked(&self, field: &ApiName) -> Option<&[Json]> {
        let mut links = self.links.iter();
        let (_, ids) = links.find(|(name, _)| name == field)?;
        Some(ids)
    }

    /// A new record: defaults fill absent values, and required values must be there.
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the record.
    pub fn create<'o>(
        input: impl Into<Input<'o>>,
        body: &Json,
        spelling: Spelling,
    ) -> Result<Self, Vec<Violation>> {
        let upsert = Upsert::read(input, body, spelling)?;
        Ok(upsert.into_created())
    }

    /// A change: absent keys stay, and a required field may not be emptied.
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the record.
    pub fn update<'o>(
        input: impl Into<Input<'o>>,
        body: &Json,
        spelling: Spelling,
    ) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader::new(input.into(), spelling);
        let record = reader.change(body);
        reader.finish(record)
    }

    /// The names of the columns a change touches, in a stable order.
    pub fn touched(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.keys().chain(self.fills.keys());
        columns.map(SqlName::as_str)
    }
}

/// A record that is new where no other has its key, and changes the one that has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Upsert {
    /// The values that the caller gave; a value that is not in it was absent.
    pub given: Record,
    /// The values that fill the rest where the record is new.
    pub defaults: Record,
}

impl Upsert {
    /// Reads a record. Whether it is new only the database knows, so it is checked as a new one: required values must be there.
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the record.
    pub fn read<'o>(
        input: impl Into<Input<'o>>,
        body: &Json,
        spelling: Spelling,
    ) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader::new(input.into(), spelling);
        let mut given = reader.read(body, true);
        reader.preset(false, true, &mut given);
        let mut defaults = Record::default();
        reader.preset(true, true, &mut defaults);
        for field in reader.whole.own_fields() {
            reader.fill(field, &mut defaults);
        }
        defaults.columns.append(&mut reader.left_out);
        let given = reader.finish(given)?;
        Ok(Self { given, defaults })
    }

    /// The record as it is where it is new.
    #[must_use]
    pub fn created(&self) -> Record {
        self.clone().into_created()
    }

    fn into_created(self) -> Record {
        let mut record = self.given;
        record.fills.clear();
        record.columns.extend(self.defaults.columns);
        record.links.extend(self.defaults.links);
        record
    }
}

/// The change of one record among several.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub id: RecordId,
    /// The version that the record must still have.
    pub version: Option<i32>,
    pub values: Record,
}

impl Change {
    /// Reads `id`, `version` where it is there, and the rest as [`Record::update`] does.
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the record.
    pub fn read<'o>(
        input: impl Into<Input<'o>>,
        body: &Json,
        spelling: Spelling,
    ) -> Result<Self, Vec<Violation>> {
        const ID: &str = "id";
        const VERSION: &str = "version";
        let mut reader = Reader::new(input.into(), spelling);
        let mut given = Record::default();
        let mut version = None;
        let values = match body {
            Json::Object(map) => {
                match map.get(ID) {
                    Some(id) => reader.id(&mut given, id, Pointer::root().key(ID)),
                    None => reader.violations.push(Violation::new(
                        Pointer::root().key(ID),
                        "required",
                        "say by its id which record is changed",
                    )),
                }
                if let Some(value) = map.get(VERSION) {
                    version = reader.version(value, Pointer::root().key(VERSION));
                }
                let rest = map.iter().filter(|(key, _)| *key != ID && *key != VERSION);
                let rest = rest.map(|(key, value)| (key.clone(), value.clone()));
                reader.change(&Json::Object(rest.collect()))
            }
            other => reader.change(other),
        };
        let values = reader.finish(values)?;
        Ok(Self {
            id: given.id.expect("without it there is a violation"),
            version,
            values,
        })
    }
}

struct Reader<'o> {
    input: Input<'o>,
    /// As the caller knows it.
    object: &'o Object,
    whole: &'o Object,
    spelling: Spelling,
    violations: Vec<Violation>,
    /// Fields whose value was given, well or badly.
    given: Vec<&'o ApiName>,
    /// The parts that composite values of a new record were given without.
    left_out: BTreeMap<SqlName, Json>,
}

impl<'o> Reader<'o> {
    const fn new(input: Input<'o>, spelling: Spelling) -> Self {
        Self {
            object: input.seen,
            whole: input.whole,
            input,
            spelling,
            violations: Vec::new(),
            given: Vec::new(),
            left_out: BTreeMap::new(),
        }
    }

    fn finish(self, record: Record) -> Result<Record, Vec<Violation>> {
        if self.violations.is_empty() {
            Ok(record)
        } else {
            Err(self.violations)
        }
    }

    /// The changes that a body makes to a record.
    fn change(&mut self, body: &Json) -> Record {
        let mut record = self.read(body, false);
        self.preset(false, false, &mut record);
        record
    }

    /// Sets what the caller's role sets: in new records, or in all (`!new`). A value that the caller may give, and gave, stays.
    fn preset(&mut self, new: bool, creating: bool, record: &mut Record) {
        let object = self.whole;
        let presets = self.input.presets(new).to_vec();
        for (key, value) in presets {
            let Some(
                Attribute::Column(field, _)
                | Attribute::Composite(field, _)
                | Attribute::LinkIds(field),
            ) = object.attribute(&key)
            else {
                continue;
            };
            if !self.given.contains(&field.api_name()) {
                self.given.push(field.api_name());
                let key = self.spelling.write(&key).into_owned();
                self.value(field, &value, &key, creating, record);
            }
        }
    }

    fn read(&mut self, body: &Json, creating: bool) -> Record {
        let mut record = Record::default();
        let Some(map) = body.as_object() else {
            let message = "a record is a JSON object";
            self.violations
                .push(Violation::new(Pointer::root(), "type", message));
            return record;
        };
        for (key, value) in map {
            if is_enough(&self.violations) {
                break;
            }
            let at = || Pointer::root().key(key);
            let name = self.spelling.read(key);
            let field = match name
                .as_deref()
                .map(|name| (name, self.object.attribute(name)))
            {
                Some(("id", _)) if creating => {
                    self.id(&mut record, value, at());
                    continue;
                }
                Some((
                    _,
                    Some(
                        Attribute::Column(field, _)
                        | Attribute::Composite(field, _)
                        | Attribute::LinkIds(field),
                    ),
                )) => field,
                Some((name, Some(Attribute::ToOne(_) | Attribute::ToMany(_)))) => {
                    let message = self.relation_message(name);
                    self.violations
                        .push(Violation::new(at(), "unknown", message));
                    continue;
                }
                _ => {
                    self.violations
                        .push(unknown_value(self.object, key, at(), self.spelling));
                    continue;
                }
            };
            if !field.writable() {
                let message = format!(
                    "`{}` is kept by the server",
                    self.spelling.write(&field.value_key())
                );
                self.violations
                    .push(Violation::new(at(), "read_only", message));
                continue;
            }
            if !self.input.may_give(field) {
                let message = format!("your role may not write `{key}`");
                self.violations
                    .push(Violation::new(at(), "forbidden", message));
                continue;
            }
            self.given.push(field.api_name());
            self.value(field, value, key, creating, &mut record);
        }
        record
    }

    fn relation_message(&self, name: &str) -> String {
        let key = self.object.fields.get(name).map(|field| field.value_key());
        match key {
            Some(key) => format!(
                "a relation is written by id: use `{}`",
                self.spelling.write(&key)
            ),
            None => format!(
                "`{}` is written from its other side",
                self.spelling.write(name)
            ),
        }
    }

    fn id(&mut self, record: &mut Record, value: &Json, at: Pointer) {
        let id = value
            .as_str()
            .and_then(|text| uuid::Uuid::parse_str(text).ok());
        match id {
            Some(id) => record.id = Some(RecordId(id)),
            None => self
                .violations
                .push(Violation::new(at, "format", "a UUID is expected")),
        }
    }

    fn version(&mut self, value: &Json, at: Pointer) -> Option<i32> {
        let version = value.as_i64().and_then(|number| i32::try_from(number).ok());
        let version = version.filter(|version| *version > 0);
        if version.is_none() {
            let message = "a version is a whole number above 0";
            self.violations.push(Violation::new(at, "type", message));
        }
        version
    }

    fn value(
        &mut self,
        field: &Field,
        value: &Json,
        key: &str,
        creating: bool,
        record: &mut Record,
    ) {
        if value.is_null() {
            if field.definition.required {
                self.required(field, key);
            } else {
                empty(field, record);
            }
            return;
        }
        let value = self.snake_components(field, value);
        let read = match field.components() {
            [] => field.store(&value).map(|values| put(field, values, record)),
            components => self.parts(field, components, &value, creating, record),
        };
        if let Err(violations) = read {
            let spelled = violations.into_iter().map(|v| self.spell(field, v));
            let spelled: Vec<_> = spelled.map(|v| v.below(key)).collect();
            self.violations.extend(spelled);
        }
    }

    /// A composite value. Of a new record it is whole, with defaults for the parts that are left out; a change may name any
    /// of the parts.
    fn parts(
        &mut self,
        field: &Field,
        components: &[Component],
        value: &Json,
        creating: bool,
        record: &mut Record,
    ) -> Result<(), Vec<Violation>> {
        let parts: Vec<Option<Json>> = if creating {
            field.store(value)?.into_iter().map(Some).collect()
        } else {
            field.change(value)?
        };
        let given = |component: &Component| value.get(&*component.name).is_some();
        let whole = creating || components.iter().all(given);
        if whole {
            let missing = |part: &Option<Json>| part.as_ref().is_none_or(Json::is_null);
            let unmet: Vec<_> = Demand::of(field)
                .into_iter()
                .filter(|demand| demand.fails(parts.len(), |index| missing(&parts[index])))
                .map(|demand| demand.violation(field))
                .collect();
            if !unmet.is_empty() {
                return Err(unmet);
            }
        }
        let filled = parts.iter().flatten().any(|part| !part.is_null());
        let columns = field.columns.iter().map(|column| column.name.clone());
        for ((component, part), column) in components.iter().zip(parts).zip(columns) {
            if given(component) {
                record.columns.insert(column, part.unwrap_or_default());
                continue;
            }
            if let Some(default) = component.default.clone().filter(|_| filled) {
                record.fills.insert(column.clone(), default);
            }
            if creating {
                self.left_out.insert(column, part.unwrap_or_default());
            }
        }
        Ok(())
    }

    /// A composite's keys as its field type knows them.
    fn snake_components<'v>(&self, field: &Field, value: &'v Json) -> Cow<'v, Json> {
        match (self.spelling, value) {
            (Spelling::Camel, Json::Object(map)) if !field.components().is_empty() => {
                let keys = map.iter().map(|(key, value)| {
                    let name = self
                        .spelling
                        .read(key)
                        .map_or_else(|| key.clone(), Cow::into_owned);
                    (name, value.clone())
                });
                Cow::Owned(Json::Object(keys.collect()))
            }
            _ => Cow::Borrowed(value),
        }
    }

    /// A violation inside a composite, named as the caller spells it.
    fn spell(&self, field: &Field, violation: Violation) -> Violation {
        match violation.pointer.as_str().strip_prefix('/') {
            Some(component) if !field.components().is_empty() => {
                let pointer = Pointer::root().key(self.spelling.write(component));
                Violation {
                    pointer,
                    ..violation
                }
            }
            _ => violation,
        }
    }

    /// A field of a new record that the caller left out.
    fn fill(&mut self, field: &Field, record: &mut Record) {
        let default = field.definition.default_value.as_ref();
        let default = default.filter(|default| !default.is_null());
        // Most have neither, and are done with at once.
        let may_stay_empty = default.is_none() && !field.definition.required;
        if may_stay_empty || self.given.contains(&field.api_name()) || !field.writable() {
            return;
        }
        let key = || self.spelling.write(&field.value_key()).into_owned();
        match default.map(|default| field.store(default)) {
            Some(Ok(values)) => put(field, values, record),
            Some(Err(violations)) => {
                let key = key();
                let below = violations.into_iter().map(|v| v.below(&key));
                self.violations.extend(below);
            }
            None if self.object.fields.contains_key(field.api_name()) => {
                self.required(field, &key());
            }
            None => {
                let message = "a value is required that your role may not give";
                let violation = Violation::new(Pointer::root(), "required", message);
                self.violations.push(violation);
            }
        }
    }

    fn required(&mut self, field: &Field, key: &str) {
        let message = format!("{} is required", field.definition.name);
        self.violations.push(Violation::new(
            Pointer::root().key(key),
            "required",
            message,
        ));
    }
}

fn put(field: &Field, values: Vec<Json>, record: &mut Record) {
    if field.columns.is_empty() {
        let ids = values.into_iter().next().map(|ids| match ids {
            Json::Array(ids) => ids,
            _ => Vec::new(),
        });
        record
            .links
            .push((field.api_name().clone(), ids.unwrap_or_default()));
        return;
    }
    for (column, value) in field.columns.iter().zip(values) {
        record.columns.insert(column.name.clone(), value);
    }
}

fn empty(field: &Field, record: &mut Record) {
    if field.columns.is_empty() {
        record.links.push((field.api_name().clone(), Vec::new()));
    }
    for column in &field.columns {
        record.columns.insert(column.name.clone(), Json::Null);
    }
}
