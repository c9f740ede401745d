//! The indexes by which Postgres serves reads: no read of a few records walks a whole table.

use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;

use crate::statements;
use crate::support::world::World;

/// How Postgres would run a statement for any values.
pub(super) async fn plan(world: &World, text: &str) -> String {
    let most = (1..=1_000)
        .take_while(|n| text.contains(&format!("${n}")))
        .count();
    let values = vec!["null"; most].join(", ");
    let explain = if most == 0 {
        format!("explain (costs off) {text}")
    } else {
        format!(
            "prepare listed as {text}; set plan_cache_mode = force_generic_plan; explain (costs off) execute listed({values})"
        )
    };
    let mut connection = world.database.superuser().await;
    let rows = sqlx::raw_sql(AssertSqlSafe(explain))
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let lines = rows.iter().map(|row| sqlx::Row::get::<String, _>(row, 0));
    lines.collect::<Vec<_>>().join("\n")
}

/// A tenant with 2,000 companies of ten contacts each.
async fn crowd() -> World {
    let world = World::new().await;
    let schema = world.schema().await;
    let fill = format!(
        "set search_path to {schema};
         insert into company (id, name, city, created_at, updated_at, version)
         select gen_random_uuid(), 'c' || n, 'city' || n % 50, now(), now(), 1 from generate_series(1, 2000) n;
         with numbered as (select id, row_number() over () - 1 as n from company)
         insert into contact (id, last_name, email, status, lead_score, city, company_id, created_at, updated_at, version)
         select gen_random_uuid(), 'l' || i, 'l' || i || '@x.example', 'new', i % 100, 'city' || i % 50, numbered.id, now(), now(), 1
         from generate_series(0, 19999) i join numbered on n = i % 2000;
         analyze company; analyze contact"
    );
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&mut superuser)
        .await
        .unwrap();
    world
}

#[tokio::test]
async fn of_a_few_records() {
    let world = crowd().await;
    let email = |operator: &str, value: Json| json!({"email": {operator: value}});
    let company = |filter: Json| json!({"company": filter});
    let id = json!("0195f2c4-8f4b-7c3e-9a37-5b8f8a2f6c11");
    let cases = [
        (json!({"id": {"eq": id}}), "", "contact_pkey"),
        (json!({}), "-id", "contact_pkey"),
        (json!({}), "last_name", "contact__last_name__sorted"),
        (json!({}), "-lead_score", "contact__lead_score__sorted"),
        (
            email("eq", json!("a@x.example")),
            "",
            "contact__email__sorted",
        ),
        (
            email("in", json!(["a@x.example"])),
            "",
            "contact__email__sorted",
        ),
        (
            json!({"company_id": {"eq": id}}),
            "",
            "contact__company__sorted",
        ),
        (
            company(json!({"id": {"eq": id}})),
            "",
            "contact__company__sorted",
        ),
        (
            company(json!({"name": {"eq": "c1"}})),
            "",
            "contact__company__sorted",
        ),
        (
            company(json!({"name": {"eq": "c1"}})),
            "",
            "company__name__sorted",
        ),
    ];
    for (filter, sort, index) in cases {
        let text = statements::last(world.find("contact", filter.clone(), sort)).await;
        let plan = plan(&world, &text).await;
        assert!(plan.contains(index), "{filter} {sort}\n{plan}");
        // The total of all records counts them all.
        let walks = usize::from(filter == json!({}));
        let whole = plan.matches("Seq Scan on co").count();
        assert_eq!(whole, walks, "{filter} {sort}\n{plan}");
    }
}
