//! Problem documents (RFC 9457).

use super::catalogue::ProblemKind;
use super::zeroed;
use crate::domain::gate::Refusal;
use crate::domain::locale::{Locale, Text};
use crate::domain::personal::Secret;
use crate::error::{Error, Kind};
use crate::ids::RequestId;
use crate::vault::Denied;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// The start of every problem's type.
const TYPE_PREFIX: &str = "urn:personal-center:problem:";

/// What is wrong with one part of a request.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer into the body (RFC 6901), or the name of a header or query parameter.
    pub at: String,
    /// What is wrong; holds nothing of the value.
    pub detail: String,
}

/// A problem on its way to an answer.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ProblemKind,
    detail: Text,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
    members: Map<String, Value>,
    secrets: BTreeMap<&'static str, Secret>,
    conflict: bool,
    log: Option<String>,
}

/// A problem (RFC 9457). Further members by type: `ticket` and `expires_at` (session-limit), `state`
/// (wrong-state), `erased_at` and `receipt` (erased), `policy_version` (policy-outdated,
/// policy-text-not-held), `purpose` (no-consent, basic-purpose), `final_at` (contact-change-open).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:personal-center:problem:invalid", "title": "The request breaks a rule", "status": 422,
    "detail": "Correct what `errors` names and send it again.",
    "instance": "req_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "errors": [{"at": "/address", "detail": "has no @"}]
}))]
pub struct ProblemDocument {
    /// The type, a URI that never changes.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in the reader's language.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What to do, in the reader's language.
    pub detail: String,
    /// The request id.
    pub instance: String,
    /// The parts of the request that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub retry_after: Option<u64>,
    /// What else the type says.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: Map<String, Value>,
    /// What of it is secret.
    #[serde(flatten)]
    #[schema(ignore)]
    pub secrets: BTreeMap<&'static str, Secret>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: ProblemKind) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: kind.entry().advice,
            errors: Vec::new(),
            retry_after: None,
            members: Map::new(),
            secrets: BTreeMap::new(),
            conflict: false,
            log: None,
        }))
    }

    /// A request whose parts are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(ProblemKind::Invalid);
        problem.0.errors = errors;
        problem
    }

    /// What is wrong this time and what to do, where that is more than its kind says.
    #[must_use]
    pub(super) fn saying(mut self, detail: Text) -> Self {
        self.0.detail = detail;
        self
    }

    /// One part that is wrong.
    #[must_use]
    pub fn at(mut self, at: &str, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { at: at.to_owned(), detail: detail.into() });
        self
    }

    /// A wait, after which the request may succeed.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait.as_secs().max(1));
        self
    }

    /// A further member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// A further member that is a secret: no log shows it, and it is overwritten when dropped.
    #[must_use]
    pub fn with_secret(mut self, name: &'static str, secret: Secret) -> Self {
        self.0.secrets.insert(name, secret);
        self
    }

    /// Its kind.
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// Whether it comes from other writes that got in the way.
    pub fn is_conflict(&self) -> bool {
        self.0.conflict
    }

    /// What the log says about it: the internal cause, without personal data.
    pub fn log(&self) -> Option<&str> {
        self.0.log.as_deref()
    }

    /// The document in a language.
    pub fn document(&self, locale: Locale, request: &RequestId) -> ProblemDocument {
        let entry = self.0.kind.entry();
        ProblemDocument {
            kind: format!("{TYPE_PREFIX}{}", entry.slug),
            title: entry.title.of(locale).to_owned(),
            status: entry.status.as_u16(),
            detail: self.0.detail.of(locale).to_owned(),
            instance: request.to_string(),
            errors: self.0.errors.clone(),
            retry_after: self.0.retry_after,
            members: self.0.members.clone(),
            secrets: self.0.secrets.clone(),
        }
    }

    /// Renders the document over an answer that carries the problem, keeping its headers.
    pub(super) fn render(&self, mut answer: Response, locale: Locale, id: &RequestId) -> Response {
        let body = zeroed::render(&self.document(locale, id)).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let headers = answer.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
        if let Some(secs) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.0.kind == ProblemKind::Unauthenticated {
            let bearer = HeaderValue::from_static("Bearer realm=\"personal-center\"");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        *answer.status_mut() = self.0.kind.entry().status;
        *answer.body_mut() = Body::from(body);
        answer
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = self.0.kind.entry().status.into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self::new(kind)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let later = |kind, secs| Self::new(kind).after(Duration::from_secs(secs));
        let mut problem = match error.kind() {
            Kind::Conflict(_) => later(ProblemKind::Busy, 1),
            Kind::Throttled | Kind::Unavailable => later(ProblemKind::Unavailable, 2),
            Kind::Closed => later(ProblemKind::Restoring, 300),
            Kind::Corrupt | Kind::Limit | Kind::Config | Kind::Internal => {
                Self::new(ProblemKind::Internal)
            }
        };
        problem.0.conflict = error.is_conflict();
        problem.0.log = Some(error.chain());
        problem
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Failed(error) => error.into(),
            Denied::Refused(Refusal::Unknown) => ProblemKind::Unauthenticated.into(),
            Denied::Refused(Refusal::Erased) => ProblemKind::Erased.into(),
            Denied::Refused(Refusal::Erasing) => ProblemKind::Erasing.into(),
            Denied::Refused(Refusal::State(state)) => {
                Self::new(ProblemKind::WrongState).with("state", state.name())
            }
            Denied::Refused(Refusal::NoConsent(purpose)) => {
                Self::new(ProblemKind::NoConsent).with("purpose", purpose.name())
            }
        }
    }
}

#[cfg(test)]
mod tests;
