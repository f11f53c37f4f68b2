//! What was handed over to people, and what they do with it.

use super::{ADDRESSES, ANY, PARTIES, Step, WRONG, contact_kind, flows, recovery};
use crate::app::{Answer, TestApp};
use crate::call::Call;
use crate::factor_calls::{App, TOTP, codes};
use crate::idp::Idp;
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The token of a session, and what it names: the person and the session.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) token: String,
    pub(crate) person: String,
    pub(crate) id: String,
    /// It came as a cookie, and is sent as one.
    pub(crate) cookie: bool,
}

impl Held {
    /// A token that was handed over; nothing in the cookie that takes one away.
    fn of(token: &str, cookie: bool) -> Option<Self> {
        let parts: Vec<_> = token.split('_').collect();
        let &[_, person, id, _] = parts.as_slice() else { return None };
        let (person, id) = (format!("sub_{person}"), format!("ses_{id}"));
        Some(Self { token: token.to_owned(), person, id, cookie })
    }
}

/// Everything that was ever handed over, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands {
    pub(crate) sessions: Vec<Held>,
    pub(crate) copies: Vec<String>,
    /// Tickets of the session limit.
    pub(crate) tickets: Vec<String>,
    /// The app that each person set up last.
    pub(crate) apps: BTreeMap<String, App>,
    /// The sessions that are live, where somebody knows.
    pub(crate) live: Vec<usize>,
}

/// With what a step is made, where it is about somebody.
#[derive(Clone, Copy)]
pub(crate) struct With<'a> {
    /// The password that is right.
    pub(crate) right: &'a str,
    /// The one that a change sets.
    pub(crate) new: &'a str,
    /// The name that a correction sets: no part of a password.
    pub(crate) name: &'a str,
    /// The app that was set up last.
    pub(crate) app: Option<&'a App>,
    /// The third party.
    pub(crate) idp: &'a Idp,
}

