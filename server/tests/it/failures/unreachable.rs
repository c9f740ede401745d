//! A database that cannot be reached: what is wrong is said at once, by commands and in the server's log.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};
use url::Url;

use crate::engine_support::TestDatabase;
use crate::support::process::{JWT_SECRET, Said, tessera};

const PASSWORD: &str = "hunter2-hunter2";
/// Far less than a pool's patience, and enough for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(4);

/// The database's URL with a change made to it.
fn changed(url: &str, change: impl FnOnce(&mut Url)) -> String {
    let mut url = Url::parse(url).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    change(&mut url);
    url.into()
}

/// A server that is none of Postgres: it answers each connection with these bytes, or never.
fn stranger(answer: Option<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut silent = Vec::new();
        for mut stream in listener.incoming().flatten() {
            match answer {
                Some(answer) => {
                    let _received = stream.read(&mut [0; 64]);
                    let _gone_already = stream.write_all(answer);
                }
                None => silent.push(stream),
            }
        }
    });
    format!("postgres://tessera:{PASSWORD}@127.0.0.1:{port}/tessera")
}

fn run(url: &str, command: &[&str]) -> (Said, Duration) {
    let directory = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let said = tessera(directory.path())
        .args(command)
        .env("DATABASE_URL", url)
        .env("JWT_SECRET", JWT_SECRET)
        .env("LOG_FORMAT", "json")
        .output()
        .unwrap();
    (said.into(), begun.elapsed())
}

/// The messages of the log's lines, each of them JSON.
fn logged(said: &Said) -> Vec<String> {
    let lines = said.err.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["fields"].to_string()
        })
        .collect()
}

#[tokio::test]
async fn what_is_wrong_with_the_address_is_said_at_once() {
    let database = TestDatabase::empty().await;
    let url = database.url.as_str();
    let right_password = Url::parse(url).unwrap().password().unwrap().to_owned();
    for (url, told) in [
        ("tessera".to_owned(), "not the URL of a Postgres database"),
        (format!("mysql://u:{PASSWORD}@localhost/x"), "postgres://"),
        (format!("postgres://u:{PASSWORD}@localhost:x/x"), "port"),
        (
            format!("postgres://u:{PASSWORD}@nowhere.invalid/x"),
            "host `nowhere.invalid` was not found",
        ),
        (
            format!("postgres://u:{PASSWORD}@%2Fnowhere/x"),
            "no socket at /nowhere/.s.PGSQL.5432",
        ),
        (changed(url, |_| ()), "refuses the password"),
        (
            changed(url, |url| {
                url.set_password(Some(&right_password)).unwrap();
                url.set_path("nothing_of_that_name");
            }),
            "no database `nothing_of_that_name`",
        ),
        (
            changed(url, |url| url.set_query(Some("sslmode=require"))),
            "TLS",
        ),
        (
            stranger(Some(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
            "does not speak as Postgres does",
        ),
    ] {
        // A server waits for a socket to appear.
        let commands = [&["migrate"][..], &["serve", "--port", "0"]];
        let commands = if told.starts_with("no socket") {
            &commands[..1]
        } else {
            &commands
        };
        for command in commands {
            let (said, took) = run(&url, command);
            assert_eq!(said.code, Some(1), "{url} {command:?} {said:?}");
            assert!(said.err.contains(told), "{url} {command:?} {said:?}");
            assert!(said.err.contains("DATABASE_URL"), "{said:?}");
            assert!(!said.err.contains("hunter2"), "{command:?} {said:?}");
            assert!(took < AT_ONCE, "{url} {command:?} took {took:?}");
            if command[0] == "serve" {
                let told_in_log = logged(&said).iter().any(|line| line.contains(told));
                assert!(told_in_log, "{url} {said:?}");
            }
        }
    }
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_long() {
    let (said, took) = run(&stranger(None), &["migrate"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("does not answer within 5 s"), "{said:?}");
    assert!(took < Duration::from_secs(9), "{took:?}");
}

#[test]
fn a_server_waits_a_little_for_postgres_to_start_and_a_command_does_not() {
    // Nothing listens where something did a moment ago.
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = format!("postgres://u:{PASSWORD}@127.0.0.1:{port}/x");
    let told = format!("nothing listens at 127.0.0.1:{port}");
    let (said, took) = run(&url, &["tenant", "list"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(&told), "{said:?}");
    assert!(took < AT_ONCE, "{took:?}");

    let (said, took) = run(&url, &["serve", "--port", "0"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    let lines = logged(&said);
    assert!(lines.len() > 3, "each attempt has a line: {lines:?}");
    assert!(lines.iter().all(|line| line.contains(&told)), "{lines:?}");
    assert!(!said.err.contains("hunter2"), "{said:?}");
}
