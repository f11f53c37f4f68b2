//! The page of a copy: a person reads it without tools, in Chinese and in English.

use crate::app::TestApp;
use crate::exports::everything;
use crate::unzipped::{Unzipped, copy};
use serde_json::json;
use shared::domain::account::{AgeBand, State};
use shared::domain::contact::Channel;
use shared::domain::contact::change::Stage;
use shared::domain::inventory::{Entity, Purpose};
use shared::domain::locale::{Locale, Text};
use shared::http::page::escape;
use shared::ledger::{Action, Actor, basis_words};
use shared::records::evidence::{Act, Means};
use shared::records::network_log::Event;
use shared::records::subject::Counter;
use shared::records::{link, session};

/// A code as it stands on the page: its words in both languages, and itself.
fn coded(words: Text, code: &str) -> String {
    let Text { en, zh } = words;
    format!("{} <span lang=\"zh-CN\">{}</span> <code>{code}</code>", escape(en), escape(zh))
}

/// The part of a page about a kind of row.
fn section<'a>(page: &'a str, kind: &str) -> &'a str {
    let from = page.find(&format!("<h2 id=\"{kind}\">")).expect("a section");
    let rest = &page[from + 4..];
    &rest[..rest.find("<h2").unwrap_or(rest.len())]
}

#[tokio::test]
async fn c_8_5_every_code_on_the_page_has_words_in_both_languages() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy = copy(&app, &ada.token).await;
    let page = copy.text("index.html");
    let expected = [
        ("account", State::Closing.words(), "closing"),
        ("account", AgeBand::Adult.words(), "adult"),
        ("account", Locale::En.words(), "en"),
        ("account", Purpose::Profile.words(), "profile"),
        ("account", Channel::Email.words(), "email"),
        ("session", session::Scope::Full.words(), "full"),
        ("link", link::Act::WithdrawCancellation.words(), "withdraw_cancellation"),
        ("evidence", Act::Granted.words(), "granted"),
        ("evidence", Means::Correction.words(), "correction"),
        ("evidence", Purpose::Profile.words(), "profile"),
        ("network_log", Event::Registered.words(), "registered"),
        ("network_log", Event::LoggedIn.words(), "logged_in"),
        ("limit", Counter::Export.words(), "export"),
        ("ledger_entry", Action::Registered.words(), "account.registered"),
        ("ledger_entry", Actor::Person.words(), "self"),
        ("ledger_entry", basis_words("rights").expect("words"), "rights"),
        ("ledger_entry", basis_words("C-8.4").expect("words"), "C-8.4"),
    ];
    for (kind, words, code) in expected {
        let (said, part) = (coded(words, code), section(page, kind));
        assert!(part.contains(&said), "{said}: {part}");
    }
}

/// The cells of a page, and the lines of lists in them, that begin with a code: without words.
fn bare(page: &str) -> Vec<&str> {
    let cells = page.split("<td>").skip(1).flat_map(|cell| cell.split("<li>"));
    cells.filter(|cell| cell.starts_with("<code>")).collect()
}

#[tokio::test]
async fn c_8_5_nothing_on_the_page_needs_a_tool_to_read() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy = copy(&app, &ada.token).await;
    let page = copy.text("index.html");
    for raw in ["{&quot;", "[{", "[]", "null", "T08:00:00Z<"] {
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(page.contains(">2026-11-24 08:00:00 UTC</time>"), "a date and a time of day");
    // The names of columns alone stand bare, with their words in the next cell.
    let kinds = Entity::ALL.map(|entity| format!("{}.", entity.name()));
    let columns: usize =
        kinds.iter().map(|kind| page.matches(&format!("<td><code>{kind}")).count()).sum();
    assert_eq!(bare(page).len(), columns, "{:?}", bare(page));
    // No head of a table is in one language alone.
    for head in page.split("<th>").skip(1) {
        let head = head.split("</th>").next().expect("a head");
        assert!(head.contains("<span lang=\"zh-CN\">"), "{head}");
    }
    for words in [Stage::Open.words().en, Stage::Open.words().zh] {
        assert!(section(page, "account").contains(words), "where the change is");
    }
}

#[tokio::test]
async fn c_8_5_files_for_programs_keep_codes_and_times_as_they_are() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy: Unzipped = copy(&app, &ada.token).await;
    let account = &copy.json("data.json")["rows"]["account"][0];
    assert_eq!((&account["state"], &account["age_band"]), (&"closing".into(), &"adult".into()));
    assert_eq!(account["consents"][0]["purpose"], "profile");
    assert_eq!(copy.csv("account.csv")[0]["told_at"], "2026-11-24T08:00:00Z");
    assert_eq!(copy.csv("ledger_entry.csv")[0]["action"], "account.registered");
    let chain = &copy.json("data.json")["rows"]["chain"][0];
    assert_eq!(chain["begins"][0]["until"], "2030-01-01T00:00:00Z");
    let begins = &copy.csv("chain.csv")[0]["begins"];
    assert!(begins.starts_with('{') && begins.contains("\"2030-01-01T00:00:00Z\""), "{begins}");
}

#[tokio::test]
async fn c_8_3_the_page_says_which_purposes_need_no_consent_as_the_list_does() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let list = app.get("/v1/me/consents").bearer(&ada.token).send().await.expect(200);
    let purposes = list.body["purposes"].as_array().expect("purposes");
    let basic = purposes.iter().filter(|purpose| purpose["basic"] == true).count();
    let page = copy(&app, &ada.token).await.text("index.html").to_owned();
    assert_eq!(page.matches("not needed: it comes and goes with the account").count(), basic);
    assert_eq!(page.matches("not given").count(), purposes.len() - basic);
    assert!(section(&page, "account").contains("none given; the basic purposes need none"));
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    let page = copy(&app, &ada.token).await.text("index.html").to_owned();
    assert!(!page.contains("not given") && !page.contains("none given"));
}
