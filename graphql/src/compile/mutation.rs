//! Writes.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_engine::error::UserError;
use tessera_engine::query::tree::Selection;
use tessera_engine::write::{Action, Expected, Write};
use tessera_schema::filter::{Filter, Quantifier};
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::Record;
use tessera_schema::violation::{Pointer, Violation};

use super::{AffectedPart, Compiler, Step};
use crate::error::GraphQlError;
use crate::limits;
use crate::operation::Field;
use crate::roots::{MutationRoot, Verb};

impl Compiler<'_> {
    pub(super) fn mutation(
        &mut self,
        root: &MutationRoot,
        field: &Field,
    ) -> Result<Step, GraphQlError> {
        let object = &root.object;
        let action = match root.verb {
            Verb::Create => Action::Create(
                self.record(field, Record::create(object, data(field), Spelling::Camel))?,
            ),
            Verb::CreateMany => Action::CreateMany(self.records(object, field)?),
            Verb::Update => Action::Update {
                id: self.id(field)?,
                changes: self.changes(object, field)?,
                expected: self.expected(field)?,
            },
            Verb::UpdateMany => Action::UpdateWhere {
                filter: self.narrow_filter(object, field)?,
                changes: self.changes(object, field)?,
            },
            Verb::Delete => Action::Delete {
                id: self.id(field)?,
                expected: None,
            },
            Verb::DeleteMany => Action::DeleteWhere {
                filter: self.narrow_filter(object, field)?,
            },
            Verb::Restore => Action::Restore {
                id: self.id(field)?,
            },
            Verb::Destroy => Action::Destroy {
                id: self.id(field)?,
                expected: None,
            },
        };
        let mut write = Write {
            object: Arc::clone(object),
            action,
            selection: Selection::default(),
            rollback: false,
        };
        if matches!(root.verb, Verb::UpdateMany | Verb::DeleteMany) {
            return Ok(Step::WriteMany(write, self.affected(field)?));
        }
        write.selection = self.selection(object, &field.fields)?;
        Ok(Step::Write(write))
    }

    fn affected(&self, field: &Field) -> Result<Vec<(String, AffectedPart)>, GraphQlError> {
        let parts = field.fields.iter().map(|part| {
            let answer = match part.name.as_str() {
                "affected" => AffectedPart::Count,
                "__typename" => AffectedPart::TypeName(part.parent.to_string()),
                _ => return Err(self.unknown(part)),
            };
            Ok((part.key.clone(), answer))
        });
        parts.collect()
    }

    fn changes(&self, object: &Object, field: &Field) -> Result<Record, GraphQlError> {
        self.record(field, Record::update(object, data(field), Spelling::Camel))
    }

    /// Pointers begin at the record, as they do over REST.
    fn record(
        &self,
        field: &Field,
        record: Result<Record, Vec<Violation>>,
    ) -> Result<Record, GraphQlError> {
        record.map_err(|violations| self.error(field, &UserError::Invalid(violations)))
    }

    fn records(&self, object: &Object, field: &Field) -> Result<Vec<Record>, GraphQlError> {
        let items = data(field)
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if items.len() > limits::RECORDS {
            let message = format!("at most {} records can be written at once", limits::RECORDS);
            return Err(self.error(
                field,
                &UserError::invalid(Pointer::root(), "too_many", message),
            ));
        }
        let mut records = Vec::with_capacity(items.len());
        let mut violations = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match Record::create(object, item, Spelling::Camel) {
                Ok(record) => records.push(record),
                Err(found) => {
                    violations.extend(found.into_iter().map(|violation| violation.below(index)));
                }
            }
        }
        if violations.is_empty() {
            Ok(records)
        } else {
            Err(self.error(field, &UserError::Invalid(violations)))
        }
    }

    fn expected(&self, field: &Field) -> Result<Option<Expected>, GraphQlError> {
        let Some(version) = field.argument("ifVersion") else {
            return Ok(None);
        };
        match version.as_i64().map(i32::try_from) {
            Some(Ok(version)) => Ok(Some(Expected::Version(version))),
            _ => {
                let violation = Violation::new(
                    Pointer::root(),
                    "range",
                    "the version of a record is expected",
                );
                Err(self.bad_argument(field, "ifVersion", vec![violation]))
            }
        }
    }

    /// A filter that leaves something out. An omitted variable takes its condition with it; that must not turn
    /// a change of some records into one of all.
    fn narrow_filter(&self, object: &Object, field: &Field) -> Result<Filter, GraphQlError> {
        let filter = self.filter(object, field)?;
        if is_open(&filter) {
            let message = "name a condition: this filter would match every record";
            let violation = Violation::new(Pointer::root(), "required", message);
            return Err(self.bad_argument(field, "filter", vec![violation]));
        }
        Ok(filter)
    }
}

fn data(field: &Field) -> &Json {
    field.arguments.get("data").unwrap_or(&Json::Null)
}

/// Whether a filter has no condition that could fail.
fn is_open(filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(is_open),
        Filter::Any(parts) => parts.iter().any(is_open),
        Filter::ToMany(_, Quantifier::Every, inner) => is_open(inner),
        Filter::Not(_) | Filter::Compare(_) | Filter::ToOne(..) | Filter::ToMany(..) => false,
    }
}
