//! A stop at each call of a delivery over SMTP or by webhook, and of the settings' replacement.

use crate::app::TestApp;
use crate::delivery::{ask_for_a_code, invoke, post, run, settings};
use crate::peer::{Peer, Secured};
use crate::stops::at_every_stop;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use notify::Office;
use serde_json::json;
use shared::domain::contact::Channel;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

async fn configured(app: &TestApp) -> Arc<Peer> {
    let peer = Peer::start(Secured::No, &[]).await;
    invoke(app, &Office::default(), &settings(&peer)).await.expect("configures");
    peer
}

#[tokio::test]
async fn a_mail_over_smtp_arrives_at_least_once_as_the_same_mail() {
    at_every_stop(
        |_| {},
        async |app| {
            let peer = configured(app).await;
            ask_for_a_code(app).await;
            peer
        },
        async |app, _| {
            // An environment that has read nothing yet. What it took up waits for a minute.
            let _stopped = invoke(app, &Office::default(), &json!({})).await;
            app.clock.advance(minutes(1));
        },
        async |_, peer, (), tables| {
            let got = peer.got();
            assert!(!got.is_empty() && got.len() <= 2, "{} copies", got.len());
            assert!(got.iter().all(|copy| copy.content == got[0].content), "a copy differs");
            assert_eq!(tables.count(Entity::Message), 0);
            assert!(!tables.data_keys().iter().any(|key| key.starts_with("message#")));
        },
    )
    .await;
}

#[tokio::test]
async fn settings_are_replaced_whole_or_not_at_all() {
    at_every_stop(
        |_| {},
        async |app| (configured(app).await, Peer::start(Secured::No, &[]).await),
        async |app, (_, next)| {
            let _stopped = invoke(app, &Office::default(), &settings(next)).await;
        },
        async |app, (before, next), (), tables| {
            assert_eq!(tables.count(Entity::Configuration), 1);
            ask_for_a_code(app).await;
            assert_eq!(run(app, &Office::default()).await.delivered, 1);
            assert_eq!((before.got().len(), next.got().len()), (0, 1));
        },
    )
    .await;
}

/// Text messages as a gateway got them: the message's id, and the body.
type Texts = Arc<Mutex<Vec<(String, String)>>>;

/// A gateway of text messages, configured.
async fn gateway(app: &TestApp) -> Texts {
    let texts = Texts::default();
    let got = texts.clone();
    let receive = any(move |headers: HeaderMap, body: String| async move {
        let id = headers["webhook-id"].to_str().expect("an id").to_owned();
        got.lock().expect("no panic before").push((id, body));
        StatusCode::NO_CONTENT
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(receive)).await });
    let text = json!({
        "url": format!("http://127.0.0.1:{port}/send"), "key_id": "first",
        "secret": "whsec_YSBzZWNyZXQgb2YgdGhlIGdhdGV3YXkgYW5kIG91cnM=",
    });
    let event = json!({"do": "configure", "text": text});
    invoke(app, &Office::default(), &event).await.expect("configures");
    texts
}

#[tokio::test]
async fn a_text_message_by_webhook_arrives_at_least_once_under_the_same_id() {
    at_every_stop(
        |_| {},
        async |app| {
            let texts = gateway(app).await;
            post(app, Channel::Phone, "+8613800138000").await;
            texts
        },
        async |app, _| {
            let _stopped = invoke(app, &Office::default(), &json!({})).await;
            app.clock.advance(minutes(1));
        },
        async |_, texts, (), tables| {
            let got = texts.lock().expect("no panic before");
            assert!(!got.is_empty() && got.len() <= 2, "{} copies", got.len());
            assert!(got.iter().all(|copy| *copy == got[0]), "a copy differs");
            assert_eq!(tables.count(Entity::Message), 0);
            assert!(!tables.data_keys().iter().any(|key| key.starts_with("message#")));
        },
    )
    .await;
}
