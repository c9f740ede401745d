//! The people of a tenant: members and their roles, invitations, API keys, teams; second factors and forgotten passwords.

mod api_keys;
mod audit;
mod closed_ways;
mod invitations;
mod members;
mod passwords;
mod roles;
mod row_rules;
mod second_factor;
mod teams;

use serde_json::Value as Json;

use crate::support::Client;

/// The id of the user who asks.
async fn id_of(client: &Client) -> String {
    let me = client.get("/api/v1/auth/me").await.ok();
    me["user"]["id"].as_str().unwrap().to_owned()
}

/// The entry of a list that has this address.
fn with_email<'j>(list: &'j Json, email: &str) -> Option<&'j Json> {
    let entries = list["data"].as_array().unwrap();
    entries
        .iter()
        .find(|entry| entry["user"]["email"] == email || entry["email"] == email)
}
