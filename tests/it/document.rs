//! The API document says what the service does: its routes, its bodies, its answers.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::TestApp;
use crate::schema::validate;
use crate::tour::{Seen, to_the_end};
use personal_center::openapi;
use serde_json::{Map, Value};
use shared::domain::inventory::{Shown, items};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(&openapi::snapshot().expect("a document")).expect("JSON")
}

/// Every operation: method, path, and what the document says.
fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.map(move |(method, says)| (method.to_uppercase(), path.as_str(), says))
    });
    operations.collect()
}

#[test]
fn the_document_is_the_one_in_docs() {
    let held = include_str!("../../docs/openapi.json");
    let now = openapi::snapshot().expect("a document");
    assert!(held == now, "docs/openapi.json differs from the code; run `cargo xtask regen`");
}

#[tokio::test]
async fn c_2_5_the_document_is_served_to_anyone() {
    let app = TestApp::start().await;
    let served = app.get("/openapi.json").send().await.expect(200);
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert!(served.text == include_str!("../../docs/openapi.json"));
}

#[test]
fn the_document_has_every_route_and_no_other() {
    let document = document();
    let said: BTreeSet<_> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let routes = openapi::routes();
    let served: BTreeSet<_> =
        routes.list().iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(said, served);
    assert_eq!(served.len(), routes.list().len(), "each once");
}

#[test]
fn an_operation_id_is_verb_and_resource_and_unique() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (method, path, says) in operations(&document) {
        let id = says["operationId"].as_str().expect("an operation id");
        let (verb, resource) = id.split_once('_').expect("verb and resource");
        let verbs: &[&str] = match method.as_str() {
            "GET" => &["get", "list"],
            "POST" => &["create", "use"],
            "PUT" => &["put"],
            "PATCH" => &["patch"],
            "DELETE" => &["delete"],
            _ => &[],
        };
        assert!(verbs.contains(&verb), "{method} {path}: {id}");
        // The resource is the last part of the path that is no parameter.
        let part = path.rsplit('/').find(|part| !part.starts_with('{')).expect("a part");
        let part = part.trim_end_matches(".json").replace('-', "_");
        assert!(part.starts_with(resource.trim_end_matches('s')), "{path}: {id}");
        assert!(ids.insert(id), "{id} twice");
    }
}

#[test]
fn every_operation_documents_its_problems_and_itself() {
    let document = document();
    for (method, path, says) in operations(&document) {
        let name = format!("{method} {path}");
        let responses = says["responses"].as_object().expect("responses");
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "4") {
            let problem = &response["content"]["application/problem+json"]["schema"];
            assert_eq!(problem["$ref"], "#/components/schemas/Problem", "{name}: {status}");
            assert!(status.parse::<u16>().is_ok(), "{name}: {status} is no status");
        }
        assert!(responses.contains_key("500") && responses.contains_key("503"), "{name}");
        let summary = says["summary"].as_str().unwrap_or_default();
        assert!(summary.ends_with('.') && !summary.contains('\n'), "{name}: {summary:?}");
        let open = says["security"].is_null();
        let personal = path.starts_with("/v1/me") || path.starts_with("/v1/sessions/");
        assert!(!(personal && open), "{name} needs a session and does not say so");
    }
}

#[test]
fn every_member_of_every_schema_is_described() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        assert!(schema["description"].is_string(), "{name}");
        let empty = Map::new();
        for (member, says) in schema["properties"].as_object().unwrap_or(&empty) {
            let text = says["description"].as_str().or(says["oneOf"][0]["description"].as_str());
            assert!(text.is_some_and(|text| !text.contains('\n')), "{name}.{member}: {says}");
            let dated = text.is_some_and(|text| text.contains("RFC 3339"));
            assert_eq!(dated, says["format"] == "date-time", "{name}.{member}");
        }
    }
}

#[tokio::test]
async fn every_answer_is_one_that_the_document_has() {
    let app = TestApp::start().await;
    let document = document();
    let seen = to_the_end(&app, "ada@example.org").await;
    let mut succeeded = BTreeSet::new();
    for Seen { method, route, request, answer } in &seen {
        let name = format!("{method} {route} {}", answer.status.as_u16());
        let says = &document["paths"][route][method.to_lowercase()];
        let response = response(says, answer.status.as_u16()).unwrap_or_else(|| panic!("{name}"));
        let kind = answer.header("content-type").unwrap_or_default();
        match response["content"].as_object() {
            None => assert!(answer.text.is_empty(), "{name} has a body"),
            Some(kinds) => {
                let content = kinds.get(kind).unwrap_or_else(|| panic!("{name}: {kind}"));
                let page = kind.starts_with("text/html") || kind == "application/zip";
                let mut body = if page { answer.text.as_str().into() } else { answer.body.clone() };
                if kind == "application/problem+json" {
                    let said = response["description"].as_str().expect("a description");
                    let ends: Vec<_> = said.split([' ', ',']).collect();
                    assert!(ends.contains(&answer.problem()), "{name}: {said}");
                    take_further_members(&document, &mut body);
                }
                let wrong = validate(&document, &content["schema"], &body, "");
                assert!(wrong.is_empty(), "{name}: {wrong:?}");
            }
        }
        if answer.status.is_success() {
            succeeded.insert(format!("{method} {route}"));
            if let Some(body) = request {
                let schema = &says["requestBody"]["content"]["application/json"]["schema"];
                let wrong = validate(&document, schema, body, "");
                assert!(wrong.is_empty(), "{name} {body}: {wrong:?}");
            }
        }
    }
    let all: BTreeSet<_> =
        operations(&document).into_iter().map(|(m, path, _)| format!("{m} {path}")).collect();
    assert_eq!(succeeded, all, "the tour shows each operation");
}

/// Takes the members out of a problem that its schema does not list and its description names.
fn take_further_members(document: &Value, problem: &mut Value) {
    let schema = &document["components"]["schemas"]["Problem"];
    let description = schema["description"].as_str().expect("a description");
    let members = problem.as_object_mut().expect("an object");
    members.retain(|name, _| {
        schema["properties"].get(name).is_some() || !description.contains(&format!("`{name}`"))
    });
}

/// What the document says about a status.
fn response(operation: &Value, status: u16) -> Option<&Value> {
    operation["responses"].as_object()?.get(&status.to_string())
}

#[test]
fn c_8_1_the_profile_in_the_document_is_the_inventorys() {
    let document = document();
    let schema = &document["components"]["schemas"]["Profile"]["properties"];
    let said: BTreeSet<_> =
        schema.as_object().expect("members").keys().map(String::as_str).collect();
    let shown = items::ALL.iter().filter(|item| item.shown == Shown::Profile);
    let declared: BTreeSet<_> = shown.map(|item| item.field).chain(["cancellation"]).collect();
    assert_eq!(said, declared);
}
