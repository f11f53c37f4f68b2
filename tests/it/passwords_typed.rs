//! Passwords are taken as they are typed (OWASP ASVS 5.0, V6.2).

use crate::app::{PASSWORD, TestApp};
use shared::domain::time::days;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn c_7_3_a_password_of_any_characters_registers_and_logs_in() {
    let app = TestApp::start().await;
    let passwords = [
        "        ",
        "qzqzqzqzqzqzqz",
        "密码密码密码密码",
        "🦉🦉🦉🦉🦉🦉🦉🦉",
        "\t\"\\'<>;--\u{7f}\u{0}",
        &"correct horse ".repeat(9),
    ];
    for password in passwords {
        let (verification, code) = app.code(ADA).await;
        let mut body = TestApp::account_request(&verification, &code);
        body["password"] = password.into();
        let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
        app.try_log_in(ADA, password).await.expect(201);
        // The address is free again for the next one.
        app.cancel(made.body["token"].as_str().expect("a token")).await.expect(202);
        app.clock.advance(days(8));
        app.deliver().await;
        assert_eq!(app.sweep().await.erased, 1);
    }
}

#[tokio::test]
async fn c_7_3_a_password_is_checked_exactly_as_it_was_typed() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let long = format!("{}Z", "x".repeat(127));
    app.put_password(&ada.token, PASSWORD, &long).await.expect(204);
    let other =
        [long.to_lowercase(), long[..127].to_owned(), format!("{long} "), format!(" {long}")];
    for typed in &other {
        app.try_log_in(ADA, typed).await.expect(401);
    }
    app.try_log_in(ADA, &long).await.expect(201);
}

#[tokio::test]
async fn c_7_3_a_password_counts_until_the_person_changes_it() {
    let app = TestApp::start().await;
    app.register(ADA).await;
    // As long as an account lives without a log-in.
    app.clock.advance(days(720));
    app.try_log_in(ADA, PASSWORD).await.expect(201);
}
