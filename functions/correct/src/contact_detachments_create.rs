//! `POST /v1/contact-detachments`: "my contact, not my account". Its holder takes it out by a code,
//! and sees nothing (C-8.1).

use crate::contacts::put_account;
use crate::holder::{Found, Holder, prove, refusal};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::personal::Secret;
use shared::error::corrupt;
use shared::http::{Call, Json, Problem, settle};
use shared::ids::LinkId;
use shared::ledger::{Action, Actor};
use shared::outbox::{self, Content};
use shared::records::account::detached_at;
use shared::records::subject;
use shared::records::verification::CodePurpose;
use shared::store::{Key, Transaction, When};
use shared::vault::IndexKey;
use utoipa::ToSchema;

/// Takes a contact out of whichever account has it.
#[derive(Deserialize, ToSchema)]
#[schema(as = ContactDetachmentRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The id of the verification, asked for to `detach`.
    verification: String,
    /// The code.
    #[schema(value_type = String, example = "12345678")]
    code: Secret,
}

/// Takes a contact out of whichever account has it.
///
/// For whoever holds the contact and does not own the account. The answer is the same whether or not an account has it. The contact does not count any more, and is
/// free; the other contacts of the account are told, its sessions go on, and what was on its way to
/// this contact is not sent. A change of contact that it is a side of ends: the other side counts.
#[utoipa::path(
    post, path = "/v1/contact-detachments", operation_id = "create_contact_detachment",
    tag = "correct", request_body = Request,
    responses(
        (status = 204, description = "No account has the contact"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_contact_detachment(
    call: Call,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let code = (request.verification.as_str(), &request.code);
    let holder = prove(&call, code, CodePurpose::Detach).await?;
    let index = call.ports.vault.index().await?;
    settle(&call.ports.store, || async {
        let found = holder.find(&call, &index, &[]).await?;
        detach(&call, &holder, found.as_ref(), &index).await
    })
    .await
}

async fn detach(
    call: &Call,
    holder: &Holder,
    found: Option<&Found>,
    index: &IndexKey,
) -> Result<Response, Problem> {
    let mut transaction = Transaction::new();
    holder.spend(&mut transaction);
    if let Some(found) = found {
        leave(call, (holder, found), index, &mut transaction).await?;
    }
    call.ports.store.write(transaction).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The contact leaves the account, in the transaction that uses the code up.
async fn leave(
    call: &Call,
    (holder, found): (&Holder, &Found),
    index: &IndexKey,
    transaction: &mut Transaction,
) -> Result<(), Problem> {
    let (mut person, channel) = (found.person.clone(), holder.contact.channel());
    let claims = index.claims(&holder.contact);
    let names = std::iter::once(claims.current).chain(claims.other).map(|key| key.pk);
    let names: Vec<String> = names.collect();
    // A claim may be read just before the end of the change that it was held by.
    let Some(gone) = person.profile.detach(&holder.contact, &names, call.now) else {
        return Ok(());
    };
    for claim in gone.claims {
        transaction.delete("claim", Key::keys(claim), When::Present);
    }
    if let Some(link) = gone.link {
        let link = LinkId::parse(&link).ok_or_else(|| corrupt("account", "link"))?;
        transaction.delete("link", subject::link(&person.subject, &link), When::Present);
    }
    let told = (&person.profile, &Content::ContactDetached { channel });
    let about = Some(&person.subject);
    outbox::tell(&call.ports, transaction, told, about, call.now).await?;
    person.account = person.account.with(detached_at(channel), call.now);
    let (book, action) =
        (found.book(call).await?, (Action::ContactDetached, Actor::Holder, channel));
    Ok(put_account(call, (&mut person, book), action, transaction)?)
}
