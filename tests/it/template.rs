//! The SAM template agrees with the code: routes, tables, indexes, times to live.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::KeySchemaElement;
use personal_center::openapi::{document, functions};
use shared::config::TableNames;
use shared::store::{Attr, Table, definitions};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const TEMPLATE: &str = include_str!("../../template.yaml");

/// The lines of each resource, by its logical id. Read as text: the template is our own and keeps
/// one form, which the tests below would miss if it did not.
pub(crate) fn resources() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut current = "";
    for line in TEMPLATE.lines().skip_while(|line| *line != "Resources:").skip(1) {
        if !line.starts_with(' ') && !line.is_empty() {
            break;
        }
        if let Some(id) = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#'])) {
            current = id.trim_end_matches(':');
        }
        found.entry(current).or_default().push(line.trim());
    }
    found
}

/// The value of a member in a line, as the template writes it inline.
fn member<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("{name}: "))?;
    Some(rest.split([',', ' ']).next().unwrap_or_default().trim_matches('"'))
}

/// Routes of a function: the event's name, method and path.
fn events<'a>(lines: &[&'a str]) -> Vec<(&'a str, &'a str, &'a str)> {
    let event = |at: usize| {
        let line = lines[at];
        let (method, path) = (member(line, "Method")?, member(line, "Path")?);
        Some((lines.get(at.checked_sub(2)?)?.trim_end_matches(':'), method, path))
    };
    (0..lines.len()).filter_map(event).collect()
}

#[test]
fn every_route_is_an_event_of_its_function_and_no_other() {
    let resources = resources();
    let mut with_routes: BTreeSet<_> = resources
        .iter()
        .filter(|(_, lines)| !events(lines).is_empty())
        .map(|(id, _)| *id)
        .collect();
    for (name, routes) in functions() {
        let id = name[..1].to_uppercase() + &name[1..];
        let lines = resources.get(id.as_str()).unwrap_or_else(|| panic!("no function {id}"));
        let listed = events(lines);
        let deployed: BTreeSet<_> =
            listed.iter().map(|(_, m, path)| format!("{m} {path}")).collect();
        let served: BTreeSet<_> =
            routes.list().iter().map(|(m, path)| format!("{m} {path}")).collect();
        assert_eq!(deployed, served, "{id}");
        assert_eq!(listed.len(), served.len(), "{id}: each once");
        assert!(with_routes.remove(id.as_str()), "{id}");
    }
    assert!(with_routes.is_empty(), "{with_routes:?} have routes that nobody serves");
}

#[test]
fn an_event_is_named_as_its_operation() {
    let document = serde_json::to_value(document()).expect("a document");
    for (function, lines) in resources() {
        for (event, method, path) in events(&lines) {
            let id = &document["paths"][path][method.to_lowercase()]["operationId"];
            let parts = id.as_str().expect("an operation").split('_');
            let name: String = parts.map(|part| part[..1].to_uppercase() + &part[1..]).collect();
            assert_eq!(event, name, "{function}");
        }
    }
}

fn names() -> TableNames {
    let name = |table: Table| table.logical().to_owned();
    TableNames {
        records: name(Table::Records),
        keys: name(Table::Keys),
        roots: name(Table::Roots),
        ledger: name(Table::Ledger),
    }
}

/// What the code says about a table, in the template's order and words.
fn defined(table: &CreateTableInputBuilder) -> Vec<String> {
    let keys = |schema: &[KeySchemaElement]| -> Vec<String> {
        schema.iter().map(|key| format!("{} {}", key.attribute_name(), key.key_type())).collect()
    };
    let mut said = Vec::new();
    for attribute in table.get_attribute_definitions().iter().flatten() {
        said.push(format!("{} {}", attribute.attribute_name(), attribute.attribute_type()));
    }
    said.extend(keys(table.get_key_schema().as_deref().unwrap_or_default()));
    for index in table.get_global_secondary_indexes().iter().flatten() {
        said.push(format!("index {}", index.index_name()));
        said.extend(keys(index.key_schema()));
        let kind = index.projection().and_then(|p| p.projection_type()).expect("a projection");
        said.push(format!("projects {kind}"));
    }
    said.push(table.get_billing_mode().as_ref().expect("a mode").to_string());
    said
}

/// What the template says about it.
fn deployed(lines: &[&str]) -> Vec<String> {
    let mut said = Vec::new();
    let mut mode = None;
    for line in lines {
        let attribute = member(line, "- { AttributeName");
        let kind = member(line, "AttributeType").or_else(|| member(line, "KeyType"));
        if let (Some(name), Some(kind)) = (attribute, kind) {
            said.push(format!("{name} {kind}"));
        }
        said.extend(member(line, "IndexName").map(|name| format!("index {name}")));
        said.extend(member(line, "ProjectionType").map(|kind| format!("projects {kind}")));
        mode = mode.or_else(|| member(line, "BillingMode").map(str::to_owned));
    }
    said.extend(mode);
    said
}

#[test]
fn every_table_has_the_keys_and_indexes_of_the_code() {
    let resources = resources();
    for table in definitions(&names()) {
        let name = table.get_table_name().as_deref().expect("a name");
        assert_eq!(deployed(&resources[name]), defined(&table), "{name}");
    }
    let tables = resources.iter().filter(|(_, l)| l.contains(&"Type: AWS::DynamoDB::Table"));
    assert_eq!(tables.count(), Table::ALL.len());
}

#[test]
fn c_5_3_every_slice_of_the_sweep_has_a_schedule_of_its_own() {
    let resources = resources();
    let scheduled = resources.iter().filter(|(id, _)| id.starts_with("SweepSlice"));
    let slices: BTreeSet<_> = scheduled
        .map(|(_, lines)| {
            assert!(lines.contains(&"Arn: !GetAtt SweepQueue.Arn"), "{lines:?}");
            let input = lines.iter().find_map(|l| l.strip_prefix("Input: ")).expect("an input");
            let input: serde_json::Value =
                serde_json::from_str(input.trim_matches('\'')).expect("a message");
            input["slice"].as_u64().expect("a slice")
        })
        .collect();
    assert_eq!(slices, (0..u64::from(sweep::SLICES)).collect());
}

#[test]
fn c_5_2_the_broom_sweeps_by_the_time_that_rows_expire() {
    for (table, lines) in resources() {
        let broom = lines.iter().find(|line| line.starts_with("TimeToLiveSpecification"));
        let expires = format!("AttributeName: {}, Enabled: true", Attr::ExpiresAt.name());
        match Table::ALL.into_iter().find(|t| t.logical() == table) {
            Some(table) if table.has_broom() => {
                assert!(broom.is_some_and(|line| line.contains(&expires)), "{table:?}");
            }
            _ => assert_eq!(broom, None, "{table}"),
        }
    }
}
