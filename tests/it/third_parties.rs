//! Registering, logging in, linking, proving and unlinking with a third-party account.

use crate::app::{Answer, PASSWORD, TestApp, cookie};
use crate::idp::{Idp, begun, configure, log_in, registration};
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;

async fn world() -> (TestApp, Idp) {
    let app = TestApp::start().await;
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("example"), idp.peculiar("peculiar")]).await.expect("taken");
    (app, idp)
}

fn token(answer: &Answer) -> String {
    answer.body["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn c_2_4_a_third_party_account_registers_and_only_its_subject_is_kept() {
    let (app, idp) = world().await;
    let answer = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    let made = answer.expect(201);
    assert_eq!(made.header("location"), Some("/v1/me"));
    let me = app.me(&token(&made)).await.expect(200);
    let kept = json!([{"provider": "example", "subject": "sub-1"}]);
    assert_eq!((&me.body["third_parties"], me.body.get("email")), (&kept, None));
    assert!(!me.text.contains("anary"), "{}", me.text);
    let own = app.get("/v1/me/third-parties").bearer(&token(&made)).send().await.expect(200);
    assert_eq!(own.body["third_parties"], kept);
    let tables = Tables::whole(&app).await;
    let counts = [Entity::Authorization, Entity::Claim, Entity::Account].map(|e| tables.count(e));
    assert_eq!(counts, [0, 1, 1]);
    assert_eq!(tables.actions(), ["account.registered"]);
    // Again it has an account; it logs in.
    let again = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    assert_eq!(again.expect(409).problem(), "third-party-taken");
    let again = app.by_third_party((&idp, "example"), "sub-1", (&log_in(), None)).await;
    app.me(&token(&again.expect(201))).await.expect(200);
    let other = app.by_third_party((&idp, "example"), "sub-2", (&log_in(), None)).await;
    assert_eq!(other.expect(409).problem(), "third-party-unknown");
}

#[tokio::test]
async fn c_2_4_anyone_can_read_which_third_parties_there_are() {
    let app = TestApp::start().await;
    let none = app.get("/v1/third-parties").send().await.expect(200);
    assert_eq!(none.body, json!({"third_parties": []}));
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("example")]).await.expect("taken");
    let read = app.get("/v1/third-parties").header("accept-language", "zh-CN").send().await;
    let listed = json!({"third_parties": [{"provider": "example", "label": "示例"}]});
    assert_eq!(read.expect(200).body, listed);
    let unknown = app.begin("nobody", &log_in(), None).await;
    assert_eq!(unknown.expect(404).problem(), "not-found");
    let path = "/v1/third-party-returns/nobody?code=x&state=y";
    app.get(path).send().await.expect(404);
    app.get(path).header("accept", "text/html").send().await.expect(404);
}

#[tokio::test]
async fn c_2_4_an_account_is_linked_and_unlinked_and_every_contact_is_told() {
    let (app, idp) = world().await;
    let ada = app.register("ada@example.org").await;
    let link = json!({"intent": "link"});
    app.by_third_party((&idp, "example"), "ada-1", (&link, Some(&ada.token))).await.expect(204);
    // Twice is once; another one of the same third party is refused.
    app.by_third_party((&idp, "example"), "ada-1", (&link, Some(&ada.token))).await.expect(204);
    let other = app.by_third_party((&idp, "example"), "ada-2", (&link, Some(&ada.token))).await;
    assert_eq!(other.expect(409).problem(), "third-party-other");
    let bob = app.register("bob@example.org").await;
    let taken = app.by_third_party((&idp, "example"), "ada-1", (&link, Some(&bob.token))).await;
    assert_eq!(taken.expect(409).problem(), "third-party-taken");
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told = mails.iter().filter(|m| m.contains("To: ada@") && m.contains("third-party account"));
    assert_eq!(told.count(), 1);

    let session = app.by_third_party((&idp, "example"), "ada-1", (&log_in(), None)).await;
    let me = app.me(&token(&session.expect(201))).await.expect(200);
    assert_eq!(me.body["email"], "ada@example.org");
    let unlink = || app.delete("/v1/me/third-parties/example").bearer(&ada.token);
    unlink().send().await.expect(204);
    unlink().send().await.expect(404);
    assert!(!app.me(&ada.token).await.text.contains("ada-1"));
    let gone = app.by_third_party((&idp, "example"), "ada-1", (&log_in(), None)).await;
    assert_eq!(gone.expect(409).problem(), "third-party-unknown");
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Claim), 2);
    // It is free for whoever has it.
    app.by_third_party((&idp, "example"), "ada-1", (&link, Some(&bob.token))).await.expect(204);
}

