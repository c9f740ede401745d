//! Why somebody may do something with a record, or not: which role and which of its conditions allow it, or are missing.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use tessera_compiler::query::tree::{
    Connection, Deleted, Item, Leaf, Query, Root, Selection, Shape, Window,
};
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{InternalError, Result, UserError};
use tessera_identity::principal::{HeldRoles, Principal};
use tessera_schema::access::Right;
use tessera_schema::access::area::Area;
use tessera_schema::access::role::{ADMIN, Role};
use tessera_schema::access::view::View;
use tessera_schema::filter::Filter;
use tessera_schema::ident::{RecordId, UserId};
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::sort::Sort;

use crate::engine::Engine;
use crate::records::may;
use crate::request_context::RequestContext;

/// The question.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub user: UserId,
    pub action: Right,
    /// None: whether any record may be meant.
    pub record: Option<RecordId>,
}

/// The conditions that allow an action, and those that a record does not meet.
#[derive(Debug, Serialize)]
pub struct Explanation {
    pub allowed: bool,
    pub because: Vec<Reason>,
    pub missing: Vec<Reason>,
}

/// A role, and one of its conditions.
#[derive(Debug, Serialize)]
pub struct Reason {
    /// The api name of the role.
    pub role: String,
    pub action: &'static str,
    /// In the filter language. None where the role grants the action on every record, or on none.
    pub condition: Option<Json>,
    /// What the record has where a condition is missing; null where the caller may not read that.
    pub value: Json,
}

/// One condition of a role, and whether the record meets it.
struct Condition {
    json: Json,
    /// None where no record is meant.
    holds: Option<bool>,
    value: Json,
}

impl Engine {
    /// Explains what somebody may do with records of an object that the caller sees. Call it inside [`Engine::on_model`].
    ///
    /// # Errors
    /// [`UserError::Forbidden`] where somebody else is meant and the caller administers neither roles nor members.
    /// [`UserError::NotFound`] for a record that the caller does not see, and for somebody who is no member.
    pub async fn explain(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        object: &Arc<Object>,
        question: Question,
    ) -> Result<Explanation> {
        let view = snapshot.view(context.principal.roles());
        may(&view, object, Right::Read)?;
        let principal = &context.principal;
        if question.user != principal.user && !principal.held.administer(Area::Roles) {
            principal.must_administer(Area::Members)?;
        }
        let subject = self.identity.principal_of(principal, question.user).await?;
        let subject = subject.ok_or(UserError::NotFound { what: "member" })?;
        let shown = match question.record {
            Some(id) => Some(self.shown(context, snapshot, object, id).await?),
            None => None,
        };
        let whole = snapshot.whole_of(object);
        let mut explanation = Explanation {
            allowed: true,
            because: Vec::new(),
            missing: Vec::new(),
        };
        let mut actions = vec![Right::Read];
        if question.action != Right::Read {
            // What is done to a record is done to one that is seen; a new one is not there yet.
            if question.action == Right::Create {
                actions.clear();
            }
            actions.push(question.action);
        }
        for action in actions {
            let mut allowed = false;
            for id in subject.roles().ids() {
                let Some(role) = snapshot.roles().get(*id) else {
                    continue;
                };
                let record = question.record.zip(shown.as_ref());
                let asked = (whole, action, record);
                allowed |= self
                    .by_role(
                        snapshot,
                        &subject,
                        role,
                        asked,
                        (&view, object),
                        &mut explanation,
                    )
                    .await?;
            }
            explanation.allowed &= allowed;
        }
        Ok(explanation)
    }

    /// Adds what one role says. Whether it allows the action.
    async fn by_role(
        &self,
        snapshot: &Snapshot,
        subject: &Principal,
        role: &Role,
        (object, action, record): (&Arc<Object>, Right, Option<(RecordId, &Json)>),
        (view, seen): (&View, &Object),
        explanation: &mut Explanation,
    ) -> Result<bool> {
        let reason = |condition, value| Reason {
            role: role.api_name.clone(),
            action: action.name(),
            condition,
            value,
        };
        let granted = snapshot.roles().granted(role.id).unwrap_or_default();
        let Some(permission) = granted.on(object.api_name()).get(action) else {
            explanation.missing.push(reason(None, Json::Null));
            return Ok(false);
        };
        let Some(filter) = &permission.filter else {
            explanation.because.push(reason(None, Json::Null));
            return Ok(true);
        };
        let conditions = self
            .conditions(snapshot, subject, object, filter, record)
            .await?;
        let allowed = conditions
            .iter()
            .all(|condition| condition.holds != Some(false));
        for condition in conditions {
            let holds = condition.holds != Some(false);
            // A condition on what the caller does not know of is not shown.
            let known = Filter::parse(&view.model, seen, &condition.json, Spelling::Snake);
            let shown = known.is_ok().then_some(condition.json);
            let list = if holds && allowed {
                &mut explanation.because
            } else if holds {
                continue;
            } else {
                &mut explanation.missing
            };
            list.push(reason(shown, condition.value));
        }
        Ok(allowed)
    }

