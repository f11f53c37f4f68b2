//! Text messages by a signed webhook, in the form of Standard Webhooks (standardwebhooks.com).
//!
//! The signature is HMAC-SHA-256 over id, time and body: nobody else can make a call, and one that
//! is kept and sent again is old. The id stays the same however often a message is sent, so the
//! gateway can tell a second one; `webhook-attempt` says which try it is.

use crate::carrier::{Carried, Carrier, Cause, Handed, Letter};
use crate::secure::{broke_tls, parameters};
use crate::words::short;
use aws_lc_rs::hmac;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use data_encoding::BASE64;
use http::{Request, Uri};
use serde_json::json;
use shared::clock::Clock;
use shared::error::{Error, Kind, Result};
use shared::records::configuration::TextGateway;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A gateway of text messages.
pub struct Webhook {
    url: Uri,
    key_id: String,
    key: hmac::Key,
    http: Connector,
    clock: Arc<dyn Clock>,
    within: Duration,
}

impl Webhook {
    /// A gateway as its settings have it.
    ///
    /// # Errors
    ///
    /// `Config`, naming every setting that cannot be used and quoting none.
    pub fn new(settings: &TextGateway, clock: Arc<dyn Clock>) -> Result<Self> {
        let mut faults = Vec::new();
        let url = place(settings.url.expose()).ok_or("text.url").map_err(|f| faults.push(f)).ok();
        let key = key(settings.secret.expose()).ok_or("text.secret");
        let key = key.map_err(|fault| faults.push(fault)).ok();
        let http = connector(settings.roots.as_deref()).ok_or("text.roots");
        let http = http.map_err(|fault| faults.push(fault)).ok();
        let printable = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if settings.key_id.is_empty() || !printable(&settings.key_id) {
            faults.push("text.key_id");
        }
        if !(1..=20).contains(&settings.timeout_secs) {
            faults.push("text.timeout_secs");
        }
        match (url, key, http) {
            (Some(url), Some(key), Some(http)) if faults.is_empty() => {
                let within = Duration::from_secs(settings.timeout_secs.into());
                Ok(Self { url, key_id: settings.key_id.clone(), key, http, clock, within })
            }
            _ => Err(Error::new(Kind::Config, "read the gateway").at(faults.join(", "))),
        }
    }

    async fn send(&self, letter: &Letter) -> Handed {
        let Some(request) = self.request(letter) else { return Handed::Refused(Cause::Address) };
        match timeout(self.within, self.http.call(request)).await {
            Ok(Ok(answer)) => meaning(&answer),
            Ok(Err(error)) if broke_tls(&error) => Handed::Later(Cause::Tls, None),
            Ok(Err(_)) => Handed::Later(Cause::Connection, None),
            Err(_) => Handed::Later(Cause::Timeout, None),
        }
    }

    /// The signed call. `content` is what the message says as data, for gateways that fill in
    /// templates of their own; `text` is the same in words.
    fn request(&self, letter: &Letter) -> Option<HttpRequest> {
        let message = &letter.message;
        let body = json!({
            "id": letter.id.as_str(),
            "to": message.to.expose(),
            "language": message.language.tag(),
            "text": short(&message.content, message.language),
            "content": message.content,
        });
        let body = body.to_string();
        let at = self.clock.now().secs().to_string();
        let request = Request::post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", letter.id.as_str())
            .header("webhook-timestamp", &at)
            .header("webhook-signature", signature(&self.key, letter.id.as_str(), &at, &body))
            .header("webhook-key", &self.key_id)
            .header("webhook-attempt", letter.attempt.to_string())
            .body(SdkBody::from(body));
        HttpRequest::try_from(request.ok()?).ok()
    }
}

fn signature(key: &hmac::Key, id: &str, at: &str, body: &str) -> String {
    let signed = format!("{id}.{at}.{body}");
    format!("v1,{}", BASE64.encode(hmac::sign(key, signed.as_bytes()).as_ref()))
}

/// What an answer means. A redirect is not followed: the settings name the place.
///
/// What is about our own settings is tried again, since no message should die of a wrong secret.
fn meaning(answer: &HttpResponse) -> Handed {
    let wait = answer.headers().get("retry-after").and_then(|secs| secs.parse().ok());
    let later = |cause| Handed::Later(cause, wait.map(Duration::from_secs));
    match answer.status().as_u16() {
        200..=299 => Handed::Over,
        401 | 403 => later(Cause::Login),
        408 | 425 | 429 | 500..=599 => later(Cause::Busy),
        404 | 405 | 407 | ..=399 => later(Cause::Protocol),
        413 | 415 => Handed::Refused(Cause::Content),
        400..=499 => Handed::Refused(Cause::Recipient),
        _ => later(Cause::Protocol),
    }
}

/// A URL that a secret may be sent to: HTTPS, or HTTP that does not leave the machine; without a
/// name and password, which would have to be kept out of logs.
fn place(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    let host = authority.host().trim_matches(['[', ']']);
    let loopback = host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let fits = match uri.scheme_str()? {
        "https" => true,
        "http" => loopback,
        _ => false,
    };
    (fits && !authority.as_str().contains('@')).then_some(uri)
}

/// The signing key in its text form.
fn key(secret: &str) -> Option<hmac::Key> {
    let bytes = BASE64.decode(secret.strip_prefix("whsec_")?.as_bytes()).ok()?;
    let fits = (24..=64).contains(&bytes.len());
    fits.then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// The client, with the one TLS stack of the function. Own roots stand in place of the system's.
fn connector(roots: Option<&str>) -> Option<Connector> {
    let trusted = match roots {
        Some(pem) => {
            // The client takes what it is given and fails late.
            parameters("localhost", roots)?;
            TrustStore::empty().with_pem_certificate(pem.as_bytes())
        }
        None => TrustStore::empty().with_native_roots(true),
    };
    let tls = TlsContext::builder().with_trust_store(trusted).build().ok()?;
    let provider = Provider::Rustls(CryptoMode::AwsLc);
    Some(Connector::builder().tls_provider(provider).tls_context(tls).build())
}

impl Carrier for Webhook {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        Box::pin(self.send(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_published_example() {
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let body = r#"{"test": 2432232314}"#;
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_never_sent_in_clear_over_a_network() {
        for url in ["https://sms.example/send?k=1", "http://127.0.0.1:9/x", "http://[::1]:9/x"] {
            assert!(place(url).is_some(), "{url}");
        }
        for url in [
            "http://sms.example/",
            "http://localhost.example/",
            "ftp://127.0.0.1/",
            "x",
            "https://user:word@sms.example/",
            "http://127.0.0.1.evil.example/",
            "/send",
        ] {
            assert!(place(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_short_key_is_no_key() {
        assert!(
            key("whsec_c2hvcnQ=").is_none() && key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_none()
        );
    }
}
