//! Every command in the README is run, in one shell, against a server of its own.

use personal_center::run::{Settings, with_source};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

const README: &str = include_str!("../../README.md");
/// The tests that run what `cargo run` takes, with the built binary.
const COMMANDS: &str = include_str!("../../infra/local/tests/commands.rs");
/// What runs before a change lands.
const CI: &str = include_str!("../../.ci/run");
/// The parts of `cargo xtask check`, and the one of them that compares generated files.
const CHECK: &str = include_str!("../../infra/xtask/src/check.rs");
const GENERATED: &str = include_str!("../../infra/xtask/src/generated.rs");
/// How long a block may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A fenced block: what follows `sh` on its fence, and its text.
struct Block {
    kind: String,
    text: String,
}

/// The blocks of shell commands, in order.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else { continue };
        let text: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        let (language, kind) = fence.split_once(' ').unwrap_or((fence, ""));
        if language == "sh" {
            blocks.push(Block { kind: kind.to_owned(), text: text.join("\n") });
        }
    }
    blocks
}

/// The server of the README, on a socket that stays the same when it is started again.
struct Server {
    socket: TcpListener,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    fn new() -> Self {
        let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        socket.set_nonblocking(true).expect("a socket of tokio");
        Self { socket, tasks: Vec::new() }
    }

    fn port(&self) -> u16 {
        self.socket.local_addr().expect("an address").port()
    }

    /// Serves a folder, as `cargo run` does, with its clock ahead.
    async fn start(&mut self, data: &Path, ahead: Duration) {
        self.stop().await;
        let cooling_off = shared::domain::time::days(7);
        let settings = Settings {
            data: data.to_owned(),
            port: self.port(),
            clock_offset: ahead,
            cooling_off,
            providers: None,
        };
        let world = crate::referee::open(settings.options()).await;
        let socket = self.socket.try_clone().expect("the socket");
        let socket = tokio::net::TcpListener::from_std(socket).expect("a listener");
        let app = with_source(world.router());
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        self.tasks.push(tokio::spawn(world.keep_working()));
        self.tasks.push(tokio::spawn(async move {
            axum::serve(socket, app).await.expect("serves");
        }));
    }

    async fn stop(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            let _aborted = task.await;
        }
    }
}

/// A shell that stops at the first command that fails.
struct Shell {
    _process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new("bash")
            .args(["--noprofile", "--norc", "-eu", "-o", "pipefail"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a shell");
        let input = process.stdin.take().expect("its input");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        Self { _process: process, input, output }
    }

    /// Runs a block; gives what it printed.
    async fn run(&mut self, text: &str) -> Result<String, String> {
        const DONE: &str = "-- done --";
        let script = format!("{text}\necho; echo '{DONE}'\n");
        // A shell that stopped reads no more; its output then ends without the last line.
        let _stopped = self.input.write_all(script.as_bytes()).await;
        let mut printed = String::new();
        loop {
            let before = printed.len();
            let line = self.output.read_line(&mut printed);
            let read = tokio::time::timeout(PATIENCE, line).await;
            match read {
                Ok(Ok(0) | Err(_)) | Err(_) => return Err(printed),
                Ok(Ok(_)) if printed[before..].trim_end() == DONE => return Ok(printed),
                Ok(Ok(_)) => {}
            }
        }
    }
}

/// Whether the commands that the README uses are there. In CI they must be.
#[expect(clippy::disallowed_methods, reason = "CI says by a variable that nothing may be skipped")]
fn has_tools() -> bool {
    let mut missing = Vec::new();
    for tool in ["bash", "curl"] {
        let version = std::process::Command::new(tool)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !version.is_ok_and(|status| status.success()) {
            missing.push(tool);
        }
    }
    assert!(missing.is_empty() || std::env::var_os("CI").is_none(), "missing: {missing:?}");
    if !missing.is_empty() {
        eprintln!("the README's commands were not run: {missing:?} are not installed");
    }
    missing.is_empty()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_readme_works() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Server::new();
    server.start(&data, Duration::ZERO).await;
    let here = format!("127.0.0.1:{}", server.port());
    let mut shell = Shell::start(folder.path());
    let (mut ran, mut ahead_days) = (0, 0);
    for Block { kind, text } in blocks(README) {
        if kind == "ignore" {
            continue;
        }
        let days = match kind.strip_prefix("later ").and_then(|later| later.strip_suffix('d')) {
            Some(days) => days.parse().expect("a number of days"),
            None => ahead_days,
        };
        if days != ahead_days {
            ahead_days = days;
            server.start(&data, shared::domain::time::days(days)).await;
        }
        let block = text.replace("127.0.0.1:8080", &here);
        let printed = shell.run(&block).await;
        assert!(printed.is_ok(), "this failed:\n{text}\n\nafter it printed:\n{printed:?}");
        ran += 1;
    }
    assert!(ran >= 10, "{ran} blocks were run");
    server.stop().await;
}

/// What a reader types that is not run above, since it would build and serve once more: the
/// commands of blocks that are left out, and those that stand in a line of text or in a table.
fn other_commands(page: &str) -> Vec<String> {
    let left_out = blocks(page).into_iter().filter(|block| block.kind == "ignore");
    let mut commands: Vec<_> = left_out
        .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        let code = line.split('`').skip(1).step_by(2);
        commands.extend(code.filter(|c| !fenced && c.starts_with("cargo ")).map(str::to_owned));
    }
    commands
}

