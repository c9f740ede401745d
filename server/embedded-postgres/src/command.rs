//! How the programs of Postgres are run: by the right account, from a directory it can read, and never longer than this process lives.

use std::{ffi::OsStr, path::Path, process::Stdio};

use tokio::process::Command;

use crate::account::Account;

/// Becomes the program in `$@`, leaving behind a watcher that interrupts it when standard input closes.
///
/// The other end of standard input is ours, so it closes however this process ends, `kill -9` included. `$$` is the
/// program's process id *and* group: while the watcher lives in that group, the id is given to no other process.
/// The subshell around the watcher ends at once, so that Postgres does not find a child it did not make.
const TETHER: &str = r#"
exec 3<&0
( { read -r _ <&3; kill -INT $$; } >/dev/null 2>&1 & )
exec "$@" 3<&- </dev/null
"#;

/// A short-lived program, killed when its handle is dropped.
pub(super) fn command(account: Option<Account>, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir("/")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    if let Some(Account { uid, gid }) = account {
        // The standard library also drops root's supplementary groups when it changes the user.
        command.uid(uid).gid(gid);
    }
    command
}

/// A program that gets SIGINT once the standard input of its handle is dropped, and is out of the terminal's reach.
pub(super) fn tethered(account: Option<Account>, program: &Path) -> Command {
    let mut command = command(account, "/bin/sh");
    command
        .args(["-c", TETHER, "sh"])
        .arg(program)
        .stdin(Stdio::piped())
        .process_group(0)
        .kill_on_drop(false);
    command
}
