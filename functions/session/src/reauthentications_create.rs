//! `POST /v1/reauthentications`: makes the session fresh by a proof of identity.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::domain::inventory::items;
use shared::domain::personal::Secret;
use shared::http::{Access, Call, Caller, Json, Problem, act};
use shared::ledger::{Action, Actor, Facts};
use shared::records::session::Session;
use shared::store::{Row, Transaction};
use utoipa::ToSchema;

/// Proves identity.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReauthenticationRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The password.
    #[schema(value_type = String)]
    password: Secret,
}

/// Makes the session fresh for ten minutes.
#[utoipa::path(
    post, path = "/v1/reauthentications", operation_id = "create_reauthentication", tag = "session",
    request_body = Request,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The session is fresh"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_reauthentication(
    call: Call,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Prove).await?;
    let caller = caller.prove(&call, &request.password).await?;
    act(&call, (Access::Write, caller), |caller| freshen(&call, caller)).await
}

async fn freshen(call: &Call, caller: Caller) -> Result<Response, Problem> {
    let person = &caller.person;
    let until = call.now.plus(call.ports.config.sessions.fresh);
    let session = Session { fresh_until: until, ..caller.session.clone() };
    let row: Row = person.key.seal(caller.session_row.clone().next(), &session)?;
    let mut transaction = Transaction::new();
    transaction.replace("session", row);
    transaction.check("gate", person.account.key.clone(), caller.gate());
    let facts = Facts::of("rights", &[&items::SESSION_FRESH], call.id.as_str());
    let entry = (Action::SessionFreshened, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    call.ports.store.write(transaction).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
