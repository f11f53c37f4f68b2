//! `POST /v1/me/factors/totp`: begins to set up an authenticator app.

use crate::factors::write;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shared::domain::inventory::items;
use shared::domain::limit::TOTP_PENDING;
use shared::domain::personal::Secret;
use shared::domain::totp;
use shared::http::{Access, Call, Caller, Problem, SecretJson, settle};
use shared::ledger::Action;
use shared::records::factors::Held;
use shared::store::Transaction;
use utoipa::ToSchema;

/// A secret to put into an authenticator app.
#[derive(Serialize, ToSchema)]
#[schema(as = TotpPending)]
pub(crate) struct Pending {
    /// The secret, base 32, to type in.
    #[schema(value_type = String)]
    secret: Secret,
    /// The same as an address that apps read, mostly from a QR code.
    #[schema(value_type = String)]
    uri: Secret,
    /// Until when it waits to be confirmed, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Begins to set up an authenticator app.
///
/// Nothing counts before a code of the app confirms it; an app that is there already counts until
/// then. Needs a fresh session.
#[utoipa::path(
    post, path = "/v1/me/factors/totp", operation_id = "create_totp", tag = "correct",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The secret, shown this once", body = Pending),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_totp(call: Call) -> Result<Response, Problem> {
    settle(&call.ports.store, || async {
        let (caller, held) = Caller::identify_with_factors(&call, Access::Write).await?;
        begin(&call, caller, held).await
    })
    .await
}

async fn begin(call: &Call, caller: Caller, mut held: Held) -> Result<Response, Problem> {
    caller.require_active()?;
    caller.require_fresh(call)?;
    let person = &caller.person;
    let secret = held.begin(&*call.ports.entropy, call.now);
    let mut transaction = Transaction::new();
    held.put(person, call.now, &mut transaction)?;
    let touched = [&items::FACTORS_PENDING, &items::FACTORS_PENDING_AT];
    write(call, &caller, (Action::TotpBegun, &touched), transaction).await?;
    let uri = totp::uri(&secret, person.subject.body());
    let expires_at = call.now.plus(TOTP_PENDING).rfc3339();
    let body = SecretJson(Pending { secret, uri, expires_at });
    Ok((StatusCode::CREATED, body).into_response())
}
