//! What access tokens are signed with.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use uuid::Uuid;

use crate::settings::Settings;

const SHORTEST: usize = 32;
/// Secrets that stand in examples everywhere.
const SAMPLES: [&str; 6] = [
    "secret",
    "changeme",
    "change-me",
    "change_me",
    "example",
    "your-",
];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "JWT_SECRET is not set. With DATABASE_URL it has to be: 32 random characters or more, the same for all servers on one database (openssl rand -base64 32)"
    )]
    Missing,
    #[error(
        "JWT_SECRET is a sample or too short to be safe. Set 32 random characters or more (openssl rand -base64 32)"
    )]
    Weak,
    #[error("the secret in {} cannot be kept: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
}

/// The secret that is set; with the embedded Postgres else one of its own, made once and kept beside the data.
pub(crate) fn of(settings: &Settings) -> Result<Vec<u8>, Error> {
    match &settings.jwt_secret {
        Some(secret) if settings.is_embedded() || is_strong(secret) => {
            Ok(secret.as_bytes().to_vec())
        }
        Some(_) => Err(Error::Weak),
        None if settings.is_embedded() => kept(settings),
        None => Err(Error::Missing),
    }
}

/// One that nobody keeps: 244 random bits.
pub(crate) fn random() -> Vec<u8> {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()).into_bytes()
}

fn is_strong(secret: &str) -> bool {
    let lower = secret.to_lowercase();
    secret.len() >= SHORTEST && !SAMPLES.iter().any(|sample| lower.starts_with(sample))
}

fn kept(settings: &Settings) -> Result<Vec<u8>, Error> {
    let path = settings.data_dir().join("jwt_secret");
    let fail = |source| Error::File {
        path: path.clone(),
        source,
    };
    match fs::read(&path) {
        Ok(secret) if secret.len() >= SHORTEST => return Ok(secret),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    let secret = random();
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .map_err(fail)?;
    file.write_all(&secret)
        .and_then(|()| file.sync_all())
        .map_err(fail)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::{Error, of};
    use crate::settings::Settings;

    #[test]
    fn a_database_of_ones_own_needs_a_secret_of_ones_own() {
        let settings = |secret: Option<&str>| Settings {
            database_url: Some("postgres://somewhere/else".to_owned()),
            jwt_secret: secret.map(str::to_owned),
            ..Settings::default()
        };
        assert!(matches!(of(&settings(None)), Err(Error::Missing)));
        for weak in [
            "secret",
            "short",
            "change-me-change-me-change-me-change-me",
            "your-256-bit-secret-your-256-bit-secret",
        ] {
            assert!(
                matches!(of(&settings(Some(weak))), Err(Error::Weak)),
                "{weak}"
            );
        }
        assert!(of(&settings(Some("qX0c6pQ2l7T9b1Zk8sVt3uYw5aEr4dFg"))).is_ok());
    }

    #[test]
    fn the_embedded_default_makes_a_secret_once() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings {
            data_dir: Some(dir.path().to_owned()),
            ..Settings::default()
        };
        let first = of(&settings).unwrap();
        assert!(first.len() >= 32);
        assert_eq!(of(&settings).unwrap(), first);
    }
}
