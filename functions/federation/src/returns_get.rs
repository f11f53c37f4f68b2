//! `GET /v1/third-party-returns/{provider}`: where a third party sends people back to.

use crate::desk::Desk;
use axum::Extension;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use shared::domain::locale::text;
use shared::http::{Call, Id, Problem, ProblemKind, page};
use std::sync::Arc;

/// The most bytes of what comes back that is shown on to the next step.
const MOST: usize = 4_096;

/// What a third party adds to the address. Further parameters say nothing.
#[derive(Deserialize)]
pub(crate) struct Parameters {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

/// Shows a page that goes on by a post of the same site. Nothing changes.
///
/// The session cookie is not there while another site leads here, and it is there when the page's
/// own button is pressed.
#[utoipa::path(
    get, path = "/v1/third-party-returns/{provider}", operation_id = "get_third_party_return",
    tag = "federation",
    params(
        ("provider" = String, Path, description = "The name of the third party"),
        ("code" = Option<String>, Query, description = "The code, from the third party"),
        ("state" = Option<String>, Query, description = "The state, from the third party"),
        ("iss" = Option<String>, Query, description = "The issuer, where the third party names itself"),
        ("error" = Option<String>, Query, description = "Why the third party refused"),
    ),
    responses(
        (status = 200, description = "A page with one button", body = String,
            content_type = "text/html; charset=utf-8"),
        (status = "4XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "A problem; a page where `Accept` names one",
            body = shared::http::ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_third_party_return(
    call: Call,
    Extension(desk): Extension<Arc<Desk>>,
    Id(name): Id,
    // What stands twice is refused.
    parameters: Result<Query<Parameters>, axum::extract::rejection::QueryRejection>,
) -> Response {
    if let Err(problem) = desk.provider(&call.ports, &name).await {
        return page::refused(&call, problem);
    }
    let refused = || page::refused(&call, Problem::new(ProblemKind::ThirdPartyFailed));
    let Ok(Query(Parameters { code: Some(code), state: Some(state), iss })) = parameters else {
        return refused();
    };
    let mut fields = vec![("code", code.as_str()), ("state", state.as_str())];
    fields.extend(iss.iter().map(|issuer| ("iss", issuer.as_str())));
    if fields.iter().any(|(_, value)| value.len() > MOST) {
        return refused();
    }
    let words = (
        text("Go on to OpenDataLab", "继续前往 OpenDataLab"),
        text(
            "The third party sent you back here. Go on if you began this yourself.",
            "第三方已将您送回此处。如由您本人发起，请继续。",
        ),
        text("Go on", "继续"),
    );
    let typed = [
        (
            "totp",
            text(
                "If you log in, and your account has an authenticator app: its code",
                "如您在登录且账号已设置身份验证器应用：其验证码",
            ),
        ),
        ("recovery_code", text("Or a recovery code", "或恢复码")),
    ];
    page::asked_with(&call, words, page::Fields { hidden: &fields, typed: &typed })
}
