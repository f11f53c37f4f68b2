//! Contacts: added, changed, removed, taken back.

use super::{Change, Model, Status};
use shared::domain::time::hours;
use std::time::Duration;

/// How long a change can be taken back.
const HELD: Duration = hours(72);

impl Model {
    pub(crate) fn set_contact(
        &mut self,
        session: usize,
        (channel, address): (&'static str, &str),
    ) -> Result<Status, Status> {
        let (claimed, final_at) = (self.is_claimed(address), self.now.plus(HELD));
        self.active(session)?;
        self.fresh(session)?;
        let account = self.active(session)?;
        let old = account.contacts.get(channel).cloned();
        if old.as_deref() == Some(address) {
            return Ok(200);
        }
        let open = account.change.as_ref();
        if open.is_some_and(|change| old.is_some() || change.channel == channel) || claimed {
            return Err(409);
        }
        account.contacts.insert(channel, address.to_owned());
        if let Some(old) = old {
            account.change = Some(Change { channel, old, final_at });
        }
        Ok(200)
    }

    pub(crate) fn remove_contact(
        &mut self,
        session: usize,
        channel: &'static str,
    ) -> Result<Status, Status> {
        let final_at = self.now.plus(HELD);
        self.active(session)?;
        self.fresh(session)?;
        let account = self.active(session)?;
        if account.change.is_some() {
            return Err(409);
        }
        let old = account.contacts.get(channel).cloned().ok_or(404_u16)?;
        if account.contacts.len() < 2 {
            return Err(409);
        }
        account.contacts.remove(channel);
        account.change = Some(Change { channel, old, final_at });
        Ok(204)
    }

    pub(crate) fn take_back(
        &mut self,
        session: usize,
        channel: &'static str,
    ) -> Result<Status, Status> {
        self.active(session)?;
        self.fresh(session)?;
        let account = self.active(session)?;
        let change = account.change.take_if(|change| change.channel == channel).ok_or(404_u16)?;
        account.contacts.insert(channel, change.old);
        Ok(204)
    }
}
