//! `PUT` and `DELETE /v1/me/consents/{purpose}`: gives a consent, and withdraws it (C-8.3).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::account::Profile;
use shared::domain::consent::{self, Consent, Proof};
use shared::domain::inventory::{Item, Purpose, items};
use shared::domain::policy;
use shared::error::{Error, Kind};
use shared::http::{Access, Call, Caller, Id, Json, Missing, Problem, ProblemKind, act};
use shared::ledger::{Action, Actor, Facts};
use shared::records::evidence::{self, Act, Means};
use shared::store::{Attr, Transaction};
use utoipa::ToSchema;

/// Gives a consent.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = ConsentRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The version of the policy that was read; the one in force where it is left out.
    #[schema(nullable = false, example = "general-2022-08-16")]
    policy_version: Option<String>,
}

/// Gives the consent to a purpose.
///
/// One that is there stays as it is; a basic purpose came with the account. The account is in use.
#[utoipa::path(
    put, path = "/v1/me/consents/{purpose}", operation_id = "put_consent", tag = "consent",
    params(("purpose" = String, Path, description = "The purpose's name")),
    request_body = Option<Request>,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Consented"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_consent(
    call: Call,
    Id(name): Id,
    body: Option<Json<Request>>,
) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Write).await?;
    let purpose = Purpose::parse(&name).ok_or(Missing::Purpose)?;
    let read = body.and_then(|Json(request, _)| request.policy_version);
    if read.is_some_and(|version| version != policy::in_force_id(call.now)) {
        let problem = Problem::new(ProblemKind::PolicyOutdated);
        return Err(problem.with("policy_version", policy::in_force_id(call.now)));
    }
    act(&call, (Access::Write, caller), |caller| give(&call, caller, purpose)).await
}

/// Withdraws the consent to a purpose.
///
/// It holds from the next request on, and erases what only that purpose justified. Without a consent
/// nothing happens. A basic purpose is refused (409): withdrawing it means cancelling the account.
#[utoipa::path(
    delete, path = "/v1/me/consents/{purpose}", operation_id = "delete_consent", tag = "consent",
    params(("purpose" = String, Path, description = "The purpose's name")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_consent(call: Call, Id(name): Id) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Write).await?;
    let purpose = Purpose::parse(&name).ok_or(Missing::Purpose)?;
    if purpose.is_basic() {
        return Err(Problem::new(ProblemKind::BasicPurpose).with("purpose", purpose.name()));
    }
    act(&call, (Access::Write, caller), |caller| withdraw(&call, caller, purpose)).await
}

async fn give(call: &Call, caller: Caller, purpose: Purpose) -> Result<Response, Problem> {
    caller.require_active()?;
    let mut profile = caller.person.profile.clone();
    let policy_version = policy::in_force_id(call.now).to_owned();
    let proof = Some(proof(call, &caller, purpose));
    if consent::give(&mut profile, Consent { purpose, given_at: call.now, policy_version, proof }) {
        let change =
            Change { profile, purpose, act: Act::Granted, touched: vec![&items::CONSENTS] };
        write(call, &caller, change).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// In every state that has a key: a right is not locked out.
async fn withdraw(call: &Call, caller: Caller, purpose: Purpose) -> Result<Response, Problem> {
    let failed = |e| Error::new(Kind::Internal, "withdraw a consent").because(e);
    let left = consent::withdraw(&caller.person.profile, purpose).map_err(failed)?;
    if let Some((profile, touched)) = left {
        let change = Change { profile, purpose, act: Act::Withdrawn, touched };
        write(call, &caller, change).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What proves that a consent was given now, or withdrawn.
fn proof(call: &Call, caller: &Caller, purpose: Purpose) -> Proof {
    let who = (caller.person.profile.age_band, call.locale);
    evidence::proof(purpose, who, Means::Call)
}

/// A consent given or withdrawn.
struct Change {
    profile: Profile,
    purpose: Purpose,
    act: Act,
    touched: Vec<&'static Item>,
}

/// The account, the evidence and the ledger, in one transaction.
async fn write(call: &Call, caller: &Caller, change: Change) -> Result<(), Problem> {
    let person = &caller.person;
    let book = caller.book(call).await?;
    let mut account = person.account.clone().next();
    let action = if change.act == Act::Withdrawn {
        // What read before a withdrawal writes nothing after it.
        account = account.with(Attr::GateEpoch, person.gate_epoch() + 1);
        Action::ConsentWithdrawn
    } else {
        Action::ConsentGranted
    };
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(account, &change.profile)?);
    let version = policy::in_force_id(call.now);
    let proof = proof(call, caller, change.purpose);
    let proofs = std::iter::once(evidence::of(change.act, version, &[change.purpose], proof));
    for evidence in proofs.chain(evidence::ended(&person.profile, &change.profile, call.now)) {
        let whose = (&person.subject, &*call.ports.entropy);
        evidence::append(&mut transaction, whose, &evidence, (call.now, book.year()))?;
    }
    let facts = Facts::of(change.purpose.name(), &change.touched, call.id.as_str());
    book.enter(&mut transaction, &person.key, (action, Actor::Person), &facts)?;
    Ok(call.ports.store.write(transaction).await?)
}
