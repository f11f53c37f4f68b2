//! `POST /v1/password-resets`: sets a password anew by a code that was sent to a contact.

use crate::holder::{Found, refusal};
use crate::second_proof::{self, Proofs, Used};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::account::Profile;
use shared::domain::contact::change::HELD;
use shared::domain::inventory::items;
use shared::domain::limit::SECOND_PROOF_AFTER;
use shared::domain::password;
use shared::domain::personal::Secret;
use shared::http::{Call, Json, Problem, ProblemKind, object, settle};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::store::{Attr, Transaction};
use shared::vault::password as hashing;
use utoipa::ToSchema;

/// Sets a password anew.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordResetRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The id of the verification, asked for to `reset`.
    verification: String,
    /// The code.
    #[schema(value_type = String, example = "12345678")]
    code: Secret,
    /// The password from now on, 8 to 128 characters.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    new: Secret,
    /// A second proof, where the account was not used for 90 days.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "object")]
    second: Option<second_proof::Request>,
}

/// Sets a password anew.
///
/// Every session ends, every contact is told, and the limits of the account start anew, that on
/// log-ins by this contact among them. No session begins: log in with the new password. After 90
/// days without a log-in a code to one contact is not enough, since a phone number may have been
/// given to somebody else: a second proof is needed.
#[utoipa::path(
    post, path = "/v1/password-resets", operation_id = "create_password_reset", tag = "correct",
    request_body = Request,
    responses(
        (status = 204, description = "Set"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_password_reset(
    call: Call,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let new = password::accept(request.new.expose()).map_err(refused)?;
    let first = (request.verification.as_str(), &request.code);
    let proofs = Proofs::check(&call, first, request.second.as_ref()).await?;
    let index = call.ports.vault.index().await?;
    let Some(found) = proofs.find_counted(&call, &index).await? else {
        return Err(proofs.of_nobody(&call).await?);
    };
    allowed(&call, &proofs, (&found, &new))?;
    let hash = hashing::hash(new.clone(), &*call.ports.entropy).await?;
    let mut first = Some(found);
    settle(&call.ports.store, || {
        let first = first.take();
        let (call, index, proofs, passwords) = (&call, &index, &proofs, (&new, &hash));
        async move {
            let found = match first {
                Some(found) => Some(found),
                None => proofs.find(call, index).await?,
            };
            let found = found.ok_or(ProblemKind::NoAccount)?;
            let used = allowed(call, proofs, (&found, passwords.0))?;
            reset(call, (proofs, used), &found, passwords.1).await
        }
    })
    .await
}

/// The problem of a password that breaks a rule.
fn refused(rule: &str) -> Problem {
    Problem::invalid(Vec::new()).at("/new", rule)
}

/// Whether the proofs are enough for this account, and the password fits the person. In this order:
/// what the password is held against is nothing that the holder of one old contact may learn.
///
/// # Errors
///
/// `ProofRefused`, `SecondProofNeeded`, `Invalid`.
fn allowed<'a>(
    call: &Call,
    proofs: &Proofs<'a>,
    (found, new): (&Found, &Secret),
) -> Result<Option<Used<'a>>, Problem> {
    let person = &found.person;
    let used = proofs.used(call, found)?;
    let used_at = person.account.time(Attr::UsedAt)?;
    let idle = used_at.plus(SECOND_PROOF_AFTER) <= call.now;
    if idle && !proofs.are_two(person, used.as_ref()) {
        return Err(ProblemKind::SecondProofNeeded.into());
    }
    let profile = &person.profile;
    password::differs(new, profile.contacts(), profile.display_name.as_ref()).map_err(refused)?;
    Ok(used)
}

/// Whether an authenticator app goes with the password: one that was set up lately. Whoever has the
/// password for a moment shall not shut the person out for good by an app of their own.
fn removes_app(call: &Call, found: &Found) -> Result<bool, Problem> {
    let set_up = found.held(call)?.factors.totp_at;
    Ok(set_up.is_some_and(|at| call.now < at.plus(HELD)))
}

async fn reset(
    call: &Call,
    (proofs, used): (&Proofs<'_>, Option<Used<'_>>),
    found: &Found,
    hash: &Secret,
) -> Result<Response, Problem> {
    let person = &found.person;
    let session_epoch = person.profile.session_epoch + 1;
    let profile = Profile { password: Some(hash.clone()), session_epoch, ..person.profile.clone() };
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(person.account.clone().next(), &profile)?);
    proofs.spend(found, &mut transaction);
    let mut touched = vec![&items::PASSWORD, &items::SESSION_EPOCH];
    if removes_app(call, found)? {
        // Whatever was proved by it, it goes.
        found.held(call)?.remove(&mut transaction);
        touched.push(&items::FACTORS_TOTP);
    } else if let Some(used) = used {
        used.spend(call, found, &mut transaction).await?;
        touched.push(used.touched());
    }
    let facts = Facts::of("rights", &touched, call.id.as_str());
    let entry = (Action::PasswordReset, Actor::Holder);
    found.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    let (told, about) = ((&profile, &Content::PasswordReset), Some(&person.subject));
    outbox::tell(&call.ports, &mut transaction, told, about, call.now).await?;
    call.ports.store.write(transaction).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
