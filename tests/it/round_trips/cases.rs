//! Every route, in every case that makes other calls.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::idp::Begun;
use http::Method;
use serde_json::{Value, json};

pub(super) const ADA: &str = "ada@example.org";
pub(super) const NEW: &str = "ada@example.net";
pub(super) const PHONE: &str = "+8613800138000";

/// A route in one of its cases.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Case {
    Policy,
    Versions,
    Version,
    Changes,
    Clauses,
    Clause,
    Inventory,
    Keys,
    Document,
    Code,
    ContactCode,
    OwnContactCode,
    Registration,
    WrongCode,
    LogIn,
    WrongPassword,
    LogInAtTheLimit,
    LogInByApp,
    LogInWithoutCode,
    SessionList,
    SessionEnd,
    Proof,
    Security,
    ProofByApp,
    ProofByRecoveryCode,
    ProofByContact,
    Profile,
    ProfileAfterAnHour,
    Retention,
    Correction,
    Password,
    Reset,
    ResetOfNobody,
    ResetByTwo,
    Detachment,
    DetachmentOfNobody,
    Addition,
    Change,
    ChangeByWrongCode,
    Removal,
    ChangeTakenBack,
    ChangeLink,
    ChangeLinkUse,
    FactorList,
    AppBegun,
    AppConfirmed,
    AppRemoved,
    RecoveryCodes,
    ConsentList,
    Consent,
    Withdrawal,
    Export,
    ExportWithKey,
    ExportPart,
    Cancellation,
    CancellationByPassword,
    ErasureAtOnce,
    ChangeOfMind,
    CancellationLink,
    CancellationLinkUse,
    ScheduledReceipt,
    SignedReceipt,
    ThirdParties,
    Authorization,
    AuthorizationOfHolder,
    ReturnPage,
    ReturnToLogIn,
    ReturnToRegister,
    ReturnToLink,
    ReturnToProve,
    LinkedAccounts,
    Unlinking,
}

use Case as C;

const AUTHORIZATIONS: &str = "POST /v1/third-parties/{provider}/authorizations";
const RETURNS: &str = "POST /v1/third-party-returns/{provider}";

