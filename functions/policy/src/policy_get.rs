//! `GET /v1/policy`: the policy in force.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::policy;
use shared::http::Call;
use shared::records::evidence::text_digest;
use utoipa::ToSchema;

/// The policy in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct Policy {
    /// The version that an acceptance names.
    version: &'static str,
    /// The scope of the document: `general`.
    scope: &'static str,
    /// The title as printed.
    title: &'static str,
    /// The day it takes effect, in Asia/Shanghai.
    effective: &'static str,
    /// The day it was updated, as its head prints it.
    updated: &'static str,
    /// The language of the text.
    text_language: &'static str,
    /// What a reader should know about the text.
    note: &'static str,
    /// SHA-256 of the text, hex: what an acceptance keeps.
    digest: String,
    /// The controller and its address.
    controller: &'static str,
    /// The address for questions, comments, suggestions and complaints.
    contact: &'static str,
    /// The text.
    text: &'static str,
}

/// Reads the policy in force.
#[utoipa::path(
    get, path = "/v1/policy", operation_id = "get_policy", tag = "policy",
    responses(
        (status = 200, description = "The policy in force", body = Policy),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_policy(call: Call) -> Response {
    let version = policy::IN_FORCE;
    let body = Policy {
        version: version.id,
        scope: version.scope,
        title: version.title,
        effective: version.effective,
        updated: version.updated,
        text_language: version.language,
        note: version.note.of(call.locale),
        digest: text_digest(&version),
        controller: policy::CONTROLLER,
        contact: policy::CONTACT,
        text: version.text,
    };
    let language = [(header::CONTENT_LANGUAGE, call.locale.tag())];
    (crate::PUBLIC, language, axum::Json(json!(body))).into_response()
}
