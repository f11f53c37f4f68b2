//! The pass over `Keys`: keys and claims of people who are not there, or not any more; what is left
//! is wrapped under the current branch key.

use super::counts::Counts;
use super::pass::{Mode, Pass};
use super::rows::{failed, remove};
use crate::domain::account::State;
use crate::domain::gate::Use;
use crate::domain::inventory::Entity;
use crate::erasure::ledger_tombstone;
use crate::error::{Result, corrupt};
use crate::ids::SubjectId;
use crate::records::{authorization, subject};
use crate::rotation::rewrap;
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::vault::{Denied, Owner, RootUse, period};

/// Rows whose owners are read at a time: two rows each, within the hundred of a batch.
const CHUNK: usize = 50;

/// What becomes of a row of `Keys`.
enum Fate {
    /// It stays.
    Stays,
    /// What it belongs to is gone.
    Goes,
    /// It is the key of a person whom neither the copy nor the ledger's tombstones know.
    Lost,
    /// It stays, and needs what reminds of its end.
    Reminded(Row),
}

/// Looks at the rows of a page.
pub(super) async fn pass(pass: &Pass<'_>, rows: &[Row]) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut kept = Vec::new();
    for rows in rows.chunks(CHUNK) {
        let keys: Vec<_> = rows.iter().flat_map(owners).collect();
        let found = pass.ports.store.get_all(&keys).await?;
        let found: Vec<Row> = found.into_iter().flatten().collect();
        for row in rows {
            let fate = match fate(pass, row, &found).await {
                Ok(fate) => fate,
                Err(error) => {
                    counts.add(&failed(row, error)?);
                    continue;
                }
            };
            kept.extend(end(pass, row, fate, &mut counts).await?);
        }
    }
    if pass.mode == Mode::Apply {
        let pointer = pass.ports.vault.pointer(RootUse::Branch).await?;
        counts.failed += rewrap(pass.ports, &kept, &pointer.current).await?.failed;
    }
    Ok(counts)
}

/// The rows that a row of `Keys` stands and falls with.
fn owners(row: &Row) -> Vec<Key> {
    let pk = row.key.pk.as_str();
    if row.entity == Entity::Claim {
        let id = row.text(Attr::Subject).ok().and_then(SubjectId::parse);
        let keys = |id: SubjectId| vec![subject::account(&id), Owner::Person(id).key()];
        return id.map(keys).unwrap_or_default();
    }
    let Some((owner, id)) = pk.split_once('#') else { return Vec::new() };
    match owner {
        "person" => SubjectId::parse(id)
            .map(|id| vec![subject::account(&id), ledger_tombstone(&id)])
            .unwrap_or_default(),
        "flow" => vec![flow(pk)],
        "message" => vec![Key::records(format!("outbox#{id}"), "message")],
        "period" => vec![Key::records(pk, "period")],
        _ => Vec::new(),
    }
}

/// What the key of a flow sealed.
fn flow(pk: &str) -> Key {
    authorization::of_partition(pk)
        .map_or_else(|| Key::records(pk, "verification"), |id| authorization::key(&id))
}

async fn fate(pass: &Pass<'_>, row: &Row, found: &[Row]) -> Result<Fate> {
    let keys = owners(row);
    let there = |n: usize| {
        let key = keys.get(n)?;
        found.iter().find(|row| row.key == *key)
    };
    if row.entity == Entity::Claim {
        return claim(pass, row, (there(0), there(1))).await;
    }
    let (owner, _) = row.key.pk.split_once('#').unwrap_or_default();
    Ok(match (owner, there(0), there(1)) {
        ("person", Some(account), _) if !is_erased(account) => Fate::Stays,
        ("person", None, None) => Fate::Lost,
        ("person", ..) | ("flow" | "message", None, _) => Fate::Goes,
        ("period", None, _) => {
            let period = period::of_partition(&row.key.pk);
            Fate::Reminded(period::row(period.ok_or_else(|| corrupt("data_key", "key"))?))
        }
        _ => Fate::Stays,
    })
}

fn is_erased(account: &Row) -> bool {
    account.text(Attr::State).ok() == Some(State::Erased.name())
}

/// A claim stays with a person who lives and knows it.
async fn claim(
    pass: &Pass<'_>,
    row: &Row,
    (account, key): (Option<&Row>, Option<&Row>),
) -> Result<Fate> {
    let id = SubjectId::parse(row.text(Attr::Subject)?);
    let id = id.ok_or_else(|| row.corrupt(Attr::Subject))?;
    match pass.ports.vault.open_person(&id, account, key, Use::Storage).await {
        Ok(person) if person.profile.claims.contains(&row.key.pk) => Ok(Fate::Stays),
        Ok(_) | Err(Denied::Refused(_)) => Ok(Fate::Goes),
        Err(Denied::Failed(error)) => Err(error),
    }
}

/// Does it; gives the row where it stays and is a key.
async fn end(pass: &Pass<'_>, row: &Row, fate: Fate, counts: &mut Counts) -> Result<Option<Row>> {
    match fate {
        Fate::Stays => {}
        Fate::Reminded(reminder) => {
            if pass.mode == Mode::Apply {
                let mut transaction = Transaction::new();
                transaction.put("period-end", reminder, When::Absent);
                match pass.ports.store.write(transaction).await {
                    Err(error) if error.is_conflict() => {}
                    other => other?,
                }
            }
        }
        Fate::Goes | Fate::Lost => {
            counts.keys_removed += 1;
            counts.lost += u64::from(matches!(fate, Fate::Lost));
            if pass.mode == Mode::Apply {
                remove(pass.ports, row).await?;
            }
            return Ok(None);
        }
    }
    Ok((row.entity == Entity::DataKey).then(|| row.clone()))
}
