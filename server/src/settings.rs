//! Settings: from flags, the environment, or a file, in that order of precedence.

use clap::Args;
use serde::Deserialize;
use std::fs;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tessera_http::rate_limit::{Rate, Rates};

/// The file that is read where no other is named, if it is there.
const DEFAULT_FILE: &str = "tessera.toml";

pub(crate) const DEFAULT_PORT: u16 = 3001;

/// The settings that only `tessera serve` reads, by the names of their fields.
pub const OF_SERVER: [&str; 11] = [
    "public_url",
    "host",
    "port",
    "jwt_secret",
    "cors_origin",
    "signup",
    "audit_days",
    "trusted_proxies",
    "rate_limit_address",
    "rate_limit_caller",
    "rate_limit_tenant",
];

/// What can be set, by all three ways under the same name. Whatever is left out has its default.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A file with settings, as `port = 3001` and so on [default: tessera.toml, if it is there]
    #[arg(long, env = "TESSERA_CONFIG", value_name = "FILE", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// The address to listen on [default: 127.0.0.1]
    #[arg(long, env = "HOST", global = true)]
    pub host: Option<IpAddr>,

    /// The port to listen on [default: 3001]
    #[arg(long, env = "PORT", global = true)]
    pub port: Option<u16>,

    /// A Postgres, version 15 to 18, as postgres://user:password@host/database [default: the embedded one]
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        global = true
    )]
    pub database_url: Option<String>,

    /// How many connections to Postgres this server keeps at most, besides its lanes [default: 8]
    #[arg(
        long,
        env = "DATABASE_CONNECTIONS",
        value_name = "COUNT",
        global = true
    )]
    pub database_connections: Option<u32>,

    /// How many lanes there are: connections that requests for records run on; a busy tenant gets three quarters [default: 16]
    #[arg(long, env = "LANES", value_name = "COUNT", global = true)]
    pub lanes: Option<NonZeroU16>,

    /// Where the embedded Postgres and this server's own secrets are kept [default: ./data]
    #[arg(long, env = "DATA_DIR", value_name = "DIRECTORY", global = true)]
    pub data_dir: Option<PathBuf>,

    /// A directory with `initdb` and `postgres` for the embedded Postgres [default: searched for]
    #[arg(long, env = "POSTGRES_BIN", value_name = "DIRECTORY", global = true)]
    pub postgres_bin: Option<PathBuf>,

    /// What access tokens are signed with, 32 characters or more; needed with DATABASE_URL [default: one made for DATA_DIR]
    #[arg(
        long,
        env = "JWT_SECRET",
        hide_env_values = true,
        value_name = "SECRET",
        global = true
    )]
    pub jwt_secret: Option<String>,

    /// The address that people reach this server at, such as `https://crm.example.com`; links in invitations begin with it [default: links without a host]
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,

    /// The web origins that may call this server, separated by commas, or * for any [default: none but its own]
    #[arg(long, env = "CORS_ORIGIN", value_name = "ORIGINS", global = true)]
    pub cors_origin: Option<String>,

    /// Whether anyone may make a tenant: open or closed [default: open]
    #[arg(long, env = "SIGNUP", value_name = "POLICY", global = true)]
    pub signup: Option<String>,

    /// The reverse proxies whose X-Forwarded-For is believed, as addresses or networks separated by commas [default: none]
    #[arg(long, env = "TRUSTED_PROXIES", value_name = "ADDRESSES", global = true)]
    pub trusted_proxies: Option<String>,

    /// How many requests a public address may send, as 100/s, 6000/m or 50000/h, or off [default: 6000/m]
    #[arg(long, env = "RATE_LIMIT_ADDRESS", value_name = "RATE", global = true)]
    pub rate_limit_address: Option<String>,

    /// How many requests a person or an API key may send from public addresses, or off [default: 3000/m]
    #[arg(long, env = "RATE_LIMIT_CALLER", value_name = "RATE", global = true)]
    pub rate_limit_caller: Option<String>,

    /// How many requests a tenant may send from public addresses, or off [default: 60000/m]
    #[arg(long, env = "RATE_LIMIT_TENANT", value_name = "RATE", global = true)]
    pub rate_limit_tenant: Option<String>,

    /// The number of days that entries of audit logs are kept [default: 365]
    #[arg(long, env = "AUDIT_DAYS", value_name = "DAYS", global = true)]
    pub audit_days: Option<u16>,

    /// How log lines are written: text or json [default: text]
    #[arg(long, env = "LOG_FORMAT", value_name = "FORMAT", global = true)]
    pub log_format: Option<LogFormat>,

    /// What is logged, as `info` or `info,sqlx=warn` [default: info]
    #[arg(long, env = "LOG", value_name = "FILTER", global = true)]
    pub log: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the settings file {} cannot be read: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Without the line itself, which the parser would show: it may hold a password.
    #[error("the settings file {} is wrong in line {line}: {reason}", path.display())]
    Malformed {
        path: PathBuf,
        line: usize,
        reason: String,
    },
}

