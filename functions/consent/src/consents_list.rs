//! `GET /v1/me/consents`: every purpose, what it covers, and what its withdrawal does (C-8.3).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use shared::domain::consent::{covered, shown};
use shared::domain::inventory::{Item, Purpose};
use shared::domain::locale::Locale;
use shared::domain::policy;
use shared::domain::time::Timestamp;
use shared::http::{Access, Call, Caller, Problem};
use shared::store::Attr;
use shared::vault::Person;
use utoipa::ToSchema;

/// Every purpose that personal information is processed for.
#[derive(Serialize, ToSchema)]
pub(crate) struct Consents {
    /// The version of the policy in force, which a consent is given under.
    policy_version: &'static str,
    /// Each purpose.
    purposes: Vec<Listed>,
}

/// A purpose, and where its person stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
struct Listed {
    /// Its name.
    purpose: Purpose,
    /// What it is for.
    why: &'static str,
    /// Whether the account cannot exist without it. A basic purpose goes with the account.
    basic: bool,
    /// Whether there is a consent; a basic purpose came with the account.
    consented: bool,
    /// Since when, RFC 3339; for a basic purpose since the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    since: Option<String>,
    /// Under which version of the policy; for a basic purpose the one accepted last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    policy_version: Option<String>,
    /// The items that it covers.
    items: Vec<Covered>,
    /// What happens where it is withdrawn.
    withdrawal: Withdrawal,
    /// The text of which evidence keeps the digest (SHA-256) when the consent is given or withdrawn.
    text: String,
}

/// An item that a purpose covers.
#[derive(Serialize, ToSchema)]
#[schema(as = CoveredItem)]
struct Covered {
    /// Its id in the inventory.
    id: String,
    /// What it is.
    label: &'static str,
}

/// What a withdrawal does, said beforehand.
#[derive(Serialize, ToSchema)]
struct Withdrawal {
    /// What stops.
    stops: &'static str,
    /// What is erased. A basic purpose takes the whole account with it.
    erases: Vec<Covered>,
    /// The call that withdraws.
    by: String,
}

/// Lists every purpose of the inventory.
#[utoipa::path(
    get, path = "/v1/me/consents", operation_id = "list_consents", tag = "consent",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The purposes", body = Consents),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_consents(call: Call) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Read).await?;
    let listed = Purpose::ALL.map(|purpose| listed(&caller.person, purpose, call.locale));
    let purposes = listed.into_iter().collect::<Result<_, Problem>>()?;
    let body = Consents { policy_version: policy::in_force_id(call.now), purposes };
    let language = [(header::CONTENT_LANGUAGE, call.locale.tag())];
    Ok((language, axum::Json(json!(body))).into_response())
}

fn listed(person: &Person, purpose: Purpose, locale: Locale) -> Result<Listed, Problem> {
    let given = person.profile.consents.iter().find(|consent| consent.purpose == purpose);
    let (since, version) = if purpose.is_basic() {
        let version = person.profile.policy_version.clone();
        (Some(person.account.time(Attr::CreatedAt)?), Some(version))
    } else {
        (given.map(|c| c.given_at), given.map(|c| c.policy_version.clone()))
    };
    let label = |item: &Item| Covered { id: item.id(), label: item.label.of(locale) };
    let (erases, by) = if purpose.is_basic() {
        (Vec::new(), "POST /v1/me/cancellation".to_owned())
    } else {
        let erases = covered(purpose).map(label).collect();
        (erases, format!("DELETE /v1/me/consents/{}", purpose.name()))
    };
    Ok(Listed {
        purpose,
        why: purpose.why().of(locale),
        basic: purpose.is_basic(),
        consented: since.is_some(),
        since: since.map(Timestamp::rfc3339),
        policy_version: version,
        items: covered(purpose).map(label).collect(),
        withdrawal: Withdrawal { stops: purpose.stops().of(locale), erases, by },
        text: shown(purpose, locale),
    })
}
