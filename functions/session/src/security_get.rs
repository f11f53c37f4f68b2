//! `GET /v1/me/security`: what happened to the account lately, for its owner to find what is strange.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::limit::LOGIN_TRIES_DAY;
use shared::domain::locale::Locale;
use shared::domain::period::Period;
use shared::domain::time::Timestamp;
use shared::error::{Result, corrupt};
use shared::http::{Access, Call, Caller, Problem, claimed_subject};
use shared::ledger::{Action, Actor, head_of};
use shared::records::network_log::{NetworkLog, TIMED};
use shared::records::subject::{self, Counter};
use shared::store::{Attr, Key, Row, Table};
use shared::vault::{Owner, Person};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most sign-ins that are shown.
const SIGN_INS: i32 = 50;
/// The most failed tries that are shown.
const FAILED: usize = 100;
/// The entries of the ledger that are looked through for changes.
const ENTRIES: u64 = 100;

/// What happened to the account lately, each list newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Security {
    /// Sign-ins, the registration among them.
    sign_ins: Vec<SignIn>,
    /// Log-ins that failed: within a day before each sign-in with the same contact, and since.
    failed_tries: Vec<FailedTry>,
    /// Changes to what guards the account.
    changes: Vec<Change>,
}

/// A sign-in.
#[derive(Serialize, ToSchema)]
struct SignIn {
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// What it was, in the reader's language.
    what: &'static str,
    /// The IP address that it came from.
    ip: String,
    /// The device, where that is known.
    #[schema(nullable = false, example = "Firefox on Windows")]
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
}

/// A log-in with a contact of the person's, or a proof by a second factor, that failed.
#[derive(Serialize, ToSchema)]
struct FailedTry {
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
}

/// A change.
#[derive(Serialize, ToSchema)]
#[schema(as = SecurityChange)]
struct Change {
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// The act, as the ledger names it.
    action: String,
    /// What was done, in the reader's language.
    what: &'static str,
    /// Who did it, in the reader's language.
    who: &'static str,
}

