//! What must hold of each kind of row, and of rows among each other.

use super::Tables;
use personal_center::ledger::export;
use shared::domain::account::State;
use shared::domain::deadline::{self, Task};
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::domain::time::Timestamp;
use shared::erasure::ledger_tombstone;
use shared::ids::{LinkId, ReceiptId, SubjectId};
use shared::ledger::job_head;
use shared::ledger::verify::{Entry, verify};
use shared::records::account;
use shared::records::receipt::{self, ERASED, Receipt, SCHEDULED};
use shared::records::session::Session;
use shared::records::subject;
use shared::store::{Attr, Key, Row};
use shared::vault::{Owner, Person};
use std::collections::BTreeMap;

/// What is wrong with a row.
type Checked = Result<(), String>;

impl Tables {
    /// Everything that is wrong.
    pub(super) async fn faults(&self) -> Vec<String> {
        let mut faults = self.faults_of_rows().await;
        faults.extend(self.check_chains().err());
        let export = export(&self.ports).await.expect("an export");
        faults.extend(verify(&export).findings.iter().map(ToString::to_string));
        faults
    }

    /// What is wrong of rows, each by itself.
    pub(super) async fn faults_of_rows(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for row in self.rows.values() {
            if let Err(fault) = self.check(row).await {
                faults.push(format!("{:?}: {fault}", row.key));
            }
        }
        faults
    }

    async fn check(&self, row: &Row) -> Checked {
        match row.entity {
            Entity::Account if state(row) == Some(State::Erased) => self.check_tombstone(row).await,
            Entity::Account => self.check_account(row).await,
            Entity::Chain if row.key.pk.starts_with("job#") => self.check_job_chain(row).await,
            Entity::Session | Entity::Factors | Entity::Chain | Entity::Link | Entity::Export => {
                self.check_owned(row)
            }
            Entity::Limit if subject::of_partition(&row.key.pk).is_some() => self.check_owned(row),
            Entity::Evidence => self.check_period(row, Period::evidence).await,
            Entity::NetworkLog => self.check_period(row, Period::logs).await,
            Entity::Verification
            | Entity::Authorization
            | Entity::Period
            | Entity::Configuration => self.need(&Key::keys(row.key.pk.as_str())),
            Entity::Message => self.need(&Key::keys(row.key.pk.replace("outbox#", "message#"))),
            Entity::Receipt => self.check_receipt(row),
            Entity::Erasure => {
                let account = self.account_of(row)?;
                yes(state(account) == Some(State::Erased), "a job for one who lives")
            }
            Entity::Claim => self.check_claim(row).await,
            Entity::DataKey => self.check_key(row),
            Entity::Tombstone => {
                let noted = |account: &Row| {
                    let id = subject::of_partition(&account.key.pk);
                    id.is_some_and(|id| ledger_tombstone(&id) == row.key)
                };
                yes(self.of_kind(Entity::Account).any(noted), "a tombstone of nobody")
            }
            Entity::Job => yes(row.text(Attr::State).is_ok(), "a job without a state"),
            Entity::Limit
            | Entity::Idempotency
            | Entity::Root
            | Entity::LedgerEntry
            | Entity::Brake => Ok(()),
        }
    }

    fn need(&self, key: &Key) -> Checked {
        yes(self.rows.contains_key(key), &format!("{} / {} is missing", key.pk, key.sk))
    }

    fn account_of(&self, row: &Row) -> Result<&Row, String> {
        let id = subject::of_partition(&row.key.pk).ok_or("not in a person's partition")?;
        self.rows.get(&subject::account(&id)).ok_or_else(|| "has no account".to_owned())
    }

    async fn person(&self, id: &SubjectId) -> Result<Person, String> {
        let account = self.rows.get(&subject::account(id));
        let key = self.rows.get(&Owner::Person(id.clone()).key());
        let opened = self.ports.vault.open_person(id, account, key, Use::Storage).await;
        opened.map_err(|denied| format!("does not open: {denied:?}"))
    }

