//! The passwords of the cluster's two roles, kept in it as a password file that `psql` and `pg_dump` understand.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use crate::{Error, account::Account};

/// The role the server signs in as, and the name of its database. It owns that and nothing else.
pub(super) const SERVER: &str = "tessera";
/// The role that may do everything: for backups and for repairs.
pub(super) const SUPERUSER: &str = "postgres";

/// Passwords of letters and digits.
#[derive(Clone)]
pub(super) struct Passwords {
    pub(super) server: String,
    pub(super) superuser: String,
}

impl Passwords {
    pub(super) fn generate() -> Passwords {
        let random = || Uuid::new_v4().simple().to_string();
        Passwords {
            server: random(),
            superuser: random(),
        }
    }

    /// Reads those of a finished cluster.
    pub(super) fn load(cluster: &Path) -> Result<Passwords, Error> {
        let path = file(cluster);
        let lines = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let of = |role: &str| {
            let password = lines
                .lines()
                .find_map(|line| line.strip_prefix(&entry(role, "")));
            password.map(str::to_owned)
        };
        match (of(SERVER), of(SUPERUSER)) {
            (Some(server), Some(superuser)) => Ok(Passwords { server, superuser }),
            _ => Err(Error::io("understand", &path)(
                io::ErrorKind::InvalidData.into(),
            )),
        }
    }

    /// Writes the file, for `account` and root only.
    pub(super) fn save(&self, cluster: &Path, account: Option<Account>) -> io::Result<()> {
        let path = file(cluster);
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        writeln!(file, "{}", entry(SERVER, &self.server))?;
        writeln!(file, "{}", entry(SUPERUSER, &self.superuser))?;
        file.sync_all()?;
        account.map_or(Ok(()), |account| account.own(&path))
    }
}

fn file(cluster: &Path) -> PathBuf {
    cluster.join("pgpass")
}

/// Host, port and database match everything: the file serves this cluster only.
fn entry(role: &str, password: &str) -> String {
    format!("*:*:*:{role}:{password}")
}
