//! Versions: they rise with each change, and a stale one is refused.

use serde_json::json;
use tessera_compiler::write::{Action, Expected};
use tessera_error::UserError;

use crate::support::records::record_id;
use crate::support::world::{World, refusal, refused};

#[tokio::test]
async fn each_change_raises_the_version() {
    let world = World::new().await;
    let made = world.create("contact", json!({})).await.unwrap();
    let changes = [
        world
            .update("contact", &made, json!({"title": "x"}))
            .await
            .unwrap(),
        world.update("contact", &made, json!({})).await.unwrap(),
        world.delete("contact", &made).await.unwrap(),
        world.restore("contact", &made).await.unwrap(),
    ];
    let versions: Vec<i64> = changes
        .iter()
        .map(|record| record["version"].as_i64().unwrap())
        .collect();
    assert_eq!(
        (made["version"].as_i64(), versions.as_slice()),
        (Some(1), &[2, 3, 4, 5][..])
    );
    assert_eq!(
        world
            .update_where("contact", json!({}), json!({"title": "y"}))
            .await
            .unwrap(),
        1
    );
    assert_eq!(world.list("contact", json!({}), "").await[0]["version"], 6);
}

#[tokio::test]
async fn a_write_on_another_version_is_refused() {
    let world = World::new().await;
    let made = world.create("contact", json!({})).await.unwrap();
    let change = json!({"title": "x"});
    let changed = world
        .update_if(
            "contact",
            &made,
            change.clone(),
            Some(Expected::IfMatch(vec![1])),
        )
        .await
        .unwrap();
    assert_eq!(changed["version"], 2);
    let stale = [
        (
            Expected::IfMatch(vec![1]),
            UserError::PreconditionFailed { current: 2 },
        ),
        (
            Expected::IfMatch(vec![3]),
            UserError::PreconditionFailed { current: 2 },
        ),
        (
            Expected::Version(1),
            UserError::Stale {
                current: 2,
                given: 1,
            },
        ),
    ];
    let id = record_id(&made);
    for (expected, error) in stale {
        let expected = Some(expected);
        assert_eq!(
            refusal(
                world
                    .update_if("contact", &made, change.clone(), expected.clone())
                    .await
            ),
            error
        );
        assert_eq!(
            refusal(
                world
                    .write("contact", |_, _| Ok(Action::Delete {
                        id,
                        expected: expected.clone()
                    }))
                    .await
            ),
            error
        );
        assert_eq!(
            refusal(
                world
                    .write("contact", |_, _| Ok(Action::Destroy {
                        id,
                        expected: expected.clone()
                    }))
                    .await
            ),
            error
        );
    }
    assert_eq!(world.list("contact", json!({}), "").await, [changed]);
    let expected = Some(Expected::Version(2));
    world
        .write("contact", |_, _| {
            Ok(Action::Delete {
                id,
                expected: expected.clone(),
            })
        })
        .await
        .unwrap();
    assert_eq!(
        refused(
            world
                .update_if("contact", &made, change, Some(Expected::Version(3)))
                .await
        ),
        "404 not_found"
    );
    let expected = Some(Expected::IfMatch(vec![3]));
    world
        .write("contact", |_, _| {
            Ok(Action::Destroy {
                id,
                expected: expected.clone(),
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn of_two_changes_at_once_on_one_version_one_is_refused() {
    let world = World::new().await;
    let made = world.create("contact", json!({})).await.unwrap();
    for version in 1..=10 {
        let change = |title: &str| {
            world.update_if(
                "contact",
                &made,
                json!({"title": title}),
                Some(Expected::Version(version)),
            )
        };
        let (one, other) = tokio::join!(change("one"), change("other"));
        let lost = match (one, other) {
            (Ok(_), lost) | (lost, Ok(_)) => lost,
            (Err(one), Err(other)) => panic!("{one}, {other}"),
        };
        assert_eq!(
            refusal(lost),
            UserError::Stale {
                current: version + 1,
                given: version
            }
        );
    }
}
