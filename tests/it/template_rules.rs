//! What the template has to keep to: where it deploys, what it keeps, what it logs.

use super::template::{TEMPLATE, resources};
use shared::domain::residency::MAINLAND;
use shared::domain::retention::table::{KEY_RECOVERY_HOURS, RECOVERY_DAYS};
use shared::store::Table;
use std::collections::BTreeSet;

/// The text between two lines that stand at the left.
fn part(from: &str, to: &str) -> &'static str {
    let (_, rest) = TEMPLATE.split_once(&format!("\n{from}:\n")).expect("it begins");
    rest.split_once(&format!("\n{to}:\n")).expect("it ends").0
}

#[test]
fn c_5_1_the_template_refuses_the_regions_that_a_function_would_not_start_in() {
    let rules = part("Rules", "Globals");
    assert!(rules.contains("RuleCondition: !Equals [!Ref OutsideMainland, \"false\"]"));
    let regions = MAINLAND.join(", ");
    assert!(rules.contains(&format!("Assert: !Contains [[{regions}], !Ref AWS::Region]")));
    let (_, parameter) = TEMPLATE.split_once("\n  OutsideMainland:\n").expect("a parameter");
    assert!(parameter.lines().take(2).any(|line| line.trim() == "Default: \"false\""));
}

#[test]
fn c_5_1_functions_are_told_the_regions_of_their_tables_and_key() {
    let variables = part("Globals", "Resources");
    for table in Table::ALL.map(Table::logical) {
        let arn = match table {
            "Records" | "Keys" => format!("!Sub ${{{table}.Arn}}${{Restored{table}}}"),
            _ => format!("!GetAtt {table}.Arn"),
        };
        let told = format!("PC_TABLE_{}: {arn}", table.to_uppercase());
        assert!(variables.contains(&told), "{table}");
    }
    assert!(variables.contains("PC_VAULT_KEY: !GetAtt VaultKey.Arn"));
    assert!(variables.contains("PC_OUTSIDE_MAINLAND: !Ref OutsideMainland"));
}

#[test]
fn nothing_is_named_that_is_otherwise_in_mainland_china_or_not_there() {
    for line in TEMPLATE.lines().filter(|line| !line.trim_start().starts_with('#')) {
        assert!(!line.contains("arn:aws"), "a partition is written out: {line}");
        let service = line.contains("Service: ") || line.contains("principalId");
        let tried = line.contains("dynamodb.${AWS::Region}.amazonaws.com");
        assert!(service || tried || !line.contains("amazonaws.com"), "a suffix: {line}");
    }
    // Lambda in mainland China has no tracing, no code signing, no own key for code, no URL.
    let absent = ["Tracing", "CodeSigning", "SourceKMSKeyArn", "FunctionUrl", "SnapStart"];
    let services = ["AWS::SES::", "AWS::Cognito::", "AWS::CloudFront::", "AWS::WAF::"];
    for name in absent.into_iter().chain(services) {
        assert!(!TEMPLATE.contains(&format!("{name}Config:")), "{name}");
        assert!(!TEMPLATE.contains(&format!("{name}:")), "{name}");
    }
}

#[test]
fn a_backup_of_keys_lasts_a_day_and_every_table_outlives_a_mistake() {
    let resources = resources();
    for table in Table::ALL.map(Table::logical) {
        let lines = &resources[table];
        let days = if table == "Keys" { KEY_RECOVERY_HOURS / 24 } else { RECOVERY_DAYS };
        for line in [
            "DeletionPolicy: Retain",
            "UpdateReplacePolicy: Retain",
            "DeletionProtectionEnabled: true",
            "PointInTimeRecoveryEnabled: true",
            "BillingMode: PAY_PER_REQUEST",
            "SSEType: KMS",
            "KMSMasterKeyId: !GetAtt TableKey.Arn",
        ] {
            assert!(lines.contains(&line), "{table}: {line}");
        }
        assert!(lines.contains(&format!("RecoveryPeriodInDays: {days}").as_str()), "{table}");
    }
    for key in ["TableKey", "VaultKey"] {
        for line in ["DeletionPolicy: Retain", "EnableKeyRotation: true", "PendingWindowInDays: 30"]
        {
            assert!(resources[key].contains(&line), "{key}: {line}");
        }
    }
}

