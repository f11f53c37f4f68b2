//! `PATCH /v1/me`: corrects the profile by a merge patch (RFC 7396).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer};
use shared::domain::account::Profile;
use shared::domain::display_name;
use shared::domain::inventory::{Item, items};
use shared::domain::locale::Locale;
use shared::domain::personal::Personal;
use shared::http::{Access, Call, Caller, Json, Problem, ProblemKind, etag, if_match, settle};
use shared::ledger::{Action, Actor, Facts};
use shared::records::profile;
use shared::store::Transaction;
use shared::vault::Person;
use utoipa::ToSchema;

/// A merge patch: what is left out stays, `null` removes.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = ProfilePatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patch {
    /// The language of messages; cannot be removed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Locale>, nullable = false)]
    language: Option<Option<Locale>>,
    /// The display name, 1 to 64 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "Ada")]
    display_name: Option<Option<Personal<String>>>,
}

/// Tells a member that is `null` from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Corrects the profile, if it is still the version that was read.
#[utoipa::path(
    patch, path = "/v1/me", operation_id = "patch_me", tag = "correct",
    request_body(content((Patch = "application/merge-patch+json"), (Patch = "application/json"))),
    params(("If-Match" = String, Header, description = "The ETag of the last read")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The profile as it is now", body = profile::Me,
            headers(("ETag" = String, description = "The new version"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn patch_me(call: Call, Json(patch, _): Json<Patch>) -> Result<Response, Problem> {
    settle(|| correct(&call, &patch)).await
}

async fn correct(call: &Call, patch: &Patch) -> Result<Response, Problem> {
    let caller = Caller::identify(call, Access::Write).await?;
    caller.require_active()?;
    if_match(call, caller.person.account.version)?;
    let mut person = caller.person.clone();
    let touched = apply(&mut person.profile, patch)?;
    if !touched.is_empty() {
        write(call, &caller, &mut person, &touched).await?;
    }
    let tag = [(header::ETAG, etag(person.account.version))];
    Ok((tag, axum::Json(profile::shown(&person)?)).into_response())
}

/// Applies the patch; gives the items that it changes.
fn apply(profile: &mut Profile, patch: &Patch) -> Result<Vec<&'static Item>, Problem> {
    let mut touched: Vec<&'static Item> = Vec::new();
    match patch.language {
        None => {}
        Some(None) => {
            return Err(Problem::invalid(Vec::new()).at("/language", "cannot be removed"));
        }
        Some(Some(language)) if language == profile.language => {}
        Some(Some(language)) => {
            profile.language = language;
            touched.push(&items::LANGUAGE);
        }
    }
    if let Some(name) = &patch.display_name {
        let name = name.as_ref().map(|name| display_name::accept(name.expose())).transpose();
        let name = name
            .map_err(|rule| Problem::invalid(Vec::new()).at("/display_name", rule))?
            .map(Personal::new);
        if name != profile.display_name {
            profile.display_name = name;
            touched.push(&items::DISPLAY_NAME);
        }
    }
    Ok(touched)
}

async fn write(
    call: &Call,
    caller: &Caller,
    person: &mut Person,
    touched: &[&'static Item],
) -> Result<(), Problem> {
    person.account = person.key.seal(person.account.clone().next(), &person.profile)?;
    let mut transaction = Transaction::new();
    transaction.replace("account", person.account.clone());
    let facts = Facts::of("rights", touched, call.id.as_str());
    let entry = (Action::Corrected, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    match call.ports.store.write(transaction).await {
        // The account moved on between our read and our write.
        Err(error) if error.failed("account") => Err(ProblemKind::StaleVersion.into()),
        other => Ok(other?),
    }
}
