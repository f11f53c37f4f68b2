//! The policy's versions, texts and changes over HTTP, and what an acceptance keeps of them.

use crate::app::{Answer, TestApp};
use crate::rows;
use serde_json::Value;
use shared::domain::inventory::{Entity, items};
use shared::domain::locale::Locale;
use shared::domain::period::Period;
use shared::domain::time::Timestamp;
use shared::records::evidence::{Evidence, Means, text_digest};
use shared::store::Table;
use shared::testing::FixedClock;
use shared::vault::Owner;
use std::sync::Arc;
use std::time::Duration;

const GENERAL: &str = "/v1/policy/versions/general-2022-08-16";
const DRAFT: &str = "/v1/policy/versions/personal-center-draft-1";
/// SHA-256 of the text as it was published; it never changes.
const PUBLISHED: &str = "3aff52cf1aec0ed9569e575273909398fb2447fb63f8e0a0433395528212f8e1";

async fn read(app: &TestApp, path: &str, accept: &str) -> Answer {
    let answer = app.get(path).header("accept-language", accept).send().await;
    if answer.status.is_success() {
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"), "{path}");
        assert_eq!(answer.header("vary"), Some("accept-language"), "{path}");
    }
    answer
}

fn text(answer: &Answer) -> &str {
    answer.body["text"].as_str().expect("a text")
}

#[tokio::test]
async fn c_10_3_the_policy_is_read_in_both_languages_and_leads_to_the_original() {
    let app = TestApp::start().await;
    for (accept, tag, standing) in
        [("en", "en", "original"), ("zh-TW, en;q=0.5", "zh-CN", "unofficial_translation")]
    {
        let answer = read(&app, "/v1/policy", accept).await.expect(200);
        assert_eq!(answer.header("content-language"), Some(tag));
        assert_eq!(answer.body["version"], "general-2022-08-16");
        assert_eq!(answer.body["status"], "in_force");
        assert_eq!(
            (&answer.body["text_language"], &answer.body["standing"]),
            (&tag.into(), &standing.into())
        );
        assert_eq!(answer.body["digest"], text_digest(text(&answer)));
        let texts = answer.body["texts"].as_array().expect("texts");
        assert_eq!(texts[0]["standing"], "original");
        let original =
            read(&app, texts[0]["href"].as_str().expect("a path"), accept).await.expect(200);
        assert_eq!(original.body["digest"], texts[0]["digest"]);
        assert_eq!(original.body["digest"], PUBLISHED);
        assert!(
            text(&original).starts_with("\"OpenDataLab\" Personal Information Protection Policy")
        );
    }
    let asked = read(&app, "/v1/policy?language=zh-CN", "en").await.expect(200);
    assert_eq!(asked.body["text_language"], "zh-CN");
    assert!(text(&asked).contains("撤回同意") && text(&asked).contains("匿名化"));
}

#[tokio::test]
async fn c_12_1_every_version_is_listed_with_its_dates_and_standing() {
    let app = TestApp::start().await;
    let answer = read(&app, "/v1/policy/versions", "en").await.expect(200);
    let listed = answer.body["versions"].as_array().expect("versions");
    let rows: Vec<[&str; 4]> = listed
        .iter()
        .map(|v| ["id", "updated", "effective", "status"].map(|m| v[m].as_str().unwrap_or("-")))
        .collect();
    assert_eq!(
        rows,
        [
            ["personal-center-draft-1", "2026-11-24", "-", "draft"],
            ["general-2022-08-16", "2022-08-16", "2022-03-17", "in_force"],
            ["general-2022-03-11", "2022-03-11", "2022-03-17", "text_not_held"],
        ]
    );
    assert!(listed[1]["note"].as_str().is_some_and(|note| note.contains("2022-03-11")));
    for version in listed {
        for held in version["texts"].as_array().expect("texts") {
            let read = read(&app, held["href"].as_str().expect("a path"), "fr").await.expect(200);
            assert_eq!(read.body["version"], version["id"]);
            assert_eq!(read.body["status"], version["status"]);
            assert_eq!(read.body["digest"], held["digest"]);
            assert_eq!(read.body["standing"], held["standing"]);
        }
    }
}

#[tokio::test]
async fn c_12_1_a_text_that_is_not_held_says_so() {
    let app = TestApp::start().await;
    let missing = "/v1/policy/versions/general-2022-03-11";
    let changes = format!("{GENERAL}/changes?from=general-2022-03-11");
    let other = format!("{missing}/changes?from=general-2022-08-16");
    for path in [missing, &format!("{missing}?language=en"), &changes, &other] {
        let answer = read(&app, path, "en").await.expect(404);
        assert_eq!(answer.problem(), "policy-text-not-held", "{path}");
        assert_eq!(answer.body["policy_version"], "general-2022-03-11", "{path}");
    }
    let unknown = read(&app, "/v1/policy/versions/canary", "en").await.expect(404);
    assert_eq!(unknown.problem(), "not-found");
}

