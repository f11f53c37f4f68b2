//! `GET /openapi.json`: the API document.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The document, generated from the code and held as a snapshot.
const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// Reads the API document.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "get_openapi", tag = "policy",
    responses(
        (status = 200, description = "This document", body = Object),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_openapi() -> Response {
    (crate::PUBLIC, [(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
