//! `DELETE /v1/me/third-parties/{provider}`: unlinks a third-party account.

use crate::desk::Desk;
use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::domain::account::Profile;
use shared::domain::inventory::items;
use shared::error::corrupt;
use shared::http::{Access, Call, Caller, Id, Missing, Problem, ProblemKind, act};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::store::{Transaction, When};
use std::sync::Arc;

/// Unlinks a third-party account. Nothing of it stays.
///
/// Every contact is told. Needs a fresh session, and never waits: linking is what is counted, so
/// that nobody who linked an account of their own can use the count up. The last way into the
/// account cannot be unlinked.
#[utoipa::path(
    delete, path = "/v1/me/third-parties/{provider}", operation_id = "delete_third_parties",
    tag = "federation",
    params(("provider" = String, Path, description = "The name of the third party")),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Unlinked"),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_third_parties(
    call: Call,
    Extension(desk): Extension<Arc<Desk>>,
    Id(name): Id,
) -> Result<Response, Problem> {
    let caller = Caller::identify(&call, Access::Write).await?;
    act(&call, (Access::Write, caller), |caller| unlink(&call, &desk, caller, &name)).await
}

/// Whether there is another way in: a contact, or an account with a third party that is configured.
async fn has_way_besides(
    call: &Call,
    desk: &Desk,
    profile: &Profile,
    name: &str,
) -> Result<bool, Problem> {
    if profile.has_way_by_contact() {
        return Ok(true);
    }
    let settings = desk.settings(&call.ports).await?;
    Ok(profile.besides(name).any(|linked| settings.named(&linked.provider).is_some()))
}

async fn unlink(call: &Call, desk: &Desk, caller: Caller, name: &str) -> Result<Response, Problem> {
    caller.require_active()?;
    caller.require_fresh(call)?;
    let person = &caller.person;
    let account = person.profile.third_party(name).ok_or(Missing::ThirdParty)?;
    if !has_way_besides(call, desk, &person.profile, name).await? {
        return Err(ProblemKind::LastProof.into());
    }
    let claims = call.ports.vault.index().await?.third_party_claims(account);
    let claim = claims.of(&person.profile).ok_or_else(|| corrupt("account", "claims"))?;
    let mut profile = person.profile.clone();
    profile.unlink(name, &claim.pk);
    let mut transaction = Transaction::new();
    transaction.delete("claim", claim.clone(), When::Present);
    transaction.replace("account", person.key.seal(person.account.clone().next(), &profile)?);
    let facts = Facts::of("rights", &[&items::THIRD_PARTIES, &items::CLAIMS], call.id.as_str());
    let entry = (Action::ThirdPartyUnlinked, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    let content = Content::ThirdPartyUnlinked { provider: name.to_owned() };
    let (told, about) = ((&person.profile, &content), Some(&person.subject));
    outbox::tell(&call.ports, &mut transaction, told, about, call.now).await?;
    call.ports.store.write(transaction).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
