//! The views of one model that callers have asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tessera_schema::access::grants::{AccessKey, Grants};
use tessera_schema::access::view::View;
use tessera_schema::model::Model;

/// So many views are kept. A view shares with the model what it does not change, and is soon made again.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Views(Mutex<HashMap<AccessKey, Arc<View>>>);

impl Views {
    /// The view of a model, which is the same in each call.
    pub(crate) fn get(&self, whole: &Arc<Model>, grants: &Arc<Grants>) -> Arc<View> {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = views.get(&grants.key()) {
            return Arc::clone(view);
        }
        if views.len() >= MOST {
            views.clear();
        }
        let view = Arc::new(View::of(whole, grants));
        views.insert(grants.key(), Arc::clone(&view));
        view
    }
}
