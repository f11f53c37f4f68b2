//! `POST /v1/accounts`: registers with a verified contact.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::domain::account::Profile;
use shared::domain::consent;
use shared::domain::contact::{Channel, Contact};
use shared::domain::inventory::Purpose;
use shared::domain::locale::Locale;
use shared::domain::password;
use shared::domain::period::Period;
use shared::domain::personal::Secret;
use shared::domain::time::Timestamp;
use shared::error::{Error, corrupt};
use shared::http::{
    Call, Json, Problem, ProblemKind, SecretJson, accepted, check_code, idempotent, is_code,
    recalled, settle,
};
use shared::ids::VerificationId;
use shared::ledger::Book;
use shared::opening::{self, Accepted, Opening};
use shared::records::idempotency;
use shared::records::verification::{self, CodePurpose, Verification};
use shared::store::{Row, When};
use shared::vault::{Claims, IndexKey, Owner, password as hashing};
use utoipa::ToSchema;

/// How often a call looks for the outcome of the same call at work: for some three seconds.
const WAITS: u32 = 20;

/// Registers an account.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The id of the verification.
    verification: String,
    /// The code.
    #[schema(value_type = String, example = "12345678")]
    code: Secret,
    /// The password, 8 to 128 characters.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    password: Secret,
    /// The version of the policy that was read and is accepted.
    #[schema(example = "general-2022-08-16")]
    policy_version: String,
    /// The language in which it was read: `zh-CN` or `en`; otherwise that of `Accept-Language`.
    #[serde(default)]
    #[schema(nullable = false)]
    policy_language: Option<Locale>,
    /// The purposes consented to beyond the basic ones.
    #[serde(default)]
    consents: Vec<Purpose>,
}

