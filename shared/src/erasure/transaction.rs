//! The transaction that erases: key and claims gone, tombstones, ledger entry, receipt, message, job.

use crate::domain::account::State;
use crate::domain::deadline::Ground;
use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::domain::receipt::{Statement, outcome};
use crate::domain::retention::table::KEY_RECOVERY_HOURS;
use crate::domain::time::{Timestamp, hours};
use crate::error::{Error, Kind, Result};
use crate::ids::{ReceiptId, SubjectId};
use crate::ledger::{Action, Actor, Book, Chain, Facts};
use crate::outbox::{self, Content};
use crate::ports::Ports;
use crate::records::evidence;
use crate::records::receipt::{self, Receipt};
use crate::records::subject;
use crate::records::tombstone::{self, Tombstone};
use crate::store::{Attr, Key, Lane, Row, Transaction, When};
use crate::vault::{DataKey, Person};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

/// An erasure that is decided.
pub(super) struct Erasing<'a> {
    pub(super) person: &'a Person,
    pub(super) ground: Ground,
    pub(super) now: Timestamp,
    pub(super) request: &'a str,
}

impl Erasing<'_> {
    /// All that changes together.
    pub(super) async fn transaction(
        &self,
        ports: &Ports,
        book: Book,
        actor: Actor,
    ) -> Result<Transaction> {
        let (person, now) = (self.person, self.now);
        let id = &person.subject;
        let before = self.receipt(ports).await?;
        let receipt_id = before.id.clone();
        let year = book.year().clone();

        let mut transaction = Transaction::new();
        transaction.delete("person-key", person.key.owner().key(), When::Present);
        for claim in &person.profile.claims {
            transaction.delete("claim", Key::keys(claim.as_str()), When::Present);
        }
        let gone = account_tombstone(&person.account, Some(&receipt_id), now)?;
        transaction.replace("account", gone);
        let facts = Facts::of(self.ground.basis(), &[], self.request).of_case(&receipt_id);
        let head = book.close(&mut transaction, (Action::Erased, actor), &facts)?;
        let (requested_at, sealed) =
            self.sign(ports, (before, head), &year, &mut transaction).await?;
        let noted = Tombstone::of(&receipt_id, requested_at, sealed);
        let noted = tombstone::row(ledger_tombstone(id), &noted, (now, &year))?;
        transaction.put("tombstone", noted, When::Absent);
        for proof in evidence::ended_with(&person.profile, now) {
            evidence::append(&mut transaction, (id, &*ports.entropy), &proof, (now, &year))?;
        }
        let content = Content::Erased { erased_at: now, receipt: receipt_id.to_string() };
        outbox::tell(ports, &mut transaction, (&person.profile, &content), None, now).await?;
        let job = Row::new(subject::erasure(id), Entity::Erasure).due(Lane::Sweep, now);
        transaction.put("job", job, When::Absent);
        Ok(transaction)
    }

    /// The receipt as it is before: scheduled by the cancellation, or none where nobody asked.
    async fn receipt(&self, ports: &Ports) -> Result<Before> {
        let account = &self.person.account;
        if self.ground != Ground::Cancelled {
            let id = ReceiptId::draw(&*ports.entropy);
            // A row of version 0 is one that is not there yet.
            let mut row = receipt::scheduled(&id, unused_since(ports, self)?, self.now);
            row.version = 0;
            return Ok(Before { id, row });
        }
        let id = ReceiptId::parse(account.text(Attr::Receipt)?)
            .ok_or_else(|| account.corrupt(Attr::Receipt))?;
        let [scheduled] = ports.store.get(&[receipt::key(&id)]).await?;
        // The mind was changed after the account was read: the next try sees both.
        let unsettled = || Error::new(Kind::Conflict(vec!["receipt"]), "erase");
        Ok(Before { id, row: scheduled.ok_or_else(unsettled)? })
    }

    /// Signs what the erasure leaves, and puts the receipt. Gives when it was asked for, and the
    /// receipt, so that the ledger can give it back where the table of receipts is lost.
    async fn sign(
        &self,
        ports: &Ports,
        (before, head): (Before, Chain),
        year: &DataKey,
        transaction: &mut Transaction,
    ) -> Result<(Timestamp, Receipt)> {
        let asked_at = before.row.time(Attr::CreatedAt)?;
        let whom = (&self.person.subject, self.ground);
        let statement = statement(whom, &before.id, (asked_at, self.now))?;
        let statement = ports.vault.sign_receipt(&statement).await?;
        let sealed = Receipt {
            statement,
            chain: head.chain,
            sequence: head.sequence,
            last_hash: head.last_hash,
            begins: head.begins,
        };
        let row = receipt::signed(before.row, &sealed, (self.now, year))?;
        if row.version == 1 {
            transaction.put("receipt", row, When::Absent);
        } else {
            transaction.replace("receipt", row);
        }
        Ok((asked_at, sealed))
    }
}

/// A receipt before it is signed.
struct Before {
    id: ReceiptId,
    row: Row,
}

/// When an account came to be unused for too long.
fn unused_since(ports: &Ports, erasing: &Erasing<'_>) -> Result<Timestamp> {
    let used_at = erasing.person.account.time(Attr::UsedAt)?;
    Ok(used_at.plus(ports.config.unused.unwrap_or_default()))
}

/// The account as it stays: the date, the receipt, and a gate that nothing passes.
pub(crate) fn account_tombstone(
    account: &Row,
    receipt: Option<&ReceiptId>,
    at: Timestamp,
) -> Result<Row> {
    let row = Row::new(account.key.clone(), Entity::Account)
        .with(Attr::State, State::Erased.name())
        .with(Attr::GateEpoch, account.number(Attr::GateEpoch)? + 1)
        .with(Attr::ErasedAt, at)
        .with(Attr::ExpiresAt, Period::evidence(at).ends());
    let mut row = match receipt {
        Some(receipt) => row.with(Attr::Receipt, receipt.as_str()),
        None => row,
    };
    row.version = account.version + 1;
    Ok(row)
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
    (id, ground): (&SubjectId, Ground),
    receipt: &ReceiptId,
    (requested_at, erased_at): (Timestamp, Timestamp),
) -> Result<Vec<u8>> {
    let (gone, stays) = outcome(erased_at);
    let statement = Statement {
        receipt: receipt.to_string(),
        subject_digest: subject_digest(id),
        ground: ground.clause().to_owned(),
        requested_at: requested_at.rfc3339(),
        erased_at: erased_at.rfc3339(),
        gone,
        stays,
        backups_unreadable_at: erased_at.plus(hours(u64::from(KEY_RECOVERY_HOURS))).rfc3339(),
    };
    serde_json::to_vec(&statement)
        .map_err(|e| Error::new(Kind::Internal, "state an erasure").because(e))
}
