//! What a run did, kind by kind.

use serde::Serialize;

/// How many kinds a report counts.
pub(crate) const KINDS: usize = 9;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Report {
    /// People erased, or whose erasure was finished.
    pub erased: usize,
    /// People told that their unused account ends.
    pub told: usize,
    /// Verifications whose key was destroyed.
    pub expired: usize,
    /// Messages given up, whose key was destroyed.
    pub messages: usize,
    /// Months and years whose key was destroyed.
    pub periods: usize,
    /// Changes of contact that became final.
    pub settled: usize,
    /// Steps of a rotation of root keys.
    pub rotated: usize,
    /// What is due later: accounts that were used meanwhile, erasures that take another run.
    pub moved: usize,
    /// Rows that failed; they stay due.
    pub failed: usize,
    /// Rows that were due in the index and not any more.
    pub stale: usize,
    /// Accounts whose erasure waits for the brake; they stay due.
    pub braked: usize,
}

impl Report {
    /// The kinds of things that were ended or done, by the names that the ledger uses.
    pub(crate) const DONE: [&'static str; 7] = [
        "account.erased",
        "account.told",
        "verification",
        "message",
        "period",
        "contact_change",
        "rotation",
    ];

    /// How many rows were taken up.
    pub const fn taken(&self) -> usize {
        self.done() + self.moved + self.stale + self.failed + self.braked
    }

    /// How many things were ended or done.
    pub const fn done(&self) -> usize {
        self.erased
            + self.told
            + self.expired
            + self.messages
            + self.periods
            + self.settled
            + self.rotated
    }

    /// Adds another report to this one.
    pub fn add(&mut self, other: Self) {
        self.erased += other.erased;
        self.told += other.told;
        self.expired += other.expired;
        self.messages += other.messages;
        self.periods += other.periods;
        self.settled += other.settled;
        self.rotated += other.rotated;
        self.moved += other.moved;
        self.failed += other.failed;
        self.stale += other.stale;
        self.braked += other.braked;
    }

    /// The counts that a job's row keeps, in a fixed order: what was done, moved, failed.
    pub(crate) const fn counts(&self) -> [usize; KINDS] {
        let Self { erased, told, expired, messages, periods, settled, rotated, .. } = *self;
        let Self { moved, failed, .. } = *self;
        [erased, told, expired, messages, periods, settled, rotated, moved, failed]
    }

    /// Reads the counts of a job's row.
    pub(crate) fn of_counts(counts: &[i64]) -> Self {
        let mut counts = counts.iter().map(|n| usize::try_from(*n).unwrap_or_default());
        let mut next = || counts.next().unwrap_or_default();
        Self {
            erased: next(),
            told: next(),
            expired: next(),
            messages: next(),
            periods: next(),
            settled: next(),
            rotated: next(),
            moved: next(),
            failed: next(),
            ..Self::default()
        }
    }

    /// Counts one row.
    pub(crate) const fn count(&mut self, done: Done) {
        match done {
            Done::Erased => self.erased += 1,
            Done::Told => self.told += 1,
            Done::Expired => self.expired += 1,
            Done::Message => self.messages += 1,
            Done::Period => self.periods += 1,
            Done::Settled => self.settled += 1,
            Done::Rotated => self.rotated += 1,
            Done::Moved => self.moved += 1,
            Done::Stale => self.stale += 1,
            Done::Braked => self.braked += 1,
        }
    }
}

/// What came of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Done {
    /// A person was erased, or the erasure finished.
    Erased,
    /// A person was told that the account ends.
    Told,
    /// A verification ended.
    Expired,
    /// A message was given up.
    Message,
    /// A period ended.
    Period,
    /// A change of contact became final.
    Settled,
    /// A rotation went on.
    Rotated,
    /// It is due later, or goes on in another run.
    Moved,
    /// There was nothing to do.
    Stale,
    /// The brake is on.
    Braked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_back() {
        let report = Report { erased: 1, told: 2, expired: 3, messages: 4, ..Report::default() };
        let report = Report { periods: 5, settled: 6, rotated: 7, moved: 8, failed: 9, ..report };
        let counts = report.counts().map(|n| i64::try_from(n).expect("small"));
        assert_eq!(Report::of_counts(&counts), report);
        assert_eq!((report.done(), report.taken()), (28, 45));
    }
}
