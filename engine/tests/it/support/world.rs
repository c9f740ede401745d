//! An engine with a tenant in it: what most tests begin with.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_engine::engine::Engine;
use tessera_engine::error::Result;
use tessera_engine::identity::{Identity, SignupPolicy, SignupRequest};
use tessera_engine::model::change::Change;
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::{
    Connection, ConnectionPart, Deleted, Item, Leaf, Query, Root, Selection, Shape, Window,
};
use tessera_engine::records::Written;
use tessera_engine::write::{Action, Write};
use tessera_schema::definition::{FieldDefinition, ObjectDefinition};
use tessera_schema::filter::Filter;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::record::Record;
use tessera_schema::sort::Sort;

use super::TestDatabase;

pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) engine: Engine,
    pub(crate) admin: Principal,
}

impl World {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::create().await;
        let engine = engine(&database);
        let admin = sign_up(&engine, "acme").await;
        Self {
            database,
            engine,
            admin,
        }
    }

    pub(crate) async fn model(&self) -> Arc<Snapshot> {
        self.engine.model(self.admin.tenant).await.unwrap()
    }

    pub(crate) async fn define(&self, object: Json) -> Result<Arc<Snapshot>> {
        let definition = ObjectDefinition::parse(object).unwrap();
        self.engine
            .change_model(&self.admin, &Change::CreateObject(definition))
            .await
    }

    pub(crate) async fn add_field(&self, object: &str, field: Json) -> Result<Arc<Snapshot>> {
        let change = Change::CreateField {
            object: object.to_owned(),
            definition: FieldDefinition::parse(field).unwrap(),
        };
        self.engine.change_model(&self.admin, &change).await
    }

    pub(crate) async fn patch_field(&self, object: &str, field: &str, patch: Json) -> Result<Arc<Snapshot>> {
        let change = Change::PatchField {
            object: object.to_owned(),
            field: field.to_owned(),
            patch: patch.as_object().unwrap().clone(),
        };
        self.engine.change_model(&self.admin, &change).await
    }

    /// Does a write and gives the record, or records, with all their plain values.
    pub(crate) async fn write(&self, object: &str, action: impl Fn(&Object) -> Action + Send + Sync) -> Result<(Json, Written)> {
        let engine = &self.engine;
        let action = &action;
        let written = engine
            .on_model(self.admin.tenant, |snapshot| async move {
                let object = Arc::clone(snapshot.model.object(object).unwrap());
                let write = Write {
                    action: action(&object),
                    selection: plain(&object),
                    object,
                    rollback: false,
                };
                engine.write(&self.admin, &snapshot, &write).await
            })
            .await?;
        let json = if written.body.is_empty() {
            Json::Null
        } else {
            serde_json::from_slice(&written.body).unwrap()
        };
        Ok((json, written))
    }

    pub(crate) async fn create(&self, object: &str, record: Json) -> Result<Json> {
        let create = |object: &Object| Action::Create(Record::create(object, &record, Spelling::Snake).unwrap());
        Ok(self.write(object, create).await?.0)
    }

    /// The records that a filter finds, in the order of `sort`.
    pub(crate) async fn list(&self, object: &str, filter: Json, sort: &str) -> Vec<Json> {
        let engine = &self.engine;
        let filter = &filter;
        let answer = engine
            .on_model(self.admin.tenant, |snapshot| async move {
                let object = Arc::clone(snapshot.model.object(object).unwrap());
                let connection = Connection {
                    filter: Filter::parse(&snapshot.model, &object, filter, Spelling::Snake).unwrap(),
                    sort: Sort::parse(&snapshot.model, &object, sort).unwrap(),
                    window: Window::first(1000),
                    deleted: Deleted::Exclude,
                    shape: Shape::Object(vec![("data".to_owned(), ConnectionPart::Nodes(plain(&object)))]),
                };
                let query = Query { roots: vec![Root::Many { object, connection }] };
                engine.read(&self.admin, &snapshot, &query).await
            })
            .await
            .unwrap();
        let body: Json = serde_json::from_slice(answer.roots[0].as_ref().unwrap()).unwrap();
        body["data"].as_array().unwrap().clone()
    }
}

pub(crate) fn engine(database: &TestDatabase) -> Engine {
    let identity = Identity::new(database.pool.clone(), b"a secret of the tests, long enough", SignupPolicy::Open);
    Engine::new(database.pool.clone(), identity)
}

/// A new tenant's admin.
pub(crate) async fn sign_up(engine: &Engine, slug: &str) -> Principal {
    let request: SignupRequest = serde_json::from_value(json!({
        "tenant_name": slug, "tenant_slug": slug, "email": format!("admin@{slug}.test"), "password": "a good password",
    }))
    .unwrap();
    let session = engine.identity.signup(request, None).await.unwrap();
    engine.identity.authenticate(session.access_token.expose()).await.unwrap()
}

/// Every column of an object.
pub(crate) fn plain(object: &Object) -> Selection {
    let keys = object.fields.values().map(|field| field.value_key());
    let items = keys.filter_map(|key| match object.attribute(&key)? {
        Attribute::Column(_, column) => {
            let leaf = Leaf {
                column: column.name.clone(),
                column_type: column.column_type.clone(),
            };
            Some((key.clone(), Item::Column(leaf)))
        }
        _ => None,
    });
    Selection(items.collect())
}
