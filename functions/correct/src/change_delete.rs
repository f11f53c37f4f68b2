//! `DELETE /v1/me/contacts/{channel}/change`: takes a change of contact back.

use crate::contacts::{channel, put_account, ready, tell_everyone};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::domain::contact::Channel;
use shared::error::corrupt;
use shared::http::{Access, Call, Caller, Id, Missing, Problem, act};
use shared::ids::LinkId;
use shared::ledger::{Action, Actor};
use shared::outbox::Content;
use shared::records::subject;
use shared::store::{Key, Transaction, When};

/// Takes a change of contact back.
///
/// The contact before counts again for good, and the one after is free. Needs a fresh session, and
/// a change that is not final.
#[utoipa::path(
    delete, path = "/v1/me/contacts/{channel}/change", operation_id = "delete_change",
    tag = "correct",
    params(("channel" = Channel, Path, description = "`email` or `phone`")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Taken back"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_change(call: Call, Id(name): Id) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Write).await?;
    let channel = channel(&name)?;
    let caller = ready(&call, caller).await?;
    act(&call, (Access::Write, caller), |caller| take_back(&call, caller, channel)).await
}

async fn take_back(call: &Call, caller: Caller, channel: Channel) -> Result<Response, Problem> {
    caller.require_active()?;
    let mut person = caller.person.clone();
    let change = person.profile.take_change_back(call.now).filter(|c| c.channel == channel);
    let change = change.ok_or(Missing::Change)?;
    let mut transaction = Transaction::new();
    if let Some(new) = &change.new {
        transaction.delete("claim", Key::keys(new.claim.as_str()), When::Present);
    }
    // A freeze has used the link up.
    if change.frozen_until.is_none() {
        let link = LinkId::parse(&change.link).ok_or_else(|| corrupt("account", "link"))?;
        transaction.delete("link", subject::link(&person.subject, &link), When::Present);
    }
    let content = Content::ContactChangeTakenBack { channel };
    tell_everyone(call, &person, (&change, &content), &mut transaction).await?;
    let book = caller.book(call).await?;
    let action = (Action::ContactChangeTakenBack, Actor::Person, channel);
    put_account(call, (&mut person, book), action, &mut transaction)?;
    call.ports.store.write(transaction).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
