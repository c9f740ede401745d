//! A look at the whole database for an operator: is it one Tessera can work on, and do tables and models agree?
//!
//! The one place that reads Postgres's own catalogue. No request comes here.

mod settings;

use serde::Serialize;
use sqlx::{PgConnection, Row};
use std::collections::BTreeSet;
use tessera_catalog::trigrams;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::Result;

use crate::engine::Engine;
use crate::migrations::{self, Migrated};

/// Versions of Postgres that Tessera is made for.
const SUPPORTED: std::ops::RangeInclusive<i32> = 15..=18;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    /// What was found, and, unless it is fine, what to do about it.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Fine,
    /// It works, but should be otherwise.
    Warning,
    Fault,
}

fn finding(level: Level, words: impl Into<String>) -> Finding {
    Finding {
        level,
        words: words.into(),
    }
}

impl Engine {
    /// Examines the database and every tenant in it, and writes nothing: the database may be empty.
    pub async fn examine(&self) -> Result<Vec<Finding>> {
        let mut connection = self.pool.acquire().await?;
        let mut findings = vec![
            version(&mut connection).await?,
            role(&mut connection).await?,
            may_create(&mut connection).await?,
        ];
        // One more flushes commits.
        let connections =
            u32::from(self.lanes.most()) + 1 + self.pool.options().get_max_connections();
        findings.extend(settings::settings(&mut connection, connections.into()).await?);
        findings.push(settings::memory(&mut connection).await?);
        if let Some(finding) = platform_tables(&mut connection).await? {
            findings.push(finding);
            return Ok(findings);
        }
        findings.push(row_security(&mut connection).await?);
        findings.push(search(&mut connection).await?);
        findings.push(collations(&mut connection).await?);
        for tenant in self.identity.list_tenants().await? {
            let snapshot = self.model(tenant.id).await?;
            findings.push(tables(&mut connection, &snapshot).await?);
        }
        Ok(findings)
    }
}

async fn version(connection: &mut PgConnection) -> Result<Finding> {
    let number: String = sqlx::query_scalar("select current_setting('server_version_num')")
        .fetch_one(connection)
        .await?;
    let major = number.parse::<i32>().unwrap_or_default() / 10_000;
    Ok(if SUPPORTED.contains(&major) {
        finding(Level::Fine, format!("PostgreSQL {major}"))
    } else {
        let words = format!(
            "PostgreSQL {major} is not one that Tessera is tested with: use {} to {}",
            SUPPORTED.start(),
            SUPPORTED.end()
        );
        finding(Level::Warning, words)
    })
}

async fn role(connection: &mut PgConnection) -> Result<Finding> {
    let row = sqlx::query("select rolname, rolsuper or rolbypassrls as unbound from pg_roles where rolname = current_user")
        .fetch_one(connection)
        .await?;
    let (name, unbound): (String, bool) = (row.try_get("rolname")?, row.try_get("unbound")?);
    Ok(if unbound {
        let words = format!(
            "row-level security does not bind the role {name}: connect as one that is neither superuser nor BYPASSRLS"
        );
        finding(Level::Warning, words)
    } else {
        finding(
            Level::Fine,
            format!("row-level security binds the role {name}"),
        )
    })
}

/// Whether the role can make tenants.
async fn may_create(connection: &mut PgConnection) -> Result<Finding> {
    let (database, role, may): (String, String, bool) = sqlx::query_as(
        "select current_database()::text, current_user::text,
            has_database_privilege(current_database(), 'create')",
    )
    .fetch_one(connection)
    .await?;
    Ok(if may {
        let words = format!("the role {role} may create schemas in the database {database}");
        finding(Level::Fine, words)
    } else {
        let words = format!(
            "the role {role} may not create schemas, of which each tenant is one: run `grant create on database {database} to {role}` as an administrator"
        );
        finding(Level::Fault, words)
    })
}

/// What is to be done before there is more to look at.
async fn platform_tables(connection: &mut PgConnection) -> Result<Option<Finding>> {
    let words = match migrations::migrated(connection).await? {
        Migrated::Fully => return Ok(None),
        Migrated::Not => {
            "the database is empty: `tessera migrate` makes the tables, `tessera tenant create` a tenant, or `tessera seed` a \
             demo tenant with data; `tessera serve` makes the tables too"
                .to_owned()
        }
        Migrated::Behind(missing) => format!(
            "the database lacks {} of this version's migrations, the first is number {}: run tessera migrate",
            missing.len(),
            missing.first().copied().unwrap_or_default()
        ),
    };
    Ok(Some(finding(Level::Warning, words)))
}

