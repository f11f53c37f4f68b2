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

    /// The contact leaves whichever account has it. An open change that it is a side of ends, and the
    /// other side counts.
    pub(crate) fn detach(&mut self, (channel, address): (&'static str, &str)) -> Status {
        for account in &mut self.accounts {
            let counts = account.contacts.get(channel).is_some_and(|held| held == address);
            let of_channel = |change: &&mut Change| change.channel == channel;
            let change = account.change.as_mut().filter(of_channel);
            let waits = change.is_some_and(|change| change.old == address);
            if !counts && !waits {
                continue;
            }
            let old = account.change.take_if(|change| change.channel == channel);
            if counts {
                account.contacts.remove(channel);
                account.contacts.extend(old.map(|change| (channel, change.old)));
            }
        }
        204
    }
}
