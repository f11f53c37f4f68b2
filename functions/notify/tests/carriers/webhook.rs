//! Text messages by webhook, to an HTTP server that checks the signature by code of its own.

use crate::certificates::{Authority, Flaw, HOST};
use crate::letters::{CODE, letter};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::serve::Listener;
use notify::carrier::Cause;
use notify::webhook::Webhook;
use notify::{Carrier, Handed, Letter};
use shared::domain::contact::Channel;
use shared::domain::personal::Secret;
use shared::domain::time::Timestamp;
use shared::records::configuration::TextGateway;
use shared::testing::FixedClock;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const NOW: Timestamp = Timestamp::from_secs(1_795_507_200);
/// Thirty-two bytes, `a secret of the gateway and ours`.
const SECRET: &str = "whsec_YSBzZWNyZXQgb2YgdGhlIGdhdGV3YXkgYW5kIG91cnM=";
const BYTES: &[u8] = b"a secret of the gateway and ours";

/// What the gateway answers; and what it got.
#[derive(Clone)]
struct Gateway {
    answers: Arc<Mutex<Vec<Answer>>>,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    Status(u16),
    With(u16, &'static str, &'static str),
    Nothing,
}

async fn receive(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    gateway.got.lock().expect("no panic before").push((headers, body));
    let answer = gateway.answers.lock().expect("no panic before").pop();
    let status = |code| StatusCode::from_u16(code).expect("a status");
    match answer {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(Answer::Status(code)) => status(code).into_response(),
        Some(Answer::With(code, name, value)) => (status(code), [(name, value)]).into_response(),
        Some(Answer::Nothing) => std::future::pending().await,
    }
}

impl Gateway {
    fn answering(answers: &[Answer]) -> (Self, Router) {
        let answers = Arc::new(Mutex::new(answers.iter().rev().copied().collect()));
        let gateway = Self { answers, got: Arc::default() };
        (gateway.clone(), Router::new().fallback(any(receive)).with_state(gateway))
    }

