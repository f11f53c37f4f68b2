//! Whoever began a log-in with a session: session and person in one consistent read.

use shared::domain::gate::Use;
use shared::domain::limit::TOLD;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind};
use shared::ids::{SessionId, SubjectId};
use shared::ledger::Book;
use shared::records::authorization::Began;
use shared::records::session::{Scope, Session};
use shared::records::{limit, subject};
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::{Denied, Owner, Person};

/// A person, and the live session that began a log-in.
pub(crate) struct Holder {
    pub(crate) person: Person,
    pub(crate) id: SessionId,
    pub(crate) session_row: Row,
    pub(crate) session: Session,
    chain: Option<Row>,
    year: Option<Row>,
    told: Option<Row>,
}

impl Holder {
    /// Finds the holder. One read.
    ///
    /// # Errors
    ///
    /// `Unauthenticated` where the session is over, or the person gone.
    pub(crate) async fn find(call: &Call, began: Option<&Began>) -> Result<Self, Problem> {
        let unread = || corrupt("authorization", "session");
        let began = began.ok_or_else(unread)?;
        let person = SubjectId::parse(&began.subject).ok_or_else(unread)?;
        let id = SessionId::parse(&began.session).ok_or_else(unread)?;
        let keys = [
            subject::account(&person),
            Owner::Person(person.clone()).key(),
            subject::session(&person, &id),
            subject::chain(&person),
            Book::year_key(call.now),
            subject::told_limit(&person),
        ];
        let [account, key, row, chain, year, told] = call.ports.store.get(&keys).await?;
        let (account, key, vault) = (account.as_ref(), key.as_ref(), &call.ports.vault);
        let person = match vault.open_person(&person, account, key, Use::Rights).await {
            Ok(person) => person,
            Err(Denied::Refused(_)) => return Err(ProblemKind::Unauthenticated.into()),
            Err(Denied::Failed(error)) => return Err(error.into()),
        };
        let session_row = row.ok_or(ProblemKind::Unauthenticated)?;
        let session: Session = person.key.open(&session_row)?;
        let times = (session_row.time(Attr::SeenAt)?, call.now);
        let live = session.is_live(&person.profile, times, &call.ports.config.sessions);
        if !live || session.scope != Scope::Full {
            return Err(ProblemKind::Unauthenticated.into());
        }
        Ok(Self { person, id, session_row, session, chain, year, told })
    }

    /// The precondition of every write into the person's partition.
    pub(crate) fn gate(&self) -> When {
        When::GateEpoch(self.person.gate_epoch())
    }

    /// Opens the person's chain for one more entry.
    pub(crate) async fn book(&self, call: &Call) -> Result<Book, Problem> {
        let rows = (self.chain.as_ref(), self.year.as_ref());
        Ok(Book::open(&call.ports, &self.person.key, rows, call.now).await?)
    }

    /// Counts what every contact is told of.
    ///
    /// # Errors
    ///
    /// `Limited`.
    pub(crate) fn count_told(
        &self,
        call: &Call,
        transaction: &mut Transaction,
    ) -> Result<(), Problem> {
        let counter = (subject::told_limit(&self.person.subject), self.told.as_ref());
        limit::admit(transaction, "limit", counter, &[TOLD], call.now)
            .map(drop)
            .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))
    }
}
