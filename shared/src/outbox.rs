//! The outbox: a message is written in the transaction that causes it, sealed under a key of its
//! own together with its address, and delivered by `notify`, at least once, under a stable id.

use crate::domain::account::Profile;
use crate::domain::contact::Channel;
use crate::domain::inventory::Entity;
use crate::domain::limit::CODE_VALID;
use crate::domain::locale::Locale;
use crate::domain::personal::{Personal, Secret};
use crate::domain::retention::table::MESSAGE_HOURS;
use crate::domain::time::{Timestamp, hours};
use crate::error::Result;
use crate::ids::{MessageId, SubjectId};
use crate::ports::Ports;
use crate::store::{Attr, Key, Lane, Row, Transaction, When};
use crate::vault::{DataKey, Owner};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a message says; its words are in `notify`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// A code to register with.
    RegistrationCode {
        /// The code.
        code: Secret,
    },
    /// A code to add or change a contact with.
    ContactCode {
        /// The code.
        code: Secret,
    },
    /// A code to reset the password with.
    ResetCode {
        /// The code.
        code: Secret,
    },
    /// A code to take a contact out of an account with.
    DetachCode {
        /// The code.
        code: Secret,
    },
    /// A code to prove identity with, to an own contact.
    ReauthenticationCode {
        /// The code.
        code: Secret,
    },
    /// An authenticator app was confirmed.
    TotpConfirmed,
    /// The authenticator app was removed.
    TotpRemoved,
    /// Recovery codes were made anew.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// A contact was added: to the others.
    ContactAdded {
        /// The channel that it is of.
        channel: Channel,
    },
    /// A contact was changed: with a link to the old one, without to the others.
    ContactChanged {
        /// The channel.
        channel: Channel,
        /// When it is final.
        final_at: Timestamp,
        /// The link to freeze it by.
        link: Option<Secret>,
    },
    /// A contact was removed: with a link to that one, without to the others.
    ContactRemoved {
        /// The channel.
        channel: Channel,
        /// When it is final.
        final_at: Timestamp,
        /// The link to freeze it by.
        link: Option<Secret>,
    },
    /// A change of contact was frozen.
    ContactChangeFrozen {
        /// The channel.
        channel: Channel,
        /// Until when.
        until: Timestamp,
    },
    /// A change of contact was taken back.
    ContactChangeTakenBack {
        /// The channel.
        channel: Channel,
    },
    /// A contact was taken out by its holder: to the others.
    ContactDetached {
        /// The channel that it was of.
        channel: Channel,
    },
    /// The password was changed.
    PasswordChanged,
    /// The password was reset by a code.
    PasswordReset,
    /// A third-party account was linked.
    ThirdPartyLinked {
        /// The configured name of the provider.
        provider: String,
    },
    /// A third-party account was unlinked.
    ThirdPartyUnlinked {
        /// The configured name of the provider.
        provider: String,
    },
    /// The account was cancelled.
    CancellationRequested {
        /// The link to change one's mind by.
        link: Secret,
        /// When it is erased, unless the person changes their mind.
        erases_at: Timestamp,
        /// The receipt.
        receipt: String,
    },
    /// The cancellation was withdrawn.
    CancellationWithdrawn,
    /// The account is unused, and ends unless somebody logs in.
    EndsUnused {
        /// When it ends.
        ends_at: Timestamp,
    },
    /// The account was erased.
    Erased {
        /// When.
        erased_at: Timestamp,
        /// The receipt.
        receipt: String,
    },
}

impl Content {
    /// How long it is of use: a code ends with its verification, and is never sent late.
    pub const fn lasts(&self) -> Duration {
        match self {
            Self::RegistrationCode { .. }
            | Self::ContactCode { .. }
            | Self::ResetCode { .. }
            | Self::DetachCode { .. }
            | Self::ReauthenticationCode { .. } => CODE_VALID,
            Self::EndsUnused { .. }
            | Self::ContactAdded { .. }
            | Self::ContactChanged { .. }
            | Self::ContactRemoved { .. }
            | Self::ContactChangeFrozen { .. }
            | Self::ContactChangeTakenBack { .. }
            | Self::ContactDetached { .. }
            | Self::PasswordChanged
            | Self::PasswordReset
            | Self::TotpConfirmed
            | Self::TotpRemoved
            | Self::RecoveryCodesMade
            | Self::RecoveryCodeUsed { .. }
            | Self::ThirdPartyLinked { .. }
            | Self::ThirdPartyUnlinked { .. }
            | Self::CancellationRequested { .. }
            | Self::CancellationWithdrawn
            | Self::Erased { .. } => hours(MESSAGE_HOURS as u64),
        }
    }
}

crate::declared! {
    /// What a message seals.
    pub struct Message in Message {
        /// How it reaches the person.
        channel: Channel => MESSAGE_CHANNEL,
        /// The address.
        to: Personal<String> => MESSAGE_TO,
        /// The language.
        language: Locale => MESSAGE_LANGUAGE,
        /// What it says.
        content: Content => MESSAGE_CONTENT,
    }
}

/// Where a message is.
pub fn key(id: &MessageId) -> Key {
    Key::records(format!("outbox#{id}"), "message")
}

/// The message of a partition.
pub fn of_partition(pk: &str) -> Option<MessageId> {
    MessageId::parse(pk.strip_prefix("outbox#")?)
}

/// Adds a message to the transaction that causes it. With a person, it is not delivered after that
/// person's erasure.
pub async fn post(
    ports: &Ports,
    transaction: &mut Transaction,
    message: &Message,
    about: Option<&SubjectId>,
    now: Timestamp,
) -> Result<()> {
    let id = MessageId::draw(&*ports.entropy);
    let (data_key, key_row) = ports.vault.mint(Owner::Message(id.clone())).await?;
    let row = row(&id, message, (about, now), &data_key)?;
    transaction.put("message", row, When::Absent);
    transaction.put("message-key", key_row, When::Absent);
    Ok(())
}

/// Tells a person by every contact: those that count, and the one that an open change of contact
/// holds, so that nobody can end an account unheard by adding a contact of their own, or changing
/// one.
pub async fn tell(
    ports: &Ports,
    transaction: &mut Transaction,
    (profile, content): (&Profile, &Content),
    about: Option<&SubjectId>,
    now: Timestamp,
) -> Result<()> {
    for (channel, to) in profile.reached(now) {
        let (to, language, content) = (to.clone(), profile.language, content.clone());
        let message = Message { channel, to, language, content };
        post(ports, transaction, &message, about, now).await?;
    }
    Ok(())
}

fn row(
    id: &MessageId,
    message: &Message,
    (about, now): (Option<&SubjectId>, Timestamp),
    data_key: &DataKey,
) -> Result<Row> {
    let mut row = Row::new(key(id), Entity::Message)
        .with(Attr::CreatedAt, now)
        .with(Attr::EndsAt, now.plus(message.content.lasts()))
        .with(Attr::Attempts, 0)
        .due(Lane::Outbox, now);
    if let Some(subject) = about {
        row = row.with(Attr::Subject, subject.as_str());
    }
    data_key.seal(row, message)
}
