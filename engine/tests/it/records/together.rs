//! Creates that are asked for at the same moment.

use serde_json::{Map, Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, query, query_scalar};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_engine::error::{Error, InternalError, Result};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::Selection;
use tessera_engine::records::WritePlan;
use tessera_engine::write::{Action, Write};
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::record::Record;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Duration, sleep, timeout};
use uuid::Uuid;

use super::events::events;
use crate::support::records::everything;
use crate::support::world::{World, refused};

/// More than run at once.
const MANY: usize = 32;

/// Things are created by one plan, as by all requests of one shape.
#[derive(Clone)]
struct Things {
    world: World,
    snapshot: Arc<Snapshot>,
    plan: Arc<WritePlan>,
}

impl Things {
    async fn new() -> Self {
        let world = World::new().await;
        let fields = json!([
            {"api_name": "code", "type": "text", "unique": true},
            {"api_name": "note", "type": "text"},
            {"api_name": "friends", "type": "many_to_many", "settings": {"to": "contact"}},
        ]);
        let thing = json!({"api_name": "thing", "fields": fields});
        world.define(thing).await.unwrap();
        let snapshot = world.model().await;
        let example = write(&snapshot, &thing_of("example", &json!([])));
        let plan = world.engine.plan_write(&world.admin, &snapshot, &example);
        let things = Self {
            plan: Arc::new(plan.unwrap()),
            snapshot,
            world,
        };
        things.are_brief().await;
        things
    }

    /// Runs the plan until it is known to be brief, and leaves nothing.
    async fn are_brief(&self) {
        let schema = self.world.schema().await;
        for number in 0..20 {
            let thing = thing_of(&format!("brief {number}"), &json!([]));
            self.create(&self.world.admin, thing).await.unwrap();
        }
        for table in ["thing", "_events"] {
            let text = format!("delete from {schema}.{table}");
            let mut superuser = self.world.database.superuser().await;
            query(AssertSqlSafe(text))
                .execute(&mut superuser)
                .await
                .unwrap();
        }
    }

    async fn create(&self, by: &Principal, thing: Json) -> Result<Json> {
        let write = write(&self.snapshot, &thing);
        let (engine, nothing) = (&self.world.engine, Map::new());
        let written = engine
            .run_write(by, &self.snapshot, &self.plan, &write, &nothing)
            .await?;
        let written = written.expect("what is given fits the plan");
        assert_eq!((written.affected, written.version), (1, Some(1)));
        Ok(match written.body.as_ref() {
            [] => Json::Null,
            body => serde_json::from_slice(body).unwrap(),
        })
    }

