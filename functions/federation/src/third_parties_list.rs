//! `GET /v1/third-parties`: the third parties that one can log in by.

use crate::desk::Desk;
use axum::Extension;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::http::{Call, Problem};
use std::sync::Arc;
use utoipa::ToSchema;

/// The third parties that one can log in by.
#[derive(Serialize, ToSchema)]
pub(crate) struct ThirdParties {
    /// Each of them.
    third_parties: Vec<Listed>,
}

/// A third party.
#[derive(Serialize, ToSchema)]
#[schema(as = ThirdParty)]
struct Listed {
    /// Its name in paths.
    provider: String,
    /// What it is called, in the reader's language.
    label: String,
}

/// Lists the third parties that one can log in by.
#[utoipa::path(
    get, path = "/v1/third-parties", operation_id = "list_third_parties", tag = "federation",
    responses(
        (status = 200, description = "The third parties", body = ThirdParties),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_third_parties(
    call: Call,
    Extension(desk): Extension<Arc<Desk>>,
) -> Result<Response, Problem> {
    let settings = desk.settings(&call.ports).await?;
    let listed = settings.providers.iter().map(|provider| Listed {
        provider: provider.name.clone(),
        label: provider.label.of(call.locale).to_owned(),
    });
    Ok(axum::Json(json!(ThirdParties { third_parties: listed.collect() })).into_response())
}
