//! `PATCH /v1/me`: corrects the profile by a merge patch (RFC 7396).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer};
use shared::domain::account::Profile;
use shared::domain::consent::{self, Consent, Proof};
use shared::domain::display_name;
use shared::domain::inventory::{Item, items};
use shared::domain::locale::Locale;
use shared::domain::personal::Personal;
use shared::domain::policy;
use shared::http::{Access, Call, Caller, Json, Problem, act, etag, if_match};
use shared::ledger::{Action, Actor, Facts};
use shared::records::evidence::{self, Means};
use shared::records::profile;
use shared::store::{Attr, Transaction};
use shared::vault::Person;
use utoipa::ToSchema;

/// A merge patch: what is left out stays, `null` removes.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = ProfilePatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patch {
    /// The language of messages; cannot be removed.
    #[serde(default)]
    #[schema(value_type = Option<Locale>, nullable = false)]
    language: Edit<Locale>,
    /// The display name, 1 to 64 characters; `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "Ada")]
    display_name: Edit<Personal<String>>,
}

/// What a patch does with a member.
#[derive(Default)]
enum Edit<T> {
    /// It is left out.
    #[default]
    Keep,
    /// It is `null`.
    Remove,
    /// It has a value.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Remove, Self::Set))
    }
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
    let caller = Caller::identify(&call, Access::Write).await?;
    act(&call, (Access::Write, caller), |caller| correct(&call, caller, &patch)).await
}

async fn correct(call: &Call, caller: Caller, patch: &Patch) -> Result<Response, Problem> {
    caller.require_active()?;
    if_match(call, caller.person.account.version)?;
    let mut person = caller.person.clone();
    let change = apply(&mut person.profile, patch, call)?;
    if !change.touched.is_empty() {
        write(call, &caller, &mut person, &change).await?;
    }
    let tag = [(header::ETAG, etag(person.account.version))];
    Ok((tag, axum::Json(profile::shown(&person, call.now)?)).into_response())
}

/// What a patch changes.
#[derive(Default)]
struct Change {
    touched: Vec<&'static Item>,
    /// The consent that it gives or withdraws.
    consent: Option<evidence::Act>,
}

/// Applies the patch.
fn apply(profile: &mut Profile, patch: &Patch, call: &Call) -> Result<Change, Problem> {
    let invalid = |at: &str, rule: &str| Problem::invalid(Vec::new()).at(at, rule);
    let mut change = Change::default();
    let language = match patch.language {
        Edit::Keep => profile.language,
        Edit::Remove => return Err(invalid("/language", "cannot be removed")),
        Edit::Set(language) => language,
    };
    let name = match &patch.display_name {
        Edit::Keep => profile.display_name.clone(),
        Edit::Remove => None,
        Edit::Set(name) => {
            let name = display_name::accept(name.expose());
            Some(Personal::new(name.map_err(|rule| invalid("/display_name", rule))?))
        }
    };
    if language != profile.language {
        profile.language = language;
        change.touched.push(&items::LANGUAGE);
    }
    if name != profile.display_name {
        profile.display_name = name;
        change.touched.push(&items::DISPLAY_NAME);
        change.consent = consented(profile, call);
        change.touched.extend(change.consent.map(|_| &items::CONSENTS));
    }
    Ok(change)
}

/// Providing the name is the consent to its purpose, where there is none yet; removing it is the
/// withdrawal (C-8.3).
fn consented(profile: &mut Profile, call: &Call) -> Option<evidence::Act> {
    let purpose = items::DISPLAY_NAME.purpose;
    if profile.display_name.is_none() {
        profile.consents.retain(|consent| consent.purpose != purpose);
        return Some(evidence::Act::Withdrawn);
    }
    if profile.consented().contains(&purpose) {
        return None;
    }
    let policy_version = policy::in_force_id(call.now).to_owned();
    let proof = Some(proof(profile, call));
    let given = Consent { purpose, given_at: call.now, policy_version, proof };
    consent::give(profile, given).then_some(evidence::Act::Granted)
}

/// What proves that the consent was given with the name, or withdrawn with it.
fn proof(profile: &Profile, call: &Call) -> Proof {
    let who = (profile.age_band, call.locale);
    evidence::proof(items::DISPLAY_NAME.purpose, who, Means::Correction)
}

async fn write(
    call: &Call,
    caller: &Caller,
    person: &mut Person,
    change: &Change,
) -> Result<(), Problem> {
    let book = caller.book(call).await?;
    let mut account = person.account.clone().next();
    // What read before a withdrawal writes nothing after it.
    if change.consent == Some(evidence::Act::Withdrawn) {
        account = account.with(Attr::GateEpoch, person.gate_epoch() + 1);
    }
    person.account = person.key.seal(account, &person.profile)?;
    let mut transaction = Transaction::new();
    transaction.replace("account", person.account.clone());
    if let Some(act) = change.consent {
        let (version, about) = (policy::in_force_id(call.now), [items::DISPLAY_NAME.purpose]);
        let done = evidence::of(act, version, &about, proof(&person.profile, call));
        let ended = evidence::ended(&caller.person.profile, &person.profile, call.now);
        for evidence in std::iter::once(done).chain(ended) {
            let whose = (&person.subject, &*call.ports.entropy);
            evidence::append(&mut transaction, whose, &evidence, (call.now, book.year()))?;
        }
    }
    let facts = Facts::of("rights", &change.touched, call.id.as_str());
    let entry = (Action::Corrected, Actor::Person);
    book.enter(&mut transaction, &person.key, entry, &facts)?;
    // Where the account moved on since our read, the next try says how: changed, closing, erased.
    Ok(call.ports.store.write(transaction).await?)
}
