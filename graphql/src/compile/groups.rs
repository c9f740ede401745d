//! Groups of records, and what is reckoned over the records of a group or of a connection.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::query::tree::{AmountPart, ConnectionPart, GroupItem, GroupShape, Root};
use tessera_error::UserError;
use tessera_schema::aggregate::{Aggregation, MOST_GROUPS, Names, Order, Reader};
use tessera_schema::filter::Filter;
use tessera_schema::function::Function;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::source::{Fixed, Origin};
use tessera_schema::violation::{Pointer, Violation};

use super::Compiler;
use super::arguments::direction;
use crate::error::GraphQlError;
use crate::field::Field;
use crate::schema::WHOLE;

impl Compiler<'_> {
    pub(super) fn groups(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<Root, GraphQlError> {
        let at = |name: &str| Pointer::root().key(name);
        let mut reader = Reader::new(self.model, object, Spelling::Camel);
        let items = field.argument("groupBy").and_then(Json::as_array);
        for (index, item) in items.into_iter().flatten().enumerate() {
            keys(
                &mut reader,
                item,
                &mut Vec::new(),
                &at("groupBy").key(index),
            );
        }
        let shape = self.group_shape(&mut reader, field)?;
        reader.time_zone = self.time_zone.cloned();
        if let Some(zone) = field.argument("timeZone") {
            reader.time_zone(zone, &at("timeZone"));
        }
        let filter = field.argument("filter").map(|filter| {
            let origin = self.origin(field, "filter");
            let origin: &dyn Origin = origin.as_ref().map_or(&Fixed, |origin| origin);
            reader.filter(filter, origin)
        });
        let having = field
            .argument("having")
            .map(|having| reader.having(having, Names::Functions, &at("having")));
        let items = field.argument("orderBy").and_then(Json::as_array);
        for (index, item) in items.into_iter().flatten().enumerate() {
            orders(
                &mut reader,
                item,
                &mut Vec::new(),
                &at("orderBy").key(index),
            );
        }
        let limit = field.argument("first").map(|first| {
            let number = first.as_u64().and_then(|first| u32::try_from(first).ok());
            number
                .filter(|first| *first <= MOST_GROUPS)
                .unwrap_or_else(|| {
                    let message = format!("`first` is a number from 0 to {MOST_GROUPS}");
                    reader.refuse(at("first"), "range", message);
                    MOST_GROUPS
                })
        });
        let read = self.finished(field, reader)?;
        Ok(Root::Groups {
            object: Arc::clone(object),
            aggregation: Aggregation {
                filter: filter.unwrap_or_else(Filter::all),
                having: having.unwrap_or_else(Filter::all),
                limit: limit.unwrap_or(MOST_GROUPS),
                ..read
            },
            shape,
        })
    }

    /// What is reckoned over all records of a connection.
    pub(super) fn aggregate(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<ConnectionPart, GraphQlError> {
        let mut reader = Reader::new(self.model, object, Spelling::Camel);
        let shape = self.group_shape(&mut reader, field)?;
        let read = self.finished(field, reader)?;
        Ok(ConnectionPart::Aggregate(read.aggregates, shape))
    }

    fn finished(&self, field: &Field, reader: Reader<'_>) -> Result<Aggregation, GraphQlError> {
        let read = reader.finish();
        read.map_err(|violations| self.error(field, &UserError::Malformed(violations)))
    }

    fn group_shape(
        &mut self,
        reader: &mut Reader<'_>,
        field: &Field,
    ) -> Result<GroupShape, GraphQlError> {
        self.shape(field, |compiler, part| match part.name.as_str() {
            "keys" => {
                let shape = compiler.key_shape(reader, part, &mut Vec::new())?;
                Ok(GroupItem::Object(shape))
            }
            name => {
                let name = Spelling::Camel.read(name);
                let function = name.as_deref().and_then(Function::named);
                let function = function.ok_or_else(|| compiler.unknown(part))?;
                compiler.reckoned(reader, function, part)
            }
        })
    }

    fn key_shape(
        &mut self,
        reader: &Reader<'_>,
        field: &Field,
        path: &mut Vec<String>,
    ) -> Result<GroupShape, GraphQlError> {
        self.shape(field, |compiler, part| {
            path.push(part.name.clone());
            let item = if part.fields.is_empty() {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                let place = reader.key_of(&names);
                place.map(GroupItem::Key).ok_or_else(|| {
                    let message = format!("groups are not made by `{}`", names.join("."));
                    let error = UserError::malformed(Pointer::root(), "unknown", message);
                    compiler.error(part, &error)
                })
            } else {
                compiler
                    .key_shape(reader, part, path)
                    .map(GroupItem::Object)
            };
            path.pop();
            item
        })
    }

    fn reckoned(
        &mut self,
        reader: &mut Reader<'_>,
        function: Function,
        field: &Field,
    ) -> Result<GroupItem, GraphQlError> {
        // What is wrong is told when the reader has finished; nothing of this is used then.
        let aggregate = |reader: &mut Reader<'_>, path: Option<&[&str]>| {
            let place = reader.aggregate(function, path, &Pointer::root());
            GroupItem::Aggregate(place.unwrap_or_default())
        };
        if function == Function::Count {
            return Ok(aggregate(reader, None));
        }
        let shape = self.shape(field, |compiler, part| {
            let item = aggregate(reader, Some(&[&part.name]));
            if part.fields.is_empty() {
                return Ok(item);
            }
            compiler.amounts(reader, item, part)
        });
        shape.map(GroupItem::Object)
    }

    /// What is shown of an aggregate for each unit.
    fn amounts(
        &self,
        reader: &Reader<'_>,
        item: GroupItem,
        field: &Field,
    ) -> Result<GroupItem, GraphQlError> {
        let GroupItem::Aggregate(place) = item else {
            return Ok(item);
        };
        let aggregate = reader.aggregates().get(place);
        let Some(per) = aggregate.and_then(|aggregate| aggregate.per.as_ref()) else {
            return Ok(item);
        };
        let parts = field.fields.iter().map(|part| {
            let name = Spelling::Camel.read(&part.name);
            let unit = per
                .units
                .iter()
                .position(|unit| Some(&*unit.name) == name.as_deref());
            let shown = match unit {
                _ if part.name == "__typename" => AmountPart::Constant(part.parent.to_string()),
                Some(unit) => AmountPart::Unit(unit),
                None if name.as_deref() == Some(&*per.amount) => AmountPart::Amount,
                None => return Err(self.unknown(part)),
            };
            Ok((part.key.clone(), shown))
        });
        Ok(GroupItem::Amounts(place, parts.collect::<Result<_, _>>()?))
    }

    /// Each of a field's fields by its response key.
    fn shape(
        &mut self,
        field: &Field,
        mut item: impl FnMut(&mut Self, &Field) -> Result<GroupItem, GraphQlError>,
    ) -> Result<GroupShape, GraphQlError> {
        let mut shape = GroupShape::default();
        for part in &field.fields {
            self.path.push(part.key.clone());
            let item = if part.name == "__typename" {
                GroupItem::Constant(part.parent.to_string())
            } else {
                item(self, part)?
            };
            self.path.pop();
            shape.0.push((part.key.clone(), item));
        }
        Ok(shape)
    }
}

