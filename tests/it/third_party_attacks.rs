//! The attacks of the security best practice for OAuth 2.0 (RFC 9700), and third parties that do
//! what none should.

use crate::app::TestApp;
use crate::idp::{Begun, Idp, Odd, Signed, Twist, begun, configure, log_in, registration};
use crate::log::Log;
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::{hours, minutes};
use std::time::Duration;
use tokio::time::timeout;

/// A world with two third parties, and an account at the first.
async fn world() -> (TestApp, Idp, Idp) {
    let app = TestApp::start().await;
    let (one, other) = (Idp::start(&app).await, Idp::start(&app).await);
    configure(&app, &[one.settings("one"), other.settings("other"), one.peculiar("peculiar")])
        .await
        .expect("taken");
    let made = app.by_third_party((&one, "one"), "sub-1", (&registration(), None)).await;
    made.expect(201);
    (app, one, other)
}

async fn start(app: &TestApp, provider: &str) -> Begun {
    begun(provider, &app.begin(provider, &log_in(), None).await.expect(201))
}

async fn fails(app: &TestApp, begun: &Begun, body: &Value) {
    let answer = app.return_with(begun, body).await.expect(422);
    assert_eq!(answer.problem(), "third-party-failed");
}

#[tokio::test]
async fn c_2_4_a_return_counts_once() {
    let (app, one, _) = world().await;
    let begun = start(&app, "one").await;
    let (code, state) = one.consent(&begun.url, "sub-1");
    let body = json!({"code": code, "state": state});
    app.return_with(&begun, &body).await.expect(201);
    let before = one.asked("token");
    fails(&app, &begun, &body).await;
    assert_eq!(one.asked("token"), before, "the code went nowhere a second time");
}

#[tokio::test]
async fn c_2_4_of_returns_at_once_one_counts() {
    let (app, one, _) = world().await;
    let begun = start(&app, "one").await;
    let (code, state) = one.consent(&begun.url, "sub-1");
    let body = json!({"code": code, "state": state});
    let (a, b) = tokio::join!(app.return_with(&begun, &body), app.return_with(&begun, &body));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test]
async fn c_2_4_a_code_of_one_browser_is_nothing_in_another() {
    let (app, one, _) = world().await;
    let (victim, mallory) = (start(&app, "one").await, start(&app, "one").await);
    let (code, state) = one.consent(&mallory.url, "sub-1");
    let injected = json!({"code": code, "state": state});
    // Log-in CSRF: the attacker's return in the victim's browser.
    fails(&app, &victim, &injected).await;
    let without = Begun { cookie: "other=1".to_owned(), ..victim.clone() };
    fails(&app, &without, &injected).await;
    // Code injection: the attacker's code with the victim's own state: PKCE and nonce do not fit.
    let (_, own) = one.consent(&victim.url, "sub-2");
    fails(&app, &victim, &json!({"code": code, "state": own})).await;
    // What another browser could not use is still there for its own.
    let (code, state) = one.consent(&mallory.url, "sub-1");
    app.come_back(&mallory, &code, &state).await.expect(201);
}

#[tokio::test]
async fn c_2_4_what_one_third_party_sends_is_never_taken_for_anothers() {
    let (app, one, other) = world().await;
    let begun = start(&app, "one").await;
    let (code, state) = one.consent(&begun.url, "sub-1");
    let elsewhere = Begun { provider: "other".to_owned(), ..begun.clone() };
    fails(&app, &elsewhere, &json!({"code": code, "state": state})).await;
    assert_eq!((other.asked("token"), other.asked("document")), (0, 0), "no code went there");
    let named = json!({"code": code, "state": state, "iss": other.issuer});
    let before = one.asked("token");
    fails(&app, &begun, &named).await;
    assert_eq!(one.asked("token"), before, "no code went anywhere");
    let again = start(&app, "one").await;
    let (code, state) = one.consent(&again.url, "sub-1");
    let named = json!({"code": code, "state": state, "iss": one.issuer});
    app.return_with(&again, &named).await.expect(201);
}

#[tokio::test]
async fn c_2_4_who_says_to_name_itself_has_to() {
    let app = TestApp::start().await;
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("one")]).await.expect("taken");
    let at = |path: &str| format!("{}/{path}", idp.issuer);
    let said = json!({
        "issuer": idp.issuer, "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"), "jwks_uri": at("keys"),
        "authorization_response_iss_parameter_supported": true
    });
    idp.twist(Twist { document: Some(Odd::Said(said)), ..Twist::default() });
    let begun = begun("one", &app.begin("one", &registration(), None).await.expect(201));
    let (code, state) = idp.consent(&begun.url, "sub-1");
    fails(&app, &begun, &json!({"code": code, "state": state})).await;
    assert_eq!(idp.asked("token"), 0);
}

