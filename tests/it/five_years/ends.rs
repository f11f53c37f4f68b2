//! What is left after the years, held against the retention function and against each one's story.

use super::RHYTHM;
use super::people::{Life, Move, One};
use super::written::Written;
use crate::app::TestApp;
use shared::domain::account::{Profile, State};
use shared::domain::contact::Contact;
use shared::domain::contact::change::{ContactChange, HELD, Stage};
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::domain::retention::Account;
use shared::domain::time::{Timestamp, days};
use shared::records::{account, held, subject};
use shared::store::{Attr, Key, Row};
use shared::vault::Owner;
use std::collections::BTreeMap;

/// What has to be under way at the end.
pub(super) const LEFT: [&str; 7] = [
    "open change",
    "frozen change",
    "cooling off",
    "consent",
    "phone",
    "waiting message",
    "live session",
];

/// An account that is left: what its end is computed from, and what it holds while it lives.
struct Known {
    facts: Account,
    profile: Option<Profile>,
}

/// Every row that is left, and every account.
pub(super) struct Left {
    rows: BTreeMap<Key, Row>,
    /// By their partition.
    accounts: BTreeMap<String, Known>,
    now: Timestamp,
}

impl Left {
    pub(super) async fn read(app: &TestApp) -> Self {
        let (rows, now) = (crate::stored::rows(app).await, app.world.ports.clock.now());
        let (unused, vault) = (app.world.ports.config.unused, &app.world.ports.vault);
        let mut accounts = BTreeMap::new();
        for row in rows.values().filter(|row| row.entity == Entity::Account) {
            let id = subject::of_partition(&row.key.pk).expect("an account's partition");
            let key = rows.get(&Owner::Person(id.clone()).key());
            let (facts, profile) = match vault.open_person(&id, Some(row), key, Use::Storage).await
            {
                Ok(person) => {
                    (account::retention_facts(&person, unused), Some(person.profile.clone()))
                }
                Err(_) => (account::retention_facts_of_row(row, unused), None),
            };
            let known = Known { facts: facts.expect("an account"), profile };
            accounts.insert(row.key.pk.clone(), known);
        }
        Self { rows, accounts, now }
    }

    /// The account that a row belongs to.
    fn account_of(&self, row: &Row) -> Option<Account> {
        let partition = match row.entity {
            Entity::Claim => format!("subject#{}", row.text(Attr::Subject).expect("a subject")),
            Entity::Receipt => {
                let id = row.key.pk.trim_start_matches("receipt#");
                let names =
                    |account: &&Row| account.text(Attr::Receipt).is_ok_and(|receipt| receipt == id);
                self.rows.values().find(names)?.key.pk.clone()
            }
            _ => row.key.pk.replace("person#", "subject#"),
        };
        self.accounts.get(&partition).map(|known| known.facts)
    }

    /// Asks the retention function about every row that is left, and about what in it ends sooner.
    pub(super) fn nothing_is_past_its_end(&self) {
        for row in self.rows.values() {
            let end = held::ends(row, self.account_of(row)).expect("an end");
            assert!(!end.until.is_over(self.now), "{:?} ended {:?}", row.key, end.until);
        }
        let profiles = self.accounts.values().filter_map(|known| known.profile.as_ref());
        for change in profiles.filter_map(|profile| profile.contact_change.as_ref()) {
            assert!(change.final_at() > self.now, "a change was final {}", change.final_at());
        }
    }

    /// Everything that a law keeps and that was ever written is there until its end. Says how much
    /// is.
    pub(super) fn nothing_is_missing(&self, written: &Written) -> usize {
        let mut kept = 0;
        for row in written.kept_by_law() {
            let end = held::ends(&row, None).expect("an end");
            let over = end.until.is_over(self.now);
            assert_eq!(!self.rows.contains_key(&row.key), over, "{:?} {:?}", row.key, end.until);
            kept += usize::from(!over);
        }
        kept
    }

