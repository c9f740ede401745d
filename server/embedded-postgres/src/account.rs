//! Whom Postgres runs as. It refuses root, so a server run by root hands it to an unprivileged account.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
};

use crate::Error;

const PASSWD: &str = "/etc/passwd";

/// An unprivileged account, other than the one the server runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The account that Postgres must run as to serve `cluster`; `None` where that is the server's own.
    ///
    /// An existing cluster stays with its owner: installing the `postgres` account later must not lock `nobody` out.
    pub(super) fn for_cluster(cluster: &Path) -> Result<Option<Account>, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        if let Ok(owner) = fs::metadata(cluster)
            && owner.uid() != 0
        {
            return Ok(Some(Account {
                uid: owner.uid(),
                gid: owner.gid(),
            }));
        }
        let passwd = fs::read_to_string(PASSWD).map_err(Error::io("read", Path::new(PASSWD)))?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| Account::named(name, &passwd))
            .map(Some)
            .ok_or(Error::NoAccount)
    }

    fn named(name: &str, passwd: &str) -> Option<Account> {
        let entry = passwd
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let mut fields = entry.split(':').skip(1);
        Some(Account {
            uid: fields.next()?.parse().ok()?,
            gid: fields.next()?.parse().ok()?,
        })
    }

    /// Makes the account own `path`, not what is below it.
    pub(super) fn own(self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres-exporter:x:7:7::/:\npostgres:x:101:104:admin,,,:/var/lib/postgresql:/bin/sh\n";
        let postgres = Account { uid: 101, gid: 104 };
        assert_eq!(Account::named("postgres", passwd), Some(postgres));
        assert_eq!(Account::named("nobody", passwd), None);
    }
}
