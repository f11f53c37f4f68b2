//! `GET /v1/policy`: the policy in force.

use crate::query::Query;
use crate::text::{Policy, not_held, shown};
use axum::response::Response;
use shared::domain::inventory::Scope;
use shared::domain::policy::in_force;
use shared::http::{Call, Missing, Problem};

/// Reads the policy in force, in the reader's language where its text is held in it.
#[utoipa::path(
    get, path = "/v1/policy", operation_id = "get_policy", tag = "policy",
    params(("language" = Option<String>, Query, description = "`zh-CN` or `en`; otherwise `Accept-Language`")),
    responses(
        (status = 200, description = "The policy in force", body = Policy),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_policy(call: Call, query: Query) -> Result<Response, Problem> {
    let version = in_force(Scope::General, call.now).ok_or(Missing::Policy)?;
    let reader = query.language.unwrap_or(call.locale);
    let held = version.shown(reader).ok_or_else(|| not_held(version))?;
    Ok(shown(version, held, call.now, reader))
}
