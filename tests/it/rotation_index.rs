//! The index key is rotated while people register and log in: one address has one account, in
//! whichever environment and under whichever key.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::environments::{
    Environments, advance, begin, claims, current, job, next_stage, root, to_the_rest,
};
use crate::halt::Halt;
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::time::{days, hours, minutes};
use shared::rotation::{self, Bounds, Stage};
use shared::testing::faults::{Fault, Key};
use shared::vault::RootUse;
use std::time::Duration;

const INDEX: RootUse = RootUse::Index;

/// Tries to register an address.
async fn try_to_register(app: &TestApp, email: &str) -> Answer {
    let (verification, code) = app.code(email).await;
    let body = TestApp::account_request(&verification, &code);
    app.post("/v1/accounts").json(&body).send().await
}

/// Everyone known can log in from here, and nobody's address can be registered again.
async fn one_account_each(app: &TestApp, people: &[Person]) {
    for person in people {
        app.log_in(person).await;
    }
    let address = &people[0].email;
    let refused = try_to_register(app, address).await.expect(409);
    assert_eq!(refused.problem(), "contact-taken", "{address}");
    assert_eq!(claims(app).await.len(), people.len());
}

#[tokio::test]
async fn c_7_3_one_address_has_one_account_at_every_stage_and_everyone_logs_in() {
    let app = TestApp::with(|options| options.config.max_sessions = 50).await;
    let mut people = vec![app.register("person-0@example.org").await];
    let before = current(&app, INDEX).await;
    begin(&app, INDEX).await;
    for n in 1.. {
        people.push(app.register(&format!("person-{n}@example.org")).await);
        one_account_each(&app, &people).await;
        Tables::whole(&app).await;
        if job(&app, INDEX).await.is_none() {
            break;
        }
        app.clock.advance(hours(3));
        advance(&app, INDEX).await;
        assert!(n < 20, "it ends");
    }
    assert_ne!(current(&app, INDEX).await, before);
    assert!(root(&app, INDEX, &before).await.is_none());
    // Who was moved shows it in the chain, once; who came after was never under the key before.
    let tables = Tables::whole(&app).await;
    let moved = tables.actions().iter().filter(|act| **act == "claims.moved").count();
    assert!((2..people.len()).contains(&moved), "{moved}");
}

#[tokio::test]
async fn c_7_3_an_environment_that_knows_nothing_yet_takes_no_address_twice() {
    let world = Environments::start(|options| options.config.max_sessions = 50).await;
    let fresh = &world.app;
    let (mut n, mut stages) = (0, 0);
    begin(fresh, INDEX).await;
    loop {
        // One that read the pointer just before the stage, and one that reads it just after.
        let stale = world.another();
        stale.world.ports.vault.index().await.expect("the index key");
        fresh.clock.advance(minutes(4));
        let progress = advance(fresh, INDEX).await;
        let knowing = world.another();
        for (first, second) in [(&stale, &knowing), (&knowing, &stale)] {
            n += 1;
            let person = first.register(&format!("person-{n}@example.org")).await;
            second.log_in(&person).await;
            first.log_in(&person).await;
            let refused = try_to_register(second, &person.email).await.expect(409);
            assert_eq!(refused.problem(), "contact-taken");
            assert_eq!(claims(fresh).await.len(), n);
        }
        stages += 1;
        if progress.stage == Stage::Resting {
            break;
        }
        assert!(stages < 30, "it ends");
    }
    Tables::whole(fresh).await;
}

#[tokio::test]
async fn a_log_in_finds_a_claim_that_moves_while_it_looks() {
    // Before the place under the key before is read, and between that and the current one.
    for held in 0..2 {
        let (app, halt) = Halt::start(|_| {}).await;
        let ada = app.register("ada@example.org").await;
        let before = claims(&app).await;
        begin(&app, INDEX).await;
        next_stage(&app, INDEX).await;
        app.clock.advance(minutes(10));
        app.world.ports.vault.index().await.expect("both keys in memory");
        let moves = async { advance(&app, INDEX).await.changed };
        let read = ("BatchGetItem", held);
        let (token, changed) = halt.overtake(read, app.log_in(&ada), moves).await;
        app.me(&token).await.expect(200);
        assert_eq!(changed, 1);
        assert_ne!(claims(&app).await, before);
    }
}

