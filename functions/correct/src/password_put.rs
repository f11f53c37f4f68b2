//! `PUT /v1/me/password`: changes the password.

use axum::response::Response;
use serde::Deserialize;
use shared::domain::account::Profile;
use shared::domain::inventory::items;
use shared::domain::limit::PASSWORD_CHANGES;
use shared::domain::password;
use shared::domain::personal::Secret;
use shared::http::{Access, Call, Caller, Json, Problem, ProblemKind, Renewal, act};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::records::session::Session;
use shared::records::subject::password_change_limit;
use shared::store::{Row, Transaction};
use shared::vault::password as hashing;
use utoipa::ToSchema;

/// Changes the password.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The password now; left out where there is none, and the session is fresh.
    #[schema(value_type = Option<String>, nullable = false)]
    current: Option<Secret>,
    /// The password from now on, 8 to 128 characters.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    new: Secret,
}

/// Changes the password.
///
/// Every other session ends, this one goes on and is fresh (with a new secret, where it came as a
/// cookie), and every contact is told. Limits on
/// copies, on changes of contact and on cancellations start anew: nobody who was in the account
/// before can have used them up.
#[utoipa::path(
    put, path = "/v1/me/password", operation_id = "put_password", tag = "correct",
    request_body = Request,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Changed",
            headers(("Set-Cookie" = Option<String>, description = "The session from now on, where it came as a cookie"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_password(
    call: Call,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let invalid = |at: &str, rule: &str| Problem::invalid(Vec::new()).at(at, rule);
    let caller = Caller::identify(&call, Access::Prove).await?;
    caller.require_active()?;
    // One that is the same as before passes: that it was typed is proof enough that it is known.
    let new = password::accept(request.new.expose()).map_err(|rule| invalid("/new", rule))?;
    let caller = match (&request.current, &caller.person.profile.password) {
        (Some(current), _) => caller.prove(&call, current).await?,
        (None, Some(_)) => return Err(invalid("/current", "is needed")),
        (None, None) => {
            caller.require_fresh(&call)?;
            caller
        }
    };
    let profile = &caller.person.profile;
    password::differs(&new, profile.contacts(), profile.display_name.as_ref())
        .map_err(|rule| invalid("/new", rule))?;
    let proved = profile.password.clone();
    let hash = hashing::hash(new, &*call.ports.entropy).await?;
    let passwords = (proved.as_ref(), &hash);
    act(&call, (Access::Prove, caller), |caller| change(&call, caller, passwords)).await
}

async fn change(
    call: &Call,
    caller: Caller,
    (proved, hash): (Option<&Secret>, &Secret),
) -> Result<Response, Problem> {
    caller.require_active()?;
    let person = &caller.person;
    let same = |one: Option<&Secret>| one.map(Secret::expose) == proved.map(Secret::expose);
    // Another change was first: what was proved is not the password any more.
    if !same(person.profile.password.as_ref()) {
        return Err(ProblemKind::PasswordRefused.into());
    }
    let epoch = person.profile.session_epoch + 1;
    let profile =
        Profile { password: Some(hash.clone()), session_epoch: epoch, ..person.profile.clone() };
    let (renewal, session) = Renewal::of(call, &caller, false)?;
    let session = Session { epoch, ..session };
    let row: Row = person.key.seal(caller.session_row.clone().next(), &session)?;
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(person.account.clone().next(), &profile)?);
    transaction.replace("session", row);
    let touched = [&[&items::PASSWORD, &items::SESSION_EPOCH], renewal.touched()].concat();
    let facts = Facts::of("rights", &touched, call.id.as_str());
    let entry = (Action::PasswordChanged, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    let limit = (password_change_limit(&person.subject), PASSWORD_CHANGES);
    caller.count(call, limit, &mut transaction)?;
    caller.forget_counts(&mut transaction);
    tell(call, &caller, &mut transaction).await?;
    call.ports.store.write(transaction).await?;
    renewal.answer()
}

/// Tells every contact.
async fn tell(call: &Call, caller: &Caller, transaction: &mut Transaction) -> Result<(), Problem> {
    let person = &caller.person;
    let (told, about) = ((&person.profile, &Content::PasswordChanged), Some(&person.subject));
    Ok(outbox::tell(&call.ports, transaction, told, about, call.now).await?)
}
