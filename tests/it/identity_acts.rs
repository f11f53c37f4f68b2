//! What people do with their accounts, one step each, over HTTP.
//!
//! A further operation is an arm of [`Step`], of [`Hands::act`] and of `expected` in
//! `identity_walk.rs`.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::contact_calls::channel;
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The names that all the people have among them: any of them may be anyone's.
pub(crate) const ADDRESSES: [&str; 6] = [
    "ada@example.org",
    "bob@example.org",
    "eve@example.org",
    "+8613800138000",
    "+8613900139000",
    "+8613700137000",
];
pub(crate) const WRONG: &str = "wrong horse battery";

/// A step. Numbers stand for what there is at the time: they are taken modulo how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Register { address: usize },
    LogIn { address: usize, right: bool },
    Look { session: usize },
    LogOut { session: usize },
    End { session: usize, other: usize },
    Prove { session: usize, right: bool },
    ChangePassword { session: usize, right: bool },
    Rename { session: usize },
    SetContact { session: usize, address: usize },
    RemoveContact { session: usize, phone: bool },
    TakeBack { session: usize, phone: bool },
    Cancel { session: usize },
    Withdraw { session: usize },
    AskForACopy { session: usize },
    ReadCopy { session: usize, copy: usize },
    Wait { minutes: u64 },
}

/// From here on, a number stands for any session that ever was; below, for a live one.
const ANY: usize = 100;

/// A session, mostly one that is live.
fn session() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 0..6_usize, 1 => ANY..300]
}

/// Any step, those that make people and sessions more often.
pub(crate) fn any_step() -> impl Strategy<Value = Step> {
    let flag = any::<bool>;
    let right = || prop::bool::weighted(0.7);
    let address = || 0..ADDRESSES.len();
    prop_oneof![
        2 => address().prop_map(|address| Step::Register { address }),
        6 => (address(), right()).prop_map(|(address, right)| Step::LogIn { address, right }),
        2 => session().prop_map(|session| Step::Look { session }),
        2 => session().prop_map(|session| Step::LogOut { session }),
        2 => (session(), session()).prop_map(|(session, other)| Step::End { session, other }),
        3 => (session(), right()).prop_map(|(session, right)| Step::Prove { session, right }),
        2 => (session(), right())
            .prop_map(|(session, right)| Step::ChangePassword { session, right }),
        2 => session().prop_map(|session| Step::Rename { session }),
        7 => (session(), address())
            .prop_map(|(session, address)| Step::SetContact { session, address }),
        2 => (session(), flag()).prop_map(|(session, phone)| Step::RemoveContact { session, phone }),
        2 => (session(), flag()).prop_map(|(session, phone)| Step::TakeBack { session, phone }),
        2 => session().prop_map(|session| Step::Cancel { session }),
        1 => session().prop_map(|session| Step::Withdraw { session }),
        2 => session().prop_map(|session| Step::AskForACopy { session }),
        2 => (session(), 0..4_usize).prop_map(|(session, copy)| Step::ReadCopy { session, copy }),
        2 => prop::sample::select(vec![1, 1, 11, 11, 11, 25 * 60, 8 * 24 * 60])
            .prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// The token of a session, and what it names: the person and the session.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) token: String,
    pub(crate) person: String,
    pub(crate) id: String,
}

/// Everything that was ever handed over, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands {
    pub(crate) sessions: Vec<Held>,
    pub(crate) copies: Vec<String>,
    /// The sessions that are live, where somebody knows.
    pub(crate) live: Vec<usize>,
}

/// The channel that a step names.
pub(crate) fn contact_kind(phone: bool) -> &'static str {
    if phone { "phone" } else { "email" }
}

impl Hands {
    /// Which session a number stands for: 0 is the newest.
    pub(crate) fn session(&self, n: usize) -> Option<usize> {
        let all = self.sessions.len();
        match self.live.len() {
            0 => (all > 0).then(|| all - 1 - n % all),
            live if n < ANY => Some(self.live[live - 1 - n % live]),
            _ => Some(n % all),
        }
    }

    /// Which copy a number stands for.
    pub(crate) fn copy(&self, n: usize) -> Option<usize> {
        (!self.copies.is_empty()).then(|| n % self.copies.len())
    }

