//! The rows of a new account, in one transaction.

use shared::domain::account::{Profile, State};
use shared::domain::inventory::{Entity, items};
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::policy;
use shared::error::Error;
use shared::http::{Call, Problem};
use shared::ids::{EntryId, SubjectId};
use shared::ledger::{Action, Actor, Book, Facts};
use shared::records::evidence::{self, Act, Evidence};
use shared::records::network_log::{self, NetworkLog};
use shared::records::session::{self, Session, Token};
use shared::records::subject;
use shared::store::{Attr, Key, Row, Transaction, When};
use shared::vault::{DataKey, Owner};

/// The transaction that makes an account: key, claim, account, chain, session, evidence, log.
pub(crate) async fn open(
    call: &Call,
    profile: &Profile,
    claim: &Key,
    (year, month): (Option<&Row>, Option<&Row>),
) -> Result<(Transaction, Token, Session), Problem> {
    let (ports, now) = (&call.ports, call.now);
    let id = SubjectId::draw(&*ports.entropy);
    let (key, key_row) = ports.vault.mint(Owner::Person(id.clone())).await?;
    let book = Book::begin(ports, &id, year, now).await?;
    let evidence_key = book.year().clone();
    let (month, new_month) = ports.vault.period(Period::logs(now), month).await?;

    let mut transaction = Transaction::new();
    transaction.put("claim", claim_row(claim, &id), When::Absent);
    transaction.put("person-key", key_row, When::Absent);
    let account = Row::new(subject::account(&id), Entity::Account)
        .with(Attr::State, State::Active.name())
        .with(Attr::GateEpoch, 1)
        .with(Attr::CreatedAt, now)
        .with(Attr::UsedAt, now);
    transaction.put("account", key.seal(account, profile)?, When::Absent);
    let token = Token::draw(id.clone(), &*ports.entropy);
    let (row, session) =
        session::start(&token, false, (now, &ports.config.sessions), (&key, profile))?;
    transaction.put("session", row, When::Absent);
    transaction.put("evidence", consent(call, &id, profile, &evidence_key)?, When::Absent);
    let log = NetworkLog { ip: Personal::new(call.source), event: "registered".to_owned() };
    let entry = EntryId::draw(&*ports.entropy);
    transaction.put("log", network_log::row(&id, &entry, &log, (now, &month))?, When::Absent);
    if let Some(month) = new_month {
        transaction.put("month", month, When::Absent);
    }
    let touched = [
        if profile.email.is_some() { &items::EMAIL } else { &items::PHONE },
        &items::PASSWORD,
        &items::LANGUAGE,
        &items::AGE_BAND,
        &items::CONSENTS,
        &items::POLICY_VERSION,
        &items::NETWORK_IP,
    ];
    let facts = Facts::of("account", &touched, call.id.as_str());
    book.enter(&mut transaction, &key, (Action::Registered, Actor::Person), &facts)?;
    Ok((transaction, token, session))
}

fn claim_row(claim: &Key, id: &SubjectId) -> Row {
    Row::new(claim.clone(), Entity::Claim).with(Attr::Subject, id.as_str())
}

fn consent(call: &Call, id: &SubjectId, profile: &Profile, year: &DataKey) -> Result<Row, Error> {
    let evidence = Evidence {
        act: Act::Accepted,
        policy_version: policy::IN_FORCE.id.to_owned(),
        text_digest: evidence::text_digest(&policy::IN_FORCE),
        language: profile.language,
        purposes: profile.consented(),
        channel: evidence::BY_CALL.to_owned(),
        age_band: profile.age_band,
    };
    let entry = EntryId::draw(&*call.ports.entropy);
    evidence::row(id, &entry, &evidence, (call.now, year))
}