/// The keys of one item of `groupBy`: the path to each choice in it.
fn keys<'j>(reader: &mut Reader<'_>, item: &'j Json, path: &mut Vec<&'j str>, at: &Pointer) {
    match item {
        Json::Object(entries) => {
            for (name, inner) in entries {
                path.push(name);
                keys(reader, inner, path, &at.key(name));
                path.pop();
            }
        }
        Json::Bool(true) => add_key(reader, path, at, None),
        Json::String(word) => {
            let part = word.to_ascii_lowercase();
            add_key(reader, path, at, (word != WHOLE).then_some(&part));
        }
        _ => {}
    }
}

fn add_key(reader: &mut Reader<'_>, path: &[&str], at: &Pointer, part: Option<&String>) {
    // Keys are shown under their fields, so there is place for one of each.
    if reader.key_of(path).is_some() {
        reader.refuse(at.clone(), "clash", "groups are made by this already");
    } else {
        reader.key(path, at, part.map(|part| (part.as_str(), at)));
    }
}

/// The keys of one item of `orderBy`: the path to each direction in it.
fn orders<'j>(reader: &mut Reader<'_>, item: &'j Json, path: &mut Vec<&'j str>, at: &Pointer) {
    match item {
        Json::Object(entries) => {
            for (name, inner) in entries {
                path.push(name);
                orders(reader, inner, path, &at.key(name));
                path.pop();
            }
        }
        Json::String(word) => match (ordered(reader, path, at), direction(word)) {
            (Ok(column), Some((direction, nulls))) => {
                let order = Order {
                    column,
                    direction,
                    nulls,
                };
                reader.order_by(order, at);
            }
            (Ok(_), None) => {
                reader.refuse(at.clone(), "unknown", format!("`{word}` is no direction"));
            }
            (Err(violation), _) => reader.refuse_all(violation),
        },
        _ => {}
    }
}

/// The column of the groups that a path of `orderBy` names.
fn ordered(
    reader: &mut Reader<'_>,
    path: &[&str],
    at: &Pointer,
) -> Result<tessera_schema::column::SqlName, Option<Violation>> {
    let unknown = |message| Some(Violation::new(at.clone(), "unknown", message));
    let [first, rest @ ..] = path else {
        return Err(None);
    };
    if *first == "keys" {
        let place = reader
            .key_of(rest)
            .ok_or_else(|| unknown(format!("groups are not made by `{}`", rest.join("."))))?;
        return Ok(reader.keys()[place].column.clone());
    }
    let name = Spelling::Camel.read(first);
    let function = name.as_deref().and_then(Function::named);
    let function = function.ok_or_else(|| unknown(format!("`{first}` is no aggregate")))?;
    let operand = (!rest.is_empty()).then_some(rest);
    let place = reader.aggregate(function, operand, at).ok_or(None)?;
    let place = reader.compared(place, at).ok_or(None)?;
    Ok(reader.aggregates()[place].column.clone())
}
