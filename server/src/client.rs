//! From where a request comes. T19: what proxies say is believed of proxies that the installation names, and of nobody else.

use crate::config::Site;
use app::request::ClientAddress;
use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A proxy, or a network of them: `10.0.0.7`, `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedProxy(IpNet);

impl FromStr for TrustedProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| "expected an address or a network such as 10.0.0.0/8".to_owned())
    }
}

/// Keeps the client's address with the request. One that came over no connection, as in a test, has none.
pub fn name_address(site: &Site, request: &mut Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if let Some(peer) = peer {
        let address = client(peer, request.headers(), &site.trusted_proxies);
        request.extensions_mut().insert(ClientAddress(address));
    }
}

/// The last address on the way that is no trusted proxy's: each hop adds the address that it was asked from.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[TrustedProxy]) -> IpAddr {
    let said = headers.get_all(X_FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or("?"));
    let hops: Vec<&str> = said.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut address = peer.to_canonical();
    for hop in hops.into_iter().rev() {
        let is_proxy = trusted.iter().any(|TrustedProxy(network)| network.contains(&address));
        let Some(before) = hop.parse::<IpAddr>().ok().filter(|_| is_proxy) else { break };
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, said: &[&str], trusted: &[&str]) -> String {
        let headers = said.iter().map(|value| (X_FORWARDED_FOR, value.parse().unwrap())).collect();
        let trusted: Vec<TrustedProxy> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn t19_only_a_trusted_proxy_is_believed() {
        let client = "203.0.113.9";
        assert_eq!(of(client, &["198.51.100.1"], &[]), client, "nobody is trusted");
        assert_eq!(of(client, &["198.51.100.1"], &["10.0.0.0/8"]), client, "not this one");
        assert_eq!(of("10.1.2.3", &[client], &["10.0.0.0/8"]), client);
        assert_eq!(
            of("::ffff:10.1.2.3", &[client], &["10.1.2.3"]),
            client,
            "as it is written on a dual socket"
        );
        assert_eq!(of("10.1.2.3", &[], &["10.0.0.0/8"]), "10.1.2.3");
        let spoofed = ["198.51.100.1, 203.0.113.9"];
        assert_eq!(
            of("10.1.2.3", &spoofed, &["10.0.0.0/8"]),
            client,
            "what the client said itself is not believed"
        );
        let two = ["203.0.113.9", "10.9.9.9"];
        assert_eq!(of("10.1.2.3", &two, &["10.0.0.0/8"]), client, "through two of them");
        assert_eq!(of("10.1.2.3", &["rubbish"], &["10.0.0.0/8"]), "10.1.2.3");
        assert_eq!(of("fd00::1", &["2001:db8::7"], &["fd00::/8"]), "2001:db8::7");
    }

    #[test]
    fn t19_a_proxy_is_named_by_address_or_network() {
        for good in ["10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"] {
            assert!(good.parse::<TrustedProxy>().is_ok(), "{good}");
        }
        for bad in ["", "localhost", "10.0.0.0/33", "10.0.0"] {
            assert!(bad.parse::<TrustedProxy>().is_err(), "{bad}");
        }
    }
}
