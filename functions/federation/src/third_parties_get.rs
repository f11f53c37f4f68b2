//! `GET /v1/me/third-parties`: the third-party accounts that are linked.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::http::{Access, Call, Caller, Problem};
use utoipa::ToSchema;

/// The third-party accounts that are linked.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkedAccounts {
    /// Each of them: all that is kept of it.
    third_parties: Vec<shared::domain::third_party::ThirdParty>,
}

/// Lists the third-party accounts that are linked, with all that is kept of them.
#[utoipa::path(
    get, path = "/v1/me/third-parties", operation_id = "get_third_parties", tag = "federation",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The linked accounts", body = LinkedAccounts),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_third_parties(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Read).await?;
    let third_parties = caller.person.profile.third_parties;
    Ok(axum::Json(json!(LinkedAccounts { third_parties })).into_response())
}
