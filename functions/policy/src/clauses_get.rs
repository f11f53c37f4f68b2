//! `GET /v1/policy/clauses/{id}`: what the service does about one clause, and what shows it
//! (C-1.3).

use crate::limits::{Live, live};
use crate::trace::{Test, traces};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::clauses::{Clause, find};
use shared::error::{Error, Kind};
use shared::http::{Call, Id, Missing, Problem};
use utoipa::ToSchema;

/// A clause of the policy, and what keeps it.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyClause)]
pub(crate) struct Shown {
    /// Its id.
    id: &'static str,
    /// What it is about.
    title: &'static str,
    /// What the service does about it when it is kept whole.
    service: &'static str,
    /// How far the service has come: `served`, `partly` or `not_yet`.
    standing: &'static str,
    /// What is missing, where it is served partly.
    missing: Option<&'static str>,
    /// The names of the principles that it keeps.
    principles: Vec<&'static str>,
    /// The routes that keep it.
    routes: &'static [&'static str],
    /// The items of the inventory that it is about: their ids.
    items: Vec<String>,
    /// The limits that keep it, as they apply now.
    limits: Vec<Live>,
    /// The source files that name it.
    code: Vec<String>,
    /// The tests that show it.
    tests: Vec<Test>,
}

/// Reads one clause: what keeps it, with the limits that apply now, and where it is tested.
#[utoipa::path(
    get, path = "/v1/policy/clauses/{id}", operation_id = "get_clause", tag = "policy",
    params(("id" = String, Path, description = "The clause")),
    responses(
        (status = 200, description = "The clause", body = Shown),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_clause(call: Call, Id(id): Id) -> Result<Response, Problem> {
    let clause = find(&id).ok_or(Missing::Clause)?;
    let body = shown(clause, &call)?;
    let language = [(header::CONTENT_LANGUAGE, call.locale.tag())];
    Ok((crate::PUBLIC, language, axum::Json(json!(body))).into_response())
}

fn shown(clause: &Clause, call: &Call) -> Result<Shown, Error> {
    let locale = call.locale;
    let damaged = |error| Error::new(Kind::Internal, "read where clauses are kept").because(error);
    let trace = traces().map_err(damaged)?.remove(clause.id).unwrap_or_default();
    Ok(Shown {
        id: clause.id,
        title: clause.title.of(locale),
        service: clause.service.of(locale),
        standing: clause.standing.name(),
        missing: clause.standing.missing().map(|text| text.of(locale)),
        principles: clause.principles.iter().map(|principle| principle.name()).collect(),
        routes: clause.routes,
        items: clause.items.iter().map(|item| item.id()).collect(),
        limits: clause.limits.iter().map(|l| live(*l, &call.ports.config, locale)).collect(),
        code: trace.code,
        tests: trace.tests,
    })
}
