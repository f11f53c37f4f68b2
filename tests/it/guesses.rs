//! Many guesses at once get no more tries than guesses one by one.

use crate::app::{Answer, TestApp};
use serde_json::json;
use std::collections::BTreeMap;

/// How often each problem was answered.
fn counted(answers: &[Answer]) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for answer in answers {
        *counted.entry(answer.problem()).or_default() += 1;
    }
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn c_7_3_forty_log_ins_at_once_get_five_tries_at_the_most() {
    let app = std::sync::Arc::new(TestApp::start().await);
    let ada = app.register("ada@example.org").await;
    let mut tasks = Vec::new();
    for n in 0..40 {
        let (app, email) = (app.clone(), ada.email.clone());
        tasks.push(tokio::spawn(async move {
            let body = json!({"login": email, "password": format!("wrong horse {n}")});
            app.post("/v1/sessions").json(&body).send().await
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("no panic"));
    }
    let counted = counted(&answers);
    let checked = counted.get("login-refused").copied().unwrap_or_default();
    assert!((1..=5).contains(&checked), "{counted:?}");
    // The person herself goes on in the session she has.
    app.me(&ada.token).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn c_7_3_a_session_is_no_oracle_for_the_password() {
    let app = std::sync::Arc::new(TestApp::start().await);
    let ada = app.register("ada@example.org").await;
    let mut tasks = Vec::new();
    for n in 0..40 {
        let (app, token) = (app.clone(), ada.token.clone());
        tasks.push(tokio::spawn(async move {
            let body = json!({"password": format!("wrong horse {n}")});
            app.post("/v1/reauthentications").bearer(&token).json(&body).send().await
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("no panic"));
    }
    let counted = counted(&answers);
    let checked = counted.get("password-refused").copied().unwrap_or_default();
    assert!((1..=10).contains(&checked), "{counted:?}");
    // Rights are never locked out: the session is fresh, and cancelling needs no password then.
    app.cancel(&ada.token).await.expect(202);
}
