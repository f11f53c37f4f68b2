//! The index key: each person's claims are taken from the key before to the current one.

use super::pass::Tally;
use crate::domain::account::{Profile, State};
use crate::domain::contact::Contact;
use crate::domain::gate::Use;
use crate::domain::inventory::{Entity, items};
use crate::domain::personal::Personal;
use crate::error::Result;
use crate::ids::{RequestId, SubjectId};
use crate::ledger::{Action, Actor, Book, Facts};
use crate::ports::Ports;
use crate::records::subject;
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::vault::{Claims, Denied, IndexKey, Owner, Person, Pointer, claim_row};

/// People read at a time: three rows each, and the year's key, below the hundred of a batch.
const PEOPLE: usize = 25;

/// Moves the claims of the people whose accounts are among these rows.
pub(super) async fn move_claims(
    ports: &Ports,
    rows: &[Row],
    pointer: &Pointer,
    request: &RequestId,
) -> Result<Tally> {
    let index = ports.vault.index_at(pointer).await?;
    let living = |row: &&Row| {
        row.entity == Entity::Account && row.text(Attr::State).ok() != Some(State::Erased.name())
    };
    let people = rows.iter().filter(living).filter_map(|row| subject::of_partition(&row.key.pk));
    let people: Vec<_> = people.collect();
    let mut tally = Tally::default();
    for people in people.chunks(PEOPLE) {
        let keys = people.iter().flat_map(|id| {
            [subject::account(id), Owner::Person(id.clone()).key(), subject::chain(id)]
        });
        let year = Book::year_key(ports.clock.now());
        let keys: Vec<_> = keys.chain([year]).collect();
        let rows = ports.store.get_all(&keys).await?;
        let Some((year, rows)) = rows.split_last() else { continue };
        for (id, rows) in people.iter().zip(rows.chunks(3)) {
            let found = Found { rows, year: year.as_ref() };
            match move_of(ports, id, &found, (&index, request)).await {
                Ok(Moved::Nothing) => {}
                Ok(Moved::Claims) => tally.changed += 1,
                Ok(Moved::Strange) => tally.failed += 1,
                // Another act of the person was faster, or the batch met one half way.
                Err(error) if error.is_conflict() => tally.missed += 1,
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tally.failed += 1;
                    tracing::warn!(request_id = %request, cause = error.chain(), "claims stay");
                }
            }
        }
    }
    Ok(tally)
}

/// What was read about a person: account, key and chain; and the key of the year.
struct Found<'a> {
    rows: &'a [Option<Row>],
    year: Option<&'a Row>,
}

/// What came of a person's claims.
enum Moved {
    /// They are where they should be, or the person is gone.
    Nothing,
    /// They moved.
    Claims,
    /// One of them is of no contact that the person has: where it should be is not known.
    Strange,
}

async fn move_of(
    ports: &Ports,
    id: &SubjectId,
    found: &Found<'_>,
    (index, request): (&IndexKey, &RequestId),
) -> Result<Moved> {
    let [account, key, chain] = found.rows else { return Ok(Moved::Nothing) };
    let opened = ports.vault.open_person(id, account.as_ref(), key.as_ref(), Use::Storage);
    let person = match opened.await {
        Ok(person) => person,
        // Erased meanwhile, with every claim.
        Err(Denied::Refused(_)) => return Ok(Moved::Nothing),
        Err(Denied::Failed(error)) => return Err(error),
    };
    let Some(moves) = plan(&person.profile.claims, &claims(index, &person.profile)) else {
        return Ok(Moved::Strange);
    };
    if moves.is_empty() {
        return Ok(Moved::Nothing);
    }
    let mut transaction = Transaction::new();
    for (from, to) in &moves {
        transaction.put("claim", claim_row(to, id), When::Absent);
        transaction.delete("claim-before", from.clone(), When::Present);
    }
    let now = ports.clock.now();
    let Person { mut profile, account, key, .. } = person;
    for (from, to) in &moves {
        profile.rename_claim(&from.pk, &to.pk);
    }
    transaction.replace("account", key.seal(account.next(), &profile)?);
    // It opens the profile and changes an item in it, if only the name that a claim has.
    let book = Book::open(ports, &key, (chain.as_ref(), found.year), now).await?;
    let facts = Facts::of("storage", &[&items::CLAIMS], request.as_str());
    let entry = (Action::ClaimsMoved, Actor::Job("rotation"));
    book.enter(&mut transaction, &key, entry, &facts)?;
    ports.store.write(transaction).await?;
    Ok(Moved::Claims)
}

/// Where the claims of a person are: on contacts, and on accounts with third parties.
fn claims(index: &IndexKey, profile: &Profile) -> Vec<Claims> {
    let parsed =
        |(channel, address): (_, &Personal<String>)| Contact::parse(channel, address.expose());
    let contacts = profile.claimed().filter_map(|contact| parsed(contact).ok());
    let contacts = contacts.map(|contact| index.claims(&contact));
    let linked = profile.third_parties.iter().map(|account| index.third_party_claims(account));
    contacts.chain(linked).collect()
}

/// Which claims move, from where to where. `None` where one is of nothing that the person has,
/// under either key.
fn plan(claims: &[String], known: &[Claims]) -> Option<Vec<(Key, Key)>> {
    let mut moves = Vec::new();
    for claim in claims {
        let at = Key::keys(claim.as_str());
        let place = known.iter().find(|c| c.current == at || c.other.as_ref() == Some(&at))?;
        if place.current != at {
            moves.push((at, place.current.clone()));
        }
    }
    Some(moves)
}
