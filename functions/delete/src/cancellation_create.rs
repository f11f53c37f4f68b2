//! `POST /v1/me/cancellation`: cancels the account (C-8.4).

use crate::withdrawal::PATH;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::domain::account::{Profile, State};
use shared::domain::inventory::items;
use shared::domain::limit::CANCELLATIONS;
use shared::domain::personal::Secret;
use shared::domain::time::Timestamp;
use shared::erasure::{self, Outcome};
use shared::http::{Access, Call, Caller, Json, Problem, ProblemKind, act};
use shared::ids::{ReceiptId, SubjectId};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::records::link::{self, Act, LinkToken};
use shared::records::subject::cancellation_limit;
use shared::records::{account, receipt};
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::Person;
use std::time::Duration;
use utoipa::ToSchema;

/// How long a call stays with what a destroyed key sealed; then it is the sweep's.
const FINISHING: Duration = Duration::from_secs(5);

/// Cancels the account. Without a body the session must be fresh.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = CancellationRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The password, where the session is not fresh.
    #[schema(value_type = Option<String>, nullable = false)]
    password: Option<Secret>,
}

/// The account is cancelled.
#[derive(Serialize, ToSchema)]
#[schema(as = CancellationAccepted)]
pub(crate) struct Accepted {
    /// The id of the receipt, readable without an account.
    receipt: String,
    /// When the account is erased, RFC 3339. Until then the mind can be changed.
    #[schema(format = DateTime)]
    erases_at: String,
}

/// Cancels the account.
///
/// Every session ends, every purpose stops, and after the cooling-off period the person is erased.
/// Without a body the session must be fresh.
#[utoipa::path(
    post, path = "/v1/me/cancellation", operation_id = "create_cancellation", tag = "delete",
    request_body = Option<Request>,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 202, description = "Cancelled", body = Accepted),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_cancellation(
    call: Call,
    body: Option<Json<Request>>,
) -> Result<Response, Problem> {
    let request = body.map(|Json(request, _)| request).unwrap_or_default();
    let access = if request.password.is_some() { Access::Prove } else { Access::Cancel };
    let caller = Caller::identify(&call, access).await?;
    let caller = match &request.password {
        Some(password) => caller.prove(&call, password).await?,
        None if caller.is_fresh(&call) => caller,
        None => return Err(ProblemKind::NotFresh.into()),
    };
    let cancelled = act(&call, (Access::Cancel, caller), |caller| cancel(&call, caller)).await?;
    if cancelled.erases_at <= call.now {
        erase_now(&call, &cancelled.subject).await;
    }
    let Cancelled { receipt, erases_at, .. } = cancelled;
    let body = Accepted { receipt, erases_at: erases_at.rfc3339() };
    Ok((StatusCode::ACCEPTED, axum::Json(json!(body))).into_response())
}

struct Cancelled {
    subject: SubjectId,
    receipt: String,
    erases_at: Timestamp,
}

async fn cancel(call: &Call, caller: Caller) -> Result<Cancelled, Problem> {
    let (person, subject) = (&caller.person, caller.person.subject.clone());
    if person.state == State::Closing {
        let receipt = person.account.text(Attr::Receipt)?.to_owned();
        let erases_at = person.account.time(Attr::ErasesAt)?;
        return Ok(Cancelled { subject, receipt, erases_at });
    }
    let receipt = ReceiptId::draw(&*call.ports.entropy);
    let erases_at = call.now.plus(call.ports.config.cooling_off);
    let mut transaction = transaction(call, &caller, &receipt, erases_at).await?;
    let counter = (cancellation_limit(&subject), CANCELLATIONS);
    caller.count(call, counter, &mut transaction)?;
    call.ports.store.write(transaction).await?;
    Ok(Cancelled { subject, receipt: receipt.to_string(), erases_at })
}

/// The transaction: account closing, gate moved, sessions over, receipt, ledger, message.
async fn transaction(
    call: &Call,
    caller: &Caller,
    receipt: &ReceiptId,
    erases_at: Timestamp,
) -> Result<Transaction, Problem> {
    let person = &caller.person;
    let row: Row = person
        .account
        .clone()
        .next()
        .with(Attr::State, State::Closing.name())
        .with(Attr::GateEpoch, person.gate_epoch() + 1)
        .with(Attr::Receipt, receipt.as_str())
        .with(Attr::ErasesAt, erases_at);
    let epoch = person.profile.session_epoch + 1;
    let profile = Profile { session_epoch: epoch, ..person.profile.clone() };
    let account = account::scheduled(&call.ports, row, &profile, call.now)?;
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(account, &profile)?);
    let scheduled = receipt::scheduled(receipt, call.now, erases_at);
    transaction.put("receipt", scheduled, When::Absent);
    let facts = Facts::of("C-8.4", &[&items::ACCOUNT_STATE], call.id.as_str()).of_case(receipt);
    let entry = (Action::CancellationRequested, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    // Without a cooling-off period the message about the erasure follows at once.
    if erases_at > call.now {
        tell(call, person, (receipt, erases_at), &mut transaction).await?;
    }
    Ok(transaction)
}

/// Tells the person, with a link to change their mind by.
async fn tell(
    call: &Call,
    person: &Person,
    (receipt, erases_at): (&ReceiptId, Timestamp),
    transaction: &mut Transaction,
) -> Result<(), Problem> {
    let ports = &call.ports;
    let token = LinkToken::draw(person.subject.clone(), &*ports.entropy);
    let times = (call.now, erases_at);
    let row = link::row(&token, (Act::WithdrawCancellation, receipt.as_str()), times, &person.key)?;
    let start = format!("{}{}", ports.config.public_url, PATH.trim_end_matches("{token}"));
    let url = Secret::new(format!("{start}{}", token.reveal().expose()));
    let content =
        Content::CancellationRequested { link: url, erases_at, receipt: receipt.to_string() };
    transaction.put("link", row, When::Absent);
    let about = Some(&person.subject);
    Ok(outbox::tell(ports, transaction, (&person.profile, &content), about, call.now).await?)
}

/// Erases at once. What fails here is due already: the sweep takes it up.
async fn erase_now(call: &Call, subject: &SubjectId) {
    let erased = match erasure::erase(&call.ports, subject, (Actor::Person, call.id.as_str())).await
    {
        Ok(Outcome::Erased(_)) => {
            let until = call.now.plus(FINISHING);
            erasure::finish(&call.ports, subject, until).await.map(drop)
        }
        Ok(Outcome::NotDue | Outcome::Braked) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = erased {
        tracing::warn!(request_id = %call.id, cause = error.chain(), "erasure left to the sweep");
    }
}
