//! Where a third party may be: over HTTPS, or on this machine while nothing is deployed.

use http::Uri;
use std::net::IpAddr;

/// How far an address reaches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// Over the network, by HTTPS.
    Network,
    /// Not beyond this machine.
    Loopback,
}

/// An address that a code or a secret may be sent to: HTTPS, or HTTP that does not leave the
/// machine; without a name and password, which would have to be kept out of logs.
pub(crate) fn place(url: &str) -> Option<(Uri, Reach)> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    let host = authority.host().trim_matches(['[', ']']);
    let loopback = host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let reach = match uri.scheme_str()? {
        "https" => Reach::Network,
        "http" if loopback => Reach::Loopback,
        _ => return None,
    };
    (!authority.as_str().contains('@') && !url.contains('#')).then_some((uri, reach))
}

/// An address that a third party names. One that is reached over the network cannot send us to what
/// listens on this machine, such as Lambda's own API.
pub(crate) fn named(url: &str, by: Reach) -> Option<Uri> {
    place(url).filter(|(_, reach)| *reach == by).map(|(uri, _)| uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_in_clear_over_a_network() {
        for url in ["https://id.example/token?x=1", "https://127.0.0.1/x"] {
            assert_eq!(place(url).map(|(_, reach)| reach), Some(Reach::Network), "{url}");
        }
        for url in ["http://127.0.0.1:9/x", "http://[::1]:9/x"] {
            assert_eq!(place(url).map(|(_, reach)| reach), Some(Reach::Loopback), "{url}");
        }
        for url in [
            "http://id.example/",
            "http://localhost:9/",
            "ftp://127.0.0.1/",
            "x",
            "https://user:word@id.example/",
            "http://127.0.0.1.evil.example/",
            "https://id.example/#x",
            "/token",
        ] {
            assert!(place(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_third_party_does_not_send_us_to_our_own_machine() {
        assert!(named("http://127.0.0.1:9001/2018-06-01/", Reach::Network).is_none());
        assert!(named("https://id.example/keys", Reach::Network).is_some());
        assert!(named("http://127.0.0.1:9/keys", Reach::Loopback).is_some());
    }
}
