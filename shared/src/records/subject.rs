//! A person's partition, and the rows that are read together to decide anything.

use crate::ids::{ExportId, LinkId, SessionId, SubjectId};
use crate::store::Key;

/// What is counted of a person, each under a limit of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Counter {
    /// Re-checks of the password.
    Password,
    /// Copies.
    Export,
    /// Changes of the password.
    PasswordChange,
    /// Changes of contact and of second factors, which tell every contact.
    Told,
    /// Cancellations that were withdrawn again.
    Cancellation,
    /// Wrong codes of a second factor.
    Factor,
    /// Codes sent to an own contact.
    Code,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 7] = [
        Self::Password,
        Self::PasswordChange,
        Self::Export,
        Self::Told,
        Self::Cancellation,
        Self::Factor,
        Self::Code,
    ];

    /// Those that start anew with a change of the password: but for those of the password itself.
    pub const ANEW: [Self; 5] =
        [Self::Export, Self::Told, Self::Cancellation, Self::Factor, Self::Code];

    /// The name in the key of its row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordChange => "password-change",
            Self::Export => "export",
            Self::Told => "told",
            Self::Cancellation => "cancellation",
            Self::Factor => "factor",
            Self::Code => "code",
        }
    }

    /// The key of its row.
    pub fn of(self, subject: &SubjectId) -> Key {
        Key::records(partition(subject), format!("limit#{}", self.name()))
    }
}

/// The partition of a person.
pub fn partition(subject: &SubjectId) -> String {
    format!("subject#{subject}")
}

/// The person of a partition.
pub fn of_partition(pk: &str) -> Option<SubjectId> {
    SubjectId::parse(pk.strip_prefix("subject#")?)
}

/// The account, later its tombstone.
pub fn account(subject: &SubjectId) -> Key {
    Key::records(partition(subject), "account")
}

/// The head of the person's ledger chain.
pub fn chain(subject: &SubjectId) -> Key {
    Key::records(partition(subject), "chain")
}

/// A session.
pub fn session(subject: &SubjectId, session: &SessionId) -> Key {
    Key::records(partition(subject), format!("session#{session}"))
}

/// The one ticket that a person at the session limit can have.
pub fn ticket(subject: &SubjectId) -> Key {
    Key::records(partition(subject), "session#ticket")
}

/// The person's second factors.
pub fn factors(subject: &SubjectId) -> Key {
    Key::records(partition(subject), "factors")
}

/// A link that was sent to the person.
pub fn link(subject: &SubjectId, link: &LinkId) -> Key {
    Key::records(partition(subject), format!("link#{link}"))
}

/// The limit on failed re-checks of the password.
pub fn password_limit(subject: &SubjectId) -> Key {
    Counter::Password.of(subject)
}

/// The limit on changes of the password.
pub fn password_change_limit(subject: &SubjectId) -> Key {
    Counter::PasswordChange.of(subject)
}

/// A copy that the person asked for.
pub fn export(subject: &SubjectId, export: &ExportId) -> Key {
    Key::records(partition(subject), format!("export#{export}"))
}

/// The limit on copies.
pub fn export_limit(subject: &SubjectId) -> Key {
    Counter::Export.of(subject)
}

/// The limit on changes of contact.
pub fn told_limit(subject: &SubjectId) -> Key {
    Counter::Told.of(subject)
}

/// The limit on cancellations.
pub fn cancellation_limit(subject: &SubjectId) -> Key {
    Counter::Cancellation.of(subject)
}

/// The job that finishes an erasure.
pub fn erasure(subject: &SubjectId) -> Key {
    Key::records(partition(subject), "erasure")
}
