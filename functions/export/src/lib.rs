//! A copy of one's information, in open formats (C-8.5).

mod archive;
mod exports_create;
mod exports_get;
mod fields;
mod members;
mod page;
mod rows;
mod sheet;
mod words;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/me/exports", exports_create::create_export)
        .get("/v1/me/exports/{id}", exports_get::get_export)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(exports_create::create_export, exports_get::get_export))]
pub struct Document;
