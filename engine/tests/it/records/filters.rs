//! What filters find where values are missing, and how their parts go together.

use serde_json::json;

use crate::support::world::World;

#[tokio::test]
async fn filters_tell_no_value_from_any_value() {
    let world = World::new().await;
    let contacts = [
        json!({"first_name": "Ada", "lead_score": 1}),
        json!({"first_name": "Bob", "lead_score": 2}),
        json!({}),
    ];
    world.create_many("contact", contacts.into()).await.unwrap();
    for (filter, expected) in [
        (json!({"lead_score": {"is_null": true}}), 1),
        (json!({"lead_score": {"is_null": false}}), 2),
        (json!({"lead_score": {"eq": 1}}), 1),
        (json!({"lead_score": {"neq": 1}}), 2),
        (json!({"lead_score": {"not_in": [1]}}), 2),
        (json!({"lead_score": {"not_in": []}}), 3),
        (json!({"lead_score": {"in": []}}), 0),
        (json!({"not": {"lead_score": {"eq": 1}}}), 2),
        (json!({"not": {"lead_score": {"gt": 1}}}), 2),
        (json!({"not": {"not": {"lead_score": {"gt": 1}}}}), 1),
        (json!({"not": {}}), 0),
        (json!({"or": []}), 0),
        (json!({"and": []}), 3),
        (
            json!({"or": [{"lead_score": {"eq": 1}}, {"first_name": {"eq": "Bob"}}]}),
            2,
        ),
        (json!({"lead_score": {"gte": 1, "lt": 2}}), 1),
        (json!({"lead_score": {"between": [2, 1]}}), 0),
        (json!({"first_name": {"contains": "A"}}), 1),
        (json!({"first_name": {"contains": "_"}}), 0),
        (json!({"first_name": {"like": "_da"}}), 1),
        (json!({"first_name": {"like": "ada"}}), 0),
        (json!({"company": {}}), 0),
        (json!({"company_id": {"is_null": true}}), 3),
        (json!({"not": {"company": {"city": {"eq": "Riga"}}}}), 3),
        (json!({"opportunities": {"none": {}}}), 3),
        (
            json!({"opportunities": {"every": {"stage": {"in": []}}}}),
            3,
        ),
    ] {
        assert_eq!(
            world.list("contact", filter.clone(), "").await.len(),
            expected,
            "{filter}"
        );
    }
}
