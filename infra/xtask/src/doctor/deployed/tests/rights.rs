//! What operators are told to type, against the rights that the runbook gives them.

use super::*;

const RUNBOOK: &str = include_str!("../../../../../README.md");
/// Where commands are named: the runbook, a restore, and the doctor's advice.
const PAGES: [&str; 5] = [
    RUNBOOK,
    include_str!("../../../../../../docs/restore.md"),
    include_str!("../keys.rs"),
    include_str!("../tables.rs"),
    include_str!("../functions.rs"),
];
/// What anybody may do.
const FREE: [&str; 2] = ["sts", "configure"];

/// The action that a command needs: its service, and its name as IAM writes it.
fn action(service: &str, command: &str) -> String {
    let name = if command == "invoke" { "invoke-function" } else { command };
    let parts = name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]);
    format!("{service}:{}", parts.collect::<String>())
}

/// The commands in a text.
fn commands(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let word = |c: char| c.is_ascii_lowercase() || c == '-';
    let commands = text.split("aws ").skip(1).filter_map(move |rest| {
        let (service, rest) = rest.split_once(' ')?;
        let command = rest.split(|c| !word(c)).next()?;
        let plain = service.chars().all(word) && command.contains(word) && rest.len() > 1;
        plain.then_some((service, command))
    });
    commands.filter(|(service, _)| !FREE.contains(service))
}

#[test]
fn c_7_5_the_rights_of_operators_cover_what_they_are_told_to_type() {
    let (_, part) = RUNBOOK.split_once("\n### Rights of an operator\n").unwrap();
    let (rights, _) = part.split_once("\n### ").unwrap();
    let (answers, stage) = (sound(), stage());
    let stack = Stack::read(&answers, &stage.stack).unwrap();
    let mut asked = questions::of_stack(&stage);
    asked.extend(questions::of_parts(Path::new("."), &stage, &stack));
    asked.extend(questions::of_streams(&stage, &answers));
    let asked = asked.into_iter().filter(|question| question.command[0] == "aws");
    let mut needed: Vec<_> = asked.map(|q| action(&q.command[1], &q.command[2])).collect();
    let told = PAGES.iter().flat_map(|page| commands(page));
    needed.extend(told.map(|(service, command)| action(service, command)));
    assert!(needed.iter().any(|action| action == "kms:RevokeGrant"), "{needed:?}");
    assert!(needed.iter().any(|action| action == "dynamodb:RestoreTableToPointInTime"));
    for action in needed {
        let (service, name) = action.split_once(':').unwrap();
        let looks = ["Describe", "List", "Get"].iter().any(|verb| name.starts_with(verb));
        let mut services = ["cloudformation", "dynamodb", "kms", "lambda", "cloudwatch"]
            .into_iter()
            .chain(["cloudtrail", "pipes", "backup"]);
        let covered = looks && services.any(|known| known == service);
        assert!(covered || rights.contains(&format!("`{action}`")), "{action}: whose right?");
    }
}
