//! The closed set of attributes that a row can have.

macro_rules! attributes {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)*) => {
        /// An attribute in clear, or the sealed one. The set is closed: what is not here cannot be
        /// stored, and anything personal goes into `Sealed`.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Attr {
            $($(#[$meta])* $variant,)*
        }

        impl Attr {
            /// Every attribute.
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

attributes! {
    /// State of an account, a receipt or a message.
    State = "state",
    /// Moves on withdrawal, restriction, change of state and erasure.
    GateEpoch = "gate_epoch",
    /// When the row was made.
    CreatedAt = "created_at",
    /// When a session was last used.
    SeenAt = "seen_at",
    /// When an account was last logged in to.
    UsedAt = "used_at",
    /// When a notice that an unused account ends was handed over last.
    HeardAt = "heard_at",
    /// When the holder of an e-mail address took it out of the account last.
    EmailDetachedAt = "email_detached_at",
    /// When the holder of a phone number took it out of the account last.
    PhoneDetachedAt = "phone_detached_at",
    /// How many last notices of that went out in a row.
    Notices = "notices",
    /// When a person was erased.
    ErasedAt = "erased_at",
    /// When a cancellation turns into erasure.
    ErasesAt = "erases_at",
    /// When the row no longer counts; DynamoDB's TTL is only its broom.
    ExpiresAt = "expires_at",
    /// When a row that has a key of its own no longer counts. The broom must not take it, since the
    /// key would be left behind: a job removes both.
    EndsAt = "ends_at",
    /// Partition of the due index.
    DueShard = "due_shard",
    /// When work on the row is due.
    DueAt = "due_at",
    /// Random id of the person that a row is about.
    Subject = "subject",
    /// Random id of a receipt.
    Receipt = "receipt",
    /// What came of an idempotent call: a random id where the answer names one.
    Outcome = "outcome",
    /// Keyed hash of an idempotent request.
    Fingerprint = "fingerprint",
    /// Wrong tries of a code.
    Tries = "tries",
    /// Failed deliveries of a message; failed tries of a job to end a row.
    Attempts = "attempts",
    /// Times of the events that a limit counts.
    Events = "events",
    /// How many there were in a time.
    Count = "count",
    /// When a job's run began.
    BegunAt = "begun_at",
    /// When a job's run ended.
    EndedAt = "ended_at",
    /// What a job's run did, kind by kind.
    Counts = "counts",
    /// Random id of a data key.
    KeyId = "key_id",
    /// A wrapped key.
    Wrapped = "wrapped",
    /// A public key.
    PublicKey = "public_key",
    /// The current root key of a use; in a job, the one that a rotation leads to.
    Current = "current",
    /// The other root key of an open rotation: the next one, and then the one before.
    Other = "other",
    /// Root keys of a use that are kept until their end, the latest first.
    Past = "past",
    /// Where a job goes on: until which due time it has come, or the key of a row, which is never
    /// one with a hash of a contact.
    Cursor = "cursor",
    /// Rows that a pass of a job has looked at.
    Visited = "visited",
    /// Rows among them that were not yet as the job leaves them.
    Found = "found",
    /// The tables that a restore is about.
    Restored = "restored",
    /// What an operator confirmed as lost, and as failed.
    Confirmed = "confirmed",
    /// The act that a ledger entry is about.
    Action = "action",
    /// Staff member, service or job that acted; absent for the person.
    Actor = "actor",
    /// When it was done.
    At = "at",
    /// Place in a chain, from 1.
    Sequence = "sequence",
    /// Hash of the entry before.
    Previous = "previous",
    /// Hash of the entry.
    Hash = "hash",
    /// All that is personal.
    Sealed = "sealed",
}
