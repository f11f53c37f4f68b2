//! Bad headers, sizes, paths and methods get a precise problem, and store nothing.

use crate::app::TestApp;
use crate::input::{ADDRESSES, CANARY, Refusal, refuses};
use http::Method;
use serde_json::json;

/// A well-formed id that nobody gave out.
pub(crate) const NOBODYS: &str = "ver_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const MOST_BODY: usize = 65_536;
const MOST_HEADERS: usize = 10_240;

#[tokio::test]
async fn a_body_may_have_65536_bytes_and_not_one_more() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let padded = |length: usize| format!("{{{}}}", " ".repeat(length - 2));
    app.correct(&ada.token, "\"1\"", &json!({})).await.expect(200);
    let patch = |body: String| {
        let call = app.patch("/v1/me").bearer(&ada.token).header("if-match", "\"1\"");
        call.header("content-type", "application/json").bytes(body)
    };
    patch(padded(MOST_BODY)).send().await.expect(200);
    let refusal: Refusal = (413, "too-large", None);
    refuses(&app, "one byte more", || patch(padded(MOST_BODY + 1)), refusal).await;
    let cancel = || app.post("/v1/me/cancellation").bearer(&ada.token).bytes(padded(MOST_BODY + 1));
    refuses(&app, "an optional body", cancel, refusal).await;
}

#[tokio::test]
async fn line_and_headers_may_have_10240_bytes_and_not_one_more() {
    let app = TestApp::start().await;
    // "GET /v1/policy HTTP/1.1\r\n" counts as GET, /v1/policy and 12; a header as its parts and 4.
    let used = "GET".len() + "/v1/policy".len() + 12 + "x-filler".len() + 4;
    let get = |length: usize| app.get("/v1/policy").header("x-filler", "c".repeat(length));
    get(MOST_HEADERS - used).send().await.expect(200);
    get(MOST_HEADERS - used + 1).send().await.expect(431);
    let more = || get(MOST_HEADERS);
    refuses(&app, "a long header", more, (431, "headers-too-large", None)).await;
    let path = format!("/v1/policy?{}", "c".repeat(MOST_HEADERS));
    refuses(&app, "a long path", || app.get(&path), (431, "headers-too-large", None)).await;
}

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let body = json!({"login": ada.email, "password": CANARY}).to_string();
    let refusal: Refusal = (415, "unsupported-media-type", None);
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/json; charset=iso-8859-1",
        "application/json; charset=gbk",
        "application/xml",
        "canary",
        "application/json, text/plain",
    ] {
        let call = || app.post("/v1/sessions").header("content-type", kind).bytes(body.clone());
        refuses(&app, kind, call, refusal).await;
    }
    let bare = || app.post("/v1/sessions").bytes(body.clone());
    refuses(&app, "no content type", bare, refusal).await;
    let cancel = || app.post("/v1/me/cancellation").bearer(&ada.token).bytes(body.clone());
    refuses(&app, "an optional body without a content type", cancel, refusal).await;
    for kind in ["application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
        let call = app.post("/v1/sessions").header("content-type", kind).bytes(body.clone());
        assert_eq!(call.send().await.expect(401).problem(), "login-refused", "{kind}");
    }
}