#[tokio::test]
async fn c_2_4_the_last_way_in_is_not_unlinked() {
    let (app, idp) = world().await;
    let made = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    let session = token(&made.expect(201));
    let unlink = || app.delete("/v1/me/third-parties/example").bearer(&session);
    assert_eq!(unlink().send().await.expect(409).problem(), "last-proof");
    let link = json!({"intent": "link"});
    let linked = app.by_third_party((&idp, "peculiar"), "7", (&link, Some(&session))).await;
    linked.expect(204);
    unlink().send().await.expect(204);
    let other = app.delete("/v1/me/third-parties/peculiar").bearer(&session).send().await;
    assert_eq!(other.expect(409).problem(), "last-proof");
    app.clock.advance(minutes(10));
    app.set_contact(&session, "ada@example.org").await.expect(403);
    let prove = json!({"intent": "prove"});
    app.by_third_party((&idp, "peculiar"), "7", (&prove, Some(&session))).await.expect(204);
    app.set_contact(&session, "ada@example.org").await.expect(200);
    let other = app.delete("/v1/me/third-parties/peculiar").bearer(&session).send().await;
    other.expect(204);
    // Without a password yet, one is set by the fresh session.
    let body = json!({"new": PASSWORD});
    let put = app.call(http::Method::PUT, "/v1/me/password").bearer(&session).json(&body);
    put.send().await.expect(204);
    app.try_log_in("ada@example.org", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn c_2_4_a_server_with_ways_of_its_own_tells_who_somebody_is() {
    let (app, idp) = world().await;
    let answer = app.begin("peculiar", &registration(), None).await.expect(201);
    let begun = begun("peculiar", &answer);
    for part in ["/connect?", "appid=center", "scope=snsapi_login", "&lang=cn", "#wechat_redirect"]
    {
        assert!(begun.url.contains(part), "{part}: {}", begun.url);
    }
    let (code, state) = idp.consent(&begun.url, "24400320");
    let made = app.come_back(&begun, &code, &state).await.expect(201);
    let me = app.me(&token(&made)).await.expect(200);
    assert_eq!(me.body["third_parties"][0]["subject"], "24400320");
}

#[tokio::test]
async fn c_2_4_a_browser_goes_on_by_a_post_of_the_same_site() {
    let (app, idp) = world().await;
    let body = json!({"intent": "log_in", "remember": true});
    let made = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    made.expect(201);
    let begun = begun("example", &app.begin("example", &body, None).await.expect(201));
    assert!(begun.cookie.starts_with("__Host-tx="), "{}", begun.cookie);
    let (code, state) = idp.consent(&begun.url, "sub-1");
    let path = format!("/v1/third-party-returns/example?code={code}&state={state}");
    app.faults.take_calls();
    let page = app.get(&path).header("accept", "text/html").send().await.expect(200);
    assert!(app.faults.take_calls().is_empty(), "nothing is read, and nothing changes");
    assert!(page.text.contains("<form method=\"post\" action=\"?\">"), "{}", page.text);
    assert!(page.text.contains(&format!("name=\"state\" value=\"{state}\"")), "{}", page.text);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action 'self'") && !policy.contains("script-src"), "{policy}");
    let form = format!("code={code}&state={state}");
    let post = |site: &str| {
        app.post("/v1/third-party-returns/example")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .header("cookie", begun.cookie.clone())
            .header("sec-fetch-site", site.to_owned())
            .bytes(form.clone())
    };
    post("cross-site").send().await.expect(403);
    let done = post("same-origin").send().await.expect(200);
    assert!(done.text.contains("You are logged in"), "{}", done.text);
    let set: Vec<_> = done.headers.get_all("set-cookie").iter().collect();
    let set: Vec<_> = set.iter().map(|value| value.to_str().expect("text")).collect();
    let session = set.iter().find(|set| set.starts_with("__Host-pc=")).expect("a session");
    assert!(
        session.contains("SameSite=Strict") && session.contains("Max-Age=2592000"),
        "{session}"
    );
    assert!(set.iter().any(|set| set.starts_with("__Host-tx=;") && set.contains("Max-Age=0")));
    let session = session.split(';').next().expect("a cookie");
    app.get("/v1/me").header("cookie", session).send().await.expect(200);
}

#[tokio::test]
async fn c_4_1_a_proof_makes_the_session_fresh_and_gives_its_cookie_a_new_secret() {
    let (app, idp) = world().await;
    let body = json!({"login": "ada@example.org", "password": PASSWORD, "as": "cookie"});
    let ada = app.register("ada@example.org").await;
    let link = json!({"intent": "link"});
    app.by_third_party((&idp, "example"), "ada-1", (&link, Some(&ada.token))).await.expect(204);
    let session = cookie(&app.post("/v1/sessions").json(&body).send().await.expect(201));
    let session = session.expect("a session");
    app.clock.advance(minutes(10));
    let prove = json!({"intent": "prove"});
    let call = app.post("/v1/third-parties/example/authorizations").header("cookie", &session);
    let begun = begun("example", &call.json(&prove).send().await.expect(201));
    assert!(begun.url.contains("prompt=login") && begun.url.contains("max_age=0"), "{}", begun.url);
    let (code, state) = idp.consent(&begun.url, "ada-1");
    let both = format!("{}; {session}", begun.cookie);
    let call = app.post("/v1/third-party-returns/example").header("cookie", both);
    let body = json!({"code": code, "state": state});
    let proved = call.json(&body).send().await.expect(200);
    assert!(proved.body.get("token").is_none(), "{}", proved.text);
    let renewed = cookie(&proved).expect("a session");
    assert_ne!(renewed, session);
    app.get("/v1/me").header("cookie", &session).send().await.expect(401);
    let listed = app.get("/v1/sessions").header("cookie", &renewed).send().await.expect(200);
    assert_eq!(listed.body["sessions"].as_array().map(Vec::len), Some(2), "it is the same one");
    let unlink = app.delete("/v1/me/third-parties/example").header("cookie", &renewed);
    unlink.send().await.expect(204);

    // Whoever has a token keeps it, or asks for another one.
    app.by_third_party((&idp, "example"), "ada-1", (&prove, Some(&ada.token))).await.expect(409);
    app.log_in(&ada).await;
}

#[tokio::test]
async fn c_4_1_a_token_is_renewed_where_it_is_asked_for() {
    let (app, idp) = world().await;
    let made = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    let first = token(&made.expect(201));
    app.clock.advance(minutes(10));
    let prove = json!({"intent": "prove"});
    app.by_third_party((&idp, "example"), "sub-1", (&prove, Some(&first))).await.expect(204);
    app.cancel(&first).await.expect(202);
    let session = app.by_third_party((&idp, "example"), "sub-1", (&log_in(), None)).await;
    let session = token(&session.expect(201));
    let answer = app.begin("example", &prove, Some(&session)).await.expect(201);
    let begun = begun("example", &answer);
    let (code, state) = idp.consent(&begun.url, "sub-1");
    let body = json!({"code": code, "state": state, "rotate": true});
    let renewed = token(&app.return_with(&begun, &body).await.expect(200));
    app.me(&session).await.expect(401);
    app.me(&renewed).await.expect(200);
}

#[tokio::test]
async fn c_7_3_a_log_in_at_the_limit_gets_a_ticket() {
    let (app, idp) = world().await;
    let made = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    made.expect(201);
    for _ in 0..4 {
        app.by_third_party((&idp, "example"), "sub-1", (&log_in(), None)).await.expect(201);
    }
    let full = app.by_third_party((&idp, "example"), "sub-1", (&log_in(), None)).await;
    let full = full.expect(409);
    assert_eq!(full.problem(), "session-limit");
    let ticket = full.body["ticket"].as_str().expect("a ticket");
    let listed = app.get("/v1/sessions").bearer(ticket).send().await.expect(200);
    let id = listed.body["sessions"][4]["id"].as_str().expect("an id");
    app.delete(&format!("/v1/sessions/{id}")).bearer(ticket).send().await.expect(204);
    app.by_third_party((&idp, "example"), "sub-1", (&log_in(), None)).await.expect(201);
}

#[tokio::test]
async fn c_2_4_what_begins_a_log_in_is_checked() {
    let (app, _idp) = world().await;
    let ada = app.register("ada@example.org").await;
    let age = json!({"band": "adult"});
    let minor = json!({"band": "14_17", "turns_18": "2030-01-01"});
    let version = "general-2022-08-16";
    for (body, status, problem) in [
        (json!({"intent": "register"}), 422, "invalid"),
        (json!({"intent": "register", "age": age}), 422, "invalid"),
        (
            json!({"intent": "register", "age": minor, "policy_version": version}),
            422,
            "guardian-required",
        ),
        (json!({"intent": "register", "age": age, "policy_version": "x"}), 422, "policy-outdated"),
        (
            json!({"intent": "register", "age": age, "policy_version": version, "remember": true}),
            422,
            "invalid",
        ),
        (json!({"intent": "log_in", "age": age}), 422, "invalid"),
        (json!({"intent": "log_in", "policy_version": version}), 422, "invalid"),
        (json!({"intent": "log_in", "consents": ["profile"]}), 422, "invalid"),
        (json!({"intent": "link"}), 401, "unauthenticated"),
        (json!({"intent": "prove"}), 401, "unauthenticated"),
        (json!({"intent": "else"}), 422, "invalid"),
    ] {
        let answer = app.begin("example", &body, None).await.expect(status);
        assert_eq!(answer.problem(), problem, "{body}");
    }
    app.clock.advance(minutes(10));
    let stale = app.begin("example", &json!({"intent": "link"}), Some(&ada.token)).await;
    assert_eq!(stale.expect(403).problem(), "not-fresh");
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Authorization), 0, "nothing is stored");
    let _: Value = age;
}
