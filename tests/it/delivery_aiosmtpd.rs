//! The outbox over aiosmtpd, a mail server that others wrote, in each of its moods: what was put off
//! arrives when its time comes, and what is refused is dead at once.

use crate::app::TestApp;
use crate::delivery::{assert_nothing_left, invoke, post, run};
use crate::log::Log;
use notify::event::Done;
use notify::{Office, Report};
use serde_json::{Value, json};
use shared::domain::contact::Channel;
use shared::domain::time::minutes;
use shared::ids::{EntryId, SystemEntropy};
use std::path::PathBuf;
use std::time::Duration;

/// Says where the server's folder is.
const VARIABLE: &str = "PC_AIOSMTPD";

#[expect(clippy::disallowed_methods, reason = "the one setting of these tests")]
fn folder() -> PathBuf {
    std::env::var_os(VARIABLE).expect("PC_AIOSMTPD is the server's folder").into()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("a file of the server")
}

/// A service that is configured for the server, and a mail to a mailbox that nobody wrote to.
struct Post {
    app: TestApp,
    office: Office,
    address: String,
}

impl Post {
    async fn to(mood: &str) -> Self {
        let (app, office) = (TestApp::start().await, Office::default());
        let ports = read("ports");
        let port: u16 = ports.split_whitespace().last().and_then(|p| p.parse().ok()).expect("two");
        let settings = json!({"do": "configure", "mail": {
            "host": "127.0.0.1", "port": port, "tls": "implicit", "timeout_secs": 5,
            "login": {"user": "center", "password": "open sesame"},
            "from": "Center <no-reply@center.example>", "roots": read("root.pem"),
        }});
        let done = invoke(&app, &office, &settings).await.expect("configures");
        assert_eq!(done, Done::Configured { mail: true, text: false });
        let id = EntryId::draw(&SystemEntropy::default()).body().to_lowercase();
        let address = format!("{mood}-{id}@example.org");
        post(&app, Channel::Email, &address).await;
        Self { app, office, address }
    }

    async fn run(&self) -> Report {
        run(&self.app, &self.office).await
    }

    /// The mails to this address that the server took on.
    fn taken(&self) -> Vec<Value> {
        let files = std::fs::read_dir(folder()).expect("a folder");
        let paths = files.map(|file| file.expect("a file").path());
        let mails = paths.filter(|path| path.extension().is_some_and(|e| e == "json"));
        let mails = mails.map(|path| -> Value {
            let text = std::fs::read_to_string(path).expect("a text");
            serde_json::from_str(&text).expect("JSON")
        });
        mails.filter(|mail| mail["recipients"] == json!([self.address])).collect()
    }

    /// Runs once, which fails for this cause; then once more when it is due, which delivers.
    async fn arrives_at_the_second_try(&self, cause: &str) {
        let log = Log::default();
        let guard = log.capture();
        assert_eq!(self.run().await, Report { failed: 1, ..Report::default() });
        drop(guard);
        let said = String::from_utf8(log.taken()).expect("text");
        assert!(said.contains(cause) && !said.contains(&self.address), "{said}");
        self.app.clock.advance(Duration::from_secs(59));
        assert_eq!(self.run().await, Report::default(), "not before its time");
        self.app.clock.advance(Duration::from_secs(1));
        assert_eq!(self.run().await, Report { delivered: 1, ..Report::default() });
        assert_nothing_left(&self.app).await;
    }
}

#[tokio::test]
#[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
async fn aiosmtpd_greylists_and_takes_the_mail_on_a_minute_later() {
    let post = Post::to("greylisted").await;
    post.arrives_at_the_second_try("busy").await;
    assert_eq!(post.taken().len(), 1);
}

#[tokio::test]
#[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
async fn aiosmtpd_refuses_and_the_message_and_its_key_are_gone_at_once() {
    for (mood, cause) in [("refused", "recipient"), ("unwanted", "content")] {
        let post = Post::to(mood).await;
        let log = Log::default();
        let guard = log.capture();
        assert_eq!(post.run().await, Report { dead: 1, ..Report::default() }, "{mood}");
        drop(guard);
        let said = String::from_utf8(log.taken()).expect("text");
        assert!(said.contains(cause) && !said.contains(&post.address), "{said}");
        assert_nothing_left(&post.app).await;
        post.app.clock.advance(minutes(10));
        assert_eq!(post.run().await, Report::default(), "no more tries");
        assert!(post.taken().is_empty());
    }
}

#[tokio::test]
#[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
async fn aiosmtpd_cuts_the_connection_and_gets_the_mail_a_minute_later() {
    let post = Post::to("cut").await;
    post.arrives_at_the_second_try("connection").await;
    assert_eq!(post.taken().len(), 1);
}

#[tokio::test]
#[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
async fn aiosmtpd_takes_a_mail_on_unheard_and_gets_it_again_under_one_id() {
    let post = Post::to("deaf").await;
    post.arrives_at_the_second_try("connection").await;
    let taken = post.taken();
    assert_eq!(taken.len(), 2, "at least once");
    assert_eq!(taken[0]["id"], taken[1]["id"], "a mailbox knows it for the same");
}

#[tokio::test]
#[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
async fn aiosmtpd_is_slow_and_still_in_time() {
    let post = Post::to("slow").await;
    assert_eq!(post.run().await, Report { delivered: 1, ..Report::default() });
    assert_nothing_left(&post.app).await;
    assert_eq!(post.taken().len(), 1);
}

#[tokio::test]
#[ignore = "needs aiosmtpd: `cargo xtask contract` starts it"]
async fn aiosmtpd_falls_silent_and_gets_the_mail_a_minute_later() {
    let post = Post::to("silent").await;
    post.arrives_at_the_second_try("timeout").await;
}
