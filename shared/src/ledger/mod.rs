//! The ledger: who did what to whose data, one hash-chained chain per person and one per
//! job.
//!
//! An entry's hash covers the hash before it, its clear attributes and its *sealed* bytes, so that
//! destroying a key leaves the proof whole. The head is sealed in the person's partition; the
//! chain's id is random, so that after erasure the entries do not lead to the person.

mod beginning;
mod book;
mod jobs;
mod resumed;
pub mod verify;
mod words;

pub use beginning::{Beginning, head_of};
pub use book::{Book, Chain, Facts};
pub use jobs::job_head;
pub(crate) use resumed::{RESTORE, Resumed, close_if_lost};
pub use words::basis_words;

macro_rules! actions {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)*) => {
        /// What was done. The names are stored; add to them, never change them. Each has words.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Action {
            $($(#[$meta])* $variant,)*
        }

        impl Action {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stored name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Reads a stored name back.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

actions! {
    /// An account was registered, with its first session and the consent to the policy.
    Registered = "account.registered",
    /// A session was opened.
    SessionOpened = "session.opened",
    /// A session was ended.
    SessionEnded = "session.ended",
    /// A session was freshened by a proof of identity.
    SessionFreshened = "session.freshened",
    /// Items of the profile were corrected.
    Corrected = "account.corrected",
    /// A contact was added.
    ContactAdded = "contact.added",
    /// A contact was changed, not yet for good.
    ContactChanged = "contact.changed",
    /// A contact was removed, not yet for good.
    ContactRemoved = "contact.removed",
    /// A change of contact was frozen by whoever holds the old one.
    ContactChangeFrozen = "contact_change.frozen",
    /// A change of contact was taken back.
    ContactChangeTakenBack = "contact_change.taken_back",
    /// A change of contact became final.
    ContactChangeFinished = "contact_change.finished",
    /// A contact was taken out of the account by its holder.
    ContactDetached = "contact.detached",
    /// The password was changed.
    PasswordChanged = "password.changed",
    /// The password was reset by a code to a contact.
    PasswordReset = "password.reset",
    /// An authenticator app is to be set up.
    TotpBegun = "totp.begun",
    /// An authenticator app was confirmed, and recovery codes were made.
    TotpConfirmed = "totp.confirmed",
    /// The authenticator app and the recovery codes were removed.
    TotpRemoved = "totp.removed",
    /// Recovery codes were made anew.
    RecoveryCodesMade = "recovery_codes.made",
    /// A third-party account was linked.
    ThirdPartyLinked = "third_party.linked",
    /// A third-party account was unlinked.
    ThirdPartyUnlinked = "third_party.unlinked",
    /// A consent was given.
    ConsentGranted = "consent.granted",
    /// A consent was withdrawn, and what only it justified erased.
    ConsentWithdrawn = "consent.withdrawn",
    /// A copy of everything was asked for.
    Exported = "account.exported",
    /// The account was cancelled.
    CancellationRequested = "cancellation.requested",
    /// The cancellation was withdrawn.
    CancellationWithdrawn = "cancellation.withdrawn",
    /// The claims on the contacts were taken to another index key.
    ClaimsMoved = "claims.moved",
    /// The person was erased; the last entry of a chain.
    Erased = "account.erased",
    /// The person was told that the unused account ends.
    EndAnnounced = "account.end_announced",
    /// The account came out of a restored table, and what was done since then was done again.
    Restored = "account.restored",
    /// The account was lost with what was written after the copy that was restored; the last
    /// entry of a chain.
    Lost = "account.lost",
    /// A job's chain began after the copy that was restored, and is closed.
    ChainLost = "sweep.lost",
    /// A job's chain goes on after a restore.
    Resumed = "sweep.resumed",
    /// The service was opened on restored tables.
    RestoreOpened = "sweep.restore_opened",
    /// A slice of the sweep ended what was due.
    Swept = "sweep.ended",
    /// The sweep was told to stop.
    SweepStopped = "sweep.stopped",
    /// The sweep was told to go on.
    SweepStarted = "sweep.started",
    /// The brake on erasures went on.
    BrakePulled = "brake.pulled",
    /// A first release of the brake was given.
    BrakeReleaseAsked = "brake.release_asked",
    /// The brake was released.
    BrakeReleased = "brake.released",
}

/// Who acted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Actor {
    /// The person; not indexed.
    Person,
    /// Whoever opened a link that was sent to one of the person's contacts.
    Link,
    /// Whoever typed in a code that was sent to one of the person's contacts.
    Holder,
    /// A job, by its name.
    Job(&'static str),
}

impl Actor {
    /// The name that the hash covers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "self",
            Self::Link => "link",
            Self::Holder => "holder",
            Self::Job(name) => name,
        }
    }
}
