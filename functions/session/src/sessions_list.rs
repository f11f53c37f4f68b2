//! `GET /v1/sessions`: the person's live sessions.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::http::{Access, Call, Caller, Problem};
use shared::records::session::{self, Scope};
use shared::store::Attr;
use utoipa::ToSchema;

/// The live sessions, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sessions {
    /// Each of them.
    sessions: Vec<Listed>,
}

/// A live session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct Listed {
    /// The id to end it by.
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When it was opened, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to a tenth of its idle limit, RFC 3339.
    #[schema(format = DateTime)]
    seen_at: String,
    /// When it ends at the latest, RFC 3339.
    #[schema(format = DateTime)]
    ends_at: String,
    /// Whether it outlives the browser.
    remembered: bool,
    /// The device that it was opened from, where that is known.
    #[schema(nullable = false, example = "Firefox on Windows")]
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
}

/// Lists the live sessions.
///
/// A ticket from the session limit does too.
#[utoipa::path(
    get, path = "/v1/sessions", operation_id = "list_sessions", tag = "session",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The sessions", body = Sessions),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_sessions(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Sessions).await?;
    let mut sessions = Vec::new();
    let live = session::live(&call.ports, &caller.person, call.now).await?;
    for (row, session) in live.into_iter().filter(|(_, session)| session.scope == Scope::Full) {
        sessions.push(Listed {
            id: row.key.sk.trim_start_matches("session#").to_owned(),
            current: caller.is_current(&row.key),
            created_at: row.time(Attr::CreatedAt)?.rfc3339(),
            seen_at: row.time(Attr::SeenAt)?.rfc3339(),
            ends_at: session.ends_at.rfc3339(),
            remembered: session.remembered,
            device: session.device.as_ref().map(|device| device.name().to_owned()),
        });
    }
    sessions.sort_by(|a, b| b.created_at.cmp(&a.created_at));
    Ok(axum::Json(json!(Sessions { sessions })).into_response())
}
