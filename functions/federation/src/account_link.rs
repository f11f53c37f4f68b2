//! Linking: the third-party account becomes a way into the account of the session that began it.

use crate::answers::Done;
use crate::holder::Holder;
use shared::domain::account::State;
use shared::domain::inventory::items;
use shared::domain::third_party::ThirdParty;
use shared::http::{Call, Problem, ProblemKind, settle};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::records::authorization::Authorization;
use shared::store::{Transaction, When};
use shared::vault::IndexKey;

/// Links an account with a third party. Every contact is told.
///
/// # Errors
///
/// `ThirdPartyTaken`, `ThirdPartyOther`, `WrongState`, `Limited`, `Unauthenticated`.
pub(crate) async fn link(
    call: &Call,
    begun: &Authorization,
    account: &ThirdParty,
) -> Result<Done, Problem> {
    let index = call.ports.vault.index().await?;
    settle(&call.ports.store, || async {
        let holder = Holder::find(call, begun.session.as_ref()).await?;
        write(call, holder, account, &index).await
    })
    .await
}

async fn write(
    call: &Call,
    holder: Holder,
    account: &ThirdParty,
    index: &IndexKey,
) -> Result<Done, Problem> {
    let person = &holder.person;
    if person.state != State::Active {
        let state = person.state.name();
        return Err(Problem::new(ProblemKind::WrongState).with("state", state));
    }
    if person.profile.is_linked(account) {
        return Ok(Done::Linked);
    }
    if person.profile.third_party(&account.provider).is_some() {
        return Err(ProblemKind::ThirdPartyOther.into());
    }
    let claims = index.third_party_claims(account);
    let mut profile = person.profile.clone();
    profile.link(account.clone(), claims.current.pk.clone());
    let mut transaction = Transaction::new();
    claims.put(&mut transaction, "claim", &person.subject);
    transaction.replace("account", person.key.seal(person.account.clone().next(), &profile)?);
    transaction.check("session", holder.session_row.key.clone(), When::Present);
    holder.count_told(call, &mut transaction)?;
    let facts = Facts::of("rights", &[&items::THIRD_PARTIES, &items::CLAIMS], call.id.as_str());
    let entry = (Action::ThirdPartyLinked, Actor::Person);
    holder.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    let content = Content::ThirdPartyLinked { provider: account.provider.clone() };
    let (told, about) = ((&person.profile, &content), Some(&person.subject));
    outbox::tell(&call.ports, &mut transaction, told, about, call.now).await?;
    match call.ports.store.write(transaction).await {
        Ok(()) => Ok(Done::Linked),
        Err(error) if error.failed("claim") => Err(ProblemKind::ThirdPartyTaken.into()),
        Err(error) => Err(error.into()),
    }
}
