//! Erasure: one transaction destroys the key first, then a resumable job removes the rest (C-8.2,
//! C-8.4).

use crate::domain::account::State;
use crate::domain::gate::{Refusal, Use};
use crate::domain::inventory::{Entity, Erased};
use crate::domain::period::Period;
use crate::domain::receipt::{KEY_RECOVERY_HOURS, Statement, outcome};
use crate::domain::time::{Timestamp, hours};
use crate::error::{Error, Result, corrupt};
use crate::ids::{ReceiptId, SubjectId};
use crate::ledger::{Action, Actor, Book, Facts};
use crate::outbox::{self, Content, Message};
use crate::ports::Ports;
use crate::records::{receipt, subject};
use crate::store::{Attr, Key, Lane, Row, Table, Transaction, When};
use crate::vault::{Denied, Person};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

/// Rows that one transaction of the job removes.
const SLICE: i32 = 25;
/// Tries of the erasing transaction against other writes of the same person.
const TRIES: usize = 5;

/// How an erasure went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The key is destroyed, now or before.
    Erased(Timestamp),
    /// Not to be erased (yet): not cancelled, mind changed, or still cooling off.
    NotDue,
}

/// Erases a person whose cancellation is due. Safe to repeat, and to run twice at once.
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
            Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
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
    let keys = [
        subject::account(id),
        crate::vault::Owner::Person(id.clone()).key(),
        subject::chain(id),
        Book::year_key(now),
    ];
    let [account, key, chain, year] = ports.store.get(&keys).await?;
    let opened = ports.vault.open_person(id, account.as_ref(), key.as_ref(), Use::Rights).await;
    let person = match opened {
        Ok(person) => person,
        Err(Denied::Refused(Refusal::Erased)) => {
            let row = account.ok_or_else(|| corrupt("account", "row"))?;
            return row.time(Attr::ErasedAt).map(Outcome::Erased);
        }
        Err(Denied::Refused(Refusal::Unknown)) => return Ok(Outcome::NotDue),
        // The batch met the transaction of another run half way; the next try sees its end.
        Err(Denied::Refused(_)) => {
            return Err(Error::new(crate::Kind::Conflict(vec!["account"]), "erase"));
        }
        Err(Denied::Failed(error)) => return Err(error),
    };
    if person.state != State::Closing || person.account.time(Attr::ErasesAt)? > now {
        return Ok(Outcome::NotDue);
    }
    let book = Book::open(ports, &person.key, (chain.as_ref(), year.as_ref()), now).await?;
    let transaction = transaction(ports, &person, book, (actor, request, now)).await?;
    ports.store.write(transaction).await?;
    Ok(Outcome::Erased(now))
}

/// The one transaction: key and claims gone, tombstones, ledger entry, receipt, message, job.
async fn transaction(
    ports: &Ports,
    person: &Person,
    book: Book,
    (actor, request, now): (Actor, &str, Timestamp),
) -> Result<Transaction> {
    let id = &person.subject;
    let receipt_id = ReceiptId::parse(person.account.text(Attr::Receipt)?)
        .ok_or_else(|| person.account.corrupt(Attr::Receipt))?;
    let [scheduled] = ports.store.get(&[receipt::key(&receipt_id)]).await?;
    // The mind was changed after the account was read: the next try sees both.
    let unsettled = || Error::new(crate::Kind::Conflict(vec!["receipt"]), "erase");
    let scheduled = scheduled.ok_or_else(unsettled)?;
    let year = book.year().clone();

    let mut transaction = Transaction::new();
    transaction.delete("person-key", person.key.owner().key(), When::Present);
    for claim in &person.profile.claims {
        transaction.delete("claim", Key::keys(claim.as_str()), When::Present);
    }
    transaction.replace("account", tombstone(person, &receipt_id, now));
    let noted = Row::new(ledger_tombstone(id), Entity::Tombstone)
        .with(Attr::ErasedAt, now)
        .with(Attr::ExpiresAt, Period::evidence(now).ends());
    transaction.put("tombstone", noted, When::Absent);
    let facts = Facts::of("C-8.4", &[], request);
    let head = book.close(&mut transaction, (Action::Erased, actor), &facts)?;
    let statement = statement(id, &receipt_id, scheduled.time(Attr::CreatedAt)?, now)?;
    let statement = ports.vault.sign_receipt(&statement).await?;
    let sealed = receipt::Receipt {
        statement,
        chain: head.chain,
        sequence: head.sequence,
        last_hash: head.last_hash,
    };
    transaction.replace("receipt", receipt::signed(scheduled, &sealed, (now, &year))?);
    let content = Content::Erased { erased_at: now, receipt: receipt_id.to_string() };
    if let Some(message) = Message::to(&person.profile, content) {
        outbox::post(ports, &mut transaction, &message, None, now).await?;
    }
    let job = Row::new(subject::erasure(id), Entity::Erasure).due(Lane::Sweep, now);
    transaction.put("job", job, When::Absent);
    Ok(transaction)
}

