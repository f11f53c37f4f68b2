//! `PUT /v1/me/factors/totp`: confirms an authenticator app by its first code.

use crate::factors::{Codes, tell, write};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::personal::Secret;
use shared::http::{
    Access, Call, Caller, Json, Missing, Problem, SecretJson, guess, proof_refused,
};
use shared::ledger::Action;
use shared::outbox::Content;
use shared::records::factors::{ALL, Held};
use shared::store::Transaction;
use utoipa::ToSchema;

/// Confirms an authenticator app.
#[derive(Deserialize, ToSchema)]
#[schema(as = TotpRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// A code of the app.
    #[schema(value_type = String, example = "123456")]
    code: Secret,
}

/// Confirms an authenticator app, in place of one before.
///
/// From then on nobody logs in by password without a code of it, or a recovery code: ten of those are
/// in the answer, and nowhere else. Those before work no more, and every contact is told. Needs a fresh
/// session.
#[utoipa::path(
    put, path = "/v1/me/factors/totp", operation_id = "put_totp", tag = "correct",
    request_body = Request,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "Confirmed; the recovery codes, shown this once", body = Codes),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_totp(
    call: Call,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let (caller, held) = Caller::identify_with_factors(&call, Access::Prove).await?;
    ready(&call, &caller, &held)?;
    let code = &request.code;
    let proved = guess(&call, (caller, held), |caller, held| confirm(&call, caller, held, code));
    Box::pin(proved).await
}

fn ready(call: &Call, caller: &Caller, held: &Held) -> Result<(), Problem> {
    caller.require_active()?;
    caller.require_fresh(call)?;
    if held.factors.pending.is_some() { Ok(()) } else { Err(Missing::Totp.into()) }
}

async fn confirm(
    call: &Call,
    caller: Caller,
    mut held: Held,
    code: &Secret,
) -> Result<Response, Problem> {
    ready(call, &caller, &held)?;
    if !held.confirm(code, call.now) {
        return Err(proof_refused(call));
    }
    let recovery_codes = held.draw_codes(&*call.ports.entropy, call.now);
    let mut transaction = Transaction::new();
    held.put(&caller.person, call.now, &mut transaction)?;
    caller.forgive_guess(call, &mut transaction);
    tell(call, &caller, &Content::TotpConfirmed, &mut transaction).await?;
    write(call, &caller, (Action::TotpConfirmed, ALL), transaction).await?;
    Ok(SecretJson(Codes { recovery_codes }).into_response())
}
