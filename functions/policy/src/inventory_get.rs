//! `GET /v1/policy/inventory`: every stored item, declared (C-2.1).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::inventory::{Entity, Erased, Item, Purpose, Shown, items};
use shared::domain::locale::Locale;
use shared::http::Call;
use shared::records::export::inventory_version;
use utoipa::ToSchema;

/// The inventory.
#[derive(Serialize, ToSchema)]
pub(crate) struct Inventory {
    /// The digest of every declaration (SHA-256), which a copy's manifest names.
    version: String,
    /// What personal information is processed for.
    purposes: Vec<Declaration>,
    /// Every stored item.
    items: Vec<Stored>,
    /// Kinds of rows that hold no personal item.
    others: Vec<Other>,
}

/// A purpose.
#[derive(Serialize, ToSchema)]
#[schema(as = PurposeDeclaration)]
struct Declaration {
    /// Its name.
    purpose: Purpose,
    /// Whether the account cannot exist without it.
    basic: bool,
    /// What it is for.
    why: &'static str,
}

/// A stored item.
#[derive(Serialize, ToSchema)]
#[schema(as = InventoryItem)]
struct Stored {
    /// Its id.
    id: String,
    /// What it is.
    label: &'static str,
    /// The document that declares it: `general` or `personal_center`.
    scope: &'static str,
    /// What it is processed for.
    purpose: Purpose,
    /// The legal basis: `consent`, `contract` or `legal_duty`.
    basis: &'static str,
    /// How long it stays.
    retention: String,
    /// Whose key seals it; destroying that key makes it unreadable.
    key_owner: &'static str,
    /// Whether it is sealed, or a technical value in clear.
    sealed: bool,
    /// Who can see it besides you.
    seen_by: &'static str,
    /// Where you see it.
    shown_in: Option<&'static str>,
    /// How it appears in the copy that you take along: `value`, `masked` or `no`.
    exported: &'static str,
    /// Why its value is not in that copy.
    withheld: Option<&'static str>,
    /// What erasure does with it: `gone`, `kept` or `apart`.
    erasure: &'static str,
    /// The duty under which it is kept.
    duty: Option<&'static str>,
}

/// A kind of row that holds no personal item.
#[derive(Serialize, ToSchema)]
#[schema(as = InventoryKind)]
struct Other {
    /// Its name.
    kind: &'static str,
    /// How long it stays.
    retention: String,
}

/// Reads the inventory.
#[utoipa::path(
    get, path = "/v1/policy/inventory", operation_id = "get_inventory", tag = "policy",
    responses(
        (status = 200, description = "The inventory", body = Inventory),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_inventory(call: Call) -> Response {
    let locale = call.locale;
    let purposes = Purpose::ALL.map(|purpose| Declaration {
        purpose,
        basic: purpose.is_basic(),
        why: purpose.why().of(locale),
    });
    let body = Inventory {
        version: inventory_version(),
        purposes: purposes.into(),
        items: items::ALL.iter().map(|item| stored(item, locale)).collect(),
        others: others(locale),
    };
    let language = [(header::CONTENT_LANGUAGE, locale.tag())];
    (crate::PUBLIC, language, axum::Json(json!(body))).into_response()
}

fn stored(item: &Item, locale: Locale) -> Stored {
    let spec = item.entity.spec();
    let (erasure, duty) = match item.erased() {
        Erased::Gone => ("gone", None),
        Erased::Kept(duty) => ("kept", Some(duty.of(locale))),
        Erased::Apart => ("apart", None),
    };
    Stored {
        id: item.id(),
        label: item.label.of(locale),
        scope: item.scope.name(),
        purpose: item.purpose,
        basis: item.basis.name(),
        retention: spec.retention.words(locale),
        key_owner: spec.key_owner,
        sealed: item.sealed,
        seen_by: spec.seen_by.of(locale),
        shown_in: match item.shown {
            Shown::Profile => Some("/v1/me"),
            Shown::Sessions => Some("/v1/sessions"),
            Shown::SecurityPage => Some("/v1/me/security"),
            Shown::Receipt => Some("/v1/receipts/{id}"),
            Shown::No => None,
        },
        exported: item.exported.name(),
        withheld: item.exported.reason().map(|reason| reason.of(locale)),
        erasure,
        duty,
    }
}

fn others(locale: Locale) -> Vec<Other> {
    let without = |e: &Entity| items::ALL.iter().all(|item| item.entity != *e);
    let other = |e: Entity| Other { kind: e.name(), retention: e.spec().retention.words(locale) };
    Entity::ALL.into_iter().filter(without).map(other).collect()
}
