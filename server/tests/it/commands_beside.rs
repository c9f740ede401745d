//! Commands beside a server that runs its own Postgres, and without one.

use serde_json::json;
use std::fs;
use std::path::Path;

use crate::failures::data_dir;
use crate::support::process::{Process, Said, tessera};

fn run(directory: &Path, arguments: &[&str]) -> Said {
    tessera(directory).args(arguments).output().unwrap().into()
}

#[tokio::test]
async fn every_command_runs_beside_a_server_on_its_postgres() {
    let directory = data_dir();
    let here = directory.path();
    let server = Process::serve(here, &[]);
    let postgres = fs::read_to_string(here.join("data/postgres/postmaster.pid")).unwrap();

    let create = ["user", "create", "ann@acme.example", "--tenant", "acme"];
    let create = [
        &create[..],
        &["--role", "admin", "--password", "a long password"],
    ]
    .concat();
    for (arguments, told) in [
        (vec!["migrate"], "up to date"),
        (vec!["tenant", "create", "acme"], "acme"),
        (vec!["tenant", "list"], "acme"),
        (create, "ann@acme.example"),
        (vec!["seed", "--tenant", "acme", "--contacts", "10"], "acme"),
        (vec!["doctor"], "acme: "),
    ] {
        let said = run(here, &arguments);
        assert_eq!(said.code, Some(0), "{arguments:?} {said:?}");
        assert!(said.out.contains(told), "{arguments:?} {said:?}");
    }
    let exported = run(here, &["model", "export", "--tenant", "acme"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    fs::write(here.join("model.json"), &exported.out).unwrap();
    for command in ["diff", "apply"] {
        let said = run(here, &["model", command, "model.json", "--tenant", "acme"]);
        assert_eq!(said.code, Some(0), "{command} {said:?}");
    }

    // The server sees it at once, and its Postgres is the one it had.
    let credentials = json!({"email": "ann@acme.example", "password": "a long password"});
    let guest = server.guest();
    let signed_in = guest.post("/api/v1/auth/login", credentials).await.ok();
    let ann = guest.with_token(&signed_in["access_token"]);
    let found = ann
        .find("/api/v1/contacts", &[("count", "exact")])
        .await
        .ok();
    assert_eq!(found["total"], 10);
    let after = fs::read_to_string(here.join("data/postgres/postmaster.pid")).unwrap();
    assert_eq!(postgres, after);

    // Without the server a command starts Postgres for itself, and ends it.
    drop(server);
    let listed = run(here, &["tenant", "list"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert!(listed.out.contains("acme"), "{listed:?}");
    assert!(!here.join("data/postgres/postmaster.pid").exists());
}
