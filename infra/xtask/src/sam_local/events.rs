//! Every file of `infra/events`, through `sam local invoke`.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use serde_json::Value;

use super::stack::Stack;
use crate::run::{self, Outcome};

/// What each event is answered with: a status of HTTP, or a member of a report. Nobody in the events
/// is registered, so that most are told to log in.
const ANSWERS: &[(&str, &str)] = &[
    ("access", "401"),
    ("consent", "401"),
    ("correct", "401"),
    ("delete", "401"),
    ("export", "401"),
    ("federation", "200"),
    ("federation-providers", "providers"),
    ("notify", "delivered"),
    ("notify-stream", "delivered"),
    ("policy", "200"),
    ("register", "202"),
    ("session", "401"),
    ("sweep", "batchItemFailures"),
    ("sweep-status", "slices"),
];
/// How many are invoked at a time: the SAM CLI itself takes a processor for seconds.
const AT_A_TIME: usize = 2;

/// Invokes every function with each of its events; fails for an event without an expectation, and
/// for a function without an event.
pub(super) fn invoke_all(stack: &Stack) -> Outcome {
    complete(stack.root())?;
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((name, expected)) = ANSWERS.get(next.fetch_add(1, Ordering::SeqCst)) {
            invoke(stack, name, expected)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(ScopedJoinHandle::join)
            .try_for_each(|done| done.unwrap_or_else(|_| Err("a worker ended".to_owned())))
    })
}

/// Whether the list above has every event, and every function has one.
fn complete(root: &Path) -> Outcome {
    let names = |folder: &str| -> Outcome<Vec<String>> {
        let said = |error| format!("{folder}: {error}");
        let found = std::fs::read_dir(root.join(folder)).map_err(said)?.filter_map(Result::ok);
        Ok(found.filter_map(|file| file.file_name().into_string().ok()).collect())
    };
    for event in names("infra/events")? {
        let name = event.trim_end_matches(".json");
        if !ANSWERS.iter().any(|(known, _)| *known == name) {
            return Err(format!("infra/events/{event} has no expected answer"));
        }
    }
    for function in names("functions")? {
        if !ANSWERS.iter().any(|(known, _)| *known == function) {
            return Err(format!("functions/{function} has no event in infra/events"));
        }
    }
    Ok(())
}

fn invoke(stack: &Stack, name: &str, expected: &str) -> Outcome {
    let function = logical_id(name);
    let event = format!("infra/events/{name}.json");
    // As the page says it: everything else is in samconfig.toml.
    let mut command = Command::new(stack.sam());
    command.args(["local", "invoke", &function, "-e", &event]);
    let done = stack.prepare(&mut command).output();
    let done = done.map_err(|error| run::cannot_start(&command, &error))?;
    let (printed, logged) =
        (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let answer: Value =
        printed.lines().rev().find_map(|line| serde_json::from_str(line).ok()).ok_or_else(
            || format!("{function} with {event} printed no answer: {printed}{logged}"),
        )?;
    if answers(&answer, expected) {
        eprintln!("sam-local: {function} with {event}: {expected}");
        Ok(())
    } else {
        Err(format!("{function} with {event} does not answer {expected}: {answer}\n{logged}"))
    }
}

fn answers(answer: &Value, expected: &str) -> bool {
    match expected.parse::<u64>() {
        Ok(status) => answer["statusCode"] == status,
        Err(_) => !answer[expected].is_null(),
    }
}

/// The function of an event: the name up to a dash, as the template writes it.
fn logical_id(event: &str) -> String {
    let name = event.split('-').next().unwrap_or(event);
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_event_is_expected_and_every_function_has_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert_eq!(complete(&root), Ok(()));
    }

    #[test]
    fn an_event_is_of_the_function_before_the_dash() {
        assert_eq!(logical_id("notify-stream"), "Notify");
        assert_eq!(logical_id("access"), "Access");
    }

    #[test]
    fn an_error_is_no_answer() {
        assert!(answers(&json!({"statusCode": 401}), "401"));
        assert!(!answers(&json!({"statusCode": 500}), "401"));
        assert!(!answers(&json!({"errorMessage": "x"}), "delivered"));
    }
}
