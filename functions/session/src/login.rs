//! Who is logging in: the same reads, the same hash and the same write for a name that nobody has.

use shared::domain::contact::Email;
use shared::domain::gate::{Refusal, Use};
use shared::domain::limit::LOGIN_FAILURES;
use shared::domain::password::normalise;
use shared::domain::period::Period;
use shared::domain::personal::Secret;
use shared::http::{Call, Problem, ProblemKind};
use shared::ids::SubjectId;
use shared::ledger::Book;
use shared::records::{idempotency, limit, subject};
use shared::store::{Attr, Key, Row, Transaction};
use shared::vault::{Denied, IndexKey, Owner, Person, password};

/// What log-in read about the one who proved to be the person.
pub(crate) struct LogIn {
    pub(crate) person: Person,
    pub(crate) chain: Option<Row>,
    pub(crate) year: Option<Row>,
    pub(crate) month: Option<Row>,
    /// The memory of an idempotent call.
    pub(crate) memory: Option<Row>,
}

/// Finds the person of a login name and checks the password. Two reads, one hash; where it fails,
/// one write that counts the failure, for known and unknown names alike.
///
/// # Errors
///
/// `LoginRefused`, or `Limited` after too many failures.
pub(crate) async fn prove(
    call: &Call,
    (login, secret): (&str, &Secret),
    index: &IndexKey,
    repeat: Option<&idempotency::Call>,
) -> Result<LogIn, Problem> {
    let (claim, name) = match Email::parse(login) {
        Ok(email) => (index.claim(&email), email.address().expose().clone()),
        Err(_) => (Key::keys("login#nobody"), login.to_lowercase()),
    };
    let failures = index.login_limit(&name);
    let mut keys = vec![claim, failures.clone()];
    keys.extend(repeat.map(|r| r.key.clone()));
    let mut rows = call.ports.store.get_all(&keys).await?.into_iter();
    let mut next = || rows.next().flatten();
    let (claim, failed, memory) = (next(), next(), next());
    let events = failed.as_ref().map(Row::events).unwrap_or_default();
    limit::check(&events, &[LOGIN_FAILURES], call.now)
        .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))?;

    let id = match &claim {
        Some(row) => SubjectId::parse(row.text(Attr::Subject)?),
        None => Some(index.nobody(&name)),
    };
    let id = id.ok_or_else(|| shared::error::corrupt("claim", "subject"))?;
    let mut found = read(call, &id).await?;
    found.memory = memory;
    let hash = found.person.as_ref().and_then(|p| p.profile.password.clone());
    let right = password::matches(normalise(secret.expose()), hash).await?;
    match found.person.take() {
        Some(person) if right => Ok(found.with(person)),
        _ => Err(refuse(call, failures, failed.as_ref()).await),
    }
}

/// What the second read brings.
struct Found {
    person: Option<Person>,
    chain: Option<Row>,
    year: Option<Row>,
    month: Option<Row>,
    memory: Option<Row>,
}

impl Found {
    fn with(self, person: Person) -> LogIn {
        let Self { chain, year, month, memory, .. } = self;
        LogIn { person, chain, year, month, memory }
    }
}

async fn read(call: &Call, id: &SubjectId) -> Result<Found, Problem> {
    let keys = [
        subject::account(id),
        Owner::Person(id.clone()).key(),
        subject::chain(id),
        Book::year_key(call.now),
        Owner::Period(Period::logs(call.now)).key(),
    ];
    let [account, key, chain, year, month] = call.ports.store.get(&keys).await?;
    let vault = &call.ports.vault;
    let person = match vault.open_person(id, account.as_ref(), key.as_ref(), Use::Rights).await {
        Ok(person) => Some(person),
        // A claim may be read just before the erasure that removes it.
        Err(Denied::Refused(Refusal::Unknown | Refusal::Erased | Refusal::Erasing)) => None,
        Err(denied) => return Err(denied.into()),
    };
    Ok(Found { person, chain, year, month, memory: None })
}

/// Counts a failure, and refuses.
async fn refuse(call: &Call, failures: Key, failed: Option<&Row>) -> Problem {
    let mut transaction = Transaction::new();
    let counter = (failures, failed);
    let admitted = limit::admit(&mut transaction, "failures", counter, &[LOGIN_FAILURES], call.now);
    if let Err(wait) = admitted {
        return Problem::new(ProblemKind::Limited).after(wait);
    }
    match call.ports.store.write(transaction).await {
        Ok(()) => ProblemKind::LoginRefused.into(),
        Err(error) => error.into(),
    }
}