#[tokio::test]
async fn c_2_4_a_token_that_is_not_what_it_has_to_be_opens_nothing() {
    let (app, one, _) = world().await;
    let now = shared::clock::Clock::now(&*app.clock).secs();
    let claims = |claims| Twist { claims, ..Twist::default() };
    let signed = |signed| Twist { signed, ..Twist::default() };
    let part = |seconds: i64, part| format!("{seconds}.{part}").parse::<f64>().expect("a time");
    for (name, twist) in [
        ("another audience", claims(json!({"aud": "mallory"}))),
        ("no audience", claims(json!({"aud": null}))),
        ("several audiences, no party", claims(json!({"aud": ["center", "mallory"]}))),
        ("another party", claims(json!({"aud": ["center", "x"], "azp": "x"}))),
        ("another issuer", claims(json!({"iss": "https://mallory.example"}))),
        ("another nonce", claims(json!({"nonce": "mallory"}))),
        ("no nonce", claims(json!({"nonce": null}))),
        ("expired", claims(json!({"exp": now - 61}))),
        ("no end", claims(json!({"exp": null}))),
        ("an end that is no time", claims(json!({"exp": 1e300}))),
        ("issued in a time to come", claims(json!({"iat": now + 61}))),
        ("old", claims(json!({"iat": now - 601, "exp": now + 60}))),
        ("early", claims(json!({"nbf": now + 61}))),
        ("no subject", claims(json!({"sub": null}))),
        ("an empty subject", claims(json!({"sub": ""}))),
        ("a long subject", claims(json!({"sub": "x".repeat(256)}))),
        ("a time beyond all", claims(json!({"iat": i64::MIN, "exp": i64::MAX}))),
        ("not signed", signed(Signed::None)),
        ("signed with the public key", signed(Signed::ByPublicKey)),
        ("signed by another", signed(Signed::ByAnother)),
        ("signed by nobody known", signed(Signed::ByUnnamed)),
    ] {
        one.twist(twist);
        let begun = start(&app, "one").await;
        let (code, state) = one.consent(&begun.url, "sub-1");
        let answer = app.come_back(&begun, &code, &state).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem()),
            (422, "third-party-failed"),
            "{name}"
        );
    }
    for (name, twist) in [
        (
            "clocks a little apart",
            claims(json!({"iat": now + 30, "exp": now - 30, "nbf": now + 30})),
        ),
        (
            "parts of a second",
            claims(
                json!({"iat": part(now, "5"), "exp": part(now + 300, "25"), "nbf": part(now, "0")}),
            ),
        ),
        (
            "several audiences and we the party",
            claims(json!({"aud": ["center", "x"], "azp": "center"})),
        ),
    ] {
        one.twist(twist);
        let begun = start(&app, "one").await;
        let (code, state) = one.consent(&begun.url, "sub-1");
        let answer = app.come_back(&begun, &code, &state).await;
        assert!([201, 409].contains(&answer.status.as_u16()), "{name}: {}", answer.text);
    }
    assert_eq!(Tables::whole(&app).await.count(Entity::Authorization), 0, "each is used up");
}

#[tokio::test]
async fn c_2_4_new_keys_of_a_third_party_are_looked_for_once() {
    let (app, one, _) = world().await;
    assert_eq!(one.asked("keys"), 1);
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);
    assert_eq!((one.asked("keys"), one.asked("document")), (1, 1), "they are kept");
    one.rotate();
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);
    assert_eq!(one.asked("keys"), 2);
    one.twist(Twist { signed: Signed::ByUnnamed, ..Twist::default() });
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(422);
    assert_eq!(one.asked("keys"), 3, "once for each");
    one.twist(Twist::default());
    app.clock.advance(hours(1));
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);
    assert_eq!(one.asked("document"), 2, "nothing is kept for longer than an hour");
}

