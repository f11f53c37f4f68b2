//! Log-in, fresh authentication, the list of sessions and their end, the security page (C-4.1, C-7.3).

mod ladder;
mod login;
mod reauthentications_create;
mod security_get;
mod sessions_create;
mod sessions_delete;
mod sessions_list;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/sessions", sessions_create::create_session)
        .get("/v1/sessions", sessions_list::list_sessions)
        .delete("/v1/sessions/{id}", sessions_delete::delete_session)
        .post("/v1/reauthentications", reauthentications_create::create_reauthentication)
        .get("/v1/me/security", security_get::get_security)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    sessions_create::create_session,
    sessions_list::list_sessions,
    sessions_delete::delete_session,
    reauthentications_create::create_reauthentication,
    security_get::get_security
))]
pub struct Document;
