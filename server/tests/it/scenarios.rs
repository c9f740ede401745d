//! Who may do what: every endpoint, asked by a stranger, a member, an admin and another tenant's admin.
//!
//! Nobody gets a word that is another tenant's, whatever the answer, and each write that is done leaves its event.

mod reads;
mod sessions;
mod world;
mod writes;

use reqwest::Method;
use serde_json::Value as Json;

use world::World;

/// One endpoint: what is asked, what each caller is answered, and what is recorded where it is done.
struct Scenario {
    method: Method,
    path: &'static str,
    body: Json,
    /// In the order of [`CALLERS`].
    statuses: [u16; 4],
    events: &'static [&'static str],
}

const CALLERS: [&str; 4] = ["guest", "member", "admin", "other"];

fn scenario(
    request: &'static str,
    body: Json,
    statuses: [u16; 4],
    events: &'static [&'static str],
) -> Scenario {
    let (method, path) = request.split_once(' ').unwrap();
    Scenario {
        method: method.parse().unwrap(),
        path,
        body,
        statuses,
        events,
    }
}

#[tokio::test]
async fn reading() {
    let world = World::new().await;
    for scenario in reads::reads() {
        world.plays(&scenario).await;
    }
}

#[tokio::test]
async fn writing() {
    let world = World::new().await;
    for scenario in writes::writes() {
        world.plays(&scenario).await;
    }
}
