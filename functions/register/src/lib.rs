//! Contact verification and registration (C-2.4).

mod accounts_create;
mod own_contact;
mod verifications_create;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/verifications", verifications_create::create_verification)
        .post("/v1/accounts", accounts_create::create_account)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(verifications_create::create_verification, accounts_create::create_account))]
pub struct Document;
