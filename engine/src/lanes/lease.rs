//! A lane in somebody's hands.

use sqlx::PgConnection;
use std::sync::Arc;
use tessera_schema::ident::TenantId;

use super::connection::{self, Connection};
use super::{Inner, LaneId};

/// A connection that nobody else uses. When it is dropped, the lane serves the next.
///
/// Between [`Lease::connection`] and [`Lease::done`] nothing is known of the connection's state: dropped there, it is closed,
/// which ends whatever was begun on it, and the lane gets another.
#[derive(Debug)]
pub struct Lease {
    lanes: Arc<Inner>,
    lane: LaneId,
    tenant: TenantId,
    /// There until it is dropped.
    connection: Option<Connection>,
    in_use: bool,
}

impl Lease {
    pub(super) const fn new(
        lanes: Arc<Inner>,
        lane: LaneId,
        tenant: TenantId,
        connection: Connection,
    ) -> Self {
        Self {
            lanes,
            lane,
            tenant,
            connection: Some(connection),
            in_use: false,
        }
    }

    /// For statements, each of which is awaited to its end.
    pub fn connection(&mut self) -> &mut PgConnection {
        self.in_use = true;
        &mut self.inner().postgres
    }

    /// All statements have come to their ends, the last one with this outcome.
    pub fn done<T>(&mut self, outcome: &Result<T, sqlx::Error>) {
        self.in_use = outcome
            .as_ref()
            .is_err_and(|error| !connection::survives(error));
        let losses = self.lanes.losses();
        self.inner().has_answered(losses);
    }

    /// Whether the connection works. It is asked only where that is in doubt.
    pub(super) async fn works(&mut self) -> bool {
        let in_doubt = self.connection.as_ref().is_none_or(|connection| {
            connection.is_in_doubt(self.lanes.losses(), &self.lanes.settings)
        });
        if !in_doubt {
            return true;
        }
        self.in_use = true;
        if !self.inner().answers().await {
            return false;
        }
        self.done(&Ok(()));
        true
    }

    const fn inner(&mut self) -> &mut Connection {
        self.connection
            .as_mut()
            .expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.lanes
                .returned(self.lane, self.tenant, connection, self.in_use);
        }
    }
}
