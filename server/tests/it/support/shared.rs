//! One server for all tests that run at the time; the last one to end takes it away.

use std::sync::{Arc, Weak};
use tempfile::TempDir;
use tokio::sync::Mutex;

use super::process::{JWT_SECRET, Process, Said, tessera};
use crate::engine_support::TestDatabase;

pub(crate) struct Server {
    // In the order in which they have to end.
    pub(crate) process: Process,
    pub(crate) database: TestDatabase,
    directory: TempDir,
}

impl Server {
    /// A server on a fresh database, with a role as plain as a server's may be.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// As [`Self::start`], with more settings.
    pub(crate) async fn start_with(more: &[(&str, &str)]) -> Self {
        let database = TestDatabase::empty().await;
        let directory = tempfile::tempdir().unwrap();
        let settings = [&settings(&database.url)[..], more].concat();
        let process = Process::serve(directory.path(), &settings);
        Self {
            process,
            database,
            directory,
        }
    }

    /// What a command says, on the same database.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let mut command = tessera(self.directory.path());
        command.args(arguments).envs(settings(&self.database.url));
        command.output().unwrap().into()
    }

    pub(crate) async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Self::start().await);
        *shared = Arc::downgrade(&server);
        server
    }
}

impl Drop for Server {
    /// Whatever was asked of it, the server had no fault of its own to tell of.
    fn drop(&mut self) {
        let log = self.process.log();
        if !std::thread::panicking() {
            assert!(!log.contains("fault of ours"), "{log}");
        }
    }
}

/// What a server on a database needs to be told.
pub(crate) fn settings(database_url: &str) -> [(&str, &str); 4] {
    [
        ("DATABASE_URL", database_url),
        ("JWT_SECRET", JWT_SECRET),
        ("SIGNUP", "open"),
        ("LOG", "warn"),
    ]
}
