//! Deadlines: the next thing to do about an account, and when (C-5.3, C-8.4).

use super::account::State;
use super::retention::table::{FIRST_NOTICE_DAYS, LAST_NOTICE_DAYS, UNHEARD_NOTICES};
use super::retention::unused_end;
use super::time::{Timestamp, days};
use std::time::Duration;

/// When an account is looked at again where nothing else is to be done: a setting may have changed.
pub const REVIEW: Duration = days(365);

/// A notice that an unused account ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// Thirty days before.
    First,
    /// Seven days before.
    Last,
}

/// Something to do about an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Task {
    /// Tell the person that the account ends unless somebody logs in.
    Notice(Stage),
    /// Erase it: nobody logged in for too long.
    EraseUnused,
    /// Erase it: the cooling-off period of its cancellation is over.
    EraseCancelled,
    /// Finish a change of contact, whose objection time is over.
    FinishContactChange,
    /// Nothing but to look again.
    Nothing,
}

impl Task {
    /// The clause that it rests on.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Notice(_) | Self::EraseUnused | Self::Nothing => "C-5.3",
            Self::EraseCancelled => "C-8.4",
            Self::FinishContactChange => "C-8.1",
        }
    }

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notice(Stage::First) => "first_notice",
            Self::Notice(Stage::Last) => "last_notice",
            Self::EraseUnused => "erase_unused",
            Self::EraseCancelled => "erase_cancelled",
            Self::FinishContactChange => "finish_contact_change",
            Self::Nothing => "look_again",
        }
    }
}

/// Why a person is erased.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ground {
    /// The person cancelled the account, and it has cooled off (C-8.4).
    Cancelled,
    /// Nobody logged in for too long (C-5.3).
    Unused,
    /// The same, and none of the notices could be handed over.
    Unheard,
}

impl Ground {
    /// The clause, as the receipt and the ledger name it.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Cancelled => "C-8.4",
            Self::Unused | Self::Unheard => "C-5.3",
        }
    }

    /// What the ledger says that it rests on.
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Cancelled | Self::Unused => self.clause(),
            Self::Unheard => "unheard",
        }
    }
}

/// What the next deadline of an account is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The account's state.
    pub state: State,
    /// When somebody logged in last.
    pub used_at: Timestamp,
    /// When a notice went out last.
    pub told_at: Option<Timestamp>,
    /// When a notice was handed over last to what carries it.
    pub heard_at: Option<Timestamp>,
    /// How many last notices went out in a row.
    pub notices: u32,
    /// When its cancellation turns into erasure.
    pub erases_at: Option<Timestamp>,
    /// When an open change of contact is final.
    pub contact_final_at: Option<Timestamp>,
}

impl Facts {
    /// What is known of an account in which nothing has happened but a log-in.
    pub const fn of_new(state: State, used_at: Timestamp) -> Self {
        let (told_at, heard_at, notices) = (None, None, 0);
        let (erases_at, contact_final_at) = (None, None);
        Self { state, used_at, told_at, heard_at, notices, erases_at, contact_final_at }
    }
}

/// The next thing to do about an account, and when it is due. `unused` is how long an account may
/// be unused; `None` where that ends nothing.
pub fn next(facts: &Facts, unused: Option<Duration>) -> (Task, Timestamp) {
    let ending = match (facts.state, facts.erases_at, unused) {
        (State::Closing, Some(at), _) => Some((Task::EraseCancelled, at)),
        // Only an account that can be logged in to can be found unused.
        (State::Active, _, Some(unused)) => Some(unused_next(facts, unused)),
        _ => None,
    };
    let contact = facts.contact_final_at.map(|at| (Task::FinishContactChange, at));
    let known = [contact, ending].into_iter().flatten();
    known.min_by_key(|(_, at)| *at).unwrap_or((Task::Nothing, facts.used_at.plus(REVIEW)))
}

/// As [`next`], for an account that is looked at `now`: what is only to be looked at again is due
/// after `now`.
pub fn after(facts: &Facts, unused: Option<Duration>, now: Timestamp) -> (Task, Timestamp) {
    match next(facts, unused) {
        (Task::Nothing, at) if at <= now => (Task::Nothing, now.plus(REVIEW)),
        other => other,
    }
}

/// Whether the person is to be erased `now`, and why. Nothing else that is due comes before it.
pub fn erasure(facts: &Facts, unused: Option<Duration>, now: Timestamp) -> Option<Ground> {
    match next(&Facts { contact_final_at: None, ..*facts }, unused) {
        (Task::EraseCancelled, at) if at <= now => Some(Ground::Cancelled),
        (Task::EraseUnused, at) if at <= now => {
            let heard = unused.is_some_and(|unused| is_heard(facts, unused));
            Some(if heard { Ground::Unused } else { Ground::Unheard })
        }
        _ => None,
    }
}

/// The next step towards the end of an unused account.
fn unused_next(facts: &Facts, unused: Duration) -> (Task, Timestamp) {
    let [first, last] = notices(facts.used_at.plus(unused));
    let told = facts.told_at.filter(|told| *told >= first);
    match told {
        None => (Task::Notice(Stage::First), first),
        Some(told) if told < last => (Task::Notice(Stage::Last), last),
        Some(_) => {
            let ends = unused_end(facts.used_at, unused, told);
            // Nobody is erased unheard, but for an address that never works.
            let over = is_heard(facts, unused) || facts.notices >= UNHEARD_NOTICES;
            (if over { Task::EraseUnused } else { Task::Notice(Stage::Last) }, ends)
        }
    }
}

/// Whether one of the notices since the last log-in was handed over.
fn is_heard(facts: &Facts, unused: Duration) -> bool {
    let [first, _] = notices(facts.used_at.plus(unused));
    facts.heard_at.is_some_and(|heard| heard >= first)
}

/// The facts after a notice that goes out `now`. One that is so late that none follows it is a last
/// one.
pub fn told(facts: &Facts, unused: Duration, now: Timestamp) -> Facts {
    let [first, last] = notices(facts.used_at.plus(unused));
    let before = facts.told_at.filter(|told| *told >= first).map_or(0, |_| facts.notices);
    Facts { told_at: Some(now), notices: before + u32::from(now >= last), ..*facts }
}

/// When the notices are due of an account that ends unused at `ends`.
fn notices(ends: Timestamp) -> [Timestamp; 2] {
    [ends.minus(days(u64::from(FIRST_NOTICE_DAYS))), ends.minus(days(u64::from(LAST_NOTICE_DAYS)))]
}

#[cfg(test)]
mod tests;
