//! Where systems keep the programs of Postgres.

use std::{env, path::PathBuf};

use super::SUPPORTED;
use crate::command::command;

/// Directories that may hold the programs, best first.
pub(super) async fn installed() -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Ok(output) = command(None, "pg_config").arg("--bindir").output().await {
        let printed = String::from_utf8_lossy(&output.stdout);
        found.push(PathBuf::from(printed.trim_end()));
    }
    for major in SUPPORTED.rev() {
        found.extend([
            PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")),
            PathBuf::from(format!("/usr/pgsql-{major}/bin")),
            PathBuf::from(format!("/opt/homebrew/opt/postgresql@{major}/bin")),
            PathBuf::from(format!("/usr/local/opt/postgresql@{major}/bin")),
        ]);
    }
    if let Some(path) = env::var_os("PATH") {
        found.extend(env::split_paths(&path));
    }
    found.retain(|directory| directory.join("initdb").is_file());
    found
}
