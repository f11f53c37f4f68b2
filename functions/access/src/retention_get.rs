//! `GET /v1/me/retention`: each item that is held, why it is kept, and until when (C-5.2).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::account::Profile;
use shared::domain::inventory::{Entity, Erased, Item, Purpose, items};
use shared::domain::locale::Locale;
use shared::domain::retention::{
    Account, End, Facts, Ground, Retention as Rule, Until, end, evidence_end,
};
use shared::domain::time::Timestamp;
use shared::error::{Error, Kind, Result};
use shared::http::{Access, Call, Caller, Problem};
use shared::ledger::head_of;
use shared::records::{account, evidence, held, subject};
use shared::store::{Attr, Row, Table};
use shared::vault::Person;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is held, and until when.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retention {
    /// Every item that is held about you.
    items: Vec<Held>,
    /// Items that are held for a short time only while something is going on.
    passing: Vec<Passing>,
}

/// An item that is held.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldItem)]
struct Held {
    /// Its id in the inventory.
    item: String,
    /// What it is.
    label: &'static str,
    /// How many of it there are.
    count: usize,
    /// The ground: `function` or `law`; to come: `longer_agreed`, `special_agreement`, `hold`.
    ground: &'static str,
    /// Why it is kept, in words.
    why: &'static str,
    /// When the last of it ends, RFC 3339; absent where that depends on the account's use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    until: Option<String>,
    /// When it ends if you do not log in again, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    unless_used: Option<String>,
    /// Until when, in words.
    ends: String,
}

/// An item that is held for a short time, while something is going on.
#[derive(Serialize, ToSchema)]
#[schema(as = PassingItem)]
struct Passing {
    /// Its id in the inventory; `limit` for the counters behind limits, which hold no item.
    item: String,
    /// What it is.
    label: &'static str,
    /// Why it is kept, in words.
    why: &'static str,
    /// How long, in words.
    ends: String,
}

/// Reads what is held, why, and until when.
#[utoipa::path(
    get, path = "/v1/me/retention", operation_id = "get_retention", tag = "access",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "What is held", body = Retention),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_retention(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Read).await?;
    let person = &caller.person;
    let facts = account::retention_facts(person, call.ports.config.unused)?;
    let rows = rows(&call, &subject::partition(&person.subject)).await?;
    let kinds = kinds(&rows, facts, (person, call.now))?;
    let given = given(person)?;
    let held = items::ALL.iter().filter_map(|item| {
        let kind = kinds.get(item.entity.name())?;
        // Of what an account can hold, only what the person gave is there.
        let absent = item.entity == Entity::Account && !given(item);
        let (count, end) = *kind;
        let end = own_end(item, (&person.profile, facts)).unwrap_or(end);
        (!absent).then(|| self::held(item, (count, end), call.locale))
    });
    let body = Retention { items: held.collect(), passing: passing(call.locale) };
    let language = [(header::CONTENT_LANGUAGE, call.locale.tag())];
    Ok((language, axum::Json(json!(body))).into_response())
}

/// The end of an item that goes before the row that it stands in, and with the account at the latest.
fn own_end(item: &Item, (profile, account): (&Profile, Account)) -> Option<End> {
    let change = profile.contact_change.as_ref().filter(|_| *item == items::CONTACT_CHANGE)?;
    let own_end = Some(change.final_at());
    let (rule, account) = (Rule::OwnEnd, Some(account));
    Some(end(&Facts { own_end, account, ..Facts::of(rule, change.changed_at) }))
}

/// Every row in the person's partition that still counts.
async fn rows(call: &Call, partition: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let from = (Table::Records, partition, "");
        let page = call.ports.store.page(from, 100, after.as_ref()).await?;
        rows.extend(page.items.into_iter().filter(|row| !row.is_expired(call.now)));
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

/// How many rows of a kind there are, and the latest of their ends.
type Kinds = BTreeMap<&'static str, (usize, End)>;

fn kinds(rows: &[Row], account: Account, (person, now): (&Person, Timestamp)) -> Result<Kinds> {
    let mut kinds = Kinds::new();
    let mut add = |entity: Entity, count: usize, end: End| {
        if count == 0 && !kinds.contains_key(entity.name()) {
            return;
        }
        let (held, latest) = kinds.entry(entity.name()).or_insert((0, end));
        *held += count;
        *latest = later(*latest, end);
    };
    for row in rows {
        add(row.entity, 1, held::ends(row, Some(account))?);
        if row.entity == Entity::Chain {
            // The entries that the chain leads to: the last of them ends last.
            let rule = Entity::LedgerEntry.spec().retention;
            let entries = head_of(&person.key, row)?.entries(now);
            let entries = usize::try_from(entries).unwrap_or(usize::MAX);
            add(Entity::LedgerEntry, entries, end(&Facts::of(rule, row.time(Attr::At)?)));
        }
    }
    // What proves a consent that is in force is evidence as long as the account, and after it.
    add(Entity::Evidence, evidence::held_alone(&person.profile, now), evidence_end(account));
    Ok(kinds)
}

fn later(one: End, other: End) -> End {
    match (one.until.date(), other.until.date()) {
        (Some(a), Some(b)) if b > a => other,
        (Some(_), None) => other,
        _ => one,
    }
}

/// Which items of an account are given.
fn given(person: &Person) -> Result<impl Fn(&Item) -> bool> {
    let value = serde_json::to_value(&person.profile)
        .map_err(|_| Error::new(Kind::Internal, "show what is held"))?;
    let row = &person.account;
    let in_clear = |field| Attr::parse(field).is_none_or(|attr| row.attributes.contains_key(&attr));
    Ok(
        move |item: &Item| {
            if item.sealed { !value[item.field].is_null() } else { in_clear(item.field) }
        },
    )
}

fn held(item: &Item, (count, end): (usize, End), locale: Locale) -> Held {
    let date = end.until.date().map(Timestamp::rfc3339);
    let (until, unless_used) = match end.until {
        Until::Used(_) => (None, date),
        Until::At(_) | Until::Never => (date, None),
    };
    let ends = end.until.words(locale);
    let (label, why) = (item.label.of(locale), why(item, end.ground, locale));
    let ground = end.ground.name();
    Held { item: item.id(), label, count, ground, why, until, unless_used, ends }
}

/// Why an item is kept: what it serves, or the law that demands it.
fn why(item: &Item, ground: Ground, locale: Locale) -> &'static str {
    match (ground, item.entity.spec().erased) {
        (Ground::Function, _) => item.purpose.why().of(locale),
        (Ground::Law, Erased::Kept(duty)) => duty.of(locale),
        _ => ground.words().of(locale),
    }
}

/// What is not found by the person, or is a count and no item: it ends by itself within hours.
fn passing(locale: Locale) -> Vec<Passing> {
    let short = |item: &&&Item| {
        matches!(item.entity, Entity::Verification | Entity::Authorization | Entity::Message)
    };
    let line = |item: &&Item| Passing {
        item: item.id(),
        label: item.label.of(locale),
        why: item.purpose.why().of(locale),
        ends: item.entity.spec().retention.words(locale),
    };
    let counters = Passing {
        item: Entity::Limit.name().to_owned(),
        label: Entity::Limit.words().of(locale),
        why: Purpose::Security.why().of(locale),
        ends: Entity::Limit.spec().retention.words(locale),
    };
    items::ALL.iter().filter(short).map(line).chain([counters]).collect()
}
