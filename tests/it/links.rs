//! Links in messages: they show on GET, act on POST, once, and tell a stranger nothing (C-8.4).

use crate::app::{Answer, Person, TestApp};
use crate::stored::rows;
use crate::tables::Tables;
use axum::http::Method;
use shared::domain::time::days;

const ADA: &str = "ada@example.org";

async fn cancelled(app: &TestApp) -> String {
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.mailed_link(ADA).await
}

/// Ada, who logs in by her password.
fn ada() -> Person {
    Person { email: ADA.to_owned(), token: String::new(), id: String::new() }
}

async fn browse(app: &TestApp, method: Method, path: &str) -> Answer {
    app.call(method, path).header("accept", "text/html,*/*").send().await
}

#[tokio::test]
async fn c_8_4_a_mind_is_changed_by_the_link_in_the_mail() {
    let app = TestApp::start().await;
    let link = cancelled(&app).await;
    let stranger = app.log_in(&ada()).await;
    let page = browse(&app, Method::GET, &link).await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text.contains("<form method=\"post\"><button>Keep my account"), "{}", page.text);
    let done = browse(&app, Method::POST, &link).await.expect(200);
    assert!(done.text.contains("Your account stays"), "{}", done.text);
    // As the page says: every session has ended, also one that was opened meanwhile.
    app.me(&stranger).await.expect(401);
    let tables = Tables::whole(&app).await;
    let actors = ["cancellation.requested", "cancellation.withdrawn"].map(|a| tables.actor(a));
    assert_eq!(actors, ["self", "link"], "whoever opened it may not be the person");
    let token = app.log_in(&ada()).await;
    assert_eq!(app.me(&token).await.expect(200).body["state"], "active");
    app.clock.advance(days(8));
    assert_eq!(app.sweep().await.erased, 0, "nothing is erased");
}

#[tokio::test]
async fn c_8_4_a_preview_of_the_link_changes_nothing() {
    let app = TestApp::start().await;
    let link = cancelled(&app).await;
    let before = rows(&app).await;
    for method in [Method::GET, Method::HEAD] {
        browse(&app, method, &link).await.expect(200);
    }
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn c_8_4_a_link_acts_once_and_within_its_time() {
    let app = TestApp::start().await;
    let link = cancelled(&app).await;
    browse(&app, Method::POST, &link).await.expect(200);
    for method in [Method::GET, Method::POST] {
        let spent = browse(&app, method.clone(), &link).await.expect(404);
        assert!(spent.text.contains("This link is spent"), "{}", spent.text);
        let document = app.call(method, &link).send().await.expect(404);
        assert_eq!(document.problem(), "link-spent");
    }
    // One that is not used is over when the account is erased, and before the sweep comes by.
    let app = TestApp::start().await;
    let link = cancelled(&app).await;
    app.clock.advance(days(7));
    app.post(&link).send().await.expect(404);
    assert_eq!(app.sweep().await.erased, 1);
    assert_eq!(app.post(&link).send().await.expect(404).problem(), "link-spent");
}

#[tokio::test]
async fn c_8_4_the_link_of_another_cancellation_does_nothing() {
    let app = TestApp::start().await;
    let first = cancelled(&app).await;
    let token = app.log_in(&ada()).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.post(&first).send().await.expect(404);
    app.cancel(&token).await.expect(202);
    // Withdrawing and cancelling again makes a link of its own.
    let second = app.mailed_link(ADA).await;
    assert_ne!(first, second);
    app.post(&first).send().await.expect(404);
    app.post(&second).send().await.expect(200);
}

#[tokio::test]
async fn c_4_2_a_page_loads_nothing_and_sets_no_cookie() {
    let app = TestApp::start().await;
    let link = cancelled(&app).await;
    let page = browse(&app, Method::GET, &link).await.expect(200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    for other in ["<script", "<img", "<link", "http://", "https://", "src=", "url("] {
        assert!(!page.text.contains(other), "{other}");
    }
}

#[tokio::test]
async fn a_link_that_is_none_is_spent() {
    let app = TestApp::start().await;
    let link = cancelled(&app).await;
    let last = link.chars().last().expect("a secret");
    let forged = format!("{}{}", &link[..link.len() - 1], if last == 'a' { 'b' } else { 'a' });
    for path in [&*forged, "/v1/cancellation-links/pcl_x", "/v1/cancellation-links/%ff"] {
        for method in [Method::GET, Method::POST] {
            app.call(method, path).send().await.expect(404);
        }
    }
}
