//! Trigram indexes come and go with `searchable`, reach tenants that were there before them, and can be done without.

use serde_json::json;
use sqlx::AssertSqlSafe;
use std::sync::Arc;
use tessera_engine::doctor::Level;
use tessera_engine::migrations;

use crate::support::TestDatabase;
use crate::support::world::{World, engine, sign_up};

impl World {
    /// The tenant's valid trigram indexes of a table, by name.
    async fn search_indexes(&self, table: &str) -> Vec<String> {
        let query = "select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
             join pg_class t on t.oid = i.indrelid
             where t.relnamespace = $1::text::regnamespace and t.relname = $2 and i.indisvalid
                 and pg_get_indexdef(c.oid) like '%gin_trgm_ops%' order by 1";
        sqlx::query_scalar(query)
            .bind(self.schema().await)
            .bind(table)
            .fetch_all(&self.database.pool)
            .await
            .unwrap()
    }

    async fn execute(&self, text: String) {
        let mut superuser = self.database.superuser().await;
        sqlx::raw_sql(AssertSqlSafe(text))
            .execute(&mut superuser)
            .await
            .unwrap();
    }

    /// The words of what the doctor says of search.
    async fn finding_on_search(&self) -> (Level, String) {
        let findings = self.engine.examine().await.unwrap();
        let finding = findings
            .into_iter()
            .find(|finding| finding.words.contains("trgm") || finding.words.contains("trigram"));
        finding
            .map(|finding| (finding.level, finding.words))
            .unwrap()
    }
}

/// A database in which the extension is out of the server's reach.
pub(super) async fn without_trigrams() -> World {
    let database = TestDatabase::empty().await;
    let mut superuser = database.superuser().await;
    sqlx::raw_sql("create schema locked; create extension pg_trgm with schema locked")
        .execute(&mut superuser)
        .await
        .unwrap();
    migrations::migrate(&database.pool).await.unwrap();
    let engine = engine(&database);
    World {
        admin: sign_up(&engine, "acme").await,
        engine,
        database: Arc::new(database),
    }
}

const PART: &[&str] = &["part__code__search", "part__title__search"];

async fn define_part(world: &World) {
    let part = json!({"api_name": "part", "label_field": "title", "fields": [
        {"api_name": "title", "type": "text", "settings": {"searchable": true}},
        {"api_name": "code", "type": "auto_number", "settings": {"searchable": true}},
        {"api_name": "remark", "type": "long_text"},
    ]});
    world.define(part).await.unwrap();
}

#[tokio::test]
async fn searchable_fields_have_an_index_from_the_start() {
    let world = World::new().await;
    assert_eq!(
        world.search_indexes("contact").await,
        [
            "email",
            "first_name",
            "last_name",
            "mobile",
            "phone",
            "title"
        ]
        .map(|field| format!("contact__{field}__search"))
    );
    define_part(&world).await;
    assert_eq!(world.search_indexes("part").await, PART);
    let (level, words) = world.finding_on_search().await;
    assert_eq!(level, Level::Fine, "{words}");
}

#[tokio::test]
async fn searchable_can_be_switched_on_and_off_over_records() {
    let world = World::new().await;
    define_part(&world).await;
    for number in 0..50 {
        let remark = format!("the remark {number}");
        world
            .create("part", json!({"title": "x", "remark": remark}))
            .await
            .unwrap();
    }
    let filter = json!({"remark": {"ilike": "%remark 4_"}});
    assert_eq!(world.list("part", filter.clone(), "").await.len(), 10);
    world
        .patch_field("part", "remark", json!({"settings": {"searchable": true}}))
        .await
        .unwrap();
    assert_eq!(world.search_indexes("part").await.len(), 3);
    assert_eq!(world.list("part", filter.clone(), "").await.len(), 10);
    world
        .patch_field("part", "remark", json!({"settings": {"searchable": false}}))
        .await
        .unwrap();
    world
        .patch_object("part", json!({"label_field": null}))
        .await
        .unwrap();
    world
        .remove_field("part", "title", Some("title"))
        .await
        .unwrap();
    assert_eq!(world.search_indexes("part").await, PART[..1]);
    assert_eq!(world.list("part", filter, "").await.len(), 10);
    world.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn a_pattern_on_a_searchable_field_is_looked_up() {
    let world = World::new().await;
    let schema = world.schema().await;
    let mut superuser = world.database.superuser().await;
    // A few rows would be scanned whatever indexes there are.
    sqlx::raw_sql("set enable_seqscan = off")
        .execute(&mut superuser)
        .await
        .unwrap();
    let explain = format!(
        "explain (costs off) select id from {schema}.contact where email ilike '%abc%' or last_name ilike '%abc%'"
    );
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain))
        .fetch_all(&mut superuser)
        .await
        .unwrap();
    let plan = plan.join("\n");
    for index in ["contact__email__search", "contact__last_name__search"] {
        assert!(plan.contains(index), "{plan}");
    }
}

