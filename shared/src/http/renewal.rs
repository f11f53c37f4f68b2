//! A session that is fresh again, with a new secret where its holder can take it (C-4.1): whoever
//! had the token before the proof has nothing after it.

use super::call::Call;
use super::caller::Caller;
use super::credentials::{by_cookie, cookie};
use super::problem::Problem;
use super::zeroed::SecretJson;
use crate::domain::inventory::{Item, items};
use crate::domain::personal::Secret;
use crate::domain::time::Timestamp;
use crate::error::corrupt;
use crate::records::session::{Session, Token};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// A session's new token.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionRenewed)]
pub struct Renewed {
    /// The token from now on.
    #[schema(value_type = String)]
    token: Secret,
    /// When the session ends at the latest, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// How a session goes on after a proof of identity.
pub struct Renewal {
    token: Option<Token>,
    by_cookie: bool,
    keep: Option<Duration>,
    ends_at: Timestamp,
}

impl Renewal {
    /// Renews the caller's session: it is fresh, and a cookie, or a token where that is asked for,
    /// gets a new secret.
    ///
    /// # Errors
    ///
    /// `Internal` where the session's row has no id.
    pub fn of(call: &Call, caller: &Caller, rotate: bool) -> Result<(Self, Session), Problem> {
        let by_cookie = by_cookie(call);
        let mut session = caller.session.clone();
        session.fresh_until = call.now.plus(call.ports.config.sessions.fresh);
        let token = if by_cookie || rotate {
            let (subject, row) = (&caller.person.subject, &caller.session_row);
            let token = Token::renew(subject, row, &*call.ports.entropy);
            Some(token.ok_or_else(|| corrupt("session", "key"))?)
        } else {
            None
        };
        if let Some(token) = &token {
            session.secret_digest = token.digest();
        }
        let left = u64::try_from(session.ends_at.secs() - call.now.secs()).unwrap_or_default();
        let keep = session.remembered.then(|| Duration::from_secs(left));
        Ok((Self { token, by_cookie, keep, ends_at: session.ends_at }, session))
    }

    /// The items that it touches.
    pub fn touched(&self) -> &'static [&'static Item] {
        match self.token {
            Some(_) => &[&items::SESSION_FRESH, &items::SESSION_SECRET],
            None => &[&items::SESSION_FRESH],
        }
    }

    /// The answer: no content, with the new cookie where there is one; or the new token.
    ///
    /// # Errors
    ///
    /// `Internal` where the cookie cannot be a header.
    pub fn answer(self) -> Result<Response, Problem> {
        let mut answer = StatusCode::NO_CONTENT.into_response();
        match self.token {
            Some(token) if self.by_cookie => {
                let cookie = cookie(&token.reveal(), self.keep)?;
                answer.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            Some(token) => {
                let (token, expires_at) = (token.reveal(), self.ends_at.rfc3339());
                answer = SecretJson(Renewed { token, expires_at }).into_response();
            }
            None => {}
        }
        Ok(answer)
    }
}
