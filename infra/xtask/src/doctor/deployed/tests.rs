//! The doctor over recorded answers: a sound stage, and one thing wrong at a time.

mod names;
mod rights;

use std::path::Path;

use serde_json::{Value, json};

use super::super::answers::{Answers, Source};
use super::super::finding::{Finding, Weight};
use super::super::options::Stage;
use super::stack::Stack;
use super::{judge, questions};

/// Answers in the form that AWS documents for each operation; the values are made up.
fn sound() -> Answers {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("answers/sound");
    Answers::read(&folder).unwrap()
}

fn stage() -> Stage {
    Stage {
        stack: "personal-center".to_owned(),
        region: "cn-north-1".to_owned(),
        hosts: vec!["smtp.example.com".to_owned(), "sms.example.com".to_owned()],
        source: Source::Commands(None),
    }
}

fn wrong(answers: &Answers, stage: &Stage) -> Vec<Finding> {
    let found = judge(answers, stage).unwrap();
    found.into_iter().filter(|finding| finding.weight == Weight::Wrong).collect()
}

/// Sets a value in one answer of the sound stage, and expects the one finding that names it.
#[track_caller]
fn expect(kind: &str, about: &str, at: &str, value: Value, said: &str) {
    let mut answers = sound();
    let answer = answers.0.get_mut(kind).unwrap().get_mut(about).unwrap();
    match at.rsplit_once('/') {
        None => *answer = value,
        Some((above, member)) => answer.pointer_mut(above).unwrap()[member] = value,
    }
    let found = wrong(&answers, &stage());
    assert_eq!(found.len(), 1, "{kind} {about}: {found:?}");
    let text = found[0].to_string();
    assert!(text.contains(said), "{text}");
    assert!(!found[0].advice.is_empty(), "{text}: what to do");
}

#[test]
fn a_sound_stage_has_nothing_wrong() {
    assert_eq!(wrong(&sound(), &stage()), []);
    let fine = judge(&sound(), &stage()).unwrap();
    assert!(fine.len() > 50 && fine.iter().all(|finding| finding.weight == Weight::Fine));
}

#[test]
fn a_region_outside_the_mainland_is_found() {
    let elsewhere = Stage { region: "eu-central-1".to_owned(), ..stage() };
    let found = wrong(&sound(), &elsewhere);
    assert!(found[0].what.contains("C-5.1"), "{found:?}");
}

#[test]
fn a_stack_that_is_half_deployed_or_tells_nobody_is_found() {
    let status = json!("UPDATE_ROLLBACK_COMPLETE");
    expect("describe-stacks", "stack", "/Stacks/0/StackStatus", status, "UPDATE_ROLLBACK");
    let none = json!("");
    expect("describe-stacks", "stack", "/Stacks/0/Parameters/3/ParameterValue", none, "AlarmTopic");
}

#[test]
fn a_part_that_is_not_there_is_found_once() {
    for name in ["Roots", "VaultKey"] {
        let mut answers = sound();
        let parts = answers.0.get_mut("list-stack-resources").unwrap().get_mut("stack").unwrap();
        let parts = parts["StackResourceSummaries"].as_array_mut().unwrap();
        parts.retain(|part| part["LogicalResourceId"] != name);
        let mut found = wrong(&answers, &stage());
        // A table that is left is named after one that is gone, and no copy.
        found.retain(|finding| !finding.what.contains("named after"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].what, format!("{name}: not in the stack"));
    }
}

#[test]
fn roots_that_do_not_fit_the_regions_endpoint_are_found() {
    for service in ["dynamodb", "kms"] {
        let other =
            json!("CONNECTED\nVerify return code: 20 (unable to get local issuer certificate)");
        expect("handshake", service, "", other, "roots.pem");
        expect("handshake", service, "", json!({"refused": "connect:errno=111"}), "errno");
    }
}

#[test]
fn copies_that_the_design_does_not_know_are_found() {
    let backup = json!([{"BackupName": "nightly", "BackupType": "USER"}]);
    expect("list-backups", "Keys", "/BackupSummaries", backup, "nightly");
    let point = json!([{"BackupVaultName": "Default", "Status": "COMPLETED"}]);
    expect("list-recovery-points-by-resource", "Records", "/RecoveryPoints", point, "Default");
    let export = json!([{"ExportArn": "arn:x/export/1", "ExportStatus": "COMPLETED"}]);
    expect("list-exports", "Records", "/ExportSummaries", export, "arn:x/export/1");
    let replica = json!([{"RegionName": "us-east-1", "ReplicaStatus": "ACTIVE"}]);
    expect("describe-table", "Ledger", "/Table/Replicas", replica, "us-east-1");
    let stream = json!([{"StreamArn": "arn:x:stream/1", "DestinationStatus": "ACTIVE"}]);
    let kind = "describe-kinesis-streaming-destination";
    expect(kind, "Records", "/KinesisDataStreamDestinations", stream, "arn:x:stream/1");
    let restored = json!(["personal-center-Keys-1A2B3C4D5E6F-restored"]);
    expect("list-tables", "stack", "/TableNames", restored, "docs/restore.md");
}

