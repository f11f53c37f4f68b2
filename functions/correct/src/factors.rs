//! What changes of second factors share: their one transaction, who is told, and recovery codes as
//! they are shown.

use serde::Serialize;
use shared::domain::inventory::Item;
use shared::domain::limit::TOLD;
use shared::domain::personal::Secret;
use shared::http::{Call, Caller, Problem};
use shared::ledger::{Action, Actor, Facts};
use shared::outbox::{self, Content};
use shared::records::subject::told_limit;
use shared::store::Transaction;
use utoipa::ToSchema;

/// Recovery codes, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub(crate) struct Codes {
    /// Each of them; each works once, with dashes or without.
    #[schema(value_type = Vec<String>, example = json!(["aaaa-bbbb-cccc-dddd-eeee-ffff"]))]
    pub(crate) recovery_codes: Vec<Secret>,
}

/// Tells every contact of a change, as often as a limit allows.
pub(crate) async fn tell(
    call: &Call,
    caller: &Caller,
    content: &Content,
    transaction: &mut Transaction,
) -> Result<(), Problem> {
    let person = &caller.person;
    caller.count(call, (told_limit(&person.subject), TOLD), transaction)?;
    let (told, about) = ((&person.profile, content), Some(&person.subject));
    Ok(outbox::tell(&call.ports, transaction, told, about, call.now).await?)
}

/// Enters the change, and writes.
pub(crate) async fn write(
    call: &Call,
    caller: &Caller,
    (action, touched): (Action, &[&Item]),
    mut transaction: Transaction,
) -> Result<(), Problem> {
    let person = &caller.person;
    transaction.check("gate", person.account.key.clone(), caller.gate());
    let facts = Facts::of("rights", touched, call.id.as_str());
    let book = caller.book(call).await?;
    book.enter(&mut transaction, &person.key, (action, Actor::Person), &facts)?;
    Ok(call.ports.store.write(transaction).await?)
}
