//! The caller: session, account and key in one consistent read, and the person behind the gate.

use super::call::Call;
use super::catalogue::ProblemKind;
use super::credentials::token;
use super::problem::Problem;
use crate::domain::account::State;
use crate::domain::gate::{Refusal, Use};
use crate::domain::limit::PASSWORD_TRIES;
use crate::domain::password::normalise;
use crate::domain::personal::Secret;
use crate::error::corrupt;
use crate::ledger::Book;
use crate::records::session::{Scope, Session};
use crate::records::{limit, subject};
use crate::store::{Attr, Key, Row, Store, Transaction, When};
use crate::vault::{Denied, Owner, Person, password};

/// What a handler is about to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Read.
    Read,
    /// Write, with an entry in the ledger.
    Write,
    /// Write after a proof by password, whose tries are counted.
    Prove,
    /// Take a copy along, as often as a limit allows.
    Export,
    /// List or end sessions: a ticket does too.
    Sessions,
}

/// A caller with a live session.
pub struct Caller {
    /// The person.
    pub person: Person,
    /// The session's row.
    pub session_row: Row,
    /// The session.
    pub session: Session,
    chain: Option<Row>,
    year: Option<Row>,
    tries: Option<Row>,
}

/// How often a write that other writes got in the way of is tried.
const TRIES: u32 = 10;

/// Runs an attempt again while other writes of the same person get in its way.
///
/// # Errors
///
/// Those of the attempt; `Busy` where the others never end.
pub async fn settle<T, F>(store: &Store, mut attempt: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let mut tries = 0;
    loop {
        match attempt().await {
            Err(problem) if problem.is_conflict() && tries < TRIES => store.back_off(tries).await,
            other => return other,
        }
        tries += 1;
    }
}

/// Runs an act of a caller; again, for the caller as it is then, while other writes of the same
/// person get in its way.
///
/// # Errors
///
/// Those of the act, or of identifying the caller again; `Busy` where the others never end.
pub async fn act<T, F>(
    call: &Call,
    (access, caller): (Access, Caller),
    attempt: impl Fn(Caller) -> F,
) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let mut first = Some(caller);
    settle(&call.ports.store, || {
        let caller = first.take();
        let attempt = &attempt;
        async move {
            let caller = match caller {
                Some(caller) => caller,
                None => Caller::identify(call, access).await?,
            };
            attempt(caller).await
        }
    })
    .await
}

impl Caller {
    /// Identifies the caller. One read; where the last use is long ago, one write.
    ///
    /// # Errors
    ///
    /// `Unauthenticated`, `Erased` with the date, `Erasing`, or the gate's refusal.
    pub async fn identify(call: &Call, access: Access) -> Result<Self, Problem> {
        let token = token(call)?;
        let id = &token.subject;
        let mut keys = vec![
            subject::account(id),
            Owner::Person(id.clone()).key(),
            subject::session(id, &token.session),
        ];
        if access != Access::Read {
            keys.extend([subject::chain(id), Book::year_key(call.now)]);
        }
        // The last key is what the kind of access needs besides.
        keys.extend(match access {
            Access::Sessions => Some(subject::ticket(id)),
            Access::Prove => Some(subject::password_limit(id)),
            Access::Export => Some(subject::export_limit(id)),
            Access::Read | Access::Write => None,
        });
        let mut rows = call.ports.store.get_all(&keys).await?.into_iter();
        let mut next = || rows.next().flatten();
        let (account, key, session) = (next(), next(), next());
        let (chain, year, besides) = (next(), next(), next());
        let (ticket, tries) =
            if access == Access::Sessions { (besides, None) } else { (None, besides) };
        let vault = &call.ports.vault;
        let opened = vault.open_person(id, account.as_ref(), key.as_ref(), Use::Rights).await;
        let person = opened.map_err(|denied| refusal(denied, account.as_ref()))?;
        let session_row = session.or(ticket).ok_or(ProblemKind::Unauthenticated)?;
        let session: Session = person.key.open(&session_row)?;
        let seen_at = session_row.time(Attr::SeenAt)?;
        let allowed = session.scope == Scope::Full || access == Access::Sessions;
        let times = &call.ports.config.sessions;
        let live = session.is_live(&person.profile, (seen_at, call.now), times);
        if !(token.opens(&session) && live && allowed) {
            return Err(ProblemKind::Unauthenticated.into());
        }
        let caller = Self { person, session_row, session, chain, year, tries };
        caller.note_use(call).await;
        Ok(caller)
    }

