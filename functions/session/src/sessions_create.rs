//! `POST /v1/sessions`: logs in.

use crate::login::{LogIn, Try, again, count, prove};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::domain::account::Profile;
use shared::domain::inventory::items;
use shared::domain::password::normalise;
use shared::domain::period::Period;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::Timestamp;
use shared::http::{
    Call, Json, Problem, ProblemKind, SecondFactor, SecretJson, cookie, count_guess, idempotent,
    recalled, settle,
};
use shared::ids::EntryId;
use shared::ledger::{Action, Actor, Book, Facts};
use shared::records::factors::{Given, Held};
use shared::records::network_log::{self, Event, NetworkLog};
use shared::records::session::{self, Scope, Session, Token};
use shared::records::{idempotency, subject};
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::{Person, password};
use utoipa::ToSchema;

/// Logs in.
#[derive(Deserialize, ToSchema)]
#[schema(as = SessionRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The e-mail address, or the phone number.
    #[schema(value_type = String, example = "ada@example.org")]
    login: Secret,
    /// The password.
    #[schema(value_type = String)]
    password: Secret,
    /// A code of the authenticator app, where the account has one.
    #[schema(value_type = Option<String>, nullable = false, example = "123456")]
    pub(crate) totp: Option<Secret>,
    /// A recovery code instead of it.
    #[schema(value_type = Option<String>, nullable = false)]
    pub(crate) recovery_code: Option<Secret>,
    /// How the session is handed over.
    #[serde(default, rename = "as")]
    form: Form,
    /// Whether it outlives the browser, and lasts longer.
    #[serde(default)]
    remember: bool,
}

/// How a session is handed over.
#[derive(Clone, Copy, Default, Deserialize, Eq, PartialEq, ToSchema)]
#[schema(as = SessionForm)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// As a bearer token in the answer.
    #[default]
    Token,
    /// As a cookie, and no token.
    Cookie,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionCreated)]
