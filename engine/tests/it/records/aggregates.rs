//! Groups through relations, of nothing, and of too much.

use serde_json::{Value as Json, json};

use crate::support::world::{World, refused};

/// Deals of contacts of companies: what is two relations away is told by its name.
async fn deals(world: &World) -> [Json; 2] {
    let company = async |name: &str| {
        world
            .create("company", json!({"name": name}))
            .await
            .unwrap()
    };
    let [acme, beta] = [company("Acme").await, company("Beta").await];
    let contact = async |company: &Json| {
        let contact = json!({"company_id": company["id"]});
        world.create("contact", contact).await.unwrap()
    };
    let [ann, bob] = [contact(&acme).await, contact(&beta).await];
    let deal = |name: &str, amount: &str, contact: &Json| {
        let amount = json!({"amount": amount, "currency_code": "EUR"});
        json!({"name": name, "amount": amount, "contact_id": contact["id"]})
    };
    let deals = vec![
        deal("d1", "1.25", &ann),
        deal("d2", "2.50", &ann),
        deal("d3", "4", &bob),
        json!({"name": "d4"}),
    ];
    world.create_many("opportunity", deals).await.unwrap();
    [acme, bob]
}

#[tokio::test]
async fn relations_are_walked_as_far_as_they_lead() {
    let world = World::new().await;
    let [acme, bob] = deals(&world).await;
    let body = json!({"group_by": ["contact.company.name"], "aggregates": {"total": {"sum": "amount"}, "n": {"count": "*"}}});
    let groups = async || {
        let groups = world.groups("opportunity", &body).await.unwrap();
        let groups = groups.as_array().unwrap().iter();
        let told = groups.map(|group| {
            format!(
                "{} {} {}",
                group["contact.company.name"], group["total"][0]["amount"], group["n"]
            )
        });
        told.collect::<Vec<_>>().join(", ").replace('"', "")
    };
    assert_eq!(groups().await, "Acme 3.75 2, Beta 4 1, null null 1");
    // One relation away, and two.
    world.delete("contact", &bob).await.unwrap();
    assert_eq!(groups().await, "Acme 3.75 2, null 4 2");
    world.delete("company", &acme).await.unwrap();
    assert_eq!(groups().await, "null 7.75 4");
    world.restore("company", &acme).await.unwrap();
    assert_eq!(groups().await, "Acme 3.75 2, null 4 2");
}

#[tokio::test]
async fn there_is_something_to_say_of_nothing() {
    let world = World::new().await;
    let aggregates =
        json!({"n": {"count": "*"}, "total": {"sum": "amount"}, "share": {"empty_share": "name"}});
    let grouped = json!({"group_by": ["stage"], "aggregates": aggregates});
    assert_eq!(
        world.groups("opportunity", &grouped).await.unwrap(),
        json!([])
    );
    let whole = json!({"aggregates": aggregates});
    let nothing = json!([{"n": 0, "total": [], "share": null}]);
    assert_eq!(world.groups("opportunity", &whole).await.unwrap(), nothing);
    // Postgres is asked about the zone even where there is nothing to put into it.
    for body in [&grouped, &whole] {
        let mut body = body.clone();
        body["time_zone"] = json!("Europe/Atlantis");
        let done = world.groups("opportunity", &body).await;
        assert_eq!(refused(done), "400 /time_zone time_zone");
    }
}

#[tokio::test]
async fn groups_follow_the_model() {
    let world = World::new().await;
    let body = json!({"aggregates": {"most": {"max": "size"}}});
    assert_eq!(
        refused(world.groups("contact", &body).await),
        "400 /aggregates/most/max unknown"
    );
    let other = world.on_another_server().await;
    let field = json!({"api_name": "size", "type": "integer"});
    other.add_field("contact", field).await.unwrap();
    world.create("contact", json!({"size": 3})).await.unwrap();
    assert_eq!(
        world.groups("contact", &body).await.unwrap(),
        json!([{"most": 3}])
    );
}

#[tokio::test]
async fn numbers_beyond_their_type_are_refused() {
    let world = World::new().await;
    let field = json!({"api_name": "mass", "type": "float"});
    world.add_field("contact", field).await.unwrap();
    let heavy = vec![json!({"mass": 1.7e308}); 2];
    world.create_many("contact", heavy).await.unwrap();
    let body = json!({"aggregates": {"it": {"sum": "mass"}}});
    assert_eq!(
        refused(world.groups("contact", &body).await),
        "422  out_of_range"
    );
}
