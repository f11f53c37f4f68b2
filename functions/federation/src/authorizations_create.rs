//! `POST /v1/third-parties/{provider}/authorizations`: begins a log-in by a third party.

use crate::desk::Desk;
use crate::identity;
use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::domain::inventory::Purpose;
use shared::domain::limit::AUTHORIZATION_VALID;
use shared::domain::locale::Locale;
use shared::domain::personal::Secret;
use shared::http::{
    Access, Age, Call, Caller, Id, Json, Problem, ProblemKind, SecretJson, accepted,
    claimed_subject, object, require_same_site, settle, transit_cookie,
};
use shared::records::authorization::{
    self, Authorization, Began, Choices, Intent, State, digest_of, draw_secret,
};
use shared::records::limit;
use shared::store::{Transaction, When};
use shared::vault::Owner;
use std::sync::Arc;
use utoipa::ToSchema;

/// Begins a log-in by a third party.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthorizationRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// What it is for.
    intent: Intent,
    /// Whether a session that is opened outlives the browser, and lasts longer.
    #[serde(default)]
    remember: bool,
    /// The age band; needed to register, asked before anything else, and not asked otherwise.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "object")]
    age: Option<Age>,
    /// The version of the policy that was read and is accepted; needed to register.
    #[schema(nullable = false, example = "general-2022-08-16")]
    policy_version: Option<String>,
    /// The language in which it was read: `zh-CN` or `en`; otherwise that of `Accept-Language`.
    #[schema(nullable = false)]
    policy_language: Option<Locale>,
    /// The purposes consented to beyond the basic ones, to register.
    #[serde(default)]
    consents: Vec<Purpose>,
}

/// A log-in by a third party under way.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthorizationCreated)]
pub(crate) struct Created {
    /// Where the browser goes now.
    #[schema(value_type = String)]
    authorization_url: Secret,
    /// When it has to be back, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Begins a log-in by a third party: to log in, to register, to link, or to prove.
///
/// Linking needs a fresh session, proving a live one. The cookie `__Host-tx` binds what comes back
/// to this browser. Of the third-party account only provider and subject are kept.
#[utoipa::path(
    post, path = "/v1/third-parties/{provider}/authorizations", operation_id = "create_authorization",
    tag = "federation",
    request_body = Request,
    security((), ("bearer" = []), ("cookie" = [])),
    params(("provider" = String, Path, description = "The name of the third party")),
    responses(
        (status = 201, description = "The browser can go there", body = Created,
            headers(("Set-Cookie" = String, description = "`__Host-tx`, for ten minutes"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_authorization(
    call: Call,
    Extension(desk): Extension<Arc<Desk>>,
    Id(name): Id,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    require_same_site(&call)?;
    let choices = choices(&call, &request)?;
    let with_session = matches!(request.intent, Intent::Link | Intent::Prove);
    if with_session {
        claimed_subject(&call)?;
    }
    let provider = desk.provider(&call.ports, &name).await?;
    let entropy = &*call.ports.entropy;
    let (state, browser) = (State::draw(entropy), draw_secret(entropy));
    let begun = Authorization {
        provider: provider.name.clone(),
        intent: request.intent,
        state_digest: digest_of(&state.secret),
        browser_digest: digest_of(&browser),
        nonce: draw_secret(entropy),
        verifier: draw_secret(entropy),
        session: None,
        remember: request.remember,
        choices,
    };
    let sent = (&begun, &state.reveal());
    let authorization_url = identity::authorization_url(&call, &desk, &provider, sent).await?;
    settle(&call.ports.store, || begin(&call, &begun, &state)).await?;
    let expires_at = call.now.plus(AUTHORIZATION_VALID).rfc3339();
    let body = SecretJson(Created { authorization_url, expires_at });
    let cookie = [(header::SET_COOKIE, transit_cookie(&browser)?)];
    Ok((StatusCode::CREATED, cookie, body).into_response())
}

/// What was chosen to register with.
///
/// # Errors
///
/// `Invalid`, `GuardianRequired`, `PolicyOutdated`.
fn choices(call: &Call, request: &Request) -> Result<Option<Choices>, Problem> {
    let invalid = |at: &str, detail: &str| Err(Problem::invalid(Vec::new()).at(at, detail));
    if request.intent != Intent::Register {
        let asked = "is asked to register only";
        return match request {
            Request { age: Some(_), .. } => invalid("/age", asked),
            Request { policy_version: Some(_), .. } => invalid("/policy_version", asked),
            Request { policy_language: Some(_), .. } => invalid("/policy_language", asked),
            Request { consents, .. } if !consents.is_empty() => invalid("/consents", asked),
            _ => Ok(None),
        };
    }
    if request.remember {
        return invalid("/remember", "is for a log-in");
    }
    let age_band = Age::adult(request.age.as_ref())?;
    let Some(version) = &request.policy_version else {
        return invalid("/policy_version", "is needed to register");
    };
    let accepted = accepted(call, version, request.policy_language)?;
    Ok(Some(Choices {
        age_band,
        policy_version: accepted.version.to_owned(),
        policy_language: accepted.text.language,
        consents: request.consents.clone(),
    }))
}

/// Counts it by its source, where nobody is known yet, and writes what has to come back. One read,
/// one write. A live session is not counted: strangers behind the same network do not stand in the
/// way of whoever has one.
async fn begin(call: &Call, begun: &Authorization, state: &State) -> Result<(), Problem> {
    let (ports, now) = (&call.ports, call.now);
    let mut begun = begun.clone();
    let mut transaction = Transaction::new();
    match begun.intent {
        Intent::LogIn | Intent::Register => count(call, &mut transaction).await?,
        Intent::Link | Intent::Prove => {
            let caller = Caller::identify(call, Access::Read).await?;
            if begun.intent == Intent::Link {
                caller.require_active()?;
                caller.require_fresh(call)?;
            }
            let session = caller.session_row.key.sk.trim_start_matches("session#").to_owned();
            begun.session = Some(Began { subject: caller.person.subject.to_string(), session });
            transaction.check("gate", caller.person.account.key.clone(), caller.gate());
        }
    }
    let (key, key_row) = ports.vault.mint(Owner::Authorization(state.id.clone())).await?;
    let row = authorization::row(&state.id, &begun, (now, &key))?;
    transaction.put("authorization", row, When::Absent);
    transaction.put("flow-key", key_row, When::Absent);
    ports.store.write(transaction).await?;
    Ok(())
}

/// Counts a log-in by its source.
async fn count(call: &Call, transaction: &mut Transaction) -> Result<(), Problem> {
    let ports = &call.ports;
    let counter = [ports.vault.index().await?.authorization_limit(call.source)];
    let [row] = ports.store.get(&counter).await?;
    let [key] = counter;
    let per_source = [ports.config.sends_per_source];
    limit::admit(transaction, "source-limit", (key, row.as_ref()), &per_source, call.now)
        .map(drop)
        .map_err(|wait| Problem::new(ProblemKind::Limited).after(wait))
}