#[tokio::test]
async fn tenants_of_before_get_their_indexes() {
    let world = World::new().await;
    define_part(&world).await;
    let schema = world.schema().await;
    // As a server of before would have left it; one index as a server that died over it would.
    world
        .execute(format!(
            "drop index {schema}.part__title__search, {schema}.contact__email__search;
             update pg_index set indisvalid = false where indexrelid = '{schema}.part__code__search'::regclass;
             update platform.tenants set search_indexed = false"
        ))
        .await;
    let (level, words) = world.finding_on_search().await;
    assert_eq!(level, Level::Warning);
    assert!(
        words.contains("acme") && words.contains("tessera migrate"),
        "{words}"
    );

    world.engine.make_search_indexes().await.unwrap();
    assert_eq!(world.search_indexes("part").await, PART);
    assert_eq!(world.search_indexes("contact").await.len(), 6);
    assert_eq!(world.finding_on_search().await.0, Level::Fine);
    // And nothing more to do.
    world.engine.make_search_indexes().await.unwrap();
}

#[tokio::test]
async fn without_the_extension_everything_else_works() {
    let world = without_trigrams().await;
    define_part(&world).await;
    assert!(world.search_indexes("part").await.is_empty());
    world
        .create("part", json!({"title": "Left wing"}))
        .await
        .unwrap();
    let found = world
        .list("part", json!({"title": {"contains": "WING"}}), "")
        .await;
    assert_eq!(found.len(), 1);
    let (level, words) = world.finding_on_search().await;
    assert_eq!(level, Level::Warning);
    assert!(words.contains("create extension pg_trgm"), "{words}");

    // An administrator helps.
    let name = world
        .database
        .pool
        .connect_options()
        .get_username()
        .to_owned();
    world
        .execute(format!("grant usage on schema locked to {name}"))
        .await;
    migrations::migrate(&world.database.pool).await.unwrap();
    world.engine.make_search_indexes().await.unwrap();
    assert_eq!(world.search_indexes("part").await, PART);
}

#[tokio::test]
async fn a_server_that_may_not_create_the_extension_starts() {
    let database = TestDatabase::empty().await;
    let mut superuser = database.superuser().await;
    sqlx::raw_sql(
        "create function forbid() returns event_trigger language plpgsql as $$
             begin raise insufficient_privilege; end $$;
         create event trigger forbid on ddl_command_start when tag in ('CREATE EXTENSION') execute function forbid()",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    migrations::migrate(&database.pool).await.unwrap();
    // Nothing is left half done.
    let schemas: i64 =
        sqlx::query_scalar("select count(*) from pg_namespace where nspname = 'extensions'")
            .fetch_one(&database.pool)
            .await
            .unwrap();
    assert_eq!(schemas, 0);
    sign_up(&engine(&database), "acme").await;
}

#[tokio::test]
async fn a_tenant_whose_indexes_cannot_be_made_keeps_no_other_from_its_own() {
    let world = World::new().await;
    let other = world.another_tenant("beta").await;
    define_part(&other).await;
    let (schema, theirs) = (world.schema().await, other.schema().await);
    world
        .execute(format!(
            "drop index {theirs}.part__title__search;
             update platform.tenants set search_indexed = false, indexes_collated = false;
             alter table {schema}._model rename to away"
        ))
        .await;
    let engine = &world.engine;
    for outcome in [
        engine.make_search_indexes().await,
        engine.make_collated_indexes().await,
    ] {
        let told = outcome.unwrap_err().to_string();
        assert!(told.contains("acme") && !told.contains("beta"), "{told}");
    }
    let unfinished = async || -> Vec<String> {
        let query =
            "select slug from platform.tenants where not (search_indexed and indexes_collated)";
        let slugs = sqlx::query_scalar(query).fetch_all(&world.database.pool);
        slugs.await.unwrap()
    };
    assert_eq!(unfinished().await, ["acme"]);
    assert_eq!(other.search_indexes("part").await, PART);

    // The next try finds it well.
    world
        .execute(format!("alter table {schema}.away rename to _model"))
        .await;
    engine.make_search_indexes().await.unwrap();
    engine.make_collated_indexes().await.unwrap();
    assert!(unfinished().await.is_empty());
}
