//! The link in the message to an old contact: its holder freezes the change, and no more (C-8.1).

use crate::contacts::{put_account, tell_everyone};
use axum::response::Response;
use shared::domain::contact::change::{ContactChange, Stage};
use shared::domain::locale::text;
use shared::http::page::LinkPage;
use shared::http::{Call, Id, Linked, Problem, ProblemKind, settle};
use shared::ledger::{Action, Actor};
use shared::outbox::Content;
use shared::records::link::Act;
use shared::store::Transaction;

/// Shows what the link of a change of contact does. Nothing changes: a preview may open it.
#[utoipa::path(
    get, path = "/v1/contact-change-links/{token}", operation_id = "get_contact_change_link",
    tag = "correct", params(("token" = String, Path, description = "The token of the link")),
    responses(
        (status = 200, description = "A page with one button", body = String,
            content_type = "text/html; charset=utf-8"),
        (status = "4XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_contact_change_link(call: Call, Id(token): Id) -> Response {
    PAGE.asked(&call, find(&call, &token).await)
}

/// Freezes the change for 72 hours, once.
///
/// Meanwhile the contact before counts. Whoever holds it sees nothing of the account and gets no
/// session.
#[utoipa::path(
    post, path = "/v1/contact-change-links/{token}", operation_id = "use_contact_change_link",
    tag = "correct", params(("token" = String, Path, description = "The token of the link")),
    responses(
        (status = 200, description = "The change is frozen", body = String,
            content_type = "text/html; charset=utf-8"),
        (status = "4XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn use_contact_change_link(call: Call, Id(token): Id) -> Response {
    let done = settle(&call.ports.store, || async {
        let linked = find(&call, &token).await?;
        freeze(&call, linked).await
    });
    PAGE.acted(&call, done.await)
}

/// The link, while the change that it was sent for is open.
async fn find(call: &Call, token: &str) -> Result<Linked, Problem> {
    let linked = Linked::identify(call, token, Act::FreezeContactChange).await?;
    let of_it = |change: &&ContactChange| {
        change.link == linked.about && change.stage(call.now) == Stage::Open
    };
    match linked.person.profile.contact_change.as_ref().filter(of_it) {
        Some(_) => Ok(linked),
        None => Err(ProblemKind::LinkSpent.into()),
    }
}

async fn freeze(call: &Call, linked: Linked) -> Result<(), Problem> {
    let mut person = linked.person.clone();
    let frozen = person.profile.freeze_change(call.now).cloned();
    let change = frozen.ok_or(ProblemKind::LinkSpent)?;
    let mut transaction = Transaction::new();
    linked.spend(&mut transaction);
    let channel = change.channel;
    let content = Content::ContactChangeFrozen { channel, until: change.final_at() };
    tell_everyone(call, &person, (&change, &content), &mut transaction).await?;
    let book = linked.book(call).await?;
    let action = (Action::ContactChangeFrozen, Actor::Link, channel);
    put_account(call, (&mut person, book), action, &mut transaction)?;
    Ok(call.ports.store.write(transaction).await?)
}

const PAGE: LinkPage = LinkPage {
    ask: (
        text("Freeze this change of contact?", "冻结此次联系方式变更？"),
        text(
            "This contact was replaced or removed in an OpenDataLab account. If that was not you, \
             freeze the change: for 72 hours this contact counts again, so that the account's \
             owner can log in with it and take the change back.",
            "此联系方式在某 OpenDataLab 账号中已被更换或移除。如非本人操作，请冻结变更：\
             72 小时内此联系方式恢复有效，账号所有者可用其登录并撤回变更。",
        ),
    ),
    button: text("Freeze the change", "冻结变更"),
    done: (
        text("The change is frozen", "变更已冻结"),
        text(
            "For 72 hours this contact counts. If the account is yours, log in with it, withdraw \
             the cancellation if there is one, take the change back, remove contacts that are not \
             yours, and change your password. If you cannot log in, write to the address that the \
             policy names.",
            "72 小时内此联系方式有效。如账号属于您，请用其登录，撤回注销（如有），撤回变更，\
             移除非本人的联系方式，并修改密码。如无法登录，请写信至政策所列的联系地址。",
        ),
    ),
};
