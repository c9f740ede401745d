//! An engine with a tenant in it: what most tests begin with.

use serde_json::{Value as Json, json};
use std::fmt::Debug;
use std::sync::Arc;
use tessera_catalog::before_commit::Ending;
use tessera_catalog::change::Change;
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::engine::Engine;
use tessera_engine::idempotency::Run;
use tessera_engine::request_context::RequestContext;
use tessera_error::{Error, Result, UserError};
use tessera_identity::{Identity, Origin, SignupPolicy, SignupRequest};
use tessera_postgres::database;
use tessera_schema::definition::{FieldDefinition, ObjectDefinition};

use super::TestDatabase;

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) database: Arc<TestDatabase>,
    pub(crate) engine: Engine,
    pub(crate) admin: RequestContext,
}

impl World {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::create().await;
        let engine = engine(&database);
        let admin = sign_up(&engine, "acme").await;
        Self {
            database: Arc::new(database),
            engine,
            admin,
        }
    }

    /// The same tenant through another server, which knows nothing of the first but the database.
    pub(crate) async fn on_another_server(&self) -> Self {
        let pool = database::connect(database::connect_options(&self.database.url).unwrap(), 8)
            .await
            .unwrap();
        let identity = Identity::new(pool.clone(), SECRET, SignupPolicy::Open);
        Self {
            engine: Engine::new(pool, identity),
            ..self.clone()
        }
    }

    /// Another tenant on the same server.
    pub(crate) async fn another_tenant(&self, slug: &str) -> Self {
        Self {
            admin: sign_up(&self.engine, slug).await,
            ..self.clone()
        }
    }

    /// The same admin in a request with an `Idempotency-Key`.
    pub(crate) fn within(&self, run: &Run) -> Self {
        Self {
            admin: RequestContext {
                run: Some(run.clone()),
                ..self.admin.clone()
            },
            ..self.clone()
        }
    }

    pub(crate) async fn model(&self) -> Arc<Snapshot> {
        self.engine
            .model(self.admin.principal.tenant)
            .await
            .unwrap()
    }

    pub(crate) async fn change(&self, change: Change) -> Result<Arc<Snapshot>> {
        self.engine
            .change_model(&self.admin, &change, Ending::Commit)
            .await
    }

    pub(crate) async fn define(&self, object: Json) -> Result<Arc<Snapshot>> {
        self.change(Change::CreateObject(ObjectDefinition::draft(object)))
            .await
    }

    pub(crate) async fn patch_object(&self, object: &str, patch: Json) -> Result<Arc<Snapshot>> {
        let patch = patch.as_object().unwrap().clone();
        self.change(Change::PatchObject {
            object: object.into(),
            patch,
        })
        .await
    }

    pub(crate) async fn remove_object(
        &self,
        object: &str,
        confirm: Option<&str>,
    ) -> Result<Arc<Snapshot>> {
        let confirm = confirm.map(Into::into);
        self.change(Change::RemoveObject {
            object: object.into(),
            confirm,
        })
        .await
    }

    pub(crate) async fn add_field(&self, object: &str, field: Json) -> Result<Arc<Snapshot>> {
        let draft = FieldDefinition::draft(field);
        self.change(Change::CreateField {
            object: object.into(),
            draft,
        })
        .await
    }

    pub(crate) async fn patch_field(
        &self,
        object: &str,
        field: &str,
        patch: Json,
    ) -> Result<Arc<Snapshot>> {
        let patch = patch.as_object().unwrap().clone();
        self.change(Change::PatchField {
            object: object.into(),
            field: field.into(),
            patch,
        })
        .await
    }

    pub(crate) async fn remove_field(
        &self,
        object: &str,
        field: &str,
        confirm: Option<&str>,
    ) -> Result<Arc<Snapshot>> {
        let confirm = confirm.map(Into::into);
        self.change(Change::RemoveField {
            object: object.into(),
            field: field.into(),
            confirm,
        })
        .await
    }

    /// The Postgres schema of the tenant.
    pub(crate) async fn schema(&self) -> String {
        self.model().await.tenant.schema.as_str().to_owned()
    }
}

const SECRET: &[u8] = b"a secret of the tests, long enough";

pub(crate) fn engine(database: &TestDatabase) -> Engine {
    let identity = Identity::new(database.pool.clone(), SECRET, SignupPolicy::Open);
    Engine::new(database.pool.clone(), identity)
}

/// A new tenant's admin.
pub(crate) async fn sign_up(engine: &Engine, slug: &str) -> RequestContext {
    let request: SignupRequest = serde_json::from_value(json!({
        "tenant_name": slug, "tenant_slug": slug, "email": format!("admin@{slug}.test"), "password": "a good password",
    }))
    .unwrap();
    let session = engine
        .identity
        .signup(request, &Origin::default())
        .await
        .unwrap()
        .done()
        .unwrap();
    let token = session.access_token.expose();
    RequestContext::of(engine.identity.authenticate(token).await.unwrap())
}

/// The error that a caller is to mend.
pub(crate) fn refusal<T: Debug>(outcome: Result<T>) -> UserError {
    match outcome.unwrap_err() {
        Error::User(error) => error,
        Error::Internal(error) => panic!("{error}"),
    }
}

/// `pointer code` of each violation.
pub(crate) fn places(error: &UserError) -> Vec<String> {
    let violations = error.violations().iter();
    violations
        .map(|violation| format!("{} {}", violation.pointer, violation.code))
        .collect()
}

/// The status of a refusal and `pointer code` of its first violation.
pub(crate) fn refused<T: Debug>(outcome: Result<T>) -> String {
    let error = refusal(outcome);
    let place = places(&error).into_iter().next();
    format!(
        "{} {}",
        error.status(),
        place.unwrap_or_else(|| error.code().to_owned())
    )
}
