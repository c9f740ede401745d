//! How Postgres is set up, where that costs speed or safety.

use sqlx::PgConnection;
use tessera_error::Result;

use super::{Finding, Level, finding};

const MIB: i64 = 1 << 20;
/// With fewer, a database that is larger is read through the system's cache.
const BUFFERS: i64 = 512 * MIB;

/// Whether the role may ask how much memory its sessions take. Sessions that have grown too large are replaced.
pub(super) async fn memory(connection: &mut PgConnection) -> Result<Finding> {
    let (role, may_ask): (String, bool) = sqlx::query_as(
        "select current_user::text,
            has_function_privilege('pg_catalog.pg_get_backend_memory_contexts()', 'execute')",
    )
    .fetch_one(connection)
    .await?;
    Ok(if may_ask {
        let words = format!("the role {role} may ask how much memory its sessions take");
        finding(Level::Fine, words)
    } else {
        let words = format!(
            "the role {role} may not ask how much memory its sessions take, so a session that has grown large stays for up to 40 minutes: run `grant pg_read_all_stats to {role}` as an administrator"
        );
        finding(Level::Warning, words)
    })
}

/// `connections` are all that this server may open.
pub(super) async fn settings(
    connection: &mut PgConnection,
    connections: i64,
) -> Result<Vec<Finding>> {
    let (buffers, room, fsync, size): (i64, i64, bool, i64) = sqlx::query_as(
        "select pg_size_bytes(current_setting('shared_buffers')),
            current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8,
            current_setting('fsync')::bool, pg_database_size(current_database())",
    )
    .fetch_one(connection)
    .await?;
    Ok(found(buffers, room, fsync, size, connections))
}

fn found(buffers: i64, room: i64, fsync: bool, size: i64, connections: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.push(if buffers < BUFFERS.min(size) {
        let words = format!(
            "shared_buffers is {} MB, and the database has {} MB: set it to an eighth or a quarter of the machine's memory",
            buffers / MIB,
            size / MIB
        );
        finding(Level::Warning, words)
    } else {
        finding(Level::Fine, format!("shared_buffers is {} MB", buffers / MIB))
    });
    if room < connections {
        let words = format!(
            "max_connections leaves {room} connections, and a server opens up to {connections}: raise it, or lower LANES and DATABASE_CONNECTIONS"
        );
        findings.push(finding(Level::Warning, words));
    }
    if !fsync {
        let words = "fsync is off: a crash of the machine may destroy the database";
        findings.push(finding(Level::Warning, words));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{MIB, found};
    use crate::doctor::Level;

    #[test]
    fn what_hurts_is_a_warning() {
        let known = [
            (512, 97, true, 9_000, [].as_slice()),
            (128, 97, true, 20, &[]),
            (128, 97, true, 200, &["shared_buffers"]),
            (1_024, 20, true, 200, &["max_connections"]),
            (1_024, 97, false, 200, &["fsync"]),
        ];
        for (buffers, room, fsync, size, expected) in known {
            let findings = found(buffers * MIB, room, fsync, size * MIB, 25);
            let warned = findings
                .iter()
                .filter(|found| found.level == Level::Warning);
            let words: Vec<_> = warned.map(|found| found.words.as_str()).collect();
            assert_eq!(words.len(), expected.len(), "{words:?}");
            assert!(
                words
                    .iter()
                    .zip(expected)
                    .all(|(words, name)| words.starts_with(name))
            );
        }
    }
}
