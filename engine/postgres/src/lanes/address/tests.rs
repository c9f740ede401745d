//! Whatever a pool does with some options, an address made of them does too.

#[path = "../../../../tests/it/support/tls_server.rs"]
mod tls_server;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, PgPool, Row as _};
use std::collections::BTreeMap;
use std::fs;
use std::mem::discriminant;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_postgres::SimpleQueryMessage;

use self::tls_server::TlsServer;
use super::Address;
use crate::database;
use crate::failure::Failure;
use crate::lanes::server;

const IS_ENCRYPTED: &str = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Encrypted,
    Plain,
    Refused,
}

/// How an address connects; the pool's driver has to do the same, or to fail in the same way.
async fn connects(options: &PgConnectOptions) -> Result<Way, Failure> {
    let way = |encrypted| {
        if encrypted {
            Way::Encrypted
        } else {
            Way::Plain
        }
    };
    let ours = match Address::new(options).connect().await {
        Ok((client, _)) => Ok(way(one(&client, IS_ENCRYPTED).await == "t")),
        Err(failure) => Err(failure),
    };
    let theirs = match options.connect().await {
        Ok(mut connection) => {
            let encrypted = sqlx::query_scalar(IS_ENCRYPTED);
            Ok(way(encrypted.fetch_one(&mut connection).await.unwrap()))
        }
        Err(error) => Err(Failure::from(error)),
    };
    match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{options:?}"),
        (Err(ours), Err(theirs)) => {
            assert_eq!(
                discriminant(ours),
                discriminant(theirs),
                "{ours} {theirs} {options:?}"
            );
            assert_eq!(ours.state(), theirs.state(), "{options:?}");
        }
        _ => panic!("ours: {ours:?}, theirs: {theirs:?}, with {options:?}"),
    }
    ours
}

