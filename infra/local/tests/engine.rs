//! `cargo run -- engine`: an empty database at an address that is given.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use shared::store::{Endpoint, connect};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running engine; it ends with this value.
struct Running {
    child: Child,
    told: Vec<String>,
}

impl Running {
    /// Starts it, and reads so many lines of what it tells.
    fn at(bind: &str, lines: usize) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_personal-center"));
        command.args(["engine", "--bind", bind]).stdout(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let printed = BufReader::new(child.stdout.take().expect("its output")).lines();
        let told = printed.take(lines).map(|line| line.expect("a line")).collect();
        Self { child, told }
    }

    fn url(&self) -> String {
        let line = self.told[1].trim();
        line.strip_prefix("listening on").expect("an address").trim().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().expect("ends");
        self.child.wait().expect("ended");
    }
}

#[tokio::test]
async fn the_engine_has_every_table_and_nothing_in_them() {
    let running = Running::at("127.0.0.1:0", 2);
    let http = aws_smithy_http_client::Builder::new().build_http();
    let client = connect(&Endpoint::local(running.url()), http);
    let listed = client.list_tables().send().await.expect("an answer");
    assert_eq!(listed.table_names(), ["Keys", "Ledger", "Records", "Roots"]);
    for table in listed.table_names() {
        let rows = client.scan().table_name(table).send().await.expect("an answer");
        assert_eq!(rows.count(), 0, "{table}: a key of the local provider would open nowhere else");
    }
}

#[test]
fn whoever_opens_the_engine_to_others_is_told() {
    assert!(Running::at("0.0.0.0:0", 3).told[2].contains("careful"));
}
