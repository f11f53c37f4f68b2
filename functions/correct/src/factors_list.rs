//! `GET /v1/me/factors`: by what the person can prove that it is they.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::contact::Channel;
use shared::domain::time::Timestamp;
use shared::http::{Access, Call, Caller, Problem};
use utoipa::ToSchema;

/// What a person can prove identity by.
#[derive(Serialize, ToSchema)]
pub(crate) struct Factors {
    /// Whether there is a password.
    password: bool,
    /// The channels of contacts that a code can be sent to.
    contacts: Vec<Channel>,
    /// The third parties with which an account is linked.
    third_parties: Vec<String>,
    /// The authenticator app, without a code of which nobody logs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    totp: Option<App>,
    /// How many recovery codes are not used.
    recovery_codes: usize,
    /// When an app was begun to be set up that is not confirmed yet, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    pending_since: Option<String>,
}

/// An authenticator app.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthenticatorApp)]
struct App {
    /// When it was confirmed, RFC 3339.
    #[schema(format = DateTime)]
    confirmed_at: String,
}

/// Lists by what the person can prove identity.
#[utoipa::path(
    get, path = "/v1/me/factors", operation_id = "list_factors", tag = "correct",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The factors", body = Factors),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_factors(call: Call) -> Result<Response, Problem> {
    let (caller, held) = Caller::identify_with_factors(&call, Access::Read).await?;
    let (profile, factors) = (&caller.person.profile, held.factors);
    let confirmed = factors.totp_at.filter(|_| factors.totp.is_some());
    let body = Factors {
        password: profile.password.is_some(),
        contacts: profile.contacts().map(|(channel, _)| channel).collect(),
        third_parties: profile.third_parties.iter().map(|one| one.provider.clone()).collect(),
        totp: confirmed.map(|at| App { confirmed_at: at.rfc3339() }),
        recovery_codes: factors.recovery.len(),
        pending_since: factors.pending_at.map(Timestamp::rfc3339),
    };
    Ok(axum::Json(json!(body)).into_response())
}
