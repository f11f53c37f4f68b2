//! `POST /v1/reauthentications`: makes the session fresh by a proof of identity.

use axum::response::Response;
use serde::Deserialize;
use shared::domain::inventory::Item;
use shared::domain::personal::Secret;
use shared::error::Error;
use shared::http::{
    Access, Call, Caller, Json, Problem, ProblemKind, Renewal, Renewed, act, check_code,
    factor_touched, guess, proof_refused, spend_factor,
};
use shared::ids::VerificationId;
use shared::ledger::{Action, Actor, Facts};
use shared::records::factors::{Given, Held};
use shared::records::verification::{self, CodePurpose, Verification};
use shared::store::{Key, Row, Transaction};
use shared::vault::{Owner, Person};
use utoipa::ToSchema;

/// Proves identity, by one of the members.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReauthenticationRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The password.
    #[schema(value_type = Option<String>, nullable = false)]
    password: Option<Secret>,
    /// A code of the authenticator app.
    #[schema(value_type = Option<String>, nullable = false, example = "123456")]
    totp: Option<Secret>,
    /// A recovery code.
    #[schema(value_type = Option<String>, nullable = false)]
    recovery_code: Option<Secret>,
    /// The id of a verification with the purpose `reauthenticate`, together with `code`.
    #[schema(nullable = false)]
    verification: Option<String>,
    /// Its code.
    #[schema(value_type = Option<String>, nullable = false, example = "12345678")]
    code: Option<Secret>,
    /// Whether a bearer token is replaced. A cookie always is.
    #[serde(default)]
    rotate: bool,
}

/// What is shown.
#[derive(Clone, Copy)]
enum Proof<'a> {
    Password(&'a Secret),
    Factor(Given<'a>),
    Code(&'a str, &'a Secret),
}

impl Request {
    fn proof(&self) -> Result<Proof<'_>, Problem> {
        let invalid = |at: &str, rule: &str| Problem::invalid(Vec::new()).at(at, rule);
        let code = match (&self.verification, &self.code) {
            (Some(id), Some(code)) => Some(Proof::Code(id, code)),
            (None, None) => None,
            (Some(_), None) => return Err(invalid("/code", "is needed with `verification`")),
            (None, Some(_)) => return Err(invalid("/verification", "is needed with `code`")),
        };
        let proofs = [
            self.password.as_ref().map(Proof::Password),
            self.totp.as_ref().map(|code| Proof::Factor(Given::Totp(code))),
            self.recovery_code.as_ref().map(|code| Proof::Factor(Given::Recovery(code))),
            code,
        ];
        let mut proofs = proofs.into_iter().flatten();
        match (proofs.next(), proofs.next()) {
            (Some(proof), None) => Ok(proof),
            _ => Err(invalid(
                "",
                "needs one of `password`, `totp`, `recovery_code`, or `verification` with `code`",
            )),
        }
    }
}

/// Makes the session fresh for ten minutes, by anything that the person can prove identity with.
///
/// A session in a cookie gets a new secret, and so does one of a bearer token where that is asked for:
/// the one before works no more. Tries are counted before they are checked.
#[utoipa::path(
    post, path = "/v1/reauthentications", operation_id = "create_reauthentication", tag = "session",
    request_body = Request,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The session is fresh, and has a new token", body = Renewed),
        (status = 204, description = "The session is fresh",
            headers(("Set-Cookie" = Option<String>, description = "The session from now on, where it came as a cookie"))),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_reauthentication(
    call: Call,
    Json(request, _): Json<Request>,
) -> Result<Response, Problem> {
    let rotate = request.rotate;
    match request.proof()? {
        Proof::Password(password) => {
            let caller = Caller::identify(&call, Access::Prove).await?;
            let caller = caller.prove(&call, password).await?;
            let fresh = |caller| freshen(&call, caller, rotate, Transaction::new(), &[]);
            act(&call, (Access::Write, caller), fresh).await
        }
        Proof::Factor(given) => {
            let identified = Caller::identify_with_factors(&call, Access::Prove).await?;
            let attempt = |caller, held| by_factor(&call, (caller, held), given, rotate);
            Box::pin(guess(&call, identified, attempt)).await
        }
        Proof::Code(id, code) => by_code(&call, (id, code), rotate).await,
    }
}

/// Uses a code of a second factor up.
async fn by_factor(
    call: &Call,
    (caller, mut held): (Caller, Held),
    given: Given<'_>,
    rotate: bool,
) -> Result<Response, Problem> {
    if !held.prove(given, call.now) {
        return Err(proof_refused(call));
    }
    let person = &caller.person;
    let mut transaction = Transaction::new();
    spend_factor(call, person, (&held, given), &mut transaction).await?;
    caller.forgive_guess(call, &mut transaction);
    let used = [factor_touched(given)];
    freshen(call, caller, rotate, transaction, &used).await
}

/// Uses a code up that was sent to a contact of the person's.
async fn by_code(
    call: &Call,
    (id, code): (&str, &Secret),
    rotate: bool,
) -> Result<Response, Problem> {
    let id = VerificationId::parse(id);
    let keys = id.iter().flat_map(|id| [verification::key(id), Owner::Flow(id.clone()).key()]);
    let keys: Vec<Key> = keys.collect();
    let (caller, rows) = Caller::identify_with(call, Access::Write, &keys).await?;
    let id = id.ok_or(ProblemKind::VerificationFailed)?;
    let row = |i: usize| rows.get(i).and_then(Option::<Row>::as_ref);
    let purpose = CodePurpose::Reauthenticate;
    let verified = check_code(call, (&id, code), (row(0), row(1)), purpose).await?;
    let (verified, id) = (&verified, &id);
    act(call, (Access::Write, caller), |caller| async move {
        if !is_of(verified, &caller.person) {
            return Err(ProblemKind::VerificationFailed.into());
        }
        let mut transaction = Transaction::new();
        verification::end(&mut transaction, id);
        freshen(call, caller, rotate, transaction, &[]).await
    })
    .await
}

/// Whether a code went to a contact that counts for the person.
fn is_of(verified: &Verification, person: &Person) -> bool {
    verified.subject.as_deref() == Some(person.subject.as_str())
        && person.profile.contact(verified.channel) == Some(&verified.address)
}

/// Makes the session fresh in the transaction that uses the proof up.
async fn freshen(
    call: &Call,
    caller: Caller,
    rotate: bool,
    mut transaction: Transaction,
    used: &[&Item],
) -> Result<Response, Problem> {
    let person = &caller.person;
    let (renewal, session) = Renewal::of(call, &caller, rotate)?;
    let row: Row = person.key.seal(caller.session_row.clone().next(), &session)?;
    transaction.replace("session", row);
    transaction.check("gate", person.account.key.clone(), caller.gate());
    let facts = Facts::of("rights", &[renewal.touched(), used].concat(), call.id.as_str());
    let entry = (Action::SessionFreshened, Actor::Person);
    caller.book(call).await?.enter(&mut transaction, &person.key, entry, &facts)?;
    call.ports.store.write(transaction).await.map_err(refusal)?;
    renewal.answer()
}

/// The problem of a write that failed.
fn refusal(error: Error) -> Problem {
    // The same call, sent twice at once: the other one used the code.
    if error.failed("verification") { ProblemKind::VerificationFailed.into() } else { error.into() }
}
