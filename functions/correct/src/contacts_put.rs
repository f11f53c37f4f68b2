//! `PUT /v1/me/contacts/{channel}`: adds a contact, or changes it.

use crate::contacts::{
    channel, draw_link, held, open, parsed, put_account, put_link, ready, tell, tell_others,
};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::contact::change::{ContactChange, Held};
use shared::domain::contact::{Channel, Contact};
use shared::domain::limit::TOLD;
use shared::domain::personal::Secret;
use shared::error::Error;
use shared::http::{Access, Call, Caller, Id, Json, Problem, ProblemKind, act, check_code, etag};
use shared::ids::VerificationId;
use shared::ledger::{Action, Actor};
use shared::outbox::Content;
use shared::records::profile;
use shared::records::subject::told_limit;
use shared::records::verification::{self, CodePurpose};
use shared::store::{Key, Row, Transaction};
use shared::vault::{IndexKey, Owner, Person};
use utoipa::ToSchema;

/// Sets a contact that was verified.
#[derive(Deserialize, ToSchema)]
#[schema(as = ContactRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The id of the verification, asked for by the same account.
    verification: String,
    /// The code.
    #[schema(value_type = String, example = "12345678")]
    code: Secret,
}

/// Adds a contact, or changes it.
///
/// A change counts at once. The old contact is told, with a link that freezes the change, and is
/// held for 72 hours, in which the person can take the change back. A contact that is the person's
/// already stays as it is. Needs a fresh session.
#[utoipa::path(
    put, path = "/v1/me/contacts/{channel}", operation_id = "put_contact", tag = "correct",
    request_body = Request,
    params(("channel" = Channel, Path, description = "`email` or `phone`")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The profile as it is now", body = profile::Me,
            headers(("ETag" = String, description = "The new version"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_contact(
    call: Call,
    Id(name): Id,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let id = VerificationId::parse(&request.verification);
    let keys = id.iter().flat_map(|id| [verification::key(id), Owner::Flow(id.clone()).key()]);
    let keys: Vec<Key> = keys.collect();
    let (caller, rows) = Caller::identify_with(&call, Access::Tell, &keys).await?;
    let channel = channel(&name)?;
    let caller = ready(&call, caller).await?;
    let failed = || Problem::new(ProblemKind::VerificationFailed);
    let id = id.ok_or_else(failed)?;
    let row = |i: usize| rows.get(i).and_then(Option::<Row>::as_ref);
    let code = (&id, &request.code);
    let verified = check_code(&call, code, (row(0), row(1)), CodePurpose::Contact).await?;
    let own = verified.subject.as_deref() == Some(caller.person.subject.as_str());
    if !own || verified.channel != channel {
        return Err(failed());
    }
    let index = call.ports.vault.index().await?;
    let new = parsed(channel, &verified.address)?;
    act(&call, (Access::Tell, caller), |caller| set(&call, caller, (&new, &id), &index)).await
}

async fn set(
    call: &Call,
    caller: Caller,
    (new, id): (&Contact, &VerificationId),
    index: &IndexKey,
) -> Result<Response, Problem> {
    caller.require_active()?;
    let (channel, mut person) = (new.channel(), caller.person.clone());
    let old = person.profile.contact(channel).cloned();
    if old.as_ref() == Some(new.address()) {
        return unchanged(call, &caller, id).await;
    }
    if let Some(change) = person.profile.open_change(call.now)
        && (old.is_some() || change.channel == channel)
    {
        return Err(open(change));
    }
    let mut transaction = Transaction::new();
    verification::end(&mut transaction, id);
    let claims = index.claims(new);
    claims.put(&mut transaction, "claim", &person.subject);
    let new = Held { address: new.address().clone(), claim: claims.current.pk };
    let action = if let Some(old) = old {
        let sides = (held(index, (channel, &old), &person.profile)?, new);
        change(call, &mut person, (channel, sides), &mut transaction).await?;
        Action::ContactChanged
    } else {
        person.profile.add_contact(channel, new);
        let content = Content::ContactAdded { channel };
        tell_others(call, &person, (channel, &content), &mut transaction).await?;
        Action::ContactAdded
    };
    caller.count(call, (told_limit(&person.subject), TOLD), &mut transaction)?;
    let book = caller.book(call).await?;
    put_account(call, (&mut person, book), (action, Actor::Person, channel), &mut transaction)?;
    call.ports.store.write(transaction).await.map_err(refusal)?;
    let tag = [(header::ETAG, etag(person.account.version))];
    Ok((tag, axum::Json(profile::shown(&person, call.now)?)).into_response())
}

/// The contact is the person's already: nothing changes, but that the code is used up.
async fn unchanged(call: &Call, caller: &Caller, id: &VerificationId) -> Result<Response, Problem> {
    let person = &caller.person;
    let mut transaction = Transaction::new();
    verification::end(&mut transaction, id);
    transaction.check("gate", person.account.key.clone(), caller.gate());
    call.ports.store.write(transaction).await.map_err(refusal)?;
    let tag = [(header::ETAG, etag(person.account.version))];
    Ok((tag, axum::Json(profile::shown(person, call.now)?)).into_response())
}

/// The problem of a write that failed. That a contact is taken learns only who has its code.
fn refusal(error: Error) -> Problem {
    // The same call, sent twice at once: the other one used the code.
    if error.failed("verification") {
        ProblemKind::VerificationFailed.into()
    } else if error.failed("claim") {
        ProblemKind::ContactTaken.into()
    } else {
        error.into()
    }
}

/// Begins the change, and tells the old contact and the others.
async fn change(
    call: &Call,
    person: &mut Person,
    (channel, (old, new)): (Channel, (Held, Held)),
    transaction: &mut Transaction,
) -> Result<(), Problem> {
    let token = draw_link(call, person);
    let change = ContactChange {
        channel,
        old,
        new: Some(new),
        changed_at: call.now,
        frozen_until: None,
        link: token.link.to_string(),
    };
    let link = put_link(call, (person, &change), &token, transaction)?;
    let final_at = change.final_at();
    let content = |link| Content::ContactChanged { channel, final_at, link };
    tell(call, person, (channel, &change.old.address), content(Some(link)), transaction).await?;
    tell_others(call, person, (channel, &content(None)), transaction).await?;
    person.profile.begin_change(change);
    Ok(())
}