    /// The conditions of a filter that all have to hold, each with what it comes to for the record.
    async fn conditions(
        &self,
        snapshot: &Snapshot,
        subject: &Principal,
        object: &Arc<Object>,
        filter: &Json,
        record: Option<(RecordId, &Json)>,
    ) -> Result<Vec<Condition>> {
        let parts = filter.as_object().into_iter().flatten();
        let mut conditions: Vec<Condition> = parts
            .map(|(key, condition)| Condition {
                json: json!({ key: condition }),
                holds: None,
                value: record
                    .and_then(|(_, shown)| shown.get(key).cloned())
                    .unwrap_or_default(),
            })
            .collect();
        let Some((id, _)) = record else {
            return Ok(conditions);
        };
        let roots = conditions.iter().map(|condition| {
            let filter = json!({"and": [{"id": {"eq": id}}, condition.json]});
            let filter = Filter::parse(snapshot.whole(), object, &filter, Spelling::Snake);
            let filter = filter.map_err(UserError::Malformed)?;
            Ok(first(snapshot, object, filter))
        });
        let roots = roots.collect::<Result<Vec<Root>, UserError>>()?;
        // The variables are the subject's; what the conditions look at is not limited by what the subject sees.
        let admin: Vec<Role> = snapshot.roles().named(ADMIN).cloned().into_iter().collect();
        let everything = RequestContext::of(Principal {
            held: Arc::new(HeldRoles::of(&admin)),
            ..subject.clone()
        });
        let answer = self.read(&everything, snapshot, &Query { roots }).await?;
        for (condition, found) in conditions.iter_mut().zip(answer.roots) {
            let found = found.unwrap_or_default();
            let found: Vec<Json> = serde_json::from_slice(&found)
                .map_err(|error| InternalError::Metadata(error.to_string()))?;
            condition.holds = Some(!found.is_empty());
        }
        Ok(conditions)
    }

    /// The plain values of a record that the caller may read.
    async fn shown(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        object: &Arc<Object>,
        id: RecordId,
    ) -> Result<Json> {
        let root = Root::One {
            object: Arc::clone(object),
            id: id.into(),
            deleted: Deleted::Include,
            selection: Selection(plain(object, |_| true).collect()),
        };
        let query = Query { roots: vec![root] };
        let answer = self.read(context, snapshot, &query).await?;
        let found = answer.roots.into_iter().next().flatten();
        let found = found.ok_or(UserError::NotFound { what: "record" })?;
        let shown: Map<String, Json> = serde_json::from_slice(&found)
            .map_err(|error| InternalError::Metadata(error.to_string()))?;
        Ok(Json::Object(shown))
    }
}

/// Plain values of an object's records, by their keys.
fn plain(object: &Object, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (String, Item)> {
    let attributes = object.attributes().filter(move |(key, _)| wanted(key));
    attributes.filter_map(|(key, attribute)| match attribute {
        Attribute::Column(_, column) => {
            let leaf = Leaf {
                column: column.name.clone(),
                column_type: column.column_type.clone(),
            };
            Some((key, Item::Column(leaf)))
        }
        _ => None,
    })
}

/// The id of the first record that a filter finds.
fn first(snapshot: &Snapshot, object: &Arc<Object>, filter: Filter) -> Root {
    let records = Selection(plain(object, |key| key == "id").collect());
    let sort = Sort::parse(snapshot.whole(), object, "");
    let connection = Connection {
        filter,
        search: None,
        sort: sort.expect("every object has the order of ids"),
        window: Window::first(1),
        deleted: Deleted::Include,
        shape: Shape::Array {
            records,
            more: None,
        },
    };
    Root::Many {
        object: Arc::clone(object),
        connection,
    }
}