    /// Creates some at the same moment, and gives what became of each.
    async fn create_all(&self, things: Vec<(Principal, Json)>) -> Vec<Result<Json>> {
        let mut tasks = JoinSet::new();
        for (index, (by, thing)) in things.into_iter().enumerate() {
            let these = self.clone();
            tasks.spawn(async move { (index, these.create(&by, thing).await) });
        }
        let mut all = tasks.join_all().await;
        all.sort_by_key(|(index, _)| *index);
        all.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// How many transactions have made things.
    async fn transactions(&self) -> i64 {
        let schema = self.world.schema().await;
        let text =
            format!("select count(distinct xid) from {schema}._events where object = 'thing'");
        query_scalar(AssertSqlSafe(text))
            .fetch_one(&self.world.database.pool)
            .await
            .unwrap()
    }
}

fn thing_of(code: &str, friends: &Json) -> Json {
    json!({"code": code, "note": format!("the note of {code}"), "friends_ids": friends})
}

fn write(snapshot: &Snapshot, thing: &Json) -> Write {
    let object = snapshot.model.object("thing").unwrap();
    let mut record = Record::create(object, thing, Spelling::Snake).unwrap();
    record.id = Some(RecordId(Uuid::now_v7()));
    Write {
        action: Action::Create(record),
        selection: everything(snapshot, object),
        object: Arc::clone(object),
        rollback: false,
    }
}

#[tokio::test]
async fn some_are_one_statement_and_each_is_told_of_its_own() {
    let things = Things::new().await;
    let world = &things.world;
    let friends = world.create_many("contact", vec![json!({}), json!({})]);
    let friends: Vec<Json> = friends.await.unwrap();
    let friends: Vec<&Json> = friends.iter().map(|friend| &friend["id"]).collect();
    let other = world.another_tenant("other").await.admin.user;
    let other = Principal {
        user: other,
        ..world.admin.clone()
    };
    let mut made = 0;
    // On a machine that does much else all may have waited long enough to go alone.
    while things.transactions().await == made {
        let round: Vec<(Principal, Json)> = (0..MANY)
            .map(|number| {
                let by = if number % 3 == 0 {
                    &other
                } else {
                    &world.admin
                };
                let friends = json!(&friends[..number % 3]);
                (by.clone(), thing_of(&format!("{made} {number}"), &friends))
            })
            .collect();
        let outcomes = things.create_all(round.clone()).await;
        for ((by, given), outcome) in round.iter().zip(outcomes) {
            let told = outcome.unwrap();
            assert_eq!(told["code"], given["code"]);
            assert_eq!(told["note"], given["note"]);
            assert_eq!(told["created_by"], json!(by.user.to_string()));
            assert_eq!(told["updated_by"], told["created_by"]);
        }
        made += i64::try_from(MANY).unwrap();
    }
    for (least, friend) in (1..).zip(&friends) {
        let with_friend = json!({"friends": {"some": {"id": {"eq": friend}}}});
        let expected =
            (0..made).filter(|number| number % i64::try_from(MANY).unwrap() % 3 >= least);
        let found = world.list("thing", with_friend, "").await;
        assert_eq!(found.len(), expected.count());
    }
    let listed = world.list("thing", json!({}), "code").await;
    let mut recorded: Vec<_> = events(world).await;
    recorded.retain(|(_, object, ..)| object == "thing");
    assert_eq!(listed.len(), recorded.len());
    for (actor, _, id, action, before, after) in recorded {
        let after = after.unwrap().0;
        let thing = listed.iter().find(|thing| thing["id"] == after["id"]);
        let thing = thing.unwrap();
        assert_eq!(thing["id"], json!(id));
        assert_eq!((action.as_str(), before.is_none()), ("created", true));
        assert_eq!(thing["created_by"], json!(actor));
        assert_eq!(
            (&thing["code"], &thing["note"]),
            (&after["code"], &after["note"])
        );
    }
}

#[tokio::test]
async fn who_comes_again_as_soon_as_answered_goes_with_the_others() {
    const CLIENTS: i64 = 8;
    const TIMES: i64 = 40;
    let things = Things::new().await;
    let mut known = 0;
    // Were nobody expected, the first to come again would go alone each time: one statement for two things. On a machine
    // that does much else they may come too late.
    for round in 0..50 {
        let mut tasks = JoinSet::new();
        for client in 0..CLIENTS {
            let (these, by) = (things.clone(), things.world.admin.clone());
            tasks.spawn(async move {
                for time in 0..TIMES {
                    let code = format!("{round} {client} {time}");
                    let thing = thing_of(&code, &json!([]));
                    these.create(&by, thing).await.unwrap();
                    // The way to the client and back.
                    for _ in 0..20 {
                        yield_now().await;
                    }
                }
            });
        }
        tasks.join_all().await;
        let all = things.transactions().await;
        let transactions = all - known;
        known = all;
        if transactions < CLIENTS * TIMES * 7 / 20 {
            return;
        }
    }
    panic!("the next statement waited for nobody, fifty times");
}

#[tokio::test]
async fn one_that_is_refused_is_told_and_the_others_are_made() {
    let things = Things::new().await;
    let admin = &things.world.admin;
    let taken = thing_of("taken", &json!([]));
    things.create(admin, taken.clone()).await.unwrap();
    for round in 0..10 {
        let refused_one = 2 + 3 * round;
        let given = (0..MANY).map(|number| {
            let thing = if number == refused_one {
                taken.clone()
            } else {
                thing_of(&format!("{round} {number}"), &json!([]))
            };
            (admin.clone(), thing)
        });
        let outcomes = things.create_all(given.collect()).await;
        for (number, outcome) in outcomes.into_iter().enumerate() {
            if number == refused_one {
                assert!(refused(outcome).contains("unique"));
            } else {
                assert_eq!(outcome.unwrap()["code"], json!(format!("{round} {number}")));
            }
        }
    }
    let all = things.world.list("thing", json!({}), "").await;
    let codes: BTreeSet<&str> = all
        .iter()
        .filter_map(|thing| thing["code"].as_str())
        .collect();
    assert_eq!(
        (all.len(), codes.len()),
        (10 * (MANY - 1) + 1, 10 * (MANY - 1) + 1)
    );
}

#[tokio::test]
async fn one_that_has_to_wait_does_not_hold_up_the_others() {
    let things = Things::new().await;
    let admin = &things.world.admin;
    let schema = things.world.schema().await;
    let text = format!(
        "insert into {schema}.thing (id, created_at, updated_at, version, code) values (gen_random_uuid(), now(), now(), 1, 'held')"
    );
    let mut superuser = things.world.database.superuser().await;
    let mut other = superuser.begin().await.unwrap();
    query(AssertSqlSafe(text))
        .execute(&mut *other)
        .await
        .unwrap();
    for held in [0, 9] {
        let mut tasks = JoinSet::new();
        for number in 0..MANY {
            let code = if number == held {
                "held".to_owned()
            } else {
                format!("{held} {number}")
            };
            let (these, by) = (things.clone(), admin.clone());
            tasks.spawn(async move { these.create(&by, thing_of(&code, &json!([]))).await });
        }
        // Longer than it takes, shorter than the one would wait.
        let others = async {
            for _ in 1..MANY {
                tasks.join_next().await.unwrap().unwrap().unwrap();
            }
        };
        timeout(Duration::from_secs(20), others).await.unwrap();
        assert!(tasks.try_join_next().is_none(), "it waits for the other");
        tasks.shutdown().await;
    }
    other.rollback().await.unwrap();
}

#[tokio::test]
async fn who_goes_away_leaves_nothing_behind() {
    let things = Things::new().await;
    let admin = &things.world.admin;
    for round in 0..20 {
        let mut tasks = JoinSet::new();
        for number in 0..MANY {
            let thing = thing_of(&format!("{round} {number}"), &json!([]));
            let (these, by) = (things.clone(), admin.clone());
            tasks.spawn(async move { these.create(&by, thing).await.unwrap() });
        }
        sleep(Duration::from_micros(300 * round)).await;
        tasks.shutdown().await;
    }
    let given = (0..MANY).map(|number| {
        (
            admin.clone(),
            thing_of(&format!("last {number}"), &json!([])),
        )
    });
    let outcomes = timeout(Duration::from_secs(20), things.create_all(given.collect())).await;
    assert!(outcomes.unwrap().iter().all(Result::is_ok));
    let all = things.world.list("thing", json!({}), "").await;
    let recorded = events(&things.world).await;
    assert_eq!(
        all.len(),
        recorded.iter().filter(|event| event.1 == "thing").count()
    );
}

#[tokio::test]
async fn under_another_model_none_is_made() {
    let things = Things::new().await;
    let field = json!({"api_name": "later", "type": "text"});
    things.world.add_field("thing", field).await.unwrap();
    let given = (0..MANY).map(|number| {
        let thing = thing_of(&number.to_string(), &json!([]));
        (things.world.admin.clone(), thing)
    });
    for outcome in things.create_all(given.collect()).await {
        assert!(matches!(
            outcome,
            Err(Error::Internal(InternalError::ModelChanged))
        ));
    }
    assert!(things.world.list("thing", json!({}), "").await.is_empty());
}

#[tokio::test]
async fn nothing_is_answered_where_nothing_is_asked_for() {
    let mut things = Things::new().await;
    let (engine, snapshot) = (&things.world.engine, &things.snapshot);
    let mut example = write(snapshot, &thing_of("example", &json!([])));
    example.selection = Selection::default();
    let plan = engine.plan_write(&things.world.admin, snapshot, &example);
    things.plan = Arc::new(plan.unwrap());
    things.are_brief().await;
    let given = (0..MANY).map(|number| {
        let thing = thing_of(&number.to_string(), &json!([]));
        (things.world.admin.clone(), thing)
    });
    for outcome in things.create_all(given.collect()).await {
        assert_eq!(outcome.unwrap(), Json::Null);
    }
}
