//! The HTTP API's event, before it becomes a request.

use data_encoding::BASE64;
use lambda_http::request::LambdaRequest;
use std::fmt::Write;

/// Encodes what a URL cannot hold (RFC 3986, section 3).
///
/// The gateway hands on what the caller wrote, and `lambda_http` panics where that is no URL: one
/// request like `?a=<b>` would end the whole environment. So do a path without its slash and a body
/// that is not as encoded as it says, which only a direct invoke can send.
pub fn readable(mut event: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event {
        let path = request.raw_path.take().unwrap_or_default();
        let rooted = if path.starts_with('/') { path } else { format!("/{path}") };
        request.raw_path = Some(encode(&rooted, "/:@"));
        let encoded = request.body.as_ref().map(|body| BASE64.decode(body.as_bytes()));
        // What is no base 64 is no JSON either, and refused as such.
        request.is_base64_encoded &= !matches!(encoded, Some(Err(_)));
        request.raw_query_string = request.raw_query_string.take().map(|q| encode(&q, "/:@?"));
    }
    event
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
    fn what_a_url_cannot_hold_is_encoded() {
        assert_eq!(encode("a=b&c=%20/?:@", "/:@?"), "a=b&c=%20/?:@");
        assert_eq!(encode("a=<b>|\"#é", "/:@?"), "a=%3Cb%3E%7C%22%23%C3%A9");
        assert_eq!(encode("/v1/a?b#c", "/:@"), "/v1/a%3Fb%23c");
    }
}