    /// A living account: it opens, and so do its chain and sessions; claims and receipt are there.
    async fn check_account(&self, row: &Row) -> Checked {
        let id = subject::of_partition(&row.key.pk).ok_or("an account elsewhere")?;
        let person = self.person(&id).await?;
        self.need(&subject::chain(&id))?;
        for claim in &person.profile.claims {
            self.need(&Key::keys(claim.as_str()))?;
        }
        let sessions = self.of_kind(Entity::Session).filter(|s| s.key.pk == row.key.pk);
        for session in sessions {
            person.key.open::<Session>(session).map_err(|e| format!("a session: {}", e.chain()))?;
        }
        let closing = person.state == State::Closing;
        for attr in [Attr::Receipt, Attr::ErasesAt] {
            yes(row.attributes.contains_key(&attr) == closing, attr.name())?;
        }
        self.check_contacts(&person)?;
        for attr in [Attr::DueShard, Attr::DueAt] {
            yes(row.attributes.contains_key(&attr), attr.name())?;
        }
        let facts = account::deadline_facts(&person).map_err(|e| e.chain())?;
        let (task, at) = deadline::next(&facts, self.ports.config.unused);
        // A log-in writes no index: until the sweep comes by, the account is due too early.
        let due_at = row.time(Attr::DueAt).map_err(|e| e.chain())?;
        let late =
            due_at > at && task != Task::Nothing && !row.attributes.contains_key(&Attr::Attempts);
        yes(!late, "due too late")?;
        if closing {
            let receipt = self.receipt_of(row)?;
            yes(receipt.text(Attr::State).ok() == Some(SCHEDULED), "a receipt not scheduled")?;
            yes(receipt.time(Attr::ErasesAt).ok() == row.time(Attr::ErasesAt).ok(), "erases at")?;
        }
        Ok(())
    }

    /// Contacts and claims agree, and the account is due for the first thing that has an end.
    fn check_contacts(&self, person: &Person) -> Checked {
        let profile = &person.profile;
        let change = profile.contact_change.as_ref();
        let waiting = change.and_then(|change| change.waiting(self.ports.clock.now()));
        let contacts = profile.contacts().count() + usize::from(waiting.is_some());
        yes(
            profile.claims.len() == contacts + profile.third_parties.len(),
            "contacts and claims differ",
        )?;
        if let Some(change) = change {
            let both = [Some(&change.old), change.new.as_ref()].into_iter().flatten();
            let held = both.into_iter().all(|side| profile.claims.contains(&side.claim));
            yes(held, "a side of a change is not held")?;
            let link = LinkId::parse(&change.link).ok_or("a change without a link")?;
            let there = self.rows.contains_key(&subject::link(&person.subject, &link));
            yes(there == change.frozen_until.is_none(), "a link that freezes")?;
        }
        Ok(())
    }

    /// A tombstone: no key, noted in the ledger, with a receipt that opens.
    async fn check_tombstone(&self, row: &Row) -> Checked {
        let id = subject::of_partition(&row.key.pk).ok_or("a tombstone elsewhere")?;
        self.need(&ledger_tombstone(&id))?;
        yes(!self.rows.contains_key(&Owner::Person(id).key()), "an erased person's key")?;
        let receipt = self.receipt_of(row)?;
        yes(receipt.text(Attr::State).ok() == Some(ERASED), "a receipt not signed")?;
        let at = receipt.time(Attr::ErasedAt).map_err(|e| e.chain())?;
        yes(row.time(Attr::ErasedAt).ok() == Some(at), "erased at")?;
        let owner = Owner::Period(Period::evidence(at));
        let key = self.rows.get(&owner.key());
        let key = self.ports.vault.open(owner, key).await.map_err(|e| e.chain())?;
        let key = key.ok_or("no key for the receipt")?;
        key.open::<Receipt>(receipt).map(drop).map_err(|e| e.chain())
    }

    /// The chain of a job opens under the year of its last entry, and its job is there.
    async fn check_job_chain(&self, row: &Row) -> Checked {
        let head = job_head(&self.ports, row).await.map_err(|e| e.chain())?;
        yes(head.is_some(), "the year of a job's chain has no key")
    }

