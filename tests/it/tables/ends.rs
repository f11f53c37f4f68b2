//! The ends that rows were written with are those that the retention function gives.

use super::Tables;
use shared::domain::inventory::Entity;
use shared::domain::retention::Retention;
use shared::domain::time::{Timestamp, hours, minutes};
use shared::records::held;
use shared::store::{Attr, Row};
use shared::vault::period;
use std::time::Duration;

impl Tables {
    /// Every row that says when it ends, or has to.
    pub(super) fn wrong_ends(&self) -> Vec<String> {
        let wrong = |row: &&Row| {
            let fault = wrong_end(row)?;
            Some(format!("{:?}: {fault}", row.key))
        };
        self.rows.values().filter_map(|row| wrong(&row)).collect()
    }
}

/// What is wrong with a row's end. What a person's account ends sooner is not looked at here.
fn wrong_end(row: &Row) -> Option<String> {
    let own = row.time(Attr::ExpiresAt).or_else(|_| row.time(Attr::EndsAt)).ok();
    let says = |what: &str| Some(format!("{what}: it says {own:?}"));
    let end = match held::ends(row, None) {
        Ok(end) => end.until.date(),
        Err(error) => return Some(error.chain()),
    };
    if row.entity == Entity::Period {
        // One that failed is due again later.
        let ends = period::of_partition(&row.key.pk).map(shared::domain::period::Period::ends)?;
        let due = row.time(Attr::DueAt).ok()?;
        let late = row.number(Attr::Attempts).is_ok();
        return if due == ends || late && due > ends { None } else { says("due otherwise") };
    }
    match row.entity.spec().retention {
        // The law's: the end is computed from when the row was made, and from nothing in it.
        Retention::Logs | Retention::Evidence if own.is_none() || own != end => {
            // Before it is signed, a receipt ends with its account.
            let scheduled = row.entity == Entity::Receipt && row.time(Attr::ErasedAt).is_err();
            if scheduled { None } else { says("retention says otherwise") }
        }
        Retention::Minutes(n) => within(row, own, minutes(u64::from(n))),
        Retention::Hours(n) => within(row, own, hours(u64::from(n))),
        _ => None,
    }
}

/// At most so long, where the row says when it was made.
fn within(row: &Row, own: Option<Timestamp>, longest: Duration) -> Option<String> {
    let Some(own) = own else { return Some("it never ends".to_owned()) };
    let made = row.time(Attr::CreatedAt).ok()?;
    (own > made.plus(longest)).then(|| format!("it ends at {own:?}, too late"))
}
