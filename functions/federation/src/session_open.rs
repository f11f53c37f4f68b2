//! Logging in: a session for the account that the third-party account is linked to.

use crate::answers::Done;
use shared::domain::gate::{Refusal, Use};
use shared::domain::inventory::items;
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::third_party::ThirdParty;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind, SecondFactor, count_guess, settle};
use shared::ids::{EntryId, SubjectId};
use shared::ledger::{Action, Actor, Book, Facts};
use shared::records::authorization::Authorization;
use shared::records::factors::{Given, Held};
use shared::records::limit;
use shared::records::network_log::{self, Event, NetworkLog};
use shared::records::session::{self, Scope, Token};
use shared::records::subject::{self, Counter};
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::{Claims, Denied, Owner, Person};

/// What is read about the one who logs in.
struct Found {
    person: Person,
    chain: Option<Row>,
    year: Option<Row>,
    month: Option<Row>,
    /// The second factors.
    held: Held,
    /// The counter of guesses at them.
    guesses: Option<Row>,
}

impl Found {
    /// Takes the guess of this call away from the count again: it was right, or not asked for.
    fn take_guess_back(&self, call: &Call, transaction: &mut Transaction) {
        if let Some(row) = &self.guesses {
            limit::take_back(transaction, "guesses", row, call.now);
        }
    }
}

/// Opens a session.
///
/// # Errors
///
/// `ThirdPartyUnknown` where no account is linked. Only whoever has the third-party account learns
/// that, and that its second factor is asked for (`SecondFactorNeeded`).
pub(crate) async fn log_in(
    call: &Call,
    (begun, given): (&Authorization, Option<Given<'_>>),
    account: &ThirdParty,
) -> Result<Done, Problem> {
    let claims = call.ports.vault.index().await?.third_party_claims(account);
    let find = || find(call, &claims, account);
    if given.is_some() {
        settle(&call.ports.store, || count(call, &find)).await?;
    }
    settle(&call.ports.store, || async {
        let found = find().await?.ok_or(ProblemKind::ThirdPartyUnknown)?;
        let second = SecondFactor::check(call, found.held.clone(), given)?;
        open(call, begun.remember, (found, &second)).await
    })
    .await
}

/// Counts a guess at a second factor, where there is one to guess.
async fn count<F>(call: &Call, find: impl Fn() -> F) -> Result<(), Problem>
where
    F: Future<Output = Result<Option<Found>, Problem>>,
{
    match find().await? {
        Some(found) if found.held.has_totp() => {
            count_guess(call, &found.person, found.guesses.as_ref()).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// Finds the person of a claim. Two reads (three while the index key is rotated).
async fn find(
    call: &Call,
    claims: &Claims,
    account: &ThirdParty,
) -> Result<Option<Found>, Problem> {
    let (claim, [year]) = claims.find(&call.ports.store, &[Book::year_key(call.now)]).await?;
    let Some(claim) = claim else { return Ok(None) };
    let id = SubjectId::parse(claim.text(Attr::Subject)?);
    let id = id.ok_or_else(|| corrupt("claim", "subject"))?;
    let keys = [
        subject::account(&id),
        Owner::Person(id.clone()).key(),
        subject::chain(&id),
        Owner::Period(Period::logs(call.now)).key(),
        subject::factors(&id),
        Counter::Factor.of(&id),
    ];
    let [row, key, chain, month, factors, guesses] = call.ports.store.get(&keys).await?;
    let vault = &call.ports.vault;
    match vault.open_person(&id, row.as_ref(), key.as_ref(), Use::Rights).await {
        Ok(person) if person.profile.is_linked(account) => {
            let held = Held::open(&person, factors, call.now)?;
            Ok(Some(Found { person, chain, year, month, held, guesses }))
        }
        // A claim may be read just before the erasure, or the unlinking, that removes it.
        Ok(_) | Err(Denied::Refused(Refusal::Unknown | Refusal::Erased | Refusal::Erasing)) => {
            Ok(None)
        }
        Err(denied) => Err(denied.into()),
    }
}

async fn open(
    call: &Call,
    remember: bool,
    (found, second): (Found, &SecondFactor<'_>),
) -> Result<Done, Problem> {
    let (ports, person) = (&call.ports, &found.person);
    // The chain's head was read before, and its version is part of the write: a log-in that lands
    // in between makes this one look again.
    let live = session::live(ports, person, call.now).await?;
    let full = live.iter().filter(|(_, session)| session.scope == Scope::Full).count();
    if full >= ports.config.max_sessions {
        return at_limit(call, (&found, second)).await;
    }
    let (id, now) = (&person.subject, call.now);
    let token = Token::draw(id.clone(), &*ports.entropy);
    let times = (now, &ports.config.sessions);
    let (row, session) =
        session::start(&token, (remember, call.device()), times, (&person.key, &person.profile))?;
    let mut transaction = Transaction::new();
    transaction.put("session", row, When::Absent);
    let gate = When::GateEpoch(person.gate_epoch());
    transaction.touch("gate", person.account.key.clone(), (Attr::UsedAt, now), gate);
    let month = ports.vault.period(Period::logs(now), found.month.as_ref()).await?;
    let log = NetworkLog {
        ip: Personal::new(call.source),
        event: Event::LoggedIn,
        device: call.device(),
        failed_at: Vec::new(),
    };
    let entry = EntryId::draw(&*ports.entropy);
    transaction.put("log", network_log::row(id, &entry, &log, (now, month.key()))?, When::Absent);
    month.put(&mut transaction, "month");
    let rows = (found.chain.as_ref(), found.year.as_ref());
    let book = Book::open(ports, &person.key, rows, now).await?;
    second.spend(call, person, &mut transaction).await?;
    found.take_guess_back(call, &mut transaction);
    let mut touched = vec![&items::NETWORK_IP, &items::USED_AT];
    touched.extend(second.touched());
    let facts = Facts::of("account", &touched, call.id.as_str());
    book.enter(&mut transaction, &person.key, (Action::SessionOpened, Actor::Person), &facts)?;
    ports.store.write(transaction).await?;
    Ok(Done::LoggedIn { token: token.reveal(), ends_at: session.ends_at, remember })
}

/// A ticket with which sessions can be listed and one be ended. It replaces any earlier one.
async fn at_limit(
    call: &Call,
    (found, second): (&Found, &SecondFactor<'_>),
) -> Result<Done, Problem> {
    let person = &found.person;
    let [before] = call.ports.store.get(&[subject::ticket(&person.subject)]).await?;
    let token = Token::draw(person.subject.clone(), &*call.ports.entropy);
    let times = &call.ports.config.sessions;
    let row = session::ticket(&token, before.as_ref(), (call.now, times), person)?;
    let mut transaction = Transaction::new();
    let when = before.map_or(When::Absent, |row| When::Version(row.version));
    transaction.put("ticket", row, when);
    second.spend_at_limit(call, person, &mut transaction)?;
    found.take_guess_back(call, &mut transaction);
    transaction.check("gate", person.account.key.clone(), When::GateEpoch(person.gate_epoch()));
    call.ports.store.write(transaction).await?;
    Ok(Done::AtLimit { ticket: token.reveal(), ends_at: call.now.plus(times.fresh) })
}