impl Settings {
    /// These settings, with what they leave open taken from the file.
    ///
    /// # Errors
    /// A file that was named but is not there, or that cannot be understood.
    pub fn with_file(self) -> Result<Self, Error> {
        let (path, named) = match &self.config {
            Some(path) => (path.clone(), true),
            None => (PathBuf::from(DEFAULT_FILE), false),
        };
        match read(&path) {
            Ok(file) => Ok(self.or(file)),
            Err(Error::Unreadable { source, .. })
                if !named && source.kind() == ErrorKind::NotFound =>
            {
                Ok(self)
            }
            Err(error) => Err(error),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            config: self.config.or(other.config),
            host: self.host.or(other.host),
            port: self.port.or(other.port),
            database_url: self.database_url.or(other.database_url),
            database_connections: self.database_connections.or(other.database_connections),
            lanes: self.lanes.or(other.lanes),
            data_dir: self.data_dir.or(other.data_dir),
            postgres_bin: self.postgres_bin.or(other.postgres_bin),
            jwt_secret: self.jwt_secret.or(other.jwt_secret),
            public_url: self.public_url.or(other.public_url),
            cors_origin: self.cors_origin.or(other.cors_origin),
            signup: self.signup.or(other.signup),
            audit_days: self.audit_days.or(other.audit_days),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            rate_limit_address: self.rate_limit_address.or(other.rate_limit_address),
            rate_limit_caller: self.rate_limit_caller.or(other.rate_limit_caller),
            rate_limit_tenant: self.rate_limit_tenant.or(other.rate_limit_tenant),
            log_format: self.log_format.or(other.log_format),
            log: self.log.or(other.log),
        }
    }

    /// The address of the page, without a slash at its end.
    #[must_use]
    pub fn page(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://localhost:{}", self.port.unwrap_or(DEFAULT_PORT)),
        }
    }

    /// How many requests a server takes.
    ///
    /// # Errors
    /// The setting that is no rate, and its text.
    pub(crate) fn rates(&self) -> Result<Rates, (&'static str, String)> {
        let rate = |name, set: &Option<String>, default: &str| match set.as_deref() {
            Some("off") => Ok(None),
            text => {
                let text = text.unwrap_or(default);
                let rate: Result<Rate, _> = text.parse();
                rate.map(Some).map_err(|_| (name, text.to_owned()))
            }
        };
        Ok(Rates {
            address: rate("RATE_LIMIT_ADDRESS", &self.rate_limit_address, "6000/m")?,
            caller: rate("RATE_LIMIT_CALLER", &self.rate_limit_caller, "3000/m")?,
            tenant: rate("RATE_LIMIT_TENANT", &self.rate_limit_tenant, "60000/m")?,
        })
    }

    /// How long entries of audit logs are kept.
    #[must_use]
    pub fn audit_kept(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.audit_days.unwrap_or(365)))
    }

    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.data_dir
            .clone()
            .unwrap_or_else(|| PathBuf::from("data"))
    }

    /// Whether Postgres is the one this server runs itself.
    #[must_use]
    pub const fn is_embedded(&self) -> bool {
        self.database_url.is_none()
    }
}

fn read(path: &Path) -> Result<Settings, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().map_or("", |span| &text[..span.start]);
        Error::Malformed {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            reason: error.message().to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Error, Settings};
    use std::path::PathBuf;

    fn with(config: PathBuf) -> Settings {
        Settings {
            config: Some(config),
            port: Some(4000),
            ..Settings::default()
        }
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.toml");
        std::fs::write(&file, "port = 5000\nsignup = \"closed\"").unwrap();
        let settings = with(file).with_file().unwrap();
        assert_eq!(settings.port, Some(4000));
        assert_eq!(settings.signup.as_deref(), Some("closed"));
        assert_eq!(settings.data_dir(), PathBuf::from("data"));
    }

    #[test]
    fn an_unknown_setting_and_a_missing_file_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.toml");
        for (text, told) in [
            ("port = 1\nprot = 5000", "line 2: unknown field `prot`"),
            (
                "port = 1\n\ndatabase_url = postgres://u:hunter2@host/db",
                "line 3",
            ),
            (
                "databse_url = \"postgres://u:hunter2@host/db\"",
                "`databse_url`",
            ),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = with(file.clone()).with_file().unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        let missing = with(dir.path().join("none.toml")).with_file().unwrap_err();
        assert!(matches!(missing, Error::Unreadable { .. }));
    }
}
