//! `DELETE /v1/me/factors/totp`: removes the authenticator app, and the recovery codes with it.

use crate::factors::{tell, write};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::http::{Access, Call, Caller, Missing, Problem, settle};
use shared::ledger::Action;
use shared::outbox::Content;
use shared::records::factors::{ALL, Held};
use shared::store::Transaction;

/// Removes the authenticator app.
///
/// The recovery codes go with it, and so does an app that is not confirmed. Every contact is told. Needs
/// a fresh session.
#[utoipa::path(
    delete, path = "/v1/me/factors/totp", operation_id = "delete_totp", tag = "correct",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Removed"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_totp(call: Call) -> Result<Response, Problem> {
    settle(&call.ports.store, || async {
        let (caller, held) = Caller::identify_with_factors(&call, Access::Tell).await?;
        remove(&call, caller, held).await
    })
    .await
}

async fn remove(call: &Call, caller: Caller, held: Held) -> Result<Response, Problem> {
    caller.require_active()?;
    caller.require_fresh(call)?;
    let mut transaction = Transaction::new();
    if held.has_totp() {
        tell(call, &caller, &Content::TotpRemoved, &mut transaction).await?;
    } else if held.factors.pending.is_none() {
        return Err(Missing::Totp.into());
    }
    held.remove(&mut transaction);
    write(call, &caller, (Action::TotpRemoved, ALL), transaction).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
