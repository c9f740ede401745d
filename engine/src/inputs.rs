//! How the caller of a request gives values to records.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::UserError;
use tessera_schema::access::Right;
use tessera_schema::access::input::Input;
use tessera_schema::access::view::View;
use tessera_schema::filter::variable::{Start, Variable};
use tessera_schema::ident::UserId;
use tessera_schema::object::Object;

use crate::records::may;
use crate::request_context::RequestContext;

/// An object, as the caller of a request gives values to its records.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'r> {
    view: &'r View,
    seen: &'r Arc<Object>,
    whole: &'r Arc<Object>,
    user: UserId,
}

impl<'r> Inputs<'r> {
    /// Of an object of the caller's view.
    #[must_use]
    pub fn of(
        context: &RequestContext,
        snapshot: &'r Snapshot,
        view: &'r View,
        seen: &'r Arc<Object>,
    ) -> Self {
        Self {
            view,
            seen,
            whole: snapshot.whole_of(seen),
            user: context.principal.user,
        }
    }

    /// The object as the caller knows it.
    #[must_use]
    pub const fn object(&self) -> &'r Arc<Object> {
        self.seen
    }

    /// The object with all that its records have.
    #[must_use]
    pub const fn whole(&self) -> &'r Arc<Object> {
        self.whole
    }

    /// For a new record.
    ///
    /// # Errors
    /// [`UserError::Forbidden`], as of the other two.
    pub fn create(&self) -> Result<Input<'r>, UserError> {
        self.with(&[Right::Create])
    }

    /// For a change.
    pub fn update(&self) -> Result<Input<'r>, UserError> {
        self.with(&[Right::Update])
    }

    /// For a record that is made or changed.
    pub fn upsert(&self) -> Result<Input<'r>, UserError> {
        self.with(&[Right::Create, Right::Update])
    }

    fn with(&self, rights: &'static [Right]) -> Result<Input<'r>, UserError> {
        for right in rights {
            may(self.view, self.whole, *right)?;
        }
        let variables = |variable| variable_of(self.user, variable);
        let objects = (&**self.seen, &**self.whole);
        Ok(Input::of(self.view, objects, rights, &variables))
    }
}

/// The value of a variable that a role may set.
fn variable_of(user: UserId, variable: Variable) -> Option<Json> {
    let now = Utc::now();
    match variable {
        Variable::UserId => Some(json!(user)),
        Variable::Time(time) if time.shift.is_none() => match time.start {
            Start::Now => Some(json!(now.to_rfc3339_opts(SecondsFormat::Micros, true))),
            Start::Today => Some(json!(now.date_naive())),
            Start::Week | Start::Month => None,
        },
        _ => None,
    }
}