impl With<'_> {
    fn password(&self, is_right: bool) -> &str {
        if is_right { self.right } else { WRONG }
    }

    /// A code as a member of a body; a wrong one where there is no app.
    fn factor(&self, app: &TestApp, factor: usize, mut body: Value) -> Value {
        let (member, code) = match (recovery(factor), self.app) {
            (None, own) => ("totp", own.map(|own| own.code(app))),
            (Some(n), own) => ("recovery_code", own.map(|own| own.recovery[n].clone())),
        };
        body[member] = json!(code.unwrap_or_else(|| "000000".to_owned()));
        body
    }
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

    /// Which ticket a number stands for: 0 is the newest.
    pub(crate) fn ticket(&self, n: usize) -> Option<usize> {
        let all = self.tickets.len();
        (all > 0).then(|| all - 1 - n % all)
    }

    /// Takes what an answer hands over; gives the token that a new one stands in the place of.
    pub(crate) fn take(&mut self, answer: &Answer) -> Option<String> {
        let text = |member: &str| answer.body[member].as_str().map(str::to_owned);
        if let Some(href) = answer.body["parts"][0]["href"].as_str() {
            self.copies.push(href.to_owned());
        }
        self.tickets.extend(text("ticket"));
        if let (Some(secret), Some(of)) = (text("secret"), text("of")) {
            self.apps.insert(of, App { secret, recovery: codes(answer) });
        }
        let set = answer.header("set-cookie").and_then(|set| set.strip_prefix("__Host-pc="));
        let cookie = set.and_then(|set| set.split(';').next());
        let token = text("token").and_then(|token| Held::of(&token, false));
        let new = token.or_else(|| cookie.and_then(|token| Held::of(token, true)))?;
        if let Some(held) = self.sessions.iter_mut().find(|held| held.id == new.id) {
            return Some(std::mem::replace(held, new).token);
        }
        self.sessions.push(new);
        None
    }

    /// A call with a session.
    fn call<'a>(
        &self,
        app: &'a TestApp,
        (method, path): (Method, &str),
        n: usize,
    ) -> Option<Call<'a>> {
        let held = &self.sessions[self.session(n)?];
        let call = app.call(method, path);
        Some(if held.cookie {
            call.header("cookie", format!("__Host-pc={}", held.token))
        } else {
            call.bearer(&held.token)
        })
    }

    /// Makes a step; nothing where there is nothing yet to make it with.
    pub(crate) async fn act(&self, app: &TestApp, step: Step, with: With<'_>) -> Option<Answer> {
        let held = |n: usize| self.session(n).map(|n| &self.sessions[n]);
        let call = |method: Method, path: &str, n: usize| self.call(app, (method, path), n);
        let log_in = |address: usize, right: bool| json!({"login": ADDRESSES[address], "password": with.password(right)});
        let call = match step {
            Step::Register { address } => {
                return Some(flows::register(app, ADDRESSES[address]).await);
            }
            Step::LogIn { address, right } => {
                app.post("/v1/sessions").json(&log_in(address, right))
            }
            Step::LogInAsCookie { address } => {
                let mut body = log_in(address, true);
                body["as"] = json!("cookie");
                app.post("/v1/sessions").json(&body)
            }
            Step::LogInBy { address, factor } => {
                let body = with.factor(app, factor, log_in(address, true));
                app.post("/v1/sessions").json(&body)
            }
            Step::EndByTicket { ticket, session } => {
                let ticket = &self.tickets[self.ticket(ticket)?];
                self.look_by_ticket(app, ticket).await;
                let path = format!("/v1/sessions/{}", held(session)?.id);
                app.delete(&path).bearer(ticket)
            }
            Step::Look { session } => call(Method::GET, "/v1/me", session)?,
            Step::LogOut { session } => call(Method::DELETE, "/v1/sessions/current", session)?,
            Step::End { session, other } => {
                let path = format!("/v1/sessions/{}", held(other)?.id);
                call(Method::DELETE, &path, session)?
            }
            Step::Prove { session, right } => {
                let body = json!({"password": with.password(right)});
                call(Method::POST, "/v1/reauthentications", session)?.json(&body)
            }
            Step::ProveBy { session, factor, rotate } => {
                let body = with.factor(app, factor, json!({"rotate": rotate}));
                call(Method::POST, "/v1/reauthentications", session)?.json(&body)
            }
            Step::ProveByCode { session, phone } => {
                let (token, kind) = (&held(session)?.token, contact_kind(phone));
                return Some(flows::prove_by_code(app, token, kind).await);
            }
            Step::ChangePassword { session, right } => {
                let body = json!({"current": with.password(right), "new": with.new});
                call(Method::PUT, "/v1/me/password", session)?.json(&body)
            }
            Step::Reset { address } => {
                return Some(flows::reset(app, ADDRESSES[address], with.new).await);
            }
            Step::SetUpTotp { session } => {
                let held = held(session)?;
                return Some(flows::set_up(app, &held.token, &held.person).await);
            }
            Step::RemoveTotp { session } => call(Method::DELETE, TOTP, session)?,
            Step::Rename { session } => {
                let call = call(Method::PATCH, "/v1/me", session)?.header("if-match", "*");
                call.json(&json!({"display_name": with.name}))
            }
            Step::SetContact { session, address } => {
                let token = &held(session)?.token;
                return Some(flows::set_contact(app, token, ADDRESSES[address]).await);
            }
            Step::RemoveContact { session, phone } => {
                let path = format!("/v1/me/contacts/{}", contact_kind(phone));
                call(Method::DELETE, &path, session)?
            }
            Step::TakeBack { session, phone } => {
                let path = format!("/v1/me/contacts/{}/change", contact_kind(phone));
                call(Method::DELETE, &path, session)?
            }
            Step::Detach { address } => return Some(flows::detach(app, ADDRESSES[address]).await),
            Step::Link { session, party } => {
                let whose = (with.idp, PARTIES[party]);
                return Some(flows::link(app, whose, &held(session)?.token).await);
            }
            Step::LogInByParty { party, by_app } => {
                let body = if by_app { with.factor(app, 0, json!({})) } else { json!({}) };
                return Some(flows::log_in_by(app, (with.idp, PARTIES[party]), body).await);
            }
            Step::Unlink { session } => {
                call(Method::DELETE, "/v1/me/third-parties/example", session)?
            }
            Step::Cancel { session } => call(Method::POST, "/v1/me/cancellation", session)?,
            Step::Withdraw { session } => call(Method::DELETE, "/v1/me/cancellation", session)?,
            Step::AskForACopy { session } => call(Method::POST, "/v1/me/exports", session)?,
            Step::ReadCopy { session, copy } => {
                call(Method::GET, &self.copies[self.copy(copy)?], session)?
            }
            Step::Wait { .. } => return None,
        };
        Some(call.send().await)
    }

    /// A ticket lists the sessions of its person and nothing else, where it still counts.
    async fn look_by_ticket(&self, app: &TestApp, ticket: &str) {
        let person = Held::of(ticket, false).expect("a token").person;
        assert_ne!(app.me(ticket).await.status, 200, "a ticket is no session");
        let listed = app.get("/v1/sessions").bearer(ticket).send().await;
        for session in listed.body["sessions"].as_array().into_iter().flatten() {
            let held = self.sessions.iter().find(|held| session["id"] == held.id);
            // One that another client has just opened is in nobody's hands here.
            assert!(held.is_none_or(|held| held.person == person), "{}", listed.text);
        }
    }
}
