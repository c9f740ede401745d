//! The commands that do one thing and end: what they say, and how.

use serde_json::json;

use crate::engine_support::TestDatabase;
use crate::support::Tenant;
use crate::support::process::{Said, tessera};
use crate::support::shared::{Server, settings};

fn help(arguments: &[&str]) -> Said {
    let directory = tempfile::tempdir().unwrap();
    let output = tessera(directory.path()).args(arguments).output();
    output.unwrap().into()
}

#[test]
fn every_command_explains_itself() {
    for (command, told) in [
        (vec![], vec!["serve", "migrate", "seed", "tenant", "user"]),
        (
            vec!["serve"],
            vec![
                "PORT",
                "DATABASE_URL",
                "DATA_DIR",
                "JWT_SECRET",
                "CORS_ORIGIN",
                "SIGNUP",
                "LOG_FORMAT",
            ],
        ),
        (vec!["migrate"], vec!["DATABASE_URL"]),
        (
            vec!["seed"],
            vec!["--tenant", "--contacts", "--companies", "--opportunities"],
        ),
        (vec!["tenant"], vec!["create", "list", "suspend", "resume"]),
        (vec!["tenant", "create"], vec!["<SLUG>", "--name"]),
        (vec!["tenant", "list"], vec!["DATABASE_URL"]),
        (
            vec!["user"],
            vec![
                "create",
                "list",
                "reset-link",
                "end-sessions",
                "disable",
                "enable",
            ],
        ),
        (
            vec!["user", "create"],
            vec!["<EMAIL>", "--tenant", "--role", "--password"],
        ),
    ] {
        let said = help(&[&command[..], &["--help"]].concat());
        assert_eq!(said.code, Some(0), "{command:?} {said:?}");
        assert!(said.out.contains("Usage: tessera"), "{command:?} {said:?}");
        for word in told {
            assert!(
                said.out.contains(word),
                "`{word}` of {command:?}: {}",
                said.out
            );
        }
    }
    assert!(help(&["--version"]).out.starts_with("tessera "));
    for wrong in [
        vec![],
        vec!["nonsense"],
        vec!["serve", "--port", "x"],
        vec!["tenant", "create"],
        vec!["user", "create", "a@b.example"],
    ] {
        let said = help(&wrong);
        assert_eq!(said.code, Some(2), "{wrong:?} {said:?}");
        assert!(
            said.err.contains("--help") || said.err.contains("Usage"),
            "{wrong:?} {said:?}"
        );
    }
}

#[test]
fn each_command_shows_the_settings_that_it_reads() {
    let of_all = [
        "--config",
        "--database-url",
        "--data-dir",
        "--lanes",
        "--log",
    ];
    let of_server = [
        "--host",
        "--port",
        "--jwt-secret",
        "--cors-origin",
        "--signup",
        "--trusted-proxies",
    ];
    for (command, serves) in [
        (vec![], true),
        (vec!["serve"], true),
        (vec!["migrate"], false),
        (vec!["seed"], false),
        (vec!["tenant"], false),
        (vec!["tenant", "create"], false),
        (vec!["tenant", "list"], false),
        (vec!["user", "create"], false),
        (vec!["model", "export"], false),
        (vec!["model", "diff"], false),
        (vec!["model", "apply"], false),
        (vec!["doctor"], false),
    ] {
        let said = help(&[&command[..], &["--help"]].concat()).out;
        let shown = |setting: &str| {
            said.lines()
                .any(|line| line.contains(&format!("{setting} ")))
        };
        for setting in of_all {
            assert!(shown(setting), "{setting} of {command:?}: {said}");
        }
        for setting in of_server {
            assert_eq!(shown(setting), serves, "{setting} of {command:?}: {said}");
        }
    }
    // They are taken all the same, before the command and after it.
    for arguments in [
        vec!["--port", "x", "doctor"],
        vec!["doctor", "--port", "x"],
        vec!["tenant", "list", "--port", "x"],
        vec!["--port", "x", "serve"],
        vec!["serve", "--port", "x"],
    ] {
        let said = help(&arguments);
        assert!(
            said.err.contains("invalid value 'x'"),
            "{arguments:?} {said:?}"
        );
    }
}

