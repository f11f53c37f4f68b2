//! The gate: the only way to a person's plaintext.

use super::{DataKey, Owner, Vault};
use crate::domain::account::{Profile, State};
use crate::domain::gate::{Refusal, Use, decide};
use crate::error::Error;
use crate::ids::SubjectId;
use crate::store::{Attr, Row};

/// A person whose data may be used as was asked.
#[derive(Clone)]
pub struct Person {
    /// The person.
    pub subject: SubjectId,
    /// The account's row, as it was read.
    pub account: Row,
    /// The account's state.
    pub state: State,
    /// What the account holds.
    pub profile: Profile,
    /// The person's key.
    pub key: DataKey,
}

impl Person {
    /// The epoch that every write into the person's partition is conditioned on.
    pub fn gate_epoch(&self) -> i64 {
        self.account.number(Attr::GateEpoch).unwrap_or_default()
    }
}

/// Why there is no plaintext.
#[derive(Debug)]
pub enum Denied {
    /// The gate refuses.
    Refused(Refusal),
    /// The key or the account could not be read.
    Failed(Error),
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Vault {
    /// Opens a person's account for a use, given its row and the row of the person's key.
    ///
    /// # Errors
    ///
    /// `Refused` with the reason, `Failed` where a row cannot be read.
    pub async fn open_person(
        &self,
        subject: &SubjectId,
        account: Option<&Row>,
        key: Option<&Row>,
        wanted: Use,
    ) -> Result<Person, Denied> {
        let account = account.ok_or(Denied::Refused(Refusal::Unknown))?;
        let state =
            State::parse(account.text(Attr::State)?).ok_or_else(|| account.corrupt(Attr::State))?;
        // A batch is no snapshot: an account that still looks alive without its key is erasing.
        let state = if key.is_none() && state != State::Erased { State::Erasing } else { state };
        // What needs no consent is decided before the key is touched.
        if let Err(refusal @ (Refusal::Erased | Refusal::Erasing)) = decide(state, &[], wanted) {
            return Err(Denied::Refused(refusal));
        }
        let key = key.ok_or(Denied::Refused(Refusal::Erasing))?;
        let key = self.unwrap(Owner::Person(subject.clone()), key).await?;
        let mut profile: Profile = key.open(account)?;
        profile.settle_contacts(self.clock.now());
        decide(state, &profile.consented(), wanted).map_err(Denied::Refused)?;
        let subject = subject.clone();
        Ok(Person { subject, account: account.clone(), state, profile, key })
    }
}
