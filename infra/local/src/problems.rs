//! Which problems each operation of the API document can answer with.
//!
//! Most follow from what an operation takes: a body, a session, an id in the path. The rest is in
//! one table. Where a route answers with another one, the tour of `tests/it` and `cargo xtask
//! schemathesis` say so.

use shared::http::ProblemKind;
use std::collections::BTreeMap;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, PathItem, RefOr};

/// The ranges that routes declare, with what a problem looks like there.
const RANGES: [&str; 2] = ["4XX", "5XX"];

macro_rules! kinds {
    ($($kind:ident),*) => { &[$(ProblemKind::$kind),*] };
}

/// What any request can meet.
const ANY: &[ProblemKind] =
    kinds![MalformedHeader, HeadersTooLarge, Internal, Unavailable, Restoring];
const BODY: &[ProblemKind] = kinds![MalformedJson, TooLarge, UnsupportedMediaType, Invalid];
const SESSION: &[ProblemKind] =
    kinds![CredentialsTwice, Unauthenticated, Erased, Erasing, WrongState, Busy];
/// What a session meets where the request changes something: a cookie of another site's page.
const CHANGE: &[ProblemKind] = kinds![CrossSite];
const VERSION: &[ProblemKind] = kinds![StaleVersion, VersionRequired];
const IDEMPOTENCY: &[ProblemKind] = kinds![MalformedIdempotencyKey, IdempotencyKeyReused, Busy];
const PATH: &[ProblemKind] = kinds![NotFound];
const QUERY: &[ProblemKind] = kinds![Invalid];

/// What is an operation's own.
const OWN: &[(&str, &[ProblemKind])] = &[
    ("create_verification", kinds![GuardianRequired, NotFound, Limited]),
    ("create_account", kinds![VerificationFailed, PolicyOutdated, ContactTaken]),
    ("create_session", kinds![LoginRefused, SecondFactorNeeded, Limited, SessionLimit]),
    ("create_reauthentication", kinds![PasswordRefused, ProofRefused, VerificationFailed, Limited]),
    ("put_contact", kinds![NotFresh, VerificationFailed, ContactTaken, ContactChangeOpen, Limited]),
    ("delete_contact", kinds![NotFresh, LastContact, ContactChangeOpen, Limited]),
    ("delete_change", kinds![NotFresh, Limited]),
    ("put_password", kinds![NotFresh, PasswordRefused, Limited]),
    (
        "create_password_reset",
        kinds![VerificationFailed, NoAccount, SecondProofNeeded, ProofRefused, Limited, Busy],
    ),
    ("create_contact_detachment", kinds![VerificationFailed, Busy]),
    ("create_totp", kinds![NotFresh]),
    ("put_totp", kinds![NotFresh, NotFound, ProofRefused, Limited]),
    ("delete_totp", kinds![NotFresh, NotFound, Limited]),
    ("create_recovery_codes", kinds![NotFresh, NotFound, Limited]),
    ("put_consent", kinds![PolicyOutdated]),
    ("delete_consent", kinds![BasicPurpose]),
    ("create_cancellation", kinds![NotFresh, PasswordRefused, Limited]),
    ("create_export", kinds![NotFresh, Limited]),
    ("get_export", kinds![Limited]),
    ("get_cancellation_link", kinds![LinkSpent]),
    ("use_cancellation_link", kinds![LinkSpent, Busy]),
    ("get_contact_change_link", kinds![LinkSpent]),
    ("use_contact_change_link", kinds![LinkSpent, Busy]),
    ("get_policy", kinds![NotFound, PolicyTextNotHeld]),
    ("get_version", kinds![PolicyTextNotHeld]),
    ("list_changes", kinds![PolicyTextNotHeld]),
    ("create_authorization", BEGIN),
    ("get_third_party_return", kinds![ThirdPartyFailed]),
    ("use_third_party_return", RETURN),
    ("delete_third_parties", kinds![NotFresh, LastProof]),
];

/// What beginning a log-in by a third party can meet.
const BEGIN: &[ProblemKind] = kinds![
    NotFresh,
    GuardianRequired,
    PolicyOutdated,
    ThirdPartyFailed,
    ThirdPartyUnavailable,
    Limited
];
/// What its return can meet: the session that began it is looked up again.
const RETURN: &[ProblemKind] = kinds![
    CrossSite,
    Unauthenticated,
    WrongState,
    PolicyOutdated,
    ThirdPartyFailed,
    ThirdPartyUnavailable,
    ThirdPartyUnknown,
    ThirdPartyTaken,
    ThirdPartyOther,
    SecondFactorNeeded,
    SessionLimit,
    Limited,
    Busy
];

/// Puts the status of each problem into the document, with the ends of their types.
pub(crate) fn spell_out(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let changes: [&mut Option<Operation>; 4] =
            [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in changes.into_iter().flatten() {
            answer(operation, CHANGE);
        }
        if let PathItem { get: Some(operation), .. } = item {
            answer(operation, &[]);
        }
    }
}

/// Puts the statuses in the place of their ranges.
fn answer(operation: &mut Operation, changes: &[ProblemKind]) {
    let kinds = kinds(operation, changes);
    let responses = &mut operation.responses.responses;
    let [declared, _] = RANGES.map(|range| responses.remove(range));
    let Some(RefOr::T(declared)) = declared else { return };
    let mut slugs: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    // In the catalogue's order, each once.
    for entry in ProblemKind::ALL.iter().filter(|kind| kinds.contains(kind)).map(|k| k.entry()) {
        slugs.entry(entry.status.as_u16().to_string()).or_default().push(entry.slug);
    }
    for (status, slugs) in slugs {
        let mut response = declared.clone();
        response.description = format!("{}: {}", declared.description, slugs.join(", "));
        responses.insert(status, response.into());
    }
}

fn kinds(operation: &Operation, changes: &[ProblemKind]) -> Vec<ProblemKind> {
    let mut kinds = ANY.to_vec();
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        kinds.extend_from_slice(match (&parameter.parameter_in, parameter.name.as_str()) {
            (ParameterIn::Header, "If-Match") => VERSION,
            (ParameterIn::Header, "Idempotency-Key") => IDEMPOTENCY,
            (ParameterIn::Path, _) => PATH,
            (ParameterIn::Query, _) => QUERY,
            _ => &[],
        });
    }
    if operation.request_body.is_some() {
        kinds.extend_from_slice(BODY);
    }
    if operation.security.as_ref().is_some_and(|schemes| !schemes.is_empty()) {
        kinds.extend_from_slice(SESSION);
        kinds.extend_from_slice(changes);
    }
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let own = OWN.iter().find(|(name, _)| *name == id);
    kinds.extend_from_slice(own.map_or(&[], |(_, kinds)| kinds));
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_operation_of_the_document() {
        let document = crate::openapi::document();
        let text = serde_json::to_string(&document).expect("a document");
        for (id, _) in OWN {
            assert!(text.contains(&format!("\"operationId\":\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn every_problem_is_one_of_some_operation() {
        // What is no operation's, and what only services to come answer with.
        let of_none = [ProblemKind::MethodNotAllowed, ProblemKind::NoConsent];
        let document = crate::openapi::document();
        let text = serde_json::to_string(&document).expect("a document");
        for kind in ProblemKind::ALL {
            let slug = kind.entry().slug;
            let named = text.contains(&format!(" {slug},")) || text.contains(&format!(" {slug}\""));
            assert_eq!(named, !of_none.contains(kind), "{slug}");
        }
    }
}