/// Shows what happened to the account lately.
#[utoipa::path(
    get, path = "/v1/me/security", operation_id = "get_security", tag = "session",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "What happened lately", body = Security,
            headers(("Content-Language" = String, description = "Language of the words"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_security(call: Call) -> Result<Response, Problem> {
    let further = [subject::chain(&claimed_subject(&call)?)];
    let (caller, mut rows) = Caller::identify_with(&call, Access::Read, &further).await?;
    let person = &caller.person;
    let chain = rows.pop().flatten().ok_or_else(|| corrupt("chain", "row"))?;
    let partition = subject::partition(&person.subject);
    let from = (Table::Records, partition.as_str(), TIMED);
    let logs = call.ports.store.newest(from, SIGN_INS).await?;
    let (opened, [by_name, by_factor]) = open(&call, person, logs).await?;
    let told = opened.iter().map(|(_, log)| log.failed_at.as_slice());
    let failed = once_each([&*by_name, &*by_factor].into_iter().chain(told));
    let failed = failed.into_iter().rev().take(FAILED);
    let body = Security {
        sign_ins: opened.into_iter().map(|(at, log)| sign_in(at, &log, call.locale)).collect(),
        failed_tries: failed.map(|at| FailedTry { at: at.rfc3339() }).collect(),
        changes: changes(&call, person, &chain).await?,
    };
    let language = [(header::CONTENT_LANGUAGE, call.locale.tag())];
    Ok((language, axum::Json(json!(body))).into_response())
}

/// Opens entries of the network log whose month's key is there, and finds when log-ins failed in the
/// last day, and proofs by a second factor. One read.
async fn open(
    call: &Call,
    person: &Person,
    logs: Vec<Row>,
) -> Result<(Vec<(Timestamp, NetworkLog)>, [Vec<Timestamp>; 2]), Problem> {
    let index = call.ports.vault.index().await?;
    let contacts = person.profile.contacts();
    let mut keys: Vec<_> =
        contacts.map(|(_, address)| index.login_limit(address.expose())).collect();
    let names = keys.len();
    keys.push(Counter::Factor.of(&person.subject));
    let counters = keys.len();
    let mut months = BTreeMap::new();
    for row in &logs {
        let month = Period::logs(row.time(Attr::CreatedAt)?);
        months.insert(month.to_string(), month);
    }
    keys.extend(months.values().map(|month| Owner::Period(*month).key()));
    let mut rows = call.ports.store.get_all(&keys).await?;
    let month_keys = rows.split_off(counters);
    let mut opens = BTreeMap::new();
    for ((name, month), row) in months.into_iter().zip(month_keys) {
        if let Some(key) = call.ports.vault.open(Owner::Period(month), row.as_ref()).await? {
            opens.insert(name, key);
        }
    }
    let mut opened = Vec::new();
    for row in &logs {
        let at = row.time(Attr::CreatedAt)?;
        if let Some(key) = opens.get(&Period::logs(at).to_string()) {
            opened.push((at, key.open::<NetworkLog>(row)?));
        }
    }
    let lately = |rows: &[Option<Row>]| -> Vec<Timestamp> {
        let events: Vec<_> = rows.iter().flatten().flat_map(Row::events).collect();
        LOGIN_TRIES_DAY.live(&events, call.now)
    };
    let by_factor = rows.split_off(names);
    Ok((opened, [lately(&rows), lately(&by_factor)]))
}

/// The times of all lists, oldest first. One that stands in several is one: a sign-in tells of the
/// day before it, which counters and another one may tell of too.
fn once_each<'a>(lists: impl Iterator<Item = &'a [Timestamp]>) -> Vec<Timestamp> {
    let mut most: BTreeMap<Timestamp, usize> = BTreeMap::new();
    for list in lists {
        let mut own: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for at in list {
            *own.entry(*at).or_default() += 1;
        }
        for (at, count) in own {
            let known = most.entry(at).or_default();
            *known = count.max(*known);
        }
    }
    most.into_iter().flat_map(|(at, count)| std::iter::repeat_n(at, count)).collect()
}

fn sign_in(at: Timestamp, log: &NetworkLog, locale: Locale) -> SignIn {
    SignIn {
        at: at.rfc3339(),
        what: log.event.words().of(locale),
        ip: log.ip.expose().to_string(),
        device: log.device.as_ref().map(|device| device.name().to_owned()),
    }
}

/// Changes among the last entries of the person's chain. One read.
async fn changes(call: &Call, person: &Person, chain: &Row) -> Result<Vec<Change>, Problem> {
    let head = head_of(&person.key, chain)?;
    let partition = format!("chain#{}", head.chain);
    let before = head.sequence.saturating_sub(ENTRIES);
    let after = Key::ledger(partition.as_str(), format!("{before:012}"));
    let from = (Table::Ledger, partition.as_str(), "");
    let limit = i32::try_from(ENTRIES).unwrap_or(i32::MAX);
    let page = call.ports.store.page(from, limit, Some(&after)).await?;
    let mut changes = Vec::new();
    for row in page.items.iter().rev() {
        let name = row.text(Attr::Action)?;
        let action = Action::parse(name).ok_or_else(|| row.corrupt(Attr::Action))?;
        if is_change(action) {
            let actor = row.text(Attr::Actor).unwrap_or(Actor::Person.name());
            changes.push(Change {
                at: row.time(Attr::At)?.rfc3339(),
                action: name.to_owned(),
                what: action.words().of(call.locale),
                who: Actor::called(actor).of(call.locale),
            });
        }
    }
    Ok(changes)
}

/// Whether an act changes what guards an account, or takes all of it along. Sign-ins have a list of
/// their own, and the ledger in a copy has the rest.
const fn is_change(action: Action) -> bool {
    !matches!(
        action,
        Action::Registered
            | Action::SessionOpened
            | Action::Corrected
            | Action::ConsentGranted
            | Action::ConsentWithdrawn
            | Action::ClaimsMoved
            | Action::EndAnnounced
    )
}