/// The account as it stays: the date, the receipt, and a gate that nothing passes.
fn tombstone(person: &Person, receipt: &ReceiptId, now: Timestamp) -> Row {
    let mut row = Row::new(person.account.key.clone(), Entity::Account)
        .with(Attr::State, State::Erased.name())
        .with(Attr::GateEpoch, person.gate_epoch() + 1)
        .with(Attr::ErasedAt, now)
        .with(Attr::Receipt, receipt.as_str())
        .with(Attr::ExpiresAt, Period::evidence(now).ends());
    row.version = person.account.version + 1;
    row
}

/// The tombstone in the ledger: its key is a digest of the random subject id, so that only who
/// has the id finds it.
pub fn ledger_tombstone(id: &SubjectId) -> Key {
    Key::ledger(format!("tombstone#{}", subject_digest(id)), "tombstone")
}

fn subject_digest(id: &SubjectId) -> String {
    HEXLOWER.encode(digest(&SHA256, id.as_str().as_bytes()).as_ref())
}

fn statement(
    id: &SubjectId,
    receipt: &ReceiptId,
    requested_at: Timestamp,
    erased_at: Timestamp,
) -> Result<Vec<u8>> {
    let (gone, stays) = outcome(erased_at);
    let statement = Statement {
        receipt: receipt.to_string(),
        subject_digest: subject_digest(id),
        ground: "C-8.4".to_owned(),
        requested_at: requested_at.rfc3339(),
        erased_at: erased_at.rfc3339(),
        gone,
        stays,
        backups_unreadable_at: erased_at.plus(hours(KEY_RECOVERY_HOURS)).rfc3339(),
    };
    serde_json::to_vec(&statement)
        .map_err(|e| Error::new(crate::Kind::Internal, "state an erasure").because(e))
}

/// Finishes an erasure: removes what the destroyed key sealed, then the job itself. Safe to repeat.
///
/// # Errors
///
/// Whatever the store answers; run it again.
pub async fn finish(ports: &Ports, id: &SubjectId) -> Result<()> {
    let partition = subject::partition(id);
    let mut after = None;
    loop {
        let from = (Table::Records, partition.as_str(), "");
        let page = ports.store.page(from, SLICE, after.as_ref()).await?;
        let mut transaction = Transaction::new();
        let mut removed = 0;
        for row in page.items.iter().filter(|row| goes(row)) {
            transaction.delete("gone", row.key.clone(), When::Present);
            removed += 1;
        }
        if removed > 0 {
            match ports.store.write(transaction).await {
                // Another run removed some of them: look again.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut done = Transaction::new();
    done.delete("job", subject::erasure(id), When::Present);
    match ports.store.write(done).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}

/// Whether a row of an erased person goes: by the inventory, but for the tombstone itself.
fn goes(row: &Row) -> bool {
    row.entity != Entity::Account && row.entity.spec().erased == Erased::Gone
        || row.entity == Entity::Limit
}
