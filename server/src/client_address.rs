//! Which address a request comes from: the peer's, unless that is a proxy that is trusted to say whose request it passes on.

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tessera_http::origin::ClientAddress;

use crate::patience::Peer;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies whose word counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// Reads addresses and networks (`10.0.0.0/8`), separated by commas; `Err` has the first that is neither.
    pub(crate) fn parse(list: &str) -> Result<Self, String> {
        let entries = list.split(',').map(str::trim);
        let networks = entries.filter(|entry| !entry.is_empty()).map(|entry| {
            let address = entry.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| entry.parse())
                .map_err(|_| entry.to_owned())
        });
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }

    /// Puts the client's address among the request's extensions.
    pub(crate) fn mark<B>(&self, mut request: Request<B>) -> Request<B> {
        let peer = request.extensions().get::<ConnectInfo<Peer>>();
        if let Some(ConnectInfo(peer)) = peer {
            let address = self.client(peer.address.ip(), request.headers());
            request.extensions_mut().insert(ClientAddress(address));
        }
        request
    }

    /// From the nearest on: each proxy that is trusted says who is behind it. What stands further back may be made up.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let said = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for entry in said {
            let Some(address) = read(entry) else { break };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address as proxies write it: with or without a port.
fn read(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let address = entry.trim_matches(['[', ']']).parse();
    address
        .ok()
        .or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::Proxies;
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn only_trusted_proxies_are_believed() {
        for (trusted, peer, forwarded, client) in [
            ("", "127.0.0.1", vec!["203.0.113.9"], "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1", vec!["203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", "127.0.0.1", vec![], "127.0.0.1"),
            ("127.0.0.1", "192.0.2.1", vec!["203.0.113.9"], "192.0.2.1"),
            // What the client itself wrote stands in front.
            (
                "127.0.0.1",
                "127.0.0.1",
                vec!["10.9.9.9, 203.0.113.9"],
                "203.0.113.9",
            ),
            (
                "127.0.0.1",
                "127.0.0.1",
                vec!["10.9.9.9", "203.0.113.9"],
                "203.0.113.9",
            ),
            (
                "127.0.0.1, 10.0.0.0/8",
                "127.0.0.1",
                vec!["1.1.1.1, 203.0.113.9, 10.1.2.3"],
                "203.0.113.9",
            ),
            (
                "127.0.0.1",
                "::ffff:127.0.0.1",
                vec!["[2001:db8::1]:4711"],
                "2001:db8::1",
            ),
            (
                "127.0.0.1",
                "127.0.0.1",
                vec!["203.0.113.9:80"],
                "203.0.113.9",
            ),
            ("127.0.0.1", "127.0.0.1", vec!["unknown"], "127.0.0.1"),
        ] {
            let proxies = Proxies::parse(trusted).unwrap();
            let mut headers = HeaderMap::new();
            for line in &forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            let found = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(found.to_string(), client, "{trusted} {peer} {forwarded:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_named() {
        assert_eq!(Proxies::parse("127.0.0.1, nginx").unwrap_err(), "nginx");
    }
}
