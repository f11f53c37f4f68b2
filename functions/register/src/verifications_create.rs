//! `POST /v1/verifications`: sends a code to an address.

use crate::own_contact;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::domain::account::AgeBand;
use shared::domain::contact::{Channel, Contact};
use shared::domain::limit::{CODE_VALID, LIVE_CODES, SENDS_PER_ADDRESS};
use shared::domain::personal::Secret;
use shared::domain::time::Timestamp;
use shared::http::{
    Access, Age, Call, Caller, FieldError, Json, Problem, ProblemKind, claimed_subject, idempotent,
    object, recalled, settle,
};
use shared::ids::{SubjectId, VerificationId};
use shared::outbox::{self, Content, Message};
use shared::records::verification::{self, CodePurpose, Verification};
use shared::records::{idempotency, limit};
use shared::store::{Transaction, When};
use shared::vault::{IndexKey, Owner};
use utoipa::ToSchema;

/// Asks for a code.
#[derive(Deserialize, ToSchema)]
#[schema(as = VerificationRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// What the code is for.
    purpose: CodePurpose,
    /// How it is sent.
    pub(crate) channel: Channel,
    /// The address; left out to prove identity again, which the person's own contact is used for.
    #[schema(value_type = Option<String>, nullable = false, example = "ada@example.org")]
    pub(crate) address: Option<Secret>,
    /// The age band; needed to register, asked before any address, and not asked otherwise.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "object")]
    age: Option<Age>,
}