#[tokio::test]
async fn a_command_in_the_wrong_directory_makes_no_database() {
    for arguments in [
        vec!["tenant", "list"],
        vec!["user", "create", "a@b.example", "--tenant", "demo"],
        vec!["model", "export", "--tenant", "demo"],
        vec!["doctor"],
    ] {
        let directory = tempfile::tempdir().unwrap();
        let output = tessera(directory.path()).args(&arguments).output();
        let said = Said::from(output.unwrap());
        assert_eq!(said.code, Some(1), "{arguments:?}: {said:?}");
        assert!(
            said.err.contains("there is no database in"),
            "{arguments:?}: {said:?}"
        );
        let left = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(left, 0, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_database_is_migrated_once_and_again() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let output = tessera(directory.path())
            .arg("migrate")
            .envs(settings(&database.url))
            .output();
        let said = Said::from(output.unwrap());
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(0), "The platform's tables are there and up to date.\n"),
            "{said:?}"
        );
    }
    let tables: i64 = sqlx::query_scalar("select count(*) from information_schema.tables where table_schema = 'platform' and table_name in ('tenants', 'users', 'memberships', 'roles', 'sessions', 'modules', 'custom_objects', 'custom_fields')")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(tables, 8);
}

#[tokio::test]
async fn tenants_and_people_are_made_beside_a_running_server() {
    let tenant = Tenant::new().await;
    let server: &Server = &tenant.server;
    let slug = format!("{}-b", tenant.slug);
    let email = format!("ann@{slug}.example");
    let password = "a long password";
    let user = |extra: &[&str]| {
        server.run(&[&["user", "create", &email, "--tenant", &slug], extra].concat())
    };

    let early = user(&["--role", "admin", "--password", password]);
    assert_eq!(early.code, Some(1), "{early:?}");
    let made = server.run(&["tenant", "create", &slug, "--name", "Acme"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(
        made.out.contains(&slug) && made.out.contains("tessera user create"),
        "{made:?}"
    );
    let listed = server.run(&["tenant", "list"]);
    assert!(
        listed
            .out
            .lines()
            .any(|line| line.starts_with(&format!("{slug}\t")) && line.ends_with("\tAcme")),
        "{listed:?}"
    );

    let taken = server.run(&["tenant", "create", &slug]);
    assert_eq!(taken.code, Some(1), "{taken:?}");
    for wrong in ["Not a slug", "-", ""] {
        let said = server.run(&["tenant", "create", "--", wrong]);
        assert_eq!(said.code, Some(1), "{wrong}: {said:?}");
        assert!(said.err.starts_with("tessera: "), "{said:?}");
    }
    for (wrong, told) in [
        (vec!["--role", "admin"], "password"),
        (vec!["--role", "king", "--password", password], "role"),
        (vec!["--password", "short"], "password"),
    ] {
        let said = user(&wrong);
        assert_eq!(said.code, Some(1), "{wrong:?} {said:?}");
        assert!(said.err.contains(told), "{wrong:?} {said:?}");
    }
    let made = user(&["--role", "admin", "--password", password]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let again = user(&["--password", password]);
    assert_eq!(again.code, Some(1), "{again:?}");

    // Whoever was made is served at once.
    let guest = tenant.guest();
    let login = guest
        .post(
            "/api/v1/auth/login",
            json!({"email": email, "password": password}),
        )
        .await
        .ok();
    assert_eq!(login["tenant"]["name"], "Acme");
    let admin = guest.with_token(&login["access_token"]);
    admin.get("/api/v1/metadata/objects").await.ok();
    admin
        .post("/api/v1/contacts", json!({"last_name": "Ann"}))
        .await
        .created();
}

#[tokio::test]
async fn the_demo_is_made_once() {
    let server = Server::shared().await;
    let tenant = format!("demo-{}", uuid::Uuid::now_v7().simple());
    let seed = || server.run(&["seed", "--tenant", &tenant]);
    let first = seed();
    assert_eq!(first.code, Some(0), "{first:?}");
    let again = seed();
    assert_eq!(again.code, Some(0), "{again:?}");
}

#[tokio::test]
async fn what_an_operator_names_wrongly_is_said_with_its_name() {
    let tenant = Tenant::new().await;
    let create = [
        "user",
        "create",
        "new@example.com",
        "--password",
        "correct horse",
    ];
    for (named, told) in [
        (
            ["--tenant", "nothing", "--role", "admin"],
            "there is no tenant `nothing`",
        ),
        (
            ["--tenant", &tenant.slug, "--role", "boss"],
            "there is no role `boss`",
        ),
    ] {
        let said = tenant.run(&[&create[..], &named].concat());
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(told), "{said:?}");
        assert!(!said.err.contains("visible"), "{said:?}");
    }
}
