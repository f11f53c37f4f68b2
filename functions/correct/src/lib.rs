//! Correction of what is held about a person, by that person (C-8.1).

mod change_delete;
mod change_links;
mod contact_detachments_create;
mod contacts;
mod contacts_delete;
mod contacts_put;
mod factors;
mod factors_list;
mod holder;
mod me_patch;
mod password_put;
mod password_resets_create;
mod recovery_codes_create;
mod second_proof;
mod totp_create;
mod totp_delete;
mod totp_put;

use shared::http::Routes;
use utoipa::OpenApi;

/// The routes of this function.
pub fn routes() -> Routes {
    Routes::new()
        .patch("/v1/me", me_patch::patch_me)
        .put("/v1/me/password", password_put::put_password)
        .post("/v1/password-resets", password_resets_create::create_password_reset)
        .put("/v1/me/contacts/{channel}", contacts_put::put_contact)
        .delete("/v1/me/contacts/{channel}", contacts_delete::delete_contact)
        .delete("/v1/me/contacts/{channel}/change", change_delete::delete_change)
        .post("/v1/contact-detachments", contact_detachments_create::create_contact_detachment)
        .get("/v1/me/factors", factors_list::list_factors)
        .post("/v1/me/factors/totp", totp_create::create_totp)
        .put("/v1/me/factors/totp", totp_put::put_totp)
        .delete("/v1/me/factors/totp", totp_delete::delete_totp)
        .post("/v1/me/factors/recovery-codes", recovery_codes_create::create_recovery_codes)
        .get(contacts::LINK_PATH, change_links::get_contact_change_link)
        .post(contacts::LINK_PATH, change_links::use_contact_change_link)
}

/// The API document of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    me_patch::patch_me,
    password_put::put_password,
    password_resets_create::create_password_reset,
    contacts_put::put_contact,
    contacts_delete::delete_contact,
    change_delete::delete_change,
    contact_detachments_create::create_contact_detachment,
    factors_list::list_factors,
    totp_create::create_totp,
    totp_put::put_totp,
    totp_delete::delete_totp,
    recovery_codes_create::create_recovery_codes,
    change_links::get_contact_change_link,
    change_links::use_contact_change_link
))]
pub struct Document;
