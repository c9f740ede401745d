//! Many records in one write.

use serde_json::{Value as Json, json};

use crate::support::world::{World, places, refusal, refused};

#[tokio::test]
async fn a_thousand_come_back_in_the_order_they_were_given() {
    let world = World::new().await;
    let records = (0..1000)
        .map(|n| json!({"first_name": format!("n{n}"), "lead_score": (n % 3 > 0).then_some(n)}));
    let made = world
        .create_many("contact", records.collect())
        .await
        .unwrap();
    assert_eq!(made.len(), 1000);
    for (n, record) in made.iter().enumerate() {
        assert_eq!(record["first_name"], format!("n{n}"));
        assert_eq!(
            record["lead_score"],
            (n % 3 > 0).then_some(n).map_or(Json::Null, |n| json!(n))
        );
        assert_eq!(record["status"], "new");
    }
    assert!(
        made.windows(2)
            .all(|pair| pair[0]["id"].as_str() < pair[1]["id"].as_str())
    );
    assert_eq!(
        world.create_many("contact", vec![]).await.unwrap(),
        Vec::<Json>::new()
    );
}

#[tokio::test]
async fn all_or_nothing_and_the_refusal_says_which() {
    let world = World::new().await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "number", "type": "integer", "unique": true, "settings": {"max": i64::MAX}},
        {"api_name": "price", "type": "decimal", "unique": true},
        {"api_name": "at", "type": "datetime", "unique": true},
        {"api_name": "clock", "type": "time", "unique": true},
        {"api_name": "share", "type": "float", "unique": true},
        {"api_name": "day", "type": "date", "unique": true},
        {"api_name": "mail", "type": "email", "unique": true},
        {"api_name": "yes", "type": "boolean", "unique": true},
        {"api_name": "contact", "type": "relation", "unique": true, "settings": {"to": "contact"}},
    ]);
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let contact = world.create("contact", json!({})).await.unwrap();
    for (key, value) in [
        ("code", json!("it's (x)=(y) \"z\"")),
        ("number", json!(9_007_199_254_740_993_i64)),
        ("price", json!("1.50")),
        ("price", json!(2.5)),
        ("at", json!("2026-11-22T10:30:00+02:00")),
        ("clock", json!("10:30")),
        ("share", json!(0.1)),
        ("share", json!(2.0)),
        ("day", json!("2026-11-22")),
        ("mail", json!("Ada@Example.com")),
        ("yes", json!(true)),
        ("contact_id", contact["id"].clone()),
    ] {
        let with = json!({key: value});
        let expected = format!("409 /2/{key} unique");
        // Twice in one input: the later one is too many.
        let twice = vec![json!({}), with.clone(), with.clone(), json!({})];
        assert_eq!(
            refused(world.create_many("thing", twice).await),
            expected,
            "{with} twice"
        );
        assert_eq!(world.list("thing", json!({}), "").await.len(), 0);
        // Once there already.
        let there = world.create("thing", with.clone()).await.unwrap();
        assert_eq!(
            refused(world.create("thing", with.clone()).await),
            format!("409 /{key} unique")
        );
        let again = vec![json!({}), json!({}), with.clone(), json!({})];
        assert_eq!(
            refused(world.create_many("thing", again).await),
            expected,
            "{with} again"
        );
        world.destroy("thing", &there).await.unwrap();
    }
}

#[tokio::test]
async fn every_bad_value_of_every_field_is_told_at_once() {
    let world = World::new().await;
    let bad = json!({"email": "nobody", "lead_score": "many", "status": "asleep", "hobby": "chess", "company": {}});
    let mut found = places(&refusal(world.create("contact", bad).await));
    found.sort();
    assert_eq!(
        found,
        [
            "/company unknown",
            "/email format",
            "/hobby unknown",
            "/lead_score pattern",
            "/status option"
        ]
    );
}

#[tokio::test]
async fn a_write_by_filter_meets_just_what_fits() {
    let world = World::new().await;
    let company = world
        .create("company", json!({"name": "Acme", "city": "Riga"}))
        .await
        .unwrap();
    let records = (0..10)
        .map(|n| json!({"lead_score": n, "company_id": (n < 5).then(|| company["id"].clone())}));
    let made = world
        .create_many("contact", records.collect())
        .await
        .unwrap();
    world.delete("contact", &made[0]).await.unwrap();

    let of_riga = json!({"company": {"city": {"eq": "Riga"}}});
    assert_eq!(
        world
            .update_where("contact", of_riga.clone(), json!({"title": "x"}))
            .await
            .unwrap(),
        4
    );
    assert_eq!(
        world
            .list("contact", json!({"title": {"eq": "x"}}), "")
            .await
            .len(),
        4
    );
    assert_eq!(
        world
            .update_where(
                "contact",
                json!({"lead_score": {"gt": 99}}),
                json!({"title": "y"})
            )
            .await
            .unwrap(),
        0
    );
    // What the filter asks of and what is changed may be the same.
    assert_eq!(
        world
            .update_where(
                "contact",
                json!({"title": {"eq": "x"}}),
                json!({"title": null})
            )
            .await
            .unwrap(),
        4
    );
    assert_eq!(
        refused(
            world
                .update_where("contact", json!({"nothing": {"eq": 1}}), json!({}))
                .await
        ),
        "400 /nothing unknown"
    );
    assert_eq!(
        refused(
            world
                .update_where("contact", json!({}), json!({"nothing": 1}))
                .await
        ),
        "422 /nothing unknown"
    );

    assert_eq!(
        world
            .delete_where("contact", of_riga.clone())
            .await
            .unwrap(),
        4
    );
    assert_eq!(world.delete_where("contact", of_riga).await.unwrap(), 0);
    assert_eq!(world.list("contact", json!({}), "").await.len(), 5);
}
