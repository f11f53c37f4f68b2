//! Who owns a data key: destroying it makes all that it sealed unreadable.

use crate::domain::period::Period;
use crate::ids::{AuthorizationId, MessageId, SubjectId, VerificationId};
use std::fmt;

/// The owner of a data key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Owner {
    /// A person: all that the account holds. Destroyed at erasure.
    Person(SubjectId),
    /// A period: everyone's log or evidence of that time. Destroyed at its end.
    Period(Period),
    /// A contact verification. Destroyed at completion or expiry.
    Flow(VerificationId),
    /// A log-in by a third party that is under way. Destroyed when it returns, or at expiry.
    Authorization(AuthorizationId),
    /// An outgoing message with its address. Destroyed at delivery, at most after 72 hours.
    Message(MessageId),
    /// Settings that are secret, by their name. Replaced with each new version of them.
    Configuration(&'static str),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person#{id}"),
            Self::Period(period) => write!(f, "period#{period}"),
            Self::Flow(id) => write!(f, "flow#{id}"),
            Self::Authorization(id) => write!(f, "flow#{id}"),
            Self::Message(id) => write!(f, "message#{id}"),
            Self::Configuration(name) => write!(f, "config#{name}"),
        }
    }
}
