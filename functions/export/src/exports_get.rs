//! `GET /v1/me/exports/{id}`: a part of a copy, built as it is read (C-8.5).

use crate::archive::{Cover, archive};
use crate::rows;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use shared::error::{Error, Kind};
use shared::http::{Access, Call, Caller, Id, Missing, Problem, ProblemKind, act};
use shared::ids::ExportId;
use shared::ledger::head_of;
use shared::records::export::{Export, parse_part};
use shared::records::{limit, subject};
use shared::store::{Attr, Row, Transaction};

/// Reads a part of a copy: a ZIP archive of at most 4 MB.
///
/// It holds what is there when it is read, of the rows that were there when the copy was asked for.
/// A copy can be read sixty times, one of more than fifteen parts four times each; whoever needs more
/// asks for another.
#[utoipa::path(
    get, path = "/v1/me/exports/{id}", operation_id = "get_export", tag = "export",
    params(("id" = String, Path, description = "The part's id, as the link has it")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The archive", body = String, content_type = "application/zip",
            headers(("Content-Disposition" = String, description = "A name to save it under"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_export(call: Call, Id(id): Id) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Read).await?;
    let (id, number) = parse_part(&id).ok_or(Missing::Copy)?;
    let part = (&id, number);
    let built = act(&call, (Access::Read, caller), |caller| build(&call, caller, part)).await;
    // An erasure, or the end of the session, that came meanwhile has the last word: what was read
    // may be half there.
    Caller::identify(&call, Access::Read).await?;
    let (bytes, of) = built?;
    let day = &call.now.rfc3339()[..10];
    let name = format!("personal-center-{day}-part-{number}-of-{of}.zip");
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let name = name.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/zip");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// The archive, and of how many parts it is one.
async fn build(
    call: &Call,
    caller: Caller,
    (id, number): (&ExportId, usize),
) -> Result<(Vec<u8>, usize), Problem> {
    let person = &caller.person;
    let keys = [subject::export(&person.subject, id), subject::chain(&person.subject)];
    let [row, chain] = call.ports.store.get(&keys).await?;
    let row = row.filter(|row| !row.is_expired(call.now)).ok_or(Missing::Copy)?;
    let export: Export = person.key.open(&row)?;
    let of = export.parts();
    if number > of {
        return Err(Missing::Copy.into());
    }
    let unsettled = || Error::new(Kind::Conflict(vec!["chain"]), "read a chain");
    let head = head_of(&person.key, &chain.ok_or_else(unsettled)?)?;
    count(call, &caller, (&row, &export)).await?;
    let slice = rows::Slice { export: &export, number, asked_at: row.time(Attr::CreatedAt)? };
    let found = rows::read(&call.ports, person, &head.chain, &slice).await?;
    let cover = Cover { person, number, of, export: &export, at: call.now };
    Ok((archive(&found, &cover)?, of))
}

/// Counts the read in the copy's row, before anything is built: many at once get no more than the
/// limit.
async fn count(
    call: &Call,
    caller: &Caller,
    (row, export): (&Row, &Export),
) -> Result<(), Problem> {
    let (person, reads) = (&caller.person, export.reads());
    let earlier = row.events();
    limit::check(&earlier, &[reads], call.now)
        .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))?;
    let mut events = reads.live(&earlier, call.now);
    events.push(call.now);
    let row = row.clone().next().with(Attr::Events, events);
    let mut transaction = Transaction::new();
    transaction.replace("export", person.key.seal(row, export)?);
    transaction.check("gate", person.account.key.clone(), caller.gate());
    Ok(call.ports.store.write(transaction).await?)
}
