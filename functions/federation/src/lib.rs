//! Log-in by third-party accounts (C-2.4): OpenID providers, and servers of OAuth 2.0 with ways of
//! their own. Only this function talks to them, and only it reads their secrets.

mod account_link;
mod account_register;
mod answers;
mod authorizations_create;
mod begun;
mod client;
mod desk;
pub mod event;
mod holder;
mod id_token;
mod identity;
mod oauth2;
mod openid;
mod place;
mod returns_get;
mod returns_use;
mod session_open;
mod session_prove;
mod settings;
mod third_parties_delete;
mod third_parties_get;
mod third_parties_list;

pub use desk::Desk;

use shared::http::Routes;
use std::sync::Arc;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    routes_at(Arc::default())
}

/// The routes, with a desk that whoever configures has too.
pub fn routes_at(desk: Arc<Desk>) -> Routes {
    let authorizations = "/v1/third-parties/{provider}/authorizations";
    Routes::new()
        .get("/v1/third-parties", third_parties_list::list_third_parties)
        .post(authorizations, authorizations_create::create_authorization)
        .get("/v1/third-party-returns/{provider}", returns_get::get_third_party_return)
        .post("/v1/third-party-returns/{provider}", returns_use::use_third_party_return)
        .get("/v1/me/third-parties", third_parties_get::get_third_parties)
        .delete("/v1/me/third-parties/{provider}", third_parties_delete::delete_third_parties)
        .with(desk)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    third_parties_list::list_third_parties,
    authorizations_create::create_authorization,
    returns_get::get_third_party_return,
    returns_use::use_third_party_return,
    third_parties_get::get_third_parties,
    third_parties_delete::delete_third_parties
))]
pub struct Document;
