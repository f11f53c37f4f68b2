//! Cancellation, change of mind, and receipts (C-8.2, C-8.4).

mod cancellation_create;
mod cancellation_delete;
mod receipts_get;
mod withdrawal;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/me/cancellation", cancellation_create::create_cancellation)
        .delete("/v1/me/cancellation", cancellation_delete::delete_cancellation)
        .get(withdrawal::PATH, withdrawal::get_cancellation_link)
        .post(withdrawal::PATH, withdrawal::use_cancellation_link)
        .get("/v1/receipts/{id}", receipts_get::get_receipt)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    cancellation_create::create_cancellation,
    cancellation_delete::delete_cancellation,
    withdrawal::get_cancellation_link,
    withdrawal::use_cancellation_link,
    receipts_get::get_receipt
))]
pub struct Document;
