//! Rate limits: how many requests an address, a caller and a tenant may send. Buckets of tokens in memory, each server's own.
//!
//! Addresses of private networks are not limited: behind one stands a proxy with all of its clients, or somebody of the house.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::fmt;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use tessera_error::UserError;
use tessera_identity::principal::Principal;
use tessera_schema::ident::{TenantId, UserId};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A number of requests in a stretch of time; all of them may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: NonZeroU32,
    /// In seconds.
    window: u32,
}

/// The text is no rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRate;

/// As `100/s`, `6000/m` or `50000/h`.
impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, NoRate> {
        let (count, unit) = text.trim().split_once('/').ok_or(NoRate)?;
        let window = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return Err(NoRate),
        };
        let count = count.parse().map_err(|_| NoRate)?;
        Ok(Self { count, window })
    }
}

impl Rate {
    fn quota(self) -> Quota {
        match self.window {
            1 => Quota::per_second(self.count),
            60 => Quota::per_minute(self.count),
            _ => Quota::per_hour(self.count),
        }
    }
}

/// The rates that a server keeps to; without one there is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    pub address: Option<Rate>,
    /// Of a person, or of an API key.
    pub caller: Option<Rate>,
    pub tenant: Option<Rate>,
}

type Buckets<K> =
    RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// One limit, with a bucket for each key.
struct Limit<K: Hash + Eq + Clone> {
    name: &'static str,
    rate: Rate,
    buckets: Buckets<K>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, rate: Rate) -> Self {
        let buckets = RateLimiter::dashmap(rate.quota()).with_middleware();
        Self {
            name,
            rate,
            buckets,
        }
    }

    /// Takes one request out of a bucket.
    fn take(&self, key: &K) -> Result<Left, UserError> {
        match self.buckets.check_key(key) {
            Ok(state) => Ok(Left {
                name: self.name,
                rate: self.rate,
                requests: state.remaining_burst_capacity(),
            }),
            Err(until) => {
                let wait = until.wait_time_from(self.buckets.clock().now());
                let retry_after = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err(UserError::RateLimited {
                    retry_after: retry_after.max(1),
                    of: self.name,
                })
            }
        }
    }
}

/// What a request left in a bucket.
#[derive(Debug, Clone, Copy)]
struct Left {
    name: &'static str,
    rate: Rate,
    requests: u32,
}

impl Left {
    /// Seconds until the bucket is full again.
    fn full_in(self) -> u64 {
        let taken = u64::from(self.rate.count.get().saturating_sub(self.requests));
        (taken * u64::from(self.rate.window)).div_ceil(u64::from(self.rate.count.get()))
    }
}

/// All limits of a server.
pub struct RateLimits {
    address: Option<Limit<IpAddr>>,
    caller: Option<Limit<UserId>>,
    tenant: Option<Limit<TenantId>>,
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits").finish_non_exhaustive()
    }
}

impl RateLimits {
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        Self {
            address: rates.address.map(|rate| Limit::new("address", rate)),
            caller: rates.caller.map(|rate| Limit::new("caller", rate)),
            tenant: rates.tenant.map(|rate| Limit::new("tenant", rate)),
        }
    }

    /// Forgets the buckets that are full again.
    pub fn tidy(&self) {
        if let Some(limit) = &self.address {
            limit.buckets.retain_recent();
        }
        if let Some(limit) = &self.caller {
            limit.buckets.retain_recent();
        }
        if let Some(limit) = &self.tenant {
            limit.buckets.retain_recent();
        }
    }
}

/// The limits of one request, among its extensions where it has any.
#[derive(Debug, Clone)]
pub struct Limited {
    limits: Arc<RateLimits>,
    left: Arc<Mutex<Vec<Left>>>,
}

