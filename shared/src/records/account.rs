//! The account's row: what its deadlines and its end are computed from.

use crate::domain::account::{Profile, State};
use crate::domain::contact::Channel;
use crate::domain::contact::change::ContactChange;
use crate::domain::deadline::{self, Facts};
use crate::domain::retention::Account;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::Ports;
use crate::store::{Attr, Lane, Row};
use crate::vault::Person;
use std::time::Duration;

/// What the next deadline of an account is computed from.
pub fn deadline_facts(person: &Person) -> Result<Facts> {
    Ok(Facts {
        state: person.state,
        used_at: person.account.time(Attr::UsedAt)?,
        told_at: person.profile.told_at,
        heard_at: person.account.time(Attr::HeardAt).ok(),
        notices: notices(&person.account),
        erases_at: person.account.time(Attr::ErasesAt).ok(),
        contact_final_at: person.profile.contact_change.as_ref().map(ContactChange::final_at),
    })
}

/// When the holder of a contact of a channel took it out of the account last: what was on its way to
/// it before is not sent.
pub const fn detached_at(channel: Channel) -> Attr {
    match channel {
        Channel::Email => Attr::EmailDetachedAt,
        Channel::Phone => Attr::PhoneDetachedAt,
    }
}

/// How many last notices went out in a row.
fn notices(account: &Row) -> u32 {
    let notices = account.number(Attr::Notices).unwrap_or_default();
    notices.try_into().unwrap_or_default()
}

/// The account's row as it will be, due when its next deadline is.
pub fn scheduled(ports: &Ports, row: Row, profile: &Profile, now: Timestamp) -> Result<Row> {
    let facts = Facts {
        state: State::parse(row.text(Attr::State)?).ok_or_else(|| row.corrupt(Attr::State))?,
        used_at: row.time(Attr::UsedAt)?,
        told_at: profile.told_at,
        heard_at: row.time(Attr::HeardAt).ok(),
        notices: notices(&row),
        erases_at: row.time(Attr::ErasesAt).ok(),
        contact_final_at: profile.contact_change.as_ref().map(ContactChange::final_at),
    };
    Ok(due(ports, row, &facts, now))
}

/// The account's row, due when its next deadline is.
pub fn due(ports: &Ports, row: Row, facts: &Facts, now: Timestamp) -> Row {
    let (_, at) = deadline::after(facts, ports.config.unused, now);
    row.without(Attr::Attempts).due(Lane::Sweep, at)
}

/// What the ends of a person's rows are computed from.
pub fn retention_facts(person: &Person, unused: Option<Duration>) -> Result<Account> {
    let told_at = person.profile.told_at;
    Ok(Account { told_at, ..retention_facts_of_row(&person.account, unused)? })
}

/// The same as far as the row says it in clear: of a notice that was late it says nothing.
pub fn retention_facts_of_row(row: &Row, unused: Option<Duration>) -> Result<Account> {
    let state = State::parse(row.text(Attr::State)?).ok_or_else(|| row.corrupt(Attr::State))?;
    let gone = row.time(Attr::ErasedAt).ok();
    // A tombstone does not know when the account was used last.
    let used_at = gone.map_or_else(|| row.time(Attr::UsedAt), Ok)?;
    let erases_at = row.time(Attr::ErasesAt).ok();
    Ok(Account { state, used_at, told_at: None, erases_at, erased_at: gone, unused })
}
