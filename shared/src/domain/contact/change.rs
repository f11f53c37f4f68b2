//! A change of contact: it counts at once, and is not for good before three days are over (C-8.1).
//!
//! Whoever holds the old contact can freeze the change, and no more than that: a session and a
//! password alone shall not take an account away, nor an old contact take it back.

use super::super::account::Profile;
use super::super::locale::{Text, text};
use super::super::personal::Personal;
use super::super::time::{Timestamp, hours};
use super::Channel;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a change, and then a freeze, lasts before the new contact counts for good.
pub const HELD: Duration = hours(72);

/// A contact, and the claim that keeps others from it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The normalised address.
    pub address: Personal<String>,
    /// The partition key of its claim in `Keys`.
    pub claim: String,
}

/// A change that is not for good yet.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactChange {
    /// The channel.
    pub channel: Channel,
    /// The contact before, which nobody else can claim meanwhile.
    pub old: Held,
    /// The contact after; none where the old one was removed.
    pub new: Option<Held>,
    /// When it was changed.
    pub changed_at: Timestamp,
    /// Until when it is frozen, once it was.
    pub frozen_until: Option<Timestamp>,
    /// The link that can freeze it.
    pub link: String,
}

/// Where a change is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// The new contact counts, and the change can be frozen or taken back.
    Open,
    /// The old contact counts, and the change can be taken back.
    Frozen,
    /// The new contact counts for good.
    Final,
}

impl Stage {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Open => text(
                "The new contact counts; the change can still be frozen or taken back.",
                "新联系方式已生效；该变更仍可冻结或撤回。",
            ),
            Self::Frozen => text(
                "The change is frozen: the contact before counts, and the change can be taken back.",
                "该变更已冻结：原联系方式有效，且可撤回变更。",
            ),
            Self::Final => text("The change is final.", "该变更已最终生效。"),
        }
    }
}

impl ContactChange {
    /// When the change is final, unless it is taken back before.
    pub fn final_at(&self) -> Timestamp {
        self.frozen_until.unwrap_or_else(|| self.changed_at.plus(HELD))
    }

    /// Where it is at `now`: by the clock alone, whether or not a job has come by.
    pub fn stage(&self, now: Timestamp) -> Stage {
        match self.frozen_until {
            _ if self.final_at() <= now => Stage::Final,
            Some(_) => Stage::Frozen,
            None => Stage::Open,
        }
    }

    /// The contact that counts at `now`.
    pub fn counting(&self, now: Timestamp) -> Option<&Held> {
        match self.stage(now) {
            Stage::Frozen => Some(&self.old),
            Stage::Open | Stage::Final => self.new.as_ref(),
        }
    }

    /// The contact that is held at `now` and does not count.
    pub fn waiting(&self, now: Timestamp) -> Option<&Held> {
        match self.stage(now) {
            Stage::Frozen => self.new.as_ref(),
            Stage::Open | Stage::Final => Some(&self.old),
        }
    }
}

impl Profile {
    /// The contact of a channel, as it counts.
    pub const fn contact(&self, channel: Channel) -> Option<&Personal<String>> {
        match channel {
            Channel::Email => self.email.as_ref(),
            Channel::Phone => self.phone.as_ref(),
        }
    }

    pub(crate) fn set_contact(&mut self, channel: Channel, address: Option<Personal<String>>) {
        match channel {
            Channel::Email => self.email = address,
            Channel::Phone => self.phone = address,
        }
    }

    /// Makes the contacts those that count at `now`. Whoever opens a profile does this first.
    pub fn settle_contacts(&mut self, now: Timestamp) {
        if let Some(change) = &self.contact_change {
            let counting = change.counting(now).map(|held| held.address.clone());
            self.set_contact(change.channel, counting);
        }
    }

    /// The change that is not final at `now`.
    pub fn open_change(&self, now: Timestamp) -> Option<&ContactChange> {
        self.contact_change.as_ref().filter(|change| change.stage(now) != Stage::Final)
    }

    /// Every address that is told about the account: the contacts that count, and the one that an
    /// open change holds.
    pub fn reached(&self, now: Timestamp) -> impl Iterator<Item = (Channel, &Personal<String>)> {
        let change = self.open_change(now);
        let held = change.and_then(|c| c.waiting(now).map(|held| (c.channel, &held.address)));
        self.contacts().chain(held)
    }

    /// Every address that the person has a claim on: the contacts, and both sides of a change.
    pub fn claimed(&self) -> impl Iterator<Item = (Channel, &Personal<String>)> {
        let change = self.contact_change.iter();
        let sides = change.flat_map(|change| {
            let sides = std::iter::once(&change.old).chain(&change.new);
            sides.map(|held| (change.channel, &held.address))
        });
        self.contacts().chain(sides)
    }

    /// Gives a claim another name, wherever it stands.
    pub fn rename_claim(&mut self, from: &str, to: &str) {
        let change = self.contact_change.iter_mut();
        let sides =
            change.flat_map(|change| std::iter::once(&mut change.old).chain(&mut change.new));
        let held = sides.map(|held| &mut held.claim);
        for claim in self.claims.iter_mut().chain(held).filter(|claim| *claim == from) {
            to.clone_into(claim);
        }
    }

    /// Adds a contact to a channel that has none.
    pub fn add_contact(&mut self, channel: Channel, new: Held) {
        self.claims.push(new.claim);
        self.set_contact(channel, Some(new.address));
    }

    /// Begins a change.
    pub fn begin_change(&mut self, change: ContactChange) {
        self.claims.extend(change.new.iter().map(|new| new.claim.clone()));
        let changed_at = change.changed_at;
        self.contact_change = Some(change);
        self.settle_contacts(changed_at);
    }

    /// Freezes the open change, once.
    pub fn freeze_change(&mut self, now: Timestamp) -> Option<&ContactChange> {
        let change = self.contact_change.as_mut().filter(|c| c.stage(now) == Stage::Open)?;
        change.frozen_until = Some(now.plus(HELD));
        self.settle_contacts(now);
        self.contact_change.as_ref()
    }

    /// Takes a change back that is not final: the old contact counts again, for good.
    pub fn take_change_back(&mut self, now: Timestamp) -> Option<ContactChange> {
        let change = self.contact_change.take_if(|change| change.stage(now) != Stage::Final)?;
        let gone = change.new.as_ref().map(|new| &new.claim);
        self.claims.retain(|claim| Some(claim) != gone);
        self.set_contact(change.channel, Some(change.old.address.clone()));
        Some(change)
    }

    /// Ends a change that is final: nothing of the old contact stays.
    pub fn finish_change(&mut self, now: Timestamp) -> Option<ContactChange> {
        self.settle_contacts(now);
        let change = self.contact_change.take_if(|change| change.stage(now) == Stage::Final)?;
        self.claims.retain(|claim| *claim != change.old.claim);
        Some(change)
    }
}

#[cfg(test)]
mod tests;
