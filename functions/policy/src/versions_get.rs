//! `GET /v1/policy/versions/{id}`: the text of one version (C-10.3).

use crate::query::Query;
use crate::text::{Policy, not_held, shown};
use axum::response::Response;
use shared::domain::policy::find;
use shared::http::{Call, Id, Missing, Problem};

/// Reads one version: a language that is asked for is given, or said not to be held.
#[utoipa::path(
    get, path = "/v1/policy/versions/{id}", operation_id = "get_version", tag = "policy",
    params(
        ("id" = String, Path, description = "The version"),
        ("language" = Option<String>, Query, description = "`zh-CN` or `en`; otherwise `Accept-Language`"),
    ),
    responses(
        (status = 200, description = "The version", body = Policy),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_version(call: Call, Id(id): Id, query: Query) -> Result<Response, Problem> {
    let version = find(&id).ok_or(Missing::Version)?;
    let held = match query.language {
        Some(language) => version.held(language),
        None => version.shown(call.locale),
    };
    let held = held.ok_or_else(|| not_held(version))?;
    Ok(shown(version, held, call.now, query.language.unwrap_or(call.locale)))
}
