//! What has to have happened before a case.

use super::cases::{ADA, Case, Case as C, NEW, PHONE, Ready};
use crate::app::{Person, TestApp};
use crate::idp::{Idp, begun, configure, log_in, registration};
use serde_json::{Value, json};
use shared::domain::time::{days, hours};
use std::time::Duration;

/// Configures two third parties, and links an account with the first.
async fn with_third_party(app: &TestApp, token: &str) -> Idp {
    let idp = Idp::start(app).await;
    configure(app, &[idp.settings("example"), idp.peculiar("peculiar")]).await.expect("taken");
    let link = (&json!({"intent": "link"}), Some(token));
    app.by_third_party((&idp, "example"), "ada", link).await.expect(204);
    idp
}

/// Opens sessions up to the limit.
async fn fill_up(app: &TestApp, person: &Person) {
    for _ in 0..4 {
        app.log_in(person).await;
    }
}

impl Case {
    /// A world in which the case is next.
    pub(super) async fn prepare(self, app: &TestApp) -> Ready {
        let person = app.register(ADA).await;
        let mut ready = Ready {
            person,
            code: (Value::Null, String::new()),
            contact: Value::Null,
            receipt: String::new(),
            link: String::new(),
            proof: Value::Null,
            secret: String::new(),
            returned: None,
        };
        let token = ready.person.token.clone();
        match self {
            C::Registration | C::WrongCode => ready.code = app.code("bob@example.org").await,
            C::LogInAtTheLimit => fill_up(app, &ready.person).await,
            C::Withdrawal => {
                let name = json!({"display_name": "Ada"});
                app.correct(&token, "\"1\"", &name).await.expect(200);
            }
            C::ExportPart => {
                let made = app.post("/v1/me/exports").bearer(&token).send().await.expect(201);
                ready.link = crate::unzipped::hrefs(&made).remove(0);
            }
            C::ProfileAfterAnHour => app.clock.advance(hours(2)),
            C::ChangeOfMind | C::ScheduledReceipt | C::SignedReceipt => {
                let cancelled = app.cancel(&token).await.expect(202);
                ready.receipt = cancelled.body["receipt"].as_str().expect("an id").to_owned();
                ready.person.token = app.log_in(&ready.person).await;
            }
            C::Reset | C::ResetOfNobody | C::ResetByTwo => {
                ready.contact = reset(self, app, &token).await;
            }
            C::Detachment => ready.contact = app.holder_code("detach", ADA).await,
            C::DetachmentOfNobody => ready.contact = app.holder_code("detach", NEW).await,
            C::Addition => ready.contact = app.contact_code(&token, PHONE).await,
            C::Change | C::ChangeByWrongCode => {
                ready.contact = app.contact_code(&token, NEW).await;
            }
            C::LogInByApp | C::ProofByApp => {
                ready.secret = app.set_up_totp(&token).await.secret;
                // The code that confirmed it is used.
                app.clock.advance(Duration::from_secs(30));
            }
            C::ProofByRecoveryCode => {
                let app_of_hers = app.set_up_totp(&token).await;
                ready.proof = json!({"recovery_code": app_of_hers.recovery[0]});
            }
            C::ProofByContact => ready.proof = app.own_code(&token, ADA).await,
            C::AppConfirmed => {
                ready.secret = app.begin_totp(&token).await;
            }
            C::LogInWithoutCode | C::AppRemoved | C::RecoveryCodes | C::FactorList => {
                app.set_up_totp(&token).await;
            }
            C::Removal => drop(app.set_contact(&token, PHONE).await.expect(200)),
            C::ChangeTakenBack | C::ChangeLink | C::ChangeLinkUse => {
                app.set_contact(&token, NEW).await.expect(200);
                ready.link = app.mailed_link(ADA).await;
            }
            C::CancellationLink | C::CancellationLinkUse => {
                app.cancel(&token).await.expect(202);
                ready.link = app.mailed_link(ADA).await;
            }
            C::ThirdParties
            | C::ReturnPage
            | C::Authorization
            | C::AuthorizationOfHolder
            | C::Unlinking => {
                drop(with_third_party(app, &token).await);
            }
            C::ReturnToLogIn | C::ReturnToRegister | C::ReturnToLink | C::ReturnToProve => {
                let idp = with_third_party(app, &token).await;
                let body = match self {
                    C::ReturnToRegister => registration(),
                    C::ReturnToLink => json!({"intent": "link"}),
                    C::ReturnToProve => json!({"intent": "prove"}),
                    _ => log_in(),
                };
                let with = matches!(self, C::ReturnToLink | C::ReturnToProve);
                let provider = if self == C::ReturnToLink { "peculiar" } else { "example" };
                let answer = app.begin(provider, &body, with.then_some(token.as_str())).await;
                let begun = begun(provider, &answer.expect(201));
                let new = self == C::ReturnToRegister;
                let (code, state) = idp.consent(&begun.url, if new { "new" } else { "ada" });
                ready.returned = Some((begun, json!({"code": code, "state": state})));
            }
            _ => {}
        }
        if self == C::ChangeByWrongCode {
            ready.contact["code"] = json!("wrong");
        }
        if self == C::SignedReceipt {
            app.clock.advance(days(7));
            app.sweep().await;
        }
        ready
    }
}

/// The body that resets a password.
async fn reset(case: Case, app: &TestApp, token: &str) -> Value {
    if case == C::ResetByTwo {
        app.set_contact(token, PHONE).await.expect(200);
        app.clock.advance(days(90));
    }
    let address = if case == C::ResetOfNobody { NEW } else { ADA };
    let mut body = app.holder_code("reset", address).await;
    body["new"] = json!("another horse battery");
    if case == C::ResetByTwo {
        body["second"] = app.holder_code("reset", PHONE).await;
    }
    body
}
