//! Where an unprivileged account can reach files, when the server's own directories are closed to it.
//!
//! A server run by root often lies in root's home. Opening that home is not ours to do, so what Postgres needs is kept
//! in a directory of its own instead.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{account::Account, command::command};

/// Used only where the server runs as root.
const OPEN_TO_ALL: &str = "/var/lib/tessera";

/// Whether `account` can make `directory` its current one.
pub(super) async fn can_enter(account: Account, directory: &Path) -> bool {
    command(Some(account), "/bin/sh")
        .args(["-c", r#"cd -- "$1""#, "sh"])
        .arg(directory)
        .output()
        .await
        .is_ok_and(|output| output.status.success())
}

/// A place of that name in a directory that every account can enter. The directory is made, the place is not.
pub(super) fn place(name: &str) -> io::Result<PathBuf> {
    let directory = Path::new(OPEN_TO_ALL);
    make_open(directory)?;
    Ok(directory.join(name))
}

/// Makes a directory that every account can read, whatever the umask.
pub(super) fn make_open(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755))
}
