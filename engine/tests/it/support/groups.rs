//! Groups of the records of a [`World`].

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::query::tree::{GroupItem, GroupShape, Query, Root};
use tessera_error::{Result, UserError};
use tessera_schema::aggregate::Body;

use super::world::World;

impl World {
    /// The groups that a body asks for: keys by their paths, dots included, and aggregates by their names.
    pub(crate) async fn groups(&self, object: &str, body: &Json) -> Result<Json> {
        let engine = &self.engine;
        let answer = engine
            .on_model(self.admin.principal.tenant, |snapshot| async move {
                let object = snapshot.whole().object(object);
                let object = object.ok_or(UserError::NotFound { what: "object" })?;
                let body =
                    Body::parse(snapshot.whole(), object, body).map_err(UserError::Malformed)?;
                let keys = body.keys.iter().enumerate();
                let keys = keys.map(|(place, path)| (path.join("."), GroupItem::Key(place)));
                let aggregates = body.aggregates.into_iter();
                let aggregates =
                    aggregates.map(|(name, place)| (name, GroupItem::Aggregate(place)));
                let root = Root::Groups {
                    object: Arc::clone(object),
                    shape: GroupShape(keys.chain(aggregates).collect()),
                    aggregation: body.aggregation,
                };
                let query = Query { roots: vec![root] };
                engine.read(&self.admin, &snapshot, &query).await
            })
            .await?;
        Ok(serde_json::from_slice(answer.roots[0].as_ref().unwrap()).unwrap())
    }
}
