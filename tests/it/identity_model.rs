//! What people hold, without rows, keys and requests: what each step has to be answered, and what
//! everybody sees afterwards.

mod contacts;
mod proofs;

pub(crate) use proofs::Shown;

use proofs::{Own, Ticket};
use shared::domain::time::{Timestamp, days, hours, minutes};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most live sessions of a person.
pub(crate) const MOST_SESSIONS: usize = 3;
const FRESH: Duration = minutes(10);
const LONGEST: Duration = hours(24);
const COOLING_OFF: Duration = days(7);
const COPY: Duration = hours(1);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Active,
    Closing(Timestamp),
    Erased,
}

/// A change of contact that can be taken back.
#[derive(Clone, Debug)]
struct Change {
    channel: &'static str,
    old: String,
    final_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) contacts: BTreeMap<&'static str, String>,
    pub(crate) name: Option<String>,
    pub(crate) state: State,
    pub(crate) password: String,
    pub(crate) app: Option<Own>,
    /// Who it is linked with at the third party.
    pub(crate) party: Option<usize>,
    /// Until when an app waits to be confirmed.
    waits_until: Option<Timestamp>,
    /// When somebody logged in last.
    used_at: Timestamp,
    change: Option<Change>,
}

#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: usize,
    ends_at: Timestamp,
    fresh_until: Timestamp,
    /// It was ended, with others or by itself.
    over: bool,
    /// Its row is gone too; what ends with others is left to the broom.
    gone: bool,
}

/// A copy that somebody asked for.
#[derive(Clone, Debug)]
struct Copy {
    account: usize,
    ends_at: Timestamp,
}

/// Everybody. Sessions and copies stand in the order in which they came.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) now: Timestamp,
    pub(crate) accounts: Vec<Account>,
    pub(crate) sessions: Vec<Session>,
    copies: Vec<Copy>,
    tickets: Vec<Ticket>,
}

/// What a step is answered.
type Status = u16;

impl Model {
    pub(crate) fn at(now: Timestamp) -> Self {
        let (accounts, sessions) = (Vec::new(), Vec::new());
        Self { now, accounts, sessions, copies: Vec::new(), tickets: Vec::new() }
    }

    pub(crate) fn is_live(&self, session: usize) -> bool {
        let session = &self.sessions[session];
        let erased = self.accounts[session.account].state == State::Erased;
        !session.over && self.now < session.ends_at && !erased
    }

    /// The live sessions of an account.
    pub(crate) fn live(&self, account: usize) -> Vec<usize> {
        let of = |n: &usize| self.sessions[*n].account == account && self.is_live(*n);
        (0..self.sessions.len()).filter(of).collect()
    }

    /// Who a session is of, where it opens anything.
    fn caller(&mut self, session: usize) -> Result<&mut Account, Status> {
        let live = self.is_live(session);
        let account = &mut self.accounts[self.sessions[session].account];
        match account.state {
            State::Erased => Err(410),
            _ if !live => Err(401),
            _ => Ok(account),
        }
    }

    fn active(&mut self, session: usize) -> Result<&mut Account, Status> {
        let account = self.caller(session)?;
        if account.state == State::Active { Ok(account) } else { Err(409) }
    }

    fn fresh(&self, session: usize) -> Result<(), Status> {
        if self.now < self.sessions[session].fresh_until { Ok(()) } else { Err(403) }
    }

    /// Whether an address is somebody's, or held for somebody.
    fn is_claimed(&self, address: &str) -> bool {
        self.accounts.iter().any(|account| {
            let held = account.change.iter().map(|change| &change.old);
            account.contacts.values().chain(held).any(|claimed| claimed == address)
        })
    }

    fn open(&mut self, account: usize) {
        let (ends_at, fresh_until) = (self.now.plus(LONGEST), self.now.plus(FRESH));
        let session = Session { account, ends_at, fresh_until, over: false, gone: false };
        self.sessions.push(session);
        self.accounts[account].used_at = self.now;
    }

    fn end_all(&mut self, account: usize, but: Option<usize>) {
        for (n, session) in self.sessions.iter_mut().enumerate() {
            session.over |= session.account == account && Some(n) != but;
        }
        self.end_tickets(account);
    }

    pub(crate) fn register(
        &mut self,
        (channel, address): (&'static str, &str),
        password: &str,
    ) -> Status {
        if self.is_claimed(address) {
            return 409;
        }
        let contacts = BTreeMap::from([(channel, address.to_owned())]);
        self.accounts.push(Account {
            contacts,
            name: None,
            state: State::Active,
            password: password.to_owned(),
            app: None,
            party: None,
            waits_until: None,
            used_at: self.now,
            change: None,
        });
        self.open(self.accounts.len() - 1);
        201
    }

    /// Whose name it is to log in with now.
    pub(crate) fn named(&self, address: &str) -> Option<usize> {
        self.accounts.iter().position(|a| a.contacts.values().any(|contact| contact == address))
    }

    pub(crate) fn look(&mut self, session: usize) -> Result<Status, Status> {
        self.caller(session).map(|_| 200)
    }

    pub(crate) fn end(&mut self, session: usize, other: usize) -> Result<Status, Status> {
        self.caller(session)?;
        let account = self.sessions[session].account;
        let other = &mut self.sessions[other];
        if other.account != account || other.gone {
            return Err(404);
        }
        (other.over, other.gone) = (true, true);
        Ok(204)
    }

    pub(crate) fn rename(&mut self, session: usize, name: &str) -> Result<Status, Status> {
        self.active(session)?.name = Some(name.to_owned());
        Ok(200)
    }

    pub(crate) fn cancel(&mut self, session: usize) -> Result<Status, Status> {
        let erases_at = self.now.plus(COOLING_OFF);
        self.caller(session)?;
        self.fresh(session)?;
        let account = self.caller(session)?;
        if account.state == State::Active {
            account.state = State::Closing(erases_at);
            self.end_all(self.sessions[session].account, None);
        }
        Ok(202)
    }

    pub(crate) fn withdraw(&mut self, session: usize) -> Result<Status, Status> {
        self.caller(session)?.state = State::Active;
        Ok(204)
    }

    pub(crate) fn ask_for_a_copy(&mut self, session: usize) -> Result<Status, Status> {
        self.caller(session)?;
        self.fresh(session)?;
        let (account, ends_at) = (self.sessions[session].account, self.now.plus(COPY));
        self.copies.push(Copy { account, ends_at });
        Ok(201)
    }

    pub(crate) fn read_copy(&mut self, session: usize, copy: usize) -> Result<Status, Status> {
        self.caller(session)?;
        let copy = &self.copies[copy];
        let own = copy.account == self.sessions[session].account && self.now < copy.ends_at;
        if own { Ok(200) } else { Err(404) }
    }

    /// Time passes, and the sweep comes by.
    pub(crate) fn wait(&mut self, time: Duration) {
        self.now = self.now.plus(time);
        let now = self.now;
        for account in &mut self.accounts {
            account.change.take_if(|change| change.final_at <= now);
            if matches!(account.state, State::Closing(at) if at <= now) {
                (account.state, account.change) = (State::Erased, None);
                account.contacts.clear();
                account.party = None;
            }
        }
    }
}