    async fn start(answers: &[Answer]) -> (Self, u16) {
        let (gateway, router) = Self::answering(answers);
        let listener = TcpListener::bind((HOST, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async { axum::serve(listener, router).await });
        (gateway, port)
    }

    fn got(&self) -> Vec<(HeaderMap, Bytes)> {
        self.got.lock().expect("no panic before").clone()
    }
}

/// A listener whose connections are secured.
struct Secured(TcpListener, TlsAcceptor);

impl Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (tcp, from) = self.0.accept().await.expect("a connection");
            if let Ok(tls) = self.1.accept(tcp).await {
                return (tls, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

fn settings(url: String) -> TextGateway {
    let secret = |text: &str| Secret::new(text.to_owned());
    TextGateway {
        url: Secret::new(url),
        key_id: "2026-11".to_owned(),
        secret: secret(SECRET),
        timeout_secs: 1,
        roots: None,
    }
}

fn webhook(settings: &TextGateway) -> Webhook {
    Webhook::new(settings, Arc::new(FixedClock::at(NOW))).expect("fits")
}

fn over_http(port: u16) -> Webhook {
    webhook(&settings(format!("http://{HOST}:{port}/send?to=sms")))
}

fn text_message() -> Letter {
    letter(Channel::Phone, "+8613800138000")
}

/// HMAC as RFC 2104 writes it, in base 64.
fn hmac(key: &[u8], message: &[u8]) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = digest(&SHA256, &[&block.map(|b| b ^ 0x36), message].concat());
    let outer = digest(&SHA256, &[&block.map(|b| b ^ 0x5c), inner.as_ref()].concat());
    data_encoding::BASE64.encode(outer.as_ref())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).expect("a header")
}

#[tokio::test]
async fn c_7_2_a_call_is_signed_over_id_time_and_body() {
    let (gateway, port) = Gateway::start(&[]).await;
    let letter = text_message();
    assert_eq!(over_http(port).carry(&letter).await, Handed::Over);
    let (headers, body) = gateway.got().remove(0);
    let (id, at) = (header(&headers, "webhook-id"), header(&headers, "webhook-timestamp"));
    assert_eq!((id, at), (letter.id.as_str(), "1795507200"));
    let signed = [id.as_bytes(), b".", at.as_bytes(), b".", &body].concat();
    let signature = format!("v1,{}", hmac(BYTES, &signed));
    assert_eq!(header(&headers, "webhook-signature"), signature);
    assert_eq!(header(&headers, "webhook-key"), "2026-11");
    let said: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!((said["id"].as_str(), said["to"].as_str()), (Some(id), Some("+8613800138000")));
    assert_eq!((&said["language"], &said["content"]["code"]), (&"zh-CN".into(), &CODE.into()));
    assert_eq!(said["content"]["kind"], "registration_code");
    let text = said["text"].as_str().expect("a text");
    assert!(text.contains(CODE) && text.chars().count() < 140, "{text}");
}

#[tokio::test]
async fn a_second_try_has_the_same_id_and_says_that_it_is_the_second() {
    let (gateway, port) = Gateway::start(&[Answer::Status(500)]).await;
    let mut letter = text_message();
    assert_eq!(over_http(port).carry(&letter).await, Handed::Later(Cause::Busy, None));
    letter.attempt = 2;
    assert_eq!(over_http(port).carry(&letter).await, Handed::Over);
    let got = gateway.got();
    let of = |name| -> Vec<_> { got.iter().map(|(headers, _)| header(headers, name)).collect() };
    assert_eq!(of("webhook-id"), [letter.id.as_str(); 2]);
    assert_eq!(of("webhook-attempt"), ["1", "2"]);
}

#[tokio::test]
async fn answers_mean_what_their_status_says() {
    let minute = Some(shared::domain::time::minutes(1));
    for (answer, expected) in [
        (Answer::Status(200), Handed::Over),
        (Answer::Status(202), Handed::Over),
        (Answer::Status(400), Handed::Refused(Cause::Recipient)),
        (Answer::Status(422), Handed::Refused(Cause::Recipient)),
        (Answer::Status(413), Handed::Refused(Cause::Content)),
        (Answer::Status(401), Handed::Later(Cause::Login, None)),
        (Answer::Status(404), Handed::Later(Cause::Protocol, None)),
        (Answer::Status(429), Handed::Later(Cause::Busy, None)),
        (Answer::With(429, "retry-after", "60"), Handed::Later(Cause::Busy, minute)),
        (Answer::With(503, "retry-after", "60"), Handed::Later(Cause::Busy, minute)),
        (Answer::With(503, "retry-after", "soon"), Handed::Later(Cause::Busy, None)),
        (Answer::Nothing, Handed::Later(Cause::Timeout, None)),
    ] {
        let (_gateway, port) = Gateway::start(&[answer]).await;
        assert_eq!(over_http(port).carry(&text_message()).await, expected, "{answer:?}");
    }
}

#[tokio::test]
async fn c_7_2_a_redirect_is_not_followed() {
    for code in [301, 302, 307, 308] {
        let (gateway, port) = Gateway::start(&[Answer::With(code, "location", "/other")]).await;
        let handed = over_http(port).carry(&text_message()).await;
        assert_eq!(handed, Handed::Later(Cause::Protocol, None));
        assert_eq!(gateway.got().len(), 1, "one call, to the place in the settings");
    }
}

#[tokio::test]
async fn c_7_2_only_a_gateway_whose_certificate_fits_hears_anything() {
    let (ours, other) = (Authority::new(), Authority::new());
    let bad = Handed::Later(Cause::Tls, None);
    for (authority, flaw, roots, expected) in [
        (&ours, Flaw::None, Some(&ours.root), Handed::Over),
        (&ours, Flaw::None, None, bad),
        (&other, Flaw::None, Some(&ours.root), bad),
        (&ours, Flaw::Name, Some(&ours.root), bad),
        (&ours, Flaw::Expired, Some(&ours.root), bad),
    ] {
        let (gateway, router) = Gateway::answering(&[]);
        let listener = TcpListener::bind((HOST, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let secured = Secured(listener, authority.acceptor(flaw));
        tokio::spawn(async { axum::serve(secured, router).await });
        let mut settings = settings(format!("https://{HOST}:{port}/send"));
        settings.roots = roots.cloned();
        assert_eq!(webhook(&settings).carry(&text_message()).await, expected, "{flaw:?}");
        assert_eq!(gateway.got().len(), usize::from(expected == Handed::Over));
    }
}

#[tokio::test]
async fn nobody_listens_and_it_is_tried_again() {
    let free = TcpListener::bind((HOST, 0)).await.expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let handed = over_http(port).carry(&text_message()).await;
    assert_eq!(handed, Handed::Later(Cause::Connection, None));
}

#[test]
fn settings_that_cannot_be_used_are_all_named_and_none_is_quoted() {
    let canary = |text: &str| Secret::new(text.to_owned());
    let settings = TextGateway {
        url: canary("http://canary.example/"),
        key_id: "canary bird".to_owned(),
        secret: canary("canary"),
        timeout_secs: 21,
        roots: Some("canary".to_owned()),
    };
    let error = Webhook::new(&settings, Arc::new(FixedClock::at(NOW))).err();
    let error = error.expect("none of it fits").chain();
    for name in ["text.url", "text.key_id", "text.secret", "text.timeout_secs", "text.roots"] {
        assert!(error.contains(name), "{error}");
    }
    assert!(!error.contains("canary"), "{error}");
}