async fn one(client: &tokio_postgres::Client, statement: &str) -> String {
    let rows = client.simple_query(statement).await.unwrap();
    let row = rows.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    row.unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn sslmode_decides_who_is_trusted_and_what_is_encrypted() {
    use PgSslMode::{Allow, Disable, Prefer, Require, VerifyCa, VerifyFull};
    let server = TlsServer::start().await;
    let right = server.right_authority();
    let wrong = server.wrong_authority();
    let missing = right.with_extension("missing");
    let broken = right.with_extension("broken");
    fs::write(
        &broken,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let roots = [
        None,
        Some(&right),
        Some(&wrong),
        Some(&missing),
        Some(&broken),
    ];
    // The certificate is for the first, which is the second.
    let hosts = ["localhost", "127.0.0.1"];

    for has_tls in [true, false] {
        if !has_tls {
            server.stop_tls().await;
        }
        for mode in [Disable, Allow, Prefer, Require, VerifyCa, VerifyFull] {
            for root in roots {
                for host in hosts {
                    let mut options = PgConnectOptions::new_without_pgpass()
                        .host(host)
                        .port(server.port())
                        .username("postgres")
                        .database("postgres")
                        .ssl_mode(mode);
                    if let Some(root) = root {
                        options = options.ssl_root_cert(root);
                    }
                    let is_right = root == Some(&right);
                    let expected = match (mode, has_tls) {
                        (Disable | Allow, _) | (Prefer, false) => Way::Plain,
                        (Prefer | Require, true) => Way::Encrypted,
                        (VerifyCa, true) if is_right => Way::Encrypted,
                        (VerifyFull, true) if is_right && host == "localhost" => Way::Encrypted,
                        _ => Way::Refused,
                    };
                    let way = connects(&options).await.unwrap_or(Way::Refused);
                    assert_eq!(way, expected, "{mode:?} {root:?} {host} {has_tls}");
                }
            }
        }
    }

    // Certificates are looked at only where there is TLS.
    let (certificate, _) = server.certified();
    let options = PgConnectOptions::new_without_pgpass()
        .host("localhost")
        .port(server.port())
        .username("postgres")
        .ssl_client_cert(certificate);
    assert_eq!(connects(&options).await.unwrap(), Way::Plain);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signs_in_with_a_certificate_or_a_password_or_over_the_socket() {
    let server = TlsServer::start().await;
    certificates(&server).await;
    passwords(&server).await;
    sockets(&server).await;
}

async fn certificates(server: &TlsServer) {
    server.run("create role certified login").await;
    let by_url = |query: &str| -> PgConnectOptions {
        let port = server.port();
        format!("postgres://certified@localhost:{port}/postgres?{query}")
            .parse()
            .unwrap()
    };
    let (certificate, key) = server.certified();
    let (forged, forged_key) = server.forged();
    let (certificate, key) = (certificate.display(), key.display());
    let root = server.right_authority();
    let root = root.display();
    let files =
        format!("sslmode=verify-full&sslrootcert={root}&sslcert={certificate}&sslkey={key}");
    let text = |path: &dyn std::fmt::Display| fs::read(path.to_string()).unwrap();
    let inline = by_url("sslmode=verify-full")
        .ssl_root_cert_from_pem(text(&root))
        .ssl_client_cert_from_pem(text(&certificate))
        .ssl_client_key_from_pem(text(&key));
    let is_shown = [
        by_url(&files),
        by_url(&format!("sslcert={certificate}&sslkey={key}")),
        inline,
    ];
    for options in is_shown {
        assert_eq!(connects(&options).await.unwrap(), Way::Encrypted);
    }

    let (forged, forged_key) = (forged.display(), forged_key.display());
    let is_not = [
        "sslmode=require".to_owned(),
        "sslmode=disable".to_owned(),
        format!("sslmode=disable&sslcert={certificate}&sslkey={key}"),
        format!("sslcert={certificate}"),
        format!("sslkey={key}"),
        format!("sslcert={certificate}&sslkey={certificate}"),
        format!("sslcert={certificate}&sslkey={forged_key}"),
        format!("sslcert={certificate}&sslkey=/nowhere"),
        format!("sslcert={forged}&sslkey={forged_key}"),
    ];
    for query in is_not {
        let outcome = connects(&by_url(&query)).await;
        assert!(outcome.is_err(), "{query}");
    }
}

async fn passwords(server: &TlsServer) {
    server
        .run(r#"create role "o'hara:work/1@2" login password 'p@ss:w/o%41+ é?#&"\'"#)
        .await;
    let by_url = |password: &str| -> PgConnectOptions {
        let port = server.port();
        format!("postgres://o%27hara%3Awork%2F1%402{password}@localhost:{port}/postgres")
            .parse()
            .unwrap()
    };
    let right = by_url(":p%40ss%3Aw%2Fo%2541%2B%20%C3%A9%3F%23%26%22%5C");
    assert_eq!(connects(&right).await.unwrap(), Way::Encrypted);
    let right = right.ssl_mode(PgSslMode::Disable);
    assert_eq!(connects(&right).await.unwrap(), Way::Plain);
    let wrong = [
        by_url(""),
        by_url(":"),
        by_url(":p%40ss"),
        right.clone().username("postgres1"),
    ];
    for options in wrong {
        let failure = connects(&options).await.unwrap_err();
        assert_eq!(failure.state(), Some("28P01"), "{failure:?}");
    }
    let elsewhere = right.database("nowhere");
    let failure = connects(&elsewhere).await.unwrap_err();
    assert_eq!(failure.state(), Some("3D000"), "{failure:?}");
}

async fn sockets(server: &TlsServer) {
    let directory = server.socket_directory();
    let path = directory.display();
    let port = server.port();
    let encoded = path.to_string().replace('/', "%2F");
    let urls = [
        format!("postgres://postgres@localhost:{port}/postgres?host={path}"),
        format!("postgres://postgres@{encoded}:{port}/postgres"),
    ];
    let mut ways: Vec<PgConnectOptions> = urls.iter().map(|url| url.parse().unwrap()).collect();
    ways.push(server.over_socket().socket("/nowhere").socket(&directory));
    // A path instead of a host.
    ways.push(
        PgConnectOptions::new_without_pgpass()
            .host(&path.to_string())
            .port(port)
            .username("postgres"),
    );
    for options in ways {
        assert_eq!(connects(&options).await.unwrap(), Way::Plain);
        let require = options.clone().ssl_mode(PgSslMode::Require);
        assert!(connects(&require).await.is_err(), "{require:?}");
        let nobody = options.port(1);
        let failure = connects(&nobody).await.unwrap_err();
        assert!(matches!(failure, Failure::Away(_)), "{failure:?}");
    }
    let nobody = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(1);
    let failure = connects(&nobody).await.unwrap_err();
    assert!(matches!(failure, Failure::Away(_)), "{failure:?}");
}

/// Every setting that the client asked for, and one that is shown only by its name.
const SETTINGS: &str = "select name, setting from pg_settings where source = 'client' union all \
     select name, current_setting(name) from unnest(array['pg_trgm.word_similarity_threshold', 'role', \
     'server_encoding', 'client_encoding']) name union all select 'database', current_database() order by 1";

async fn settings_of_a_pool(pool: &PgPool) -> BTreeMap<String, String> {
    let rows = sqlx::query(SETTINGS).fetch_all(pool).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn settings_of_a_lane(pool: &PgPool) -> BTreeMap<String, String> {
    let (client, _) = Address::new(&pool.connect_options())
        .connect()
        .await
        .unwrap();
    let mut settings = BTreeMap::new();
    for message in client.simple_query(SETTINGS).await.unwrap() {
        if let SimpleQueryMessage::Row(row) = message {
            settings.insert(
                row.get(0).unwrap().to_owned(),
                row.get(1).unwrap().to_owned(),
            );
        }
    }
    settings
}

#[tokio::test]
async fn a_session_is_set_up_as_the_pools_are_but_for_planning() {
    let joint = if server::admin_url().contains('?') {
        '&'
    } else {
        '?'
    };
    let queries = [
        "",
        "application_name=another",
        // Theirs and ours; where they disagree ours are the last.
        "options=-c%20lock_timeout%3D7s%20-c%20search_path%3Dpg_catalog%2C%5C%20public",
        "options[lock_timeout]=7s&options[search_path]=a, b\\c",
        "options=-c%20TimeZone%3DAsia/Tokyo%20-c%20datestyle%3DGerman%20-c%20extra_float_digits%3D-5",
        "options=-c%20max_parallel_workers_per_gather=3",
        "options=-c%20statement_timeout%3D1h%20-c%20application_name%3Dx%20-c%20client_encoding%3DLATIN1",
    ];
    for query in queries {
        let url = format!("{}{joint}{query}", server::admin_url());
        let options = database::connect_options(&url).unwrap();
        let pool = database::connect(options, 1).await.unwrap();
        let mut settings = settings_of_a_lane(&pool).await;
        assert_eq!(
            settings.remove("plan_cache_mode").as_deref(),
            Some("force_generic_plan")
        );
        let page_cost = settings.remove("random_page_cost");
        assert_eq!(page_cost.as_deref(), Some("1.1"), "{query}");
        let workers = "max_parallel_workers_per_gather";
        let wanted = settings.remove(workers);
        let (wanted, asked) = (wanted.as_deref(), query.contains(workers).then_some("3"));
        assert_eq!(wanted, asked.or(Some("0")), "{query}");
        let mut of_the_pool = settings_of_a_pool(&pool).await;
        assert_eq!(of_the_pool.remove(workers).as_deref(), asked, "{query}");
        assert_eq!(settings, of_the_pool, "{query}");
        let expected = [
            ("TimeZone", "UTC"),
            ("DateStyle", "ISO, MDY"),
            ("IntervalStyle", "iso_8601"),
            ("extra_float_digits", "1"),
            ("application_name", "tessera"),
            ("client_encoding", "UTF8"),
            ("statement_timeout", "30000"),
            ("pg_trgm.word_similarity_threshold", "0.4"),
        ];
        for (name, value) in expected {
            assert_eq!(settings[name], value, "{name} {query}");
        }
        assert_eq!(
            settings.get("lock_timeout").map(String::as_str),
            query.contains("lock_timeout").then_some("7000"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_drives_a_connection_ends_with_its_client() {
    let options = database::connect_options(server::admin_url()).unwrap();
    let address = Address::new(&options);
    let (client, _) = address.connect().await.unwrap();
    let pid = one(&client, "select pg_backend_pid()").await;
    let (watcher, _) = address.connect().await.unwrap();
    let lives = format!("select count(*) from pg_stat_activity where pid = {pid}");
    assert_eq!(one(&watcher, &lives).await, "1");
    drop(client);
    let gone = async {
        while one(&watcher, &lives).await != "0" {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.unwrap();
}

#[test]
fn secrets_are_not_printed() {
    let options = PgConnectOptions::new_without_pgpass()
        .host("db.example")
        .username("somebody")
        .password("hunter2")
        .ssl_client_cert("/etc/certificate")
        .ssl_client_key_from_pem("-----BEGIN PRIVATE KEY-----hunter3");
    let printed = format!("{:?}", Address::new(&options));
    assert!(printed.contains("db.example") && printed.contains("/etc/certificate"));
    assert!(!printed.contains("hunter"), "{printed}");
}
