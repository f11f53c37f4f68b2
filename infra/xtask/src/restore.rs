//! Prints the `aws` commands that make a restored table, with the settings that a restore does not
//! bring along.

use std::io::{self, Write};
use std::path::Path;

use crate::run::Outcome;

/// The tables that are restored: name, days of recovery, time to live and stream or neither.
const TABLES: &[(&str, u8, bool)] = &[("records", 35, true), ("keys", 1, false)];

/// What a new table's name has after that of the one before, where nothing else is said.
const ENDING: &str = "-restored";
/// The most characters of it after the dash, as the template takes it.
const MOST: usize = 40;

/// Waits for a table to be settled, however long a restore takes: `aws dynamodb wait` gives up after
/// some eight minutes. What is changed while a table changes is refused.
const SETTLED: &str = r#"settled() {
  until [ "$(aws dynamodb describe-table --table-name "$1" \
    --query Table.TableStatus --output text)" = ACTIVE ]; do sleep 20; done
}
"#;

/// `cargo xtask restore records TABLE MOMENT TABLE_KEY [-ENDING]`: prints the commands, and runs none.
pub(crate) fn restore(_root: &Path) -> Outcome {
    let words: Vec<_> = std::env::args().skip(2).collect();
    let text = commands(&words)?;
    write!(io::stdout(), "{text}").map_err(|error| format!("cannot print: {error}"))
}

fn commands(words: &[String]) -> Outcome<String> {
    let usage = "`cargo xtask restore records|keys TABLE MOMENT TABLE_KEY [-ENDING]`, the moment as \
                 2026-11-24T08:00:00Z, the key as ID or ARN; the new table is TABLE-restored, or for \
                 a further try what you say, such as TABLE-restored-2";
    let (given, ending) = match words {
        [given @ .., ending] if given.len() == 4 => (given, ending.as_str()),
        given => (given, ENDING),
    };
    let [kind, table, moment, key] = given else { return Err(usage.to_owned()) };
    let known = TABLES.iter().find(|(name, ..)| name == kind);
    let (_, days, swept) = known.ok_or_else(|| usage.to_owned())?;
    let plain = |word: &str, more: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let ends = ending.strip_prefix('-').is_some_and(|word| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=MOST).contains(&word.len()) && word.chars().all(fits)
    });
    if !(ends && plain(table, "-_.") && plain(moment, "-:.+") && plain(key, "-:/_")) {
        return Err(usage.to_owned());
    }
    let new = format!("{table}{ending}");
    let mut lines = vec![
        format!(
            "restore-table-to-point-in-time --source-table-name {table} --target-table-name {new} \
             --restore-date-time {moment} \
             --sse-specification-override Enabled=true,SSEType=KMS,KMSMasterKeyId={key}"
        ),
        format!("update-table --table-name {new} --deletion-protection-enabled"),
        format!(
            "update-continuous-backups --table-name {new} --point-in-time-recovery-specification \
             PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays={days}"
        ),
    ];
    if *swept {
        lines.push(format!(
            "update-time-to-live --table-name {new} \
             --time-to-live-specification Enabled=true,AttributeName=expires_at"
        ));
        lines.push(format!(
            "update-table --table-name {new} \
             --stream-specification StreamEnabled=true,StreamViewType=KEYS_ONLY"
        ));
    }
    // Each has to find the table settled after the one before.
    let settled = format!("\nsettled {new}\n");
    let lines: Vec<_> = lines.iter().map(|line| format!("aws dynamodb {line}{settled}")).collect();
    Ok(SETTLED.to_owned() + &lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str) -> Outcome<String> {
        commands(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn c_5_3_a_restored_table_gets_the_settings_of_its_kind_back() {
        let template = include_str!("../../../template.yaml");
        for (kind, days, swept) in TABLES {
            let text = told(&format!("{kind} prod-{kind} 2026-11-24T08:00:00Z alias/t"));
            let text = text.expect("commands");
            assert!(text.contains("--deletion-protection-enabled"));
            assert!(text.contains(&format!("RecoveryPeriodInDays={days}\n")));
            assert_eq!(text.contains("update-time-to-live"), *swept);
            assert_eq!(text.contains("StreamViewType"), *swept);
            assert!(template.contains(&format!("RecoveryPeriodInDays: {days}")), "{kind}");
        }
        assert!(template.contains("StreamViewType: KEYS_ONLY"));
        assert!(template.contains("AttributeName: expires_at"));
    }

    #[test]
    fn every_command_waits_for_the_one_before_and_the_page_has_the_same() {
        let text = told("records RECORDS 2026-11-24T08:00:00Z TABLE_KEY").unwrap();
        assert!(text.starts_with(SETTLED) && !text.contains("dynamodb wait "));
        let commands: Vec<_> = text[SETTLED.len()..].lines().collect();
        assert_eq!(commands.len(), 10);
        for pair in commands.chunks(2) {
            assert!(pair[0].starts_with("aws dynamodb "), "{pair:?}");
            assert_eq!(pair[1], "settled RECORDS-restored");
        }
        let one_line =
            |text: &str| text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
        let page = one_line(include_str!("../../../docs/restore.md"));
        assert!(page.contains(&one_line(&text)), "docs/restore.md says: {text}");
    }

    #[test]
    fn c_5_3_a_further_try_has_a_name_of_its_own_in_the_form_that_the_template_takes() {
        let text = told("records RECORDS 2026-11-24T08:00:00Z k -restored-2").unwrap();
        assert!(text.contains(" --target-table-name RECORDS-restored-2 "), "{text}");
        assert_eq!(text.matches("settled RECORDS-restored-2\n").count(), 5);
        let long = format!("-{}", "a".repeat(MOST + 1));
        for ending in ["restored", "-", "-Restored", "-a_b", "-a.b", "-;x", &long] {
            assert!(told(&format!("records t 2026 k {ending}")).is_err(), "{ending}");
        }
        let template = include_str!("../../../template.yaml");
        assert_eq!(template.matches("AllowedPattern: ^(-[a-z0-9-]{1,40})?$").count(), 2);
        assert!(told("records t 2026 k -a -b").is_err());
    }

    #[test]
    fn c_5_3_the_page_says_how_a_copy_that_is_given_up_is_deleted() {
        let page = include_str!("../../../docs/restore.md");
        let (_, copies) = page.split_once("\n## Copies\n").unwrap();
        let at = |part: &str| copies.find(part).unwrap();
        // Else a backup of what is deleted stays for 35 days.
        assert!(at("PointInTimeRecoveryEnabled=false") < at("aws dynamodb delete-table"));
        assert!(at("--no-deletion-protection-enabled") < at("aws dynamodb delete-table"));
    }

    #[test]
    fn words_that_a_shell_would_read_otherwise_are_refused() {
        for words in ["records", "ledger t 2026 k", "records t;x 2026 k", "records t 2026 $(k)"] {
            assert!(told(words).is_err(), "{words}");
        }
    }
}
