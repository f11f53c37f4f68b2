//! The README's story, against `sam local start-api`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::call;
use super::process::Sam;
use super::stack::Stack;
use crate::run::{self, Outcome};

/// The event of the schedule that wakes `notify` where it is deployed.
const SCHEDULE: &str = include_str!("../../../events/notify.json");

/// Runs every command of the story, but for those of eight days later: the clock of a container is
/// this machine's. Meanwhile messages are delivered every second.
pub(super) fn tell(stack: &Stack, api: &Sam, lambda: &Sam) -> Outcome {
    let readme = stack.root().join("README.md");
    let readme = fs::read_to_string(&readme).map_err(|error| format!("README.md: {error}"))?;
    let script = commands(&readme).replace("http://127.0.0.1:8080", &api.url());
    deliver(lambda)?;
    empty(&stack.mailbox())?;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let delivering = scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                deliver(lambda)?;
                thread::sleep(Duration::from_secs(1));
            }
            Ok(())
        });
        let mut shell = Command::new("timeout");
        shell.args(["300", "bash", "--noprofile", "--norc", "-eu", "-o", "pipefail", "-c"]);
        let told = run::run(shell.arg(script).current_dir(stack.home()));
        over.store(true, Ordering::SeqCst);
        let delivered = delivering.join().unwrap_or_else(|_| Err("no delivery".to_owned()));
        // The script is long: what failed is in its own output and in the log.
        told.map_err(|_| api.failure("the story stopped"))?;
        delivered
    })
}

/// Removes the messages that events caused: the story takes the newest for its own.
fn empty(mailbox: &Path) -> Outcome {
    let said = |error| format!("{}: {error}", mailbox.display());
    for file in fs::read_dir(mailbox).map_err(said)? {
        fs::remove_file(file.map_err(said)?.path()).map_err(said)?;
    }
    Ok(())
}

/// Has the outbox delivered.
pub(super) fn deliver(lambda: &Sam) -> Outcome {
    let report = call(lambda, "Notify", SCHEDULE)?;
    if report.contains("\"delivered\"") { Ok(()) } else { Err(format!("notify says {report}")) }
}

/// The shell commands of a page that are run at once, in order; each is shown as it is run.
fn commands(page: &str) -> String {
    let mut script = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```").filter(|fence| !fence.is_empty()) else {
            continue;
        };
        for line in lines.by_ref().take_while(|line| *line != "```") {
            if fence == "sh" {
                script += line;
                script.push('\n');
            }
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_run_at_once_is_told() {
        let page = "```sh\na\nb\n```\n```sh ignore\nc\n```\n```sh later 8d\nd\n```\n```\ne\n```\n";
        assert_eq!(commands(page), "a\nb\n");
    }
}
