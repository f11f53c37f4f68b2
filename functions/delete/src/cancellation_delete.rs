//! `DELETE /v1/me/cancellation`: changes one's mind within the cooling-off period (C-8.4).

use crate::withdrawal::{Grounds, withdraw};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::domain::account::State;
use shared::http::{Access, Call, Caller, Problem, act};

/// Withdraws the cancellation.
///
/// The receipt goes; an account that is not cancelled stays as it is.
#[utoipa::path(
    delete, path = "/v1/me/cancellation", operation_id = "delete_cancellation", tag = "delete",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The account is in use"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_cancellation(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Write).await?;
    act(&call, (Access::Write, caller), |caller| change_mind(&call, caller)).await
}

async fn change_mind(call: &Call, caller: Caller) -> Result<Response, Problem> {
    if caller.person.state == State::Closing {
        let book = caller.book(call).await?;
        withdraw(call, Grounds { person: &caller.person, book, link: None }).await?;
    } else {
        caller.require_active()?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
