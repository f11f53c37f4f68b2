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

    let stack = Stack::read(&answers, "personal-center").unwrap();
    let asked = questions::of_parts(Path::new("."), &stage(), &stack);
    let of_keys = asked.iter().filter(|q| q.about == "Keys");
    let of_keys: Vec<_> = of_keys.map(|q| q.command.join(" ")).collect();
    assert!(of_keys.len() > 5 && of_keys.iter().all(|line| line.contains(LIVE)), "{of_keys:?}");
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
