//! Correction of what is held about a person, by that person (C-8.1).

mod me_patch;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new().patch("/v1/me", me_patch::patch_me)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(me_patch::patch_me))]
pub struct Document;