/// Every case: route, and what is particular about it.
pub(super) const CASES: &[(Case, &str, &str)] = &[
    (C::Policy, "GET /v1/policy", ""),
    (C::Versions, "GET /v1/policy/versions", ""),
    (C::Version, "GET /v1/policy/versions/{id}", ""),
    (C::Changes, "GET /v1/policy/versions/{id}/changes", ""),
    (C::Clauses, "GET /v1/policy/clauses", ""),
    (C::Clause, "GET /v1/policy/clauses/{id}", ""),
    (C::Inventory, "GET /v1/policy/inventory", ""),
    (C::Keys, "GET /v1/keys", ""),
    (C::Document, "GET /openapi.json", ""),
    (C::Code, "POST /v1/verifications", "address known or not"),
    (C::ContactCode, "POST /v1/verifications", "for a further contact, known or not"),
    (C::OwnContactCode, "POST /v1/verifications", "to prove identity again"),
    (C::Registration, "POST /v1/accounts", ""),
    (C::WrongCode, "POST /v1/accounts", "wrong code"),
    (C::LogIn, "POST /v1/sessions", ""),
    (C::WrongPassword, "POST /v1/sessions", "wrong password, address known or not"),
    (C::LogInAtTheLimit, "POST /v1/sessions", "at the session limit"),
    (C::LogInByApp, "POST /v1/sessions", "with a code of an app"),
    (C::LogInWithoutCode, "POST /v1/sessions", "without the code that is needed"),
    (C::SessionList, "GET /v1/sessions", ""),
    (C::SessionEnd, "DELETE /v1/sessions/{id}", ""),
    (C::Proof, "POST /v1/reauthentications", ""),
    (C::Security, "GET /v1/me/security", ""),
    (C::ProofByApp, "POST /v1/reauthentications", "by a code of an app"),
    (C::ProofByRecoveryCode, "POST /v1/reauthentications", "by a recovery code"),
    (C::ProofByContact, "POST /v1/reauthentications", "by a code to a contact"),
    (C::Profile, "GET /v1/me", ""),
    (C::ProfileAfterAnHour, "GET /v1/me", "the last use is due to be noted"),
    (C::Retention, "GET /v1/me/retention", ""),
    (C::Correction, "PATCH /v1/me", ""),
    (C::Password, "PUT /v1/me/password", ""),
    (C::Reset, "POST /v1/password-resets", ""),
    (C::ResetOfNobody, "POST /v1/password-resets", "no account has the contact"),
    (C::ResetByTwo, "POST /v1/password-resets", "with a second proof"),
    (C::Detachment, "POST /v1/contact-detachments", ""),
    (C::DetachmentOfNobody, "POST /v1/contact-detachments", "no account has the contact"),
    (C::Addition, "PUT /v1/me/contacts/{channel}", "another contact"),
    (C::Change, "PUT /v1/me/contacts/{channel}", "in place of one"),
    (C::ChangeByWrongCode, "PUT /v1/me/contacts/{channel}", "wrong code"),
    (C::Removal, "DELETE /v1/me/contacts/{channel}", ""),
    (C::ChangeTakenBack, "DELETE /v1/me/contacts/{channel}/change", ""),
    (C::ChangeLink, "GET /v1/contact-change-links/{token}", ""),
    (C::ChangeLinkUse, "POST /v1/contact-change-links/{token}", ""),
    (C::FactorList, "GET /v1/me/factors", ""),
    (C::AppBegun, "POST /v1/me/factors/totp", ""),
    (C::AppConfirmed, "PUT /v1/me/factors/totp", ""),
    (C::AppRemoved, "DELETE /v1/me/factors/totp", ""),
    (C::RecoveryCodes, "POST /v1/me/factors/recovery-codes", ""),
    (C::ConsentList, "GET /v1/me/consents", ""),
    (C::Consent, "PUT /v1/me/consents/{purpose}", ""),
    (C::Withdrawal, "DELETE /v1/me/consents/{purpose}", ""),
    (C::Export, "POST /v1/me/exports", ""),
    (C::ExportWithKey, "POST /v1/me/exports", "with `Idempotency-Key`"),
    (C::ExportPart, "GET /v1/me/exports/{id}", ""),
    (C::Cancellation, "POST /v1/me/cancellation", "fresh session"),
    (C::CancellationByPassword, "POST /v1/me/cancellation", "with the password"),
    (C::ErasureAtOnce, "POST /v1/me/cancellation", "without cooling-off: erases at once"),
    (C::ChangeOfMind, "DELETE /v1/me/cancellation", ""),
    (C::CancellationLink, "GET /v1/cancellation-links/{token}", ""),
    (C::CancellationLinkUse, "POST /v1/cancellation-links/{token}", ""),
    (C::ScheduledReceipt, "GET /v1/receipts/{id}", "scheduled"),
    (C::SignedReceipt, "GET /v1/receipts/{id}", "signed"),
    (C::ThirdParties, "GET /v1/third-parties", ""),
    (C::Authorization, AUTHORIZATIONS, "to log in or to register"),
    (C::AuthorizationOfHolder, AUTHORIZATIONS, "to link or to prove"),
    (C::ReturnPage, "GET /v1/third-party-returns/{provider}", ""),
    (C::ReturnToLogIn, RETURNS, "to log in"),
    (C::ReturnToRegister, RETURNS, "to register"),
    (C::ReturnToLink, RETURNS, "to link"),
    (C::ReturnToProve, RETURNS, "to prove"),
    (C::LinkedAccounts, "GET /v1/me/third-parties", ""),
    (C::Unlinking, "DELETE /v1/me/third-parties/{provider}", ""),
];

/// What a case needs first.
pub(super) struct Ready {
    pub(super) person: Person,
    pub(super) code: (Value, String),
    /// The body that proves a contact, and says what for.
    pub(super) contact: Value,
    pub(super) receipt: String,
    pub(super) link: String,
    /// The body that proves something by a code; empty where an app shows one.
    pub(super) proof: Value,
    /// The secret of an app.
    pub(super) secret: String,
    /// A log-in by a third party, and what comes back with it.
    pub(super) returned: Option<(Begun, Value)>,
}

