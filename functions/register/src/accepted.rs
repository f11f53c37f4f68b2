//! The text that a person accepts with a registration (C-12.1).

use shared::domain::inventory::Scope;
use shared::domain::locale::Locale;
use shared::domain::policy::in_force;
use shared::http::{Call, Problem, ProblemKind};
use shared::opening::Accepted;

/// The text of the version in force, as `GET /v1/policy` shows it to a reader of a language.
pub(crate) fn read(call: &Call, id: &str, language: Option<Locale>) -> Result<Accepted, Problem> {
    let outdated = || Problem::new(ProblemKind::PolicyOutdated);
    let version = in_force(Scope::General, call.now).ok_or_else(outdated)?;
    if id != version.id {
        return Err(outdated().with("policy_version", version.id));
    }
    let text = version.shown(language.unwrap_or(call.locale)).ok_or_else(outdated)?;
    Ok(Accepted { version: version.id, text })
}
