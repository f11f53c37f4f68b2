//! The policy, the inventory and the public keys, readable by anyone (C-2.1, C-2.5, C-10.3).

mod changes_list;
mod clauses_get;
mod clauses_list;
mod compare;
mod document_get;
mod inventory_get;
mod keys_list;
mod limits;
mod policy_get;
mod query;
mod text;
mod trace;
mod versions_get;
mod versions_list;

pub use trace::{Test, Trace, traces};

use axum::http::{HeaderName, header};
use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .get("/v1/policy", policy_get::get_policy)
        .get("/v1/policy/versions", versions_list::list_versions)
        .get("/v1/policy/versions/{id}", versions_get::get_version)
        .get("/v1/policy/versions/{id}/changes", changes_list::list_changes)
        .get("/v1/policy/clauses", clauses_list::list_clauses)
        .get("/v1/policy/clauses/{id}", clauses_get::get_clause)
        .get("/v1/policy/inventory", inventory_get::get_inventory)
        .get("/v1/keys", keys_list::list_keys)
        .get("/openapi.json", document_get::get_openapi)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    policy_get::get_policy,
    versions_list::list_versions,
    versions_get::get_version,
    changes_list::list_changes,
    clauses_list::list_clauses,
    clauses_get::get_clause,
    inventory_get::get_inventory,
    keys_list::list_keys,
    document_get::get_openapi
))]
pub struct Document;

/// What is public may be kept for five minutes.
const PUBLIC: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "public, max-age=300"), (header::VARY, "accept-language")];
