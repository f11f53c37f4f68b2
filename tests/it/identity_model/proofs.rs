//! Proofs of who one is: passwords, apps, recovery codes, codes to contacts, tickets.

use super::{FRESH, MOST_SESSIONS, Model, State, Status};
use shared::domain::limit::{SECOND_PROOF_AFTER, TOTP_PENDING};
use shared::domain::time::Timestamp;
use shared::records::factors::RECOVERY_CODES;
use std::collections::BTreeSet;

/// An app that is set up: the recovery codes that are not used.
pub(crate) type Own = BTreeSet<usize>;

/// A ticket of the session limit.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    account: usize,
    ends_at: Timestamp,
    over: bool,
}

/// What is shown besides the password. A code of the app is always the next one, and right.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Shown {
    Nothing,
    Totp,
    Recovery(usize),
}

impl Model {
    pub(crate) fn log_in(&mut self, address: &str, password: &str, shown: Shown) -> Status {
        let known = self.named(address).filter(|n| self.accounts[*n].password == password);
        known.map_or(401, |account| self.open_session(account, shown))
    }

    /// Where somebody proved to be the person.
    fn open_session(&mut self, account: usize, shown: Shown) -> Status {
        let full = self.live(account).len() >= MOST_SESSIONS;
        if let Some(own) = &mut self.accounts[account].app {
            match shown {
                Shown::Nothing => return 401,
                Shown::Recovery(n) if !own.contains(&n) => return 401,
                // It may be the last one.
                Shown::Recovery(n) if !full => _ = own.remove(&n),
                Shown::Totp | Shown::Recovery(_) => {}
            }
        }
        if full {
            self.end_tickets(account);
            let ends_at = self.now.plus(FRESH);
            self.tickets.push(Ticket { account, ends_at, over: false });
            return 409;
        }
        self.open(account);
        201
    }

    /// Whose account is linked with somebody at the third party.
    pub(crate) fn linked(&self, party: usize) -> Option<usize> {
        self.accounts.iter().position(|account| account.party == Some(party))
    }

    pub(crate) fn log_in_by_party(&mut self, party: usize, shown: Shown) -> Status {
        self.linked(party).map_or(409, |account| self.open_session(account, shown))
    }

    pub(crate) fn link(&mut self, session: usize, party: usize) -> Result<Status, Status> {
        self.active(session)?;
        self.fresh(session)?;
        let taken = self.linked(party);
        let own = &mut self.active(session)?.party;
        if *own == Some(party) {
            return Ok(204);
        }
        if own.is_some() || taken.is_some() {
            return Err(409);
        }
        *own = Some(party);
        Ok(204)
    }

    pub(crate) fn unlink(&mut self, session: usize) -> Result<Status, Status> {
        self.active(session)?;
        self.fresh(session)?;
        let account = self.active(session)?;
        account.party.ok_or(404_u16)?;
        if account.contacts.is_empty() {
            return Err(409);
        }
        account.party = None;
        Ok(204)
    }

    pub(super) fn end_tickets(&mut self, account: usize) {
        for ticket in &mut self.tickets {
            ticket.over |= ticket.account == account;
        }
    }

    pub(crate) fn end_by_ticket(
        &mut self,
        ticket: usize,
        session: usize,
    ) -> Result<Status, Status> {
        let ticket = &mut self.tickets[ticket];
        if self.accounts[ticket.account].state == State::Erased {
            return Err(410);
        }
        if ticket.over || ticket.ends_at <= self.now {
            return Err(401);
        }
        let session = &mut self.sessions[session];
        if session.account != ticket.account || session.gone {
            return Err(404);
        }
        (ticket.over, session.over, session.gone) = (true, true, true);
        Ok(204)
    }

    pub(crate) fn prove(&mut self, session: usize, password: &str) -> Result<Status, Status> {
        if self.caller(session)?.password != password {
            return Err(403);
        }
        Ok(self.freshen(session))
    }

    fn freshen(&mut self, session: usize) -> Status {
        self.sessions[session].fresh_until = self.now.plus(FRESH);
        204
    }

    pub(crate) fn prove_by(&mut self, session: usize, shown: Shown) -> Result<Status, Status> {
        let own = self.caller(session)?.app.as_mut().ok_or(403_u16)?;
        match shown {
            Shown::Recovery(n) if !own.remove(&n) => Err(403),
            _ => Ok(self.freshen(session)),
        }
    }

    pub(crate) fn prove_by_code(
        &mut self,
        session: usize,
        channel: &'static str,
    ) -> Result<Status, Status> {
        self.caller(session)?.contacts.get(channel).ok_or(404_u16)?;
        Ok(self.freshen(session))
    }

    pub(crate) fn change_password(
        &mut self,
        session: usize,
        (current, new): (&str, &str),
    ) -> Result<Status, Status> {
        let account = self.active(session)?;
        if account.password != current {
            return Err(403);
        }
        new.clone_into(&mut account.password);
        self.end_all(self.sessions[session].account, Some(session));
        Ok(self.freshen(session))
    }

    pub(crate) fn reset(&mut self, address: &str, new: &str) -> Result<Status, Status> {
        let account = self.named(address).ok_or(404_u16)?;
        let holds = &mut self.accounts[account];
        if holds.used_at.plus(SECOND_PROOF_AFTER) <= self.now {
            return Err(403);
        }
        new.clone_into(&mut holds.password);
        self.end_all(account, None);
        Ok(204)
    }

    pub(crate) fn set_up_totp(&mut self, session: usize) -> Result<Status, Status> {
        self.begin_totp(session)?;
        let account = self.caller(session)?;
        (account.app, account.waits_until) = (Some((0..RECOVERY_CODES).collect()), None);
        Ok(200)
    }

    /// The first half of it: where the second is limited, an app waits.
    pub(crate) fn begin_totp(&mut self, session: usize) -> Result<(), Status> {
        let until = self.now.plus(TOTP_PENDING);
        self.active(session)?;
        self.fresh(session)?;
        self.active(session)?.waits_until = Some(until);
        Ok(())
    }

    pub(crate) fn remove_totp(&mut self, session: usize) -> Result<Status, Status> {
        let now = self.now;
        self.active(session)?;
        self.fresh(session)?;
        let account = self.active(session)?;
        let waits = account.waits_until.take().is_some_and(|until| now < until);
        if account.app.take().is_some() || waits { Ok(204) } else { Err(404) }
    }
}
