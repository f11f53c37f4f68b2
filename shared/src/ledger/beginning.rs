//! Where a chain begins that has outlived its first entries: they leave at the end of their year,
//! and the sealed head remembers where those of each later year begin.

use super::Chain;
use super::verify::{Base, Entry, origin};
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::store::{Attr, Row};
use crate::vault::DataKey;
use serde::{Deserialize, Serialize};

/// Where the entries of a year begin.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// When the entries of that year leave.
    pub until: Timestamp,
    /// The first of them.
    pub sequence: u64,
    /// The hash before it, hex.
    pub previous: String,
}

impl Chain {
    /// A chain without entries.
    pub(super) fn empty(chain: String) -> Self {
        Self { last_hash: origin(&chain), chain, sequence: 0, begins: Vec::new() }
    }

    /// When an entry made now leaves. Where a clock lags behind the chain, with those before it: a
    /// chain loses entries at its front alone.
    pub(super) fn until(&self, now: Timestamp) -> Timestamp {
        let own = Period::evidence(now).ends();
        self.begins.last().map_or(own, |last| last.until.max(own))
    }

    /// The head once this entry follows.
    pub(super) fn after(mut self, entry: &Entry) -> Self {
        let at = Timestamp::from_secs(entry.at);
        let until = self.until(at);
        // The last one stays here or is followed by a later one: there always is one.
        self.begins.retain(|year| year.until > at || year.until == until);
        if self.begins.last().is_none_or(|last| last.until < until) {
            let (sequence, previous) = (entry.sequence, self.last_hash);
            self.begins.push(Beginning { until, sequence, previous });
        }
        Self { sequence: entry.sequence, last_hash: entry.hash.clone(), ..self }
    }

    /// Where the entries begin that have not left by now; `None` where that is the first one. Where
    /// all of them have left, it is the one to come.
    pub fn base(&self, now: Timestamp) -> Option<Base> {
        let base = match self.begins.iter().find(|year| year.until > now) {
            Some(year) => Base { sequence: year.sequence, previous: year.previous.clone() },
            None => Base { sequence: self.sequence + 1, previous: self.last_hash.clone() },
        };
        (base.sequence > 1).then_some(base)
    }

    /// How many entries have not left by now.
    pub fn entries(&self, now: Timestamp) -> u64 {
        self.sequence + 1 - self.base(now).map_or(1, |base| base.sequence)
    }

    /// The head, given when it was moved last. Version 0.1.0 remembered no beginnings: what it
    /// wrote is taken as of one year.
    #[must_use]
    pub fn moved_at(mut self, at: Timestamp) -> Self {
        if self.begins.is_empty() && self.sequence > 0 {
            let (until, previous) = (Period::evidence(at).ends(), origin(&self.chain));
            self.begins.push(Beginning { until, sequence: 1, previous });
        }
        self
    }
}

/// The head of a chain under the key that seals it, for an export of the ledger.
///
/// # Errors
///
/// `Corrupt` where it does not open.
pub fn head_of(key: &DataKey, chain: &Row) -> Result<Chain> {
    let head: Chain = key.open(chain)?;
    Ok(head.moved_at(chain.time(Attr::At)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::days;

    const BEGIN: Timestamp = Timestamp::from_secs(1_790_000_000);

    fn entry(head: &Chain, at: Timestamp) -> Entry {
        let sequence = head.sequence + 1;
        Entry {
            chain: head.chain.clone(),
            sequence,
            action: "session.opened".to_owned(),
            at: at.secs(),
            actor: "self".to_owned(),
            sealed: String::new(),
            previous: head.last_hash.clone(),
            hash: format!("hash of {sequence}"),
        }
    }

    fn with(head: Chain, after: u64) -> Chain {
        let next = entry(&head, BEGIN.plus(days(after)));
        head.after(&next)
    }

    fn base(head: &Chain, after: u64) -> Option<(u64, String)> {
        head.base(BEGIN.plus(days(after))).map(|base| (base.sequence, base.previous))
    }

    #[test]
    fn c_5_2_a_chain_begins_with_the_oldest_year_that_is_kept() {
        let years = [0, 1, 370, 371, 740];
        let head = years.into_iter().fold(Chain::empty("c".to_owned()), with);
        assert_eq!((base(&head, 740), head.entries(BEGIN.plus(days(740)))), (None, 5));
        assert_eq!(base(&head, 1_200), Some((3, "hash of 2".to_owned())));
        assert_eq!(base(&head, 1_600), Some((5, "hash of 4".to_owned())));
        assert_eq!(base(&head, 2_000), Some((6, "hash of 5".to_owned())));
        assert_eq!(head.entries(BEGIN.plus(days(2_000))), 0);
        // What is over is forgotten with the next entry.
        let head = with(with(head, 1_600), 2_000);
        assert_eq!(head.begins.iter().map(|year| year.sequence).collect::<Vec<_>>(), [6, 7]);
    }

    #[test]
    fn an_entry_of_a_clock_that_lags_leaves_with_those_before_it() {
        let head = with(with(Chain::empty("c".to_owned()), 370), 0);
        assert_eq!((head.begins.len(), head.entries(BEGIN.plus(days(1_500)))), (1, 2));
        assert_eq!(head.until(BEGIN), Period::evidence(BEGIN.plus(days(370))).ends());
    }

    #[test]
    fn a_head_that_remembers_no_beginning_is_of_the_year_it_was_moved_in() {
        let head = Chain { begins: Vec::new(), ..with(with(Chain::empty("c".to_owned()), 0), 1) };
        let head = head.moved_at(BEGIN);
        assert_eq!((base(&head, 1), base(&head, 1_600)), (None, Some((3, "hash of 2".to_owned()))));
        let empty = Chain::empty("c".to_owned()).moved_at(BEGIN);
        assert_eq!((empty.begins.len(), base(&empty, 0)), (0, None));
    }
}