#[tokio::test]
async fn another_method_is_told_which_are_allowed() {
    let app = TestApp::start().await;
    for (path, allowed) in [
        ("/v1/verifications", vec!["POST"]),
        ("/v1/sessions", vec!["GET", "HEAD", "POST"]),
        ("/v1/sessions/current", vec!["DELETE"]),
        ("/v1/me", vec!["GET", "HEAD", "PATCH"]),
        ("/v1/me/cancellation", vec!["DELETE", "POST"]),
        ("/v1/policy", vec!["GET", "HEAD"]),
    ] {
        for method in ["PUT", "TRACE", "OPTIONS", "CANARY"] {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let call = || app.call(method.clone(), path);
            refuses(&app, path, call, (405, "method-not-allowed", None)).await;
            let answer = call().send().await;
            let told = answer.header("allow").unwrap_or_default();
            let mut told: Vec<_> = told.split(',').map(str::trim).collect();
            told.sort_unstable();
            assert_eq!(told, allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/me/",
        "//v1/me",
        "/v2/me",
        "/V1/me",
        "/v1/canary",
        "/v1/me/canary",
        "/v1/receipts/",
        "/v1/receipts/canary",
        "/v1/receipts/rcp_canary",
        "/v1/receipts/%FF",
        "/v1/receipts/%00",
        "/v1/receipts/a%2Fb",
        "/v1/receipts/..",
        "/v1/receipts/%",
        "/v1/receipts/rcp_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "/v1/me;canary",
        "/v1/../v1/me",
    ] {
        refuses(&app, path, || app.get(path), (404, "not-found", None)).await;
    }
}

#[tokio::test]
async fn a_version_is_asked_for_and_checked() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    app.correct(&ada.token, "\"1\"", &json!({"language": "zh-CN"})).await.expect(200);
    let patch = || app.patch("/v1/me").bearer(&ada.token).json(&json!({"display_name": CANARY}));
    refuses(&app, "none", patch, (428, "version-required", None)).await;
    for tag in ["\"1\"", "\"3\"", "W/\"2\"", "\"canary\"", "\"1\", \"3\"", "\"\"", "\"3,2\""] {
        let call = || patch().header("if-match", tag);
        refuses(&app, tag, call, (412, "stale-version", None)).await;
    }
    for tag in [
        "",
        "2",
        "canary",
        "\"2",
        "2\"",
        "\"2\" \"2\"",
        "\"2 \"",
        "'2'",
        ",",
        "\"1\", canary",
        "*, \"2\"",
    ] {
        let call = || patch().header("if-match", tag);
        refuses(&app, tag, call, (400, "malformed-header", Some("If-Match"))).await;
    }
    app.correct(&ada.token, "\"1\", \"2\"", &json!({"display_name": "Ada"})).await.expect(200);
    app.correct(&ada.token, "*", &json!({"display_name": null})).await.expect(200);
}

#[tokio::test]
async fn an_idempotency_key_has_128_visible_characters_at_most() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let log_in = json!({"login": ada.email, "password": crate::app::PASSWORD});
    let bodies = [
        ("/v1/verifications", TestApp::code_request("bob@example.org")),
        ("/v1/accounts", TestApp::account_request(&json!(NOBODYS), "12345678")),
        ("/v1/sessions", log_in),
    ];
    let long = "k".repeat(129);
    for (path, body) in &bodies {
        let two = ["canary,one", "\"canary\",\"one\"", "canary, one"];
        let one = ["", " ", "\"\"", "can ary", "canary\u{e9}", "canary\u{7}", "\u{952e}", &long];
        for key in one.into_iter().chain(two) {
            // What cannot be in a header at all never gets here.
            if http::HeaderValue::from_bytes(key.as_bytes()).is_err() {
                continue;
            }
            let call = || app.post(path).json(body).header("idempotency-key", key);
            refuses(&app, key, call, (400, "malformed-idempotency-key", None)).await;
        }
        for second in ["one", "canary"] {
            let call = || app.post(path).json(body).header("idempotency-key", "canary");
            let call = || call().header("idempotency-key", second);
            refuses(&app, second, call, (400, "malformed-idempotency-key", None)).await;
        }
    }
    for longest in ["k".repeat(128), "\"one,two\"".to_owned()] {
        let call = app.post("/v1/sessions").json(&bodies[2].1).header("idempotency-key", &longest);
        call.send().await.expect(201);
    }
}

#[tokio::test]
async fn an_address_writes_no_header_of_a_mail() {
    let app = TestApp::start().await;
    for address in ADDRESSES.split('|') {
        let call = app.post("/v1/verifications").json(&TestApp::code_request(address));
        call.send().await.expect(422);
    }
    let odd = [
        "a'b+c=d@example.org",
        "{bcc}@example.org",
        "\u{e9}ve@\u{4f8b}\u{5b50}.cn",
        "!#$%&*/?^_`~@x-y.cn",
    ];
    for address in odd {
        let call = app.post("/v1/verifications").json(&TestApp::code_request(address));
        call.send().await.expect(202);
    }
    let report = app.deliver().await;
    assert_eq!((report.delivered, report.failed), (odd.len(), 0));
    for mail in app.world.mailbox.mails().expect("a mailbox") {
        let (head, _) = mail.split_once("\n\n").expect("a head");
        let own = |line: &&str| !line.starts_with([' ', '\t']);
        let mut names: Vec<_> =
            head.lines().filter(own).filter_map(|line| line.split(':').next()).collect();
        names.sort_unstable();
        let expected = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID"];
        assert_eq!(names, [&expected[..], &["Subject", "To"]].concat(), "{head}");
    }
}
