//! Statements that take long, in the log: not their whole text, which may be long too and says much of a tenant's model.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tessera_schema::ident::TenantId;

/// What runs for so long is logged.
const SLOW: Duration = Duration::from_secs(1);
/// How much of the text is logged at `debug`.
const BEGINNING: usize = 200;

/// Logs a statement where it was slow. Values are parameters, and not in its text.
pub fn log(text: &str, tenant: Option<TenantId>, took: Duration) {
    if took < SLOW {
        return;
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let hash = format!("{:016x}", hasher.finish());
    let tenant = tenant.map(tracing::field::display);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::warn!(
        tenant,
        operation = operation(text),
        ms,
        hash,
        "a statement was slow"
    );
    let beginning: String = text.chars().take(BEGINNING).collect();
    tracing::debug!(hash, beginning, "the slow statement begins");
}

fn operation(text: &str) -> &'static str {
    let writes = [
        ("insert into", "insert"),
        ("update ", "update"),
        ("delete from", "delete"),
    ];
    let found = writes.into_iter().find(|(words, _)| text.contains(words));
    found.map_or("select", |(_, operation)| operation)
}