#[test]
fn access_logs_say_what_was_called_and_not_by_whom() {
    let lines = &resources()["Api"];
    let text = lines.join(" ");
    let fields = text.split("$context.").skip(1);
    let fields: BTreeSet<_> = fields
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '.').next())
        .collect();
    let harmless = [
        "error.responseType",
        "integrationErrorMessage",
        "integrationLatency",
        "requestId",
        "requestTime",
        "responseLatency",
        "responseLength",
        "routeKey",
        "status",
    ];
    assert_eq!(fields, harmless.into());
}

#[test]
fn c_7_3_the_stage_has_a_limit_and_no_other_origin_calls_it() {
    let lines = &resources()["Api"];
    assert!(lines.contains(&"ThrottlingBurstLimit: !Ref RequestBurst"));
    assert!(lines.contains(&"ThrottlingRateLimit: !Ref RequestsPerSecond"));
    assert!(!TEMPLATE.contains("CorsConfiguration"));
    assert!(resources()["Domain"].contains(&"SecurityPolicy: TLS_1_2"));
}

#[test]
fn every_function_has_a_log_of_its_own_that_ends() {
    let resources = resources();
    let functions =
        resources.iter().filter(|(_, l)| l.contains(&"Type: AWS::Serverless::Function"));
    let mut groups = 0;
    for (id, lines) in functions {
        let group = lines.iter().find_map(|line| line.strip_prefix("LogGroup: !Ref "));
        assert_eq!(group, Some(format!("{id}Logs").as_str()), "{id}");
        groups += 1;
    }
    for (id, lines) in &resources {
        if lines.contains(&"Type: AWS::Logs::LogGroup") {
            assert!(lines.contains(&"RetentionInDays: !Ref LogRetentionDays"), "{id}");
            groups -= 1;
        }
    }
    assert_eq!(groups, -2, "one of each function, of the gateway and of the trail");
}

#[test]
fn every_queue_is_sealed_and_a_failed_event_goes_to_one() {
    let resources = resources();
    for (id, lines) in &resources {
        if lines.contains(&"Type: AWS::SQS::Queue") {
            assert!(lines.contains(&"SqsManagedSseEnabled: true"), "{id}");
        }
    }
    let notify = &resources["Notify"];
    assert!(notify.contains(&"BisectBatchOnFunctionError: true"));
    assert!(
        notify.contains(&"OnFailure: { Type: SQS, Destination: !GetAtt PostedDeadLetters.Arn }")
    );
    let sweep = &resources["Sweep"];
    assert!(sweep.contains(&"FunctionResponseTypes: [ReportBatchItemFailures]"));
    let queue = &resources["SweepQueue"];
    assert!(queue.contains(&"deadLetterTargetArn: !GetAtt SweepDeadLetters.Arn"));
}

#[test]
fn who_hashes_passwords_has_a_whole_processor() {
    let hashing = ["Correct", "Delete", "Register", "Session"];
    let large = resources().into_iter().filter(|(_, l)| l.contains(&"MemorySize: 1769"));
    assert_eq!(large.map(|(id, _)| id).collect::<Vec<_>>(), hashing);
}

#[test]
fn c_7_8_the_template_is_held_against_a_rule_set_and_each_exception_has_its_reason() {
    assert!(include_str!("../../.ci/run").contains("cargo xtask sam"));
    let rules: Vec<_> = include_str!("../../infra/checkov.yaml").lines().collect();
    let left_out = (0..rules.len()).filter(|at| rules[*at].trim().starts_with("- CKV"));
    for at in left_out.clone() {
        assert!(rules[at - 1].trim().starts_with("# "), "{} has no reason", rules[at]);
    }
    assert_eq!(left_out.count(), 8, "argue each one more");
    let here = TEMPLATE.lines().filter(|line| line.contains("- id: CKV"));
    let reasons = TEMPLATE.lines().filter(|line| line.trim().starts_with("comment: "));
    assert_eq!((here.count(), reasons.count()), (1, 1));
}
