//! Opening an account: its rows, in one transaction.

use crate::domain::account::{Profile, State};
use crate::domain::consent::{Acceptance, Proof};
use crate::domain::deadline::{self, Facts as Deadline};
use crate::domain::device::Device;
use crate::domain::inventory::{Entity, Item, items};
use crate::domain::period::Period;
use crate::domain::personal::Personal;
use crate::domain::policy::Held;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{EntryId, SubjectId};
use crate::ledger::{Action, Actor, Book, Facts};
use crate::ports::Ports;
use crate::records::evidence::{self, Means};
use crate::records::network_log::{self, Event, NetworkLog};
use crate::records::session::{self, Session, Token};
use crate::records::subject;
use crate::store::{Attr, Lane, Row, Transaction, When};
use crate::vault::{Claims, Owner};
use std::net::IpAddr;

/// The text that a person accepted.
#[derive(Clone, Copy)]
pub struct Accepted {
    /// The id of its version.
    pub version: &'static str,
    /// The text that was shown.
    pub text: &'static Held,
}

/// An account to be opened.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// What it holds.
    pub profile: &'a Profile,
    /// The text that the person accepted.
    pub accepted: Accepted,
    /// Where the claim on its contact is.
    pub claims: &'a Claims,
    /// Where the request came from.
    pub source: IpAddr,
    /// From which device, coarsely.
    pub device: Option<&'a Device>,
    /// The request's id.
    pub request: &'a str,
    /// When.
    pub now: Timestamp,
}

/// The transaction that makes an account: key, claim, account, chain, session, evidence, log. The
/// rows of the keys of year and month are given as far as they are there.
pub async fn open(
    ports: &Ports,
    opening: Opening<'_>,
    (year, month): (Option<&Row>, Option<&Row>),
) -> Result<(Transaction, Token, Session)> {
    let now = opening.now;
    let profile = &proven(opening);
    let id = SubjectId::draw(&*ports.entropy);
    let (key, key_row) = ports.vault.mint(Owner::Person(id.clone())).await?;
    let book = Book::begin(ports, &id, year, now).await?;
    let month = ports.vault.period(Period::logs(now), month).await?;

    let mut transaction = Transaction::new();
    opening.claims.put(&mut transaction, "claim", &id);
    transaction.put("person-key", key_row, When::Absent);
    transaction.put("account", key.seal(account(ports, &id, now), profile)?, When::Absent);
    let token = Token::draw(id.clone(), &*ports.entropy);
    let (times, device) = (&ports.config.sessions, opening.device.cloned());
    let (row, session) =
        session::start(&token, (false, device.clone()), (now, times), (&key, profile))?;
    transaction.put("session", row, When::Absent);
    for evidence in evidence::of_profile(profile) {
        let whose = (&id, &*ports.entropy);
        evidence::append(&mut transaction, whose, &evidence, (now, book.year()))?;
    }
    let (ip, event) = (Personal::new(opening.source), Event::Registered);
    let log = NetworkLog { ip, event, device, failed_at: Vec::new() };
    let entry = EntryId::draw(&*ports.entropy);
    let log = network_log::row(&id, &entry, &log, (now, month.key()))?;
    transaction.put("log", log, When::Absent);
    month.put(&mut transaction, "month");
    let touched = [
        what_proves(profile),
        &[
            &items::LANGUAGE,
            &items::AGE_BAND,
            &items::CONSENTS,
            &items::POLICY_VERSION,
            &items::ACCEPTANCE,
            &items::NETWORK_IP,
        ],
    ]
    .concat();
    let facts = Facts::of("account", &touched, opening.request);
    book.enter(&mut transaction, &key, (Action::Registered, Actor::Person), &facts)?;
    Ok((transaction, token, session))
}

/// The items that the account is registered with.
const fn what_proves(profile: &Profile) -> &'static [&'static Item] {
    match (&profile.email, &profile.phone) {
        (Some(_), _) => &[&items::EMAIL, &items::PASSWORD],
        (None, Some(_)) => &[&items::PHONE, &items::PASSWORD],
        (None, None) => &[&items::THIRD_PARTIES],
    }
}

/// The account's row: in use, and due when its first notice would be.
fn account(ports: &Ports, id: &SubjectId, now: Timestamp) -> Row {
    let (used_at, state) = (now, State::Active);
    let facts = Deadline::of_new(state, used_at);
    let (_, due_at) = deadline::next(&facts, ports.config.unused);
    Row::new(subject::account(id), Entity::Account)
        .with(Attr::State, state.name())
        .with(Attr::GateEpoch, 1)
        .with(Attr::CreatedAt, now)
        .with(Attr::UsedAt, used_at)
        .due(Lane::Sweep, due_at)
}

/// The profile with what proves that the policy was accepted, and each consent given.
fn proven(opening: Opening<'_>) -> Profile {
    let Opening { accepted, now, .. } = opening;
    let mut profile = opening.profile.clone();
    let who = (profile.age_band, accepted.text.language);
    for consent in &mut profile.consents {
        consent.proof = Some(evidence::proof(consent.purpose, who, Means::Call));
    }
    profile.acceptance = Some(Acceptance {
        accepted_at: now,
        policy_version: accepted.version.to_owned(),
        purposes: profile.consented(),
        proof: Proof {
            text_digest: evidence::text_digest(&accepted.text.text()),
            language: accepted.text.language,
            channel: Means::Call,
            age_band: profile.age_band,
        },
    });
    profile
}
