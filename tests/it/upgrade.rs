//! Data that an earlier version wrote, under the traffic of this build.
//!
//! `cargo xtask fixture` writes `tests/fixtures/VERSION.zip`. Until the version is tagged it may be
//! written anew; from then on it never changes, and each later build has to go on from it. The release
//! sees to it that the code that is tagged wrote it (`cargo xtask release`).

use crate::app::{PASSWORD, Person, TestApp};
use crate::consents::{grant, listed, withdraw};
use crate::tables::Tables;
use crate::unzipped::Unzipped;
use personal_center::ledger::export;
use personal_center::world::DATABASE;
use serde_json::{Value, json};
use shared::domain::time::days;
use shared::ledger::verify::verify;
use shared::rotation::{self, Bounds};
use shared::vault::RootUse;
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The key of the local key provider, made for the fixture alone.
const KEY: &str = "local-kms.key";
/// What the fixture says about itself.
const FACTS: &str = "facts.json";
/// The most bytes of a fixture: it stays in the repository for good.
const MOST: usize = 300 * 1024;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every committed fixture: its version, and what is in it.
fn fixtures() -> Vec<(String, Unzipped)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the folder of the fixtures") {
        let path = entry.expect("an entry").path();
        let version = path.file_stem().and_then(|stem| stem.to_str()).expect("a version");
        let bytes = std::fs::read(&path).expect("a file");
        assert!(bytes.len() <= MOST, "{version}: {} bytes", bytes.len());
        found.push((version.to_owned(), Unzipped::of(&bytes)));
    }
    found
}

/// A world over files in a folder.
async fn over(folder: &Path) -> TestApp {
    TestApp::with(|options| options.data = Some(folder.to_owned())).await
}

/// A world over a copy of a fixture, thirty days after the last thing that was done in it.
async fn opened(fixture: &Unzipped) -> (TempDir, TestApp) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in [DATABASE, KEY] {
        std::fs::write(folder.path().join(name), &fixture.0[name]).expect("a file");
    }
    let app = over(folder.path()).await;
    app.clock.advance(days(30));
    (folder, app)
}

fn person(facts: &Value, name: &str) -> Person {
    let text = |member: &str| facts[name][member].as_str().expect("a text").to_owned();
    Person { email: text("email"), token: text("token"), id: text("id") }
}

async fn receipt(app: &TestApp, facts: &Value, name: &str) -> Value {
    let path = format!("/v1/receipts/{}", facts[name]["receipt"].as_str().expect("an id"));
    app.get(&path).send().await.expect(200).body
}

async fn assert_verifies(app: &TestApp) {
    let report = verify(&export(&app.world.ports).await.expect("an export"));
    assert!(report.findings.is_empty() && report.entries > 0, "{:?}", report.findings);
}

/// Released are the versions that the changelog has a part of.
#[test]
fn there_is_a_fixture_of_each_released_version_and_of_no_other_but_the_next() {
    let changelog = crate::rights::file("CHANGELOG.md");
    let headings = changelog.lines().filter_map(|line| line.strip_prefix("## "));
    let names = headings.filter_map(|heading| heading.split(',').next());
    let released: BTreeSet<_> = names.filter(|name| *name != "Open").map(str::to_owned).collect();
    let there: BTreeSet<_> = fixtures().into_iter().map(|(version, _)| version).collect();
    assert!(!there.is_empty(), "the tests here would look at nothing");
    assert_eq!(released.difference(&there).next(), None, "a release without its data");
    let mut unreleased = there.difference(&released);
    assert!(unreleased.all(|version| version == env!("CARGO_PKG_VERSION")), "{there:?}");
}

#[tokio::test]
async fn data_of_earlier_versions_fit_together_and_their_ledger_verifies() {
    for (version, fixture) in fixtures() {
        eprintln!("written by {version}");
        let (_folder, app) = opened(&fixture).await;
        assert_verifies(&app).await;
        app.sweep().await;
        app.deliver().await;
        Tables::whole(&app).await;
    }
}

