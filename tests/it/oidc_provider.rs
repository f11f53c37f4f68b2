//! Log-ins by oidc-provider, an OpenID provider that others wrote: in real time, with keys of its own
//! (RS256), and as it wants to be asked.

#![expect(clippy::panic, reason = "a browser that is led astray fails the test")]

use crate::app::{Answer, TestApp};
use crate::idp::{Begun, begun, configure, log_in, registration};
use serde_json::{Value, json};
use shared::clock::SystemClock;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// Says where it is.
const VARIABLE: &str = "PC_OIDC_PROVIDER";
/// What the provider's person is called there.
const ADA: &str = "ada-at-example";

#[expect(clippy::disallowed_methods, reason = "the one setting of these tests")]
fn issuer() -> String {
    std::env::var(VARIABLE).expect("PC_OIDC_PROVIDER is the provider's address")
}

/// A world in real time that knows the provider.
async fn world() -> TestApp {
    let app = TestApp::with(|options| options.clock = Arc::new(SystemClock::default())).await;
    let settings = json!({
        "name": "example", "label": {"en": "Example", "zh": "示例"}, "client_id": "center",
        "client_secret": "open sesame: 100%", "protocol": {"openid": {"issuer": issuer()}}
    });
    configure(&app, &[settings]).await.expect("taken");
    app
}

/// A browser that goes where it is sent, until it is sent back to us: the code and the state, and
/// who the provider says it is.
async fn consent(url: &str) -> (Value, Url) {
    let (mut cookies, mut at) = (BTreeMap::new(), Url::parse(url).expect("an address"));
    for _ in 0..10 {
        let to = visit(&at, &mut cookies).await;
        at = at.join(&to).expect("an address");
        if at.path().starts_with("/v1/third-party-returns/") {
            let of = |name: &str| at.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v);
            let (code, state, iss) = (of("code"), of("state"), of("iss"));
            return (json!({"code": code, "state": state, "iss": iss}), at);
        }
    }
    panic!("{url} leads nowhere");
}

/// Asks for a page, and gives where it leads.
async fn visit(at: &Url, cookies: &mut BTreeMap<String, String>) -> String {
    let (host, port) = (at.host_str().expect("a host"), at.port().expect("a port"));
    let path = [at.path(), at.query().map_or("", |_| "?"), at.query().unwrap_or_default()].concat();
    let held: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\nCookie: {}\r\n\r\n",
        held.join("; ")
    );
    let mut socket = TcpStream::connect((host, port)).await.expect("it listens");
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("it answers");
    let (lines, _) = answer.split_once("\r\n\r\n").expect("a head");
    let fields = || lines.lines().filter_map(|line| line.split_once(": "));
    for (_, set) in fields().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
        let pair = set.split(';').next().expect("a cookie");
        let (name, value) = pair.split_once('=').expect("a name");
        cookies.insert(name.to_owned(), value.to_owned());
    }
    let to = fields().find(|(name, _)| name.eq_ignore_ascii_case("location"));
    to.unwrap_or_else(|| panic!("{path}: {answer}")).1.to_owned()
}

async fn by_provider(app: &TestApp, body: &Value, token: Option<&str>) -> Answer {
    let (begun, returned) = begin(app, body, token).await;
    app.return_with(&begun, &returned).await
}

async fn begin(app: &TestApp, body: &Value, token: Option<&str>) -> (Begun, Value) {
    let begun = begun("example", &app.begin("example", body, token).await.expect(201));
    let (returned, _) = consent(&begun.url).await;
    (begun, returned)
}

fn token(answer: Answer) -> String {
    answer.expect(201).body["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
#[ignore = "needs oidc-provider: `cargo xtask contract` starts it"]
async fn c_2_4_oidc_provider_registers_logs_in_and_proves() {
    let app = world().await;
    let session = token(by_provider(&app, &registration(), None).await);
    let me = app.me(&session).await.expect(200);
    assert_eq!(me.body["third_parties"], json!([{"provider": "example", "subject": ADA}]));
    assert!(!me.text.contains("canary"), "{}", me.text);
    let again = token(by_provider(&app, &log_in(), None).await);
    app.me(&again).await.expect(200);
    by_provider(&app, &json!({"intent": "prove"}), Some(&session)).await.expect(204);
}

#[tokio::test]
#[ignore = "needs oidc-provider: `cargo xtask contract` starts it"]
async fn c_2_4_oidc_provider_links_and_its_page_goes_on() {
    let app = world().await;
    let ada = app.register("ada@example.org").await;
    let link = json!({"intent": "link"});
    by_provider(&app, &link, Some(&ada.token)).await.expect(204);
    let begun = begun("example", &app.begin("example", &log_in(), None).await.expect(201));
    let (_, at) = consent(&begun.url).await;
    let path = format!("{}?{}", at.path(), at.query().expect("a query"));
    let page = app.get(&path).header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains("name=\"iss\""), "it names itself: {}", page.text);
    let form = at.query().expect("a query").to_owned();
    let post = app.post(at.path()).header("content-type", "application/x-www-form-urlencoded");
    let done = post.header("cookie", begun.cookie.clone()).bytes(form).send().await.expect(200);
    assert!(done.text.contains("You are logged in"), "{}", done.text);
}

#[tokio::test]
#[ignore = "needs oidc-provider: `cargo xtask contract` starts it"]
async fn c_2_4_oidc_provider_takes_a_code_once_and_from_whoever_began() {
    let app = world().await;
    by_provider(&app, &registration(), None).await.expect(201);
    // Its own state, and a code that was given to another log-in: the verifier does not fit.
    let (_, mallory) = begin(&app, &log_in(), None).await;
    let (victim, mut own) = begin(&app, &log_in(), None).await;
    own["code"] = mallory["code"].clone();
    let refused = app.return_with(&victim, &own).await.expect(422);
    assert_eq!(refused.problem(), "third-party-failed");
    let (begun, returned) = begin(&app, &log_in(), None).await;
    app.return_with(&begun, &returned).await.expect(201);
    app.return_with(&begun, &returned).await.expect(422);
}
