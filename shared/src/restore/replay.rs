//! What a person's chain says was done after the copy, done again on the account.
//!
//! Entries hold no values, so a value that was given since is lost; what was taken away is taken
//! away again. Where that is not known for sure, less is kept: a consent that was given since is
//! asked for again, a password that was changed since is reset.

use super::counts::Counts;
use crate::domain::account::{Profile, State};
use crate::domain::consent;
use crate::domain::contact::Channel;
use crate::domain::inventory::{Basis, Entity, Item, Purpose, items};
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result, corrupt};
use crate::ids::ReceiptId;
use crate::ledger::{Action, Facts};
use crate::ports::Ports;
use crate::records::account::detached_at;
use crate::store::{Attr, Row};
use crate::vault::{Owner, Person};

/// An account as it is after the entries.
#[derive(Clone)]
pub(super) struct Replayed {
    pub(super) profile: Profile,
    pub(super) account: Row,
    /// Channels whose contact was touched since.
    pub(super) channels: Vec<Channel>,
    /// Whether the holder of an old contact froze a change since.
    pub(super) frozen: bool,
    /// Whether second factors were changed since, or a recovery code used: the copy's are over.
    pub(super) factors: bool,
    /// Whether a third-party account was unlinked since.
    pub(super) unlinked: bool,
    /// Receipts that are scheduled, with when and for when, or that are withdrawn.
    pub(super) receipts: Vec<(ReceiptId, Option<(Timestamp, Timestamp)>)>,
    pub(super) counts: Counts,
}

/// Replays entries: the first is the last one that the copy knows, the others are newer.
pub(super) async fn since(ports: &Ports, person: &Person, entries: &[Row]) -> Result<Replayed> {
    let mut replayed = Replayed {
        profile: person.profile.clone(),
        account: person.account.clone(),
        channels: Vec::new(),
        frozen: false,
        factors: false,
        unlinked: false,
        receipts: Vec::new(),
        counts: Counts { people: 1, ..Counts::default() },
    };
    for (place, row) in entries.iter().enumerate() {
        let name = row.text(Attr::Action)?;
        let action = Action::parse(name).ok_or_else(|| row.corrupt(Attr::Action))?;
        let entry = Entry { action, at: row.time(Attr::At)?, facts: facts(ports, row).await? };
        // A copy may have caught half of the transaction of its last entry. What does no harm
        // twice is done twice.
        let again = matches!(
            action,
            Action::ConsentWithdrawn
                | Action::CancellationRequested
                | Action::CancellationWithdrawn
                | Action::TotpRemoved
                | Action::Erased
        );
        if place > 0 || again {
            replayed.apply(ports, &entry)?;
        }
    }
    Ok(replayed)
}

/// An entry that can be read.
struct Entry {
    action: Action,
    at: Timestamp,
    /// `None` where the key of its year is gone.
    facts: Option<Facts>,
}

impl Entry {
    fn touches(&self, item: &Item) -> bool {
        self.facts.as_ref().is_none_or(|facts| facts.items.contains(&item.id()))
    }
}

async fn facts(ports: &Ports, row: &Row) -> Result<Option<Facts>> {
    let owner = Owner::Period(Period::evidence(row.time(Attr::At)?));
    let [key] = ports.store.get(&[owner.key()]).await?;
    let key = ports.vault.open(owner, key.as_ref()).await?;
    // Under a year's key that was made anew, what the one before sealed does not open.
    Ok(key.and_then(|key| key.open(row).ok()))
}

impl Replayed {
    /// Does an act again. Every act is here: a new one has to say what a restore does about it.
    fn apply(&mut self, ports: &Ports, entry: &Entry) -> Result<()> {
        let uses = matches!(entry.action, Action::SessionOpened | Action::SessionFreshened);
        self.factors |= uses && entry.touches(&items::FACTORS_RECOVERY);
        match entry.action {
            Action::TotpBegun
            | Action::TotpConfirmed
            | Action::TotpRemoved
            | Action::RecoveryCodesMade => self.factors = true,
            Action::SessionOpened => {
                self.account = self.account.clone().with(Attr::UsedAt, entry.at);
            }
            Action::EndAnnounced => self.profile.told_at = Some(entry.at),
            Action::PasswordChanged | Action::PasswordReset => {
                self.counts.resets += u64::from(self.profile.password.take().is_some());
            }
            Action::ConsentWithdrawn => self.withdraw(entry)?,
            Action::Corrected => self.correct(entry)?,
            Action::ContactAdded
            | Action::ContactChanged
            | Action::ContactRemoved
            | Action::ContactChangeFrozen
            | Action::ContactChangeTakenBack
            | Action::ContactChangeFinished => self.contact(entry),
            Action::ContactDetached => self.detach(entry),
            Action::ThirdPartyUnlinked => self.unlinked = true,
            Action::CancellationRequested => self.cancel(ports, entry)?,
            Action::CancellationWithdrawn => self.keep(entry)?,
            // There would be a tombstone.
            Action::Erased | Action::Lost => return Err(corrupt("tombstone", "row")),
            // Given or linked since: asked for again. Claims are looked up, sessions are over, a copy of
            // everything can be asked for again.
            Action::ConsentGranted
            | Action::ThirdPartyLinked
            | Action::ClaimsMoved
            | Action::Registered
            | Action::SessionEnded
            | Action::SessionFreshened
            | Action::Exported
            | Action::Restored => {}
            // Not about a person.
            Action::ChainLost
            | Action::Resumed
            | Action::RestoreOpened
            | Action::Swept
            | Action::SweepStopped
            | Action::SweepStarted
            | Action::BrakePulled
            | Action::BrakeReleaseAsked
            | Action::BrakeReleased => return Err(corrupt("ledger_entry", "action")),
        }
        Ok(())
    }