    /// Takes what an answer hands over.
    pub(crate) fn take(&mut self, answer: &Answer) {
        if let Some(token) = answer.body["token"].as_str() {
            let parts: Vec<_> = token.split('_').collect();
            let (person, id) = (format!("sub_{}", parts[1]), format!("ses_{}", parts[2]));
            self.sessions.push(Held { token: token.to_owned(), person, id });
        }
        if let Some(href) = answer.body["parts"][0]["href"].as_str() {
            self.copies.push(href.to_owned());
        }
    }

    /// Makes a step; nothing where there is nothing yet to make it with. `right` is the password
    /// that is right for whom the step is about, `new` the one that a change sets.
    pub(crate) async fn act(
        &self,
        app: &TestApp,
        step: Step,
        (right, new): (&str, &str),
    ) -> Option<Answer> {
        let password = |is_right: bool| if is_right { right } else { WRONG };
        let held = |n: usize| self.session(n).map(|n| &self.sessions[n]);
        let bearer = |method: Method, path: &str, n: usize| {
            held(n).map(|held| app.call(method, path).bearer(&held.token))
        };
        let call = match step {
            Step::Register { address } => return Some(register(app, ADDRESSES[address]).await),
            Step::LogIn { address, right } => {
                let body = json!({"login": ADDRESSES[address], "password": password(right)});
                app.post("/v1/sessions").json(&body)
            }
            Step::Look { session } => bearer(Method::GET, "/v1/me", session)?,
            Step::LogOut { session } => bearer(Method::DELETE, "/v1/sessions/current", session)?,
            Step::End { session, other } => {
                let path = format!("/v1/sessions/{}", held(other)?.id);
                bearer(Method::DELETE, &path, session)?
            }
            Step::Prove { session, right } => {
                let body = json!({"password": password(right)});
                bearer(Method::POST, "/v1/reauthentications", session)?.json(&body)
            }
            Step::ChangePassword { session, right } => {
                let body = json!({"current": password(right), "new": new});
                bearer(Method::PUT, "/v1/me/password", session)?.json(&body)
            }
            Step::Rename { session } => {
                let call = bearer(Method::PATCH, "/v1/me", session)?.header("if-match", "*");
                call.json(&json!({"display_name": new}))
            }
            Step::SetContact { session, address } => {
                return Some(set_contact(app, &held(session)?.token, ADDRESSES[address]).await);
            }
            Step::RemoveContact { session, phone } => {
                let path = format!("/v1/me/contacts/{}", contact_kind(phone));
                bearer(Method::DELETE, &path, session)?
            }
            Step::TakeBack { session, phone } => {
                let path = format!("/v1/me/contacts/{}/change", contact_kind(phone));
                bearer(Method::DELETE, &path, session)?
            }
            Step::Cancel { session } => bearer(Method::POST, "/v1/me/cancellation", session)?,
            Step::Withdraw { session } => bearer(Method::DELETE, "/v1/me/cancellation", session)?,
            Step::AskForACopy { session } => bearer(Method::POST, "/v1/me/exports", session)?,
            Step::ReadCopy { session, copy } => {
                bearer(Method::GET, &self.copies[self.copy(copy)?], session)?
            }
            Step::Wait { .. } => return None,
        };
        Some(call.send().await)
    }
}

/// Registers with a code, where one is to be had.
async fn register(app: &TestApp, address: &str) -> Answer {
    let asked = app.post("/v1/verifications").json(&TestApp::code_request(address)).send().await;
    if asked.status != 202 {
        return asked;
    }
    let code = app.mailed_code(address).await;
    let body: Value = TestApp::account_request(&asked.body["verification"], &code);
    assert_eq!(body["password"], PASSWORD);
    app.post("/v1/accounts").json(&body).send().await
}

/// Sets a contact by a code, where one is to be had.
async fn set_contact(app: &TestApp, token: &str, address: &str) -> Answer {
    let body = TestApp::contact_request(address);
    let asked = app.post("/v1/verifications").bearer(token).json(&body).send().await;
    if asked.status != 202 {
        return asked;
    }
    let code = app.mailed_code(address).await;
    let body = json!({"verification": asked.body["verification"], "code": code});
    let path = format!("/v1/me/contacts/{}", channel(address));
    app.call(Method::PUT, &path).bearer(token).json(&body).send().await
}
