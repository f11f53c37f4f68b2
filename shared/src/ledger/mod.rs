//! The ledger: who did what to whose data, one hash-chained chain per person and one per
//! job.
//!
//! An entry's hash covers the hash before it, its clear attributes and its *sealed* bytes, so that
//! destroying a key leaves the proof whole. The head is sealed in the person's partition; the
//! chain's id is random, so that after erasure the entries do not lead to the person.

mod book;
mod jobs;
pub mod verify;

pub use book::{Book, Chain, Facts, head_of};
pub use jobs::job_head;

/// What was done. The names are stored; add to them, never change them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// An account was registered, with its first session and the consent to the policy.
    Registered,
    /// A session was opened.
    SessionOpened,
    /// A session was ended.
    SessionEnded,
    /// A session was freshened by a proof of identity.
    SessionFreshened,
    /// Items of the profile were corrected.
    Corrected,
    /// A contact was added.
    ContactAdded,
    /// A contact was changed, not yet for good.
    ContactChanged,
    /// A contact was removed, not yet for good.
    ContactRemoved,
    /// A change of contact was frozen by whoever holds the old one.
    ContactChangeFrozen,
    /// A change of contact was taken back.
    ContactChangeTakenBack,
    /// A change of contact became final.
    ContactChangeFinished,
    /// The password was changed.
    PasswordChanged,
    /// A consent was given.
    ConsentGranted,
    /// A consent was withdrawn, and what only it justified erased.
    ConsentWithdrawn,
    /// A copy of everything was asked for.
    Exported,
    /// The account was cancelled.
    CancellationRequested,
    /// The cancellation was withdrawn.
    CancellationWithdrawn,
    /// The claims on the contacts were taken to another index key.
    ClaimsMoved,
    /// The person was erased; the last entry of a chain.
    Erased,
    /// The person was told that the unused account ends.
    EndAnnounced,
    /// A slice of the sweep ended what was due.
    Swept,
    /// The sweep was told to stop.
    SweepStopped,
    /// The sweep was told to go on.
    SweepStarted,
    /// The brake on erasures went on.
    BrakePulled,
    /// A first release of the brake was given.
    BrakeReleaseAsked,
    /// The brake was released.
    BrakeReleased,
}

impl Action {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "account.registered",
            Self::SessionOpened => "session.opened",
            Self::SessionEnded => "session.ended",
            Self::SessionFreshened => "session.freshened",
            Self::Corrected => "account.corrected",
            Self::ContactAdded => "contact.added",
            Self::ContactChanged => "contact.changed",
            Self::ContactRemoved => "contact.removed",
            Self::ContactChangeFrozen => "contact_change.frozen",
            Self::ContactChangeTakenBack => "contact_change.taken_back",
            Self::ContactChangeFinished => "contact_change.finished",
            Self::PasswordChanged => "password.changed",
            Self::ConsentGranted => "consent.granted",
            Self::ConsentWithdrawn => "consent.withdrawn",
            Self::Exported => "account.exported",
            Self::CancellationRequested => "cancellation.requested",
            Self::CancellationWithdrawn => "cancellation.withdrawn",
            Self::ClaimsMoved => "claims.moved",
            Self::Erased => "account.erased",
            Self::EndAnnounced => "account.end_announced",
            Self::Swept => "sweep.ended",
            Self::SweepStopped => "sweep.stopped",
            Self::SweepStarted => "sweep.started",
            Self::BrakePulled => "brake.pulled",
            Self::BrakeReleaseAsked => "brake.release_asked",
            Self::BrakeReleased => "brake.released",
        }
    }
}

/// Who acted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Actor {
    /// The person; not indexed.
    Person,
    /// Whoever opened a link that was sent to one of the person's contacts.
    Link,
    /// A job, by its name.
    Job(&'static str),
}

impl Actor {
    /// The name that the hash covers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "self",
            Self::Link => "link",
            Self::Job(name) => name,
        }
    }
}
