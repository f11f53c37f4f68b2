//! What came of a return: as a page with cookies to a browser, as JSON to a client.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::domain::locale::{Text, text};
use shared::domain::personal::Secret;
use shared::domain::time::Timestamp;
use shared::http::{
    Call, Form, Problem, ProblemKind, SecretJson, cookie, expired_transit_cookie, page,
};
use std::time::Duration;
use utoipa::ToSchema;

/// What came of a return.
pub(crate) enum Done {
    /// A session was opened.
    LoggedIn { token: Secret, ends_at: Timestamp, remember: bool },
    /// The most sessions are open: a ticket instead.
    AtLimit { ticket: Secret, ends_at: Timestamp },
    /// An account was registered, with its first session.
    Registered { token: Secret, ends_at: Timestamp },
    /// The third-party account is linked.
    Linked,
    /// The session is fresh, and may have a new secret.
    Proved(Option<Renewed>),
}

/// The new secret of a session.
pub(crate) struct Renewed {
    pub(crate) token: Secret,
    pub(crate) ends_at: Timestamp,
    pub(crate) remembered: bool,
    /// Whether its holder has it as a cookie.
    pub(crate) by_cookie: bool,
}

/// How a session is handed over.
#[derive(Clone, Copy, Default, Deserialize, Eq, PartialEq, ToSchema)]
#[schema(as = HandedOver)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HandedOver {
    /// As a bearer token in the answer.
    #[default]
    Token,
    /// As a cookie, and no token.
    Cookie,
}

/// A session that a third party's word opened, or renewed.
#[derive(Serialize, ToSchema)]
#[schema(as = ThirdPartySession)]
pub(crate) struct Opened {
    /// The token; absent with a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    token: Option<Secret>,
    /// When the session ends at the latest, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A session on its way to its holder.
struct Session {
    token: Secret,
    ends_at: Timestamp,
    keep: Option<Duration>,
    handed: HandedOver,
}

/// The answer. Where something came of it the cookie of the log-in ends.
pub(crate) fn answer(
    call: &Call,
    (form, handed): (Form, HandedOver),
    done: Result<Done, Problem>,
) -> Response {
    let shown = done.and_then(|done| match form {
        Form::Page => shown(call, done),
        Form::Json => told(call, done, handed),
    });
    match (shown, form) {
        (Ok(mut answer), _) => {
            answer.headers_mut().append(header::SET_COOKIE, expired_transit_cookie());
            answer
        }
        // The return is used up: a page cannot send it again.
        (Err(problem), Form::Page) if problem.kind() == ProblemKind::SecondFactorNeeded => {
            page::refused_with(call, problem, SECOND_FACTOR)
        }
        (Err(problem), Form::Page) => page::refused(call, problem),
        (Err(problem), Form::Json) => problem.into_response(),
    }
}

/// A page, and the session as a cookie.
fn shown(call: &Call, done: Done) -> Result<Response, Problem> {
    let (words, session) = match done {
        Done::LoggedIn { token, ends_at, remember } => {
            (LOGGED_IN, Some(cookie(&token, kept(call, remember, ends_at))?))
        }
        Done::Registered { token, .. } => (REGISTERED, Some(cookie(&token, None)?)),
        // With it the sessions can be listed, and one be ended.
        Done::AtLimit { ticket, ends_at } => {
            (AT_LIMIT, Some(cookie(&ticket, kept(call, true, ends_at))?))
        }
        Done::Linked => (LINKED, None),
        Done::Proved(renewed) => {
            let renewed = renewed.filter(|renewed| renewed.by_cookie);
            let keep = |it: &Renewed| kept(call, it.remembered, it.ends_at);
            (PROVED, renewed.map(|it| cookie(&it.token, keep(&it))).transpose()?)
        }
    };
    Ok(with(page::done(call, words), session))
}

/// JSON, with the session as it is asked for.
fn told(call: &Call, done: Done, handed: HandedOver) -> Result<Response, Problem> {
    match done {
        Done::LoggedIn { token, ends_at, remember } => {
            let keep = kept(call, remember, ends_at);
            handed_over(StatusCode::CREATED, Session { token, ends_at, keep, handed })
        }
        Done::Registered { token, ends_at } => {
            let session = Session { token, ends_at, keep: None, handed };
            let mut answer = handed_over(StatusCode::CREATED, session)?;
            answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/v1/me"));
            Ok(answer)
        }
        Done::AtLimit { ticket, ends_at } => {
            let problem = Problem::new(ProblemKind::SessionLimit);
            Err(problem.with("expires_at", ends_at.rfc3339()).with_secret("ticket", ticket))
        }
        Done::Proved(Some(Renewed { token, ends_at, remembered, by_cookie })) => {
            let keep = kept(call, remembered, ends_at);
            let handed = if by_cookie { HandedOver::Cookie } else { HandedOver::Token };
            handed_over(StatusCode::OK, Session { token, ends_at, keep, handed })
        }
        Done::Linked | Done::Proved(None) => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

fn handed_over(status: StatusCode, session: Session) -> Result<Response, Problem> {
    let Session { token, ends_at, keep, handed } = session;
    let (token, hidden) = match handed {
        HandedOver::Token => (Some(token), None),
        HandedOver::Cookie => (None, Some(cookie(&token, keep)?)),
    };
    let body = SecretJson(Opened { token, expires_at: ends_at.rfc3339() });
    Ok(with((status, body).into_response(), hidden))
}

fn with(mut answer: Response, session: Option<HeaderValue>) -> Response {
    if let Some(session) = session {
        answer.headers_mut().append(header::SET_COOKIE, session);
    }
    answer
}

/// How long a cookie outlives the browser: as long as its session, where that is remembered.
fn kept(call: &Call, remembered: bool, ends_at: Timestamp) -> Option<Duration> {
    let left = ends_at.secs().saturating_sub(call.now.secs());
    remembered.then(|| Duration::from_secs(u64::try_from(left).unwrap_or_default()))
}

const LOGGED_IN: (Text, Text) = (
    text("You are logged in", "您已登录"),
    text("You can go back to where you came from.", "您可以返回之前的页面。"),
);
const REGISTERED: (Text, Text) = (
    text("Your account is there", "您的账号已注册"),
    text(
        "You are logged in. Of your account with the third party only its random id was kept. Add a \
         contact, so that you can log in without it too.",
        "您已登录。我们仅保存了您在第三方账号的标识。请添加联系方式，以便不依赖第三方也能登录。",
    ),
);
const AT_LIMIT: (Text, Text) = (
    text("The most sessions are open", "会话数已达上限"),
    text(
        "Go back to where you came from, choose a session to end, and log in again.",
        "请返回之前的页面，选择结束一个会话，然后重新登录。",
    ),
);
const LINKED: (Text, Text) = (
    text("The third-party account is linked", "第三方账号已关联"),
    text(
        "You can log in with it from now on. Only its random id was kept.",
        "此后您可以使用其登录。我们仅保存了其标识。",
    ),
);
const PROVED: (Text, Text) = (
    text("You proved that it is you", "已验证您的身份"),
    text(
        "For ten minutes you can do what needs a fresh proof.",
        "十分钟内您可进行需要重新验证身份的操作。",
    ),
);
const SECOND_FACTOR: (Text, Text) = (
    text("A second factor is needed", "需要第二验证因素"),
    text(
        "Go back to where you came from and begin the log-in again. When the third party has sent you \
         back, type a new code of your authenticator app, or an unused recovery code, before you go on.",
        "请返回之前的页面，重新开始登录。第三方将您送回后，请先输入身份验证器应用的新验证码或未使用过的恢复码，再继续。",
    ),
);
