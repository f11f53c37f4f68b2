//! A server that is killed in the midst of its writes, again and again.

use crate::client::Client;
use crate::invariants;
use crate::referee;
use crate::writer::{Writer, registers};
use personal_center::Options;
use personal_center::run::{Settings, serve};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

const ROUNDS: usize = 20;
const WRITERS: usize = 8;
/// How long a round may take, where something hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Counts answers with success, and tells when there are enough.
#[derive(Default)]
pub(crate) struct Tally {
    count: AtomicUsize,
    registrations: AtomicUsize,
    counted: Notify,
}

impl Tally {
    pub(crate) fn add(&self, is_registration: bool) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.registrations.fetch_add(usize::from(is_registration), Ordering::SeqCst);
        self.counted.notify_one();
    }

    async fn reach(&self, wanted: usize, registrations: usize) {
        let count = || self.count.load(Ordering::SeqCst);
        while count() < wanted || self.registrations.load(Ordering::SeqCst) < registrations {
            self.counted.notified().await;
        }
    }
}

/// A server in a process of its own; it is killed when dropped.
struct Server {
    process: Child,
    client: Client,
    _announcements: BufReader<ChildStdout>,
}

impl Server {
    /// Starts this very executable again, as the server of a folder.
    fn start(folder: &Path) -> Self {
        let executable = std::env::current_exe().expect("this executable");
        let mut process = Command::new(executable)
            .args(["--exact", "crash::server", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let mut told = process.stdin.take().expect("its input");
        writeln!(told, "{}", folder.display()).expect("the folder");
        let mut announcements = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        let client = loop {
            line.clear();
            let read = announcements.read_line(&mut line).expect("a line");
            assert!(read > 0, "the server ended before it listened");
            if let Some((_, address)) = line.split_once("listening on  http://") {
                break Client(address.trim().parse().expect("an address"));
            }
        };
        Self { process, client, _announcements: announcements }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL: no handler runs, nothing is flushed.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the server of the test below, which starts it and tells it its folder"]
async fn server() {
    referee::embedded_alone();
    let mut folder = String::new();
    std::io::stdin().read_line(&mut folder).expect("a line");
    if folder.trim().is_empty() {
        return;
    }
    let (data, cooling_off) = (folder.trim().into(), Duration::ZERO);
    let settings =
        Settings { data, port: 0, clock_offset: Duration::ZERO, cooling_off, providers: None };
    serve(settings).await.expect("serves");
}

#[tokio::test]
async fn a_killed_server_loses_nothing_that_it_answered_and_leaves_nothing_half_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let email = format!("writer-{n}@example.org");
        let made = registers(server.client, folder.path(), &email).await;
        writers.push(Writer::new(made.expect("an account"), n));
    }
    let (mut server, mut answered) = (server, 0);
    for round in 0..ROUNDS {
        answered += run(server, &mut writers, (folder.path(), round)).await;
        server = check(&mut writers, folder.path()).await;
    }
    let registered: usize = writers.iter().map(|writer| writer.registered.len()).sum();
    assert!(answered >= ROUNDS * 10 && registered > 0, "{answered} answers, {registered} accounts");
}

/// Lets everybody write, and kills the server in the midst of it.
async fn run(server: Server, writers: &mut Vec<Writer>, (folder, round): (&Path, usize)) -> usize {
    let client = server.client;
    let tally = Arc::new(Tally::default());
    let tasks: Vec<_> = std::mem::take(writers)
        .into_iter()
        .map(|writer| tokio::spawn(writer.write((client, folder.to_owned()), round, tally.clone())))
        .collect();
    // Another point of another write in each round; in some a registration, which takes longest, is
    // over, and the next one under way.
    let enough = tally.reach(10 + 3 * (round % 7), usize::from(round % 5 == 4));
    tokio::time::timeout(PATIENCE, enough).await.expect("writes go on");
    drop(server);
    for task in tasks {
        let writer = tokio::time::timeout(PATIENCE, task).await.expect("a writer ends");
        writers.push(writer.expect("no panic"));
    }
    tally.count.load(Ordering::SeqCst)
}

/// Opens what the killed server left, and asks the server that follows it.
async fn check(writers: &mut [Writer], folder: &Path) -> Server {
    {
        let world = referee::open(Options::in_folder(folder)).await;
        let accounts = invariants::hold(&world).await;
        let known: usize = writers.iter().map(|writer| 1 + writer.registered.len()).sum();
        assert!(accounts >= known, "{accounts} accounts, {known} were made with an answer");
    }
    let server = Server::start(folder);
    for writer in writers {
        writer.check(server.client).await;
    }
    server
}
