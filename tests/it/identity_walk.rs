//! Random steps of several people, against a small model: nobody ever reads or changes what is
//! another's, and live sessions never exceed the limit.
//!
//! The same steps in every run. `PC_WALKS` asks for more walks, each with a seed of its own.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod expected;

use crate::app::{BEGIN, PASSWORD, TestApp};
use crate::factor_calls::App;
use crate::identity_acts::{ADDRESSES, Hands, PARTIES, Step, With, any_step};
use crate::identity_model::{MOST_SESSIONS, Model, State};
use crate::idp::{Idp, configure};
use crate::stops::{calm, one_of};
use crate::tables::Tables;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use shared::domain::time::minutes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The steps of a walk.
const STEPS: usize = 200;

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
    idp: Idp,
    model: Model,
    hands: Hands,
    /// How often each kind of step was answered how.
    seen: BTreeMap<(String, u16), usize>,
}

/// A world with a lower limit of sessions, so that it is reached.
async fn world() -> (TestApp, Idp) {
    let app = TestApp::with(|options| options.config.max_sessions = MOST_SESSIONS).await;
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("example")]).await.expect("taken");
    (app, idp)
}

impl Walk {
    async fn start(seen: BTreeMap<(String, u16), usize>) -> Self {
        let (app, idp) = world().await;
        Self { app, idp, model: Model::at(BEGIN), hands: Hands::default(), seen }
    }

    /// Whom a step is about, where its password or app matters.
    fn about(&self, step: Step) -> Option<usize> {
        match step {
            Step::LogIn { address, .. }
            | Step::LogInAsCookie { address }
            | Step::LogInBy { address, .. } => self.model.named(ADDRESSES[address]),
            Step::LogInByParty { party, .. } => self.model.linked(party),
            Step::Prove { session, .. }
            | Step::ProveBy { session, .. }
            | Step::ChangePassword { session, .. } => {
                self.hands.session(session).map(|n| self.model.sessions[n].account)
            }
            _ => None,
        }
    }

    /// The password and the app of whom a step is about.
    fn held(&self, step: Step) -> (String, Option<App>) {
        let Some(account) = self.about(step) else { return (PASSWORD.to_owned(), None) };
        let is_of = |n: &usize| self.model.sessions[*n].account == account;
        let session = (0..self.model.sessions.len()).find(is_of).expect("it began with one");
        let app = self.hands.apps.get(&self.hands.sessions[session].person);
        (self.model.accounts[account].password.clone(), app.cloned())
    }

    /// A step in place of one that would show nothing: where nobody has a session, somebody logs
    /// in, and most log in by a name that counts.
    fn better(&self, n: usize, step: Step) -> Step {
        let is_name = |address: &usize| self.model.named(ADDRESSES[*address]).is_some();
        let names: Vec<_> = (0..ADDRESSES.len()).filter(is_name).collect();
        let linked: Vec<_> =
            (0..PARTIES.len()).filter(|n| self.model.linked(*n).is_some()).collect();
        let name = names.get(n % names.len().max(1)).copied().unwrap_or_default();
        match step {
            Step::Register { .. } | Step::Wait { .. } => step,
            _ if names.is_empty() || n.is_multiple_of(6) => step,
            Step::LogIn { right, .. } => Step::LogIn { address: name, right },
            Step::LogInAsCookie { .. } => Step::LogInAsCookie { address: name },
            Step::LogInBy { factor, .. } => Step::LogInBy { address: name, factor },
            Step::Reset { .. } => Step::Reset { address: name },
            Step::LogInByParty { by_app, .. } if !linked.is_empty() => {
                Step::LogInByParty { party: linked[n % linked.len()], by_app }
            }
            _ if self.hands.live.is_empty() => Step::LogInBy { address: name, factor: n % 4 },
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
        self.app.clock.advance(step.pause());
        self.model.now = self.model.now.plus(step.pause());
        self.note_live();
        let ((right, own), new) = (self.held(step), format!("other horse battery {n}"));
        let name = format!("Person {n}");
        let with =
            With { right: &right, new: &new, name: &name, app: own.as_ref(), idp: &self.idp };
        let Some(answer) = self.hands.act(&self.app, step, with).await else { return };
        let status = answer.status.as_u16();
        let kind = format!("{step:?}").split(' ').next().unwrap_or_default().to_owned();
        *self.seen.entry((kind, status)).or_default() += 1;
        // Whatever is limited changes nothing.
        if status == 429 {
            return self.half_done(step);
        }
        let mut model = self.model.clone();
        let expected = self.expected(&mut model, step, with);
        assert_eq!(status, expected, "step {n}, {step:?}: {}", answer.text);
        self.model = model;
        if let Some(before) = self.hands.take(&answer) {
            self.app.me(&before).await.expect(401);
        }
        self.note_live();
        assert_eq!(self.hands.sessions.len(), self.model.sessions.len(), "step {n}, {step:?}");
    }

    /// Where the first of two calls was not limited.
    fn half_done(&mut self, step: Step) {
        if let Step::SetUpTotp { session } = step {
            let session = self.hands.session(session).expect("a session");
            self.model.begin_totp(session).expect("it was begun");
        }
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
            let factors = self.app.factors(&held.token).await;
            let left = holds.app.as_ref().map_or(0, BTreeSet::len);
            assert_eq!(factors["recovery_codes"], left, "step {n}");
            assert_eq!(factors["totp"].is_null(), holds.app.is_none(), "step {n}");
            let linked = usize::from(holds.party.is_some());
            assert_eq!(factors["third_parties"].as_array().map(Vec::len), Some(linked), "step {n}");
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
    assert!(succeeded.collect::<BTreeSet<_>>().len() >= 20, "{seen:?}");
    for (kind, status) in [("LogIn", 409), ("Link", 204), ("LogInByParty", 201)] {
        assert!(seen.contains_key(&(kind.to_owned(), status)), "{kind} never {status}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_whatever_two_clients_do_at_once_nobody_sees_another_and_the_limit_holds() {
    let (app, idp) = world().await;
    let app = Arc::new(app);
    app.register(ADDRESSES[0]).await;
    let hands = Arc::new(Mutex::new(Hands::default()));
    let clients =
        [11, 12].map(|seed| tokio::spawn(client((app.clone(), idp.clone()), hands.clone(), seed)));
    for client in clients {
        client.await.expect("no panic");
    }
    app.deliver().await;
    Tables::whole(&app).await;
}

/// The steps of one of two clients, who share everything that they are handed.
async fn client((app, idp): (Arc<TestApp>, Idp), hands: Arc<Mutex<Hands>>, seed: u8) {
    let log_ins = [Step::LogIn { address: 0, right: true }; 3];
    for step in log_ins.into_iter().chain(steps(seed).into_iter().take(STEPS / 2)) {
        if let Step::Wait { minutes: time } = step {
            // Not beyond the end of sessions: they would not meet any more.
            app.clock.advance(minutes(time % 60));
            continue;
        }
        let now = hands.lock().expect("no panic before").clone();
        let own = now.apps.values().next_back();
        let with = With { right: PASSWORD, new: PASSWORD, name: "Ada", app: own, idp: &idp };
        let Some(answer) = now.act(&app, step, with).await else { continue };
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
