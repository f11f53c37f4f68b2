//! A stop at each call of a log-in that passes the ladder of its name by a remembered session.

use crate::app::{PASSWORD, TestApp, cookie};
use crate::stops::{at_every_stop, calm};
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;

const ADA: &str = "ada@example.org";

/// A cookie that is remembered, of a person whose name has no try left within the hour.
async fn used_up(app: &TestApp) -> String {
    app.register(ADA).await;
    let body = json!({"login": ADA, "password": PASSWORD, "remember": true, "as": "cookie"});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    for _ in 0..2 {
        app.clock.advance(minutes(5));
        for _ in 0..5 {
            app.try_log_in(ADA, "wrong horse battery").await.expect(401);
        }
    }
    cookie(&made).expect("a cookie")
}

#[tokio::test]
async fn c_7_3_a_stop_at_a_log_in_past_the_ladder_costs_a_try_at_the_most() {
    at_every_stop(
        |_| {},
        async |app| used_up(app).await,
        async |app, device| {
            let body = json!({"login": ADA, "password": PASSWORD});
            let call = app.post("/v1/sessions").header("cookie", device);
            let call = call.header("idempotency-key", "once");
            calm(call.json(&body).send().await)
        },
        async |app, _, done, tables| {
            done.expect(201);
            assert_eq!(tables.count(Entity::Session), 3);
            let events = |start: &str| -> usize {
                let rows = tables.of_kind(Entity::Limit);
                let rows = rows.filter(|row| row.key.pk.starts_with(start));
                rows.map(|row| row.events().len()).sum()
            };
            assert_eq!(events("limit#login#"), 10, "nothing of the name's");
            assert!((10..=11).contains(&events("limit#tries#")));
            assert!((1..=2).contains(&events("subject#")), "re-checks of the password");
            app.try_log_in(ADA, PASSWORD).await.expect(429);
        },
    )
    .await;
}