#[tokio::test]
async fn people_of_earlier_versions_read_correct_withdraw_and_are_erased() {
    for (version, fixture) in fixtures() {
        eprintln!("written by {version}");
        let (_folder, app) = opened(&fixture).await;
        let facts = fixture.json(FACTS);
        let ada = person(&facts, "lives");
        let token = app.log_in(&ada).await;
        let me = app.me(&token).await.expect(200);
        for member in ["email", "phone", "display_name", "language"] {
            assert_eq!(me.body[member], facts["lives"]["me"][member], "{member}");
        }
        assert_eq!(listed(&app, &token, "profile").await["consented"], true);
        let etag = me.header("etag").expect("a version").to_owned();
        let patch = json!({"display_name": "Ada L."});
        app.correct(&token, &etag, &patch).await.expect(200);
        withdraw(&app, &token).await.expect(204);
        assert_eq!(app.me(&token).await.expect(200).body["display_name"], Value::Null);
        grant(&app, &token).await.expect(204);
        app.get("/v1/me/retention").bearer(&token).send().await.expect(200);
        let asked = app.post("/v1/me/exports").bearer(&token).send().await.expect(201);
        let part = asked.body["parts"][0]["href"].as_str().expect("a part");
        app.get(part).bearer(&token).send().await.expect(200);
        app.put_password(&token, PASSWORD, "another correct battery").await.expect(204);
        app.cancel(&token).await.expect(202);
        app.clock.advance(days(7));
        app.sweep().await;
        app.deliver().await;
        app.me(&token).await.expect(410);
        Tables::whole(&app).await;
        assert_verifies(&app).await;
    }
}

#[tokio::test]
async fn what_earlier_versions_erased_or_were_about_to_erase_is_erased() {
    for (version, fixture) in fixtures() {
        eprintln!("written by {version}");
        let (_folder, app) = opened(&fixture).await;
        let facts = fixture.json(FACTS);
        let erased = person(&facts, "erased");
        app.me(&erased.token).await.expect(410);
        assert_eq!(receipt(&app, &facts, "erased").await, facts["erased"]["shown"]);
        let closing = person(&facts, "closing");
        assert_eq!(receipt(&app, &facts, "closing").await["state"], "scheduled");
        app.sweep().await;
        app.me(&closing.token).await.expect(410);
        let shown = receipt(&app, &facts, "closing").await;
        assert_eq!((&shown["state"], &shown["verifies"]), (&json!("erased"), &json!(true)));
        app.deliver().await;
        Tables::whole(&app).await;
    }
}

#[tokio::test]
async fn keys_of_earlier_versions_are_rotated() {
    for (version, fixture) in fixtures() {
        eprintln!("written by {version}");
        let (_folder, app) = opened(&fixture).await;
        for usage in RootUse::ALL {
            rotation::begin(&app.world.ports, usage).await.expect("begins");
            for _ in 0..4 {
                app.clock.advance(days(2));
                rotation::advance(&app.world.ports, usage, Bounds::default()).await.expect("on");
            }
        }
        app.sweep().await;
        app.deliver().await;
        app.log_in(&person(&fixture.json(FACTS), "lives")).await;
        Tables::whole(&app).await;
    }
}

/// What a fixture knows about a person.
async fn known(app: &TestApp, person: &Person) -> Value {
    let me = app.me(&person.token).await.expect(200).body;
    json!({"email": person.email, "token": person.token, "id": person.id, "me": me})
}

/// Plays the story of a fixture, and gives what it is to be asked for later.
async fn story(app: &TestApp) -> Value {
    let ada = app.register("ada@example.org").await;
    let (bob, eve) = (app.register("bob@example.org").await, app.register("eve@example.org").await);
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    app.set_contact(&ada.token, "+8613800138000").await.expect(200);
    app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
    let mut facts = json!({"lives": known(app, &ada).await, "erased": known(app, &bob).await});
    let asked = app.cancel(&bob.token).await.expect(202).body;
    facts["erased"]["receipt"] = asked["receipt"].clone();
    app.deliver().await;
    app.clock.advance(days(7));
    app.sweep().await;
    app.deliver().await;
    facts["erased"]["shown"] = receipt(app, &facts, "erased").await;
    let eve = Person { token: app.log_in(&eve).await, ..eve };
    facts["closing"] = known(app, &eve).await;
    let asked = app.cancel(&eve.token).await.expect(202).body;
    facts["closing"]["receipt"] = asked["receipt"].clone();
    app.deliver().await;
    Tables::whole(app).await;
    facts
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a command's own switch, not a setting")]
async fn the_fixture_of_this_version_is_written_where_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = over(folder.path()).await;
    let facts = story(&app).await.to_string();
    drop(app);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for name in [DATABASE, KEY, FACTS] {
        let content = match name {
            FACTS => facts.clone().into_bytes(),
            _ => std::fs::read(folder.path().join(name)).expect("a file"),
        };
        archive.start_file(name, options).expect("a file");
        archive.write_all(&content).expect("its content");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    assert!(bytes.len() <= MOST, "{} bytes", bytes.len());
    let (_copy, app) = opened(&Unzipped::of(&bytes)).await;
    assert_verifies(&app).await;
    if std::env::var_os("PC_FIXTURE").is_some() {
        let file = self::folder().join(concat!(env!("CARGO_PKG_VERSION"), ".zip"));
        std::fs::write(file, &bytes).expect("written");
    }
}