impl Case {
    /// Makes the one call.
    pub(super) async fn run(self, app: &TestApp, ready: &Ready) -> Answer {
        let token = &ready.person.token;
        let log_in = |password| json!({"login": ADA, "password": password});
        let proof = json!({"password": PASSWORD});
        let (verification, code) = &ready.code;
        let consent = "/v1/me/consents/profile";
        let receipt = format!("/v1/receipts/{}", ready.receipt);
        let put = |channel: &str| app.call(Method::PUT, &format!("/v1/me/contacts/{channel}"));
        let (call, status) = match self {
            C::Policy => (app.get("/v1/policy"), 200),
            C::Versions => (app.get("/v1/policy/versions"), 200),
            C::Version => (app.get("/v1/policy/versions/personal-center-draft-1"), 200),
            C::Changes => {
                let version = "/v1/policy/versions/personal-center-draft-1";
                (app.get(&format!("{version}/changes?from=general-2022-08-16")), 200)
            }
            C::Clauses => (app.get("/v1/policy/clauses"), 200),
            C::Clause => (app.get("/v1/policy/clauses/C-8.4"), 200),
            C::Inventory => (app.get("/v1/policy/inventory"), 200),
            C::Keys => (app.get("/v1/keys"), 200),
            C::Document => (app.get("/openapi.json"), 200),
            C::Code => {
                let body = TestApp::code_request("carol@example.org");
                (app.post("/v1/verifications").json(&body), 202)
            }
            C::ContactCode => {
                let body = TestApp::contact_request("carol@example.org");
                (app.post("/v1/verifications").bearer(token).json(&body), 202)
            }
            C::Registration => {
                let body = TestApp::account_request(verification, code);
                (app.post("/v1/accounts").json(&body), 201)
            }
            C::WrongCode => {
                let body = TestApp::account_request(verification, "wrong");
                (app.post("/v1/accounts").json(&body), 422)
            }
            C::LogIn => (app.post("/v1/sessions").json(&log_in(PASSWORD)), 201),
            C::WrongPassword => (app.post("/v1/sessions").json(&log_in("wrong horse")), 401),
            C::LogInAtTheLimit => (app.post("/v1/sessions").json(&log_in(PASSWORD)), 409),
            C::SessionList => (app.get("/v1/sessions").bearer(token), 200),
            C::SessionEnd => (app.delete("/v1/sessions/current").bearer(token), 204),
            C::Proof => (app.post("/v1/reauthentications").bearer(token).json(&proof), 204),
            C::Security => (app.get("/v1/me/security").bearer(token), 200),
            C::Profile | C::ProfileAfterAnHour => (app.get("/v1/me").bearer(token), 200),
            C::Retention => (app.get("/v1/me/retention").bearer(token), 200),
            C::Correction => {
                let call = app.patch("/v1/me").bearer(token).header("if-match", "\"1\"");
                (call.json(&json!({"display_name": "Ada"})), 200)
            }
            C::Password => {
                let body = json!({"current": PASSWORD, "new": "another horse battery"});
                (app.call(Method::PUT, "/v1/me/password").bearer(token).json(&body), 204)
            }
            C::Reset | C::ResetByTwo => (app.post("/v1/password-resets").json(&ready.contact), 204),
            C::ResetOfNobody => (app.post("/v1/password-resets").json(&ready.contact), 404),
            C::Detachment | C::DetachmentOfNobody => {
                (app.post("/v1/contact-detachments").json(&ready.contact), 204)
            }
            C::Addition => (put("phone").bearer(token).json(&ready.contact), 200),
            C::Change => (put("email").bearer(token).json(&ready.contact), 200),
            C::ChangeByWrongCode => (put("email").bearer(token).json(&ready.contact), 422),
            C::Removal => (app.delete("/v1/me/contacts/phone").bearer(token), 204),
            C::ChangeTakenBack => (app.delete("/v1/me/contacts/email/change").bearer(token), 204),
            C::ConsentList => (app.get("/v1/me/consents").bearer(token), 200),
            C::Consent => (app.call(http::Method::PUT, consent).bearer(token), 204),
            C::Withdrawal => (app.delete(consent).bearer(token), 204),
            C::Export => (app.post("/v1/me/exports").bearer(token), 201),
            C::ExportWithKey => {
                let call = app.post("/v1/me/exports").bearer(token);
                (call.header("idempotency-key", "once"), 201)
            }
            C::ExportPart => (app.get(&ready.link).bearer(token), 200),
            C::Cancellation => (app.post("/v1/me/cancellation").bearer(token), 202),
            C::CancellationByPassword | C::ErasureAtOnce => {
                (app.post("/v1/me/cancellation").bearer(token).json(&proof), 202)
            }
            C::ChangeOfMind => (app.delete("/v1/me/cancellation").bearer(token), 204),
            C::CancellationLink | C::ChangeLink => (app.get(&ready.link), 200),
            C::CancellationLinkUse | C::ChangeLinkUse => (app.post(&ready.link), 200),
            C::ScheduledReceipt | C::SignedReceipt => (app.get(&receipt), 200),
            C::ThirdParties
            | C::Authorization
            | C::AuthorizationOfHolder
            | C::ReturnPage
            | C::ReturnToLogIn
            | C::ReturnToRegister
            | C::ReturnToLink
            | C::ReturnToProve
            | C::LinkedAccounts
            | C::Unlinking => self.by_third_party(app, ready),
            _ => self.by_factor(app, ready),
        };
        call.send().await.expect(status)
    }
}
