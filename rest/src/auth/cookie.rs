//! The cookie that keeps a browser signed in: it holds the refresh token, where no script can read it.
//!
//! A browser sends it only to `/api/v1/auth`, and only from a page of the same site. Pages of other hosts on that site are kept
//! out by the media type: a form cannot send JSON, and a script of another origin needs a permission that only `CORS_ORIGIN` gives.

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HOST, HeaderMap, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Uri};
use std::convert::Infallible;
use std::net::IpAddr;
use tessera_identity::{SESSION_LIFETIME, Secret};

const NAME: &str = "tessera_refresh_token";

/// The cookie as a request brings it.
#[derive(Debug)]
pub(crate) struct SessionCookie {
    pub(super) refresh_token: Option<Secret>,
    /// The browser may send it over plain HTTP, because the server is on the same machine.
    local: bool,
}

impl<S: Sync> FromRequestParts<S> for SessionCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            refresh_token: token(&parts.headers),
            local: is_local(&parts.uri, &parts.headers),
        })
    }
}

impl SessionCookie {
    /// The value of `Set-Cookie` that keeps a token for as long as it is good.
    pub(super) fn keep(&self, refresh_token: &Secret) -> HeaderValue {
        self.set(refresh_token.expose(), SESSION_LIFETIME.as_secs())
    }

    /// The value of `Set-Cookie` that removes the cookie.
    pub(super) fn remove(&self) -> HeaderValue {
        self.set("", 0)
    }

    fn set(&self, value: &str, max_age: u64) -> HeaderValue {
        let secure = if self.local { "" } else { "; Secure" };
        let text = format!(
            "{NAME}={value}; Path=/api/v1/auth; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}"
        );
        HeaderValue::try_from(text).expect("a token is base64url, so it is visible ASCII")
    }
}

fn token(headers: &HeaderMap) -> Option<Secret> {
    let lines = headers.get_all(COOKIE).iter();
    let mut cookies = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    cookies.find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == NAME && !value.is_empty()).then(|| value.into())
    })
}

/// Whether a browser on this machine asks. A proxy may put its own view of the host into `Host`, but a browser behind it says
/// `Origin: https://…`.
fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(&HOST).or(uri.authority().map(Authority::as_str));
    let over_tls = text(&ORIGIN).is_some_and(|origin| origin.starts_with("https:"));
    !over_tls && host.is_some_and(is_loopback)
}

/// `localhost` and its subdomains, and the loopback addresses, with or without a port.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().to_ascii_lowercase();
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        for (header, found) in [
            ("tessera_refresh_token=abc", Some("abc")),
            (
                "theme=dark; tessera_refresh_token=a-b_c; x=y",
                Some("a-b_c"),
            ),
            ("my_tessera_refresh_token=abc", None),
            ("tessera_refresh_token=", None),
            ("tessera_refresh_token", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(header))]);
            let token = token(&headers);
            assert_eq!(token.as_ref().map(Secret::expose), found, "{header}");
        }
    }

    #[test]
    fn only_a_server_on_the_same_machine_may_be_asked_over_plain_http() {
        for (host, origin, local) in [
            ("localhost:3001", "http://localhost:3001", true),
            ("LOCALHOST", "", true),
            ("acme.localhost:3001", "", true),
            ("127.0.0.1:3001", "", true),
            ("127.1.2.3", "", true),
            ("[::1]:3001", "", true),
            ("127.0.0.1:3001", "https://crm.example.com", false),
            ("crm.example.com", "https://crm.example.com", false),
            ("crm.example.com", "", false),
            ("localhost.example.com", "", false),
            ("192.168.1.5:3001", "", false),
            ("", "", false),
        ] {
            let headers = HeaderMap::from_iter([
                (HOST, HeaderValue::from_static(host)),
                (ORIGIN, HeaderValue::from_static(origin)),
            ]);
            let found = is_local(&Uri::from_static("/api/v1/auth/login"), &headers);
            assert_eq!(found, local, "{host} {origin}");
        }
    }

    #[test]
    fn over_http_2_the_host_is_part_of_the_address() {
        let uri = Uri::from_static("http://localhost:3001/api/v1/auth/login");
        assert!(is_local(&uri, &HeaderMap::new()));
    }
}