    /// Withdraws a consent; every optional one, where the entry cannot be read any more.
    fn withdraw(&mut self, entry: &Entry) -> Result<()> {
        let purpose = entry.facts.as_ref().map(|facts| Purpose::parse(&facts.basis));
        let all = || Purpose::ALL.into_iter().filter(|purpose| !purpose.is_basic()).collect();
        let purposes: Vec<Purpose> = match purpose {
            Some(purpose) => vec![purpose.ok_or_else(|| corrupt("ledger_entry", "basis"))?],
            None => all(),
        };
        for purpose in purposes {
            self.without(purpose)?;
        }
        Ok(())
    }

    fn without(&mut self, purpose: Purpose) -> Result<()> {
        if let Some((profile, _)) = consent::withdraw(&self.profile, purpose).map_err(unread)? {
            self.profile = profile;
            self.counts.withdrawn += 1;
        }
        Ok(())
    }

    /// A value that rests on a consent and was corrected is not shown as it was before; where the
    /// consent came or went with it, that is over too.
    fn correct(&mut self, entry: &Entry) -> Result<()> {
        let optional = |item: &&&Item| {
            item.entity == Entity::Account && item.basis == Basis::Consent && entry.touches(item)
        };
        for item in items::ALL.iter().filter(optional) {
            if entry.touches(&items::CONSENTS) {
                self.without(item.purpose)?;
            }
            let mut held = serde_json::to_value(&self.profile).map_err(unread)?;
            if held.get(item.field).is_some_and(|value| !value.is_null()) {
                held[item.field] = serde_json::Value::Null;
                self.profile = serde_json::from_value(held).map_err(unread)?;
                self.counts.corrected += 1;
            }
        }
        Ok(())
    }

    fn contact(&mut self, entry: &Entry) {
        self.frozen |= entry.action == Action::ContactChangeFrozen;
        for (channel, item) in [(Channel::Email, &items::EMAIL), (Channel::Phone, &items::PHONE)] {
            if entry.touches(item) && !self.channels.contains(&channel) {
                self.channels.push(channel);
            }
        }
    }

    /// A contact left, and no message from before goes to it.
    fn detach(&mut self, entry: &Entry) {
        self.contact(entry);
        for (channel, item) in [(Channel::Email, &items::EMAIL), (Channel::Phone, &items::PHONE)] {
            if entry.touches(item) {
                self.account = self.account.clone().with(detached_at(channel), entry.at);
            }
        }
    }

    /// The account is closing, with the receipt that the person was given.
    fn cancel(&mut self, ports: &Ports, entry: &Entry) -> Result<()> {
        let receipt = entry.facts.as_ref().and_then(|facts| facts.case.as_deref());
        let receipt = receipt.and_then(ReceiptId::parse);
        let receipt = receipt.unwrap_or_else(|| ReceiptId::draw(&*ports.entropy));
        let erases_at = entry.at.plus(ports.config.cooling_off);
        if self.account.text(Attr::State)? == State::Closing.name() {
            return Ok(());
        }
        self.account = self
            .account
            .clone()
            .with(Attr::State, State::Closing.name())
            .with(Attr::Receipt, receipt.as_str())
            .with(Attr::ErasesAt, erases_at);
        self.receipts.push((receipt, Some((entry.at, erases_at))));
        self.counts.cancellations += 1;
        Ok(())
    }

    /// The mind was changed: the account stays.
    fn keep(&mut self, entry: &Entry) -> Result<()> {
        if self.account.text(Attr::State)? != State::Closing.name() {
            return Ok(());
        }
        let receipt = ReceiptId::parse(self.account.text(Attr::Receipt)?)
            .ok_or_else(|| corrupt("account", "receipt"))?;
        self.receipts.retain(|(id, _)| *id != receipt);
        self.receipts.push((receipt, None));
        self.account = self
            .account
            .clone()
            .with(Attr::State, State::Active.name())
            .with(Attr::UsedAt, entry.at)
            .without(Attr::Receipt)
            .without(Attr::ErasesAt);
        self.counts.cancellations += 1;
        Ok(())
    }
}

fn unread(error: serde_json::Error) -> Error {
    Error::new(Kind::Internal, "restore a profile").because(error)
}
