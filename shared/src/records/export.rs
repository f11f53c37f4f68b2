//! A copy of a person's data that was asked for: where its parts begin, for an hour and for that
//! person alone. The archive itself is built when it is read, and stored nowhere (C-8.5).

use super::subject;
use crate::domain::inventory::{Entity, canonical};
use crate::domain::limit::{COPY_READS, Window};
use crate::domain::time::{Timestamp, hours};
use crate::error::Result;
use crate::ids::{ExportId, SubjectId};
use crate::ledger::verify::Base;
use crate::store::{Attr, Row};
use crate::vault::DataKey;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use std::time::Duration;

/// How long the links are valid.
pub const VALID: Duration = hours(1);
/// The most rows of the person's partition in one part.
pub const ROWS: usize = 1_000;
/// The most ledger entries in one part. With the rows above, where each is of the longest, the archive
/// has about 1.5 MB, of the 4 MB that an answer holds; its files have about 5 MB.
pub const ENTRIES: u64 = 2_000;

crate::declared! {
    /// What the row seals.
    pub struct Export in Export {
        /// The sort keys after which the second and further parts of the partition begin.
        starts: Vec<String> => EXPORT_STARTS,
        /// The last ledger entry, that of the export.
        entries: u64 => EXPORT_ENTRIES,
        /// Where the ledger begins. Version 0.1.0 wrote none.
        #[serde(default)]
        from: Base => EXPORT_FROM,
    }
}

impl Export {
    /// How many ledger entries have left.
    pub const fn left(&self) -> u64 {
        self.from.sequence.saturating_sub(1)
    }

    /// How often it may be read: a copy of many parts four times each.
    pub fn reads(&self) -> Window {
        Window { most: COPY_READS.most.max(self.parts().saturating_mul(4)), ..COPY_READS }
    }

    /// How many parts it has.
    pub fn parts(&self) -> usize {
        let entries = self.entries.saturating_sub(self.left());
        let of_ledger = usize::try_from(entries.div_ceil(ENTRIES)).unwrap_or(usize::MAX);
        of_ledger.max(self.starts.len() + 1)
    }
}

/// The version of the inventory: SHA-256 of every declaration, hex.
pub fn inventory_version() -> String {
    HEXLOWER.encode(digest(&SHA256, canonical().as_bytes()).as_ref())
}

/// The id of a part: that of the export, and for the second and further ones their number.
pub fn part_id(id: &ExportId, number: usize) -> String {
    if number == 1 { id.to_string() } else { format!("{id}-{number}") }
}

/// Reads the id of a part; `None` where the form is another.
pub fn parse_part(text: &str) -> Option<(ExportId, usize)> {
    let (id, number) = match text.split_once('-') {
        Some((id, number)) => (id, number.parse().ok()?),
        None => (text, 1),
    };
    let id = ExportId::parse(id)?;
    (number > 0 && part_id(&id, number) == text).then_some((id, number))
}

/// The row of a new export.
pub fn row(
    subject: &SubjectId,
    id: &ExportId,
    export: &Export,
    (now, key): (Timestamp, &DataKey),
) -> Result<Row> {
    let row = Row::new(subject::export(subject, id), Entity::Export)
        .with(Attr::CreatedAt, now)
        .with(Attr::ExpiresAt, now.plus(VALID));
    key.seal(row, export)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_in_one_way_only() {
        let id = ExportId::from_bytes([7; 16]);
        for number in [1, 2, 31] {
            assert_eq!(parse_part(&part_id(&id, number)), Some((id.clone(), number)));
        }
        for other in ["", "-2", &format!("{id}-1"), &format!("{id}-02"), &format!("{id}-0")] {
            assert_eq!(parse_part(other), None, "{other}");
        }
    }

    #[test]
    fn c_8_5_the_longer_of_rows_and_entries_says_how_many_parts() {
        let copy = |cuts, entries, first| {
            let from = Base { sequence: first, previous: String::new() };
            Export { starts: vec![String::new(); cuts], entries, from }
        };
        let parts = |cuts, entries| copy(cuts, entries, 1).parts();
        assert_eq!((parts(0, 1), parts(0, ENTRIES), parts(0, ENTRIES + 1)), (1, 1, 2));
        assert_eq!((parts(3, 1), parts(3, 5 * ENTRIES)), (4, 5));
        assert_eq!([copy(0, 1, 1), copy(19, 1, 1)].map(|copy| copy.reads().most), [60, 80]);
        // Entries that have left make no part.
        assert_eq!(copy(0, 5 * ENTRIES, 3 * ENTRIES + 1).parts(), 2);
    }
}
