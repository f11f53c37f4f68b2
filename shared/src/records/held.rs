//! When a stored row ends, and why it is kept: the retention function, given a row.

use crate::domain::account::State;
use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::domain::retention::table::{CODE_MINUTES, MESSAGE_HOURS};
use crate::domain::retention::{Account, End, Facts, Retention, end};
use crate::domain::time::{Timestamp, hours, minutes};
use crate::error::Result;
use crate::records::receipt::SCHEDULED;
use crate::store::{Attr, Row};
use crate::vault::period as reminder;

/// When a row ends and why, given what is known of the account that it belongs to.
///
/// # Errors
///
/// `Corrupt` where the row does not say when it was made.
pub fn ends(row: &Row, account: Option<Account>) -> Result<End> {
    Ok(end(&facts(row, account)?))
}

fn facts(row: &Row, account: Option<Account>) -> Result<Facts> {
    let rule = row.entity.spec().retention;
    let own_end = row.time(Attr::ExpiresAt).or_else(|_| row.time(Attr::EndsAt)).ok();
    let of = |made_at, own_end| Facts { own_end, account, ..Facts::of(rule, made_at) };
    let state = row.text(Attr::State).unwrap_or_default();
    Ok(match row.entity {
        // What is left of an erased account is a tombstone.
        Entity::Account if state == State::Erased.name() => {
            Facts::of(Entity::Tombstone.spec().retention, row.time(Attr::ErasedAt)?)
        }
        // Until it is signed a receipt belongs to the cancellation.
        Entity::Receipt if state == SCHEDULED => {
            let own_end = row.time(Attr::ErasesAt).ok();
            Facts { rule: Retention::OwnEnd, ..of(row.time(Attr::CreatedAt)?, own_end) }
        }
        Entity::Receipt | Entity::Tombstone => of(row.time(Attr::ErasedAt)?, None),
        Entity::LedgerEntry => of(row.time(Attr::At)?, None),
        Entity::Account | Entity::Factors | Entity::Evidence | Entity::NetworkLog => {
            of(row.time(Attr::CreatedAt)?, None)
        }
        Entity::DataKey => of(row.time(Attr::CreatedAt)?, key_end(row)?),
        Entity::Period | Entity::Erasure => {
            let due = row.time(Attr::DueAt)?;
            of(due, Some(due))
        }
        // The chain of a job goes on for good; it is nobody's.
        Entity::Chain if row.key.pk.starts_with("job#") => {
            Facts::of(Retention::Permanent, row.time(Attr::At)?)
        }
        Entity::Chain
        | Entity::Claim
        | Entity::Root
        | Entity::Configuration
        | Entity::Job
        | Entity::Brake => of(Timestamp::from_secs(0), own_end),
        Entity::Session
        | Entity::Link
        | Entity::Export
        | Entity::Verification
        | Entity::Authorization
        | Entity::Message
        | Entity::Limit
        | Entity::Idempotency => of(own_end.unwrap_or(Timestamp::from_secs(0)), own_end),
    })
}

/// When the key ends of a period, a flow or a message; a person's has no end of its own.
fn key_end(row: &Row) -> Result<Option<Timestamp>> {
    let made_at = row.time(Attr::CreatedAt)?;
    let (owner, _) = row.key.pk.split_once('#').unwrap_or_default();
    Ok(match owner {
        "period" => reminder::of_partition(&row.key.pk).map(Period::ends),
        "flow" => Some(made_at.plus(minutes(u64::from(CODE_MINUTES)))),
        "message" => Some(made_at.plus(hours(u64::from(MESSAGE_HOURS)))),
        _ => None,
    })
}
