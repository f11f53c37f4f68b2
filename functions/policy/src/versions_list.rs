//! `GET /v1/policy/versions`: every version of every document (C-10.3).

use crate::text::{HeldText, texts};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::policy::{self, Version};
use shared::http::Call;
use utoipa::ToSchema;

/// Every version of every document, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyVersions)]
pub(crate) struct Versions {
    /// Each of them.
    versions: Vec<Listed>,
}

/// A version, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyVersion)]
struct Listed {
    /// The id that an acceptance names.
    id: &'static str,
    /// The document it belongs to: `general` or `personal_center`.
    scope: &'static str,
    /// The title.
    title: &'static str,
    /// The day it takes effect, in Asia/Shanghai, as printed; a draft has none.
    effective: Option<String>,
    /// The day it was updated, as printed.
    updated: String,
    /// Where it stands: `in_force`, `announced`, `superseded`, `draft` or `text_not_held`.
    status: &'static str,
    /// What a reader should know about the version.
    note: &'static str,
    /// Every text that is held; the first is the one that the others follow.
    texts: Vec<HeldText>,
}

/// Lists every version of every document, newest first.
#[utoipa::path(
    get, path = "/v1/policy/versions", operation_id = "list_versions", tag = "policy",
    responses(
        (status = 200, description = "The versions", body = Versions),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_versions(call: Call) -> Response {
    let mut all: Vec<&Version> = policy::ALL.iter().collect();
    all.sort_by_key(|version| std::cmp::Reverse(version.updated));
    let listed = |version: &Version| Listed {
        id: version.id,
        scope: version.scope.name(),
        title: version.title.of(call.locale),
        effective: version.effective.map(|day| day.to_string()),
        updated: version.updated.to_string(),
        status: version.status(call.now).name(),
        note: version.note.of(call.locale),
        texts: texts(version),
    };
    let body = Versions { versions: all.into_iter().map(listed).collect() };
    let language = [(header::CONTENT_LANGUAGE, call.locale.tag())];
    (crate::PUBLIC, language, axum::Json(json!(body))).into_response()
}
