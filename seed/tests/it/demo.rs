//! The demo company.

use crate::rows::Rows;
use crate::support::TestDatabase;
use crate::support::world::engine;
use crate::{CRM, seed_demo};

#[tokio::test]
async fn it_has_records_of_every_object_and_they_are_related() {
    let database = TestDatabase::create().await;
    let report = seed_demo(&engine(&database)).await;
    let mut rows = Rows::of(&database, "demo").await;
    let mut total = 0;
    for (object, made) in CRM.into_iter().zip(&report.made) {
        let count = rows.number(&format!("select count(*) from {object}")).await;
        assert_eq!((made.object, made.records.cast_signed()), (object, count));
        assert!(count >= 40, "{count} {object}");
        total += count;
    }
    assert!(
        (300..1_500).contains(&total),
        "{total} records are not a few hundred"
    );
    assert_eq!(
        rows.number("select count(*) from _events").await,
        total,
        "each record has its event"
    );

    // Keys between tables are the database's care; that relations are there and fit each other is the seed's.
    for (what, query) in [
        ("a contact without a company", "select count(*) from contact where company_id is null"),
        ("an opportunity without a contact", "select count(*) from opportunity where contact_id is null"),
        (
            "a record about a company and somebody else's contact",
            "select count(*) from (select company_id, contact_id from opportunity union all select company_id, contact_id from task
                 union all select company_id, contact_id from note union all select company_id, contact_id from activity) r
             join contact c on c.id = r.contact_id where c.company_id is distinct from r.company_id",
        ),
        (
            "an attendee from elsewhere, or the contact itself",
            "select count(*) from _link__activity__attendees l join activity a on a.id = l.from_id join contact c on c.id = l.to_id
             where c.company_id <> a.company_id or c.id = a.contact_id",
        ),
        (
            "a superior at another company",
            "select count(*) from contact c join contact s on s.id = c.reports_to_id where s.company_id <> c.company_id or s.id = c.id",
        ),
        (
            "an opportunity that ended without a reason or in the future",
            "select count(*) from opportunity where (stage = 'lost') <> (lost_reason is not null)
                 or stage in ('won', 'lost') and close_date >= '2026-11-16'",
        ),
        ("a done task without a time", "select count(*) from task where (status = 'done') <> (done_at is not null)"),
        ("an e-mail address twice", "select count(*) - count(distinct email) from contact"),
    ] {
        assert_eq!(rows.number(query).await, 0, "{what}");
    }
    for (what, query) in [
        ("owners", "select count(distinct owner_id) from contact"),
        (
            "currencies",
            "select count(distinct amount__currency_code) from opportunity",
        ),
        (
            "cities",
            "select count(distinct address__city) from company",
        ),
        (
            "tags",
            "select count(distinct tag) from contact, unnest(tags) tag",
        ),
        (
            "attendees",
            "select count(*) from _link__activity__attendees",
        ),
        (
            "Cyrillic names",
            "select count(*) from contact where last_name ~ '[а-я]'",
        ),
    ] {
        let number = rows.number(query).await;
        assert!(number >= 5, "{number} {what}");
    }
    let untold = "select count(*) from (select subject as t from task union all select description from task union all select title from note
        union all select body from note union all select subject from activity union all select summary from activity
        union all select name from opportunity) x where t like '%{%'";
    assert_eq!(
        rows.number(untold).await,
        0,
        "a placeholder is left in a text"
    );
}

#[tokio::test]
async fn a_second_run_changes_nothing_and_says_so() {
    let database = TestDatabase::create().await;
    let engine = engine(&database);
    let first = seed_demo(&engine).await;
    assert!(first.is_new && !first.nothing_new());
    let mut rows = Rows::of(&database, "demo").await;
    let before = rows.exactly().await;

    let second = seed_demo(&engine).await;
    assert!(second.nothing_new(), "{second:?}");
    assert!(
        second.to_string().contains("nothing was changed"),
        "{second}"
    );
    assert_eq!(rows.exactly().await, before);
}

#[tokio::test]
async fn two_databases_get_the_same_records() {
    let (one, other) = (TestDatabase::create().await, TestDatabase::create().await);
    seed_demo(&engine(&one)).await;
    seed_demo(&engine(&other)).await;
    let one = Rows::of(&one, "demo").await.deterministic().await;
    let other = Rows::of(&other, "demo").await.deterministic().await;
    assert!(one.len() > 300);
    assert_eq!(one, other);
}
