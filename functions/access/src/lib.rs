//! What is held about a person, shown to that person (C-8.1).

mod me_get;
mod retention_get;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .get("/v1/me", me_get::get_me)
        .get("/v1/me/retention", retention_get::get_retention)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(me_get::get_me, retention_get::get_retention))]
pub struct Document;