#[tokio::test]
async fn c_10_3_what_changed_between_any_two_is_read_in_both_languages() {
    let app = TestApp::start().await;
    for locale in Locale::ALL {
        let texts =
            [read(&app, GENERAL, locale.tag()).await, read(&app, DRAFT, locale.tag()).await];
        let path = format!("{DRAFT}/changes?from=general-2022-08-16");
        let found = read(&app, &path, locale.tag()).await.expect(200);
        assert_eq!(found.body["text_language"], locale.tag());
        assert_eq!(found.body["from_digest"], texts[0].body["digest"]);
        assert_eq!(found.body["to_digest"], texts[1].body["digest"]);
        let mut lines: Vec<&str> = text(&texts[0]).lines().collect();
        for change in found.body["changes"].as_array().expect("changes").iter().rev() {
            let paragraphs = |side: &str| -> Vec<&str> {
                let list = change[side].as_array().expect("paragraphs").iter();
                list.map(|p| p.as_str().expect("a paragraph")).collect()
            };
            let at = usize::try_from(change["before_at"].as_u64().expect("a number"))
                .expect("small")
                - 1;
            let gone = paragraphs("before").len();
            lines.splice(at..at + gone, paragraphs("after"));
        }
        assert!(lines.iter().copied().eq(text(&texts[1]).lines()));
    }
    let same = format!("{GENERAL}/changes?from=general-2022-08-16");
    assert_eq!(read(&app, &same, "en").await.expect(200).body["changes"], Value::Array(vec![]));
}

#[tokio::test]
async fn a_wrong_query_is_named_and_not_quoted() {
    let app = TestApp::start().await;
    let changes = format!("{GENERAL}/changes");
    for (path, at) in [
        ("/v1/policy?language=canary".to_owned(), "language"),
        (format!("{GENERAL}?language=fr"), "language"),
        (format!("{GENERAL}?language=en&language=en"), "language"),
        (changes.clone(), "from"),
        (format!("{changes}?from=canary"), "from"),
        (format!("{changes}?from=%FF"), "from"),
        (format!("{changes}?from=general-2022-08-16&language="), "language"),
    ] {
        let answer = read(&app, &path, "en").await.expect(422);
        assert_eq!(answer.problem(), "invalid", "{path}");
        assert_eq!(answer.body["errors"][0]["at"], at, "{path}");
        assert!(!answer.text.contains("canary"), "{path}");
    }
}

#[tokio::test]
async fn c_1_2_the_draft_names_every_item_that_only_it_declares() {
    let app = TestApp::start().await;
    for locale in Locale::ALL {
        let draft = read(&app, DRAFT, locale.tag()).await.expect(200);
        assert_eq!(draft.body["scope"], "personal_center");
        assert_eq!(draft.body["standing"], "draft");
        assert_eq!(draft.body["effective"], Value::Null);
        for item in items::ALL {
            let named = text(&draft).lines().any(|line| {
                line.starts_with(&format!("- {}", item.label.of(locale)))
                    && line.contains(&item.id())
            });
            assert_eq!(named, item.scope.name() == "personal_center", "{}", item.id());
        }
    }
}

#[tokio::test]
async fn c_12_1_before_its_day_no_policy_is_in_force_and_none_can_be_accepted() {
    // A second before 2022-03-17 begins in Shanghai.
    let eve = Timestamp::from_secs(1_647_446_399);
    let clock = Arc::new(FixedClock::at(eve));
    let app = TestApp::with(|options| options.clock = clock.clone()).await;
    read(&app, "/v1/policy", "en").await.expect(404);
    let (verification, code) = app.code("ada@example.org").await;
    let body = TestApp::account_request(&verification, &code);
    let refused = app.post("/v1/accounts").json(&body).send().await.expect(422);
    assert_eq!(refused.problem(), "policy-outdated");
    clock.advance(Duration::from_secs(1));
    read(&app, "/v1/policy", "en").await.expect(200);
    app.post("/v1/accounts").json(&body).send().await.expect(201);
}

/// The one piece of evidence that is held.
async fn evidence(app: &TestApp) -> Evidence {
    let year = Owner::Period(Period::evidence(app.world.ports.clock.now()));
    let place = year.key();
    let keys = rows::of(app, Table::Keys).await;
    let row = keys.iter().find(|row| row.key == place);
    let key = app.world.ports.vault.open(year, row).await.expect("opens").expect("a key");
    let records = rows::of(app, Table::Records).await;
    let row = records.iter().find(|row| row.entity == Entity::Evidence).expect("evidence");
    key.open(row).expect("opens")
}

#[tokio::test]
async fn c_12_1_an_acceptance_keeps_the_digest_of_the_text_in_the_language_shown() {
    for (accept, named, shown) in [
        ("en", None, Locale::En),
        ("zh-CN", None, Locale::Zh),
        ("en", Some("zh-CN"), Locale::Zh),
        ("zh-CN", Some("en"), Locale::En),
    ] {
        let app = TestApp::start().await;
        // The account's language is that of the first request: another one than the text's.
        let (verification, code) = app.code("ada@example.org").await;
        let mut body = TestApp::account_request(&verification, &code);
        if let Some(named) = named {
            body["policy_language"] = named.into();
        }
        let call = app.post("/v1/accounts").header("accept-language", accept).json(&body);
        call.send().await.expect(201);
        let kept = evidence(&app).await;
        assert_eq!(kept.language, shown, "{accept} {named:?}");
        let read = read(&app, "/v1/policy", shown.tag()).await.expect(200);
        assert_eq!(read.body["digest"], kept.text_digest, "{accept} {named:?}");
        assert_eq!(read.body["version"], kept.policy_version);
        assert_eq!(kept.channel, Means::Call);
    }
}
