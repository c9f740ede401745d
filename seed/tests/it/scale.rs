//! Records in bulk.

use tessera_seed::{Options, Report};

use crate::rows::Rows;
use crate::support::TestDatabase;
use crate::support::world::engine;

fn numbers(companies: u64, contacts: u64, opportunities: u64) -> Options {
    Options {
        tenant: "bench".to_owned(),
        companies: Some(companies),
        contacts: Some(contacts),
        opportunities: Some(opportunities),
    }
}

fn made(report: &Report) -> Vec<(&'static str, u64)> {
    report
        .made
        .iter()
        .map(|made| (made.object, made.records))
        .collect()
}

#[tokio::test]
async fn the_numbers_are_exact_and_the_records_fit_each_other() {
    let database = TestDatabase::create().await;
    let report = tessera_seed::run(&engine(&database), &numbers(50, 700, 200))
        .await
        .unwrap();
    assert_eq!(
        made(&report),
        [("company", 50), ("contact", 700), ("opportunity", 200)]
    );

    let mut rows = Rows::of(&database, "bench").await;
    for (number, query) in [
        (50, "select count(*) from company"),
        (700, "select count(*) from contact"),
        (200, "select count(*) from opportunity"),
        (0, "select count(*) from task"),
        (0, "select count(*) from _events"),
        (700, "select count(distinct email) from contact"),
        (
            0,
            "select count(*) from opportunity o join contact c on c.id = o.contact_id where o.company_id is distinct from c.company_id",
        ),
        (
            0,
            "select count(*) from contact c join company o on o.id = c.company_id where c.city <> o.city",
        ),
        (
            0,
            "select count(*) from contact where lead_score not between 0 and 100 or version <> 1 or created_by is null",
        ),
        // The planner knows the tables.
        (
            700,
            "select reltuples::int8 from pg_class where oid = 'contact'::regclass",
        ),
    ] {
        assert_eq!(rows.number(query).await, number, "{query}");
    }
    let largest = rows
        .number("select max(n) from (select count(*) n from contact group by company_id) x")
        .await;
    assert!(
        largest > 3 * 700 / 50,
        "the largest company has {largest} contacts, hardly more than the others"
    );
    let statuses = rows
        .number("select count(distinct status) from contact")
        .await;
    assert_eq!(statuses, 6);
    let first = "select to_char(created_at, 'YYYY-MM-DD HH24:MI') from contact order by id limit 2";
    assert_eq!(
        rows.texts(first).await,
        ["2024-01-01 00:00", "2024-01-01 00:03"],
        "a record is as old as its id says"
    );
}

#[tokio::test]
async fn a_second_run_finds_them_and_contacts_do_without_companies() {
    let database = TestDatabase::create().await;
    let engine = engine(&database);
    let only_contacts = Options {
        contacts: Some(30),
        ..numbers(0, 0, 0)
    };
    let report = tessera_seed::run(&engine, &only_contacts).await.unwrap();
    assert_eq!(made(&report), [("contact", 30)]);
    let report = tessera_seed::run(&engine, &only_contacts).await.unwrap();
    assert!(report.nothing_new());
    let mut rows = Rows::of(&database, "bench").await;
    assert_eq!(
        rows.number("select count(*) from contact where company_id is null")
            .await,
        30
    );
}

#[tokio::test]
async fn what_the_tenants_model_refuses_is_named_and_nothing_is_loaded() {
    use crate::support::world::World;
    use serde_json::json;
    let world = World::new().await;
    world
        .patch_field(
            "contact",
            "title",
            json!({"required": true, "settings": {"max_length": 12}}),
        )
        .await
        .unwrap();
    let options = Options {
        tenant: "acme".to_owned(),
        ..numbers(0, 300, 0)
    };
    let refused = tessera_seed::run(&world.engine, &options)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("/title"), "{refused}");
    let mut rows = Rows::of(&world.database, "acme").await;
    assert_eq!(rows.number("select count(*) from contact").await, 0);
    // The connection that broke off its load is good for more.
    let fine = Options {
        tenant: "acme".to_owned(),
        ..numbers(10, 0, 0)
    };
    tessera_seed::run(&world.engine, &fine).await.unwrap();
}
