//! `GET /v1/policy/clauses`: the policy clause by clause, and its principles (C-1.3).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::clauses::{self, Clause, Principle};
use shared::domain::locale::Locale;
use shared::http::Call;
use utoipa::ToSchema;

/// The policy clause by clause.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyClauses)]
pub(crate) struct Clauses {
    /// The principles of the policy, each with the clauses that keep it.
    principles: Vec<Kept>,
    /// Every clause.
    clauses: Vec<Listed>,
}

/// A principle, and the clauses that keep it.
#[derive(Serialize, ToSchema)]
#[schema(as = PrincipleKept)]
struct Kept {
    /// Its name.
    principle: &'static str,
    /// What it is called.
    title: &'static str,
    /// The ids of the clauses that keep it.
    clauses: Vec<&'static str>,
}

/// A clause in the list.
#[derive(Serialize, ToSchema)]
#[schema(as = ClauseListed)]
struct Listed {
    /// Its id.
    id: &'static str,
    /// What it is about.
    title: &'static str,
    /// How far the service has come: `served`, `partly` or `not_yet`.
    standing: &'static str,
    /// What is missing, where it is served partly.
    missing: Option<&'static str>,
    /// Where all about it is read.
    href: String,
}

/// Lists the clauses of the policy, and the principles that they keep.
#[utoipa::path(
    get, path = "/v1/policy/clauses", operation_id = "list_clauses", tag = "policy",
    responses(
        (status = 200, description = "The clauses", body = Clauses),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_clauses(call: Call) -> Response {
    let locale = call.locale;
    let body = Clauses {
        principles: Principle::ALL.map(|principle| kept(principle, locale)).into(),
        clauses: clauses::all().map(|clause| listed(clause, locale)).collect(),
    };
    let language = [(header::CONTENT_LANGUAGE, locale.tag())];
    (crate::PUBLIC, language, axum::Json(json!(body))).into_response()
}

fn kept(principle: Principle, locale: Locale) -> Kept {
    let by = clauses::all().filter(|clause| clause.principles.contains(&principle));
    Kept {
        principle: principle.name(),
        title: principle.title().of(locale),
        clauses: by.map(|clause| clause.id).collect(),
    }
}

fn listed(clause: &Clause, locale: Locale) -> Listed {
    Listed {
        id: clause.id,
        title: clause.title.of(locale),
        standing: clause.standing.name(),
        missing: clause.standing.missing().map(|text| text.of(locale)),
        href: format!("/v1/policy/clauses/{}", clause.id),
    }
}
