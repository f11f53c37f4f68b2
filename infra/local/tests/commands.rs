//! The commands that the README shows, run with the built binary.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn personal_center(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_personal-center"));
    command.args(words).stderr(Stdio::null());
    command
}

fn run(words: &[&str]) -> Output {
    personal_center(words).output().expect("runs")
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// A server on a free port; it ends with this value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path, more: &[&str]) -> Self {
        let data = data.to_str().expect("a path");
        let words = [&["--data", data, "--port", "0"], more].concat();
        let mut child = personal_center(&words).stdout(Stdio::piped()).spawn().expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let told: Vec<_> = lines.by_ref().take(4).map(|line| line.expect("a line")).collect();
        let after = |start: &str| told.iter().find_map(|l| l.trim().strip_prefix(start));
        assert!(after("mail goes to").is_some_and(|m| m.contains("mailbox")), "{told:?}");
        assert!(after("try next").is_some_and(|t| t.contains("curl")), "{told:?}");
        let address = after("listening on").and_then(|l| l.trim().strip_prefix("http://"));
        Self { address: address.expect("an address").to_owned(), child }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("connects");
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().expect("ends");
        self.child.wait().expect("ended");
    }
}

#[test]
fn cargo_run_serves_and_holds_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    {
        let server = Server::start(&data, &[]);
        assert!(server.get("/v1/policy/inventory").starts_with("HTTP/1.1 200"));
        let second = run(&["--data", data.to_str().expect("a path"), "--port", "0"]);
        assert!(!second.status.success(), "one folder, one server");
        let export = run(&["ledger", "export", "--data", data.to_str().expect("a path")]);
        assert!(!export.status.success(), "an export needs the folder for itself");
    }
    let server = Server::start(&data, &["--clock-offset", "8d", "--cooling-off", "0"]);
    assert!(server.get("/v1/policy").starts_with("HTTP/1.1 200"));
}

#[test]
fn the_demo_tells_the_whole_story() {
    let told = run(&["demo"]);
    assert!(told.status.success());
    let text = printed(&told);
    for part in ["> POST /v1/verifications", "mail | Your code", "ledger | 4 account.erased"] {
        assert!(text.contains(part), "{part}");
    }
    for part in ["< 412", "< 410", "\"verifies\": true", "4 entries verify: 0 findings"] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn c_7_5_an_export_without_entries_is_no_success() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let path = data.to_str().expect("a path");
    assert!(!run(&["ledger", "export", "--data", path]).status.success(), "there is no database");
    assert!(!data.exists(), "and none is made");
    drop(Server::start(&data, &[]));
    let export = run(&["ledger", "export", "--data", path]);
    assert!(export.status.success());
    let file = folder.path().join("ledger.jsonl");
    std::fs::write(&file, &export.stdout).expect("a file");
    let verified = run(&["ledger", "verify", file.to_str().expect("a path")]);
    assert_eq!(printed(&verified), "0 entries in 0 chains, 0 findings\n");
    assert!(!verified.status.success());
}

#[test]
fn a_database_whose_key_is_lost_is_not_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    drop(Server::start(&data, &[]));
    std::fs::remove_file(data.join("local-kms.key")).expect("the key");
    let words = ["--data", data.to_str().expect("a path"), "--port", "0"];
    assert!(!run(&words).status.success());
}

#[test]
fn a_rotation_begins_by_a_command_and_the_server_goes_on_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let name = data.to_str().expect("a path");
    let rotate = |usage: &str| run(&["rotate", usage, "--data", name]);
    assert!(!rotate("receipts").status.success(), "there is no database yet");
    drop(Server::start(&data, &[]));
    assert!(!rotate("receipt").status.success(), "no such key");
    let begun = rotate("receipts");
    assert!(begun.status.success() && printed(&begun).contains("the next receipts key"));
    let again = rotate("receipts");
    assert!(!again.status.success() && printed(&again).contains("under way"));
    let server = Server::start(&data, &[]);
    assert!(!rotate("branch").status.success(), "the folder is in use");
    assert_eq!(server.get("/v1/keys").matches("\"kid\"").count(), 2, "announced");
}
