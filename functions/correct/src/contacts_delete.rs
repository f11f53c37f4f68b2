//! `DELETE /v1/me/contacts/{channel}`: removes a contact, where another one stays.

use crate::contacts::{
    channel, draw_link, held, open, put_account, put_link, ready, tell, tell_others,
};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::domain::contact::Channel;
use shared::domain::contact::change::ContactChange;
use shared::domain::limit::TOLD;
use shared::http::{Access, Call, Caller, Id, Missing, Problem, ProblemKind, act};
use shared::ledger::{Action, Actor};
use shared::outbox::Content;
use shared::records::subject::told_limit;
use shared::store::Transaction;

/// Removes a contact.
///
/// It does not count any more from then on, and is held for 72 hours like one that was changed:
/// its holder is told, with a link that freezes the removal. Needs a fresh session.
#[utoipa::path(
    delete, path = "/v1/me/contacts/{channel}", operation_id = "delete_contact", tag = "correct",
    params(("channel" = Channel, Path, description = "`email` or `phone`")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Removed"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_contact(call: Call, Id(name): Id) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Tell).await?;
    let channel = channel(&name)?;
    let caller = ready(&call, caller).await?;
    act(&call, (Access::Tell, caller), |caller| remove(&call, caller, channel)).await
}

async fn remove(call: &Call, caller: Caller, channel: Channel) -> Result<Response, Problem> {
    caller.require_active()?;
    let mut person = caller.person.clone();
    if let Some(change) = person.profile.open_change(call.now) {
        return Err(open(change));
    }
    let old = person.profile.contact(channel).ok_or(Missing::Contact)?;
    if person.profile.contacts().count() < 2 {
        return Err(ProblemKind::LastContact.into());
    }
    let index = call.ports.vault.index().await?;
    let token = draw_link(call, &person);
    let change = ContactChange {
        channel,
        old: held(&index, (channel, old), &person.profile)?,
        new: None,
        changed_at: call.now,
        frozen_until: None,
        link: token.link.to_string(),
    };
    let mut transaction = Transaction::new();
    let link = put_link(call, (&person, &change), &token, &mut transaction)?;
    let final_at = change.final_at();
    let content = |link| Content::ContactRemoved { channel, final_at, link };
    let to = (channel, &change.old.address);
    tell(call, &person, to, content(Some(link)), &mut transaction).await?;
    tell_others(call, &person, (channel, &content(None)), &mut transaction).await?;
    person.profile.begin_change(change);
    caller.count(call, (told_limit(&person.subject), TOLD), &mut transaction)?;
    let book = caller.book(call).await?;
    let action = (Action::ContactRemoved, Actor::Person, channel);
    put_account(call, (&mut person, book), action, &mut transaction)?;
    call.ports.store.write(transaction).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
