//! A plan is of one model, one tenant, and what its caller may do.

use serde_json::{Value as Json, json};
use std::sync::Arc;

use super::{ANN, Crm, DAN, NOTHING, id, told};
use crate::support::shared::Server;

const NAMES: &str =
    "query($c: String) { contacts(filter: {city: {eq: $c}}) { nodes { lastName } } }";
const RENAME: &str =
    "mutation($id: UUID!, $d: ContactUpdateInput!) { updateContact(id: $id, data: $d) { city } }";

#[tokio::test]
async fn after_a_change_of_the_model_the_next_request_has_the_new_one() {
    let crm = Crm::new().await;
    let tenant = &crm.tenant;
    let path = format!("/api/v1/contacts/{}", id(ANN));
    let nick = "query($id: UUID!) { contact(id: $id) { lastName nick } }";
    let by_nick =
        r"/api/v1/contacts?filter=%7B%22nick%22:%7B%22eq%22:%22A%22%7D%7D&fields=last_name";
    let ann = json!({"id": id(ANN)});
    let unknown = told(tenant, nick, &ann).await;
    assert!(unknown.starts_with("400 "), "{unknown}");
    assert_eq!(tenant.get(by_nick).await.status, 400);
    for _ in 0..2 {
        assert_eq!(tenant.get(&path).await.ok().get("nick"), None);
        tenant.data(NAMES, json!({"c": "Riga"})).await;
    }

    let fields = "/api/v1/metadata/objects/contact/fields";
    let field = json!({"api_name": "nick", "type": "text", "default_value": "N"});
    tenant.post(fields, field).await.created();
    assert_eq!(tenant.get(&path).await.ok().get("nick"), Some(&json!("N")));
    assert_eq!(
        tenant.data(nick, ann.clone()).await["contact"],
        json!({"lastName": "Ann", "nick": "N"})
    );
    assert_eq!(tenant.get(by_nick).await.ok()["data"], json!([]));
    for given in ["A", "B"] {
        let named = tenant.patch(&path, json!({"nick": given})).await.ok();
        assert_eq!(named["nick"], given);
        assert_eq!(
            tenant.data(nick, ann.clone()).await["contact"]["nick"],
            given
        );
    }
    let create = "mutation($d: ContactCreateInput!) { createContact(data: $d) { nick } }";
    let made = tenant.data(create, json!({"d": {"lastName": "x"}})).await;
    assert_eq!(made["createContact"]["nick"], "N");

    tenant
        .patch(
            &format!("{fields}/nick"),
            json!({"default_value": "M", "required": true}),
        )
        .await
        .ok();
    let made = tenant.data(create, json!({"d": {"lastName": "x"}})).await;
    assert_eq!(made["createContact"]["nick"], "M");
    assert_eq!(
        tenant.patch(&path, json!({"nick": null})).await.refusal(),
        "422 /nick required"
    );

    tenant.delete(&format!("{fields}/nick?confirm=nick")).await;
    assert_eq!(tenant.get(&path).await.ok().get("nick"), None);
    assert_eq!(told(tenant, nick, &ann).await, unknown);
    assert_eq!(tenant.get(by_nick).await.status, 400);
    assert_eq!(
        tenant.patch(&path, json!({"nick": "A"})).await.refusal(),
        "422 /nick unknown"
    );
    assert_eq!(
        tenant.data(NAMES, json!({"c": "Oslo"})).await["contacts"]["nodes"],
        json!([{"lastName": "Bob"}])
    );
}

#[tokio::test]
async fn tenants_share_no_plans() {
    let server = Arc::new(Server::start().await);
    let (one, two) = (Crm::at(Arc::clone(&server)).await, Crm::at(server).await);
    let path = format!("/api/v1/contacts/{}", id(ANN));
    let changed = json!({"id": id(ANN), "d": {"city": "Lund"}});
    two.tenant.data(&two.fresh(RENAME), changed).await;
    let riga = json!({"c": "Riga"});
    let names = |names: &[&str]| -> Json {
        let names = names.iter().map(|name| json!({"lastName": name}));
        json!({"contacts": {"nodes": names.collect::<Vec<_>>()}})
    };
    for round in 0..2 {
        for (n, (crm, expected)) in [(&one, names(&["Ann", "Cid"])), (&two, names(&["Cid"]))]
            .into_iter()
            .enumerate()
        {
            let (found, cost) = one.costly(crm.tenant.data(NAMES, riga.clone())).await;
            assert_eq!(found, expected);
            assert_eq!(cost.compiled, u64::from(round == 0), "{cost:?}");
            // A document is the same whoever sends it.
            assert_eq!(cost.parsed, u64::from(round == 0 && n == 0), "{cost:?}");
        }
    }
    for (crm, city) in [
        (&one, "Riga"),
        (&two, "Lund"),
        (&one, "Riga"),
        (&two, "Lund"),
    ] {
        assert_eq!(crm.tenant.get(&path).await.ok()["city"], city);
    }
    for (crm, city) in [(&one, "A"), (&two, "B"), (&one, "C"), (&two, "D")] {
        let changed = json!({"id": id(DAN), "d": {"city": city}});
        crm.tenant.data(RENAME, changed).await;
        let (_, cost) = one.costly(crm.tenant.data(NAMES, json!({"c": city}))).await;
        assert_eq!(cost, NOTHING);
    }
    let city = async |crm: &Crm| {
        crm.tenant
            .get(&format!("/api/v1/contacts/{}", id(DAN)))
            .await
            .ok()["city"]
            .clone()
    };
    assert_eq!(
        (city(&one).await, city(&two).await),
        (json!("C"), json!("D"))
    );
}

/// Whoever may only read gets nothing from what an admin has had planned.
#[tokio::test]
async fn callers_who_may_less_share_no_plans_with_those_who_may_more() {
    let crm = Crm::new().await;
    let member = crm.reader().await;
    let path = format!("/api/v1/contacts/{}", id(ANN));
    let changed = |city: &str| json!({"id": id(ANN), "d": {"city": city}});
    let refused_first = told(&member, &crm.fresh(RENAME), &changed("x")).await;
    for city in ["A", "B"] {
        crm.tenant.data(RENAME, changed(city)).await;
        let refused = told(&member, RENAME, &changed("x")).await;
        assert_eq!(refused, refused_first);
        assert!(!refused.starts_with("200 {\"data\":{"), "{refused}");
        crm.tenant.patch(&path, json!({"city": city})).await.ok();
        assert_eq!(member.patch(&path, json!({"city": "x"})).await.status, 403);
        let created = member.post("/api/v1/contacts", json!({"city": "x"})).await;
        assert_eq!(created.status, 403);
        crm.tenant
            .create("contacts", json!({"city": "Nowhere"}))
            .await;
    }
    let found = crm.tenant.data(NAMES, json!({"c": "x"})).await;
    assert_eq!(found, json!({"contacts": {"nodes": []}}));
    assert_eq!(
        member.data(NAMES, json!({"c": "B"})).await,
        json!({"contacts": {"nodes": [{"lastName": "Ann"}]}})
    );
}