#[tokio::test]
async fn c_2_4_a_new_key_under_an_old_name_or_none_is_looked_for_too() {
    let (app, one, _) = world().await;
    for (name, asked) in [("k1", 2), ("", 3), ("", 4)] {
        one.rotate_to(name);
        for _ in 0..2 {
            // Nobody has an account here: the token was read all the same.
            let answer = app.by_third_party((&one, "one"), "sub-2", (&log_in(), None)).await;
            assert_eq!(answer.expect(409).problem(), "third-party-unknown");
        }
        assert_eq!(one.asked("keys"), asked, "{name}: once, and then it is kept");
    }
    one.twist(Twist { signed: Signed::ByAnother, ..Twist::default() });
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(422);
    assert_eq!(one.asked("keys"), 5, "once for each");
}

#[tokio::test]
async fn c_7_3_a_third_party_that_answers_oddly_holds_nobody_up() {
    let (app, one, other) = world().await;
    let to = format!("{}/token", other.issuer);
    for (odd, status) in [
        (Odd::Status(500), 503),
        (Odd::Status(429), 503),
        (Odd::Late, 503),
        (Odd::Status(400), 422),
        (Odd::Redirect(to), 422),
        (Odd::Huge, 422),
        (Odd::Said(json!([])), 422),
        (Odd::Said(json!({"id_token": "x"})), 422),
        (Odd::Said(json!({"id_token": 7})), 422),
    ] {
        let name = format!("{odd:?}");
        one.twist(Twist { token: Some(odd), ..Twist::default() });
        let begun = start(&app, "one").await;
        let (code, state) = one.consent(&begun.url, "sub-1");
        let answer = timeout(Duration::from_secs(10), app.come_back(&begun, &code, &state));
        let answer = answer.await.expect("nobody waits for the late one");
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text);
        assert_eq!(answer.header("retry-after").is_some(), status == 503, "{name}");
    }
    assert_eq!(other.asked("token"), 0, "no redirect was followed");
    one.twist(Twist::default());
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);

    // Its document and its keys are no better off.
    app.clock.advance(hours(1));
    for odd in [Odd::Status(503), Odd::Late] {
        one.twist(Twist { document: Some(odd), ..Twist::default() });
        let answer = app.begin("one", &log_in(), None).await.expect(503);
        assert_eq!(answer.problem(), "third-party-unavailable");
    }
    let at = |path: &str| format!("{}/{path}", one.issuer);
    let mallory = json!({
        "issuer": one.issuer, "authorization_endpoint": at("authorize"),
        "token_endpoint": "https://mallory.example/token", "jwks_uri": at("keys")
    });
    for odd in [Odd::Huge, Odd::Said(json!({})), Odd::Said(mallory)] {
        one.twist(Twist { document: Some(odd), ..Twist::default() });
        app.begin("one", &log_in(), None).await.expect(422);
    }
    assert_eq!(Tables::whole(&app).await.count(Entity::Authorization), 0, "nothing is stored");
    one.twist(Twist { keys: Some(Odd::Status(500)), ..Twist::default() });
    let answer = app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await;
    assert_eq!(answer.expect(503).problem(), "third-party-unavailable");
    one.twist(Twist::default());
    app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);
}

#[tokio::test]
async fn c_2_4_a_token_of_another_client_opens_nothing() {
    let (app, one, _) = world().await;
    let made = app.by_third_party((&one, "peculiar"), "7", (&registration(), None)).await;
    made.expect(201);
    one.twist(Twist { claims: json!({"client": "mallory"}), ..Twist::default() });
    let answer = app.by_third_party((&one, "peculiar"), "7", (&log_in(), None)).await;
    assert_eq!(answer.expect(422).problem(), "third-party-failed");
}

#[tokio::test]
async fn c_2_4_the_same_subject_elsewhere_is_somebody_else() {
    let (app, _, other) = world().await;
    let answer = app.by_third_party((&other, "other"), "sub-1", (&log_in(), None)).await;
    assert_eq!(answer.expect(409).problem(), "third-party-unknown");
}

#[tokio::test]
async fn c_4_1_a_proof_of_somebody_else_or_of_before_proves_nothing() {
    let (app, one, _) = world().await;
    let session = app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);
    let session = session.body["token"].as_str().expect("a token").to_owned();
    app.clock.advance(minutes(11));
    let prove = json!({"intent": "prove"});
    let by = |subject: &'static str| {
        let (app, one, session, prove) = (&app, &one, &session, &prove);
        async move { app.by_third_party((one, "one"), subject, (prove, Some(session))).await }
    };
    assert_eq!(by("sub-2").await.expect(409).problem(), "third-party-unknown");
    let now = shared::clock::Clock::now(&*app.clock).secs();
    let before = json!({"auth_time": now - 3_600});
    one.twist(Twist { claims: before, ..Twist::default() });
    by("sub-1").await.expect(422);
    assert_eq!(app.cancel(&session).await.expect(403).problem(), "not-fresh");
    one.twist(Twist::default());
    by("sub-1").await.expect(204);
    app.cancel(&session).await.expect(202);
}

