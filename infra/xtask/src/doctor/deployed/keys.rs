//! The two KMS keys: enabled, rotated, and lent to nobody.

use super::super::answers::Answers;
use super::super::finding::Finding;
use super::stack::{Stack, list, text};
use super::unanswered;

pub(super) fn findings(answers: &Answers, stack: &Stack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["TableKey", "VaultKey"] {
        if stack.resources.contains_key(name) {
            findings.extend([state(name, answers), rotation(name, answers), grants(name, answers)]);
        } else {
            findings.push(Finding::wrong(
                format!("{name}: not in the stack"),
                "infra/README.md#upgrade",
            ));
        }
    }
    findings
}

fn state(name: &str, answers: &Answers) -> Finding {
    match answers.get("describe-key", name) {
        Err(refusal) => unanswered(name, &refusal),
        Ok(answer) => {
            let state = text(&answer["KeyMetadata"]["KeyState"]);
            let advice = if state == "PendingDeletion" {
                "all data goes with it. At once: aws kms cancel-key-deletion, aws kms enable-key, \
                 then infra/README.md#incident"
            } else {
                "aws kms enable-key; then find out who disabled it"
            };
            Finding::check(state == "Enabled", format!("{name}: enabled ({state})"), advice)
        }
    }
}

fn rotation(name: &str, answers: &Answers) -> Finding {
    match answers.get("get-key-rotation-status", name) {
        Err(refusal) => unanswered(name, &refusal),
        Ok(answer) => Finding::check(
            answer["KeyRotationEnabled"] == true,
            format!("{name}: KMS rotates it"),
            "aws kms enable-key-rotation",
        ),
    }
}

/// Grants let somebody use a key beside its policy. `DynamoDB` makes some on the key of the tables.
fn grants(name: &str, answers: &Answers) -> Finding {
    match answers.get("list-grants", name) {
        Err(refusal) => unanswered(name, &refusal),
        Ok(answer) => {
            let of_tables = |who: &&str| name == "TableKey" && who.starts_with("dynamodb.");
            let grantees = list(&answer["Grants"]).map(|grant| text(&grant["GranteePrincipal"]));
            let strange: Vec<_> = grantees.filter(|who| !of_tables(who)).collect();
            Finding::check(
                strange.is_empty(),
                format!("{name}: lent to nobody"),
                format!(
                    "granted to {}; who made the grant? Then: aws kms revoke-grant",
                    strange.join(", ")
                ),
            )
        }
    }
}
