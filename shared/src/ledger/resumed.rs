//! Chains after a restore: a head that is older than its chain is taken to the chain's end.

use super::verify::{Entry, hash};
use super::{Action, Actor, Book, Chain, Facts, head_of, job_head};
use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::{Result, corrupt};
use crate::ports::Ports;
use crate::records::job;
use crate::store::{Attr, Key, Row, Table, Transaction, When};
use crate::vault::{DataKey, Owner};
use data_encoding::HEXLOWER;

/// Rows read at a time.
const PAGE: i32 = 100;

/// A chain from a head on.
pub(crate) struct Resumed {
    /// The head's row, as the copy has it.
    row: Row,
    /// The head at the end of the chain.
    head: Chain,
    /// The entry that the copy's head is about, and those after it.
    pub(crate) entries: Vec<Row>,
}

impl Resumed {
    /// Follows a person's chain from the head in the copy to its end.
    ///
    /// # Errors
    ///
    /// `Corrupt` where the ledger does not go on from that head.
    pub(crate) async fn of_person(ports: &Ports, key: &DataKey, chain: &Row) -> Result<Self> {
        Self::follow(ports, head_of(key, chain)?, chain.clone()).await
    }

    /// Follows a job's chain; `None` where the key is gone that sealed its head.
    pub(crate) async fn of_job(ports: &Ports, chain: &Row) -> Result<Option<Self>> {
        let Some(head) = job_head(ports, chain).await? else { return Ok(None) };
        Self::follow(ports, head, chain.clone()).await.map(Some)
    }

    async fn follow(ports: &Ports, mut head: Chain, row: Row) -> Result<Self> {
        let broken = || corrupt("chain", "last_hash");
        let partition = format!("chain#{}", head.chain);
        let before = format!("{:012}", head.sequence.saturating_sub(1));
        let after = Key::ledger(partition.as_str(), before);
        let entries = entries(ports, &partition, Some(after)).await?;
        // Every entry has left at the end of its year: the head is what there is.
        if entries.is_empty() && head.entries(ports.clock.now()) == 0 {
            return Ok(Self { row, head, entries });
        }
        let first = Entry::read(entries.first().ok_or_else(broken)?)?;
        if (first.sequence, &first.hash) != (head.sequence, &head.last_hash) {
            return Err(broken());
        }
        for entry in entries.iter().skip(1) {
            let entry = Entry::read(entry)?;
            let content = HEXLOWER.encode(&hash(&entry)) == entry.hash;
            if !content || entry.previous != head.last_hash || entry.sequence != head.sequence + 1 {
                return Err(broken());
            }
            head = head.after(&entry);
        }
        Ok(Self { row, head, entries })
    }

    /// How many entries are newer than the copy.
    pub(crate) const fn newer(&self) -> u64 {
        self.entries.len().saturating_sub(1) as u64
    }

    /// Whether the last entry is this act, done after then.
    pub(crate) fn ends_with(&self, action: Action, since: Timestamp) -> bool {
        self.entries.last().is_some_and(|entry| is(entry, action, since))
    }

    /// The chain, opened for one more entry at its end.
    pub(crate) async fn open(self, ports: &Ports, year: Option<&Row>) -> Result<Book> {
        let now = ports.clock.now();
        let year = ports.vault.period(Period::evidence(now), year).await?;
        Ok(Book { row: self.row, head: self.head, year, now })
    }
}

/// Whether an entry is this act, done after then. A restore enters nothing in its first minutes.
fn is(entry: &Row, action: Action, since: Timestamp) -> bool {
    entry.text(Attr::Action).is_ok_and(|name| name == action.name())
        && entry.time(Attr::At).is_ok_and(|at| at > since)
}

/// Closes a chain, given its first entry, that no head was found of: it was begun after the copy. A
/// chain that a restore, begun at `since`, went on with, or that is closed, stays as it is.
pub(crate) async fn close_if_lost(
    ports: &Ports,
    first: &Row,
    (since, request): (Timestamp, &str),
) -> Result<()> {
    let chain = Entry::read(first)?.chain;
    let last = ports.store.last((Table::Ledger, &format!("chain#{chain}"))).await?;
    let last = last.ok_or_else(|| corrupt("chain", "last_hash"))?;
    let ends = |action, since| is(&last, action, since);
    let ever = Timestamp::from_secs(0);
    if ends(Action::Lost, ever) || ends(Action::ChainLost, ever) {
        return keep_head(ports, &last).await;
    }
    let found = ends(Action::Restored, since) || ends(Action::Resumed, since);
    if found || ends(Action::Erased, ever) {
        return Ok(());
    }
    let now = ports.clock.now();
    let [year] = ports.store.get(&[Book::year_key(now)]).await?;
    let year = ports.vault.period(Period::evidence(now), year.as_ref()).await?;
    let mut row = lost_head(&chain, now);
    row.version = 0;
    let mut transaction = Transaction::new();
    let book = Book { row, head: head_at(ports, &last).await?, year, now };
    let facts = Facts::of("C-7.5", &[], request);
    let of_person = is(first, Action::Registered, ever);
    let action = if of_person { Action::Lost } else { Action::ChainLost };
    book.enter_job(&mut transaction, action, ("restore", &facts))?;
    ports.store.write(transaction).await
}

/// The entries of a chain, from behind a place on.
async fn entries(ports: &Ports, partition: &str, mut after: Option<Key>) -> Result<Vec<Row>> {
    let mut entries: Vec<Row> = Vec::new();
    loop {
        let from = (Table::Ledger, partition, "");
        let page = ports.store.page(from, PAGE, after.as_ref()).await?;
        entries.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(entries);
        }
    }
}

/// The head at a chain's last entry, from all that are there.
async fn head_at(ports: &Ports, last: &Row) -> Result<Chain> {
    let mut head = Chain::empty(Entry::read(last)?.chain);
    for row in entries(ports, &last.key.pk, None).await? {
        head = head.after(&Entry::read(&row)?);
    }
    Ok(head)
}

/// The row of the head of a lost chain: it goes with the chain's last entry.
fn lost_head(chain: &str, now: Timestamp) -> Row {
    let row = Row::new(job::lost_chain(chain), Entity::Chain);
    row.with(Attr::ExpiresAt, Period::evidence(now).ends())
}

/// Puts the head of a chain that an earlier restore closed, where the copy is older than that.
async fn keep_head(ports: &Ports, last: &Row) -> Result<()> {
    let (head, at) = (head_at(ports, last).await?, last.time(Attr::At)?);
    let owner = Owner::Period(Period::evidence(at));
    let [there, key] = ports.store.get(&[job::lost_chain(&head.chain), owner.key()]).await?;
    let key = ports.vault.open(owner, key.as_ref()).await?;
    let (None, Some(key)) = (there, key) else { return Ok(()) };
    let row = key.seal(lost_head(&head.chain, at).with(Attr::At, at), &head)?;
    let mut transaction = Transaction::new();
    transaction.put("chain", row, When::Absent);
    ports.store.write(transaction).await
}

/// The actor that a restore is.
pub(crate) const RESTORE: Actor = Actor::Job("restore");
