//! The API document of the whole bundle, and its routes.

use crate::problems;
use shared::http::Routes;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// The functions that serve HTTP, each with its routes.
pub fn functions() -> [(&'static str, Routes); 9] {
    [
        ("register", register::routes()),
        ("session", session::routes()),
        ("access", access::routes()),
        ("correct", correct::routes()),
        ("consent", consent::routes()),
        ("export", export::routes()),
        ("policy", policy::routes()),
        ("delete", delete::routes()),
        ("federation", federation::routes()),
    ]
}

/// The routes of every function.
pub fn routes() -> Routes {
    functions().into_iter().fold(Routes::new(), |all, (_, routes)| all.merge(routes))
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Personal Center",
    description = "What OpenDataLab's Personal Information Protection Policy promises, as an API.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Base;

/// The document.
pub fn document() -> Document {
    let mut document = Base::openapi();
    for part in [
        register::Document::openapi(),
        session::Document::openapi(),
        access::Document::openapi(),
        correct::Document::openapi(),
        consent::Document::openapi(),
        export::Document::openapi(),
        policy::Document::openapi(),
        delete::Document::openapi(),
        federation::Document::openapi(),
    ] {
        document.merge(part);
    }
    problems::spell_out(&mut document);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(shared::http::COOKIE));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    document
}

/// The document as it is held in `docs/openapi.json`.
///
/// # Errors
///
/// Where it cannot be written as JSON.
pub fn snapshot() -> serde_json::Result<String> {
    let document = serde_json::to_value(document())?;
    Ok(format!("{document:#}\n"))
}
