//! The caller: session, account and key in one consistent read, and the person behind the gate.

use super::call::Call;
use super::catalogue::ProblemKind;
use super::credentials::token;
use super::problem::Problem;
use super::settle::act;
use crate::domain::account::State;
use crate::domain::gate::{Refusal, Use};
use crate::domain::limit::{PASSWORD_TRIES, Window};
use crate::domain::password::normalise;
use crate::domain::personal::Secret;
use crate::error::corrupt;
use crate::ledger::Book;
use crate::records::session::{Scope, Session, Token};
use crate::records::subject::{self, Counter};
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::telemetry::metrics::{Metric, emit};
use crate::vault::{Denied, Owner, Person, password};

/// What a handler is about to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Read.
    Read,
    /// Write, with an entry in the ledger.
    Write,
    /// Write after a proof by password. Its tries are counted, and every count may matter then.
    Prove,
    /// Take a copy along, as often as a limit allows.
    Export,
    /// Change what every contact is told of, as often as a limit allows.
    Tell,
    /// Cancel, as often as a limit allows.
    Cancel,
    /// Have a code sent to an own contact, as often as a limit allows.
    Code,
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
    pub(super) counters: Vec<Row>,
}

impl Caller {
    /// Identifies the caller. One read; where the last use is long ago, one write.
    ///
    /// # Errors
    ///
    /// `Unauthenticated`, `Erased` with the date, `Erasing`, or the gate's refusal.
    pub async fn identify(call: &Call, access: Access) -> Result<Self, Problem> {
        Ok(Self::identify_with(call, access, &[]).await?.0)
    }

    /// Identifies the caller, and brings further rows in the same read.
    ///
    /// # Errors
    ///
    /// As [`Self::identify`].
    pub async fn identify_with(
        call: &Call,
        access: Access,
        further: &[Key],
    ) -> Result<(Self, Vec<Option<Row>>), Problem> {
        let token = token(call)?;
        let id = &token.subject;
        let mut keys = keys(call, &token, access);
        let own = keys.len();
        keys.extend_from_slice(further);
        let mut rows = call.ports.store.get_all(&keys).await?;
        let further = rows.split_off(own);
        let mut rows = rows.into_iter();
        let mut next = || rows.next().flatten();
        let (account, key, session) = (next(), next(), next());
        let (chain, year) = (next(), next());
        let mut counters: Vec<Row> = rows.flatten().collect();
        let ticket = if access == Access::Sessions { counters.pop() } else { None };
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
        let caller = Self { person, session_row, session, chain, year, counters };
        caller.note_use(call).await;
        Ok((caller, further))
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

    /// Counts what the caller is about to do, in the transaction that does it: many at once get no
    /// more than the limit.
    ///
    /// # Errors
    ///
    /// `Limited`, with how long to wait.
    pub fn count(
        &self,
        call: &Call,
        (key, window): (Key, Window),
        transaction: &mut Transaction,
    ) -> Result<(), Problem> {
        self.count_within(call, (key, &[window]), transaction)
    }

    /// Starts the caller's counts anew whose rows were read, but for those of the password itself.
    pub fn forget_counts(&self, transaction: &mut Transaction) {
        let subject = &self.person.subject;
        for counter in Counter::ANEW {
            let key = counter.of(subject);
            if let Some(row) = self.counters.iter().find(|row| row.key == key) {
                transaction.delete("limit", key, When::Version(row.version));
            }
        }
    }

    /// Whether identity was proved within the last minutes.
    pub fn is_fresh(&self, call: &Call) -> bool {
        call.now < self.session.fresh_until
    }

    /// Requires a session in which identity was proved within the last minutes.
    ///
    /// # Errors
    ///
    /// `NotFresh`.
    pub fn require_fresh(&self, call: &Call) -> Result<(), Problem> {
        if self.is_fresh(call) { Ok(()) } else { Err(ProblemKind::NotFresh.into()) }
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
            emit(&call.ports, Metric::ProofsRefused, 1, &["recheck"]);
            Err(ProblemKind::PasswordRefused.into())
        }
    }

    async fn count_try(self, call: &Call) -> Result<Self, Problem> {
        let key = subject::password_limit(&self.person.subject);
        let mut transaction = Transaction::new();
        self.count(call, (key, PASSWORD_TRIES), &mut transaction)?;
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

/// What is read to identify a caller; the last keys are what the kind of access needs besides.
fn keys(call: &Call, token: &Token, access: Access) -> Vec<Key> {
    let id = &token.subject;
    let mut keys = vec![
        subject::account(id),
        Owner::Person(id.clone()).key(),
        subject::session(id, &token.session),
    ];
    if access != Access::Read {
        keys.extend([subject::chain(id), Book::year_key(call.now)]);
    }
    match access {
        Access::Sessions => keys.push(subject::ticket(id)),
        Access::Export => keys.push(subject::export_limit(id)),
        Access::Prove => keys.extend(Counter::ALL.map(|counter| counter.of(id))),
        Access::Tell => keys.push(subject::told_limit(id)),
        Access::Cancel => keys.push(subject::cancellation_limit(id)),
        Access::Code => keys.push(Counter::Code.of(id)),
        Access::Read | Access::Write => {}
    }
    keys
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
