//! Waiting for the disk on one connection.

use tokio::time::timeout;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, SimpleQueryMessage, Statement};

use super::ANSWER;
use crate::failure::Failure;

/// Tells what commits wait for.
const ASK: &str = "show synchronous_commit";
/// Waits as the session would have. Only what has written something does: a message that nobody reads is the least of it.
const WAIT: &str = "select set_config('synchronous_commit', $1, true), pg_logical_emit_message(true, 'tessera', '')";
/// A statement may be ended in another's place.
const TRIES: usize = 3;

#[derive(Debug)]
pub(super) struct Waiter {
    statement: Statement,
    /// What the session's commits wait for.
    pub(super) setting: &'static str,
}

impl Waiter {
    /// `None` where the session's commits wait for nothing anyway.
    pub(super) async fn on(client: &Client) -> Result<Option<Self>, Failure> {
        let asked = async {
            let answers = client.simple_query(ASK).await?;
            let setting = answers.iter().find_map(|answer| match answer {
                SimpleQueryMessage::Row(row) => row.get(0),
                _ => None,
            });
            let setting = match setting {
                Some("off") => return Ok(None),
                Some("local") => "local",
                Some("remote_write") => "remote_write",
                Some("remote_apply") => "remote_apply",
                Some(_) | None => "on",
            };
            let statement = client.prepare_typed(WAIT, &[Type::TEXT]).await?;
            Ok(Some(Self { statement, setting }))
        };
        timeout(ANSWER, asked)
            .await
            .map_err(|elapsed| Failure::Away(elapsed.into()))?
    }

    /// Everything committed before this was sent is on disk.
    pub(super) async fn wait(&self, client: &Client) -> Result<(), Failure> {
        let mut tries = 1;
        loop {
            let outcome = client.query(&self.statement, &[&self.setting]).await;
            match outcome.map_err(Failure::from) {
                Ok(_) => return Ok(()),
                Err(failure) if tries < TRIES && goes_on(&failure) => tries += 1,
                // Whatever the reason: this is no refusal of the write, which was done.
                Err(failure) => return Err(Failure::Away(failure.to_string().into())),
            }
        }
    }
}

/// Whether the connection goes on.
fn goes_on(failure: &Failure) -> bool {
    failure.refusal().is_some_and(|refusal| !refusal.fatal)
}
