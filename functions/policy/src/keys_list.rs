//! `GET /v1/keys`: the public keys that receipts verify with.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::http::{Call, Problem};
use shared::vault::PublicKey;
use utoipa::ToSchema;

/// A JSON Web Key Set (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(crate) struct Keys {
    /// Each of them.
    keys: Vec<PublicKey>,
}

/// Lists the public keys.
#[utoipa::path(
    get, path = "/v1/keys", operation_id = "list_keys", tag = "policy",
    responses(
        (status = 200, description = "The keys", body = Keys),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_keys(call: Call) -> Result<Response, Problem> {
    let keys = call.ports.vault.receipt_keys().await?;
    Ok((crate::PUBLIC, axum::Json(json!(Keys { keys }))).into_response())
}
