//! Values as a person reads them: a code with its meaning in both languages, a time as a date, a list
//! as lines. What is not known here stands as it is: nothing is left out.

use crate::members::{self, Member};
use crate::sheet::cell;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::domain::account::{AgeBand, State};
use shared::domain::contact::Channel;
use shared::domain::inventory::{Entity, Purpose, items};
use shared::domain::locale::{Locale, Text, text};
use shared::domain::time::Timestamp;
use shared::http::page::escape;
use shared::ledger::{Action, Actor, basis_words};
use shared::records::evidence::{self, Means};
use shared::records::network_log::Event;
use shared::records::subject::Counter;
use shared::records::{link, session};

/// How a column's values are read.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// As it is: a number, an address, a random id, a digest.
    Plain,
    /// A point in time.
    Time,
    /// A code, or a list of codes, each with its words.
    Code(fn(&str) -> Option<Text>),
    /// An object, or a list of them, with words for each member.
    Lines(&'static [Member]),
}

/// How the values of a column are read; `None` where nobody has decided it, which a test finds.
pub(crate) fn form(entity: Entity, name: &str) -> Option<Form> {
    Some(match (entity, name) {
        (Entity::Account, "state") => Form::Code(|code| named(code, State::words)),
        (Entity::Account | Entity::Evidence, "age_band") => Form::Code(age_band),
        (Entity::Account | Entity::Evidence, "language") => Form::Code(language),
        (Entity::Account, "consents") => Form::Lines(members::CONSENT),
        (Entity::Account, "third_parties") => Form::Lines(members::THIRD_PARTY),
        (Entity::Account, "acceptance") => Form::Lines(members::ACCEPTANCE),
        (Entity::Account, "contact_change") => Form::Lines(members::CONTACT_CHANGE),
        (Entity::Session, "scope") => Form::Code(|code| named(code, session::Scope::words)),
        (Entity::Link, "act") => Form::Code(|code| named(code, link::Act::words)),
        (Entity::Export, "from") => Form::Lines(members::BASE),
        (Entity::Chain, "begins") => Form::Lines(members::BEGINNING),
        (Entity::Evidence, "act") => Form::Code(|code| named(code, evidence::Act::words)),
        (Entity::Evidence, "purposes") => Form::Code(purpose),
        (Entity::Evidence, "channel") => Form::Code(means),
        (Entity::NetworkLog, "event") => Form::Code(|code| named(code, Event::words)),
        (Entity::Limit, "id") => Form::Code(|code| Counter::parse(code).map(Counter::words)),
        (Entity::LedgerEntry, "action") => {
            Form::Code(|code| Action::parse(code).map(Action::words))
        }
        (Entity::LedgerEntry, "actor") => Form::Code(|code| Some(Actor::called(code))),
        (Entity::LedgerEntry, "items") => Form::Code(label),
        (Entity::LedgerEntry, "basis") => Form::Code(basis_words),
        (_, "at") => Form::Time,
        (_, name) if name.ends_with("_at") || name.ends_with("_until") => Form::Time,
        (_, name) if PLAIN.contains(&name) => Form::Plain,
        _ => return None,
    })
}

/// Columns that stand as they are.
const PLAIN: [&str; 26] = [
    "id",
    "receipt",
    "count",
    "email",
    "phone",
    "display_name",
    "policy_version",
    "session_epoch",
    "notices",
    "epoch",
    "used_step",
    "remembered",
    "device",
    "about",
    "starts",
    "entries",
    "chain",
    "sequence",
    "last_hash",
    "text_digest",
    "ip",
    "case",
    "request",
    "previous",
    "hash",
    "link",
];

/// The words of a code, as its type reads it.
fn named<T: DeserializeOwned>(code: &str, words: fn(T) -> Text) -> Option<Text> {
    serde_json::from_value(code.into()).ok().map(words)
}

/// The words of a purpose.
pub(crate) fn purpose(code: &str) -> Option<Text> {
    named(code, Purpose::words)
}

