//! The calls of third-party accounts.

use super::cases::{Case, Ready};
use crate::app::{Call, TestApp};
use crate::idp;
use serde_json::json;

const BEGIN: &str = "/v1/third-parties/example/authorizations";
const RETURN: &str = "/v1/third-party-returns/example";

impl Case {
    /// The call, and the status that it is answered with.
    pub(super) fn by_third_party<'a>(self, app: &'a TestApp, ready: &Ready) -> (Call<'a>, u16) {
        let token = &ready.person.token;
        match self {
            Case::ThirdParties => (app.get("/v1/third-parties"), 200),
            Case::Authorization => (app.post(BEGIN).json(&idp::log_in()), 201),
            Case::AuthorizationOfHolder => {
                (app.post(BEGIN).bearer(token).json(&json!({"intent": "link"})), 201)
            }
            Case::ReturnPage => (app.get(&format!("{RETURN}?code=x&state=y")), 200),
            Case::ReturnToLogIn
            | Case::ReturnToRegister
            | Case::ReturnToLink
            | Case::ReturnToProve => {
                let (begun, body) = ready.returned.as_ref().expect("a log-in");
                let made = matches!(self, Case::ReturnToLogIn | Case::ReturnToRegister);
                let path = format!("/v1/third-party-returns/{}", begun.provider);
                let call = app.post(&path).header("cookie", begun.cookie.clone());
                (call.json(body), if made { 201 } else { 204 })
            }
            Case::LinkedAccounts => (app.get("/v1/me/third-parties").bearer(token), 200),
            _ => (app.delete("/v1/me/third-parties/example").bearer(token), 204),
        }
    }
}
