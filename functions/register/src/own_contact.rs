//! A code to a contact of the person's own, by which identity is proved again: for people without a
//! password too, every right is within reach.

use crate::verifications_create::{Request, accepted};
use axum::response::Response;
use shared::domain::contact::Channel;
use shared::domain::limit::{LIVE_CODES, SENDS_PER_ADDRESS};
use shared::http::{
    Access, Call, Caller, Missing, Problem, claimed_subject, idempotent_for, recalled, settle,
};
use shared::ids::VerificationId;
use shared::outbox::{self, Content, Message};
use shared::records::idempotency;
use shared::records::subject::Counter;
use shared::records::verification::{self, CodePurpose, Verification};
use shared::store::{Key, Row, Transaction, When};
use shared::vault::{Owner, Person};

/// Sends the code. It is counted by person, not by address or source: nobody else can use the codes
/// up that the person needs.
///
/// # Errors
///
/// `Invalid` with an address, `NotFound` without a contact of that channel, `Limited`.
pub(crate) async fn create(
    call: &Call,
    request: &Request,
    body: &[u8],
) -> Result<Response, Problem> {
    let subject = claimed_subject(call)?;
    if request.address.is_some() {
        return Err(Problem::invalid(Vec::new()).at("/address", "is left out: it is your own"));
    }
    let index = call.ports.vault.index().await?;
    let (who, route) = (subject.as_str().as_bytes(), "create_verification own");
    let repeat = idempotent_for(call, who, route, (body, &index))?;
    settle(&call.ports.store, || send(call, request.channel, repeat.as_ref())).await
}

async fn send(
    call: &Call,
    channel: Channel,
    repeat: Option<&idempotency::Call>,
) -> Result<Response, Problem> {
    let keys: Vec<Key> = repeat.map(|r| r.key.clone()).into_iter().collect();
    let (caller, rows) = Caller::identify_with(call, Access::Code, &keys).await?;
    let memory = rows.first().and_then(Option::<Row>::as_ref);
    if let Some((outcome, at)) = recalled(repeat, memory, call)? {
        return Ok(accepted(outcome, at));
    }
    let person = &caller.person;
    let mut transaction = Transaction::new();
    let limit = (Counter::Code.of(&person.subject), &[LIVE_CODES, SENDS_PER_ADDRESS][..]);
    caller.count_within(call, limit, &mut transaction)?;
    transaction.check("gate", person.account.key.clone(), caller.gate());
    let id = post(call, (person, channel), &mut transaction).await?;
    if let Some(repeat) = repeat {
        let when = memory.map_or(When::Absent, |row| When::Version(row.version));
        transaction.put("idempotency", repeat.row(memory, id.as_str(), call.now), when);
    }
    call.ports.store.write(transaction).await?;
    Ok(accepted(id.to_string(), call.now))
}

/// The verification with its key, and the message with its code.
async fn post(
    call: &Call,
    (person, channel): (&Person, Channel),
    transaction: &mut Transaction,
) -> Result<VerificationId, Problem> {
    let (ports, now) = (&call.ports, call.now);
    let address = person.profile.contact(channel).ok_or(Missing::Contact)?.clone();
    let id = VerificationId::draw(&*ports.entropy);
    let (flow, flow_key) = ports.vault.mint(Owner::Flow(id.clone())).await?;
    let code = verification::draw_code(&*ports.entropy);
    let language = person.profile.language;
    let content = Content::ReauthenticationCode { code: code.clone() };
    let message = Message { channel, to: address.clone(), language, content };
    outbox::post(ports, transaction, &message, Some(&person.subject), now).await?;
    let (purpose, subject) = (CodePurpose::Reauthenticate, Some(person.subject.to_string()));
    let sealed =
        Verification { channel, address, code, purpose, subject, age_band: None, language };
    transaction.put("verification", verification::row(&id, &sealed, (now, &flow))?, When::Absent);
    transaction.put("flow-key", flow_key, When::Absent);
    Ok(id)
}
