//! The views of one model that callers have asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tessera_schema::access::grants::AccessKey;
use tessera_schema::access::view::View;

/// So many views are kept. A view shares with the model what it does not change, and is soon made again.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Views(Mutex<HashMap<AccessKey, Arc<View>>>);

impl Views {
    /// The view of callers of an access key, which is the same in each call.
    pub(crate) fn get(&self, key: AccessKey, make: impl FnOnce() -> View) -> Arc<View> {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = views.get(&key) {
            return Arc::clone(view);
        }
        if views.len() >= MOST {
            views.clear();
        }
        let view = Arc::new(make());
        views.insert(key, Arc::clone(&view));
        view
    }
}
