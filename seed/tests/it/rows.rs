//! A tenant's tables as they are in the database.

use sqlx::{AssertSqlSafe, PgConnection};

use crate::CRM;
use crate::support::TestDatabase;

pub(crate) struct Rows(PgConnection);

impl Rows {
    /// Of one tenant; its tables need no schema in queries.
    pub(crate) async fn of(database: &TestDatabase, tenant: &str) -> Self {
        let mut connection = database.superuser().await;
        let schema: String =
            sqlx::query_scalar("select schema_name from platform.tenants where slug = $1")
                .bind(tenant)
                .fetch_one(&mut connection)
                .await
                .unwrap();
        sqlx::query("select set_config('search_path', $1, false)")
            .bind(schema)
            .execute(&mut connection)
            .await
            .unwrap();
        Self(connection)
    }

    pub(crate) async fn number(&mut self, query: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&mut self.0)
            .await
            .unwrap()
    }

    pub(crate) async fn texts(&mut self, query: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(&mut self.0)
            .await
            .unwrap()
    }

    /// Everything in the objects' tables, as it is.
    pub(crate) async fn exactly(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        for object in CRM {
            all.extend(
                self.texts(&format!(
                    "select to_jsonb(t)::text from {object} t order by id"
                ))
                .await,
            );
        }
        all.extend(
            self.texts("select to_jsonb(t)::text from _link__activity__attendees t order by 1")
                .await,
        );
        all.extend(
            self.texts("select to_jsonb(t)::text from _users t order by 1")
                .await,
        );
        all.push(
            self.number("select count(*) from _events")
                .await
                .to_string(),
        );
        all
    }

    /// The same, as far as it cannot depend on the time of the run: people by address, no timestamps.
    pub(crate) async fn deterministic(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        for object in CRM {
            let query = format!(
                "select ((to_jsonb(t) - array['created_at', 'updated_at', 'created_by', 'updated_by', 'owner_id', 'assignee_id'])
                         || jsonb_build_object('owner', u.email))::text
                 from {object} t join _users u on u.id = t.owner_id order by t.id"
            );
            all.extend(self.texts(&query).await);
        }
        all.extend(
            self.texts("select to_jsonb(t)::text from _link__activity__attendees t order by 1")
                .await,
        );
        all
    }
}
