//! `POST /v1/me/exports`: asks for a copy, and gives the links of its parts (C-8.5).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::domain::limit::EXPORTS;
use shared::domain::time::Timestamp;
use shared::error::corrupt;
use shared::http::{
    Access, Call, Caller, Json, Problem, ProblemKind, act, idempotent_for, recalled,
};
use shared::ids::ExportId;
use shared::ledger::{Action, Actor, Facts};
use shared::records::export::{self, Export, ROWS, VALID};
use shared::records::{idempotency, subject};
use shared::store::{Key, Table, Transaction, When};
use utoipa::ToSchema;

/// A copy, in parts.
#[derive(Serialize, ToSchema)]
#[schema(as = ExportCreated)]
pub(crate) struct Created {
    /// The parts; each is an archive of its own, built when it is read.
    parts: Vec<Part>,
    /// Until when the links are valid, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A part of a copy.
#[derive(Serialize, ToSchema)]
#[schema(as = ExportPart)]
struct Part {
    /// Its number, from 1.
    part: usize,
    /// Where it is read, with a session of the same person.
    href: String,
}

/// Nothing can be chosen: a copy is always of everything.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Asks for a copy of everything that is held about the caller.
///
/// The session must be fresh. The links are valid for an hour, for this person alone. A call that is
/// repeated after that asks for another copy.
#[utoipa::path(
    post, path = "/v1/me/exports", operation_id = "create_export", tag = "export",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated call run once")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The links", body = Created,
            headers(("Location" = String, description = "The first part"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_export(
    call: Call,
    _: Option<Json<Nothing>>,
) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Export).await?;
    if !caller.is_fresh(&call) {
        return Err(ProblemKind::NotFresh.into());
    }
    let repeat = if call.headers.contains_key("idempotency-key") {
        let index = call.ports.vault.index().await?;
        let asker = caller.person.subject.as_str();
        idempotent_for(&call, asker.as_bytes(), "create_export", (&[], &index))?
    } else {
        None
    };
    act(&call, (Access::Export, caller), |caller| create(&call, caller, repeat.as_ref())).await
}

async fn create(
    call: &Call,
    caller: Caller,
    repeat: Option<&idempotency::Call>,
) -> Result<Response, Problem> {
    let (store, person) = (&call.ports.store, &caller.person);
    let keys: Vec<Key> = repeat.map(|repeat| repeat.key.clone()).into_iter().collect();
    let memory = store.get_all(&keys).await?.into_iter().next().flatten();
    // What is remembered of a copy is its links: once they have ended there is nothing to repeat.
    let before = recalled(repeat, memory.as_ref(), call)?;
    if let Some((last, at)) = before.filter(|(_, at)| at.plus(VALID) > call.now) {
        return answer(&last, at);
    }
    let mut transaction = Transaction::new();
    // Counted with the act: many at once get no more than the limit.
    let counter = (subject::export_limit(&person.subject), EXPORTS);
    caller.count(call, counter, &mut transaction)?;
    let book = caller.book(call).await?;
    let starts = starts(call, &subject::partition(&person.subject)).await?;
    let export = Export { starts, entries: book.entries() + 1, from: book.base() };
    let id = ExportId::draw(&*call.ports.entropy);
    let row = export::row(&person.subject, &id, &export, (call.now, &person.key))?;
    transaction.put("export", row, When::Absent);
    transaction.check("gate", person.account.key.clone(), caller.gate());
    let last = export::part_id(&id, export.parts());
    if let Some(repeat) = repeat {
        let when = memory.as_ref().map_or(When::Absent, |row| When::Version(row.version));
        transaction.put("idempotency", repeat.row(memory.as_ref(), &last, call.now), when);
    }
    let facts = Facts::of("rights", &[], call.id.as_str());
    book.enter(&mut transaction, &person.key, (Action::Exported, Actor::Person), &facts)?;
    store.write(transaction).await?;
    answer(&last, call.now)
}

/// The sort keys after which the second and further slices of a partition begin. Holds a page at a
/// time.
async fn starts(call: &Call, partition: &str) -> Result<Vec<String>, Problem> {
    let (mut starts, mut counted) = (Vec::new(), 0);
    let mut after: Option<Key> = None;
    loop {
        let from = (Table::Records, partition, "");
        let page = call.ports.store.page(from, 1_000, after.as_ref()).await?;
        for row in page.items {
            if counted == ROWS {
                // The row before this one was the last of its slice.
                starts.extend(after.as_ref().map(|key| key.sk.clone()));
                counted = 0;
            }
            counted += 1;
            after = Some(row.key);
        }
        if page.next.is_none() {
            return Ok(starts);
        }
        after = page.next;
    }
}

/// The links, by the id of the last part.
fn answer(last: &str, at: Timestamp) -> Result<Response, Problem> {
    let (id, parts) = export::parse_part(last).ok_or_else(|| corrupt("idempotency", "outcome"))?;
    let href = |number| format!("/v1/me/exports/{}", export::part_id(&id, number));
    let parts = (1..=parts).map(|part| Part { part, href: href(part) }).collect();
    let body = Created { parts, expires_at: at.plus(VALID).rfc3339() };
    let location = [(header::LOCATION, href(1))];
    Ok((StatusCode::CREATED, location, axum::Json(json!(body))).into_response())
}
