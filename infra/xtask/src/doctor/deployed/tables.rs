//! The four tables: settings, and every copy of them that the design does not know.

use serde_json::Value;

use super::super::answers::Answers;
use super::super::finding::Finding;
use super::stack::{Stack, list, text};
use super::unanswered;

/// What the design says about a table.
pub(super) struct Design {
    pub(super) name: &'static str,
    /// Days that it can be recovered for.
    recovery: u64,
    /// The attribute of its times to live.
    ttl: Option<&'static str>,
    streams: bool,
}

pub(super) const TABLES: &[Design] = &[
    Design { name: "Records", recovery: 35, ttl: Some("expires_at"), streams: true },
    // What is erased is out of reach when this window ends, so it is the shortest there is.
    Design { name: "Keys", recovery: 1, ttl: None, streams: false },
    Design { name: "Roots", recovery: 35, ttl: None, streams: false },
    Design { name: "Ledger", recovery: 35, ttl: Some("expires_at"), streams: true },
];

/// What puts settings back, of the table `TABLE`.
const PROTECT: &str = "aws dynamodb update-table --table-name TABLE --deletion-protection-enabled";
const ENCRYPT: &str = "aws dynamodb update-table --table-name TABLE --sse-specification \
    Enabled=true,SSEType=KMS,KMSMasterKeyId=KEY";
const STREAM: &str = "aws dynamodb update-table --table-name TABLE --stream-specification \
    StreamEnabled=true,StreamViewType=KEYS_ONLY\nthe stream is a new one, which nobody reads yet: \
    infra/README.md#put-back";
const NO_STREAM: &str =
    "aws dynamodb update-table --table-name TABLE --stream-specification StreamEnabled=false";
const RECOVER: &str = "aws dynamodb update-continuous-backups --table-name TABLE \
    --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=DAYS";
const TTL: &str = "aws dynamodb update-time-to-live --table-name TABLE \
    --time-to-live-specification Enabled=true,AttributeName=expires_at";
const NO_TTL: &str = "aws dynamodb update-time-to-live --table-name TABLE \
    --time-to-live-specification Enabled=false,AttributeName=ATTRIBUTE";

/// What to do about a setting. A deployment leaves it as it is: CloudFormation compares its templates
/// and not what there is, and a restored table is in no stack.
fn put_back(design: &Design, stack: &Stack, command: &str) -> String {
    let name = stack.table(design.name).map(|(_, in_use)| in_use).unwrap_or_default();
    let key = stack.resources.get("TableKey").map(|(_, id)| &**id).unwrap_or_default();
    let command = command.replace("TABLE", &name).replace("KEY", key);
    let command = command.replace("DAYS", &design.recovery.to_string());
    format!("a deployment does not put it back; who changed it? Then:\n{command}")
}

type Judge = fn(&Design, &Value, &Stack) -> Vec<Finding>;

/// What is asked about each table, and how the answer is judged.
const QUESTIONS: &[(&str, Judge)] = &[
    ("describe-table", description),
    ("describe-continuous-backups", recovery),
    ("list-backups", backups),
    ("list-recovery-points-by-resource", recovery_points),
    ("list-exports", exports),
    ("describe-kinesis-streaming-destination", destinations),
];

pub(super) fn findings(answers: &Answers, stack: &Stack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in TABLES {
        if !stack.resources.contains_key(table.name) {
            let what = format!("{}: not in the stack", table.name);
            findings.push(Finding::wrong(what, "infra/README.md#upgrade"));
            continue;
        }
        for (kind, judge) in QUESTIONS {
            match answers.get(kind, table.name) {
                Ok(answer) => findings.extend(judge(table, answer, stack)),
                Err(refusal) => {
                    findings.push(unanswered(&format!("{}: {kind}", table.name), &refusal));
                }
            }
        }
        findings.push(time_to_live(table, answers, stack));
        findings.push(policy(table, answers));
        findings.extend(table.streams.then(|| readers(table, answers, stack)));
    }
    findings.extend(strange_tables(answers, stack));
    findings
}

fn description(design: &Design, answer: &Value, stack: &Stack) -> Vec<Finding> {
    let (name, table) = (design.name, &answer["Table"]);
    let key = stack.resources.get("TableKey").map(|(_, id)| &**id).unwrap_or_default();
    let sealed = &table["SSEDescription"];
    let encrypted = sealed["Status"] == "ENABLED"
        && !key.is_empty()
        && text(&sealed["KMSMasterKeyArn"]).ends_with(key);
    let replicas: Vec<_> =
        list(&table["Replicas"]).map(|replica| text(&replica["RegionName"])).collect();
    vec![
        Finding::check(
            table["DeletionProtectionEnabled"] == true,
            format!("{name}: protected from deletion"),
            put_back(design, stack, PROTECT),
        ),
        Finding::check(
            encrypted,
            format!("{name}: encrypted under the table key"),
            put_back(design, stack, ENCRYPT),
        ),
        Finding::check(
            replicas.is_empty(),
            format!("{name}: no replica in another region {}", replicas.join(", ")).trim_end(),
            "a replica keeps what is erased here, and may lie outside the mainland (C-5.1); find \
             out who made it (infra/README.md#incident), then: aws dynamodb update-table \
             --replica-updates",
        ),
        Finding::check(
            design.streams == (table["StreamSpecification"]["StreamEnabled"] == true),
            format!("{name}: {} stream", if design.streams { "a" } else { "no" }),
            put_back(design, stack, if design.streams { STREAM } else { NO_STREAM }),
        ),
    ]
}

