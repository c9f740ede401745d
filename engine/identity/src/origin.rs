//! Where a request to sign in comes from.

use std::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that one subscriber has to itself.
const SUBSCRIBER: u32 = 64;

#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// `None` where it is not known, as on a Unix socket.
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
}

impl Origin {
    /// What failures are counted by: an IPv4 address, or the network of an IPv6 address.
    pub(super) fn network(&self) -> Option<IpAddr> {
        self.address.map(|address| match address.to_canonical() {
            v4 @ IpAddr::V4(_) => v4,
            IpAddr::V6(v6) => {
                let host_bits = u128::MAX >> SUBSCRIBER;
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !host_bits))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn an_address_of_version_6_counts_as_its_network() {
        for (address, network) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ] {
            let origin = Origin {
                address: Some(address.parse().unwrap()),
                user_agent: None,
            };
            assert_eq!(
                origin.network(),
                Some(network.parse().unwrap()),
                "{address}"
            );
        }
    }
}
