//! Evidence of what is in force outlives its year: it is in the account, and is appended again when
//! it ends.

use crate::app::{BEGIN, Person, TestApp};
use crate::consents::{ADA, evidence, listed, opened, withdraw};
use crate::raw;
use crate::unzipped::Unzipped;
use serde_json::{Value, json};
use shared::domain::gate::Use;
use shared::domain::time::days;
use shared::records::evidence::{Act, Evidence};

/// Somebody who consented with the registration, and logs in now and then for nearly five years.
async fn of_old(app: &TestApp) -> (Person, Vec<Evidence>) {
    let (verification, code) = app.code(ADA).await;
    let mut body = TestApp::account_request(&verification, &code);
    body["consents"] = json!(["profile"]);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    let id = app.me(&token).await.body["id"].as_str().expect("an id").to_owned();
    let mut ada = Person { email: ADA.to_owned(), token, id };
    let first = evidence(app, &ada).await;
    for pause in [600, 600, 500] {
        app.clock.advance(days(pause));
        ada.token = app.log_in(&ada).await;
        app.sweep().await;
    }
    raw::broom(app, app.world.ports.clock.now()).await;
    assert_eq!(evidence(app, &ada).await.len(), 0, "their year is over");
    (ada, first)
}

/// A piece without its time, as the copies of it are compared.
fn told(evidence: &Evidence) -> Value {
    let mut told = json!(evidence);
    told["given_at"] = Value::Null;
    told
}

#[tokio::test]
async fn c_5_2_what_proves_a_consent_stays_as_long_as_the_consent() {
    let app = TestApp::start().await;
    let (ada, first) = of_old(&app).await;
    assert_eq!(listed(&app, &ada.token, "profile").await["consented"], true);
    let granted = first.iter().find(|piece| piece.act == Act::Granted).expect("a piece");
    let profile = opened(&app, &ada, Use::Rights).await.expect("opens").profile.clone();
    let proof = profile.consents[0].proof.clone().expect("a proof");
    assert_eq!((&proof.text_digest, proof.language), (&granted.text_digest, granted.language));

    let made = app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
    let part = made.body["parts"][0]["href"].as_str().expect("a part");
    let bytes = app.get(part).bearer(&ada.token).send().await.expect(200).bytes;
    let copy = Unzipped::of(&bytes).json("data.json");
    let account = &copy["rows"]["account"][0];
    assert_eq!(account["consents"][0]["proof"], json!(proof));
    assert_eq!(account["acceptance"]["accepted_at"], BEGIN.rfc3339());

    // It ends years after the account, whenever that ends.
    let held = app.get("/v1/me/retention").bearer(&ada.token).send().await.expect(200).body;
    let items = held["items"].as_array().expect("items").iter();
    let digest = items.clone().find(|item| item["item"] == "evidence.text_digest");
    let digest = digest.expect("evidence");
    assert_eq!((&digest["count"], &digest["ground"]), (&json!(2), &json!("law")));
    assert_eq!(digest["unless_used"], "2037-01-01T00:00:00Z");
}

#[tokio::test]
async fn c_5_2_what_proved_a_consent_stays_for_the_years_after_its_end() {
    let app = TestApp::start().await;
    let (ada, first) = of_old(&app).await;
    withdraw(&app, &ada.token).await.expect(204);
    let held = evidence(&app, &ada).await;
    assert_eq!(held.len(), 2);
    let again = held.iter().find(|piece| piece.act == Act::Granted).expect("a piece");
    assert!(first.iter().any(|piece| told(piece) == told(again)));
    assert_eq!(again.given_at, Some(BEGIN));
}

#[tokio::test]
async fn c_8_4_an_erasure_leaves_what_proves_that_all_was_done_with_consent() {
    let app = TestApp::without_cooling_off().await;
    let (ada, first) = of_old(&app).await;
    app.cancel(&ada.token).await.expect(202);
    let held = evidence(&app, &ada).await;
    assert_eq!((held.len(), first.len()), (2, 2));
    assert!(first.iter().all(|piece| held.iter().any(|left| told(left) == told(piece))));
    assert!(held.iter().all(|piece| piece.given_at == Some(BEGIN)));
}