    /// Notes that the session is used, at most once per tenth of its idle limit.
    async fn note_use(&self, call: &Call) {
        let tenth = self.session.idle(&call.ports.config.sessions) / 10;
        let seen_at = self.session_row.time(Attr::SeenAt);
        if seen_at.is_ok_and(|at| call.now < at.plus(tenth)) {
            return;
        }
        let mut transaction = Transaction::new();
        let used = (Attr::SeenAt, call.now);
        transaction.touch("session", self.session_row.key.clone(), used, When::Present);
        transaction.check("gate", self.person.account.key.clone(), self.gate());
        if let Err(error) = call.ports.store.write(transaction).await {
            // The session or the account ended meanwhile, or the store is busy: the next use will.
            tracing::warn!(request_id = %call.id, cause = error.chain(), "last use not noted");
        }
    }

    /// The precondition of every write into the person's partition.
    pub fn gate(&self) -> When {
        When::GateEpoch(self.person.gate_epoch())
    }

    /// Opens the person's chain for one more entry.
    pub async fn book(&self, call: &Call) -> Result<Book, Problem> {
        let rows = (self.chain.as_ref(), self.year.as_ref());
        Ok(Book::open(&call.ports, &self.person.key, rows, call.now).await?)
    }

    /// The counter behind the limit of what the caller is about to do.
    pub const fn counter(&self) -> Option<&Row> {
        self.tries.as_ref()
    }

    /// Whether identity was proved within the last minutes.
    pub fn is_fresh(&self, call: &Call) -> bool {
        call.now < self.session.fresh_until
    }

    /// Whether a session's row is the caller's own.
    pub fn is_current(&self, key: &Key) -> bool {
        self.session_row.key == *key
    }

    /// Checks the password of a caller who was identified to prove it. A try is counted before it is checked, so that many at
    /// once get no more than the limit, and a live session is no oracle for the password.
    ///
    /// # Errors
    ///
    /// `PasswordRefused`, or `Limited` after too many tries.
    pub async fn prove(self, call: &Call, given: &Secret) -> Result<Self, Problem> {
        let caller = act(call, (Access::Prove, self), |caller| caller.count_try(call)).await?;
        let hash = caller.person.profile.password.clone();
        if password::matches(normalise(given.expose()), hash).await? {
            Ok(caller)
        } else {
            Err(ProblemKind::PasswordRefused.into())
        }
    }

    async fn count_try(self, call: &Call) -> Result<Self, Problem> {
        let key = subject::password_limit(&self.person.subject);
        let mut transaction = Transaction::new();
        let counter = (key, self.tries.as_ref());
        limit::admit(&mut transaction, "tries", counter, &[PASSWORD_TRIES], call.now)
            .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))?;
        transaction.check("gate", self.person.account.key.clone(), self.gate());
        call.ports.store.write(transaction).await?;
        Ok(self)
    }

    /// Requires an account in use.
    ///
    /// # Errors
    ///
    /// `WrongState`.
    pub fn require_active(&self) -> Result<(), Problem> {
        match self.person.state {
            State::Active => Ok(()),
            state => Err(Problem::new(ProblemKind::WrongState).with("state", state.name())),
        }
    }
}

/// The problem of a refusal: an erased account says when, and where its receipt is.
fn refusal(denied: Denied, account: Option<&Row>) -> Problem {
    let Denied::Refused(Refusal::Erased) = denied else { return denied.into() };
    let Some(row) = account else { return corrupt("account", "row").into() };
    let mut problem = Problem::new(ProblemKind::Erased);
    if let Ok(at) = row.time(Attr::ErasedAt) {
        problem = problem.with("erased_at", at.rfc3339());
    }
    if let Ok(receipt) = row.text(Attr::Receipt) {
        problem = problem.with("receipt", receipt);
    }
    problem
}