/// The names of the parts of `cargo xtask check`.
fn parts() -> Vec<&'static str> {
    let (_, list) = CHECK.split_once("const PARTS").expect("the list of parts");
    let (list, _) = list.split_once("];").expect("its end");
    list.split("(\"").skip(1).filter_map(|part| part.split('"').next()).collect()
}

/// Whether CI runs a command: as a step, as a part of one, or by telling to run it where it fails.
fn is_in_ci(command: &str) -> bool {
    let steps = CI.lines().filter_map(|line| line.trim_start().strip_prefix("step \""));
    let mut steps = steps.filter_map(|step| step.split_once("\" "));
    if steps.any(|(_, run)| run == command) {
        return true;
    }
    let Some(name) = command.strip_prefix("cargo xtask ") else { return false };
    let parts = parts();
    let repairs = GENERATED.contains(&format!("run `{command}` and commit the result"));
    parts.contains(&name) || (parts.contains(&"drift") && repairs)
}

/// Whether the tests of the binary run a command: each of its words stands there.
fn is_run_with_the_binary(command: &str) -> bool {
    let Some(words) = command.strip_prefix("cargo run") else { return false };
    let words = words.split_whitespace().filter(|word| !["--", ">"].contains(word));
    words.into_iter().all(|word| COMMANDS.contains(&format!("\"{word}\"")))
}

#[test]
fn every_other_command_of_the_readme_is_run_by_other_tests_or_by_ci() {
    let commands = other_commands(README);
    for command in &commands {
        assert!(is_run_with_the_binary(command) || is_in_ci(command), "nothing runs `{command}`");
    }
    let counted = |start: &str| commands.iter().filter(|c| c.starts_with(start)).count();
    assert!(counted("cargo run") >= 6 && counted("cargo xtask") >= 4, "{commands:?}");
    assert!(commands.iter().any(|command| command == "cargo test --workspace"));
    for block in blocks(README) {
        let runs = block.kind.is_empty() || block.kind.starts_with("later ");
        assert!(runs || block.kind == "ignore", "{}", block.kind);
    }
}

#[test]
fn a_command_that_nothing_runs_is_found() {
    for unknown in ["cargo xtask help", "cargo xtask no", "cargo test", "cargo run -- no", "make"] {
        assert!(!is_run_with_the_binary(unknown) && !is_in_ci(unknown), "{unknown}");
    }
    assert!(is_in_ci("cargo xtask tidy"), "a part of check");
}
