//! Runs other programs and says what to do when that fails.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a step gives back; the text of a failure says what to type next.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// What to install for a program that is not there.
const TOOLS: &[(&str, &str)] = &[
    ("java", "a Java 17 runtime; on Debian `apt-get install openjdk-17-jre-headless`"),
    ("mvn", "Maven; on Debian `apt-get install maven`"),
    ("python3", "Python 3 with its venv module; on Debian `apt-get install python3 python3-venv`"),
    ("cargo", "Rust, by rustup"),
];

/// A cargo command in the repository's root.
pub(crate) fn cargo(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(root);
    command
}

/// A target of tests, built with the whole workspace: by its package alone, what it stands on would
/// be built once more with other features.
pub(crate) fn tests(root: &Path, target: &str) -> Command {
    cargo(root, &["test", "--workspace", "--test", target])
}

/// `personal-center`, as it is built for the tests, so that nothing is built for it alone.
pub(crate) fn personal_center(root: &Path) -> Outcome<Command> {
    run(tests(root, "commands").args(["--no-run", "--quiet", "--target-dir", "target"]))?;
    Ok(Command::new(root.join("target/debug/personal-center")))
}

/// Runs `command` to its end; a status other than zero is a failure.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", shown(command))) }
}

/// Runs `command` and gives what it printed; its errors go where ours go.
pub(crate) fn capture(command: &mut Command) -> Outcome<Vec<u8>> {
    let output: Output =
        command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("`{}` failed ({})", shown(command), output.status))
    }
}

/// Fails with the advice of [`TOOLS`] unless `program` can be started.
pub(crate) fn require(program: &str, harmless: &str) -> Outcome {
    let mut command = Command::new(program);
    command.arg(harmless).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(_) => Ok(()),
        Err(error) => Err(cannot_start(&command, &error)),
    }
}

/// The text for a command that did not even start.
pub(crate) fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    if error.kind() != ErrorKind::NotFound {
        return format!("`{program}` cannot be started: {error}");
    }
    match TOOLS.iter().find(|(name, _)| *name == program) {
        Some((_, what)) => format!("`{program}` is missing. Install {what}, then run this again"),
        None => format!("`{program}` is missing"),
    }
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named_with_what_to_install() {
        let error = std::io::Error::from(ErrorKind::NotFound);
        let text = cannot_start(&Command::new("mvn"), &error);
        assert!(text.contains("apt-get install maven"), "{text}");
    }

    #[test]
    fn a_program_that_is_nowhere_is_a_failure() {
        assert!(require("no-such-program-anywhere", "--version").is_err());
    }

    #[test]
    fn a_failing_command_is_shown_as_typed() {
        let problem = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(problem.starts_with("`sh -c exit 3` failed"), "{problem}");
    }
}
