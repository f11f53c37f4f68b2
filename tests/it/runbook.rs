//! The runbook holds together: what links into it arrives, and what it tells to type exists.

use crate::app::TestApp;
use notify::Office;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use sweep::Bounds;

const RUNBOOK: &str = include_str!("../../infra/README.md");
const TEMPLATE: &str = include_str!("../../template.yaml");
const STEPS: &str = include_str!("../../infra/xtask/src/main.rs");

/// What is written before an anchor.
const LINK: &str = "infra/README.md#";

/// The anchors of headings, as they are made for the page.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || [' ', '-'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// The anchors that a text links to, each after `before`.
fn links<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(before)
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect())
}

/// Every text of ours below a folder.
fn texts(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|end| ["rs", "md"].iter().any(|known| end == *known))
        {
            found.push(std::fs::read_to_string(path).expect("a text"));
        }
    }
}

#[test]
fn c_7_3_every_link_into_the_runbook_arrives() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = vec![TEMPLATE.to_owned()];
    for folder in ["docs", "infra", "shared/src", "functions"] {
        texts(&root.join(folder), &mut found);
    }
    let known = anchors(RUNBOOK);
    let linked = found.iter().flat_map(|text| links(text, LINK));
    let linked: BTreeSet<_> =
        linked.chain(links(RUNBOOK, "](#")).filter(|l| !l.is_empty()).collect();
    assert!(linked.len() > 10, "{linked:?}");
    let lost: Vec<_> = linked.difference(&known).collect();
    assert!(lost.is_empty(), "the runbook has no such part: {lost:?}");
}

#[test]
fn c_7_3_every_part_about_an_alarm_says_what_to_look_at_and_to_do() {
    let parts: Vec<_> = RUNBOOK.split("\n### Alarm: ").skip(1).collect();
    assert!(parts.len() > 20);
    for part in &parts {
        for said in ["**What it says**", "**Look at**", "**Do**", "**People notice**"] {
            assert!(part.contains(said), "{said}: {part}");
        }
    }
    // Where alarms link to their parts, every part has its alarm.
    let alarms: BTreeSet<_> = links(TEMPLATE, LINK).filter(|l| l.starts_with("alarm-")).collect();
    let of_alarms = anchors(RUNBOOK).into_iter().filter(|anchor| anchor.starts_with("alarm-"));
    if !alarms.is_empty() {
        assert_eq!(of_alarms.collect::<BTreeSet<_>>(), alarms);
    }
}

/// What stands in code of the page, in a line or in a block of its own.
fn commands() -> Vec<String> {
    let joined = RUNBOOK.replace("\\\n", " ");
    let mut fenced = false;
    let mut found = Vec::new();
    for line in joined.lines() {
        let text = line.trim_start();
        if text.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            found.push(text.to_owned());
        } else {
            found.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_step_that_the_runbook_names_exists() {
    let commands = commands();
    let steps = commands.iter().filter_map(|command| command.strip_prefix("cargo xtask "));
    let steps: BTreeSet<_> = steps.filter_map(|step| step.split(' ').next()).collect();
    for step in &steps {
        assert!(STEPS.contains(&format!("name: \"{step}\"")), "cargo xtask {step}");
    }
    assert!(steps.len() >= 3, "{steps:?}");
}

/// An earlier version may not read what a later one wrote; no test runs two at once.
#[test]
fn no_way_back_is_told_without_its_condition_and_no_two_versions_are_promised_to_mix() {
    let (_, upgrade) = RUNBOOK.split_once("\n## Upgrade\n").expect("the part");
    let (upgrade, rest) = upgrade.split_once("\n## ").expect("an end");
    assert!(
        upgrade.contains("no test runs two at once") && upgrade.contains("there is no way back")
    );
    let (before, _) = RUNBOOK.split_once("\n## Upgrade\n").expect("the part");
    let ways = before.lines().chain(rest.lines());
    let ways =
        ways.filter(|l| ["the tag before", "the version before"].iter().any(|w| l.contains(w)));
    let ways: Vec<_> = ways.collect();
    assert!(ways.len() >= 3, "{ways:?}");
    for way in ways {
        assert!(way.contains("[that is possible](#upgrade)"), "{way}");
    }
}

/// The variables that a page uses, without the braces of a shell's own.
fn variables(page: &str) -> BTreeSet<&str> {
    let named = page.split("\"$").skip(1).filter_map(|rest| rest.split('"').next());
    named.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())).collect()
}

#[test]
fn every_name_of_a_part_that_operators_type_is_an_output_of_the_stack() {
    let (_, outputs) = TEMPLATE.split_once("\nOutputs:\n").expect("outputs");
    let mut told = BTreeSet::new();
    for line in RUNBOOK.lines() {
        let Some((name, output)) = line.split_once("=$(output ") else { continue };
        let output = output.trim_end_matches(')');
        assert!(outputs.contains(&format!("  {output}:\n    Desc")), "{output}");
        assert!(told.insert(name), "{name} twice");
    }
    let pages =
        [RUNBOOK, include_str!("../../docs/restore.md"), include_str!("../../docs/delivery.md")];
    let used: BTreeSet<_> = pages.iter().flat_map(|page| variables(page)).collect();
    assert!(used.len() > 3, "{used:?}");
    let lost: Vec<_> = used.difference(&told).collect();
    assert!(lost.is_empty(), "nobody says where these are from: {lost:?}");
}

#[tokio::test]
async fn every_event_that_the_runbook_gives_is_understood() {
    let app = TestApp::start().await;
    let ports = &app.world.ports;
    let commands = commands();
    let quoted = commands.iter().filter_map(|c| c.split_once("--payload '")?.1.split_once('\''));
    let inline = commands.iter().filter(|command| command.starts_with('{')).map(String::as_str);
    let events: BTreeSet<_> = quoted.map(|(event, _)| event).chain(inline).collect();
    let events = events.into_iter().filter(|event| *event != r#"{"Message":null}"#);
    let mut understood = 0;
    for text in events.filter(|event| !event.contains("message")) {
        let event: Value = serde_json::from_str(text).expect(text);
        let event = serde_json::from_value(event).expect(text);
        let done = sweep::respond(ports, event, Bounds::default()).await;
        assert!(done.is_ok(), "{text}: {done:?}");
        understood += 1;
    }
    assert!(understood >= 6, "{understood}");
    // What the doctor asks.
    let event = serde_json::from_value(serde_json::json!({"do": "hosts"})).expect("an event");
    let office = Office::default();
    let hosts = notify::event::handle(ports, &office, &event, notify::TIMEOUT).await;
    let hosts = hosts.expect("hosts");
    let none = notify::event::Done::Hosts { mail: None, text: None };
    assert_eq!(hosts, none);
}
