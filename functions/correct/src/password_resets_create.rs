//! `POST /v1/password-resets`: sets a password anew by a code that was sent to a contact.

use crate::holder::{Found, Holder, prove, refusal};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::account::Profile;
use shared::domain::inventory::items;
use shared::domain::limit::SECOND_PROOF_AFTER;
use shared::domain::password;
use shared::domain::personal::Secret;
use shared::http::{Call, Json, Problem, ProblemKind, object, settle};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::records::subject::Counter;
use shared::records::verification::CodePurpose;
use shared::store::{Attr, Transaction};
use shared::vault::{Person, password as hashing};
use utoipa::ToSchema;

/// What starts anew: whoever was in the account before can have used it up.
const ANEW: [Counter; 4] =
    [Counter::Password, Counter::Export, Counter::Told, Counter::Cancellation];

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
    second: Option<Second>,
}

/// A code that was sent to another contact of the same account.
#[derive(Deserialize, ToSchema)]
#[schema(as = SecondProof)]
#[serde(deny_unknown_fields)]
struct Second {
    /// The id of the verification, asked for to `reset`.
    verification: String,
    /// The code.
    #[schema(value_type = String, example = "12345678")]
    code: Secret,
}

/// Sets a password anew.
///
/// Every session ends, every contact is told, and the limits of the account start anew, that on
/// log-ins by this contact among them. No session begins: log in with the new password. After 90
/// days without a log-in a code to one contact is not enough, since a phone number may have been
/// given to somebody else.
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
    let first = prove(&call, first, CodePurpose::Reset).await?;
    let second = match &request.second {
        Some(Second { verification, code }) => {
            Some(prove(&call, (verification, code), CodePurpose::Reset).await?)
        }
        None => None,
    };
    let proofs = Proofs { first, second };
    let index = call.ports.vault.index().await?;
    let find = || proofs.first.find(&call, &index, &ANEW);
    let found = find().await?;
    let Some(found) = found.filter(|found| proofs.first.counts_for(&found.person)) else {
        return Err(proofs.of_nobody(&call).await?);
    };
    allowed(&call, &proofs, (&found.person, &new))?;
    let hash = hashing::hash(new.clone(), &*call.ports.entropy).await?;
    let mut first = Some(found);
    settle(&call.ports.store, || {
        let (first, find) = (first.take(), &find);
        let (call, proofs, passwords) = (&call, &proofs, (&new, &hash));
        async move {
            let found = match first {
                Some(found) => Some(found),
                None => find().await?,
            };
            let found = found.filter(|found| proofs.first.counts_for(&found.person));
            let found = found.ok_or(ProblemKind::NoAccount)?;
            allowed(call, proofs, (&found.person, passwords.0))?;
            reset(call, proofs, &found, passwords.1).await
        }
    })
    .await
}

/// The problem of a password that breaks a rule.
fn refused(rule: &str) -> Problem {
    Problem::invalid(Vec::new()).at("/new", rule)
}

/// What whoever asks has proved.
struct Proofs {
    first: Holder,
    second: Option<Holder>,
}

impl Proofs {
    /// The problem that no account has the contact. Its holder may know; the code is used up.
    async fn of_nobody(&self, call: &Call) -> Result<Problem, Problem> {
        let mut transaction = Transaction::new();
        self.first.spend(&mut transaction);
        call.ports.store.write(transaction).await.map_err(refusal)?;
        Ok(ProblemKind::NoAccount.into())
    }

    /// Whether the second proof is one of the person's, and another one than the first.
    fn are_two(&self, person: &Person) -> bool {
        let other = |holder: &&Holder| holder.contact != self.first.contact;
        self.second.as_ref().filter(other).is_some_and(|holder| holder.counts_for(person))
    }

    fn spend(&self, transaction: &mut Transaction) {
        self.first.spend(transaction);
        let other = |holder: &&Holder| holder.verification != self.first.verification;
        if let Some(second) = self.second.as_ref().filter(other) {
            second.spend(transaction);
        }
    }
}

/// Whether the proofs are enough for this account, and the password fits the person. In this order:
/// what the password is held against is nothing that the holder of one old contact may learn.
///
/// # Errors
///
/// `SecondProofNeeded`, `Invalid`.
fn allowed(call: &Call, proofs: &Proofs, (person, new): (&Person, &Secret)) -> Result<(), Problem> {
    let used_at = person.account.time(Attr::UsedAt)?;
    if used_at.plus(SECOND_PROOF_AFTER) <= call.now && !proofs.are_two(person) {
        return Err(ProblemKind::SecondProofNeeded.into());
    }
    let profile = &person.profile;
    password::differs(new, profile.contacts(), profile.display_name.as_ref()).map_err(refused)
}

async fn reset(
    call: &Call,
    proofs: &Proofs,
    found: &Found,
    hash: &Secret,
) -> Result<Response, Problem> {
    let person = &found.person;
    let session_epoch = person.profile.session_epoch + 1;
    let profile = Profile { password: Some(hash.clone()), session_epoch, ..person.profile.clone() };
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(person.account.clone().next(), &profile)?);
    proofs.spend(&mut transaction);
    found.forget_counts(&mut transaction);
    let touched = [&items::PASSWORD, &items::SESSION_EPOCH];
    let facts = Facts::of("rights", &touched, call.id.as_str());
    let entry = (Action::PasswordReset, Actor::Holder);
    found.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    let (told, about) = ((&profile, &Content::PasswordReset), Some(&person.subject));
    outbox::tell(&call.ports, &mut transaction, told, about, call.now).await?;
    call.ports.store.write(transaction).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
