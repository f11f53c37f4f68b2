//! Random steps of several people, against a small model: nobody ever reads or changes what is
//! another's, and live sessions never exceed the limit.
//!
//! The same steps in every run. `PC_WALKS` asks for more walks, each with a seed of its own.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{BEGIN, PASSWORD, TestApp};
use crate::contact_calls::channel;
use crate::identity_acts::{ADDRESSES, Hands, Step, WRONG, any_step, contact_kind};
use crate::identity_model::{MOST_SESSIONS, Model, State};
use crate::stops::{calm, one_of};
use crate::tables::Tables;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use shared::domain::time::minutes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The steps of a walk.
const STEPS: usize = 150;

/// How many walks are made.
#[expect(clippy::disallowed_methods, reason = "a wish of whoever runs the tests")]
fn walks() -> u8 {
    std::env::var("PC_WALKS").ok().and_then(|n| n.parse().ok()).unwrap_or(2)
}

fn steps(seed: u8) -> Vec<Step> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    vec(any_step(), STEPS).new_tree(&mut runner).expect("steps").current()
}

/// A world and its model.
struct Walk {
    app: TestApp,
    model: Model,
    hands: Hands,
    /// How often each kind of step was answered how.
    seen: BTreeMap<(String, u16), usize>,
}

/// A world with a lower limit of sessions, so that it is reached.
async fn world() -> TestApp {
    TestApp::with(|options| options.config.max_sessions = MOST_SESSIONS).await
}

impl Walk {
    async fn start(seen: BTreeMap<(String, u16), usize>) -> Self {
        Self { app: world().await, model: Model::at(BEGIN), hands: Hands::default(), seen }
    }

    /// The password that is right for whom a step is about.
    fn password(&self, step: Step) -> String {
        let account = match step {
            Step::LogIn { address, .. } => self.model.named(ADDRESSES[address]),
            Step::Prove { session, .. } | Step::ChangePassword { session, .. } => {
                self.hands.session(session).map(|n| self.model.sessions[n].account)
            }
            _ => None,
        };
        account.map_or(PASSWORD.to_owned(), |n| self.model.accounts[n].password.clone())
    }

    /// What the model says of a step that is made.
    fn expected(&self, model: &mut Model, step: Step, (right, new): (&str, &str)) -> u16 {
        let session = |n| self.hands.session(n).expect("a session");
        let password = |is_right| if is_right { right } else { WRONG };
        let contact = |n: usize| (channel(ADDRESSES[n]), ADDRESSES[n]);
        let answer = match step {
            Step::Register { address } => Ok(model.register(contact(address), PASSWORD)),
            Step::LogIn { address, right } => Ok(model.log_in(ADDRESSES[address], password(right))),
            Step::Look { session: n } => model.look(session(n)),
            Step::LogOut { session: n } => model.end(session(n), session(n)),
            Step::End { session: n, other } => model.end(session(n), session(other)),
            Step::Prove { session: n, right } => model.prove(session(n), password(right)),
            Step::ChangePassword { session: n, right } => {
                model.change_password(session(n), (password(right), new))
            }
            Step::Rename { session: n } => model.rename(session(n), new),
            Step::SetContact { session: n, address } => {
                model.set_contact(session(n), contact(address))
            }
            Step::RemoveContact { session: n, phone } => {
                model.remove_contact(session(n), contact_kind(phone))
            }
            Step::TakeBack { session: n, phone } => {
                model.take_back(session(n), contact_kind(phone))
            }
            Step::Cancel { session: n } => model.cancel(session(n)),
            Step::Withdraw { session: n } => model.withdraw(session(n)),
            Step::AskForACopy { session: n } => model.ask_for_a_copy(session(n)),
            Step::ReadCopy { session: n, copy } => {
                model.read_copy(session(n), self.hands.copy(copy).expect("a copy"))
            }
            Step::Wait { .. } => Ok(200),
        };
        answer.unwrap_or_else(|refused| refused)
    }

    /// A step in place of one that would show nothing: where nobody has a session, somebody logs
    /// in, and most log in by a name that counts.
    fn better(&self, n: usize, step: Step) -> Step {
        let is_name = |address: &usize| self.model.named(ADDRESSES[*address]).is_some();
        let names: Vec<_> = (0..ADDRESSES.len()).filter(is_name).collect();
        match step {
            Step::Register { .. } | Step::Wait { .. } => step,
            _ if names.is_empty() || n.is_multiple_of(6) => step,
            Step::LogIn { right, .. } => Step::LogIn { address: names[n % names.len()], right },
            _ if self.hands.live.is_empty() => {
                Step::LogIn { address: names[n % names.len()], right: true }
            }
            _ => step,
        }
    }

    async fn step(&mut self, n: usize, step: Step) {
        let step = self.better(n, step);
        if let Step::Wait { minutes: time } = step {
            self.app.clock.advance(minutes(time));
            self.app.deliver().await;
            self.app.sweep().await;
            self.model.wait(minutes(time));
            return self.note_live();
        }
        let (right, new) = (self.password(step), format!("other horse battery {n}"));
        let passwords = (right.as_str(), new.as_str());
        let Some(answer) = self.hands.act(&self.app, step, passwords).await else { return };
        let status = answer.status.as_u16();
        let kind = format!("{step:?}").split(' ').next().unwrap_or_default().to_owned();
        *self.seen.entry((kind, status)).or_default() += 1;
        // Whatever is limited changes nothing.
        if status == 429 {
            return;
        }
        let mut model = self.model.clone();
        let expected = self.expected(&mut model, step, passwords);
        assert_eq!(status, expected, "step {n}, {step:?}: {}", answer.text);
        self.model = model;
        self.hands.take(&answer);
        self.note_live();
        assert_eq!(self.hands.sessions.len(), self.model.sessions.len(), "step {n}, {step:?}");
    }