async fn row_security(connection: &mut PgConnection) -> Result<Finding> {
    let open: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where n.nspname = 'platform' and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)
         order by 1",
    )
    .fetch_all(connection)
    .await?;
    Ok(if open.is_empty() {
        finding(
            Level::Fine,
            "row-level security is forced on every platform table of tenants",
        )
    } else {
        let words = format!(
            "row-level security is not forced on {}: run tessera migrate",
            open.join(", ")
        );
        finding(Level::Fault, words)
    })
}

/// Whether search can be as it should be.
async fn search(connection: &mut PgConnection) -> Result<Finding> {
    if trigrams::find(connection).await?.is_none() {
        return Ok(finding(Level::Warning, trigrams::MISSING));
    }
    let waiting: Vec<String> = sqlx::query_scalar(
        "select slug from platform.tenants where not search_indexed order by slug",
    )
    .fetch_all(connection)
    .await?;
    Ok(if waiting.is_empty() {
        finding(Level::Fine, "searchable fields have their trigram indexes")
    } else {
        let words = format!(
            "searchable fields have no trigram indexes yet in {}: run tessera migrate",
            waiting.join(", ")
        );
        finding(Level::Warning, words)
    })
}

/// Whether texts are sorted as their indexes are.
async fn collations(connection: &mut PgConnection) -> Result<Finding> {
    let others: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', n.nspname, c.collname) from pg_collation c
         join pg_namespace n on n.oid = c.collnamespace
         where (n.nspname, c.collname) in (('pg_catalog', 'und-x-icu'), ('platform', 'natural'))
             and c.collversion is distinct from pg_collation_actual_version(c.oid)
         order by 1",
    )
    .fetch_all(&mut *connection)
    .await?;
    if let Some(first) = others.first() {
        let words = format!(
            "the server's ICU sorts texts by other rules than when the collations were made: {}. Indexes on texts may miss records: run `reindex database` and then, for each, `alter collation {first} refresh version` as an administrator",
            others.join(", ")
        );
        return Ok(finding(Level::Warning, words));
    }
    let waiting: Vec<String> = sqlx::query_scalar(
        "select slug from platform.tenants where not indexes_collated order by slug",
    )
    .fetch_all(connection)
    .await?;
    Ok(if waiting.is_empty() {
        finding(
            Level::Fine,
            "texts are sorted by ICU, and so are their indexes",
        )
    } else {
        let words = format!(
            "indexes on texts are not yet in the order of words in {}: run tessera migrate",
            waiting.join(", ")
        );
        finding(Level::Warning, words)
    })
}

/// Whether a tenant's tables have just the columns that its model says.
async fn tables(connection: &mut PgConnection, snapshot: &Snapshot) -> Result<Finding> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, a.attname::text from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where n.nspname = $1 and c.relkind = 'r' and c.relname not like '\\_%'",
    )
    .bind(snapshot.tenant.schema.as_str())
    .fetch_all(connection)
    .await?;
    let there: BTreeSet<(String, String)> = rows.into_iter().collect();
    let objects = snapshot.whole().definitions();
    let wanted: BTreeSet<(String, String)> = objects
        .iter()
        .flat_map(|object| {
            let columns = object.fields.values().flat_map(|field| &field.columns);
            columns.map(|column| (object.table.to_string(), column.name.to_string()))
        })
        .collect();
    let names = |difference: Vec<&(String, String)>| {
        let names: Vec<String> = difference
            .iter()
            .map(|(table, column)| format!("{table}.{column}"))
            .collect();
        names.join(", ")
    };
    let missing = names(wanted.difference(&there).collect());
    let stray = names(there.difference(&wanted).collect());
    let tenant = &snapshot.tenant.slug;
    Ok(match (missing.is_empty(), stray.is_empty()) {
        (true, true) => finding(
            Level::Fine,
            format!(
                "{tenant}: {} objects, tables and model agree",
                objects.len()
            ),
        ),
        (false, _) => finding(
            Level::Fault,
            format!(
                "{tenant}: the model has columns that are not there: {missing}. Restore the schema {} from a backup",
                snapshot.tenant.schema.as_str()
            ),
        ),
        (true, false) => finding(
            Level::Warning,
            format!(
                "{tenant}: there are columns that the model does not have: {stray}. Drop them, or define their fields under other names"
            ),
        ),
    })
}
