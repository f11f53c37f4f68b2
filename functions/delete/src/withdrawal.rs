//! Withdrawing a cancellation, by a session or by the link in the message about it (C-8.4).

use axum::response::Response;
use shared::domain::account::State;
use shared::domain::inventory::items;
use shared::domain::locale::text;
use shared::error::corrupt;
use shared::http::page::LinkPage;
use shared::http::{Call, Id, Linked, Problem, ProblemKind, settle};
use shared::ids::ReceiptId;
use shared::ledger::{Action, Actor, Book, Facts};
use shared::outbox::{self, Content};
use shared::records::link::Act;
use shared::records::{account, receipt};
use shared::store::{Attr, Transaction, When};
use shared::vault::Person;

/// Where the page of the link is.
pub(crate) const PATH: &str = "/v1/cancellation-links/{token}";

/// What a withdrawal goes by.
pub(crate) struct Grounds<'a> {
    /// The person, whose account is closing.
    pub(crate) person: &'a Person,
    /// The person's chain, opened for one more entry.
    pub(crate) book: Book,
    /// The link, where it was one.
    pub(crate) link: Option<&'a Linked>,
}

/// Takes the account back into use: its state, the gate, the receipt, the ledger, a message.
pub(crate) async fn withdraw(call: &Call, grounds: Grounds<'_>) -> Result<(), Problem> {
    let Grounds { person, book, link } = grounds;
    let ports = &call.ports;
    let receipt = ReceiptId::parse(person.account.text(Attr::Receipt)?)
        .ok_or_else(|| corrupt("account", "receipt"))?;
    let row = person
        .account
        .clone()
        .next()
        .with(Attr::State, State::Active.name())
        .with(Attr::GateEpoch, person.gate_epoch() + 1)
        // Who wants to keep an account uses it, even by a link and without a session.
        .with(Attr::UsedAt, call.now)
        .without(Attr::Receipt)
        .without(Attr::ErasesAt);
    let mut profile = person.profile.clone();
    if link.is_some() {
        // The person is at no session: whoever opened one since the cancellation is somebody else.
        profile.session_epoch += 1;
    }
    let account = account::scheduled(ports, row, &profile, call.now)?;
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(account, &profile)?);
    transaction.delete("receipt", receipt::key(&receipt), When::Present);
    if let Some(link) = link {
        link.spend(&mut transaction);
    }
    let facts = Facts::of("C-8.4", &[&items::ACCOUNT_STATE], call.id.as_str());
    let actor = if link.is_some() { Actor::Link } else { Actor::Person };
    let entry = (Action::CancellationWithdrawn, actor);
    book.enter(&mut transaction, &person.key, entry, &facts)?;
    let told = (&profile, &Content::CancellationWithdrawn);
    outbox::tell(ports, &mut transaction, told, Some(&person.subject), call.now).await?;
    Ok(ports.store.write(transaction).await?)
}

/// Shows what the link of a cancellation does. Nothing changes: a preview may open it.
#[utoipa::path(
    get, path = "/v1/cancellation-links/{token}", operation_id = "get_cancellation_link",
    tag = "delete", params(("token" = String, Path, description = "The token of the link")),
    responses(
        (status = 200, description = "A page with one button", body = String,
            content_type = "text/html; charset=utf-8"),
        (status = "4XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_cancellation_link(call: Call, Id(token): Id) -> Response {
    PAGE.asked(&call, find(&call, &token).await)
}

/// Withdraws the cancellation by its link, once.
#[utoipa::path(
    post, path = "/v1/cancellation-links/{token}", operation_id = "use_cancellation_link",
    tag = "delete", params(("token" = String, Path, description = "The token of the link")),
    responses(
        (status = 200, description = "The account stays", body = String,
            content_type = "text/html; charset=utf-8"),
        (status = "4XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn use_cancellation_link(call: Call, Id(token): Id) -> Response {
    let done = settle(&call.ports.store, || async {
        let linked = find(&call, &token).await?;
        let book = linked.book(&call).await?;
        let grounds = Grounds { person: &linked.person, book, link: Some(&linked) };
        withdraw(&call, grounds).await
    });
    PAGE.acted(&call, done.await)
}

/// The link, while the account is closing by the cancellation that it was sent for.
async fn find(call: &Call, token: &str) -> Result<Linked, Problem> {
    let linked = Linked::identify(call, token, Act::WithdrawCancellation).await?;
    let account = &linked.person.account;
    let closing = linked.person.state == State::Closing
        && account.text(Attr::Receipt).is_ok_and(|receipt| receipt == linked.about);
    if closing { Ok(linked) } else { Err(ProblemKind::LinkSpent.into()) }
}

const PAGE: LinkPage = LinkPage {
    ask: (
        text("Keep your OpenDataLab account?", "保留您的 OpenDataLab 账号？"),
        text(
            "Your account is cancelled and will be erased. If you keep it, nothing is erased; log \
             in again to use it.",
            "您的账号已申请注销，将被删除。如选择保留，则不会删除任何信息；重新登录即可使用。",
        ),
    ),
    button: text("Keep my account", "保留我的账号"),
    done: (
        text("Your account stays", "您的账号已保留"),
        text(
            "The cancellation is withdrawn, and nothing is erased. All sessions have ended: log in \
             again.",
            "注销申请已撤回，未删除任何信息。所有会话均已结束，请重新登录。",
        ),
    ),
};
