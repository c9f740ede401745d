//! A session on Postgres: the server it reaches, and how it flushes.

use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow, Statement};

use super::ANSWER;
use crate::failure::Failure;

const ASK: &str = "select current_setting('synchronous_commit'), \
     (extract(epoch from pg_postmaster_start_time()) * 1000000)::int8, \
     (select setting::int8 from pg_settings where name = 'statement_timeout')";
/// May be refused to the role.
const ASK_SYSTEM: &str = "select system_identifier from pg_control_system()";
/// Only a transaction that has written something waits. A message that nobody reads is the least that can be written.
const FLUSH: &str = "select set_config('synchronous_commit', $1, true), pg_logical_emit_message(true, 'tessera', '')";
const TRIES: usize = 3;

/// A run of a Postgres server, from the start of its postmaster to its end. It writes one log, so a commit that is flushed
/// flushes all before it, also where a standby is promoted: the timeline need not be compared. A crash within a run ends every
/// session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) system: i64,
    /// In microseconds since 1970.
    pub(super) started: i64,
}

#[derive(Debug)]
pub(super) struct Session {
    pub(super) server: Server,
    /// `None` where its owner wants commits to wait for nothing.
    pub(super) flush: Option<Flush>,
    pub(super) statement_timeout: Option<Duration>,
}

/// Makes a session wait until everything committed before is on disk.
#[derive(Debug)]
pub(super) struct Flush {
    statement: Statement,
    /// The `synchronous_commit` that its owner wants.
    setting: &'static str,
}

impl Session {
    pub(super) async fn of(client: &Client) -> Result<Self, Failure> {
        timeout(ANSWER, Self::ask(client))
            .await
            .map_err(|elapsed| Failure::Away(elapsed.into()))?
    }

    async fn ask(client: &Client) -> Result<Self, Failure> {
        let answer = row(client, ASK).await?;
        let system = match row(client, ASK_SYSTEM).await {
            Ok(answer) => number(&answer, 0),
            Err(failure) if goes_on(&failure) => 0,
            Err(failure) => return Err(failure),
        };
        let setting = match answer.get(0) {
            Some("off") => None,
            Some("local") => Some("local"),
            Some("remote_write") => Some("remote_write"),
            Some("remote_apply") => Some("remote_apply"),
            Some(_) | None => Some("on"),
        };
        let flush = match setting {
            Some(setting) => Some(Flush {
                statement: client.prepare_typed(FLUSH, &[Type::TEXT]).await?,
                setting,
            }),
            None => None,
        };
        let limit = u64::try_from(number(&answer, 2)).unwrap_or_default();
        Ok(Self {
            server: Server {
                system,
                started: number(&answer, 1),
            },
            flush,
            statement_timeout: (limit > 0).then(|| Duration::from_millis(limit)),
        })
    }
}

impl Flush {
    /// Makes the session's own commits wait.
    pub(super) fn wait(&self) -> String {
        format!("set synchronous_commit = {}", self.setting)
    }

    pub(super) async fn run(&self, client: &Client) -> Result<(), Failure> {
        let mut tries = 1;
        loop {
            let outcome = client.query(&self.statement, &[&self.setting]).await;
            match outcome.map_err(Failure::from) {
                Ok(_) => return Ok(()),
                Err(failure) if tries < TRIES && goes_on(&failure) => tries += 1,
                // This is no refusal of the write, which was done.
                Err(failure) => return Err(Failure::Away(failure.to_string().into())),
            }
        }
    }
}

async fn row(client: &Client, question: &str) -> Result<SimpleQueryRow, Failure> {
    let answers = client.simple_query(question).await?;
    let row = answers.into_iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.ok_or_else(Failure::no_row)
}

fn number(row: &SimpleQueryRow, column: usize) -> i64 {
    let text = row.get(column).unwrap_or_default();
    text.parse().unwrap_or_default()
}

/// Whether the connection can still be used.
fn goes_on(failure: &Failure) -> bool {
    failure.refusal().is_some_and(|refusal| !refusal.fatal)
}