#[tokio::test]
async fn c_4_1_a_proof_is_a_log_in_since_it_was_begun() {
    let (app, one, _) = world().await;
    let session = app.by_third_party((&one, "one"), "sub-1", (&log_in(), None)).await.expect(201);
    let session = session.body["token"].as_str().expect("a token").to_owned();
    for (before, waited, status) in [(61, 0, 422), (60, 0, 204), (61, 300, 422), (60, 300, 204)] {
        let now = shared::clock::Clock::now(&*app.clock).secs();
        let answer = app.begin("one", &json!({"intent": "prove"}), Some(&session)).await;
        let begun = begun("one", &answer.expect(201));
        app.clock.advance(Duration::from_secs(waited));
        one.twist(Twist { claims: json!({"auth_time": now - before}), ..Twist::default() });
        let (code, state) = one.consent(&begun.url, "sub-1");
        app.come_back(&begun, &code, &state).await.expect(status);
    }
}

#[tokio::test]
async fn c_4_1_a_session_that_ended_meanwhile_neither_links_nor_proves() {
    let (app, one, _) = world().await;
    let ada = app.register("ada@example.org").await;
    for intent in ["link", "prove"] {
        let session = app.log_in(&ada).await;
        let answer = app.begin("one", &json!({"intent": intent}), Some(&session)).await;
        let begun = begun("one", &answer.expect(201));
        app.delete("/v1/sessions/current").bearer(&session).send().await.expect(204);
        let (code, state) = one.consent(&begun.url, "ada-1");
        app.come_back(&begun, &code, &state).await.expect(401);
    }
    assert_eq!(app.me(&ada.token).await.body["third_parties"], json!([]));
}

#[tokio::test]
async fn c_2_4_a_log_in_under_way_ends_after_ten_minutes() {
    let (app, one, _) = world().await;
    let begun = start(&app, "one").await;
    let (code, state) = one.consent(&begun.url, "sub-1");
    app.clock.advance(minutes(10));
    fails(&app, &begun, &json!({"code": code, "state": state})).await;
    assert_eq!(Tables::whole(&app).await.count(Entity::Authorization), 1);
    app.sweep().await;
    assert_eq!(Tables::whole(&app).await.count(Entity::Authorization), 0);
}

#[tokio::test]
async fn c_7_3_strangers_of_the_same_network_do_not_keep_anybody_from_proving() {
    let app = TestApp::with(|options| options.config.sends_per_source.most = 2).await;
    let one = Idp::start(&app).await;
    configure(&app, &[one.settings("one")]).await.expect("taken");
    let ada = app.register("ada@example.org").await;
    for _ in 0..2 {
        app.begin("one", &log_in(), None).await.expect(201);
    }
    app.begin("one", &log_in(), None).await.expect(429);
    app.begin("one", &registration(), None).await.expect(429);
    for intent in ["link", "prove"] {
        let body = json!({"intent": intent});
        let whose = (&body, Some(ada.token.as_str()));
        app.by_third_party((&one, "one"), "ada-1", whose).await.expect(204);
    }
}

#[tokio::test]
async fn c_7_2_nothing_of_a_third_party_gets_into_the_log() {
    let log = Log::default();
    let _guard = log.capture();
    let (app, one, _) = world().await;
    let begun = start(&app, "one").await;
    let (code, state) = one.consent(&begun.url, "sub-1");
    one.twist(Twist { claims: json!({"aud": "mallory"}), ..Twist::default() });
    fails(&app, &begun, &json!({"code": code, "state": state})).await;
    let path = format!("/v1/third-party-returns/one?code={code}&state={state}");
    app.get(&path).send().await.expect(200);
    let text = String::from_utf8_lossy(&log.taken()).into_owned();
    assert!(text.contains("a token for another audience"), "{text}");
    for needle in [code.as_str(), &state, "sub-1", "anary", "open sesame", &begun.cookie[10..]] {
        assert!(!text.contains(needle), "{needle}");
    }
}
