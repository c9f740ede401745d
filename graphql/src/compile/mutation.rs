//! Writes.

use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::sync::Arc;
use tessera_engine::error::UserError;
use tessera_engine::query::tree::Selection;
use tessera_engine::write::{Action, Expected, Write};
use tessera_schema::filter::{Filter, Quantifier};
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::Record;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::{AffectedPart, Compiler, Step};
use crate::error::GraphQlError;
use crate::limits;
use crate::operation::Field;
use crate::roots::{MutationRoot, Verb};
use crate::template::Template;

/// How a write is made of a request: what is the same in all requests of a shape, and where the rest stands.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    verb: Verb,
    object: Arc<Object>,
    id: Option<Template>,
    data: Option<Template>,
    expected: Option<Expected>,
}

impl Order {
    /// The write that another request of the shape asks for; none where its values do not fit. The plan it is done with binds
    /// the values of its filter from the request, and has the shape of its answer.
    pub(crate) fn write(&self, variables: &Map<String, Json>) -> Option<Write> {
        let id = match &self.id {
            Some(template) => {
                let id = template.fill(variables)?;
                Some(RecordId(Uuid::parse_str(id.as_str()?).ok()?))
            }
            None => None,
        };
        let data = match &self.data {
            Some(template) => template.fill(variables)?,
            None => Cow::Owned(Json::Null),
        };
        let values = Values {
            id,
            data: &data,
            filter: Filter::all(),
            expected: self.expected,
        };
        Some(Write {
            object: Arc::clone(&self.object),
            action: values.action(self.verb, &self.object).ok()?,
            selection: Selection::default(),
            rollback: false,
        })
    }
}

/// The arguments of a write.
struct Values<'a> {
    id: Option<RecordId>,
    data: &'a Json,
    filter: Filter,
    expected: Option<Expected>,
}

impl Values<'_> {
    /// What is done; pointers begin at the record or the list of records, as they do over REST.
    fn action(self, verb: Verb, object: &Object) -> Result<Action, Vec<Violation>> {
        let Self {
            id,
            data,
            filter,
            expected,
        } = self;
        let changes = || Record::update(object, data, Spelling::Camel);
        let missing = || {
            vec![Violation::new(
                Pointer::root().key("id"),
                "required",
                "the id of a record is expected",
            )]
        };
        Ok(match verb {
            Verb::Create => Action::Create(Record::create(object, data, Spelling::Camel)?),
            Verb::CreateMany => Action::CreateMany(records(object, data)?),
            Verb::Update => Action::Update {
                id: id.ok_or_else(missing)?,
                changes: changes()?,
                expected,
            },
            Verb::UpdateMany => Action::UpdateWhere {
                filter,
                changes: changes()?,
            },
            Verb::Delete => Action::Delete {
                id: id.ok_or_else(missing)?,
                expected: None,
            },
            Verb::DeleteMany => Action::DeleteWhere { filter },
            Verb::Restore => Action::Restore {
                id: id.ok_or_else(missing)?,
            },
            Verb::Destroy => Action::Destroy {
                id: id.ok_or_else(missing)?,
                expected: None,
            },
        })
    }
}

/// New records, and all that is wrong with them.
fn records(object: &Object, data: &Json) -> Result<Vec<Record>, Vec<Violation>> {
    let items = data
        .as_array()
        .map_or(std::slice::from_ref(data), Vec::as_slice);
    if items.len() > limits::RECORDS {
        let message = format!("at most {} records can be written at once", limits::RECORDS);
        return Err(vec![Violation::new(Pointer::root(), "too_many", message)]);
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
        Err(violations)
    }
}

impl Compiler<'_> {
    pub(super) fn mutation(
        &mut self,
        root: &MutationRoot,
        field: &Field,
    ) -> Result<Step, GraphQlError> {
        let object = &root.object;
        let id = match root.verb {
            Verb::Update | Verb::Delete | Verb::Restore | Verb::Destroy => {
                Some(self.id(field)?.value)
            }
            _ => None,
        };
        let by_filter = matches!(root.verb, Verb::UpdateMany | Verb::DeleteMany);
        let values = Values {
            id,
            data: field.arguments.get("data").unwrap_or(&Json::Null),
            filter: if by_filter {
                self.narrow_filter(object, field)?
            } else {
                Filter::all()
            },
            expected: self.expected(field)?,
        };
        let order = Order {
            verb: root.verb,
            object: Arc::clone(object),
            id: field.template("id").cloned(),
            data: field.template("data").cloned(),
            expected: values.expected,
        };
        let action = values
            .action(root.verb, object)
            .map_err(|violations| self.error(field, &UserError::Invalid(violations)))?;
        let mut write = Write {
            object: Arc::clone(object),
            action,
            selection: Selection::default(),
            rollback: false,
        };
        if by_filter {
            return Ok(Step::WriteMany(write, order, self.affected(field)?));
        }
        write.selection = self.selection(object, &field.fields)?;
        Ok(Step::Write(write, order))
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

/// Whether a filter has no condition that could fail.
fn is_open(filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(is_open),
        Filter::Any(parts) => parts.iter().any(is_open),
        Filter::ToMany(_, Quantifier::Every, inner) => is_open(inner),
        Filter::Not(_) | Filter::Compare(_) | Filter::ToOne(..) | Filter::ToMany(..) => false,
    }
}