/// The words of a channel.
pub(crate) fn channel(code: &str) -> Option<Text> {
    named(code, Channel::words)
}

/// The words of an age band.
pub(crate) fn age_band(code: &str) -> Option<Text> {
    named(code, AgeBand::words)
}

/// The words of a language.
pub(crate) fn language(code: &str) -> Option<Text> {
    named(code, Locale::words)
}

/// The words of how an act came about.
pub(crate) fn means(code: &str) -> Option<Text> {
    named(code, Means::words)
}

/// What an item is, by its id.
fn label(id: &str) -> Option<Text> {
    items::ALL.iter().find(|item| item.id() == id).map(|item| item.label)
}

/// Both languages on one line.
pub(crate) fn inline(text: Text) -> String {
    format!("{} <span lang=\"zh-CN\">{}</span>", escape(text.en), escape(text.zh))
}

/// A code beside its words.
pub(crate) fn coded(words: Text, code: &str) -> String {
    format!("{} <code>{}</code>", inline(words), escape(code))
}

/// A value of a column, as HTML.
pub(crate) fn shown(entity: Entity, name: &str, value: &Value) -> String {
    match (entity, name, value) {
        (Entity::Account, "consents", Value::Array(given)) if given.is_empty() => inline(text(
            "none given; the basic purposes need none",
            "未另行给予同意；基本目的无需同意",
        )),
        _ => html(form(entity, name).unwrap_or(Form::Plain), value),
    }
}

fn html(form: Form, value: &Value) -> String {
    match (form, value) {
        (_, Value::Null) => inline(text("nothing", "无")),
        (_, Value::Array(values)) if values.is_empty() => inline(text("nothing", "无")),
        (_, Value::Array(values)) => list(values.iter().map(|value| html(form, value))),
        (_, Value::Bool(true)) => inline(text("yes", "是")),
        (_, Value::Bool(false)) => inline(text("no", "否")),
        (_, Value::Object(members)) if members.contains_key("withheld") => {
            inline(text("withheld", "不予提供"))
        }
        (Form::Lines(known), Value::Object(members)) => lines(known, members),
        (Form::Code(words), Value::String(code)) => match words(code) {
            Some(words) => coded(words, code),
            None => format!("<code>{}</code>", escape(code)),
        },
        (Form::Time, Value::String(at)) => time(at),
        (Form::Time, Value::Number(secs)) => match secs.as_i64() {
            Some(secs) => time(&Timestamp::from_secs(secs).rfc3339()),
            None => escape(&secs.to_string()),
        },
        _ => escape(&cell(value)),
    }
}

fn list(lines: impl Iterator<Item = String>) -> String {
    let lines = lines.map(|line| format!("<li>{line}</li>"));
    format!("<ul>{}</ul>", lines.collect::<String>())
}

/// The members of an object, a line each: those that are known first, in their order.
fn lines(known: &[Member], members: &Map<String, Value>) -> String {
    let told = |member: &Member| {
        let value = members.get(member.name)?;
        Some(format!("{}: {}", inline(member.label), html(member.form, value)))
    };
    let known_name = |name: &str| known.iter().any(|member| member.name == name);
    let others = members.iter().filter(|(name, _)| !known_name(name));
    let bare = |(name, value): (&String, &Value)| {
        format!("<code>{}</code>: {}", escape(name), html(Form::Plain, value))
    };
    list(known.iter().filter_map(told).chain(others.map(bare)))
}

/// A point in time (RFC 3339, in UTC) as a date and a time of day.
pub(crate) fn time(at: &str) -> String {
    let said = at.strip_suffix('Z').and_then(|at| at.split_once('T'));
    match said {
        Some((day, of_day)) => {
            let (day, of_day) = (escape(day), escape(of_day));
            format!("<time datetime=\"{}\">{day} {of_day} UTC</time>", escape(at))
        }
        None => escape(at),
    }
}

#[cfg(test)]
mod tests;
