//! The commands that the README shows, run with the built binary.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use serde_json::{Value, json};
use std::fs::DirEntry;
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

/// The header of a JSON body.
const JSON: &str = "content-type: application/json";

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
        self.send(&format!("GET {path}"), &[], "")
    }

    /// Posts JSON; gives the answer's body.
    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.send(&format!("POST {path}"), &[JSON], &body.to_string());
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    }

    /// Sends a request on a connection of its own; gives the whole answer.
    fn send(&self, line: &str, headers: &[&str], body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("connects");
        let length = format!("content-length: {}", body.len());
        let headers = [&["host: test", "connection: close", &length], headers].concat();
        let request = format!("{line} HTTP/1.1\r\n{}\r\n\r\n{body}", headers.join("\r\n"));
        stream.write_all(request.as_bytes()).expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Stops it as Ctrl-C does.
    fn stop(mut self) {
        let stop = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &stop]).status().expect("a shell").success());
        assert!(self.child.wait().expect("ended").success());
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

/// The code in the first mail that arrives in a mailbox.
fn mailed_code(mailbox: &Path) -> String {
    let code_in = |entry: std::io::Result<DirEntry>| {
        let mail = std::fs::read_to_string(entry.ok()?.path()).ok()?;
        let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
        mail.split_whitespace().find(is_code).map(str::to_owned)
    };
    // The server delivers right after the request; so many looks take much longer than that.
    let look = |_| std::fs::read_dir(mailbox).expect("a mailbox").find_map(code_in);
    (0..1_000_000).find_map(look).expect("a mail")
}

/// Registers a person, logs in once, and corrects the name: three entries in the ledger.
fn live_a_little(server: &Server, mailbox: &Path) {
    let asked = json!({"purpose": "register", "age": {"band": "adult"}, "channel": "email",
        "address": "ada@example.org"});
    let verification = server.post("/v1/verifications", &asked)["verification"].clone();
    let (code, password) = (mailed_code(mailbox), "correct horse battery");
    let account = json!({"verification": verification, "code": code, "password": password,
        "policy_version": "general-2022-08-16", "consents": []});
    assert!(server.post("/v1/accounts", &account)["token"].is_string());
    let log_in = json!({"login": "ada@example.org", "password": password});
    let token = server.post("/v1/sessions", &log_in)["token"].clone();
    let bearer = format!("authorization: Bearer {}", token.as_str().expect("a token"));
    let headers = [bearer.as_str(), "if-match: \"1\"", JSON];
    let corrected = server.send("PATCH /v1/me", &headers, "{\"display_name\":\"Ada\"}");
    assert!(corrected.starts_with("HTTP/1.1 200"), "{corrected}");
}

#[test]
fn c_7_5_an_export_verifies_and_one_with_a_cut_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    live_a_little(&server, &data.join("mailbox"));
    server.stop();

    let export = run(&["ledger", "export", "--data", data.to_str().expect("a path")]);
    assert!(export.status.success());
    let file = folder.path().join("ledger.jsonl");
    let verify = |lines: &[&str]| {
        std::fs::write(&file, lines.join("\n")).expect("a file");
        run(&["ledger", "verify", file.to_str().expect("a path")])
    };
    let exported = printed(&export);
    let lines: Vec<_> = exported.lines().collect();
    let whole = verify(&lines);
    assert_eq!(printed(&whole), "3 entries in 1 chains, 0 findings\n");
    assert_eq!(whole.status.code(), Some(0));

    for (action, finding) in [("session.opened", "entry 2"), ("account.corrected", "entry 3")] {
        let cut: Vec<_> = lines.iter().copied().filter(|line| !line.contains(action)).collect();
        assert_eq!(cut.len(), lines.len() - 1, "{exported}");
        let short = verify(&cut);
        assert_eq!(short.status.code(), Some(1));
        let told = printed(&short);
        assert!(told.contains(&format!(": {finding} is missing\n")), "{told}");
        assert!(told.contains("2 entries in 1 chains, 1 findings\n"), "{told}");
    }
}

#[test]
fn c_7_5_an_export_after_a_journey_verifies_with_the_clock_of_the_journey() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("ledger.jsonl"));
    let server = Server::start(&data, &[]);
    live_a_little(&server, &data.join("mailbox"));
    server.stop();
    // Four years later the first entries have left.
    let server = Server::start(&data, &["--clock-offset", "1500d"]);
    let log_in = json!({"login": "ada@example.org", "password": "correct horse battery"});
    assert!(server.post("/v1/sessions", &log_in)["token"].is_string());
    server.stop();
    for (more, code) in [(&["--clock-offset", "1500d"][..], 0), (&[], 1)] {
        let words =
            [&["ledger", "export", "--data", data.to_str().expect("a path")], more].concat();
        let export = run(&words);
        assert!(export.status.success());
        std::fs::write(&file, &export.stdout).expect("a file");
        let verified = run(&["ledger", "verify", file.to_str().expect("a path")]);
        assert_eq!(verified.status.code(), Some(code), "{}", printed(&verified));
    }
}

#[test]
fn the_help_lists_every_option() {
    let told = printed(&run(&["--help"]));
    for part in ["--data", "--port", "--clock-offset", "--cooling-off", "demo", "ledger"] {
        assert!(told.contains(part), "{part}");
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
    let told = printed(&verified);
    let (reason, counts) = told.split_once('\n').expect("a reason");
    assert!(reason.ends_with("ledger.jsonl has no entry: there is nothing to verify"), "{told}");
    assert_eq!(counts, "0 entries in 0 chains, 1 findings\n");
    assert!(!verified.status.success());
}

#[test]
fn c_7_5_an_export_that_cannot_be_read_is_named() {
    let mut verify = personal_center(&["ledger", "verify", "no/such/ledger.jsonl"]);
    let missing = verify.stderr(Stdio::piped()).output().expect("runs");
    assert!(!missing.status.success());
    let told = String::from_utf8(missing.stderr).expect("text");
    for part in ["no/such/ledger.jsonl cannot be read", "`ledger export > FILE`"] {
        assert!(told.contains(part), "{told}");
    }
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
