//! The people of a copy: erased since, lost, or alive and as far behind as their chain says.

use super::counts::Counts;
use super::pass::{Mode, Pass};
use super::{contacts, replay};
use crate::domain::account::State;
use crate::domain::gate::Use;
use crate::domain::inventory::{Entity, Item, items};
use crate::domain::period::Period;
use crate::domain::time::{Timestamp, minutes};
use crate::erasure::{self, account_tombstone, ledger_tombstone};
use crate::error::{Error, Kind, Result, corrupt};
use crate::ids::{ReceiptId, SubjectId};
use crate::ledger::{Action, Book, Facts, RESTORE, Resumed};
use crate::ports::Ports;
use crate::records::tombstone::Tombstone;
use crate::records::{account as accounts, evidence, receipt, subject};
use crate::store::{Attr, Lane, Row, Transaction, When};
use crate::vault::{Denied, Owner, Person};
use std::time::Duration;

/// How long a run stays with what is left of one person; then it is the sweep's.
const FINISHING: Duration = minutes(1);

/// What was read about a person, in one batch.
struct Found {
    id: SubjectId,
    account: Row,
    key: Option<Row>,
    chain: Option<Row>,
    tombstone: Option<Row>,
    year: Option<Row>,
    factors: Option<Row>,
}

/// Looks at a person, and brings the account to where it was.
pub(super) async fn look(pass: &Pass<'_>, row: &Row) -> Result<Counts> {
    let id = subject::of_partition(&row.key.pk).ok_or_else(|| corrupt("account", "key"))?;
    let keys = [
        subject::account(&id),
        Owner::Person(id.clone()).key(),
        subject::chain(&id),
        ledger_tombstone(&id),
        Book::year_key(pass.ports.clock.now()),
        subject::factors(&id),
    ];
    let [account, key, chain, tombstone, year, factors] = pass.ports.store.get(&keys).await?;
    let living = |row: &Row| row.text(Attr::State).ok() != Some(State::Erased.name());
    let Some(account) = account.filter(living) else { return Ok(Counts::default()) };
    let found = Found { id, account, key, chain, tombstone, year, factors };
    match (&found.tombstone, &found.key) {
        (Some(noted), _) => erased(pass, &found, noted).await,
        (None, Some(key)) => living_on(pass, &found, key).await,
        (None, None) => lost(pass, &found).await,
    }
}

/// Erased since the copy: what came back goes again.
async fn erased(pass: &Pass<'_>, found: &Found, noted: &Row) -> Result<Counts> {
    if pass.mode == Mode::Apply {
        let at = noted.time(Attr::ErasedAt)?;
        let receipt = receipt_of(pass.ports, noted).await?;
        let receipt = receipt.and_then(|noted| ReceiptId::parse(&noted.receipt));
        let now = pass.ports.clock.now();
        let transaction = gone(found, receipt.as_ref(), at, now)?;
        pass.ports.store.write(transaction).await?;
        erasure::finish(pass.ports, &found.id, now.plus(FINISHING)).await?;
    }
    let keys_removed = u64::from(found.key.is_some());
    Ok(Counts { erased: 1, keys_removed, ..Counts::default() })
}

/// What a tombstone in the ledger seals; `None` where its key is gone, or a loss made it.
pub(super) async fn receipt_of(ports: &Ports, noted: &Row) -> Result<Option<Tombstone>> {
    if noted.bytes(Attr::Sealed).is_err() {
        return Ok(None);
    }
    let owner = Owner::Period(Period::evidence(noted.time(Attr::ErasedAt)?));
    let [key] = ports.store.get(&[owner.key()]).await?;
    let key = ports.vault.open(owner, key.as_ref()).await?;
    key.map(|key| key.open(noted)).transpose()
}

/// Without a key nothing of the account opens, in this table or any other: it is over.
async fn lost(pass: &Pass<'_>, found: &Found) -> Result<Counts> {
    if pass.mode == Mode::Apply {
        let now = pass.ports.clock.now();
        let mut transaction = gone(found, None, now, now)?;
        let noted = Row::new(ledger_tombstone(&found.id), Entity::Tombstone)
            .with(Attr::ErasedAt, now)
            .with(Attr::ExpiresAt, Period::evidence(now).ends());
        transaction.put("tombstone", noted, When::Absent);
        pass.ports.store.write(transaction).await?;
        erasure::finish(pass.ports, &found.id, now.plus(FINISHING)).await?;
    }
    Ok(Counts { lost: 1, ..Counts::default() })
}

