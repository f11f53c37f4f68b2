//! Registration with a third-party account: no contact, no password.

use crate::answers::Done;
use shared::domain::account::Profile;
use shared::domain::consent;
use shared::domain::period::Period;
use shared::domain::third_party::ThirdParty;
use shared::error::corrupt;
use shared::http::{Call, Problem, ProblemKind, accepted, settle};
use shared::ledger::Book;
use shared::opening::{self, Opening};
use shared::records::authorization::Authorization;
use shared::vault::Owner;

/// Registers an account, with its first session.
///
/// # Errors
///
/// `ThirdPartyTaken`; `PolicyOutdated` where another version came into force meanwhile.
pub(crate) async fn register(
    call: &Call,
    begun: &Authorization,
    account: &ThirdParty,
) -> Result<Done, Problem> {
    let choices = begun.choices.as_ref().ok_or_else(|| corrupt("authorization", "choices"))?;
    let accepted = accepted(call, &choices.policy_version, Some(choices.policy_language))?;
    let claims = call.ports.vault.index().await?.third_party_claims(account);
    let profile = Profile {
        email: None,
        phone: None,
        display_name: None,
        language: call.locale,
        age_band: choices.age_band,
        password: None,
        third_parties: vec![account.clone()],
        consents: consent::given(&choices.consents, call.now, accepted.version),
        policy_version: accepted.version.to_owned(),
        acceptance: None,
        contact_change: None,
        claims: vec![claims.current.pk.clone()],
        session_epoch: 0,
        told_at: None,
    };
    let (profile, claims) = (&profile, &claims);
    settle(&call.ports.store, || async move {
        let keys = [Book::year_key(call.now), Owner::Period(Period::logs(call.now)).key()];
        let [year, month] = call.ports.store.get(&keys).await?;
        let (source, request, now) = (call.source, call.id.as_str(), call.now);
        let device = call.device();
        let device = device.as_ref();
        let account = Opening { profile, accepted, claims, source, device, request, now };
        let periods = (year.as_ref(), month.as_ref());
        let (transaction, token, session) = opening::open(&call.ports, account, periods).await?;
        match call.ports.store.write(transaction).await {
            Ok(()) => Ok(Done::Registered { token: token.reveal(), ends_at: session.ends_at }),
            Err(error) if error.failed("claim") => Err(ProblemKind::ThirdPartyTaken.into()),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
