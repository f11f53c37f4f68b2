//! The policy clause by clause over HTTP, with the limits that apply and the tests that show it.

use crate::app::TestApp;
use crate::tour::to_the_end;
use shared::domain::clauses::{self, Principle};
use shared::domain::locale::Locale;
use shared::domain::time::days;
use std::collections::BTreeSet;

#[tokio::test]
async fn c_1_3_every_principle_leads_to_the_clauses_that_keep_it() {
    let app = TestApp::start().await;
    for locale in Locale::ALL {
        let call = app.get("/v1/policy/clauses").header("accept-language", locale.tag());
        let answer = call.send().await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let principles = answer.body["principles"].as_array().expect("principles");
        assert_eq!(principles.len(), Principle::ALL.len());
        let listed = answer.body["clauses"].as_array().expect("clauses");
        assert_eq!(listed.len(), clauses::all().count());
        for (listed, clause) in listed.iter().zip(clauses::all()) {
            assert_eq!(listed["title"], clause.title.of(locale));
            let path = listed["href"].as_str().expect("a path");
            let call = app.get(path).header("accept-language", locale.tag());
            let read = call.send().await.expect(200).body;
            assert_eq!(read["id"], clause.id);
            assert_eq!(read["service"], clause.service.of(locale));
            assert_eq!(read["missing"], listed["missing"]);
            let tests = read["tests"].as_array().expect("tests");
            assert_eq!(tests.is_empty(), read["standing"] == "not_yet", "{}", clause.id);
            for principle in principles {
                let name = &principle["principle"];
                let keeps =
                    principle["clauses"].as_array().expect("ids").contains(&clause.id.into());
                let says = read["principles"].as_array().expect("names").contains(name);
                assert_eq!(keeps, says, "{} {name}", clause.id);
            }
        }
    }
}

#[tokio::test]
async fn c_1_3_a_clause_shows_the_limits_that_apply() {
    let app = TestApp::with(|options| {
        options.config.cooling_off = days(3);
        options.config.max_sessions = 4;
    })
    .await;
    for (clause, name, value) in [
        ("C-8.4", "cooling_off", 259_200),
        ("C-7.3", "max_sessions", 4),
        ("C-2.3", "log_months", 6),
    ] {
        let answer = app.get(&format!("/v1/policy/clauses/{clause}")).send().await.expect(200);
        let limits = answer.body["limits"].as_array().expect("limits");
        let limit = limits.iter().find(|limit| limit["limit"] == name).expect("the limit");
        assert_eq!(limit["value"], value, "{clause}");
    }
}

#[tokio::test]
async fn c_1_3_a_clause_names_its_tests() {
    let app = TestApp::start().await;
    let answer = app.get("/v1/policy/clauses/C-1.3").send().await.expect(200);
    let tests = answer.body["tests"].as_array().expect("tests");
    let this = |test: &&serde_json::Value| test["name"] == "c_1_3_a_clause_names_its_tests";
    let this = tests.iter().find(this).expect("this test");
    assert_eq!(this["file"], "tests/it/clauses.rs");
}

#[tokio::test]
async fn a_clause_is_found_in_small_letters_too() {
    let app = TestApp::start().await;
    let answer = app.get("/v1/policy/clauses/c-8.1").send().await.expect(200);
    assert_eq!(answer.body["id"], "C-8.1");
}

#[tokio::test]
async fn a_clause_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    for id in ["C-13.1", "8.4", "C-8.4.", "canary", "%FF"] {
        let answer = app.get(&format!("/v1/policy/clauses/{id}")).send().await.expect(404);
        assert_eq!(answer.problem(), "not-found", "{id}");
    }
}

#[tokio::test]
async fn c_4_2_cookies_hold_a_log_in_and_a_mail_calls_nobody() {
    let app = TestApp::start().await;
    let seen = to_the_end(&app, "ada@example.org").await;
    app.deliver().await;
    let set = seen.iter().filter_map(|seen| seen.answer.header("set-cookie"));
    let names: BTreeSet<_> = set.filter_map(|cookie| cookie.split('=').next()).collect();
    assert_eq!(names, BTreeSet::from(["__Host-pc", "__Host-tx"]));
    let mails = app.world.mailbox.mails().expect("a mailbox");
    assert!(!mails.is_empty());
    for mail in mails {
        // A link leads to a page of the service, and nowhere else; nothing is fetched.
        let mail = mail.to_lowercase().replace(&app.world.ports.config.public_url, "");
        for caller in ["http:", "https:", "<img", "src=", "url(", "<link"] {
            assert!(!mail.contains(caller), "{caller}");
        }
    }
}

#[tokio::test]
async fn c_7_1_controller_and_contact_stand_with_every_text() {
    let app = TestApp::start().await;
    for path in ["/v1/policy", "/v1/policy/versions/personal-center-draft-1"] {
        let answer = app.get(path).send().await.expect(200);
        let controller = answer.body["controller"].as_str().expect("a name and an address");
        assert!(controller.contains("Shanghai Artificial Intelligence Innovation Center"));
        assert!(controller.contains("No. 701 Yunjin Road, Xuhui District, Shanghai"));
        assert_eq!(answer.body["contact"], "OpenDataLab@pjlab.org.cn");
        let text = answer.body["text"].as_str().expect("a text");
        assert!(text.contains("OpenDataLab@pjlab.org.cn"));
    }
}