/// An account, and its first session.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountCreated)]
pub(crate) struct Created {
    /// The token of the first session; absent when a repeated call finds its earlier outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    token: Option<Secret>,
    /// When that session ends at the latest, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Registers an account with a verified contact.
///
/// The first session is fresh. One contact has one account: the claim on it is part of the same
/// transaction (C-7.3).
#[utoipa::path(
    post, path = "/v1/accounts", operation_id = "create_account", tag = "register",
    request_body = Request,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated call run once")),
    responses(
        (status = 201, description = "Registered", body = Created,
            headers(("Location" = String, description = "`/v1/me`"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_account(
    call: Call,
    Json(request, body): Json<Request>,
) -> Result<Response, Problem> {
    let asked = parse(&call, request)?;
    let index = call.ports.vault.index().await?;
    let repeat = idempotent(&call, "create_account", &body, &index)?;
    let repeat = repeat.as_ref();
    let found = find(&call, &asked, repeat).await?;
    if let Some((_, at)) = recalled(repeat, found.memory.as_ref(), &call)? {
        return Ok(repeated(&call, at));
    }
    let rows = (found.verification.as_ref(), found.flow_key.as_ref());
    let code = (&asked.verification, &asked.code);
    let verified = match check_code(&call, code, rows, CodePurpose::Register).await {
        Ok(verified) => verified,
        // The same call at once may have used the code up: its outcome is this one's as well.
        Err(problem) if repeat.is_some() => {
            let at = outcome_of_another(&call, &asked, repeat).await?.ok_or(problem)?;
            return Ok(repeated(&call, at));
        }
        Err(problem) => return Err(problem),
    };
    let contact = std::iter::once((verified.channel, &verified.address));
    password::differs(&asked.password, contact, None).map_err(refused)?;
    let (profile, claims) = profile(&call, &asked, verified, &index).await?;
    let mut first = Some(found);
    settle(&call.ports.store, || {
        let first = first.take();
        let (call, asked, account) = (&call, &asked, (&profile, &claims));
        async move {
            let found = match first {
                Some(found) => found,
                None => find(call, asked, repeat).await?,
            };
            register(call, asked, account, (found, repeat)).await
        }
    })
    .await
}

/// When the same call made the account that came at the same time as this one, where its code is right
/// and used up. The other one may still be at work, as long as the verification is there: waits
/// for it.
async fn outcome_of_another(
    call: &Call,
    asked: &Asked,
    repeat: Option<&idempotency::Call>,
) -> Result<Option<Timestamp>, Problem> {
    for wait in 0..WAITS {
        let found = find(call, asked, repeat).await?;
        if let Some((_, at)) = recalled(repeat, found.memory.as_ref(), call)? {
            return Ok(Some(at));
        }
        let rows = (found.verification.as_ref(), found.flow_key.as_ref());
        if !is_code(call, (&asked.verification, &asked.code), rows).await? {
            return Ok(None);
        }
        call.ports.store.back_off(wait).await;
    }
    Ok(None)
}

/// What was asked for, parsed.
struct Asked {
    verification: VerificationId,
    code: Secret,
    password: Secret,
    consents: Vec<Purpose>,
    accepted: Accepted,
}

fn parse(call: &Call, request: Request) -> Result<Asked, Problem> {
    let password = password::accept(request.password.expose()).map_err(refused)?;
    let accepted = accepted(call, &request.policy_version, request.policy_language)?;
    // An id of another form is as wrong as one that nobody gave out, and answered the same.
    let verification =
        VerificationId::parse(&request.verification).ok_or(ProblemKind::VerificationFailed)?;
    Ok(Asked { verification, code: request.code, password, consents: request.consents, accepted })
}

/// The problem of a password that breaks a rule.
fn refused(rule: &str) -> Problem {
    Problem::invalid(Vec::new()).at("/password", rule)
}

/// What one read brings.
struct Found {
    verification: Option<Row>,
    flow_key: Option<Row>,
    year: Option<Row>,
    month: Option<Row>,
    memory: Option<Row>,
}

async fn find(
    call: &Call,
    asked: &Asked,
    repeat: Option<&idempotency::Call>,
) -> Result<Found, Error> {
    let mut keys = vec![
        verification::key(&asked.verification),
        Owner::Flow(asked.verification.clone()).key(),
        Book::year_key(call.now),
        Owner::Period(Period::logs(call.now)).key(),
    ];
    keys.extend(repeat.map(|r| r.key.clone()));
    let mut rows = call.ports.store.get_all(&keys).await?.into_iter();
    let mut next = || rows.next().flatten();
    Ok(Found {
        verification: next(),
        flow_key: next(),
        year: next(),
        month: next(),
        memory: next(),
    })
}

/// What the account will hold, and the claim on its contact.
async fn profile(
    call: &Call,
    asked: &Asked,
    verified: Verification,
    index: &IndexKey,
) -> Result<(Profile, Claims), Problem> {
    let contact = Contact::parse(verified.channel, verified.address.expose())
        .map_err(|_| corrupt("verification", "address"))?;
    let claims = index.claims(&contact);
    let address = |channel| (verified.channel == channel).then(|| verified.address.clone());
    let hash = hashing::hash(asked.password.clone(), &*call.ports.entropy).await?;
    let profile = Profile {
        email: address(Channel::Email),
        phone: address(Channel::Phone),
        display_name: None,
        language: verified.language,
        age_band: verified.age_band.ok_or_else(|| corrupt("verification", "age_band"))?,
        password: Some(hash),
        third_parties: Vec::new(),
        consents: consent::given(&asked.consents, call.now, asked.accepted.version),
        policy_version: asked.accepted.version.to_owned(),
        acceptance: None,
        contact_change: None,
        claims: vec![claims.current.pk.clone()],
        session_epoch: 0,
        told_at: None,
    };
    Ok((profile, claims))
}

async fn register(
    call: &Call,
    asked: &Asked,
    (profile, claims): (&Profile, &Claims),
    (found, repeat): (Found, Option<&idempotency::Call>),
) -> Result<Response, Problem> {
    if let Some((_, at)) = recalled(repeat, found.memory.as_ref(), call)? {
        return Ok(repeated(call, at));
    }
    let periods = (found.year.as_ref(), found.month.as_ref());
    let (source, request, now) = (call.source, call.id.as_str(), call.now);
    let (accepted, device) = (asked.accepted, call.device());
    let device = device.as_ref();
    let account = Opening { profile, accepted, claims, source, device, request, now };
    let (mut transaction, token, session) = opening::open(&call.ports, account, periods).await?;
    verification::end(&mut transaction, &asked.verification);
    if let Some(repeat) = repeat {
        let memory = repeat.row(found.memory.as_ref(), "done", call.now);
        let when = found.memory.as_ref().map_or(When::Absent, |r| When::Version(r.version));
        transaction.put("idempotency", memory, when);
    }
    match call.ports.store.write(transaction).await {
        Ok(()) => Ok(created(Some(token.reveal()), session.ends_at.rfc3339())),
        // The same call, sent twice at once: the other one's outcome is this one's too.
        Err(error) if error.failed("idempotency") => Err(error.into()),
        Err(error) if error.failed("claim") => Err(ProblemKind::ContactTaken.into()),
        Err(error) if error.failed("verification") => Err(ProblemKind::VerificationFailed.into()),
        Err(error) => Err(error.into()),
    }
}

/// The answer to a call that was made before: what came of it, without the token.
fn repeated(call: &Call, at: Timestamp) -> Response {
    created(None, at.plus(call.ports.config.sessions.absolute).rfc3339())
}

fn created(token: Option<Secret>, expires_at: String) -> Response {
    let body = SecretJson(Created { token, expires_at });
    let location = [(header::LOCATION, "/v1/me")];
    (StatusCode::CREATED, location, body).into_response()
}
