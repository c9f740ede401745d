//! Documents that were parsed lately. They depend on no model, so tenants share them.

use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

use crate::document::Document;
use crate::error::GraphQlError;
use crate::request::GraphQlRequest;

/// Bytes all documents together may take.
const CAPACITY: u64 = 32 << 20;
const TIME_TO_IDLE: Duration = Duration::from_mins(15);
/// About how many bytes of memory a parsed document takes for each byte of its text.
const SPREAD: usize = 24;

#[derive(Debug, Clone)]
pub(crate) struct Documents(Cache<Box<[u8]>, Arc<Document>>);

impl Documents {
    pub(crate) fn new() -> Self {
        let cache = Cache::<Box<[u8]>, Arc<Document>>::builder()
            .max_capacity(CAPACITY)
            .weigher(|key, _| u32::try_from(key.len() * SPREAD).unwrap_or(u32::MAX))
            .time_to_idle(TIME_TO_IDLE)
            .build();
        Self(cache)
    }

    /// The request's document.
    pub(crate) fn get(&self, request: &GraphQlRequest) -> Result<Arc<Document>, GraphQlError> {
        let name = request.operation_name.as_deref().unwrap_or_default();
        // A NUL stands in no name.
        let key = [name.as_bytes(), b"\0", request.query.as_bytes()].concat();
        if let Some(document) = self.0.get(key.as_slice()) {
            return Ok(document);
        }
        metrics::counter!("tessera_documents_parsed_total").increment(1);
        let document = Document::parse(&request.query, request.operation_name.as_deref())?;
        let document = Arc::new(document);
        self.0.insert(key.into(), Arc::clone(&document));
        Ok(document)
    }
}
