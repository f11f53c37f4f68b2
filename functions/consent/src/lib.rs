//! Consents: given and withdrawn for each purpose, at any time (C-8.3).

mod consents_change;
mod consents_list;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .get("/v1/me/consents", consents_list::list_consents)
        .put("/v1/me/consents/{purpose}", consents_change::put_consent)
        .delete("/v1/me/consents/{purpose}", consents_change::delete_consent)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    consents_list::list_consents,
    consents_change::put_consent,
    consents_change::delete_consent
))]
pub struct Document;
