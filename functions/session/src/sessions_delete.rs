//! `DELETE /v1/sessions/{id}`: ends a session, or the current one.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::http::{Access, Call, Caller, Id, Missing, Problem, act, expired_cookie};
use shared::ids::SessionId;
use shared::ledger::{Action, Actor, Facts};
use shared::records::session::Scope;
use shared::records::subject;
use shared::store::{Key, Transaction, When};

/// Ends a session.
///
/// A ticket from the session limit ends one, and itself with it.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", operation_id = "delete_session", tag = "session",
    params(("id" = String, Path, description = "The session's id, or `current`")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Ended"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_session(call: Call, Id(id): Id) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Sessions).await?;
    act(&call, (Access::Sessions, caller), |caller| end(&call, caller, &id)).await
}

async fn end(call: &Call, caller: Caller, id: &str) -> Result<Response, Problem> {
    let person = &caller.person;
    let key: Key = match id {
        "current" => caller.session_row.key.clone(),
        other => {
            let id = SessionId::parse(other).ok_or(Missing::Session)?;
            subject::session(&person.subject, &id)
        }
    };
    let current = caller.is_current(&key);
    let mut transaction = Transaction::new();
    if caller.session.scope == Scope::Sessions && !current {
        let ticket = caller.session_row.key.clone();
        transaction.delete("ticket", ticket, When::Version(caller.session_row.version));
    }
    transaction.delete("session", key, When::Present);
    transaction.check("gate", person.account.key.clone(), caller.gate());
    let facts = Facts::of("rights", &[], call.id.as_str());
    let entry = (Action::SessionEnded, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    match call.ports.store.write(transaction).await {
        Ok(()) => {}
        // Where the caller's own session or account ended meanwhile, the next try says which.
        Err(error) if error.failed("session") && !error.failed("gate") && !current => {
            return Err(Missing::Session.into());
        }
        Err(error) => return Err(error.into()),
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    if current && call.headers.contains_key(header::COOKIE) {
        answer.headers_mut().insert(header::SET_COOKIE, expired_cookie());
    }
    Ok(answer)
}
