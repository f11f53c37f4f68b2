//! What a problem says of a failure.

use super::*;
use crate::ids::SystemEntropy;

#[test]
fn c_7_2_a_problem_tells_its_secret_to_nobody_but_its_reader() {
    let ticket = Secret::new("canary".to_owned());
    let problem = Problem::new(ProblemKind::SessionLimit).with_secret("ticket", ticket);
    let document = problem.document(Locale::En, &RequestId::draw(&SystemEntropy::default()));
    let shown = format!("{problem:?} {document:?}");
    assert!(shown.contains("ticket") && !shown.contains("canary"), "{shown}");
    let body = zeroed::render(&document).expect("a body");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["ticket"], "canary");
}
