//! Every root key is rotated under load, in three environments that know of it at other times, with
//! runs that are killed: nobody notices, and nothing is left under the roots before.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::environments::{Environments, begin, claims, current, cut_off, job, root, stage, under};
use crate::tables::Tables;
use personal_center::Options;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::time::{hours, minutes};
use shared::rotation::{self, Bounds};
use shared::vault::RootUse;
use std::time::Duration;

/// How long the load goes on after the last rotation began, in rounds of two minutes.
const ROUNDS: usize = 30;

/// Somebody who acts in one round after another, in another environment each time.
#[derive(Default)]
struct Actor {
    person: Option<Person>,
    /// How many addresses this one had so far.
    lives: usize,
    erased: Vec<Person>,
    /// What was neither done nor refused as it should be.
    surprises: Vec<String>,
}

impl Actor {
    /// One act: registers where there is no account, and otherwise acts as the round says.
    async fn act(&mut self, app: &TestApp, (name, round): (usize, usize)) {
        let Some(person) = self.person.take() else {
            let email = format!("actor-{name}-{}@example.org", self.lives);
            self.lives += 1;
            self.person = Some(app.register(&email).await);
            return;
        };
        let token = app.log_in(&person).await;
        match (round + name) % 5 {
            0 => {
                let patch = json!({"display_name": format!("Round {round}")});
                let done = app.correct(&token, "*", &patch).await;
                self.expect(&done, &[200]);
            }
            1 => {
                let again = try_to_register(app, &person.email).await;
                self.expect(&again, &[409]);
            }
            2 => {
                let wrong = json!({"login": person.email, "password": format!("not {PASSWORD}")});
                let refused = app.post("/v1/sessions").json(&wrong).send().await;
                self.expect(&refused, &[401]);
            }
            3 if round % 3 == 0 => {
                let done = app.cancel(&token).await;
                self.expect(&done, &[202]);
                self.erased.push(person);
                return;
            }
            _ => {
                let me = app.me(&token).await;
                self.expect(&me, &[200]);
            }
        }
        let ended = app.delete("/v1/sessions/current").bearer(&token).send().await;
        self.expect(&ended, &[204]);
        self.person = Some(person);
    }

    fn expect(&mut self, answer: &Answer, statuses: &[u16]) {
        if !statuses.contains(&answer.status.as_u16()) {
            self.surprises.push(answer.text.clone());
        }
    }
}

async fn try_to_register(app: &TestApp, email: &str) -> Answer {
    let (verification, code) = app.code(email).await;
    let body = TestApp::account_request(&verification, &code);
    app.post("/v1/accounts").json(&body).send().await
}

/// The world of the load: it erases at once, and has no limit that the load would meet.
fn options(options: &mut Options) {
    options.config.cooling_off = Duration::ZERO;
    options.config.max_sessions = 50;
}

/// A run with small bounds; in every second round it is killed on its way.
async fn killed_run(app: &TestApp, usage: RootUse, round: usize) {
    let bounds = Bounds { rows: 40, ..Bounds::default() };
    let run = acting("sweep", rotation::advance(&app.world.ports, usage, bounds));
    let polls = if round.is_multiple_of(2) { 2 + round / 2 } else { usize::MAX };
    if let Some(run) = cut_off(run, polls).await {
        run.expect("goes on");
    }
}

#[tokio::test]
async fn every_root_is_rotated_under_load_and_nobody_notices() {
    let world = Environments::start(options).await;
    let app = &world.app;
    let mut environments = [world.another(), world.another(), world.another()];
    let mut actors: [Actor; 4] = Default::default();
    let mut before = Vec::new();
    for usage in RootUse::ALL {
        before.push((usage, current(app, usage).await));
    }
    for round in 0..ROUNDS {
        if let Some((usage, _)) = before.get(round) {
            begin(app, *usage).await;
        }
        // Now and then an environment ends, and another begins with nothing in memory.
        environments[round % 3] = world.another();
        let [one, two, three, four] = &mut actors;
        let at = |n: usize| &environments[(n + round) % 3];
        let jobs = async {
            for usage in RootUse::ALL {
                killed_run(at(1), usage, round).await;
            }
        };
        tokio::join!(
            one.act(at(0), (0, round)),
            two.act(at(1), (1, round)),
            three.act(at(2), (2, round)),
            four.act(at(3), (3, round)),
            jobs,
        );
        app.clock.advance(minutes(2));
    }
    for (usage, _) in &before {
        assert_eq!(stage(app, *usage).await.as_deref(), Some("resting"), "{usage:?}");
    }
    check(app, &actors, &before).await;
}

/// What must hold once the load is over.
async fn check(app: &TestApp, actors: &[Actor], before: &[(RootUse, String)]) {
    for actor in actors {
        assert_eq!(actor.surprises, Vec::<String>::new());
        for erased in &actor.erased {
            let gone = app.me(&erased.token).await.expect(410);
            let path = format!("/v1/receipts/{}", gone.body["receipt"].as_str().expect("an id"));
            assert_eq!(app.get(&path).send().await.expect(200).body["verifies"], true);
        }
    }
    let erased: usize = actors.iter().map(|actor| actor.erased.len()).sum();
    assert!(erased >= 3, "{erased} erasures");
    for (usage, id) in before {
        assert_ne!(current(app, *usage).await, *id);
        assert_eq!(under(app, id).await, 0, "{usage:?}");
    }
    let people: Vec<_> = actors.iter().filter_map(|actor| actor.person.as_ref()).collect();
    assert_eq!(claims(app).await.len(), people.len(), "one claim each");
    for person in people {
        app.log_in(person).await;
    }
    app.deliver().await;
    app.sweep().await;
    Tables::whole(app).await;
    app.clock.advance(hours(25));
    app.sweep().await;
    for (usage, id) in before.iter().filter(|(usage, _)| *usage != RootUse::Receipts) {
        assert!(root(app, *usage, id).await.is_none(), "{usage:?}");
        assert!(job(app, *usage).await.is_none(), "{usage:?}");
    }
}
