//! What `doctor` is told on its command line.

use std::path::PathBuf;

use super::answers::Source;

/// How it is used, for whoever mistypes.
const USAGE: &str = "`cargo xtask doctor`, or `cargo xtask doctor --deployed STACK --region REGION \
    [--hosts HOST,HOST] [--record DIR | --answers DIR]`";

/// What to look at.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
}

#[derive(Debug)]
pub(crate) enum Mode {
    /// This machine.
    Machine,
    /// A stage.
    Deployed(Stage),
}

/// A stage to look at.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The name of its stack.
    pub(crate) stack: String,
    pub(crate) region: String,
    /// The hosts that messages may leave to, by name.
    pub(crate) hosts: Vec<String>,
    pub(crate) source: Source,
}

impl Options {
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words = words;
        let (mut stack, mut region) = (None, None);
        let (mut hosts, mut answers, mut record) = (Vec::new(), None, None);
        let unknown = |word: &str| format!("`{word}` is not understood; type {USAGE}");
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| unknown(&word));
            match word.as_str() {
                "--deployed" => stack = Some(value()?),
                "--region" => region = Some(value()?),
                "--hosts" => hosts = value()?.split(',').map(str::to_owned).collect(),
                "--answers" => answers = Some(PathBuf::from(value()?)),
                "--record" => record = Some(PathBuf::from(value()?)),
                _ => return Err(unknown(&word)),
            }
        }
        let mode = match (stack, region) {
            (None, None) => Mode::Machine,
            (Some(stack), Some(region)) => {
                let source = Source::of(answers, record)?;
                Mode::Deployed(Stage { stack, region, hosts, source })
            }
            _ => return Err(format!("a stage is a stack and a region; type {USAGE}")),
        };
        Ok(Self { mode })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_stage_has_a_stack_and_a_region() {
        assert!(matches!(parse("").unwrap().mode, Mode::Machine));
        let given = "--deployed center --region cn-north-1 --hosts a.example,b.example";
        let Mode::Deployed(stage) = parse(given).unwrap().mode else { panic!("a stage") };
        assert_eq!(stage.stack, "center");
        assert_eq!(stage.hosts, ["a.example", "b.example"]);
        for wrong in [
            "--deployed center",
            "--region cn-north-1",
            "--deployed",
            "deployed",
            "--deployed center --region r --answers a --record b",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
