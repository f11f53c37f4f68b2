//! The profile as its person sees it, driven by the inventory.

use crate::domain::contact::Channel;
use crate::domain::contact::change::Stage;
use crate::domain::inventory::{Entity, Shown, items};
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::store::Attr;
use crate::vault::Person;
use serde::Serialize;
use serde_json::{Map, Value};

/// The profile: every item of the inventory that is shown in it, as far as it is given.
// The value is built from the inventory; this is its shape for the API document, and a test
// compares the two.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Profile)]
pub struct Me {
    /// The random id of the account.
    pub id: String,
    /// The account's state.
    pub state: crate::domain::account::State,
    /// When it was registered, RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When a session was last opened, RFC 3339.
    #[schema(format = DateTime)]
    pub used_at: String,
    /// The verified e-mail address.
    #[schema(nullable = false)]
    pub email: Option<String>,
    /// The verified phone number, in E.164.
    #[schema(nullable = false, example = "+8613800138000")]
    pub phone: Option<String>,
    /// The display name.
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// The third-party accounts that are linked.
    pub third_parties: Vec<crate::domain::third_party::ThirdParty>,
    /// The language of messages.
    pub language: crate::domain::locale::Locale,
    /// Where a contact was changed or removed, until that is final.
    #[schema(nullable = false)]
    pub contact_change: Option<Change>,
    /// Where the account is cancelled: the receipt, and when it is erased.
    #[schema(nullable = false)]
    pub cancellation: Option<Cancellation>,
}

/// A cancellation that is cooling off.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Cancellation {
    /// The id of the receipt.
    pub receipt: String,
    /// When the account is erased, RFC 3339.
    #[schema(format = DateTime)]
    pub erases_at: String,
}

/// A change of contact that is not final.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ContactChange)]
pub struct Change {
    /// The channel.
    pub channel: Channel,
    /// The contact that is held and does not count: the one before or, while frozen, the one after.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When it was changed, RFC 3339.
    #[schema(format = DateTime)]
    pub changed_at: String,
    /// When it is final, unless it is taken back before, RFC 3339.
    #[schema(format = DateTime)]
    pub final_at: String,
    /// Whether the holder of the contact before froze it: that one counts until then.
    pub frozen: bool,
}

/// Every item that the inventory shows in the profile, as far as it is given.
pub fn shown(person: &Person, now: Timestamp) -> Result<Value> {
    let failed = |_| Error::new(Kind::Internal, "show a profile");
    let sealed = serde_json::to_value(&person.profile).map_err(failed)?;
    let mut shown = Map::new();
    for item in items::ALL.iter().filter(|i| i.shown == Shown::Profile) {
        debug_assert_eq!(item.entity, Entity::Account, "the profile is the account's");
        let value = match item.field {
            "contact_change" => serde_json::to_value(change(person, now)).map_err(failed)?,
            field if item.sealed => sealed[field].clone(),
            field => clear(person, field),
        };
        if !value.is_null() {
            shown.insert(item.field.to_owned(), value);
        }
    }
    if let Some(cancellation) = cancellation(person) {
        shown.insert("cancellation".to_owned(), serde_json::json!(cancellation));
    }
    Ok(Value::Object(shown))
}

/// An attribute in clear.
fn clear(person: &Person, field: &str) -> Value {
    match field {
        "id" => person.subject.as_str().into(),
        "state" => person.state.name().into(),
        "created_at" => time(person, Attr::CreatedAt),
        "used_at" => time(person, Attr::UsedAt),
        _ => Value::Null,
    }
}

fn time(person: &Person, attr: Attr) -> Value {
    person.account.time(attr).map(Timestamp::rfc3339).map_or(Value::Null, Into::into)
}

fn change(person: &Person, now: Timestamp) -> Option<Change> {
    let change = person.profile.open_change(now)?;
    Some(Change {
        channel: change.channel,
        waiting: change.waiting(now).map(|held| held.address.expose().clone()),
        changed_at: change.changed_at.rfc3339(),
        final_at: change.final_at().rfc3339(),
        frozen: change.stage(now) == Stage::Frozen,
    })
}

fn cancellation(person: &Person) -> Option<Cancellation> {
    Some(Cancellation {
        receipt: person.account.text(Attr::Receipt).ok()?.to_owned(),
        erases_at: person.account.time(Attr::ErasesAt).ok()?.rfc3339(),
    })
}
