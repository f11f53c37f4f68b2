//! Who is logging in: the same calls and the same hash for a name that nobody has.

use crate::ladder::{self, Counters};
use shared::domain::contact::Contact;
use shared::domain::gate::{Refusal, Use};
use shared::domain::password::normalise;
use shared::domain::period::Period;
use shared::domain::personal::Secret;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind};
use shared::ids::SubjectId;
use shared::ledger::Book;
use shared::records::subject::{self, Counter};
use shared::records::{idempotency, limit};
use shared::store::{Attr, Row, Transaction};
use shared::telemetry::metrics::{Metric, emit};
use shared::vault::{Claims, Denied, IndexKey, Owner, Person, password};

/// A try of a log-in, counted.
pub(crate) struct Try {
    /// The person that the name claims, or nobody.
    pub(crate) subject: SubjectId,
    /// The contact that the name is, where it is one.
    pub(crate) contact: Option<Contact>,
    /// Where it is counted; a success takes it away again.
    pub(crate) counters: Counters,
}

/// What is read about the one who logs in.
pub(crate) struct LogIn {
    pub(crate) person: Person,
    pub(crate) chain: Option<Row>,
    pub(crate) year: Option<Row>,
    pub(crate) month: Option<Row>,
    /// The counters of the try.
    pub(crate) counters: Counters,
    /// The second factors.
    pub(crate) factors: Option<Row>,
    /// The counter of guesses at them.
    pub(crate) guesses: Option<Row>,
    /// The memory of an idempotent call.
    pub(crate) memory: Option<Row>,
}

impl LogIn {
    /// Takes the try away again, and the guess at a second factor, where nothing of it failed.
    pub(crate) fn take_back(&self, call: &Call, transaction: &mut Transaction) {
        self.counters.take_back(transaction, call.now);
        if let Some(row) = &self.guesses {
            limit::take_back(transaction, "guesses", row, call.now);
        }
    }
}

/// Counts a try, before anything is checked: many at once get no more than the limit. One read
/// (two while the index key is rotated), one write.
///
/// # Errors
///
/// `Limited` after too many tries.
pub(crate) async fn count(call: &Call, login: &str, index: &IndexKey) -> Result<Try, Problem> {
    let contact = Contact::of_login(login);
    let (claims, name) = match &contact {
        Some(contact) => (index.claims(contact), contact.address().expose().clone()),
        None => (Claims::of_nobody(), login.to_lowercase()),
    };
    let keys = ladder::keys(call, &name, index);
    let (claim, rows) = claims.find(&call.ports.store, &keys).await?;
    let subject = match &claim {
        Some(row) => SubjectId::parse(row.text(Attr::Subject)?),
        None => Some(index.nobody(&name)),
    };
    let subject = subject.ok_or_else(|| corrupt("claim", "subject"))?;
    let counters = Counters::count(call, (keys, rows), &subject).await?;
    Ok(Try { subject, contact, counters })
}

impl Try {
    /// Whether the name is a contact of the person's that counts: one of a change of contact that
    /// is not final may not (C-8.1).
    pub(crate) fn names(&self, person: &Person) -> bool {
        let named = self.contact.as_ref();
        named.is_some_and(|c| person.profile.contact(c.channel()) == Some(c.address()))
    }
}

/// Checks the password of whom a try is about. One read, one hash.
///
/// # Errors
///
/// `LoginRefused`.
pub(crate) async fn prove(
    call: &Call,
    tried: &Try,
    given: &Secret,
    repeat: Option<&idempotency::Call>,
) -> Result<LogIn, Problem> {
    let found = read(call, &tried.subject, tried.counters.clone(), repeat).await?;
    let hash = found.as_ref().and_then(|f| f.person.profile.password.clone());
    let right = password::matches(normalise(given.expose()), hash).await?;
    found.filter(|found| right && tried.names(&found.person)).ok_or_else(|| refused(call))
}

/// Reads a person again, whose password was right a moment ago.
///
/// # Errors
///
/// `LoginRefused` where the person is gone, or the password or the contact changed meanwhile.
pub(crate) async fn again(
    call: &Call,
    (tried, before): (&Try, &Person),
    repeat: Option<&idempotency::Call>,
) -> Result<LogIn, Problem> {
    let counters = tried.counters.again(&call.ports.store).await?;
    let found = read(call, &before.subject, counters, repeat).await?;
    found
        .filter(|found| hash(&found.person) == hash(before) && tried.names(&found.person))
        .ok_or_else(|| refused(call))
}

fn refused(call: &Call) -> Problem {
    emit(&call.ports, Metric::ProofsRefused, 1, &["password"]);
    ProblemKind::LoginRefused.into()
}

fn hash(person: &Person) -> Option<&str> {
    person.profile.password.as_ref().map(Secret::expose)
}

async fn read(
    call: &Call,
    id: &SubjectId,
    counters: Counters,
    repeat: Option<&idempotency::Call>,
) -> Result<Option<LogIn>, Problem> {
    let mut keys = vec![
        subject::account(id),
        Owner::Person(id.clone()).key(),
        subject::chain(id),
        Book::year_key(call.now),
        Owner::Period(Period::logs(call.now)).key(),
        subject::factors(id),
        Counter::Factor.of(id),
    ];
    keys.extend(repeat.map(|r| r.key.clone()));
    let mut rows = call.ports.store.get_all(&keys).await?.into_iter();
    let mut next = || rows.next().flatten();
    let (account, key) = (next(), next());
    let (chain, year, month) = (next(), next(), next());
    let (factors, guesses, memory) = (next(), next(), next());
    let vault = &call.ports.vault;
    // What wraps a person's key wraps the year's too: with no branch key in memory, it is fetched
    // for a name that nobody has as well.
    vault.period(Period::evidence(call.now), year.as_ref()).await?;
    match vault.open_person(id, account.as_ref(), key.as_ref(), Use::Rights).await {
        Ok(person) => {
            Ok(Some(LogIn { person, chain, year, month, counters, factors, guesses, memory }))
        }
        // A claim may be read just before the erasure that removes it.
        Err(Denied::Refused(Refusal::Unknown | Refusal::Erased | Refusal::Erasing)) => Ok(None),
        Err(denied) => Err(denied.into()),
    }
}
