//! What is looked at by its name: the stack's own alarms, tables in use, actions on a key.

use super::*;

#[test]
fn an_alarm_of_another_stack_is_no_finding() {
    let mut answers = sound();
    let alarms = answers.0.get_mut("describe-alarms").unwrap().get_mut("stack").unwrap();
    let name = "personal-center-trial-DeadMessages-0A1B2C3D";
    let other = json!({"AlarmName": name, "StateValue": "ALARM"});
    alarms["MetricAlarms"].as_array_mut().unwrap().push(other);
    assert_eq!(wrong(&answers, &stage()), []);
}

#[test]
fn a_restored_table_is_judged_in_the_place_of_the_one_before() {
    const LIVE: &str = "personal-center-Keys-1A2B3C4D5E6F-restored";
    let mut answers = sound();
    let mut change = |kind: &str, list: &str, more: Value| {
        let answer = answers.0.get_mut(kind).unwrap().get_mut("stack").unwrap();
        answer.pointer_mut(list).unwrap().as_array_mut().unwrap().push(more);
    };
    let restored = json!({"ParameterKey": "RestoredKeys", "ParameterValue": "-restored"});
    change("describe-stacks", "/Stacks/0/Parameters", restored);
    change("list-tables", "/TableNames", json!(LIVE));
    let found = judge(&answers, &stage()).unwrap();
    let told: Vec<_> = found.iter().filter(|f| f.weight != Weight::Fine).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].weight == Weight::Note && told[0].what.starts_with(LIVE), "{told:?}");
    // The next deployment fails without the stack's own table.
    let advice = &told[0].advice;
    assert!(advice.contains("empty it") && !advice.contains("delete"), "{advice}");

    let stack = Stack::read(&answers, "personal-center").unwrap();
    let asked = questions::of_parts(Path::new("."), &stage(), &stack);
    let of_keys = asked.iter().filter(|q| q.about == "Keys");
    let of_keys: Vec<_> = of_keys.map(|q| q.command.join(" ")).collect();
    assert!(of_keys.len() > 5 && of_keys.iter().all(|line| line.contains(LIVE)), "{of_keys:?}");
}

/// CloudFormation compares templates: what was changed by hand a deployment leaves as it is.
#[test]
fn c_7_8_what_was_changed_by_hand_is_put_back_by_a_command_on_the_table_in_use() {
    const LIVE: &str = "personal-center-Keys-1A2B3C4D5E6F-restored";
    let days = "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/RecoveryPeriodInDays";
    let stream = json!({"StreamEnabled": true});
    for (kind, at, value, command) in [
        ("describe-table", "/Table/DeletionProtectionEnabled", json!(false), "update-table"),
        ("describe-table", "/Table/SSEDescription/Status", json!("DISABLED"), "update-table"),
        ("describe-table", "/Table/StreamSpecification", stream, "update-table"),
        ("describe-continuous-backups", days, json!(35), "update-continuous-backups"),
        (
            "describe-time-to-live",
            "/TimeToLiveDescription/TimeToLiveStatus",
            json!("ENABLED"),
            "update-time-to-live",
        ),
    ] {
        let mut answers = sound();
        let stack = answers.0.get_mut("describe-stacks").unwrap().get_mut("stack").unwrap();
        let restored = json!({"ParameterKey": "RestoredKeys", "ParameterValue": "-restored"});
        stack["Stacks"][0]["Parameters"].as_array_mut().unwrap().push(restored);
        let tables = answers.0.get_mut("list-tables").unwrap().get_mut("stack").unwrap();
        tables["TableNames"].as_array_mut().unwrap().push(json!(LIVE));
        let answer = answers.0.get_mut(kind).unwrap().get_mut("Keys").unwrap();
        let (above, member) = at.rsplit_once('/').unwrap();
        answer.pointer_mut(above).unwrap()[member] = value;
        let found = wrong(&answers, &stage());
        assert_eq!(found.len(), 1, "{at}: {found:?}");
        let typed = format!("\naws dynamodb {command} --table-name {LIVE} ");
        assert!(found[0].advice.contains(&typed), "{at}: {}", found[0]);
    }
}

#[test]
fn c_7_8_nothing_is_said_to_be_put_back_by_deploying_once_more() {
    for page in [
        include_str!("../tables.rs"),
        include_str!("../functions.rs"),
        include_str!("../outbound.rs"),
        include_str!("../keys.rs"),
    ] {
        let said = page.to_lowercase();
        assert!(!said.contains("deploy once more"), "CloudFormation leaves it as it is");
    }
}

#[test]
fn what_is_advised_about_a_key_its_policy_allows() {
    let template = include_str!("../../../../../../template.yaml");
    let mut advised = 0;
    for name in ["TableKey", "VaultKey"] {
        let (_, key) = template.split_once(&format!("\n  {name}:\n")).unwrap();
        let (policy, _) = key.split_once("Resource:").unwrap();
        for word in include_str!("../keys.rs").split("aws kms ").skip(1) {
            let command = word.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap();
            let parts = command.split('-').map(|part| part[..1].to_uppercase() + &part[1..]);
            let action = format!("- kms:{}\n", parts.collect::<String>());
            assert!(policy.contains(&action), "{name}: {action}");
            advised += 1;
        }
    }
    assert!(advised >= 8, "{advised}");
}
