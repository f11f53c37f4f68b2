//! The text that a person accepts with a registration (C-12.1).

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::inventory::Scope;
use crate::domain::locale::Locale;
use crate::domain::policy::in_force;
use crate::opening::Accepted;

/// The text of the version in force, as `GET /v1/policy` shows it to a reader of a language.
pub fn accepted(call: &Call, id: &str, language: Option<Locale>) -> Result<Accepted, Problem> {
    let outdated = || Problem::new(ProblemKind::PolicyOutdated);
    let version = in_force(Scope::General, call.now).ok_or_else(outdated)?;
    if id != version.id {
        return Err(outdated().with("policy_version", version.id));
    }
    let text = version.shown(language.unwrap_or(call.locale)).ok_or_else(outdated)?;
    Ok(Accepted { version: version.id, text })
}
