//! Writes.

use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::sync::Arc;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::{Action, Expected, Write};
use tessera_engine::inputs::Inputs;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_schema::access::input::Input;
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Object, UniqueKey};
use tessera_schema::record::{Record, Upsert};
use tessera_schema::violation::{Pointer, Violation, is_enough};
use uuid::Uuid;

use super::{Compiler, Step};
use crate::error::GraphQlError;
use crate::field::Field;
use crate::limits;
use crate::response::AffectedPart;
use crate::roots::{MutationRoot, Verb};
use crate::schema::unique_value;
use crate::template::Template;

/// How a write is made of a request: what is the same in all requests of a shape, and where the rest stands.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    verb: Verb,
    /// The object as the caller sees it.
    object: Arc<Object>,
    id: Option<Template>,
    data: Option<Template>,
    key: Option<UniqueKey>,
    expected: Option<Expected>,
    at_most: Option<u32>,
}

impl Order {
    /// The write that another request of the shape asks for; none where its values do not fit. The plan it is done with binds
    /// the values of its filter from the request, and has the shape of its answer.
    pub(crate) fn write(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        variables: &Map<String, Json>,
    ) -> Option<Write> {
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
            key: self.key.clone(),
            expected: self.expected.clone(),
            at_most: self.at_most,
        };
        let view = snapshot.view(context.principal.roles());
        let inputs = Inputs::of(context, snapshot, &view, &self.object);
        Some(Write {
            object: Arc::clone(inputs.whole()),
            action: values.action(self.verb, inputs).ok()?,
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
    /// What an upsert matches on.
    key: Option<UniqueKey>,
    expected: Option<Expected>,
    at_most: Option<u32>,
}

impl Values<'_> {
    /// What is done; pointers begin at the record or the list of records, as they do over REST.
    fn action(self, verb: Verb, inputs: Inputs<'_>) -> Result<Action, UserError> {
        let Self {
            id,
            data,
            filter,
            key,
            expected,
            at_most,
        } = self;
        let create = |input: Input<'_>, item: &Json| Record::create(input, item, Spelling::Camel);
        let changes = || {
            let changes = Record::update(inputs.update()?, data, Spelling::Camel);
            changes.map_err(UserError::Invalid)
        };
        let missing = || {
            let message = "say which record is meant";
            UserError::invalid(Pointer::root(), "required", message)
        };
        Ok(match verb {
            Verb::Create => {
                let record = create(inputs.create()?, data);
                Action::Create(record.map_err(UserError::Invalid)?)
            }
            Verb::CreateMany => {
                let input = inputs.create()?;
                Action::CreateMany(each(data, |item| create(input.clone(), item))?)
            }
            Verb::UpsertMany => {
                let input = inputs.upsert()?;
                let read = |item: &Json| Upsert::read(input.clone(), item, Spelling::Camel);
                Action::UpsertMany {
                    key: key.ok_or_else(missing)?,
                    records: each(data, read)?,
                }
            }
            Verb::Update => Action::Update {
                id: id.ok_or_else(missing)?,
                changes: changes()?,
                expected,
            },
            Verb::UpdateMany => Action::UpdateWhere {
                filter,
                changes: changes()?,
                at_most,
            },
            Verb::Delete => Action::Delete {
                id: id.ok_or_else(missing)?,
                expected: None,
            },
            Verb::DeleteMany => Action::DeleteWhere { filter, at_most },
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

/// Each record of a list, or all that is wrong with them.
fn each<T>(
    data: &Json,
    read: impl Fn(&Json) -> Result<T, Vec<Violation>>,
) -> Result<Vec<T>, UserError> {
    let items = data
        .as_array()
        .map_or(std::slice::from_ref(data), Vec::as_slice);
    if items.len() > limits::RECORDS {
        let message = format!("at most {} records can be written at once", limits::RECORDS);
        return Err(UserError::invalid(Pointer::root(), "too_many", message));
    }
    let mut records = Vec::with_capacity(items.len());
    let mut violations = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match read(item) {
            Ok(record) => records.push(record),
            Err(found) => {
                violations.extend(found.into_iter().map(|violation| violation.below(index)));
            }
        }
        if is_enough(&violations) {
            break;
        }
    }
    if violations.is_empty() {
        Ok(records)
    } else {
        Err(UserError::Invalid(violations))
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
        let at_most = self.at_most(field)?;
        let values = Values {
            id,
            data: field.arguments.get("data").unwrap_or(&Json::Null),
            filter: if by_filter {
                self.filter_of_many(object, field, at_most.is_some())?
            } else {
                Filter::all()
            },
            key: match root.verb {
                Verb::UpsertMany => Some(self.key(object, field)?),
                _ => None,
            },
            expected: self.expected(field)?,
            at_most,
        };
        let order = Order {
            verb: root.verb,
            object: Arc::clone(object),
            id: field.template("id").cloned(),
            data: field.template("data").cloned(),
            key: values.key.clone(),
            expected: values.expected.clone(),
            at_most: values.at_most,
        };
        let action = values
            .action(
                root.verb,
                Inputs::of(self.context, self.snapshot, self.view, object),
            )
            .map_err(|error| self.error(field, &error))?;
        let mut write = Write {
            object: Arc::clone(self.snapshot.whole_of(object)),
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

    fn key(&self, object: &Object, field: &Field) -> Result<UniqueKey, GraphQlError> {
        let name = field
            .argument("on")
            .and_then(Json::as_str)
            .unwrap_or_default();
        let mut keys = std::iter::once(object.id_key()).chain(object.unique_keys());
        keys.find(|key| unique_value(key) == name)
            .ok_or_else(|| self.unknown(field))
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

    fn at_most(&self, field: &Field) -> Result<Option<u32>, GraphQlError> {
        let Some(most) = field.argument("maxAffected") else {
            return Ok(None);
        };
        match most.as_i64().map(u32::try_from) {
            Some(Ok(most)) => Ok(Some(most)),
            _ => {
                let message = "a number of records is expected, 0 or more";
                let violation = Violation::new(Pointer::root(), "range", message);
                Err(self.bad_argument(field, "maxAffected", vec![violation]))
            }
        }
    }

    /// The filter of a change to many records.
    fn filter_of_many(
        &self,
        object: &Object,
        field: &Field,
        bounded: bool,
    ) -> Result<Filter, GraphQlError> {
        let filter = self.filter(object, field)?;
        // An omitted variable takes its condition with it: what is left is not what the caller wrote.
        let literal = match field.template("filter") {
            Some(Template::Object(_)) => None,
            _ => field.argument("filter"),
        };
        filter
            .check_write(literal.unwrap_or(&Json::Null), bounded, Spelling::Camel)
            .map_err(|violation| self.bad_argument(field, "filter", vec![violation]))?;
        Ok(filter)
    }
}
