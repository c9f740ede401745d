//! Orders.

use serde_json::{Value as Json, json};
use tessera_schema::scalar::Scalar;

use super::{in_order, record, thing};

#[tokio::test]
async fn every_type_that_has_an_order_is_sorted_by_it() {
    let (world, fields) = thing().await;
    let made = world
        .create_many(
            "thing",
            (0..3).map(|place| record(&fields, place)).collect(),
        )
        .await
        .unwrap();
    let ids: Vec<&Json> = made.iter().map(|record| &record["id"]).collect();
    for (field, values) in &fields {
        let Some(column) = field
            .columns
            .first()
            .filter(|c| c.column_type.scalar.sortable() && !c.column_type.list)
        else {
            continue;
        };
        // An address and a contact's id are in order by the sample; text is by its collation.
        let path = match field.api_name().as_str() {
            "address" => "address.city".to_owned(),
            "currency" => "currency.amount".to_owned(),
            "full_name" => "full_name.first".to_owned(),
            _ => field.value_key(),
        };
        let mut expected: Vec<usize> = vec![0, 1, 2];
        if column.column_type.scalar == Scalar::Text && field.components().is_empty() {
            let texts = values.iter().map(|value| value.as_str().unwrap());
            expected = in_order(&world, &column.column_type, texts).await;
        }
        for sort in [format!("{path},id"), format!("-{path},-id")] {
            let found = world.list("thing", json!({}), &sort).await;
            let found: Vec<usize> = found
                .iter()
                .map(|record| ids.iter().position(|id| **id == record["id"]).unwrap())
                .collect();
            assert_eq!(found, expected, "{sort}");
            expected.reverse();
        }
    }
}
