//! `POST /v1/me/factors/recovery-codes`: makes recovery codes anew.

use crate::factors::{Codes, tell, write};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::domain::inventory::items;
use shared::http::{Access, Call, Caller, Missing, Problem, SecretJson, settle};
use shared::ledger::Action;
use shared::outbox::Content;
use shared::records::factors::Held;
use shared::store::Transaction;

/// Makes ten recovery codes anew.
///
/// Those before work no more, and every contact is told. Needs a fresh session, and an authenticator app.
#[utoipa::path(
    post, path = "/v1/me/factors/recovery-codes", operation_id = "create_recovery_codes",
    tag = "correct",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The recovery codes, shown this once", body = Codes),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_recovery_codes(call: Call) -> Result<Response, Problem> {
    settle(&call.ports.store, || async {
        let (caller, held) = Caller::identify_with_factors(&call, Access::Tell).await?;
        renew(&call, caller, held).await
    })
    .await
}

async fn renew(call: &Call, caller: Caller, mut held: Held) -> Result<Response, Problem> {
    caller.require_active()?;
    caller.require_fresh(call)?;
    if !held.has_totp() {
        return Err(Missing::Totp.into());
    }
    let recovery_codes = held.draw_codes(&*call.ports.entropy, call.now);
    let mut transaction = Transaction::new();
    held.put(&caller.person, call.now, &mut transaction)?;
    tell(call, &caller, &Content::RecoveryCodesMade, &mut transaction).await?;
    let touched = [&items::FACTORS_RECOVERY, &items::FACTORS_RECOVERY_AT];
    write(call, &caller, (Action::RecoveryCodesMade, &touched), transaction).await?;
    Ok((StatusCode::CREATED, SecretJson(Codes { recovery_codes })).into_response())
}
