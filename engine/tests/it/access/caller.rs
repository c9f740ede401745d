//! A caller with row rules, whose requests go through the compiler to Postgres.

use serde_json::{Map, Value as Json, json};
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, Connection as _, PgConnection, Row as _};
use std::sync::Arc;
use tessera_compiler::bind::{BindContext, Caller, Param};
use tessera_compiler::query::tree::{Query, Root};
use tessera_compiler::query::{compile, rows};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::statement::Statement;
use tessera_compiler::write::{self, Write, Written};
use tessera_error::Result;
use tessera_postgres::failure::Failure;
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::access::view::View;
use tessera_schema::filter::Filter;
use tessera_schema::ident::{ChangeId, UserId};
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;

use super::judge::{Record, Records, Rules};
use super::random::TEAM;
use crate::support::world::World;

pub(crate) struct Limited {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) view: View,
    pub(crate) user: UserId,
    connection: PgConnection,
}

const RIGHTS: [(&str, Right); 6] = [
    ("read", Right::Read),
    ("create", Right::Create),
    ("update", Right::Update),
    ("delete", Right::Delete),
    ("restore", Right::Restore),
    ("destroy", Right::Destroy),
];

fn right(name: &str) -> Right {
    let mut all = RIGHTS.into_iter();
    all.find(|(known, _)| *known == name).unwrap().1
}

impl Limited {
    pub(crate) async fn of(world: &World) -> Self {
        let snapshot = world.model().await;
        let view = snapshot.view(world.admin.principal.roles());
        Self {
            view: View::clone(&view),
            user: world.admin.principal.user,
            connection: world.database.superuser().await,
            snapshot,
        }
    }

    /// Gives the caller other rules.
    pub(crate) fn set(&mut self, rules: &Rules) {
        let mut all = RowRules::default();
        for ((object, of), rule) in &rules.objects {
            let object = self.object(object);
            let rule = self.filter(&object, rule);
            all.put(object.api_name().clone(), right(of), rule);
        }
        for ((object, field, of), rule) in &rules.fields {
            let object = self.object(object);
            let rule = self.filter(&object, rule);
            let field = object.fields[*field].api_name().clone();
            all.put_on(object.api_name().clone(), field, right(of), rule);
        }
        self.view = self.view.clone().with_rules(all);
    }

    pub(crate) fn object(&self, name: &str) -> Arc<Object> {
        Arc::clone(self.snapshot.whole().object(name).unwrap())
    }

    pub(crate) fn filter(&self, object: &Object, filter: &Json) -> Filter {
        Filter::parse(self.snapshot.whole(), object, filter, Spelling::Snake).unwrap()
    }

