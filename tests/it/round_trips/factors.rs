//! The cases about second factors and proofs by them.

#![expect(clippy::panic, reason = "a case that is not here is a fault of the test")]

use super::cases::{ADA, Case, Ready};
use crate::app::{Call, PASSWORD, TestApp};
use crate::factor_calls::{TOTP, code};
use http::Method;
use serde_json::json;
use shared::clock::Clock;

impl Case {
    /// The one call, and the status of its answer.
    pub(super) fn by_factor<'a>(self, app: &'a TestApp, ready: &Ready) -> (Call<'a>, u16) {
        let token = &ready.person.token;
        let shown = || code(&ready.secret, app.clock.now());
        match self {
            Case::LogInByApp | Case::LogInWithoutCode => {
                let mut body = json!({"login": ADA, "password": PASSWORD});
                let by_app = self == Case::LogInByApp;
                if by_app {
                    body["totp"] = json!(shown());
                }
                let status = if by_app { 201 } else { 401 };
                (app.post("/v1/sessions").json(&body), status)
            }
            Case::ProofByApp => {
                let body = json!({"totp": shown()});
                (app.post("/v1/reauthentications").bearer(token).json(&body), 204)
            }
            Case::ProofByRecoveryCode | Case::ProofByContact => {
                (app.post("/v1/reauthentications").bearer(token).json(&ready.proof), 204)
            }
            Case::OwnContactCode => {
                let body = TestApp::own_code_request("email");
                (app.post("/v1/verifications").bearer(token).json(&body), 202)
            }
            Case::FactorList => (app.get("/v1/me/factors").bearer(token), 200),
            Case::AppBegun => (app.post(TOTP).bearer(token), 201),
            Case::AppConfirmed => {
                let body = json!({"code": shown()});
                (app.call(Method::PUT, TOTP).bearer(token).json(&body), 200)
            }
            Case::AppRemoved => (app.delete(TOTP).bearer(token), 204),
            Case::RecoveryCodes => (app.post("/v1/me/factors/recovery-codes").bearer(token), 201),
            _ => panic!("{self:?} is no case about factors"),
        }
    }
}
