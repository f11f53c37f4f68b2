//! Settings that are sound, and what is told of those that are not.

use super::*;

const TEMPLATE: &str = include_str!("../../../../../template.yaml");
const SOUND: &str = "# of production\nstack = personal-center\nregion = cn-north-1\n\
    Stage = prod\nPublicUrl = https://center.example\n";

fn problems(more: &str) -> Vec<String> {
    Settings::read(&format!("{SOUND}{more}\n"), TEMPLATE).map_or_else(|found| found, |_| vec![])
}

#[test]
fn sound_settings_are_read() {
    let settings = Settings::read(SOUND, TEMPLATE).unwrap();
    assert_eq!((&*settings.stack, &*settings.region), ("personal-center", "cn-north-1"));
    assert_eq!(settings.parameters["PublicUrl"], "https://center.example");
    assert_eq!(settings.parameters["Stage"], "prod");
    let said = settings.what_next();
    assert!(said.contains("--deployed personal-center --region cn-north-1"), "{said}");
}

#[test]
fn c_5_1_what_is_not_set_has_the_templates_value_the_empty_one_too() {
    let before = format!("{SOUND}RestoredKeys = -restored\nOutsideMainland = true\n");
    let before = Settings::read(&before, TEMPLATE).unwrap().parameters;
    assert_eq!((&*before["RestoredKeys"], &*before["OutsideMainland"]), ("-restored", "true"));
    let after = Settings::read(SOUND, TEMPLATE).unwrap().parameters;
    assert_eq!((&*after["RestoredKeys"], &*after["OutsideMainland"]), ("", "false"));
    let mut all: Vec<_> = parameters(TEMPLATE).into_keys().collect();
    all.retain(|name| name != COMMIT);
    assert_eq!(after.into_keys().collect::<Vec<_>>(), all, "every one is said");
    assert_eq!(problems("Commit = 0123456789ab").len(), 1, "the deployment says it itself");
}

#[test]
fn the_example_is_sound_and_names_every_parameter() {
    let example = include_str!("../../../../stages/example.settings");
    Settings::read(example, TEMPLATE).unwrap();
    // What is only mentioned there is right too, once it is taken in.
    let all = example.replace("\n# ", "\n");
    let settings = all.lines().filter(|line| line.starts_with(char::is_alphabetic));
    let settings: Vec<_> = settings.filter(|line| line.contains(" = ")).collect();
    let settings = settings.join("\n");
    Settings::read(&settings, TEMPLATE).unwrap();
    let (named, _) = lines(&settings);
    let lacks = |name: &&String| *name != COMMIT && !named.contains_key(*name);
    assert_eq!(parameters(TEMPLATE).keys().find(lacks), None);
}

#[test]
fn every_problem_is_told_at_once() {
    let found = Settings::read("Colour = blue\nnonsense", TEMPLATE).unwrap_err();
    for part in ["nonsense", "`stack`", "`region`", "`Colour`", "`Stage`", "`PublicUrl`"] {
        assert!(found.iter().any(|problem| problem.contains(part)), "{part}: {found:?}");
    }
}

#[test]
fn a_value_that_the_template_refuses_is_refused_here() {
    for wrong in [
        "CoolingOffDays = 91",
        "CoolingOffDays = soon",
        "LogRetentionDays = 31",
        "Architecture = mips",
        "Stage = other",
        "AlarmTopic =",
        "AlarmTopic = a b",
        "UnusedDays = 30",
        "UnusedDays = 36501",
        "UnusedDays = never",
        "RestoredRecords = restored",
    ] {
        assert_eq!(problems(wrong).len(), 1, "{wrong}: {:?}", problems(wrong));
    }
    for (sound, wrong) in [
        ("Stage = prod", "Stage = Prod_X"),
        ("https://center.example", "http://center.example"),
        ("https://center.example", "https://center.example/"),
    ] {
        let found = Settings::read(&SOUND.replace(sound, wrong), TEMPLATE).unwrap_err();
        assert!(found.len() == 1 && found[0].contains("look like"), "{wrong}: {found:?}");
    }
    assert_eq!(problems("CoolingOffDays = 0\nLogRetentionDays = 365"), Vec::<String>::new());
}

#[test]
fn every_pattern_of_the_template_is_read() {
    let patterns = parameters(TEMPLATE).into_values().filter_map(|it| it.pattern).count();
    assert_eq!(patterns, TEMPLATE.matches("\n    AllowedPattern:").count());
}

#[test]
fn c_5_1_a_region_outside_the_mainland_needs_its_parameter() {
    let outside = SOUND.replace("cn-north-1", "eu-central-1");
    let found = Settings::read(&outside, TEMPLATE).unwrap_err();
    assert!(found[0].contains("C-5.1"), "{found:?}");
    let lifted = format!("{outside}OutsideMainland = true\n");
    assert!(Settings::read(&lifted, TEMPLATE).is_ok());
}
