//! The end of a change of contact (C-8.1).

use crate::domain::contact::Channel;
use crate::domain::gate::Use;
use crate::domain::inventory::{Item, items};
use crate::error::Result;
use crate::ids::SubjectId;
use crate::ledger::{Action, Actor, Book, Facts};
use crate::ports::Ports;
use crate::records::{account as accounts, subject};
use crate::store::{Key, Transaction, When};
use crate::vault::{Denied, Owner};

/// Tries of the transaction against other writes of the same person.
const TRIES: usize = 5;

/// The items that a change of contact of a channel touches.
pub const fn items_of(channel: Channel) -> [&'static Item; 3] {
    let contact = match channel {
        Channel::Email => &items::EMAIL,
        Channel::Phone => &items::PHONE,
    };
    [contact, &items::CONTACT_CHANGE, &items::CLAIMS]
}

/// Ends a person's change of contact where it is final: the claim on the old contact goes, and
/// nothing of it stays. Says whether there was one. Safe to repeat, and to run twice at once.
///
/// Nobody waits for it: which contact counts is read off the clock.
///
/// # Errors
///
/// `Conflict` where other writes of the person got in the way too often; run it again.
pub async fn finish(ports: &Ports, id: &SubjectId, by: (Actor, &str)) -> Result<bool> {
    let mut tries = 0;
    loop {
        match try_finish(ports, id, by).await {
            Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}

async fn try_finish(
    ports: &Ports,
    id: &SubjectId,
    (actor, request): (Actor, &str),
) -> Result<bool> {
    let now = ports.clock.now();
    let keys = [
        subject::account(id),
        Owner::Person(id.clone()).key(),
        subject::chain(id),
        Book::year_key(now),
    ];
    let [account, key, chain, year] = ports.store.get(&keys).await?;
    let opened = ports.vault.open_person(id, account.as_ref(), key.as_ref(), Use::Storage).await;
    let mut person = match opened {
        Ok(person) => person,
        // Nobody, or a person who is erased: the claims went with the key.
        Err(Denied::Refused(_)) => return Ok(false),
        Err(Denied::Failed(error)) => return Err(error),
    };
    let Some(change) = person.profile.finish_change(now) else { return Ok(false) };
    let mut transaction = Transaction::new();
    transaction.delete("claim", Key::keys(change.old.claim), When::Present);
    let row = person.account.next();
    let account = accounts::scheduled(ports, row, &person.profile, now)?;
    transaction.replace("account", person.key.seal(account, &person.profile)?);
    let book = Book::open(ports, &person.key, (chain.as_ref(), year.as_ref()), now).await?;
    let facts = Facts::of("rights", &items_of(change.channel), request);
    let entry = (Action::ContactChangeFinished, actor);
    book.enter(&mut transaction, &person.key, entry, &facts)?;
    ports.store.write(transaction).await?;
    Ok(true)
}