    fn receipt_of(&self, account: &Row) -> Result<&Row, String> {
        let id = account.text(Attr::Receipt).ok().and_then(ReceiptId::parse);
        let row = id.and_then(|id| self.rows.get(&receipt::key(&id)));
        row.ok_or_else(|| "no receipt".to_owned())
    }

    /// What a person's key seals goes with the person, at the latest by the job that is due.
    fn check_owned(&self, row: &Row) -> Checked {
        let account = self.account_of(row)?;
        let job = Key::records(row.key.pk.as_str(), "erasure");
        let kept = state(account) != Some(State::Erased) || self.rows.contains_key(&job);
        yes(kept, "left after erasure")
    }

    async fn check_period(&self, row: &Row, period: fn(Timestamp) -> Period) -> Checked {
        self.account_of(row)?;
        let at = row.time(Attr::CreatedAt).map_err(|e| e.chain())?;
        let owner = Owner::Period(period(at));
        let key = self.rows.get(&owner.key());
        let key = self.ports.vault.open(owner, key).await.map_err(|e| e.chain())?;
        // What is over is left to the broom.
        yes(key.is_some() || row.is_expired(self.ports.clock.now()), "its period has no key")
    }

    fn check_receipt(&self, row: &Row) -> Checked {
        let id = row.key.pk.trim_start_matches("receipt#");
        let names = |account: &&Row| account.text(Attr::Receipt).ok() == Some(id);
        yes(self.of_kind(Entity::Account).filter(names).count() == 1, "a receipt of nobody")
    }

    async fn check_claim(&self, row: &Row) -> Checked {
        let id = row.text(Attr::Subject).ok().and_then(SubjectId::parse).ok_or("no subject")?;
        let person = self.person(&id).await?;
        yes(person.profile.claims.contains(&row.key.pk), "a claim that its person does not know")
    }

    /// A key opens something that is there.
    fn check_key(&self, row: &Row) -> Checked {
        let (owner, id) = row.key.pk.split_once('#').ok_or("a key of nobody")?;
        match owner {
            "person" => self.need(&Key::records(format!("subject#{id}"), "account")),
            "flow" => {
                let kind = if id.starts_with("aut_") { "authorization" } else { "verification" };
                self.need(&Key::records(format!("flow#{id}"), kind))
            }
            "message" => self.need(&Key::records(format!("outbox#{id}"), "message")),
            "config" => self.need(&Key::roots(row.key.pk.as_str())),
            "period" => self.need(&Key::records(row.key.pk.as_str(), "period")),
            other => Err(format!("a key of {other}")),
        }
    }

    /// Every chain is one person's: begun once by a registration, and closed once by an erasure.
    fn check_chains(&self) -> Checked {
        let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in self.of_kind(Entity::LedgerEntry) {
            let entry = Entry::read(row).map_err(|e| e.chain())?;
            chains.entry(entry.chain).or_default().push(entry.action);
        }
        let (begins, ends) = ("account.registered", "account.erased");
        // The chains of jobs begin otherwise, and never end.
        let of_job = |action: &str| action.starts_with("sweep.") || action.starts_with("brake.");
        chains.retain(|_, actions| !actions.iter().all(|action| of_job(action)));
        for actions in chains.values() {
            let times = |name: &str| actions.iter().filter(|action| *action == name).count();
            yes(times(begins) == 1 && actions[0] == begins, "a chain begins otherwise")?;
            let last = actions.last().is_some_and(|action| action == ends);
            yes(times(ends) == usize::from(last), "a chain goes on after its end")?;
        }
        let closed = chains.values().filter(|actions| actions.iter().any(|a| a == ends)).count();
        let erased = |row: &&Row| state(row) == Some(State::Erased);
        let tombstones = self.of_kind(Entity::Account).filter(erased).count();
        yes(chains.len() == self.count(Entity::Account), "chains and accounts differ")?;
        yes(closed == tombstones, "closed chains and tombstones differ")
    }
}

fn yes(holds: bool, otherwise: &str) -> Checked {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn state(account: &Row) -> Option<State> {
    State::parse(account.text(Attr::State).ok()?)
}
