//! Where each clause is kept and tested, as `cargo xtask regen` found it in the sources.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What was found.
const FOUND: &str = include_str!("../../../docs/clauses.json");

/// Where one clause is kept and tested.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Trace {
    /// Source files that name it.
    pub code: Vec<String>,
    /// Tests of it.
    pub tests: Vec<Test>,
}

/// A test of a clause.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = ClauseTest)]
pub struct Test {
    /// Its name, a claim.
    pub name: String,
    /// The file that it stands in.
    pub file: String,
}

/// Every clause that code or a test names, by its id.
///
/// # Errors
///
/// Where the generated file was damaged.
pub fn traces() -> serde_json::Result<BTreeMap<String, Trace>> {
    serde_json::from_str(FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_read() {
        let traces = traces().expect("the generated file is sound");
        assert!(traces.values().any(|trace| !trace.code.is_empty() && !trace.tests.is_empty()));
    }
}
