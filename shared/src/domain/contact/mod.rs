//! Contacts that a person can be reached at, normalised so that one address has one spelling.

pub mod change;
pub mod detach;
mod email;
mod phone;

pub use email::Email;
pub use phone::Phone;

use super::locale::{Text, text};
use super::personal::Personal;
use serde::{Deserialize, Serialize};

/// How a message reaches a person.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By text message.
    Phone,
}

impl Channel {
    /// The stored and published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// What it is called.
    pub const fn words(self) -> Text {
        match self {
            Self::Email => text("e-mail", "电子邮件"),
            Self::Phone => text("phone", "电话"),
        }
    }
}

/// A contact: an e-mail address, or a phone number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Contact {
    /// An e-mail address.
    Email(Email),
    /// A phone number.
    Phone(Phone),
}

impl Contact {
    /// Parses an address of a channel.
    ///
    /// # Errors
    ///
    /// Says which rule of the form is broken; the text holds nothing of the input.
    pub fn parse(channel: Channel, input: &str) -> Result<Self, &'static str> {
        match channel {
            Channel::Email => Email::parse(input).map(Self::Email),
            Channel::Phone => Phone::parse(input).map(Self::Phone),
        }
    }

    /// Parses an address that nobody has yet.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`], and where it would be a second spelling of another one.
    pub fn parse_new(channel: Channel, input: &str) -> Result<Self, &'static str> {
        match channel {
            Channel::Email => Self::parse(channel, input),
            Channel::Phone => Phone::parse_new(input).map(Self::Phone),
        }
    }

    /// Parses a login name, which is either; `None` where it is neither.
    pub fn of_login(login: &str) -> Option<Self> {
        let channel = if login.contains('@') { Channel::Email } else { Channel::Phone };
        Self::parse(channel, login).ok()
    }

    /// How it is reached.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Phone(_) => Channel::Phone,
        }
    }

    /// The normalised address.
    pub const fn address(&self) -> &Personal<String> {
        match self {
            Self::Email(email) => email.address(),
            Self::Phone(phone) => phone.number(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_an_address_or_a_number() {
        let channel = |login| Contact::of_login(login).map(|contact| contact.channel());
        assert_eq!(channel("ada@example.org"), Some(Channel::Email));
        assert_eq!(channel("+86 138 0013 8000"), Some(Channel::Phone));
        assert_eq!(channel("ada"), None);
    }
}