    const fn caller(&self) -> Caller<'static> {
        Caller {
            user: self.user,
            team_ids: &[TEAM],
        }
    }

    /// The answer to a query of one root: as rows, if it suits them and is wanted so, or as JSON from Postgres.
    pub(crate) async fn read(&mut self, root: Root, as_rows: bool) -> Json {
        let inputs = Map::new();
        let given = BindContext::of_read(&inputs, self.caller());
        let snapshot = Arc::clone(&self.snapshot);
        if as_rows && rows::suits(&root) {
            let (statement, document) = rows::compile(&snapshot, &self.view, &root);
            let rows = self.run(&statement, &given).await.unwrap();
            let sealer = statement.cursors.sealer(&inputs).unwrap();
            let (json, _) = document.render(&rows, &sealer).unwrap();
            return json.map_or(Json::Null, |json| serde_json::from_slice(&json).unwrap());
        }
        let query = Query { roots: vec![root] };
        let statement = compile::query(&snapshot, &self.view, &query);
        let rows = self.run(&statement, &given).await.unwrap();
        let sealer = statement.cursors.sealer(&inputs).unwrap();
        let json = sealer.json(&rows[0], 1).unwrap();
        json.map_or(Json::Null, |json| serde_json::from_slice(&json).unwrap())
    }

    /// How Postgres would run a query, by indexes if it can.
    pub(crate) async fn explained(&mut self, root: &Root) -> String {
        let snapshot = Arc::clone(&self.snapshot);
        let (mut statement, _) = rows::compile(&snapshot, &self.view, root);
        statement.text = format!("explain {}", statement.text).into();
        let off = "set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off";
        let off = sqlx::raw_sql(off);
        off.execute(&mut self.connection).await.unwrap();
        let inputs = Map::new();
        let given = BindContext::of_read(&inputs, self.caller());
        let lines = self.run(&statement, &given).await.unwrap();
        let lines = lines.iter().map(|line| line.get::<String>(0).unwrap());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Tries a write, and tells what it would leave; where it is refused, nothing.
    pub(crate) async fn attempt(&mut self, write: &Write) -> (Result<Written>, Option<Attempt>) {
        let inputs = Map::new();
        let given = write.bind(&inputs, (self.caller(), ChangeId::generate()));
        let snapshot = Arc::clone(&self.snapshot);
        let statement = write::statement::compile(&snapshot, &self.view, write);
        sqlx::raw_sql("begin")
            .execute(&mut self.connection)
            .await
            .unwrap();
        let before = self.events().await;
        let outcome = self.run(&statement, &given).await;
        let failed = outcome.is_err();
        let sealer = statement.cursors.sealer(&inputs).unwrap();
        let written = write::written(outcome, &snapshot, write, &sealer, &|| {
            Arc::new(self.view.clone())
        });
        let left = if failed {
            None
        } else {
            Some(Attempt {
                events: self.events().await - before,
                records: self.records().await,
            })
        };
        sqlx::raw_sql("rollback")
            .execute(&mut self.connection)
            .await
            .unwrap();
        (written, left)
    }

    async fn run(
        &mut self,
        statement: &Statement,
        given: &BindContext<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let mut arguments = PgArguments::default();
        for param in statement.params(given).unwrap() {
            match param {
                Param::Text(text) => arguments.add(text),
                Param::List(texts) => arguments.add(texts),
                Param::Number(number) => arguments.add(number),
            }
            .unwrap();
        }
        let text = AssertSqlSafe(statement.text.to_string());
        let query = sqlx::query_with(text, arguments).persistent(false);
        let rows = query.fetch_all(&mut self.connection).await?;
        Ok(rows.into_iter().map(Row::Transaction).collect())
    }

    async fn events(&mut self) -> i64 {
        let schema = self.snapshot.tenant.schema.as_str();
        let text = format!("select count(*) from \"{schema}\"._events");
        let query = sqlx::query_scalar(AssertSqlSafe(text));
        query.fetch_one(&mut self.connection).await.unwrap()
    }

    /// All records as they are stored.
    pub(crate) async fn records(&mut self) -> Records {
        let schema = self.snapshot.tenant.schema.as_str().to_owned();
        let mut records = Records::new();
        for object in ["firm", "person", "tag"] {
            let text = format!(
                "select row_to_json(t) as row, {} as tags from \"{schema}\".\"{object}\" t",
                if object == "person" {
                    format!(
                        "(select coalesce(json_agg(to_id), '[]'::json) from \"{schema}\".\"_link__person__tags\" where from_id = t.id)"
                    )
                } else {
                    "'[]'::json".to_owned()
                }
            );
            let query = sqlx::query(AssertSqlSafe(text));
            for row in query.fetch_all(&mut self.connection).await.unwrap() {
                let values: BTreeMapJson = serde_json::from_value(row.get("row")).unwrap();
                let mut tags: Vec<String> = serde_json::from_value(row.get("tags")).unwrap();
                tags.sort();
                let id = values["id"].as_str().unwrap().to_owned();
                let own = ["name", "label", "city", "score", "code", "owner", "firm_id"];
                let record = Record {
                    object,
                    id: id.clone(),
                    tags,
                    binned: values["deleted_at"] != json!(null),
                    values: values
                        .into_iter()
                        .filter(|(key, _)| own.contains(&key.as_str()))
                        .collect(),
                };
                records.insert(id, record);
            }
        }
        records
    }

    pub(crate) async fn close(self) {
        self.connection.close().await.unwrap();
    }
}

type BTreeMapJson = std::collections::BTreeMap<String, Json>;

/// What a write has left before it was taken back.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) events: i64,
    pub(crate) records: Records,
}
