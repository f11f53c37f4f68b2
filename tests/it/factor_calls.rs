//! What a person does with second factors, one verb each, and an authenticator app of one's own.

use crate::app::{Answer, TestApp};
use crate::contact_calls::channel;
use data_encoding::BASE32_NOPAD;
use http::Method;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::time::Timestamp;
use std::time::Duration;
use totp_rs::{Algorithm, Builder, Secret};

/// Where an app is set up.
pub(crate) const TOTP: &str = "/v1/me/factors/totp";

/// An app that is set up, and the recovery codes that came with it.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) secret: String,
    pub(crate) recovery: Vec<String>,
}

/// The code that an app shows.
pub(crate) fn code(secret: &str, at: Timestamp) -> String {
    let bytes = BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let secret = Secret::new_stack(bytes.try_into().expect("160 bits"));
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret);
    let totp = totp.build().expect("as RFC 6238 has it");
    totp.generate(u64::try_from(at.secs()).expect("a time")).to_string()
}

impl App {
    /// The code that it shows.
    pub(crate) fn code(&self, app: &TestApp) -> String {
        code(&self.secret, app.clock.now())
    }

    /// Waits for the next code.
    pub(crate) fn next(&self, app: &TestApp) -> String {
        app.clock.advance(Duration::from_secs(30));
        self.code(app)
    }
}

impl TestApp {
    /// Begins to set up an app: the secret.
    pub(crate) async fn begin_totp(&self, token: &str) -> String {
        let begun = self.post(TOTP).bearer(token).send().await.expect(201);
        begun.body["secret"].as_str().expect("a secret").to_owned()
    }

    /// Confirms an app by a code.
    pub(crate) async fn confirm_totp(&self, token: &str, code: &str) -> Answer {
        self.call(Method::PUT, TOTP).bearer(token).json(&json!({"code": code})).send().await
    }

    /// Sets up an app.
    pub(crate) async fn set_up_totp(&self, token: &str) -> App {
        let secret = self.begin_totp(token).await;
        let code = code(&secret, self.clock.now());
        let confirmed = self.confirm_totp(token, &code).await.expect(200);
        App { secret, recovery: codes(&confirmed) }
    }

    /// By what a person can prove identity.
    pub(crate) async fn factors(&self, token: &str) -> Value {
        self.get("/v1/me/factors").bearer(token).send().await.expect(200).body
    }

    /// Tries to log in with the password and one member more.
    pub(crate) async fn log_in_with(&self, login: &str, member: &str, value: &str) -> Answer {
        let mut body = json!({"login": login, "password": crate::app::PASSWORD});
        body[member] = json!(value);
        self.post("/v1/sessions").json(&body).send().await
    }

    /// The body that asks for a code to an own contact.
    pub(crate) fn own_code_request(channel: &str) -> Value {
        json!({"purpose": "reauthenticate", "channel": channel})
    }

    /// Asks for a code to an own contact, and reads it in the mailbox: the body that proves identity.
    pub(crate) async fn own_code(&self, token: &str, address: &str) -> Value {
        let call = self.post("/v1/verifications").bearer(token);
        let asked = call.json(&Self::own_code_request(channel(address))).send().await.expect(202);
        json!({"verification": asked.body["verification"], "code": self.mailed_code(address).await})
    }

    /// Proves identity again.
    pub(crate) async fn prove(&self, token: &str, proof: &Value) -> Answer {
        self.post("/v1/reauthentications").bearer(token).json(proof).send().await
    }
}

/// The recovery codes of an answer.
pub(crate) fn codes(answer: &Answer) -> Vec<String> {
    let codes = answer.body["recovery_codes"].as_array().expect("a list").iter();
    codes.map(|code| code.as_str().expect("a code").to_owned()).collect()
}
