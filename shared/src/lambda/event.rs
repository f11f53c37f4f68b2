//! The HTTP API's event, before it becomes a request.

use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, header};
use data_encoding::BASE64;
use lambda_http::request::LambdaRequest;
use std::fmt::Write;
use url::Url;

/// The longest URL that can be read, in bytes, with room for the host. The gateway takes 10,240.
const LONGEST: usize = 60_000;

/// Encodes what a URL cannot hold (RFC 3986, section 3), and leaves out what names no host.
///
/// The gateway hands on what the caller wrote, and `lambda_http` panics where that is no URL: one
/// request like `?a=<b>` would end the whole environment. So would a `Host` or an `X-Forwarded-Proto`
/// that came twice. So do a path without its slash, one that is longer than any, and a body that is
/// not as encoded as it says, which only a direct invoke can send.
pub fn readable(mut event: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event {
        let path = request.raw_path.take().unwrap_or_default();
        let rooted = if path.starts_with('/') { path } else { format!("/{path}") };
        request.raw_path = Some(encode(&rooted, "/:@"));
        let encoded = request.body.as_ref().map(|body| BASE64.decode(body.as_bytes()));
        // What is no base 64 is no JSON either, and refused as such.
        request.is_base64_encoded &= !matches!(encoded, Some(Err(_)));
        request.raw_query_string = request.raw_query_string.take().map(|q| encode(&q, "/:@?"));
        let bytes = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        if bytes(&request.raw_path) + bytes(&request.raw_query_string) > LONGEST {
            // No route is that long: it is not found.
            (request.raw_path, request.raw_query_string) = (Some("/".to_owned()), None);
        }
        name_host(&mut request.headers);
        let context = &mut request.request_context;
        context.domain_name = context.domain_name.take().filter(|name| is_host(name));
    }
    event
}

/// Leaves out a host that is none: without it a request counts as another site's. The scheme is
/// always the gateway's, and nobody reads it.
fn name_host(headers: &mut HeaderMap) {
    headers.remove("x-forwarded-proto");
    let mut named = headers.get_all(header::HOST).iter();
    let first = named.next().and_then(|host| host.to_str().ok());
    let fits = first.is_some_and(is_host) && named.next().is_none();
    if !fits {
        headers.remove(header::HOST);
    }
}

/// Whether a text is a host, perhaps with a port, for both that read a URL after us.
fn is_host(text: &str) -> bool {
    let plain = text.parse().is_ok_and(|it: Authority| !it.as_str().contains('@'));
    let url = Url::parse(&format!("https://{text}/"));
    plain && url.is_ok_and(|url| url.as_str().parse::<Uri>().is_ok())
}

/// Encodes all but letters, digits, `%` (what is encoded already), the marks that stand anywhere,
/// and those that may stand here.
fn encode(text: &str, here: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let kept = |set: &str| set.contains(char::from(byte));
        if byte.is_ascii_alphanumeric() || kept("%-._~!$&'()*+,;=") || kept(here) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_name_with_a_port_that_there_is() {
        for host in ["a1.example", "A1.example:443", "127.0.0.1:8080", "[::1]:80", "xn--fiqs8s"] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            "a1.example, a1.example",
            "x:99999",
            "x:y",
            "ada@a1.example",
            "a1.example/v1",
            "a1.example#x",
            "256.1.1.1",
            "xn--\u{e9}",
            "a{b}",
            "a`b",
            "[::1",
            "\u{e9}.example",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn what_a_url_cannot_hold_is_encoded() {
        assert_eq!(encode("a=b&c=%20/?:@", "/:@?"), "a=b&c=%20/?:@");
        assert_eq!(encode("a=<b>|\"#é", "/:@?"), "a=%3Cb%3E%7C%22%23%C3%A9");
        assert_eq!(encode("/v1/a?b#c", "/:@"), "/v1/a%3Fb%23c");
    }
}
