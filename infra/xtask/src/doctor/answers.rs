//! Where answers about a stage come from: the AWS command line, or a folder of recorded ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use crate::run::{Outcome, cannot_start};

/// Where answers come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// Commands, whose answers are also written to a folder where there is one.
    Commands(Option<PathBuf>),
    /// A folder that was written so.
    Folder(PathBuf),
}

impl Source {
    pub(crate) fn of(answers: Option<PathBuf>, record: Option<PathBuf>) -> Result<Self, String> {
        match (answers, record) {
            (Some(_), Some(_)) => Err("answers are either read or recorded".to_owned()),
            (Some(folder), None) => Ok(Self::Folder(folder)),
            (None, record) => Ok(Self::Commands(record)),
        }
    }
}

/// A question: what is asked, about what, and the command that answers it.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The file that it is recorded in: one for each kind of question.
    pub(crate) kind: &'static str,
    /// What it is about, by the template's name of it.
    pub(crate) about: String,
    /// The command, its program first.
    pub(crate) command: Vec<String>,
}

/// Answers, by kind of question and by what it was about. A refusal is `{"refused": text}`, and
/// what is no JSON is a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers(pub(super) BTreeMap<String, Map<String, Value>>);

impl Answers {
    /// Reads a folder of recorded answers.
    pub(crate) fn read(folder: &Path) -> Outcome<Self> {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(failed)?;
            let answers = serde_json::from_str(&text)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let kind = path.file_stem().map(|name| name.to_string_lossy().into_owned());
            found.insert(kind.unwrap_or_default(), answers);
        }
        Ok(Self(found))
    }

    /// Writes them to a folder, one file for each kind.
    pub(crate) fn write(&self, folder: &Path) -> Outcome {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(failed)?;
        for (kind, answers) in &self.0 {
            let text = serde_json::to_string_pretty(answers).map_err(|error| error.to_string())?;
            fs::write(folder.join(format!("{kind}.json")), text + "\n").map_err(failed)?;
        }
        Ok(())
    }

    /// The answer to a question; where it was refused, or not asked, the text of that.
    pub(crate) fn get(&self, kind: &str, about: &str) -> Result<&Value, String> {
        let none = || format!("there is no answer to `{kind}` about {about}");
        let answer = self.0.get(kind).and_then(|answers| answers.get(about)).ok_or_else(none)?;
        match answer["refused"].as_str() {
            Some(refusal) => Err(refusal.to_owned()),
            None => Ok(answer),
        }
    }

    /// Runs the command of a question, and keeps its answer.
    pub(crate) fn ask(&mut self, question: &Question) -> Outcome {
        let [program, args @ ..] = &question.command[..] else {
            return Err("a question without a command".to_owned());
        };
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null());
        let output = command.output().map_err(|error| cannot_start(&command, &error))?;
        let answer = if output.status.success() {
            understood(&String::from_utf8_lossy(&output.stdout))
        } else {
            json!({"refused": String::from_utf8_lossy(&output.stderr).trim()})
        };
        let kind = self.0.entry(question.kind.to_owned()).or_default();
        kind.insert(question.about.clone(), answer);
        Ok(())
    }
}

/// The first JSON document of a text, or the text.
fn understood(text: &str) -> Value {
    let first = serde_json::Deserializer::from_str(text).into_iter::<Value>().next();
    first.and_then(Result::ok).unwrap_or_else(|| json!(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(script: &str) -> Answers {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let mut answers = Answers::default();
        answers.ask(&Question { kind: "q", about: "x".to_owned(), command }).unwrap();
        answers
    }

    #[test]
    fn an_answer_is_kept_as_json_as_text_or_as_a_refusal() {
        assert_eq!(asked("echo '{\"a\": 1} {\"b\": 2}'").get("q", "x").unwrap()["a"], 1);
        assert_eq!(
            asked("echo 'Verify return code: 0 (ok)'").get("q", "x").unwrap(),
            "Verify return code: 0 (ok)"
        );
        assert_eq!(asked("echo no >&2; exit 254").get("q", "x").unwrap_err(), "no");
        assert!(asked("true").get("q", "y").unwrap_err().contains("no answer"));
    }

    #[test]
    fn what_is_recorded_is_read_back() {
        let folder = std::env::temp_dir().join(format!("answers-{}", std::process::id()));
        asked("echo '{\"a\": 1}'").write(&folder).unwrap();
        assert_eq!(Answers::read(&folder).unwrap().get("q", "x").unwrap()["a"], 1);
        fs::remove_dir_all(&folder).unwrap();
        assert!(Answers::read(&folder).is_err());
    }
}
