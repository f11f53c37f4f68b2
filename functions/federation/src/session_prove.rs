//! Proving: the session that began the log-in is fresh, and where its holder takes it, has a new
//! secret.

use crate::answers::{Done, Renewed};
use crate::holder::Holder;
use shared::domain::inventory::items;
use shared::domain::third_party::ThirdParty;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind, cookie_token, settle};
use shared::ledger::{Action, Actor, Facts};
use shared::records::authorization::Authorization;
use shared::records::session::{Session, Token};
use shared::store::Transaction;

/// Makes the session fresh. Its secret is another one where the answer can hand it over: where the
/// return came with the session's cookie, or asks for a token. Otherwise whoever holds the session
/// would lose it.
///
/// # Errors
///
/// `ThirdPartyUnknown` where the third-party account is not linked to the person's; `Unauthenticated`
/// where the session is over.
pub(crate) async fn prove(
    call: &Call,
    (begun, rotate): (&Authorization, bool),
    account: &ThirdParty,
) -> Result<Done, Problem> {
    settle(&call.ports.store, || async {
        let holder = Holder::find(call, begun.session.as_ref()).await?;
        if !holder.person.profile.is_linked(account) {
            return Err(ProblemKind::ThirdPartyUnknown.into());
        }
        freshen(call, &holder, rotate).await
    })
    .await
}

async fn freshen(call: &Call, holder: &Holder, rotate: bool) -> Result<Done, Problem> {
    let (ports, person) = (&call.ports, &holder.person);
    let own = cookie_token(call).filter(|token| token.session == holder.id);
    let by_cookie = own.is_some_and(|token| token.opens(&holder.session));
    let renewed = by_cookie || rotate;
    let token = Token::renew(&person.subject, &holder.session_row, &*ports.entropy);
    let token = token.ok_or_else(|| corrupt("session", "key"))?;
    let before = holder.session.secret_digest.clone();
    let session = Session {
        fresh_until: call.now.plus(ports.config.sessions.fresh),
        secret_digest: if renewed { token.digest() } else { before },
        ..holder.session.clone()
    };
    let mut transaction = Transaction::new();
    let row = person.key.seal(holder.session_row.clone().next(), &session)?;
    transaction.replace("session", row);
    transaction.check("gate", person.account.key.clone(), holder.gate());
    let facts = Facts::of("rights", &[&items::SESSION_FRESH], call.id.as_str());
    let entry = (Action::SessionFreshened, Actor::Person);
    holder.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    ports.store.write(transaction).await?;
    let (ends_at, remembered) = (session.ends_at, session.remembered);
    let renewed =
        renewed.then(|| Renewed { token: token.reveal(), ends_at, remembered, by_cookie });
    Ok(Done::Proved(renewed))
}
