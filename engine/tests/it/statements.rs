//! How many statements a request costs, counted from outside the engine: by what is logged of each.

use serde_json::json;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::sync::Once;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::world::World;

thread_local! {
    /// Statements that this thread has run. A test's runtime has one thread, and a thread one test.
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
    /// The text of the last of them that ran on a lane.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Counts the events that tell of a statement. One for the whole process: what several subscribers that come and go
/// are interested in is cached by tracing across threads, and not reliably.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        matches!(
            metadata.target(),
            "sqlx::query" | "tessera_engine::statements"
        )
    }

    fn event(&self, event: &Event<'_>) {
        STATEMENTS.set(STATEMENTS.get() + 1);
        event.record(&mut Last);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Keeps the text of an event as that of the last statement.
struct Last;

impl Visit for Last {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "text" {
            LAST.with_borrow_mut(|last| value.clone_into(last));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// The text of the last statement that `work` runs on a lane.
pub(crate) async fn last<T>(work: impl Future<Output = T>) -> String {
    counted(work).await;
    LAST.with_borrow(Clone::clone)
}

/// The statements that `work` runs.
async fn counted<T>(work: impl Future<Output = T>) -> (usize, T) {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        tracing::subscriber::set_global_default(Counter).expect("no other test subscribes");
    });
    let before = STATEMENTS.get();
    let done = work.await;
    (STATEMENTS.get() - before, done)
}

#[tokio::test]
async fn a_read_is_one_statement_and_so_is_a_write() {
    let world = World::new().await;
    let company = world
        .create("company", json!({"name": "Acme"}))
        .await
        .unwrap();
    let (count, ada) = counted(world.create("contact", json!({"company_id": company["id"]}))).await;
    assert_eq!(count, 1, "create");
    let ada = ada.unwrap();
    let many = (0..50)
        .map(|n| json!({"lead_score": n, "company_id": company["id"]}))
        .collect();
    assert_eq!(
        counted(world.create_many("contact", many)).await.0,
        1,
        "create many"
    );
    let filter = json!({"company": {"contacts": {"some": {"lead_score": {"gt": 3}}}}});
    let (count, found) =
        counted(world.list("contact", filter.clone(), "company.name,-lead_score")).await;
    assert_eq!(
        (count, found.len()),
        (1, 51),
        "list with a total and linked records"
    );
    let body = json!({"group_by": ["company.name", {"field": "created_at", "by": "day"}],
                      "aggregates": {"n": {"count": "*"}}, "time_zone": "Europe/Riga"});
    let (count, groups) = counted(world.groups("contact", &body)).await;
    assert_eq!((count, &groups.unwrap()[0]["n"]), (1, &json!(51)), "groups");
    assert_eq!(
        counted(world.update("contact", &ada, json!({"title": "x"})))
            .await
            .0,
        1,
        "update"
    );
    assert_eq!(
        counted(world.update_where("contact", filter, json!({"title": "y"})))
            .await
            .0,
        1,
        "update where"
    );
    assert_eq!(counted(world.delete("contact", &ada)).await.0, 1, "delete");
    assert_eq!(
        counted(world.restore("contact", &ada)).await.0,
        1,
        "restore"
    );
    // Its record is locked before, in a transaction, so that no link is made between.
    assert_eq!(
        counted(world.destroy("contact", &ada)).await.0,
        3,
        "destroy"
    );
}

#[tokio::test]
async fn a_refusal_is_believed_after_one_look_at_the_version() {
    let world = World::new().await;
    world.model().await;
    // The write, and whether the model is still the one it was worked out from.
    let nobody = json!("01900000-0000-7000-8000-000000000000");
    assert_eq!(counted(world.delete("contact", &nobody)).await.0, 2);
    assert_eq!(
        counted(world.create("contact", json!({"nothing": 1})))
            .await
            .0,
        1
    );
}