fn recovery(design: &Design, answer: &Value, stack: &Stack) -> Vec<Finding> {
    let about = &answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
    let days = about["RecoveryPeriodInDays"].as_u64();
    let holds = about["PointInTimeRecoveryStatus"] == "ENABLED" && days == Some(design.recovery);
    let what = format!("{}: recoverable for {} days", design.name, design.recovery);
    vec![Finding::check(holds, what, put_back(design, stack, RECOVER))]
}

/// Backups of others: an erased person stays readable in a backup of `Keys`.
fn backups(design: &Design, answer: &Value, _: &Stack) -> Vec<Finding> {
    let names = list(&answer["BackupSummaries"]).map(|backup| text(&backup["BackupName"]));
    vec![none_of(design, "no backup of its own", names)]
}

fn recovery_points(design: &Design, answer: &Value, _: &Stack) -> Vec<Finding> {
    let names = list(&answer["RecoveryPoints"]).map(|point| text(&point["BackupVaultName"]));
    vec![none_of(design, "no recovery point in AWS Backup", names)]
}

fn exports(design: &Design, answer: &Value, _: &Stack) -> Vec<Finding> {
    let names = list(&answer["ExportSummaries"]).map(|export| text(&export["ExportArn"]));
    vec![none_of(design, "never exported to S3", names)]
}

fn destinations(design: &Design, answer: &Value, _: &Stack) -> Vec<Finding> {
    let live = list(&answer["KinesisDataStreamDestinations"])
        .filter(|destination| destination["DestinationStatus"] != "DISABLED");
    let names = live.map(|destination| text(&destination["StreamArn"]));
    vec![none_of(design, "copied to no Kinesis stream", names)]
}

fn none_of<'a>(design: &Design, what: &str, found: impl Iterator<Item = &'a str>) -> Finding {
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Finding::fine(format!("{}: {what}", design.name));
    }
    Finding::wrong(
        format!("not so: {}: {what}; there is {}", design.name, found.join(", ")),
        "the design knows no such copy: what is erased lives on in it. Find out who made it and \
         why (infra/README.md#incident), and delete it",
    )
}

fn time_to_live(design: &Design, answers: &Answers, stack: &Stack) -> Finding {
    let about = match answers.get("describe-time-to-live", design.name) {
        Ok(answer) => &answer["TimeToLiveDescription"],
        Err(refusal) => return unanswered(&format!("{}: time to live", design.name), &refusal),
    };
    let on = about["TimeToLiveStatus"] == "ENABLED";
    let holds = match design.ttl {
        Some(attribute) => on && about["AttributeName"] == attribute,
        None => !on,
    };
    let attribute = text(&about["AttributeName"]);
    let command = if design.ttl.is_some() { TTL } else { NO_TTL };
    let advice = put_back(design, stack, command).replace("ATTRIBUTE", attribute);
    Finding::check(holds, format!("{}: time to live as designed", design.name), advice)
}

/// A policy on the table would let in who has no role here. That there is none is a refusal.
fn policy(design: &Design, answers: &Answers) -> Finding {
    let what = format!("{}: no policy of its own", design.name);
    match answers.get("get-resource-policy", design.name) {
        Err(refusal) if refusal.contains("PolicyNotFound") => Finding::fine(what),
        Err(refusal) => unanswered(&what, &refusal),
        Ok(_) => Finding::wrong(
            format!("{}: somebody gave it a policy", design.name),
            "it may let in another account; read it, then: aws dynamodb delete-resource-policy",
        ),
    }
}

/// Who reads a stream: functions of this stack and nobody else.
fn readers(design: &Design, answers: &Answers, stack: &Stack) -> Finding {
    let what = format!("{}: its stream is read by functions of the stack alone", design.name);
    let ours: Vec<_> = stack.of_type("AWS::Lambda::Function").map(|(_, id)| id).collect();
    match answers.get("list-event-source-mappings", design.name) {
        Err(refusal) => unanswered(&what, &refusal),
        Ok(answer) => {
            let strange: Vec<_> = list(&answer["EventSourceMappings"])
                .map(|mapping| text(&mapping["FunctionArn"]))
                .filter(|arn| !ours.iter().any(|id| arn.ends_with(&format!(":function:{id}"))))
                .collect();
            let advice = format!("also read by {}; take it away", strange.join(", "));
            Finding::check(strange.is_empty(), what, advice)
        }
    }
}

/// Tables that look like copies of ours: a restored one that was forgotten is readable for ever. One
/// in use is none, and the one that it took the place of is to be known.
fn strange_tables(answers: &Answers, stack: &Stack) -> Vec<Finding> {
    let ours: Vec<_> = TABLES.iter().filter_map(|table| stack.table(table.name)).collect();
    let answer = match answers.get("list-tables", "stack") {
        Err(refusal) => return vec![unanswered("the account's tables", &refusal)],
        Ok(answer) => answer,
    };
    let there: Vec<_> = list(&answer["TableNames"]).map(text).collect();
    let known = |name: &str| ours.iter().any(|(own, in_use)| name == *own || name == in_use);
    let after_ours = |name: &str| ours.iter().any(|(own, _)| name.contains(own));
    let copies: Vec<_> = there.iter().filter(|n| !known(n) && after_ours(n)).copied().collect();
    let mut findings = vec![Finding::check(
        copies.is_empty(),
        "no table is named after ours",
        format!(
            "{} may be restored copies: finish the restore, or have the restorer delete them \
             (docs/restore.md#copies)",
            copies.join(", ")
        ),
    )];
    for (own, in_use) in ours {
        if own != in_use && there.contains(&own) {
            findings.push(Finding::note(
                format!("{in_use} took the place of {own}, which is still there"),
                "it holds what was erased since: empty it once you are sure, and leave the table, \
                 which is a part of the stack (docs/restore.md#5-afterwards)",
            ));
        }
    }
    findings
}
