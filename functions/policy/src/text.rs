//! What is shown of a version: its text in a language, and the way to the others.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::locale::Locale;
use shared::domain::policy::{self, Held, Version};
use shared::domain::time::Timestamp;
use shared::http::{Problem, ProblemKind};
use shared::records::evidence::text_digest;
use utoipa::ToSchema;

/// A version of the policy, with its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct Policy {
    /// The version that an acceptance names.
    version: &'static str,
    /// The document it belongs to: `general` or `personal_center`.
    scope: &'static str,
    /// The title, in the language of the text.
    title: &'static str,
    /// The day it takes effect, in Asia/Shanghai, as printed; a draft has none.
    effective: Option<String>,
    /// The day it was updated, as printed.
    updated: String,
    /// Where it stands: `in_force`, `announced`, `superseded`, `draft` or `text_not_held`.
    status: &'static str,
    /// The language of the text.
    text_language: &'static str,
    /// What the text is worth: `original`, `unofficial_translation` or `draft`.
    standing: &'static str,
    /// What a reader should know about the version.
    note: &'static str,
    /// SHA-256 of the text, hex: what an acceptance keeps.
    digest: String,
    /// Every text that is held; the first is the one that the others follow.
    texts: Vec<HeldText>,
    /// The controller and its address.
    controller: &'static str,
    /// The address for questions, comments, suggestions and complaints.
    contact: &'static str,
    /// The text, a paragraph a line.
    text: String,
}

/// A text that is held.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldText {
    /// Its language.
    language: &'static str,
    /// What it is worth: `original`, `unofficial_translation` or `draft`.
    standing: &'static str,
    /// SHA-256 of it, hex.
    digest: String,
    /// Where it is read.
    href: String,
}

/// The texts that are held of a version.
pub(crate) fn texts(version: &Version) -> Vec<HeldText> {
    let held = |text: &Held| HeldText {
        language: text.language.tag(),
        standing: text.standing.name(),
        digest: text_digest(&text.text()),
        href: format!("/v1/policy/versions/{}?language={}", version.id, text.language.tag()),
    };
    version.texts.iter().map(held).collect()
}

/// The answer that shows a text of a version.
pub(crate) fn shown(version: &Version, held: &Held, at: Timestamp, reader: Locale) -> Response {
    let text = held.text().into_owned();
    let body = Policy {
        version: version.id,
        scope: version.scope.name(),
        title: version.title.of(held.language),
        effective: version.effective.map(|day| day.to_string()),
        updated: version.updated.to_string(),
        status: version.status(at).name(),
        text_language: held.language.tag(),
        standing: held.standing.name(),
        note: version.note.of(reader),
        digest: text_digest(&text),
        texts: texts(version),
        controller: policy::CONTROLLER,
        contact: policy::CONTACT,
        text,
    };
    let language = [(header::CONTENT_LANGUAGE, reader.tag())];
    (crate::PUBLIC, language, axum::Json(json!(body))).into_response()
}

/// The problem of a text that is not held.
pub(crate) fn not_held(version: &Version) -> Problem {
    Problem::new(ProblemKind::PolicyTextNotHeld).with("policy_version", version.id)
}