/// A code is on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = VerificationAccepted)]
pub(crate) struct Accepted {
    /// The id to use the code with.
    verification: String,
    /// When the code expires, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Sends a code.
///
/// To register, for a further contact of whoever is logged in, to set a forgotten password anew, to
/// take a contact out of an account that is not its holder's, or to prove identity again. The answer
/// is the same whether or not the address is known: nothing is looked up. A code for a contact needs
/// a session, and works for that account alone. One to `reauthenticate` needs a session too, and goes
/// to the person's own contact of that channel.
#[utoipa::path(
    post, path = "/v1/verifications", operation_id = "create_verification", tag = "register",
    request_body = Request,
    security((), ("bearer" = []), ("cookie" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated call run once")),
    responses(
        (status = 202, description = "A code is on its way", body = Accepted),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_verification(
    call: Call,
    Json(request, body): Json<Request>,
) -> Result<Response, Problem> {
    let wanted = match (request.purpose, &request.age) {
        (CodePurpose::Register, age) => Wanted::Account(Age::adult(age.as_ref())?),
        (CodePurpose::Contact, None) => Wanted::Contact(claimed_subject(&call)?),
        (CodePurpose::Reset, None) => Wanted::Reset,
        (CodePurpose::Detach, None) => Wanted::Detachment,
        (CodePurpose::Reauthenticate, None) => {
            return own_contact::create(&call, &request, &body).await;
        }
        (purpose, Some(_)) => {
            if matches!(purpose, CodePurpose::Contact | CodePurpose::Reauthenticate) {
                claimed_subject(&call)?;
            }
            return Err(Problem::invalid(Vec::new()).at("/age", "is asked to register only"));
        }
    };
    let address = request.address.as_ref();
    let address =
        address.ok_or_else(|| Problem::invalid(Vec::new()).at("", "needs the member `address`"))?;
    let parse = if wanted.is_new() { Contact::parse_new } else { Contact::parse };
    let contact = parse(request.channel, address.expose()).map_err(|rule| {
        Problem::invalid(vec![FieldError { at: "/address".to_owned(), detail: rule.to_owned() }])
    })?;
    let index = call.ports.vault.index().await?;
    // A key of one person's is not another's behind the same address.
    let route = match &wanted {
        Wanted::Account(_) | Wanted::Reset | Wanted::Detachment => "create_verification".to_owned(),
        Wanted::Contact(subject) => format!("create_verification {subject}"),
    };
    let repeat = idempotent(&call, &route, &body, &index)?;
    let asked = Asked { contact, wanted };
    settle(&call.ports.store, || send(&call, &asked, &index, repeat.as_ref())).await
}

/// What was asked for, parsed.
struct Asked {
    contact: Contact,
    wanted: Wanted,
}

/// What the code is for.
enum Wanted {
    /// An account of a person of this age.
    Account(AgeBand),
    /// A contact of this person's, who is identified by the read that finds the limits.
    Contact(SubjectId),
    /// A password anew, for whichever account has the contact.
    Reset,
    /// The contact out of whichever account has it.
    Detachment,
}

impl Wanted {
    /// Whether the address becomes one of an account's; otherwise it may be one already.
    const fn is_new(&self) -> bool {
        matches!(self, Self::Account(_) | Self::Contact(_))
    }
}

async fn send(
    call: &Call,
    asked: &Asked,
    index: &IndexKey,
    repeat: Option<&idempotency::Call>,
) -> Result<Response, Problem> {
    let (ports, now) = (&call.ports, call.now);
    let (to_address, to_source) =
        (index.send_limit(&asked.contact), index.source_limit(call.source));
    let mut keys = vec![to_address.clone(), to_source.clone()];
    keys.extend(repeat.map(|r| r.key.clone()));
    let (caller, rows) = match asked.wanted {
        Wanted::Account(_) | Wanted::Reset | Wanted::Detachment => {
            (None, ports.store.get_all(&keys).await?)
        }
        Wanted::Contact(_) => {
            let (caller, rows) = Caller::identify_with(call, Access::Read, &keys).await?;
            caller.require_active()?;
            (Some(caller), rows)
        }
    };
    let row = |i: usize| rows.get(i).and_then(Option::as_ref);
    if let Some((outcome, at)) = recalled(repeat, row(2), call)? {
        return Ok(accepted(outcome, at));
    }

    let mut transaction = Transaction::new();
    let limited = |wait| Problem::new(ProblemKind::Limited).after(wait);
    let per_address = [LIVE_CODES, SENDS_PER_ADDRESS];
    limit::admit(&mut transaction, "address-limit", (to_address, row(0)), &per_address, now)
        .map_err(limited)?;
    let per_source = [ports.config.sends_per_source];
    limit::admit(&mut transaction, "source-limit", (to_source, row(1)), &per_source, now)
        .map_err(limited)?;

    if let Some(caller) = caller {
        transaction.check("gate", caller.person.account.key.clone(), caller.gate());
    }
    let id = post(call, asked, &mut transaction).await?;
    if let Some(repeat) = repeat {
        let memory = repeat.row(row(2), id.as_str(), now);
        let when = row(2).map_or(When::Absent, |r| When::Version(r.version));
        transaction.put("idempotency", memory, when);
    }
    ports.store.write(transaction).await?;
    Ok(accepted(id.to_string(), now))
}

/// The verification with its key, and the message with its code.
async fn post(
    call: &Call,
    asked: &Asked,
    transaction: &mut Transaction,
) -> Result<VerificationId, Problem> {
    let (ports, now) = (&call.ports, call.now);
    let id = VerificationId::draw(&*ports.entropy);
    let (flow, flow_key) = ports.vault.mint(Owner::Flow(id.clone())).await?;
    let code = verification::draw_code(&*ports.entropy);
    let (purpose, subject, age_band, content) = match &asked.wanted {
        Wanted::Account(age) => {
            let content = Content::RegistrationCode { code: code.clone() };
            (CodePurpose::Register, None, Some(*age), content)
        }
        Wanted::Contact(subject) => {
            let content = Content::ContactCode { code: code.clone() };
            (CodePurpose::Contact, Some(subject.to_string()), None, content)
        }
        Wanted::Reset => {
            (CodePurpose::Reset, None, None, Content::ResetCode { code: code.clone() })
        }
        Wanted::Detachment => {
            (CodePurpose::Detach, None, None, Content::DetachCode { code: code.clone() })
        }
    };
    let (channel, to) = (asked.contact.channel(), asked.contact.address().clone());
    let message = Message { channel, to: to.clone(), language: call.locale, content };
    outbox::post(ports, transaction, &message, None, now).await?;
    let language = call.locale;
    let sealed = Verification { channel, address: to, code, purpose, subject, age_band, language };
    transaction.put("verification", verification::row(&id, &sealed, (now, &flow))?, When::Absent);
    transaction.put("flow-key", flow_key, When::Absent);
    Ok(id)
}

pub(crate) fn accepted(verification: String, sent_at: Timestamp) -> Response {
    let expires_at = sent_at.plus(CODE_VALID).rfc3339();
    let body = Accepted { verification, expires_at };
    (StatusCode::ACCEPTED, axum::Json(json!(body))).into_response()
}
