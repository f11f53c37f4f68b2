//! Entering: an act goes into its person's chain in the transaction that does it.

use super::verify::{Base, Entry, hash, origin};
use super::{Action, Actor, Beginning, basis_words, head_of};
use crate::domain::inventory::{Entity, Item};
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result, corrupt};
use crate::ids::{ChainId, ReceiptId, SubjectId};
use crate::ports::Ports;
use crate::records::subject;
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::vault::{DataKey, Owner, PeriodKey};
use data_encoding::HEXLOWER;

crate::declared! {
    /// The head of a chain, sealed in the person's partition, or the job's.
    pub struct Chain in Chain {
        /// The chain's random id.
        chain: String => CHAIN_ID,
        /// How many entries it has.
        sequence: u64 => CHAIN_SEQUENCE,
        /// The hash of the last one, hex.
        last_hash: String => CHAIN_HASH,
        /// Where the entries of each year begin that have not left. Version 0.1.0 wrote none.
        #[serde(default)]
        begins: Vec<Beginning> => CHAIN_BEGINS,
    }
}

crate::declared! {
    /// What an entry seals: names and codes, no values and no free text.
    pub struct Facts in LedgerEntry {
        /// The items that the act touched, by their ids in the inventory.
        items: Vec<String> => LEDGER_ITEMS,
        /// The purpose, or the ground.
        basis: String => LEDGER_BASIS,
        /// The case, where there is one.
        case: Option<String> => LEDGER_CASE,
        /// The request.
        request: String => LEDGER_REQUEST,
    }
}

impl Facts {
    /// Facts about an act: the purpose or clause it rests on, and the items it touched.
    pub fn of(basis: &str, items: &[&Item], request: &str) -> Self {
        debug_assert!(basis_words(basis).is_some(), "a copy says in words what an act rests on");
        let items = items.iter().map(|item| item.id()).collect();
        Self { items, basis: basis.to_owned(), case: None, request: request.to_owned() }
    }

    /// The same facts, of a case: for a cancellation and its end the receipt, so that the ledger
    /// leads to it where the table of receipts is lost.
    #[must_use]
    pub fn of_case(self, receipt: &ReceiptId) -> Self {
        Self { case: Some(receipt.to_string()), ..self }
    }
}

/// A chain opened for one more entry, of a person or of a job.
pub struct Book {
    pub(super) row: Row,
    pub(super) head: Chain,
    pub(super) year: PeriodKey,
    pub(super) now: Timestamp,
}

impl Book {
    /// Where the key of this year's evidence is: to be read in the batch that the act decides on.
    pub fn year_key(now: Timestamp) -> Key {
        Owner::Period(Period::evidence(now)).key()
    }

    /// Opens a person's chain.
    ///
    /// # Errors
    ///
    /// `Conflict` where the chain is not there: look again, together with the account.
    pub async fn open(
        ports: &Ports,
        person: &DataKey,
        (chain, year): (Option<&Row>, Option<&Row>),
        now: Timestamp,
    ) -> Result<Self> {
        // A batch is no snapshot: a living account without a chain is about to end, or just begun.
        let unsettled = || Error::new(Kind::Conflict(vec!["chain"]), "open a chain");
        let chain = chain.ok_or_else(unsettled)?;
        let head = head_of(person, chain)?;
        let year = ports.vault.period(Period::evidence(now), year).await?;
        Ok(Self { row: chain.clone(), head, year, now })
    }

    /// Begins the chain of a new person.
    pub async fn begin(
        ports: &Ports,
        subject: &SubjectId,
        year: Option<&Row>,
        now: Timestamp,
    ) -> Result<Self> {
        let year = ports.vault.period(Period::evidence(now), year).await?;
        Ok(Self::anew(ports, (subject::chain(subject), 0), year, now))
    }

    /// A new chain, whose head is put where `place` says, after the version that is there.
    pub(super) fn anew(
        ports: &Ports,
        (place, version): (Key, u64),
        year: PeriodKey,
        now: Timestamp,
    ) -> Self {
        let chain = ChainId::draw(&*ports.entropy).to_string();
        let head = Chain::empty(chain);
        let mut row = Row::new(place, Entity::Chain);
        row.version = version;
        Self { row, head, year, now }
    }

    /// How many entries the chain has had.
    pub const fn entries(&self) -> u64 {
        self.head.sequence
    }

    /// Where the entries begin that have not left.
    pub fn base(&self) -> Base {
        let first = || Base { sequence: 1, previous: origin(&self.head.chain) };
        self.head.base(self.now).unwrap_or_else(first)
    }

    /// The key of this year's evidence.
    pub const fn year(&self) -> &DataKey {
        self.year.key()
    }

    /// Enters an act, and moves the head, which `key` seals.
    pub fn enter(
        self,
        transaction: &mut Transaction,
        key: &DataKey,
        (action, actor): (Action, Actor),
        facts: &Facts,
    ) -> Result<()> {
        let now = self.now;
        let (row, entered) = self.write_entry(transaction, (action, actor), facts)?;
        let when = if row.version == 0 { When::Absent } else { When::Version(row.version) };
        let row = row.next().with(Attr::At, now);
        transaction.put("chain", key.seal(row, &entered)?, when);
        Ok(())
    }

    /// Enters the last act of a chain, and removes the head, which the receipt keeps.
    pub fn close(
        self,
        transaction: &mut Transaction,
        (action, actor): (Action, Actor),
        facts: &Facts,
    ) -> Result<Chain> {
        let (row, head) = self.write_entry(transaction, (action, actor), facts)?;
        let when = When::Version(row.version);
        transaction.delete("chain", row.key, when);
        Ok(head)
    }

    /// Writes the entry; gives the head's row as it was, and the head as it will be.
    fn write_entry(
        self,
        transaction: &mut Transaction,
        (action, actor): (Action, Actor),
        facts: &Facts,
    ) -> Result<(Row, Chain)> {
        let row = self.entry(action, actor, facts)?;
        let entry = Entry::read(&row)?;
        let head = self.head.after(&entry);
        transaction.put("ledger", row, When::Absent);
        self.year.put(transaction, "year");
        Ok((self.row, head))
    }

    fn entry(&self, action: Action, actor: Actor, facts: &Facts) -> Result<Row> {
        let sequence = self.head.sequence + 1;
        let key = Key::ledger(format!("chain#{}", self.head.chain), format!("{sequence:012}"));
        let number = i64::try_from(sequence).unwrap_or(i64::MAX);
        let mut row = Row::new(key, Entity::LedgerEntry)
            .with(Attr::Action, action.name())
            .with(Attr::At, self.now)
            .with(Attr::Sequence, number)
            .with(Attr::ExpiresAt, self.head.until(self.now));
        if actor != Actor::Person {
            row = row.with(Attr::Actor, actor.name());
        }
        let row = self.year().seal(row, facts)?;
        let previous = HEXLOWER
            .decode(self.head.last_hash.as_bytes())
            .map_err(|_| corrupt("chain", "last_hash"))?;
        let row = row.with(Attr::Previous, previous).with(Attr::Hash, Vec::<u8>::new());
        let hash = hash(&Entry::read(&row)?);
        Ok(row.with(Attr::Hash, hash))
    }
}