impl Limited {
    /// Counts a request of an address; none where it is not limited.
    ///
    /// # Errors
    /// [`UserError::RateLimited`], as of the next one.
    pub fn of_address(
        limits: &Arc<RateLimits>,
        address: IpAddr,
    ) -> Result<Option<Self>, UserError> {
        if is_private(address) {
            return Ok(None);
        }
        let left = match &limits.address {
            Some(limit) => vec![limit.take(&subscriber(address))?],
            None => Vec::new(),
        };
        Ok(Some(Self {
            limits: Arc::clone(limits),
            left: Arc::new(Mutex::new(left)),
        }))
    }

    /// Counts the request for the caller that it turned out to have, and for their tenant.
    pub(crate) fn count(&self, principal: &Principal) -> Result<(), UserError> {
        if let Some(limit) = &self.limits.caller {
            let left = limit.take(&principal.user)?;
            self.note(left);
        }
        if let Some(limit) = &self.limits.tenant {
            let left = limit.take(&principal.tenant)?;
            self.note(left);
        }
        Ok(())
    }

    fn note(&self, left: Left) {
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(left);
    }

    /// Adds the limits and the requests that remain to an answer (draft-ietf-httpapi-ratelimit-headers).
    pub fn show(&self, headers: &mut HeaderMap) {
        let all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() {
            return;
        }
        let policies = all.iter().map(|left| {
            let (name, rate) = (left.name, left.rate);
            format!("\"{name}\";q={};w={}", rate.count, rate.window)
        });
        let left = all.iter().map(|left| {
            let (name, requests) = (left.name, left.requests);
            format!("\"{name}\";r={requests};t={}", left.full_in())
        });
        for (header, items) in [
            (POLICY, policies.collect::<Vec<_>>()),
            (LIMIT, left.collect()),
        ] {
            let value = HeaderValue::try_from(items.join(", "));
            headers.insert(header, value.expect("names and numbers are visible ASCII"));
        }
    }
}

/// Whether nobody reaches it from outside: it belongs to the machine or to the house.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// The address of an IPv4 client, or the network that one subscriber to IPv6 has.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::{Limited, NoRate, Rate, RateLimits, Rates, is_private, subscriber};
    use axum::http::HeaderMap;
    use std::sync::Arc;
    use tessera_error::UserError;

    #[test]
    fn rates_are_read() {
        for text in ["1/s", "6000/m", " 50000/h "] {
            assert!(text.parse::<Rate>().is_ok(), "{text}");
        }
        for text in ["", "5", "0/s", "-1/s", "5/d", "5/", "x/s", "5000000000/s"] {
            assert_eq!(text.parse::<Rate>(), Err(NoRate), "{text}");
        }
    }

    #[test]
    fn private_addresses_are_told_from_others() {
        for (address, private) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.1.2.3", true),
            ("::ffff:192.168.0.1", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("203.0.113.9", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
        let network = subscriber("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(network.to_string(), "2001:db8:1:2::");
    }

    #[test]
    fn an_address_has_so_many_requests_and_the_answer_says_how_many_are_left() {
        let rates = Rates {
            address: Some("2/h".parse().unwrap()),
            ..Rates::default()
        };
        let limits = Arc::new(RateLimits::new(rates));
        let ask = |address: &str| Limited::of_address(&limits, address.parse().unwrap());
        let mut headers = HeaderMap::new();
        let limited = ask("203.0.113.9").unwrap().unwrap();
        limited.show(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"address\";q=2;w=3600");
        assert_eq!(headers["ratelimit"], "\"address\";r=1;t=1800");
        assert!(ask("203.0.113.9").is_ok());
        let Err(UserError::RateLimited { retry_after, .. }) = ask("203.0.113.9") else {
            panic!("the third request is one too many");
        };
        assert!((1..=1_800).contains(&retry_after), "{retry_after}");
        assert!(ask("203.0.113.10").is_ok());
        limits.tidy();
        assert!(ask("203.0.113.9").is_err());
        for _ in 0..5 {
            assert!(ask("10.0.0.1").unwrap().is_none());
        }
    }
}
