//! Logging in: a session for the account that the third-party account is linked to.

use crate::answers::Done;
use shared::domain::gate::{Refusal, Use};
use shared::domain::inventory::items;
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::third_party::ThirdParty;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind, settle};
use shared::ids::{EntryId, SubjectId};
use shared::ledger::{Action, Actor, Book, Facts};
use shared::records::authorization::Authorization;
use shared::records::network_log::{self, Event, NetworkLog};
use shared::records::session::{self, Scope, Token};
use shared::records::subject;
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::{Claims, Denied, Owner, Person};

/// What is read about the one who logs in.
struct Found {
    person: Person,
    chain: Option<Row>,
    year: Option<Row>,
    month: Option<Row>,
}

/// Opens a session.
///
/// # Errors
///
/// `ThirdPartyUnknown` where no account is linked. Only whoever has the third-party account learns
/// that.
pub(crate) async fn log_in(
    call: &Call,
    begun: &Authorization,
    account: &ThirdParty,
) -> Result<Done, Problem> {
    let claims = call.ports.vault.index().await?.third_party_claims(account);
    let claims = &claims;
    settle(&call.ports.store, || async move {
        let found = find(call, claims, account).await?.ok_or(ProblemKind::ThirdPartyUnknown)?;
        // A second factor of the account is asked for here, once accounts have one: before a
        // session is opened, and after nothing more than a log-in that was used up.
        open(call, begun.remember, found).await
    })
    .await
}

/// Finds the person of a claim. Two reads (three while the index key is rotated).
async fn find(
    call: &Call,
    claims: &Claims,
    account: &ThirdParty,
) -> Result<Option<Found>, Problem> {
    let (claim, year) = claims.find(&call.ports.store, &Book::year_key(call.now)).await?;
    let Some(claim) = claim else { return Ok(None) };
    let id = SubjectId::parse(claim.text(Attr::Subject)?);
    let id = id.ok_or_else(|| corrupt("claim", "subject"))?;
    let keys = [
        subject::account(&id),
        Owner::Person(id.clone()).key(),
        subject::chain(&id),
        Owner::Period(Period::logs(call.now)).key(),
    ];
    let [row, key, chain, month] = call.ports.store.get(&keys).await?;
    let vault = &call.ports.vault;
    match vault.open_person(&id, row.as_ref(), key.as_ref(), Use::Rights).await {
        Ok(person) if person.profile.is_linked(account) => {
            Ok(Some(Found { person, chain, year, month }))
        }
        // A claim may be read just before the erasure, or the unlinking, that removes it.
        Ok(_) | Err(Denied::Refused(Refusal::Unknown | Refusal::Erased | Refusal::Erasing)) => {
            Ok(None)
        }
        Err(denied) => Err(denied.into()),
    }
}

async fn open(call: &Call, remember: bool, found: Found) -> Result<Done, Problem> {
    let (ports, person) = (&call.ports, &found.person);
    // The chain's head was read before, and its version is part of the write: a log-in that lands
    // in between makes this one look again.
    let live = session::live(ports, person, call.now).await?;
    let full = live.iter().filter(|(_, session)| session.scope == Scope::Full).count();
    if full >= ports.config.max_sessions {
        return at_limit(call, person).await;
    }
    let (id, now) = (&person.subject, call.now);
    let token = Token::draw(id.clone(), &*ports.entropy);
    let times = (now, &ports.config.sessions);
    let (row, session) = session::start(&token, remember, times, (&person.key, &person.profile))?;
    let mut transaction = Transaction::new();
    transaction.put("session", row, When::Absent);
    let gate = When::GateEpoch(person.gate_epoch());
    transaction.touch("gate", person.account.key.clone(), (Attr::UsedAt, now), gate);
    let month = ports.vault.period(Period::logs(now), found.month.as_ref()).await?;
    let log = NetworkLog { ip: Personal::new(call.source), event: Event::LoggedIn };
    let entry = EntryId::draw(&*ports.entropy);
    transaction.put("log", network_log::row(id, &entry, &log, (now, month.key()))?, When::Absent);
    month.put(&mut transaction, "month");
    let rows = (found.chain.as_ref(), found.year.as_ref());
    let book = Book::open(ports, &person.key, rows, now).await?;
    let facts = Facts::of("account", &[&items::NETWORK_IP, &items::USED_AT], call.id.as_str());
    book.enter(&mut transaction, &person.key, (Action::SessionOpened, Actor::Person), &facts)?;
    ports.store.write(transaction).await?;
    Ok(Done::LoggedIn { token: token.reveal(), ends_at: session.ends_at, remember })
}

/// A ticket with which sessions can be listed and one be ended. It replaces any earlier one.
async fn at_limit(call: &Call, person: &Person) -> Result<Done, Problem> {
    let [before] = call.ports.store.get(&[subject::ticket(&person.subject)]).await?;
    let token = Token::draw(person.subject.clone(), &*call.ports.entropy);
    let times = &call.ports.config.sessions;
    let row = session::ticket(&token, before.as_ref(), (call.now, times), person)?;
    let mut transaction = Transaction::new();
    let when = before.map_or(When::Absent, |row| When::Version(row.version));
    transaction.put("ticket", row, when);
    transaction.check("gate", person.account.key.clone(), When::GateEpoch(person.gate_epoch()));
    call.ports.store.write(transaction).await?;
    Ok(Done::AtLimit { ticket: token.reveal(), ends_at: call.now.plus(times.fresh) })
}
