//! A log-in by a third party asks for the second factor of the account too (C-2.4, C-7.3).

use crate::app::{Answer, PASSWORD, TestApp};
use crate::factor_calls::App;
use crate::idp::{Idp, begun, configure, log_in};
use crate::tables::Tables;
use serde_json::json;
use shared::domain::time::minutes;

const ADA: &str = "ada@example.org";

/// Ada, with an app and a linked account.
async fn world() -> (TestApp, Idp, App) {
    let app = TestApp::start().await;
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("example")]).await.expect("taken");
    let ada = app.register(ADA).await;
    let link = json!({"intent": "link"});
    app.by_third_party((&idp, "example"), "ada", (&link, Some(&ada.token))).await.expect(204);
    let factors = app.get("/v1/me/factors").bearer(&ada.token).send().await.expect(200);
    assert_eq!(factors.body["third_parties"], json!(["example"]));
    let own = app.set_up_totp(&ada.token).await;
    (app, idp, own)
}

/// Logs in, with a member more.
async fn with(app: &TestApp, idp: &Idp, member: &str, value: &str) -> Answer {
    let answer = app.begin("example", &log_in(), None).await.expect(201);
    let begun = begun("example", &answer);
    let (code, state) = idp.consent(&begun.url, "ada");
    let mut body = json!({"code": code, "state": state});
    body[member] = json!(value);
    app.return_with(&begun, &body).await
}

#[tokio::test]
async fn c_2_4_an_account_with_an_app_is_asked_for_its_code_after_the_third_party() {
    let (app, idp, own) = world().await;
    let asked = app.by_third_party((&idp, "example"), "ada", (&log_in(), None)).await.expect(401);
    assert_eq!(asked.problem(), "second-factor-needed");
    for (member, value) in [("totp", "000000"), ("recovery_code", "aaaa-bbbb"), ("totp", " ")] {
        let refused = with(&app, &idp, member, value).await.expect(401);
        assert_eq!(refused.problem(), "second-factor-needed", "{member} {value}");
    }
    let code = own.next(&app);
    let opened = with(&app, &idp, "totp", &code).await.expect(201);
    app.me(opened.body["token"].as_str().expect("a token")).await.expect(200);
    with(&app, &idp, "totp", &code).await.expect(401);
    with(&app, &idp, "recovery_code", &own.recovery[0]).await.expect(201);
    with(&app, &idp, "recovery_code", &own.recovery[0]).await.expect(401);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told =
        mails.iter().filter(|mail| mail.contains("A recovery code of your account was used"));
    assert_eq!(told.count(), 1);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_guesses_at_the_app_after_a_third_party_are_limited_and_right_ones_do_not_count() {
    let (app, idp, own) = world().await;
    for _ in 0..3 {
        let code = own.next(&app);
        with(&app, &idp, "totp", &code).await.expect(201);
    }
    for _ in 0..10 {
        with(&app, &idp, "totp", "000000").await.expect(401);
    }
    with(&app, &idp, "totp", &own.next(&app)).await.expect(429);
    // They are the person's, by whichever way in.
    let body = json!({"login": ADA, "password": PASSWORD, "totp": own.next(&app)});
    app.post("/v1/sessions").json(&body).send().await.expect(429);
    app.clock.advance(minutes(15));
    let body = json!({"login": ADA, "password": PASSWORD, "totp": own.next(&app)});
    app.post("/v1/sessions").json(&body).send().await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_2_4_the_page_that_goes_on_takes_the_code() {
    let (app, idp, own) = world().await;
    let answer = app.begin("example", &log_in(), None).await.expect(201);
    let begun = begun("example", &answer);
    let (code, state) = idp.consent(&begun.url, "ada");
    let path = format!("/v1/third-party-returns/example?code={code}&state={state}");
    let page = app.get(&path).header("accept", "text/html").send().await.expect(200);
    for name in ["name=\"totp\"", "name=\"recovery_code\"", "autocomplete=\"one-time-code\""] {
        assert!(page.text.contains(name), "{name}");
    }
    let post = async |form: String, cookie: &str| {
        let call = app.post("/v1/third-party-returns/example").header("cookie", cookie.to_owned());
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        let call = call.header("sec-fetch-site", "same-origin").header("accept", "text/html");
        call.bytes(form).send().await
    };
    let without = format!("code={code}&state={state}&totp=&recovery_code=");
    let refused = post(without, &begun.cookie).await.expect(401);
    assert!(refused.text.contains("begin the log-in again"), "{}", refused.text);
    assert!(!refused.text.contains("<code>totp") && !refused.text.contains("`totp`"));
    let answer = app.begin("example", &log_in(), None).await.expect(201);
    let begun = self::begun("example", &answer);
    let (code, state) = idp.consent(&begun.url, "ada");
    let form = format!("code={code}&state={state}&totp={}&recovery_code=", own.next(&app));
    let done = post(form, &begun.cookie).await.expect(200);
    assert!(done.header("set-cookie").is_some_and(|cookie| cookie.starts_with("__Host-pc=pct_")));
}