pub(crate) struct Created {
    /// The token; absent with a cookie, and when a repeated call finds its earlier outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    token: Option<Secret>,
    /// When the session ends at the latest, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Logs in.
///
/// The session is fresh. Where the account has an authenticator app, a right password without a code is
/// answered `second-factor-needed`. At the most sessions, the answer carries a ticket with which they can be
/// listed and one be ended.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "create_session", tag = "session",
    request_body = Request,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated call run once")),
    responses(
        (status = 201, description = "Logged in", body = Created,
            headers(("Set-Cookie" = Option<String>, description = "The session, where asked for `as` a cookie"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_session(
    call: Call,
    Json(request, body): Json<Request>,
) -> Result<Response, Problem> {
    if request.totp.is_some() && request.recovery_code.is_some() {
        return Err(
            Problem::invalid(Vec::new()).at("/recovery_code", "stands beside `totp`: send one")
        );
    }
    let index = call.ports.vault.index().await?;
    let repeat = idempotent(&call, "create_session", &body, &index)?;
    let repeat = repeat.as_ref();
    let tried = settle(&call.ports.store, || count(&call, request.login.expose(), &index)).await?;
    let found = prove(&call, &tried, &request.password, repeat).await?;
    let person = found.person.clone();
    let renewed = renewed(&call, &person, &request.password).await?;
    let found = guess(&call, &request, (&tried, found), repeat).await?;
    let mut first = Some(found);
    settle(&call.ports.store, || {
        let first = first.take();
        let (call, before) = (&call, (&tried, &person));
        let request = (&request, renewed.as_ref());
        async move {
            let found = match first {
                Some(found) => found,
                None => again(call, before, repeat).await?,
            };
            log_in(call, request, found, repeat).await
        }
    })
    .await
}

/// Counts a guess at the second factor, before it is checked. By person: a reset of the password, which
/// starts the ladder of the name anew, gives nobody more guesses. One write.
async fn guess(
    call: &Call,
    request: &Request,
    (tried, found): (&Try, LogIn),
    repeat: Option<&idempotency::Call>,
) -> Result<LogIn, Problem> {
    let held = Held::open(&found.person, found.factors.clone(), call.now)?;
    if !held.has_totp() || request.given().is_none() || found.memory.is_some() {
        return Ok(found);
    }
    let person = found.person.clone();
    let mut first = Some(found);
    settle(&call.ports.store, || {
        let (first, before) = (first.take(), (tried, &person));
        async move {
            let mut found = match first {
                Some(found) => found,
                None => again(call, before, repeat).await?,
            };
            let counted = count_guess(call, &found.person, found.guesses.as_ref()).await?;
            found.guesses = Some(counted);
            Ok(found)
        }
    })
    .await
}

impl Request {
    /// The second factor that is given.
    fn given(&self) -> Option<Given<'_>> {
        let totp = self.totp.as_ref().map(Given::Totp);
        totp.or_else(|| self.recovery_code.as_ref().map(Given::Recovery))
    }
}

/// A new hash of a password that was right, where the one that is held costs less than one made now.
async fn renewed(call: &Call, person: &Person, given: &Secret) -> Result<Option<Secret>, Problem> {
    let least = call.ports.config.least_hash;
    let held = person.profile.password.as_ref();
    if !held.is_some_and(|hash| password::costs_less(hash, least)) {
        return Ok(None);
    }
    Ok(Some(password::hash(normalise(given.expose()), &*call.ports.entropy).await?))
}

/// Asks for the second factor, where the account has one.
///
/// A right password without a code is no failure, since whoever logs in learns only then that a code
/// is asked for: its try is taken back. With a wrong code it stays counted.
///
/// # Errors
///
/// `SecondFactorNeeded`.
async fn second_factor<'a>(
    call: &Call,
    request: &'a Request,
    found: &LogIn,
) -> Result<SecondFactor<'a>, Problem> {
    let given = request.given();
    let held = Held::open(&found.person, found.factors.clone(), call.now)?;
    let checked = SecondFactor::check(call, held, given);
    if checked.is_err() && given.is_none() {
        found.counters.take_back_now(call).await?;
    }
    checked
}

async fn log_in(
    call: &Call,
    (request, renewed): (&Request, Option<&Secret>),
    found: LogIn,
    repeat: Option<&idempotency::Call>,
) -> Result<Response, Problem> {
    let times = &call.ports.config.sessions;
    if let Some((_, at)) = recalled(repeat, found.memory.as_ref(), call)? {
        found.counters.take_back_now(call).await?;
        let most = if request.remember { times.absolute_remembered } else { times.absolute };
        return created(call, request, None, at.plus(most));
    }
    let second = second_factor(call, request, &found).await?;
    // The chain's head was read before, and its version is part of the write: a log-in that lands
    // in between makes this one look again.
    let live = session::live(&call.ports, &found.person, call.now).await?;
    let full = live.iter().filter(|(_, session)| session.scope == Scope::Full).count();
    if full >= call.ports.config.max_sessions {
        return Err(at_limit(call, &found, &second).await?);
    }
    let token = Token::draw(found.person.subject.clone(), &*call.ports.entropy);
    let (transaction, session) =
        open(call, (request, renewed), (found, &second), (&token, repeat)).await?;
    call.ports.store.write(transaction).await?;
    created(call, request, Some(token.reveal()), session.ends_at)
}

/// The problem at the limit, with a ticket that replaces any earlier one. The password was right:
/// its try does not count.
async fn at_limit(
    call: &Call,
    found: &LogIn,
    second: &SecondFactor<'_>,
) -> Result<Problem, Problem> {
    let person = &found.person;
    let [before] = call.ports.store.get(&[subject::ticket(&person.subject)]).await?;
    let token = Token::draw(person.subject.clone(), &*call.ports.entropy);
    let times = &call.ports.config.sessions;
    let row = session::ticket(&token, before.as_ref(), (call.now, times), person)?;
    let mut transaction = Transaction::new();
    let when = before.map_or(When::Absent, |row| When::Version(row.version));
    transaction.put("ticket", row, when);
    second.spend_at_limit(call, person, &mut transaction)?;
    found.take_back(call, &mut transaction);
    transaction.check("gate", person.account.key.clone(), When::GateEpoch(person.gate_epoch()));
    call.ports.store.write(transaction).await?;
    let ends = call.now.plus(times.fresh).rfc3339();
    let problem = Problem::new(ProblemKind::SessionLimit).with("expires_at", ends);
    Ok(problem.with_secret("ticket", token.reveal()))
}

/// The transaction that opens a session: the session, the network log, the ledger, the second factor.
async fn open(
    call: &Call,
    (request, renewed): (&Request, Option<&Secret>),
    (found, second): (LogIn, &SecondFactor<'_>),
    (token, repeat): (&Token, Option<&idempotency::Call>),
) -> Result<(Transaction, Session), Problem> {
    let (ports, now) = (&call.ports, call.now);
    let (person, id) = (&found.person, &found.person.subject);
    let times = &ports.config.sessions;
    let mut transaction = Transaction::new();
    found.take_back(call, &mut transaction);
    let kept = (request.remember, call.device());
    let (row, session) = session::start(token, kept, (now, times), (&person.key, &person.profile))?;
    transaction.put("session", row, When::Absent);
    let mut touched = vec![&items::NETWORK_IP, &items::USED_AT];
    if let Some(hash) = renewed {
        let profile = Profile { password: Some(hash.clone()), ..person.profile.clone() };
        let account = person.account.clone().next().with(Attr::UsedAt, now);
        transaction.replace("account", person.key.seal(account, &profile)?);
        touched.push(&items::PASSWORD);
    } else {
        let gate = When::GateEpoch(person.gate_epoch());
        transaction.touch("gate", person.account.key.clone(), (Attr::UsedAt, now), gate);
    }
    let month = ports.vault.period(Period::logs(now), found.month.as_ref()).await?;
    let log = NetworkLog {
        ip: Personal::new(call.source),
        event: Event::LoggedIn,
        device: call.device(),
        failed_at: found.counters.failed(now),
    };
    let entry = EntryId::draw(&*ports.entropy);
    transaction.put("log", network_log::row(id, &entry, &log, (now, month.key()))?, When::Absent);
    month.put(&mut transaction, "month");
    let rows = (found.chain.as_ref(), found.year.as_ref());
    let book = Book::open(ports, &person.key, rows, now).await?;
    second.spend(call, person, &mut transaction).await?;
    touched.extend(second.touched());
    let facts = Facts::of("account", &touched, call.id.as_str());
    book.enter(&mut transaction, &person.key, (Action::SessionOpened, Actor::Person), &facts)?;
    if let Some(repeat) = repeat {
        let before = found.memory.as_ref();
        let memory: Row = repeat.row(before, "done", now);
        let when = before.map_or(When::Absent, |r| When::Version(r.version));
        transaction.put("idempotency", memory, when);
    }
    Ok((transaction, session))
}

fn created(
    call: &Call,
    request: &Request,
    token: Option<Secret>,
    ends_at: Timestamp,
) -> Result<Response, Problem> {
    let expires_at = ends_at.rfc3339();
    let (shown, hidden) = match request.form {
        Form::Token => (token, None),
        Form::Cookie => (None, token),
    };
    let body = SecretJson(Created { token: shown, expires_at });
    let mut answer = (StatusCode::CREATED, body).into_response();
    if let Some(token) = hidden {
        let keep = request.remember.then_some(call.ports.config.sessions.absolute_remembered);
        answer.headers_mut().insert(header::SET_COOKIE, cookie(&token, keep)?);
    }
    Ok(answer)
}
