//! `DELETE /v1/me/cancellation`: changes one's mind within the cooling-off period (C-8.4).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::domain::account::State;
use shared::domain::inventory::items;
use shared::error::corrupt;
use shared::http::{Access, Call, Caller, Problem, act};
use shared::ids::ReceiptId;
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content, Message};
use shared::records::receipt;
use shared::store::{Attr, Transaction, When};

/// Withdraws the cancellation.
///
/// The receipt goes; an account that is not cancelled stays as it is.
#[utoipa::path(
    delete, path = "/v1/me/cancellation", operation_id = "delete_cancellation", tag = "delete",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The account is in use"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_cancellation(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Write).await?;
    act(&call, (Access::Write, caller), |caller| withdraw(&call, caller)).await
}

async fn withdraw(call: &Call, caller: Caller) -> Result<Response, Problem> {
    let (ports, person) = (&call.ports, &caller.person);
    if person.state != State::Closing {
        caller.require_active()?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let receipt = ReceiptId::parse(person.account.text(Attr::Receipt)?)
        .ok_or_else(|| corrupt("account", "receipt"))?;
    let account = person
        .account
        .clone()
        .next()
        .with(Attr::State, State::Active.name())
        .with(Attr::GateEpoch, person.gate_epoch() + 1)
        .without(Attr::Receipt)
        .without(Attr::ErasesAt)
        .without(Attr::DueShard)
        .without(Attr::DueAt);
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(account, &person.profile)?);
    transaction.delete("receipt", receipt::key(&receipt), When::Present);
    let facts = Facts::of("C-8.4", &[&items::ACCOUNT_STATE], call.id.as_str());
    let entry = (Action::CancellationWithdrawn, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    if let Some(to) = person.profile.email.clone() {
        let content = Content::CancellationWithdrawn;
        let message = Message { to, language: person.profile.language, content };
        outbox::post(ports, &mut transaction, &message, Some(&person.subject), call.now).await?;
    }
    ports.store.write(transaction).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
