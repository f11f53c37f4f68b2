//! What is due about an account: a notice, its erasure, or only a later time.

use crate::report::Done;
use crate::worker::Worker;
use shared::contact_change;
use shared::domain::account::{Profile, State};
use shared::domain::deadline::{self, Facts as Deadline, Task};
use shared::domain::gate::{Refusal, Use};
use shared::domain::inventory::items;
use shared::domain::retention::unused_end;
use shared::domain::time::Timestamp;
use shared::erasure::{self, Outcome};
use shared::error::{Error, Kind, Result, corrupt};
use shared::ids::SubjectId;
use shared::ledger::{Action, Actor, Book, Facts};
use shared::outbox::{self, Content};
use shared::ports::Ports;
use shared::records::{account, subject};
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::{Denied, Owner, Person};

/// The job's name in the ledger.
const SWEEP: Actor = Actor::Job("sweep");
/// Tries of a notice against other writes of the same person.
const TRIES: u32 = 5;

/// Does what is due about an account.
pub(crate) async fn end(worker: &Worker<'_>, row: &Row) -> Result<Done> {
    let corrupt = || corrupt(row.entity.name(), "key");
    let id = subject::of_partition(&row.key.pk).ok_or_else(corrupt)?;
    if has_cooled_off(row, worker.started)? {
        return erase(worker, &id).await;
    }
    let mut tries = 0;
    loop {
        match look(worker, &id).await {
            Err(error) if error.is_conflict() && tries < TRIES => {
                worker.ports.store.back_off(tries).await;
                tries += 1;
            }
            other => return other,
        }
    }
}

/// Whether the cooling-off period of a cancellation is over: the row says it in clear.
fn has_cooled_off(row: &Row, now: Timestamp) -> Result<bool> {
    let state = State::parse(row.text(Attr::State)?).ok_or_else(|| row.corrupt(Attr::State))?;
    Ok(state == State::Closing && row.time(Attr::ErasesAt)? <= now)
}

/// What [`end`] would do about an account; `None` where there is nobody any more.
pub(crate) async fn task(ports: &Ports, row: &Row, now: Timestamp) -> Result<Option<Task>> {
    let corrupt = || corrupt(row.entity.name(), "key");
    let id = subject::of_partition(&row.key.pk).ok_or_else(corrupt)?;
    if has_cooled_off(row, now)? {
        return Ok(Some(Task::EraseCancelled));
    }
    let found = find(ports, &id, now).await?;
    Ok(found.map(|found| match deadline::after(&found.facts, ports.config.unused, now) {
        (_, later) if later > now => Task::Nothing,
        (task, _) => task,
    }))
}

/// What one look at an account needs.
struct Found {
    person: Person,
    chain: Option<Row>,
    year: Option<Row>,
    facts: Deadline,
}

async fn look(worker: &Worker<'_>, id: &SubjectId) -> Result<Done> {
    let now = worker.started;
    let Some(found) = find(worker.ports, id, now).await? else { return Ok(Done::Stale) };
    let unused = worker.ports.config.unused;
    match deadline::after(&found.facts, unused, now) {
        (_, later) if later > now => move_on(worker, &found.person, later).await,
        (Task::Notice(_), _) => tell(worker, &found, now).await,
        (Task::EraseUnused | Task::EraseCancelled, _) => erase(worker, id).await,
        (Task::FinishContactChange, _) => {
            let by = (SWEEP, worker.request.as_str());
            let done = contact_change::finish(worker.ports, id, by).await?;
            Ok(if done { Done::Settled } else { Done::Stale })
        }
        // It is always due later.
        (Task::Nothing, _) => Ok(Done::Stale),
    }
}

/// Opens the person to know the deadlines. Nothing is shown to anyone.
async fn find(ports: &Ports, id: &SubjectId, now: Timestamp) -> Result<Option<Found>> {
    let owner = Owner::Person(id.clone());
    let keys = [subject::account(id), owner.key(), subject::chain(id), Book::year_key(now)];
    let [account, key, chain, year] = ports.store.get(&keys).await?;
    let (account, key) = (account.as_ref(), key.as_ref());
    match ports.vault.open_person(id, account, key, Use::Storage).await {
        Ok(person) => {
            let facts = account::deadline_facts(&person)?;
            Ok(Some(Found { person, chain, year, facts }))
        }
        Err(Denied::Refused(Refusal::Unknown | Refusal::Erased | Refusal::Erasing)) => Ok(None),
        Err(denied) => Err(match denied {
            Denied::Failed(error) => error,
            Denied::Refused(_) => Error::new(Kind::Internal, "open an account"),
        }),
    }
}

/// The account is due later: somebody logged in meanwhile, or a setting changed.
async fn move_on(worker: &Worker<'_>, person: &Person, later: Timestamp) -> Result<Done> {
    let mut transaction = Transaction::new();
    let (key, when) = (person.account.key.clone(), When::Version(person.account.version));
    transaction.due_again("account", key, later, when);
    worker.ports.store.write(transaction).await.map(|()| Done::Moved)
}

/// Tells the person that the account ends unless somebody logs in. A log-in moves the chain, so
/// one that lands meanwhile makes this look again.
async fn tell(worker: &Worker<'_>, found: &Found, now: Timestamp) -> Result<Done> {
    let (ports, person) = (worker.ports, &found.person);
    let unused = ports.config.unused.unwrap_or_default();
    let ends_at = unused_end(found.facts.used_at, unused, Some(now));
    let told = deadline::told(&found.facts, unused, now);
    let row = person.account.clone().next().with(Attr::Notices, i64::from(told.notices));
    let row = account::due(ports, row, &told, now);
    let profile = Profile { told_at: Some(now), ..person.profile.clone() };
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(row, &profile)?);
    let rows = (found.chain.as_ref(), found.year.as_ref());
    let book = Book::open(ports, &person.key, rows, now).await?;
    let facts = Facts::of("C-5.3", &[&items::TOLD_AT, &items::NOTICES], worker.request.as_str());
    book.enter(&mut transaction, &person.key, (Action::EndAnnounced, SWEEP), &facts)?;
    let told = (&person.profile, &Content::EndsUnused { ends_at });
    outbox::tell(ports, &mut transaction, told, Some(&person.subject), now).await?;
    ports.store.write(transaction).await.map(|()| Done::Told)
}

async fn erase(worker: &Worker<'_>, id: &SubjectId) -> Result<Done> {
    let ports = worker.ports;
    match erasure::erase(ports, id, (SWEEP, worker.request.as_str())).await? {
        // What is not finished in this run has a job of its own.
        Outcome::Erased(_) => {
            erasure::finish(ports, id, worker.until()).await.map(|_| Done::Erased)
        }
        Outcome::NotDue => Ok(Done::Stale),
        Outcome::Braked => Ok(Done::Braked),
    }
}
