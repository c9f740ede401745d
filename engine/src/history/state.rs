//! The states of a record, one event after the other, backwards from the row that it is now.

use serde_json::{Map, Value as Json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use tessera_compiler::bind::BindContext;
use tessera_compiler::failure;
use tessera_compiler::query::states::STATES;
use tessera_compiler::query::stored::{self, Next};
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{InternalError, Result};
use tessera_schema::access::Right;
use tessera_schema::column::{Column, ColumnType};
use tessera_schema::ident::RecordId;
use tessera_schema::object::{Field, Object};

use super::event::{Event, Values, Verb};
use crate::engine::Engine;
use crate::records::ReadPlan;
use crate::request_context::RequestContext;
use crate::run::{self, Place};
use crate::transaction::Transaction;

/// The row of a record at some time; `None` where there was none.
pub(crate) type State = Option<Values>;

/// The rows of records as they are now, in the bin or not.
pub(crate) async fn rows(
    connection: &mut PgConnection,
    context: &RequestContext,
    snapshot: &Snapshot,
    (object, ids): (&Object, impl Iterator<Item = RecordId>),
    next: Next,
) -> Result<BTreeMap<RecordId, Values>> {
    let view = snapshot.view(context.principal.roles());
    let statement = stored::statement(snapshot, &view, object, ids, next);
    let inputs = Map::new();
    let given = BindContext::of_read(&inputs, context.caller());
    let params = statement.params(&given).ok_or(InternalError::Unbound)?;
    let rows = run::rows(Place::Connection(connection), &statement, params)
        .await
        .map_err(failure::explain)?;
    let rows = rows.iter().map(|row| {
        let Json::Object(values) = row.get(stored::ROW)? else {
            unreachable!("a row as JSON is an object")
        };
        Ok((RecordId(row.get(stored::ID)?), values))
    });
    rows.collect()
}

/// The row of one record as it is now, in the bin or not.
pub(crate) async fn now(
    connection: &mut PgConnection,
    context: &RequestContext,
    snapshot: &Snapshot,
    (object, id): (&Object, RecordId),
    next: Next,
) -> Result<State> {
    let ids = std::iter::once(id);
    let rows = rows(connection, context, snapshot, (object, ids), next).await?;
    Ok(rows.into_values().next())
}

/// Whether the caller may know of records that have no row, or none that they see. Where a rule says which records those are, nothing
/// says it of a row that is gone.
pub(crate) fn tells_of_gone(
    context: &RequestContext,
    snapshot: &Snapshot,
    object: &Object,
) -> bool {
    let view = snapshot.view(context.principal.roles());
    view.rules.get(object.api_name(), Right::Read).is_none()
}

/// Whether a state has a value of a field that is hidden from the caller, who was shown the state as `shown`.
pub(crate) fn is_hidden(field: &Field, state: &Values, shown: &Json) -> bool {
    let mut columns = field.columns.iter();
    let filled = columns.any(|column| {
        let value = state.get(column.name.as_str());
        value.is_some_and(|value| !value.is_null())
    });
    filled && shown.get(field.value_key()).is_none_or(Json::is_null)
}

/// What a record was before an event, from what it was after it.
pub(crate) fn before(after: State, event: &Event) -> State {
    match event.action {
        Verb::Created => None,
        Verb::Destroyed => event.before().cloned(),
        Verb::Updated | Verb::Deleted | Verb::Restored => {
            let mut row = after.unwrap_or_default();
            row.extend(event.before().cloned().unwrap_or_default());
            Some(row)
        }
    }
}

/// The values of a state that the object's columns can hold: a field may have gone since, or become another of the same name.
pub(crate) fn fitting(object: &Object, state: &Values) -> Values {
    let columns = object.fields.values().flat_map(|field| &field.columns);
    let fitting = columns.filter_map(|column| {
        let value = state.get(column.name.as_str())?;
        fits(column, value).then(|| (column.name.to_string(), value.clone()))
    });
    fitting.collect()
}

fn fits(column: &Column, value: &Json) -> bool {
    let kind = &column.column_type;
    match value {
        Json::Null => true,
        Json::Array(items) if kind.list => items.iter().all(|item| is_of(kind, item)),
        one => !kind.list && is_of(kind, one),
    }
}

fn is_of(kind: &ColumnType, value: &Json) -> bool {
    let Ok(normal) = kind.scalar.stored().normalise(value) else {
        return false;
    };
    let (Some((precision, scale)), Some(digits)) = (kind.precision, normal.as_str()) else {
        return true;
    };
    let whole = digits.trim_start_matches('-').split('.').next();
    whole.is_some_and(|whole| whole.len() <= usize::from(precision.saturating_sub(scale)).max(1))
}

impl Engine {
    /// The states of one object's records, each as the record would be read then.
    pub(crate) async fn show_states(
        &self,
        transaction: &mut Transaction,
        context: &RequestContext,
        snapshot: &Snapshot,
        (object, selection): (&Object, &Selection),
        states: &[&Values],
    ) -> Result<Vec<Json>> {
        let rows = states
            .iter()
            .map(|state| Json::Object(fitting(object, state)));
        let inputs = Map::from_iter([(STATES.to_owned(), rows.collect())]);
        let plan = ReadPlan::of_states(context, snapshot, object, selection)?;
        let mut executor = transaction.executor();
        let shown = executor.read(context, snapshot, &plan, &inputs).await?;
        let shown = shown.ok_or(InternalError::Unbound)?.roots;
        let shown = shown.into_iter().next().flatten().unwrap_or_default();
        Ok(serde_json::from_slice(&shown).expect("Postgres writes JSON"))
    }
}
