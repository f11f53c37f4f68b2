//! `GET /v1/policy/versions/{id}/changes`: what changed between two versions (C-10.3).

use crate::compare::{Passage, changes};
use crate::query::Query;
use crate::text::not_held;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::policy::find;
use shared::http::{Call, Id, Missing, Problem};
use shared::records::evidence::text_digest;
use utoipa::ToSchema;

/// What changed from one version to another, in one language.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyChanges)]
pub(crate) struct Comparison {
    /// The version before.
    from: &'static str,
    /// SHA-256 of its text, hex.
    from_digest: String,
    /// The version after.
    to: &'static str,
    /// SHA-256 of its text, hex.
    to_digest: String,
    /// The language of both texts.
    text_language: &'static str,
    /// What changed, in the order of the texts; the paragraphs between are the same.
    changes: Vec<Passage>,
}

/// Lists what changed between any two versions whose text is held, paragraph by paragraph.
#[utoipa::path(
    get, path = "/v1/policy/versions/{id}/changes", operation_id = "list_changes", tag = "policy",
    params(
        ("id" = String, Path, description = "The version after"),
        ("from" = String, Query, description = "The version before"),
        ("language" = Option<String>, Query, description = "`zh-CN` or `en`; otherwise `Accept-Language`"),
    ),
    responses(
        (status = 200, description = "What changed", body = Comparison),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_changes(
    call: Call,
    Id(id): Id,
    query: Query,
) -> Result<Response, Problem> {
    let wrong = |what: &str| Problem::invalid(Vec::new()).at("from", what);
    let to = find(&id).ok_or(Missing::Version)?;
    let from = query.from.ok_or_else(|| wrong("names the version to compare with"))?;
    let from = find(&from).ok_or_else(|| wrong("names no version"))?;
    let language = query.language.unwrap_or(call.locale);
    let before = from.held(language).ok_or_else(|| not_held(from))?.text();
    let after = to.held(language).ok_or_else(|| not_held(to))?.text();
    let body = Comparison {
        from: from.id,
        from_digest: text_digest(&before),
        to: to.id,
        to_digest: text_digest(&after),
        text_language: language.tag(),
        changes: changes(&before, &after),
    };
    let language = [(header::CONTENT_LANGUAGE, language.tag())];
    Ok((crate::PUBLIC, language, axum::Json(json!(body))).into_response())
}
