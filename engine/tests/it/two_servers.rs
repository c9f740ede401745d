//! Two servers on one database: what one changes, the other serves in its next request.

use serde_json::{Value as Json, json};

use crate::support::world::{World, refused};

/// Changes, each made through one server and met through the other, which then makes its own.
async fn take_turns(one: &World, other: &World, rounds: usize) {
    for round in 0..rounds {
        for (admin, client) in [(one, other), (other, one)] {
            let name = format!("field_{round}");
            admin
                .add_field("contact", json!({"api_name": name, "type": "integer"}))
                .await
                .unwrap();
            let made = client
                .create("contact", json!({name.clone(): round}))
                .await
                .unwrap();
            assert_eq!(made[&name], round);
            let found = admin
                .find(
                    "contact",
                    json!({name.clone(): {"eq": round}}),
                    &format!("-{name}"),
                )
                .await
                .unwrap();
            assert_eq!(found.len(), 1, "{name}");

            admin
                .remove_field("contact", &name, Some(&name))
                .await
                .unwrap();
            assert_eq!(
                refused(client.create("contact", json!({name.clone(): 1})).await),
                format!("422 /{name} unknown")
            );
            let shown = client
                .find("contact", json!({"id": {"eq": made["id"]}}), "")
                .await
                .unwrap();
            assert_eq!(shown[0].get(&name), None);
            client.destroy("contact", &made).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_change_is_served_by_the_other_server_in_its_next_request() {
    let one = World::new().await;
    let other = one.on_another_server().await;
    take_turns(&one, &other, 15).await;
}

#[tokio::test]
async fn and_also_while_both_listen_for_changes() {
    let one = World::new().await;
    let other = one.on_another_server().await;
    let listeners = [
        tokio::spawn(one.engine.follow()),
        tokio::spawn(other.engine.follow()),
    ];
    take_turns(&one, &other, 10).await;
    for listener in listeners {
        assert!(!listener.is_finished());
        listener.abort();
    }
}

#[tokio::test]
async fn a_list_shows_a_field_that_the_other_server_has_just_added() {
    let one = World::new().await;
    let other = one.on_another_server().await;
    one.create("contact", json!({"first_name": "Ada"}))
        .await
        .unwrap();
    for round in 0..10 {
        let before = other.list("contact", json!({}), "").await;
        let name = format!("field_{round}");
        one.add_field(
            "contact",
            json!({"api_name": name, "type": "text", "default_value": "new"}),
        )
        .await
        .unwrap();
        let after = other.list("contact", json!({}), "").await;
        assert_eq!(
            (before[0].get(&name), after[0].get(&name)),
            (None, Some(&json!("new")))
        );
    }
}

#[tokio::test]
async fn an_object_that_another_server_made_anew_is_met_as_it_is_now() {
    let one = World::new().await;
    let other = one.on_another_server().await;
    let types = ["text", "integer", "boolean", "date", "json"];
    let values = [
        json!("x"),
        json!(7),
        json!(true),
        json!("2026-11-22"),
        json!({"a": 1}),
    ];
    for (field_type, value) in types.iter().zip(&values) {
        let fields = json!([{"api_name": "it", "type": field_type}]);
        one.define(json!({"api_name": "thing", "fields": fields}))
            .await
            .unwrap();
        for _ in 0..2 {
            let made = other.create("thing", json!({"it": value})).await.unwrap();
            assert_eq!(made["it"], *value, "{field_type}");
        }
        assert_eq!(
            other
                .list("thing", json!({"it": {"eq": value}}), "")
                .await
                .len(),
            2,
            "{field_type}"
        );
        one.remove_object("thing", Some("thing")).await.unwrap();
        let gone: Result<Vec<Json>, _> = other.find("thing", json!({}), "").await;
        assert_eq!(refused(gone), "404 not_found");
    }
}