/// The account a tombstone, its key and the head of its chain gone, and the job that finishes it.
/// Claims go with the pass over `Keys`.
fn gone(
    found: &Found,
    receipt: Option<&ReceiptId>,
    erased_at: Timestamp,
    now: Timestamp,
) -> Result<Transaction> {
    let mut transaction = Transaction::new();
    transaction.replace("account", account_tombstone(&found.account, receipt, erased_at)?);
    for (label, row) in [("person-key", &found.key), ("chain", &found.chain)] {
        if let Some(row) = row {
            transaction.delete(label, row.key.clone(), When::Version(row.version));
        }
    }
    let job = Row::new(subject::erasure(&found.id), Entity::Erasure).due(Lane::Sweep, now);
    transaction.put("job", job, When::Absent);
    Ok(transaction)
}

/// Alive: what the chain says was done since the copy is done again, and the chain goes on.
async fn living_on(pass: &Pass<'_>, found: &Found, key: &Row) -> Result<Counts> {
    let ports = pass.ports;
    let opened = ports.vault.open_person(&found.id, Some(&found.account), Some(key), Use::Storage);
    let person = match opened.await {
        Ok(person) => person,
        Err(Denied::Failed(error)) => return Err(error),
        Err(Denied::Refused(_)) => return Err(Error::new(Kind::Internal, "restore a person")),
    };
    let chain = found.chain.as_ref().ok_or_else(|| corrupt("chain", "row"))?;
    let resumed = Resumed::of_person(ports, &person.key, chain).await?;
    if resumed.ends_with(Action::Restored, pass.job.begun_at) {
        return Ok(Counts { people: 1, ..Counts::default() });
    }
    let mut replayed = replay::since(ports, &person, &resumed.entries).await?;
    replayed.counts.resets += u64::from(replayed.factors && found.factors.is_some());
    let settled = contacts::settle(pass, &person.subject, &mut replayed).await?;
    if pass.mode == Mode::Apply {
        write(ports, (&person, found), (replayed.clone(), settled), (resumed, pass)).await?;
    }
    Ok(replayed.counts)
}

/// The account, its claims, its receipt and its chain, in one transaction.
async fn write(
    ports: &Ports,
    (person, found): (&Person, &Found),
    (replayed, claims): (replay::Replayed, Vec<crate::vault::Claims>),
    (chain, pass): (Resumed, &Pass<'_>),
) -> Result<()> {
    let (now, newer) = (ports.clock.now(), chain.newer());
    let mut profile = replayed.profile;
    // No token and no ETag of the time after the copy fits again.
    profile.session_epoch += newer + 1;
    let epoch = person.gate_epoch().saturating_add_unsigned(newer + 1);
    let mut row = replayed.account.with(Attr::GateEpoch, epoch);
    row.version += newer + 1;
    let row = accounts::scheduled(ports, row, &profile, now)?;
    let ended = evidence::ended(&person.profile, &profile, now);
    let mut transaction = Transaction::new();
    if let Some(row) = found.factors.as_ref().filter(|_| replayed.factors) {
        transaction.delete("factors", row.key.clone(), When::Version(row.version));
    }
    let when = When::Version(person.account.version);
    transaction.put("account", person.key.seal(row, &profile)?, when);
    for claims in &claims {
        claims.put(&mut transaction, "claim", &person.subject);
    }
    for row in receipts(ports, &replayed.receipts).await? {
        match row {
            Receipt::Scheduled(row) => transaction.put("receipt", row, When::Absent),
            Receipt::Gone(row) => {
                transaction.delete("receipt", row.key, When::Version(row.version))
            }
        };
    }
    let facts = Facts::of("C-7.5", &touched(), pass.request.as_str());
    let book = chain.open(ports, found.year.as_ref()).await?;
    for proof in &ended {
        let whose = (&person.subject, &*ports.entropy);
        evidence::append(&mut transaction, whose, proof, (now, book.year()))?;
    }
    book.enter(&mut transaction, &person.key, (Action::Restored, RESTORE), &facts)?;
    ports.store.write(transaction).await
}

const fn touched() -> [&'static Item; 2] {
    [&items::ACCOUNT_STATE, &items::SESSION_EPOCH]
}

/// What becomes of a receipt.
enum Receipt {
    Scheduled(Row),
    Gone(Row),
}

/// The receipts of cancellations that were asked for since, or withdrawn since, as far as they are
/// not so already.
async fn receipts(
    ports: &Ports,
    wanted: &[(ReceiptId, Option<(Timestamp, Timestamp)>)],
) -> Result<Vec<Receipt>> {
    let keys: Vec<_> = wanted.iter().map(|(id, _)| receipt::key(id)).collect();
    let rows = ports.store.get_all(&keys).await?;
    let due = |((id, times), row): (&(ReceiptId, Option<_>), Option<Row>)| match (times, row) {
        (Some((at, erases_at)), None) => {
            Some(Receipt::Scheduled(receipt::scheduled(id, *at, *erases_at)))
        }
        (None, Some(row)) => Some(Receipt::Gone(row)),
        _ => None,
    };
    Ok(wanted.iter().zip(rows).filter_map(due).collect())
}
