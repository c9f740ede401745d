//! Teams, and the variable that stands for those of the caller.

use serde_json::{Value as Json, json};

use super::id_of;
use crate::support::{Client, Tenant};

async fn make(admin: &Client, api_name: &str, members: &[&str]) -> Json {
    let team = json!({"api_name": api_name, "name": api_name, "members": members});
    admin.post("/api/v1/teams", team).await.created()
}

#[tokio::test]
async fn a_team_is_made_changed_and_removed() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let (admin, user) = (id_of(&tenant).await, id_of(&member).await);
    let new = json!({"api_name": "field_sales", "name": "Field sales", "members": [admin, user], "managers": [admin]});
    let made = tenant.post("/api/v1/teams", new.clone()).await;
    assert_eq!(made.header("location"), "/api/v1/teams/field_sales");
    let made = made.created();
    let mut members = [admin.as_str(), user.as_str()];
    members.sort_unstable();
    assert_eq!(made["members"], json!(members));
    assert_eq!(made["managers"], json!([admin]));
    let again = tenant.post("/api/v1/teams", new).await;
    assert_eq!(again.refusal(), "409 /api_name unique");
    // Every member reads them.
    let listed = member.get("/api/v1/teams").await.ok();
    assert_eq!(listed["data"], json!([made]));
    let path = "/api/v1/teams/field_sales";
    assert_eq!(member.get(path).await.ok(), made);
    let people = tenant.get("/api/v1/members").await.ok();
    let people = people["data"].as_array().unwrap();
    assert!(
        people
            .iter()
            .all(|entry| entry["teams"] == json!(["field_sales"]))
    );

    let changed = tenant.patch(path, json!({"name": "Sales"})).await.ok();
    assert_eq!(changed["name"], "Sales");
    assert_eq!(changed["members"], made["members"]);
    let changed = tenant.patch(path, json!({"members": [user]})).await.ok();
    assert_eq!(changed["members"], json!([user]));
    assert_eq!(changed["managers"], json!([]));
    let of_user = format!("/api/v1/members/{user}");
    tenant.delete(&of_user).await.no_content();
    assert_eq!(tenant.get(path).await.ok()["members"], json!([]));
    tenant.delete(path).await.no_content();
    assert_eq!(tenant.get(path).await.status, 404);
    assert_eq!(tenant.delete(path).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_with_a_team_is_said() {
    let (tenant, other) = tokio::join!(Tenant::new(), Tenant::new());
    let (admin, stranger) = (id_of(&tenant).await, id_of(&other).await);
    for (body, refusal) in [
        (json!({}), "422 /api_name required /name required"),
        (
            json!({"api_name": "A b", "name": "x"}),
            "422 /api_name pattern",
        ),
        (
            json!({"api_name": "a", "name": "x", "members": [admin, stranger]}),
            "422 /members/1 not_found",
        ),
        (
            json!({"api_name": "a", "name": "x", "members": [], "managers": [admin]}),
            "422 /managers/0 not_found",
        ),
        (
            json!({"api_name": "a", "name": "x", "members": ["x"]}),
            "400 /members/0 type",
        ),
        (
            json!({"api_name": "a", "name": "x", "lead": 1}),
            "400 /lead unknown_key",
        ),
    ] {
        let refused = tenant.post("/api/v1/teams", body).await;
        assert_eq!(refused.refusal(), refusal);
    }
    make(&tenant, "a", &[]).await;
    assert_eq!(other.get("/api/v1/teams/a").await.status, 404);
    let renamed = tenant
        .patch("/api/v1/teams/a", json!({"api_name": "b"}))
        .await;
    assert_eq!(renamed.refusal(), "400 /api_name unknown_key");
}

#[tokio::test]
async fn a_filter_names_the_teams_of_the_caller() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let user = id_of(&member).await;
    let fields = json!([{"api_name": "team", "type": "uuid"}]);
    tenant.object("deal", fields).await;
    let (one, two) = (
        make(&tenant, "one", &[&user]).await,
        make(&tenant, "two", &[]).await,
    );
    let extra = "0193b0a8-0000-7000-8000-000000000000";
    for (name, team) in [("a", &one["id"]), ("b", &two["id"]), ("c", &json!(extra))] {
        tenant
            .create("deals", json!({"name": name, "team": team}))
            .await;
    }
    let found = async |client: &Client, filter: Json| -> String {
        let filter = filter.to_string();
        let parameters = [
            ("filter", filter.as_str()),
            ("sort", "name"),
            ("fields", "name"),
        ];
        let list = client.find("/api/v1/deals", &parameters).await.ok();
        let names = list["data"].as_array().unwrap().iter();
        names.map(|deal| deal["name"].as_str().unwrap()).collect()
    };
    let whole = json!({"team": {"in": "$user.team_ids"}});
    let cases = [
        (whole.clone(), ["a", ""]),
        (json!({"team": {"in": ["$user.team_ids"]}}), ["a", ""]),
        (
            json!({"team": {"in": ["$user.team_ids", extra]}}),
            ["ac", "c"],
        ),
        (json!({"team": {"not_in": "$user.team_ids"}}), ["bc", "abc"]),
        (
            json!({"not": {"team": {"in": "$user.team_ids"}}}),
            ["bc", "abc"],
        ),
    ];
    for (filter, [of_member, of_admin]) in cases {
        assert_eq!(found(&member, filter.clone()).await, of_member, "{filter}");
        assert_eq!(found(&tenant, filter.clone()).await, of_admin, "{filter}");
    }
    let query = "query($filter: DealFilter) { deals(filter: $filter) { nodes { name } } }";
    let literal = "{ deals(filter: {team: {in: [\"$user.team_ids\"]}}) { nodes { name } } }";
    let expected = json!({"deals": {"nodes": [{"name": "a"}]}});
    let variables = json!({"filter": {"team": {"in": ["$user.team_ids"]}}});
    assert_eq!(member.data(query, variables).await, expected);
    assert_eq!(member.data(literal, json!({})).await, expected);
    // Writes by filter know them too.
    let path = "/api/v1/deals?filter={\"team\":{\"in\":\"$user.team_ids\"}}";
    let affected = member.patch(path, json!({"name": "mine"})).await.ok();
    assert_eq!(affected["affected"], 1);
    let affected = tenant.patch(path, json!({"name": "mine"})).await.ok();
    assert_eq!(affected["affected"], 0);

    // It holds in the next request.
    let members = json!({"members": [user]});
    tenant.patch("/api/v1/teams/two", members).await.ok();
    assert_eq!(found(&member, whole.clone()).await, "bmine");
    tenant.delete("/api/v1/teams/two").await.no_content();
    assert_eq!(found(&member, whole).await, "mine");

    for filter in [
        json!({"team": {"eq": "$user.team_ids"}}),
        json!({"team": {"in": ["$user.teams"]}}),
    ] {
        let text = filter.to_string();
        let refused = tenant.find("/api/v1/deals", &[("filter", &text)]).await;
        assert_eq!(refused.body["errors"][0]["code"], "variable", "{filter}");
    }
}
