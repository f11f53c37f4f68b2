//! `GET /v1/me`: the profile.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use shared::http::{Access, Call, Caller, Problem, etag};
use shared::records::profile;

/// Reads the profile: every item of the inventory that is shown there, as far as given.
#[utoipa::path(
    get, path = "/v1/me", operation_id = "get_me", tag = "access",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The profile", body = profile::Me,
            headers(("ETag" = String, description = "The version, for `If-Match`"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_me(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Read).await?;
    let person = &caller.person;
    let tag = [(header::ETAG, etag(person.account.version))];
    Ok((tag, axum::Json(profile::shown(person, call.now)?)).into_response())
}
