//! Finds the programs of Postgres: those that were asked for, else the npm package's, else the system's.
//!
//! A candidate counts once its `postgres` has run as the account that will run it, so what is missing, broken or out
//! of that account's reach is passed over and named in the error.

mod npm;
mod relocated;
mod system;

use std::{
    fmt, io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use crate::{Config, Error, account::Account, command::command};

/// The major versions that Tessera runs on.
pub(super) const SUPPORTED: RangeInclusive<u32> = 15..=18;

/// A directory that holds `initdb` and `postgres`, seen to run.
#[derive(Debug)]
pub(super) struct Binaries {
    directory: PathBuf,
    pub(super) version: Version,
}

/// What `postgres --version` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which data it can read.
    pub major: u32,
    text: String,
}

/// A directory that was looked at, and why it would not do.
#[derive(Debug)]
pub struct Rejected {
    /// The directory.
    pub directory: PathBuf,
    /// Why not.
    pub reason: Reason,
}

/// Why a directory's programs would not do.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// They are not there.
    #[error("has no {0}")]
    Lacks(&'static str),
    /// They cannot be run, or not by the account that runs Postgres.
    #[error("postgres cannot be run: {0}")]
    Unrunnable(#[from] io::Error),
    /// They fail as soon as they are run.
    #[error("postgres does not run: {0}")]
    Broken(String),
    /// They are of a version that is not supported, or not the one that made the data.
    #[error("is PostgreSQL {0}")]
    OtherVersion(Version),
}

impl Binaries {
    /// The first programs that `account` can use, and that can read the data in `cluster`, made by that major version.
    pub(super) async fn find(
        config: &Config,
        account: Option<Account>,
        cluster: &Path,
        made_by: Option<u32>,
    ) -> Result<Binaries, Error> {
        let mut tried = Vec::new();
        for directory in candidates(config).await {
            let reason = match Binaries::open(&directory, account).await {
                Ok(found) if made_by.unwrap_or(found.version.major) != found.version.major => {
                    Reason::OtherVersion(found.version)
                }
                Ok(found) if !SUPPORTED.contains(&found.version.major) => {
                    Reason::OtherVersion(found.version)
                }
                Ok(found) => return Ok(found),
                Err(reason) => reason,
            };
            tried.push(Rejected { directory, reason });
        }
        Err(match made_by {
            None => Error::NoBinaries { tried },
            Some(major) => Error::OtherMajor {
                cluster: cluster.to_owned(),
                major,
                tried,
            },
        })
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    async fn open(directory: &Path, account: Option<Account>) -> Result<Binaries, Reason> {
        npm::mend_links(directory);
        let found = Binaries::run(directory, account).await;
        if account.is_none() || found.is_ok() {
            return found;
        }
        // What root can run and the account cannot lies below a directory closed to it, such as root's home.
        let Ok(closed) = Binaries::run(directory, None).await else {
            return found;
        };
        match relocated::copy(directory, &closed.version).await? {
            Some(copy) => Binaries::run(&copy, account).await,
            None => found,
        }
    }

    async fn run(directory: &Path, account: Option<Account>) -> Result<Binaries, Reason> {
        if let Some(missing) = ["initdb", "postgres"]
            .into_iter()
            .find(|program| !directory.join(program).is_file())
        {
            return Err(Reason::Lacks(missing));
        }
        let output = command(account, directory.join("postgres"))
            .arg("--version")
            .output()
            .await?;
        let printed = String::from_utf8_lossy(&output.stdout);
        match Version::parse(&printed) {
            Some(version) if output.status.success() => Ok(Binaries {
                directory: directory.to_owned(),
                version,
            }),
            _ => Err(Reason::Broken(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            )),
        }
    }
}

async fn candidates(config: &Config) -> Vec<PathBuf> {
    let mut candidates = match &config.postgres_bin {
        Some(asked_for) => vec![asked_for.clone()],
        None => {
            let mut found = npm::installed(&config.node_modules);
            found.extend(system::installed().await);
            found
        }
    };
    // Programs are run from another directory than ours. Where that one is gone, relative paths lead nowhere anyhow.
    for directory in &mut candidates {
        if let Ok(absolute) = std::path::absolute(&*directory) {
            *directory = absolute;
        }
    }
    let mut seen = std::collections::HashSet::new();
    candidates.retain(|directory| seen.insert(directory.clone()));
    candidates
}

impl Version {
    /// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    fn parse(printed: &str) -> Option<Version> {
        let text = printed
            .strip_prefix("postgres (PostgreSQL) ")?
            .split_whitespace()
            .next()?;
        let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
        Some(Version {
            major: digits.parse().ok()?,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.directory.display(), self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn the_major_version_is_read_from_every_form() {
        let major = |printed: &str| Version::parse(printed).map(|version| version.major);
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18.4\n"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19beta2\n"), Some(19));
        assert_eq!(major("pg_ctl (PostgreSQL) 18.4\n"), None);
    }
}
