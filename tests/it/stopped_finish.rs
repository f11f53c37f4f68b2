//! The job that finishes an erasure: stopped at each call, and where its time is over.

use crate::app::TestApp;
use crate::stops::at_every_stop;
use crate::tables::Tables;
use personal_center::role::acting;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use shared::erasure;
use shared::ids::{SessionId, SubjectId, SystemEntropy};
use shared::ledger::Actor;
use shared::records::subject;
use shared::store::{Row, Transaction, When};

const ADA: &str = "ada@example.org";

/// Sixty sessions more, which the job needs three transactions for.
async fn fill(app: &TestApp, id: &SubjectId) {
    let mut transaction = Transaction::new();
    for _ in 0..60 {
        let session = SessionId::draw(&SystemEntropy::default());
        let row = Row::new(subject::session(id, &session), Entity::Session);
        transaction.put("session", row, When::Absent);
    }
    app.world.ports.store.write(transaction).await.expect("a write");
}

#[tokio::test]
async fn c_8_2_finishing_an_erasure_goes_on_where_it_stopped() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            let id = SubjectId::parse(&ada.id).expect("an id");
            app.cancel(&ada.token).await.expect(202);
            app.clock.advance(days(7));
            acting(
                "sweep",
                erasure::erase(&app.world.ports, &id, (Actor::Job("sweep"), "req_test")),
            )
            .await
            .expect("erases");
            fill(app, &id).await;
            (ada, id)
        },
        async |app, (_, id)| {
            let until = app.world.ports.clock.now().plus(minutes(1));
            let _stopped = acting("sweep", erasure::finish(&app.world.ports, id, until)).await;
        },
        async |app, (ada, _), (), tables| {
            assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
            let report = app.sweep().await;
            assert_eq!((report.messages, report.taken()), (1, 1), "the mail of a week ago");
            assert_eq!(app.sweep().await.taken(), 0, "nothing is due any more");
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_2_an_erasure_that_outlasts_its_run_goes_on_in_the_next() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let id = SubjectId::parse(&ada.id).expect("an id");
    app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    let ports = &app.world.ports;
    let by = (Actor::Job("sweep"), "req_test");
    acting("sweep", erasure::erase(ports, &id, by)).await.expect("erases");
    fill(&app, &id).await;
    let mut left = vec![Tables::whole(&app).await.count(Entity::Session)];
    while !acting("sweep", erasure::finish(ports, &id, ports.clock.now())).await.expect("goes on") {
        left.push(Tables::whole(&app).await.count(Entity::Session));
    }
    assert!(left.len() > 2 && left.is_sorted_by(|a, b| a > b), "{left:?}");
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
}
