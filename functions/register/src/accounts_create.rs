//! `POST /v1/accounts`: registers with a verified contact.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::domain::account::Profile;
use shared::domain::contact::{Channel, Contact};
use shared::domain::inventory::Purpose;
use shared::domain::limit::CODE_TRIES;
use shared::domain::password;
use shared::domain::period::Period;
use shared::domain::personal::Secret;
use shared::domain::policy;
use shared::domain::time::Timestamp;
use shared::error::{Error, corrupt};
use shared::http::{Call, Json, Problem, ProblemKind, idempotent, recalled, settle};
use shared::ids::VerificationId;
use shared::ledger::Book;
use shared::opening::{self, Opening};
use shared::records::idempotency;
use shared::records::verification::{self, CodePurpose, Verification};
use shared::store::{Attr, Key, Row, Transaction, When};
use shared::vault::{IndexKey, Owner, password as hashing};
use utoipa::ToSchema;

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
    #[schema(nullable = false)]
    token: Option<String>,
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
    let asked = parse(request)?;
    let index = call.ports.vault.index().await?;
    let repeat = idempotent(&call, "create_account", &body, &index)?;
    let repeat = repeat.as_ref();
    let found = find(&call, &asked, repeat).await?;
    if let Some((_, at)) = recalled(repeat, found.memory.as_ref(), &call)? {
        return Ok(repeated(&call, at));
    }
    let verified = check_code(&call, &asked, &found).await?;
    let (profile, claim) = profile(&call, &asked, verified, &index).await?;
    let mut first = Some(found);
    settle(&call.ports.store, || {
        let first = first.take();
        let (call, asked, account) = (&call, &asked, (&profile, &claim));
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

/// What was asked for, parsed.
struct Asked {
    verification: VerificationId,
    code: Secret,
    password: Secret,
    consents: Vec<Purpose>,
}

fn parse(request: Request) -> Result<Asked, Problem> {
    let password = password::accept(request.password.expose())
        .map_err(|rule| Problem::invalid(Vec::new()).at("/password", rule))?;
    if request.policy_version != policy::IN_FORCE.id {
        let problem = Problem::new(ProblemKind::PolicyOutdated);
        return Err(problem.with("policy_version", policy::IN_FORCE.id));
    }
    let mut consents = request.consents;
    consents.retain(|purpose| !purpose.is_basic());
    consents.dedup();
    // An id of another form is as wrong as one that nobody gave out, and answered the same.
    let verification =
        VerificationId::parse(&request.verification).ok_or(ProblemKind::VerificationFailed)?;
    Ok(Asked { verification, code: request.code, password, consents })
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
) -> Result<(Profile, Key), Problem> {
    let contact = Contact::parse(verified.channel, verified.address.expose())
        .map_err(|_| corrupt("verification", "address"))?;
    let claim = index.claim(&contact);
    let address = |channel| (verified.channel == channel).then(|| verified.address.clone());
    let hash = hashing::hash(asked.password.clone(), &*call.ports.entropy).await?;
    let profile = Profile {
        email: address(Channel::Email),
        phone: address(Channel::Phone),
        display_name: None,
        language: verified.language,
        age_band: verified.age_band.ok_or_else(|| corrupt("verification", "age_band"))?,
        password: Some(hash),
        consents: asked.consents.clone(),
        policy_version: policy::IN_FORCE.id.to_owned(),
        claims: vec![claim.pk.clone()],
        session_epoch: 0,
        told_at: None,
    };
    Ok((profile, claim))
}

async fn register(
    call: &Call,
    asked: &Asked,
    (profile, claim): (&Profile, &Key),
    (found, repeat): (Found, Option<&idempotency::Call>),
) -> Result<Response, Problem> {
    if let Some((_, at)) = recalled(repeat, found.memory.as_ref(), call)? {
        return Ok(repeated(call, at));
    }
    let periods = (found.year.as_ref(), found.month.as_ref());
    let (source, request, now) = (call.source, call.id.as_str(), call.now);
    let account = Opening { profile, claim, source, request, now };
    let (mut transaction, token, session) = opening::open(&call.ports, account, periods).await?;
    transaction.delete("verification", verification::key(&asked.verification), When::Present);
    let flow = Owner::Flow(asked.verification.clone()).key();
    transaction.delete("flow-key", flow, When::Present);
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

/// Checks the code. A try is counted before it is checked, so that many at once get no more than
/// five.
async fn check_code(call: &Call, asked: &Asked, found: &Found) -> Result<Verification, Problem> {
    let failed = || Problem::new(ProblemKind::VerificationFailed);
    let live = found.verification.as_ref().filter(|row| !row.is_expired(call.now));
    let owner = Owner::Flow(asked.verification.clone());
    let key = call.ports.vault.open(owner, found.flow_key.as_ref()).await?;
    let (Some(row), Some(key)) = (live, key) else { return Err(failed()) };
    let mut transaction = Transaction::new();
    let below = When::Below(Attr::Tries, CODE_TRIES);
    transaction.count("tries", row.key.clone(), Attr::Tries, below);
    match call.ports.store.write(transaction).await {
        Ok(()) => {}
        Err(error) if error.is_conflict() => return Err(failed()),
        Err(error) => return Err(error.into()),
    }
    let verified: Verification = key.open(row)?;
    let right = verification::same_code(&verified.code, asked.code.expose());
    if right && verified.purpose == CodePurpose::Register { Ok(verified) } else { Err(failed()) }
}

/// The answer to a call that was made before: what came of it, without the token.
fn repeated(call: &Call, at: Timestamp) -> Response {
    created(None, at.plus(call.ports.config.sessions.absolute).rfc3339())
}

fn created(token: Option<Secret>, expires_at: String) -> Response {
    let token = token.map(|t| t.expose().to_owned());
    let body = Created { token, expires_at };
    let location = [(header::LOCATION, "/v1/me")];
    (StatusCode::CREATED, location, axum::Json(json!(body))).into_response()
}