#[test]
fn settings_of_a_table_that_are_not_the_designs_are_found() {
    let days = "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/RecoveryPeriodInDays";
    expect("describe-continuous-backups", "Keys", days, json!(35), "Keys: recoverable for 1 days");
    expect("describe-continuous-backups", "Records", days, json!(1), "Records: recoverable for 35");
    let protected = "/Table/DeletionProtectionEnabled";
    expect("describe-table", "Roots", protected, json!(false), "deletion");
    let key = "/Table/SSEDescription/KMSMasterKeyArn";
    expect("describe-table", "Roots", key, json!("arn:x:key/another"), "encrypted");
    let stream = json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
    expect("describe-table", "Keys", "/Table/StreamSpecification", stream, "no stream");
    let on = json!({"TimeToLiveStatus": "ENABLED", "AttributeName": "ends_at"});
    expect("describe-time-to-live", "Keys", "/TimeToLiveDescription", on, "time to live");
    expect("get-resource-policy", "Records", "", json!({"Policy": "{}"}), "gave it a policy");
}

#[test]
fn strangers_who_read_a_stream_or_may_use_a_key_are_found() {
    let reader = json!([{"FunctionArn": "arn:aws-cn:lambda:cn-north-1:123456789012:function:x"}]);
    expect("list-event-source-mappings", "Records", "/EventSourceMappings", reader, "function:x");
    let grant = json!([{"GranteePrincipal": "arn:aws-cn:iam::210987654321:root"}]);
    expect("list-grants", "VaultKey", "/Grants", grant.clone(), "210987654321");
    expect("list-grants", "TableKey", "/Grants", grant, "210987654321");
    expect("describe-key", "VaultKey", "/KeyMetadata/KeyState", json!("PendingDeletion"), "cancel");
    expect("describe-key", "TableKey", "/KeyMetadata/KeyState", json!("Disabled"), "enable-key");
    expect("get-key-rotation-status", "TableKey", "/KeyRotationEnabled", json!(false), "rotat");
}

#[test]
fn hosts_that_nobody_named_are_found() {
    expect("invoke", "Notify", "/mail", json!("smtp.elsewhere.example"), "smtp.elsewhere.example");
    let kind = "get-function-configuration";
    for (name, value) in [
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://10.0.0.1"),
        ("HTTPS_PROXY", "10.0.0.1:3128"),
        ("AWS_LAMBDA_EXEC_WRAPPER", "/opt/wrapper"),
        ("OTHER", "https://elsewhere.example"),
    ] {
        expect(kind, "Access", &format!("/Environment/Variables/{name}"), json!(value), name);
    }
    let layer = json!([{"Arn": "arn:x:layer:spy:1"}]);
    expect(kind, "Access", "/Layers", layer, "arn:x:layer:spy:1");
    expect(kind, "Access", "/Environment/Variables/PC_STAGE", json!("other"), "other");
    expect(kind, "Access", "/Runtime", json!("provided.al2"), "provided.al2");
}

#[test]
fn a_stage_that_nobody_reaches_or_that_has_an_alarm_is_found() {
    expect("reach", "stack", "", json!(403), "icp-filing");
    expect("reach", "stack", "", json!(502), "502");
    let state = "/MetricAlarms/0/StateValue";
    expect(
        "describe-alarms",
        "stack",
        state,
        json!("ALARM"),
        "infra/README.md#alarm-dead-messages",
    );
    let state = "/CompositeAlarms/0/StateValue";
    expect("describe-alarms", "stack", state, json!("ALARM"), "#alarm-service-level");
    expect("describe-alarms", "stack", "/CompositeAlarms", json!([]), "ServiceLevel: not there");
    expect("get-trail-status", "Trail", "/IsLogging", json!(false), "C-7.5");
    expect("describe-pipe", "LedgerWatch", "/CurrentState", json!("STOPPED"), "start-pipe");
}

#[test]
fn an_answer_that_cannot_be_had_is_a_finding_and_no_silence() {
    for (kind, abouts) in sound().0 {
        // Without these nothing is known about the stage at all.
        let needed = ["describe-stacks", "list-stack-resources"].contains(&&*kind);
        for about in abouts.keys() {
            let mut answers = sound();
            let denied = json!({"refused": "AccessDeniedException"});
            answers.0.get_mut(&kind).unwrap().insert(about.clone(), denied);
            match judge(&answers, &stage()) {
                Err(problem) => assert!(needed && problem.contains("AccessDenied"), "{problem}"),
                Ok(found) => {
                    let said = found.iter().filter(|f| f.advice.contains("AccessDenied")).count();
                    assert!(!needed && said >= 1, "{kind} {about}");
                }
            }
        }
    }
}

#[test]
fn everything_that_is_judged_is_asked_and_nothing_asked_changes_anything() {
    let (answers, stage) = (sound(), stage());
    let stack = Stack::read(&answers, &stage.stack).unwrap();
    let mut asked = questions::of_stack(&stage);
    asked.extend(questions::of_parts(Path::new("."), &stage, &stack));
    asked.extend(questions::of_streams(&stage, &answers));
    for (kind, abouts) in &answers.0 {
        for about in abouts.keys() {
            let there = asked.iter().any(|q| q.kind == kind && q.about == *about);
            assert!(there, "{kind} about {about}");
        }
    }
    for question in asked {
        let reads =
            ["describe-", "list-", "get-"].iter().any(|verb| question.kind.starts_with(verb));
        let asks = question.command.iter().any(|word| word.ends_with(questions::HOSTS_EVENT));
        let outside = ["curl", "openssl"].contains(&&*question.command[0]);
        assert!(reads || asks || outside, "{question:?}");
    }
    let event: Value =
        serde_json::from_str(include_str!("../../../answers/hosts.event.json")).unwrap();
    assert_eq!(event, json!({"do": "hosts"}));
}
