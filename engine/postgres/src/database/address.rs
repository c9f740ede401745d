//! The URL of a database, read.

use sqlx::postgres::PgConnectOptions;
use tracing::subscriber::{NoSubscriber, with_default};

use super::Unreachable;

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The parameters that sqlx knows, beside `options[…]`.
const PARAMETERS: [&str; 20] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    // Of libpq; they change nothing here.
    "channel_binding",
    "connect_timeout",
];

/// How to connect to the database that a URL names.
///
/// # Errors
/// [`Unreachable::Url`], which does not repeat the URL: it may hold a password.
pub fn connect_options(url: &str) -> Result<PgConnectOptions, Unreachable> {
    if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Unreachable::Url(
            "it does not begin with postgres://".to_owned(),
        ));
    }
    for name in unknown_parameters(url) {
        tracing::warn!(
            parameter = name,
            "the database's URL has a parameter that is not known; it is ignored"
        );
    }
    // sqlx logs the values of unknown parameters, and one of them may be a mistyped `password`.
    let options = with_default(NoSubscriber::default(), || url.parse());
    options.map_err(|error| Unreachable::Url(reason(&error)))
}

/// Why sqlx does not take a URL, without the URL.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(reason) => reason.to_string(),
        other => other.to_string(),
    }
}

/// Names only, and only what can be a name: where a password has an unescaped `?`, a piece of it stands here.
fn unknown_parameters(url: &str) -> impl Iterator<Item = &str> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let names = query
        .split('&')
        .filter_map(|pair| Some(pair.split_once('=')?.0));
    names.filter(|name| {
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte));
        is_name && !name.is_empty() && !PARAMETERS.contains(name)
    })
}

#[cfg(test)]
mod tests {
    use super::{connect_options, unknown_parameters};

    #[test]
    fn what_is_no_url_of_postgres_is_refused_without_its_password() {
        for (url, reason) in [
            ("", "postgres://"),
            ("not a url", "postgres://"),
            ("localhost:5432/tessera", "postgres://"),
            ("mysql://u:hunter2@localhost/tessera", "postgres://"),
            ("postgres://u:hun/ter2@localhost/tessera", "port"),
            ("postgres://u:hun#ter2@localhost/tessera", "port"),
            ("postgres://u:hunter2@localhost:port/tessera", "port"),
            ("postgres://u:hunter2@local host/tessera", "domain"),
            (
                "postgres://u:hunter2@localhost/tessera?sslmode=perhaps",
                "perhaps",
            ),
        ] {
            let refused = connect_options(url).unwrap_err().to_string();
            assert!(refused.contains(reason), "{url}: {refused}");
            assert!(
                !refused.contains("hun") && !refused.contains("ter2"),
                "{url}: {refused}"
            );
        }
    }

    #[test]
    fn unknown_parameters_are_named_without_their_values() {
        let names = |url| unknown_parameters(url).collect::<Vec<_>>();
        assert_eq!(
            names("postgres://h/d?sslmode=require&pasword=hunter2&options[work_mem]=8MB"),
            ["pasword"]
        );
        assert!(names("postgres://u:5?Hun=ter2@h/d").is_empty());
        assert!(names("postgres://h/d").is_empty());
    }
}