#[tokio::test]
async fn a_log_in_never_reads_both_places_of_a_claim_in_one_batch() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    begin(&app, INDEX).await;
    next_stage(&app, INDEX).await;
    assert_eq!(rotated(&app).await, 1);
    // A batch that met the move half way: the new place from before it, the old one from after.
    let new_place = Key::new("Keys", claims(&app).await.remove(0));
    app.world.ports.vault.index().await.expect("both keys in memory");
    app.faults.take_calls();
    app.faults.on_operation("BatchGetItem", 0, Fault::Torn(Some(new_place)));
    app.log_in(&ada).await;
}

/// Moves the claims, with the clock where the rotation is not over with it.
async fn rotated(app: &TestApp) -> u64 {
    app.clock.advance(minutes(10));
    let bounds = Bounds { rows: 1, ..Bounds::default() };
    let mut changed = 0;
    while changed == 0 {
        let run = acting("sweep", rotation::advance(&app.world.ports, INDEX, bounds))
            .await
            .expect("goes on");
        assert_eq!(run.stage, Stage::Passing);
        changed += run.changed;
    }
    changed
}

#[tokio::test]
async fn c_7_3_a_registration_is_refused_wherever_the_claim_is_when_it_is_written() {
    for held in ["registration", "move"] {
        let (app, halt) = Halt::start(|_| {}).await;
        app.register("ada@example.org").await;
        begin(&app, INDEX).await;
        next_stage(&app, INDEX).await;
        app.clock.advance(minutes(10));
        let (verification, code) = app.code("ada@example.org").await;
        let body = TestApp::account_request(&verification, &code);
        let register = app.post("/v1/accounts").json(&body).send();
        let moves = advance(&app, INDEX);
        let refused = if held == "registration" {
            // Its first write counts the try of the code.
            halt.overtake(("TransactWriteItems", 1), register, moves).await.0
        } else {
            halt.overtake(("TransactWriteItems", 0), moves, register).await.1
        };
        assert_eq!(refused.expect(409).problem(), "contact-taken");
        assert_eq!(claims(&app).await.len(), 1, "{held}");
        Tables::whole(&app).await;
    }
}

#[tokio::test]
async fn c_8_4_an_erasure_and_the_move_of_its_claims_end_in_the_erasure() {
    for held in ["erasure", "move"] {
        let (app, halt) = Halt::start(|o| o.config.cooling_off = Duration::ZERO).await;
        let ada = app.register("ada@example.org").await;
        let before = current(&app, INDEX).await;
        begin(&app, INDEX).await;
        next_stage(&app, INDEX).await;
        app.clock.advance(minutes(10));
        let token = app.log_in(&ada).await;
        let write = ("TransactWriteItems", usize::from(held == "erasure"));
        let (erase, moves) = (app.cancel(&token), advance(&app, INDEX));
        let answer = if held == "erasure" {
            halt.overtake(write, erase, moves).await.0
        } else {
            halt.overtake(write, moves, erase).await.1
        };
        answer.expect(202);
        assert_eq!(claims(&app).await, Vec::<String>::new(), "{held}");
        to_the_rest(&app, INDEX).await;
        app.deliver().await;
        Tables::whole(&app).await;
        app.clock.advance(days(2));
        advance(&app, INDEX).await;
        assert!(root(&app, INDEX, &before).await.is_none());
        app.register("ada@example.org").await;
    }
}

/// What a log-in with a wrong password is answered, and the calls that it makes.
async fn refused(app: &TestApp, login: &str) -> (u16, String, Vec<(String, usize)>) {
    app.faults.take_calls();
    let body = json!({"login": login, "password": format!("not {PASSWORD}")});
    let answer = app.post("/v1/sessions").json(&body).send().await;
    let calls = app.faults.take_calls().into_iter();
    let calls = calls.map(|call| (call.operation, call.actions.len())).collect();
    (answer.status.as_u16(), answer.problem().to_owned(), calls)
}

#[tokio::test]
async fn c_7_3_a_refused_log_in_is_alike_for_known_and_unknown_while_the_key_is_rotated() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    begin(&app, INDEX).await;
    for _ in 0..3 {
        // Every root key is in memory.
        refused(&app, "bob@example.org").await;
        let known = refused(&app, "ada@example.org").await;
        let unknown = refused(&app, "eve@example.org").await;
        assert_eq!((known.0, known.1.as_str()), (401, "login-refused"));
        assert_eq!(known, unknown);
        next_stage(&app, INDEX).await;
    }
}
