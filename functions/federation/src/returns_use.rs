//! `POST /v1/third-party-returns/{provider}`: does what a log-in by a third party was begun for.

use crate::answers::{Done, HandedOver, Opened, answer};
use crate::desk::Desk;
use crate::identity::Came;
use crate::{account_link, account_register, begun, identity, session_open, session_prove};
use axum::Extension;
use axum::response::Response;
use serde::Deserialize;
use shared::domain::personal::Secret;
use shared::http::{Call, FormOrJson, Id, Problem, require_same_site};
use shared::records::authorization::Intent;
use shared::records::factors::Given;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a third party sent back.
#[derive(Deserialize, ToSchema)]
#[schema(as = ThirdPartyReturn)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The code.
    #[schema(value_type = String)]
    code: Secret,
    /// The state.
    #[schema(value_type = String)]
    state: Secret,
    /// The issuer, where the third party named itself.
    #[schema(nullable = false)]
    iss: Option<String>,
    /// A code of the authenticator app, to log in to an account that has one.
    #[schema(value_type = Option<String>, nullable = false, example = "123456")]
    totp: Option<Secret>,
    /// A recovery code instead.
    #[schema(value_type = Option<String>, nullable = false)]
    recovery_code: Option<Secret>,
    /// How a session is handed over; a page's form gets a cookie.
    #[serde(default, rename = "as")]
    handed: HandedOver,
    /// Whether a session that is proved gets a new token.
    #[serde(default)]
    rotate: bool,
}

/// Logs in, registers, links or proves, as it was begun.
///
/// Needs the cookie `__Host-tx` of the browser that began it. Works once: the log-in is used up
/// before the third party is asked.
#[utoipa::path(
    post, path = "/v1/third-party-returns/{provider}", operation_id = "use_third_party_return",
    tag = "federation",
    request_body(content(
        (Request = "application/json"),
        (Request = "application/x-www-form-urlencoded"),
    )),
    params(("provider" = String, Path, description = "The name of the third party")),
    responses(
        (status = 200, description = "Done: a page; or a proved session, with a new token where asked",
            content((String = "text/html; charset=utf-8"), (Opened = "application/json")),
            headers(("Set-Cookie" = Option<String>, description = "The session, and the end of `__Host-tx`"))),
        (status = 201, description = "Logged in, or registered", body = Opened,
            headers(
                ("Location" = Option<String>, description = "`/v1/me`, of a new account"),
                ("Set-Cookie" = Option<String>, description = "The session, where asked for `as` a cookie, and the end of `__Host-tx`"),
            )),
        (status = 204, description = "Linked, or proved"),
        (status = "4XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn use_third_party_return(
    call: Call,
    Extension(desk): Extension<Arc<Desk>>,
    Id(name): Id,
    FormOrJson(request, form): FormOrJson<Request>,
) -> Response {
    let done = go_on(&call, &desk, &name, &request).await;
    answer(&call, (form, request.handed), done)
}

impl Request {
    /// The second factor that is given; a page's form sends empty members.
    fn given(&self) -> Option<Given<'_>> {
        let full = |code: &&Secret| !code.expose().trim().is_empty();
        let totp = self.totp.as_ref().filter(full).map(Given::Totp);
        totp.or_else(|| self.recovery_code.as_ref().filter(full).map(Given::Recovery))
    }
}

async fn go_on(call: &Call, desk: &Desk, name: &str, request: &Request) -> Result<Done, Problem> {
    require_same_site(call)?;
    let provider = desk.provider(&call.ports, name).await?;
    let (begun, began_at) = begun::take(call, &request.state, name).await?;
    let returned =
        Came { begun: &begun, began_at, code: &request.code, issuer: request.iss.as_deref() };
    let account = identity::identify(call, desk, &provider, &returned).await?;
    match begun.intent {
        Intent::LogIn => session_open::log_in(call, (&begun, request.given()), &account).await,
        Intent::Register => account_register::register(call, &begun, &account).await,
        Intent::Link => account_link::link(call, &begun, &account).await,
        Intent::Prove => session_prove::prove(call, (&begun, request.rotate), &account).await,
    }
}