    /// Each person is where their own story says. Says how many there are of each lot.
    pub(super) fn people_are_as_they_should(
        &self,
        people: &[One],
        written: &Written,
    ) -> BTreeMap<&'static str, usize> {
        let mut counted = BTreeMap::new();
        let mut count = |lot: &'static str| *counted.entry(lot).or_insert(0) += 1;
        for one in people {
            let lives = self.rows.contains_key(&Owner::Person(one.id.clone()).key());
            self.ends_in_time(one, lives, written.erased_at(&one.id));
            // Of the rest of a person all is there, or nothing; `Tables` has looked at that.
            assert_eq!(self.rows.contains_key(&subject::chain(&one.id)), lives, "{}", one.id);
            count(match one.life {
                Life::Cancelled { .. } => "cancelled",
                Life::Lives { .. } if lives => "in use",
                Life::Lives { .. } => "unused",
            });
            let known = &self.accounts.get(&subject::partition(&one.id));
            if let Some(Known { facts, profile: Some(profile) }) = known {
                self.holds(one, profile).into_iter().for_each(&mut count);
                if facts.state == State::Closing {
                    count("cooling off");
                }
            }
        }
        for row in self.rows.values() {
            match row.entity {
                Entity::Message => count("waiting message"),
                Entity::Session => count("live session"),
                _ => {}
            }
        }
        counted
    }

    /// Nobody is erased a second before the end, and nobody later than the next sweep.
    fn ends_in_time(&self, one: &One, lives: bool, erased_at: Option<Timestamp>) {
        let (ends, latest) = match one.life {
            // Its end waits for no notice: whatever sweep comes first is it.
            Life::Cancelled { at } => (at.plus(days(7)), at.plus(days(7))),
            // Who got neither notice is told up to twice more, a week or the next sweep after.
            Life::Lives { used_at } => {
                (used_at.plus(days(730)), used_at.plus(days(730) + 3 * RHYTHM))
            }
        };
        let id = &one.id;
        match erased_at {
            Some(at) => {
                assert!(!lives && at >= ends, "{id} was erased at {at}, before {ends}");
                let end = latest.max(ends.plus(RHYTHM));
                assert!(at < end, "{id} was erased at {at}, its end was {ends}");
            }
            None => assert!(lives && latest > self.now, "{id} should have ended at {ends}"),
        }
    }

    /// The items of a living account are those that its person left there.
    fn holds(&self, one: &One, profile: &Profile) -> Vec<&'static str> {
        let id = &one.id;
        let name = profile.display_name.as_ref().map(|name| name.expose().clone());
        assert_eq!((&name, !profile.consents.is_empty()), (&one.name, one.consents), "{id}");
        let open = |moved: &&Move| moved.held_since.plus(HELD) > self.now;
        let moved = one.moved.as_ref().filter(open);
        let counting = moved.filter(|moved| moved.frozen).map_or(&one.login, |moved| &moved.from);
        let contact = Contact::of_login(counting).expect("a contact");
        assert_eq!(profile.contact(contact.channel()), Some(contact.address()), "{id}");
        assert_eq!(profile.contacts().count(), 1 + usize::from(one.further), "{id}");
        let told = |change: &ContactChange| {
            let to = change.new.as_ref().map(|new| new.address.expose().clone());
            (change.old.address.expose().clone(), to, change.stage(self.now) == Stage::Frozen)
        };
        let expected = moved.map(|m| (m.from.clone(), Some(m.to.clone()), m.frozen));
        assert_eq!(profile.contact_change.as_ref().map(told), expected, "{id}");
        let lots = [
            (moved.is_some_and(|moved| !moved.frozen), "open change"),
            (moved.is_some_and(|moved| moved.frozen), "frozen change"),
            (one.consents, "consent"),
            (profile.phone.is_some(), "phone"),
        ];
        lots.into_iter().filter_map(|(there, lot)| there.then_some(lot)).collect()
    }
}