    fn note_live(&mut self) {
        let model = &self.model;
        self.hands.live = (0..model.sessions.len()).filter(|n| model.is_live(*n)).collect();
    }

    /// Everybody sees what the model says of themselves, and nothing else.
    async fn look_around(&self, n: usize) {
        for (account, holds) in self.model.accounts.iter().enumerate() {
            let live = self.model.live(account);
            assert!(live.len() <= MOST_SESSIONS, "step {n}");
            let Some(held) = live.first().map(|n| &self.hands.sessions[*n]) else { continue };
            let me = self.app.me(&held.token).await.expect(200).body;
            let text = |member: &str| me[member].as_str().map(str::to_owned);
            assert_eq!(text("id").as_ref(), Some(&held.person), "step {n}");
            for channel in ["email", "phone"] {
                assert_eq!(text(channel).as_ref(), holds.contacts.get(channel), "step {n}: {me}");
            }
            assert_eq!(text("display_name"), holds.name, "step {n}");
            let state = if holds.state == State::Active { "active" } else { "closing" };
            assert_eq!(me["state"], state, "step {n}");
            let wanted = live.iter().map(|n| self.hands.sessions[*n].id.clone()).collect();
            assert_eq!(listed(&self.app, &held.token).await, wanted, "step {n}");
        }
    }
}

/// The ids of the sessions that somebody sees.
async fn listed(app: &TestApp, token: &str) -> BTreeSet<String> {
    let listed = app.get("/v1/sessions").bearer(token).send().await.expect(200).body;
    let sessions = listed["sessions"].as_array().expect("a list").iter();
    sessions.map(|session| session["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn c_7_3_whatever_people_do_everybody_reads_and_changes_what_is_theirs_alone() {
    let mut seen: BTreeMap<(String, u16), usize> = BTreeMap::new();
    for seed in 1..=walks() {
        let mut walk = Walk::start(seen).await;
        for (n, step) in steps(seed).into_iter().enumerate() {
            walk.step(n, step).await;
            walk.look_around(n).await;
        }
        Tables::whole(&walk.app).await;
        seen = walk.seen;
    }
    assert_shows(&seen);
}

/// Most was not limited, and nearly every kind of step succeeded.
fn assert_shows(seen: &BTreeMap<(String, u16), usize>) {
    let limited = seen.iter().filter(|((_, status), _)| *status == 429).map(|(_, n)| n);
    let (limited, all) = (limited.sum::<usize>(), seen.values().sum::<usize>());
    assert!(limited * 4 < all, "too much is limited: {seen:?}");
    let succeeded = seen.keys().filter(|(_, status)| *status < 300).map(|(kind, _)| kind);
    assert!(succeeded.collect::<BTreeSet<_>>().len() >= 13, "{seen:?}");
    assert!(seen.contains_key(&("LogIn".to_owned(), 409)), "the limit was not reached: {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_whatever_two_clients_do_at_once_nobody_sees_another_and_the_limit_holds() {
    let app = Arc::new(world().await);
    app.register(ADDRESSES[0]).await;
    let hands = Arc::new(Mutex::new(Hands::default()));
    let clients = [11, 12].map(|seed| tokio::spawn(client(app.clone(), hands.clone(), seed)));
    for client in clients {
        client.await.expect("no panic");
    }
    app.deliver().await;
    Tables::whole(&app).await;
}

/// The steps of one of two clients, who share everything that they are handed.
async fn client(app: Arc<TestApp>, hands: Arc<Mutex<Hands>>, seed: u8) {
    let log_ins = [Step::LogIn { address: 0, right: true }; 3];
    for step in log_ins.into_iter().chain(steps(seed).into_iter().take(STEPS / 2)) {
        if let Step::Wait { minutes: time } = step {
            // Not beyond the end of sessions: they would not meet any more.
            app.clock.advance(minutes(time % 60));
            continue;
        }
        let now = hands.lock().expect("no panic before").clone();
        let Some(answer) = now.act(&app, step, (PASSWORD, PASSWORD)).await else { continue };
        let answer = calm(answer);
        one_of(&answer, &[200, 201, 202, 204, 401, 403, 404, 409, 422, 429, 503]);
        hands.lock().expect("no panic before").take(&answer);
        let now = hands.lock().expect("no panic before").clone();
        look_at_all(&app, &now).await;
    }
}

/// Each token that opens anything shows its own person, and no more sessions than there may be.
async fn look_at_all(app: &TestApp, hands: &Hands) {
    for held in hands.sessions.iter().rev().take(6) {
        let me = calm(app.me(&held.token).await);
        if me.status == 200 {
            assert_eq!(me.body["id"], held.person);
        }
        let listed = calm(app.get("/v1/sessions").bearer(&held.token).send().await);
        let sessions = listed.body["sessions"].as_array().map_or(0, Vec::len);
        assert!(sessions <= MOST_SESSIONS, "{}", listed.text);
    }
}
