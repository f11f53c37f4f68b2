//! Erasure: one transaction destroys the key first, then a resumable job removes the rest (C-5.3,
//! C-8.2, C-8.4).

mod finish;
mod transaction;

pub use finish::finish;
pub(crate) use transaction::account_tombstone;
pub use transaction::ledger_tombstone;

use crate::brake::{self, Passage};
use crate::domain::deadline;
use crate::domain::gate::{Refusal, Use};
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result, corrupt};
use crate::ids::SubjectId;
use crate::ledger::{Actor, Book};
use crate::ports::Ports;
use crate::records::{account, subject};
use crate::store::{Attr, Row};
use crate::vault::{Denied, Owner, Person};
use transaction::Erasing;

/// Tries of the erasing transaction against other writes of the same person.
const TRIES: u32 = 8;

/// How an erasure went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The key is destroyed, now or before.
    Erased(Timestamp),
    /// Not to be erased (yet): used again, not cancelled, mind changed, or still cooling off.
    NotDue,
    /// The brake is on: the account stays as it is, and due.
    Braked,
}

/// Erases a person whose account ended: cancelled and cooled off, or no longer used. Safe to
/// repeat, and to run twice at once.
///
/// # Errors
///
/// `Conflict` where other writes of the person got in the way too often; run it again.
pub async fn erase(
    ports: &Ports,
    id: &SubjectId,
    (actor, request): (Actor, &str),
) -> Result<Outcome> {
    let mut tries = 0;
    loop {
        match try_erase(ports, id, (actor, request)).await {
            Err(error) if error.is_conflict() && tries < TRIES => {
                ports.store.back_off(tries).await;
                tries += 1;
            }
            other => return other,
        }
    }
}

async fn try_erase(
    ports: &Ports,
    id: &SubjectId,
    (actor, request): (Actor, &str),
) -> Result<Outcome> {
    let now = ports.clock.now();
    let mut keys = vec![
        subject::account(id),
        Owner::Person(id.clone()).key(),
        subject::chain(id),
        Book::year_key(now),
    ];
    keys.extend(brake::keys(now));
    let mut rows = ports.store.get_all(&keys).await?;
    let brake = rows.split_off(4);
    let [account, key, chain, year] = std::array::from_fn(|i| rows[i].take());
    let person = match open(ports, id, (account.as_ref(), key.as_ref())).await? {
        Ok(person) => person,
        Err(outcome) => return Ok(outcome),
    };
    let facts = account::deadline_facts(&person)?;
    let Some(ground) = deadline::erasure(&facts, ports.config.unused, now) else {
        return Ok(Outcome::NotDue);
    };
    let room = match brake::passage(&brake, ports.config.erasures_per_hour, now) {
        Passage::Free(room) => room,
        Passage::Full => {
            brake::pull(ports, request).await?;
            return Ok(Outcome::Braked);
        }
        Passage::Braked => return Ok(Outcome::Braked),
    };
    let book = Book::open(ports, &person.key, (chain.as_ref(), year.as_ref()), now).await?;
    let erasing = Erasing { person: &person, ground, now, request };
    let mut transaction = erasing.transaction(ports, book, actor).await?;
    room.take(&mut transaction);
    ports.store.write(transaction).await?;
    Ok(Outcome::Erased(now))
}

/// The person, where there is still one; otherwise how the erasure went, or that it is under way.
async fn open(
    ports: &Ports,
    id: &SubjectId,
    (account, key): (Option<&Row>, Option<&Row>),
) -> Result<Result<Person, Outcome>> {
    match ports.vault.open_person(id, account, key, Use::Rights).await {
        Ok(person) => Ok(Ok(person)),
        Err(Denied::Refused(Refusal::Erased)) => {
            let row = account.ok_or_else(|| corrupt("account", "row"))?;
            row.time(Attr::ErasedAt).map(|at| Err(Outcome::Erased(at)))
        }
        Err(Denied::Refused(Refusal::Unknown)) => Ok(Err(Outcome::NotDue)),
        // The batch met the transaction of another run half way; the next try sees its end.
        Err(Denied::Refused(_)) => Err(Error::new(Kind::Conflict(vec!["account"]), "erase")),
        Err(Denied::Failed(error)) => Err(error),
    }
}
