//! How an object is shown: in menus or not, in which order and sections; and what hangs on a field.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

const VEHICLE: &str = "/api/v1/metadata/objects/vehicle";

async fn with_vehicle() -> Tenant {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "plate", "type": "text"}, {"api_name": "model", "type": "text"},
        {"api_name": "price", "type": "currency"}, {"api_name": "drivers", "type": "many_to_many", "settings": {"to": "contact"}},
    ]);
    tenant.object("vehicle", fields).await;
    tenant
}

fn names(object: &Json) -> Vec<&str> {
    let fields = object["fields"].as_array().unwrap().iter();
    fields
        .map(|field| field["api_name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_object_has_a_form_and_an_order_and_may_be_hidden() {
    let tenant = with_vehicle().await;
    let before = tenant.get(VEHICLE).await.ok();
    assert_eq!(
        (&before["hidden"], &before["form"]),
        (&json!(false), &json!([]))
    );
    let form = json!([
        {"title": null, "fields": ["plate", "created_at"], "translations": {}},
        {"title": "Service", "fields": ["model"], "translations": {"ru": {"title": "Обслуживание"}}},
    ]);
    let change = json!({"hidden": true, "form": form, "field_order": ["price", "plate"]});
    let changed = tenant.patch(VEHICLE, change).await.ok();
    assert_eq!(
        (&changed["hidden"], &changed["form"]),
        (&json!(true), &form)
    );
    assert_eq!(
        names(&changed),
        ["price", "plate", "name", "model", "drivers"]
    );
    assert_eq!(tenant.get(VEHICLE).await.ok(), changed);
    // It is hidden in menus only.
    let member = tenant.member().await;
    let seen = member.get(VEHICLE).await.ok();
    assert_eq!((&seen["hidden"], &seen["form"]), (&json!(true), &form));
    let record = member
        .post("/api/v1/vehicles", json!({"plate": "KX 4711"}))
        .await;
    assert_eq!(record.status, 201);
    // A field that goes leaves the form.
    let removed = tenant
        .delete(&format!("{VEHICLE}/fields/model?confirm=model"))
        .await;
    removed.no_content();
    let after = tenant.get(VEHICLE).await.ok();
    assert_eq!(after["form"][1]["fields"], json!([]));
    let emptied = tenant
        .patch(VEHICLE, json!({"hidden": null, "form": null}))
        .await
        .ok();
    assert_eq!(
        (&emptied["hidden"], &emptied["form"]),
        (&json!(false), &json!([]))
    );
}

#[tokio::test]
async fn all_that_is_wrong_with_a_form_and_an_order_is_told_at_its_place() {
    let tenant = with_vehicle().await;
    let change = json!({
        "form": [{"title": "", "fields": ["plate"]}],
        "field_order": ["plate", "wheels", "plate", 5],
        "hidden": "yes",
    });
    let refused = tenant.patch(VEHICLE, change).await;
    assert_eq!(
        refused.refusal(),
        "422 /hidden type /form/0/title required /field_order/1 unknown /field_order/2 unique /field_order/3 unknown"
    );
    for (change, expected) in [
        (
            json!({"form": [{"fields": ["plate", "wheels"]}, {"fields": ["plate"]}]}),
            "422 /form/0/fields/1 unknown /form/1/fields/0 unique",
        ),
        (
            json!({"form": [{"fields": ["Plate"]}]}),
            "422 /form/0/fields/0 pattern",
        ),
        (
            json!({"form": [{"title": "A", "columns": 2}]}),
            "422 /form/0/columns unknown",
        ),
        (json!({"field_order": "plate"}), "422 /field_order type"),
    ] {
        assert_eq!(
            tenant.patch(VEHICLE, change.clone()).await.refusal(),
            expected,
            "{change}"
        );
    }
    // Of a new object as of one that is there.
    let new = json!({
        "api_name": "boat", "fields": [{"api_name": "name", "type": "text"}, {"api_name": "sails", "type": "nothing"}],
        "form": [{"fields": ["name", "sails", "oars"]}],
    });
    let refused = tenant.post("/api/v1/metadata/objects", new).await;
    assert_eq!(
        refused.refusal(),
        "422 /fields/1/type unknown /form/0/fields/2 unknown"
    );
}

#[tokio::test]
async fn what_hangs_on_a_field_is_counted_and_named() {
    let tenant = with_vehicle().await;
    let (member, other) = (tenant.member().await, Tenant::new().await);
    let form = json!([{"title": "Car", "fields": ["plate", "drivers"]}]);
    let change = json!({"label_field": "plate", "form": form});
    tenant.patch(VEHICLE, change).await.ok();
    let contact = tenant.id_of("contacts", json!({"last_name": "Lee"})).await;
    let price = json!({"amount": "1", "currency_code": "EUR"});
    for vehicle in [
        json!({"plate": "A", "drivers_ids": [contact]}),
        json!({"plate": "B", "price": price}),
        json!({}),
    ] {
        tenant.create("vehicles", vehicle).await;
    }
    let binned = tenant.id_of("vehicles", json!({"plate": "C"})).await;
    tenant
        .delete(&format!("/api/v1/vehicles/{binned}"))
        .await
        .no_content();
    let view = async |name: &str, object: &str, path: &str| {
        let definition =
            json!({"columns": [{"path": path}], "filter": {"price": {"amount": {"gt": 1}}}});
        let view = json!({"name": name, "object": object, "definition": definition});
        tenant.id_of("views", view).await
    };
    let through = view("Drivers' cities", "vehicle", "drivers.city").await;
    view("Plates of boats", "boat", "plate").await;
    view("License plates", "vehicle", "license_plate").await;
    let usage = async |field: &str| {
        let path = format!("{VEHICLE}/fields/{field}/usage");
        tenant.get(&path).await.ok()
    };
    let in_form = json!([{"section": 0, "title": "Car"}]);
    assert_eq!(
        usage("plate").await,
        json!({"values": 3, "label": true, "forms": in_form, "views": [], "roles": []})
    );
    let of_drivers = usage("drivers").await;
    assert_eq!(
        (&of_drivers["values"], &of_drivers["forms"]),
        (&json!(1), &in_form)
    );
    assert_eq!(
        of_drivers["views"],
        json!([{"id": through, "name": "Drivers' cities"}])
    );
    let of_price = usage("price").await;
    assert_eq!(
        (&of_price["values"], &of_price["label"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(of_price["views"].as_array().unwrap().len(), 2);
    let path = format!("{VEHICLE}/fields/plate/usage");
    for (client, status) in [(&tenant.guest(), 401), (&member, 403), (&*other, 404)] {
        assert_eq!(client.get(&path).await.status, status);
    }
    assert_eq!(
        tenant
            .get(&format!("{VEHICLE}/fields/wheels/usage"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn values_of_a_json_field_fit_its_schema() {
    let tenant = Tenant::new().await;
    let schema = json!({"type": "object", "properties": {"wheels": {"type": "integer"}}, "required": ["wheels"]});
    let broken = json!([{"api_name": "details", "type": "json", "settings": {"schema": {"type": "objekt"}}}]);
    let new = |fields: Json| json!({"api_name": "bike", "fields": fields});
    let refused = tenant.post("/api/v1/metadata/objects", new(broken)).await;
    assert_eq!(
        refused.refusal(),
        "422 /fields/0/settings/schema/type schema"
    );
    let fields = json!([{"api_name": "details", "type": "json", "settings": {"schema": schema}}]);
    tenant.object("bike", fields).await;
    let create = async |details: Json| {
        let answer = tenant.post("/api/v1/bikes", json!({"details": details}));
        answer.await.refusal()
    };
    assert_eq!(create(json!({"wheels": 2, "bell": true})).await, "201");
    assert_eq!(
        create(json!({"wheels": "2"})).await,
        "422 /details/wheels type"
    );
    assert_eq!(create(json!({})).await, "422 /details/wheels required");
    let refused = tenant
        .graphql(
            "mutation { createBike(data: {details: {wheels: 1.5}}) { id } }",
            json!({}),
        )
        .await;
    assert_eq!(refused.refusal(), "200 /details/wheels type");
}

#[tokio::test]
async fn every_tenant_has_a_workspace_that_menus_do_not_offer() {
    let tenant = Tenant::new().await;
    let (member, other) = (tenant.member().await, Tenant::new().await);
    let user = member.get("/api/v1/auth/me").await.ok()["user"]["id"].clone();
    for object in ["view", "sidebar_item", "dashboard"] {
        let described = member
            .get(&format!("/api/v1/metadata/objects/{object}"))
            .await
            .ok();
        assert_eq!(
            (&described["hidden"], &described["module"]),
            (&json!(true), &json!("workspace"))
        );
    }
    let view = json!({"name": "Mine", "object": "contact", "owner_id": user, "definition": {"columns": [{"path": "email"}]}});
    let view = member.post("/api/v1/views", view).await.created();
    assert_eq!(
        (&view["layout"], &view["shared"]),
        (&json!("table"), &json!(false))
    );
    let path = format!("/api/v1/views/{}", view["id"].as_str().unwrap());
    assert_eq!(other.get(&path).await.status, 404);
    let folder = json!({"kind": "folder", "label": "Sales", "rank": "a0"});
    let folder = member.post("/api/v1/sidebar_items", folder).await.created();
    let item =
        json!({"kind": "view", "target": view["id"], "parent_id": folder["id"], "rank": "a1"});
    member.post("/api/v1/sidebar_items", item).await.created();
    let widget = json!({"id": "1", "kind": "number", "x": 0, "y": 0, "w": 3, "h": 2});
    for (widgets, expected) in [
        (json!([widget]), "201"),
        (
            json!([{"kind": "number", "w": 0}]),
            "422 /widgets/0/id required /widgets/0/w minimum",
        ),
    ] {
        let dashboard = json!({"name": "Pipeline", "widgets": widgets});
        let answer = member.post("/api/v1/dashboards", dashboard).await;
        assert_eq!(answer.refusal(), expected);
    }
}
