//! The rows of a new account, in one transaction.

use shared::domain::account::{Profile, State};
use shared::domain::inventory::{Entity, Scope, items};
use shared::domain::locale::Locale;
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::policy::{Held, in_force};
use shared::error::Error;
use shared::http::{Call, Problem, ProblemKind};
use shared::ids::{EntryId, SubjectId};
use shared::ledger::{Action, Actor, Book, Facts};
use shared::records::evidence::{self, Act, Evidence};
use shared::records::network_log::{self, NetworkLog};
use shared::records::session::{self, Session, Token};
use shared::records::subject;
use shared::store::{Attr, Row, Transaction, When};
use shared::vault::{Claims, DataKey, Owner};

/// The text that a person accepted.
pub(crate) struct Accepted {
    /// The id of its version.
    pub(crate) version: &'static str,
    /// The text that was shown.
    pub(crate) text: &'static Held,
}

impl Accepted {
    /// The text of the version in force, as `GET /v1/policy` shows it to a reader of a language.
    pub(crate) fn read(call: &Call, id: &str, language: Option<Locale>) -> Result<Self, Problem> {
        let outdated = || Problem::new(ProblemKind::PolicyOutdated);
        let version = in_force(Scope::General, call.now).ok_or_else(outdated)?;
        if id != version.id {
            return Err(outdated().with("policy_version", version.id));
        }
        let text = version.shown(language.unwrap_or(call.locale)).ok_or_else(outdated)?;
        Ok(Self { version: version.id, text })
    }
}

/// The transaction that makes an account: key, claim, account, chain, session, evidence, log.
pub(crate) async fn open(
    call: &Call,
    (profile, accepted): (&Profile, &Accepted),
    claims: &Claims,
    (year, month): (Option<&Row>, Option<&Row>),
) -> Result<(Transaction, Token, Session), Problem> {
    let (ports, now) = (&call.ports, call.now);
    let id = SubjectId::draw(&*ports.entropy);
    let (key, key_row) = ports.vault.mint(Owner::Person(id.clone())).await?;
    let book = Book::begin(ports, &id, year, now).await?;
    let evidence_key = book.year().clone();
    let (month, new_month) = ports.vault.period(Period::logs(now), month).await?;

    let mut transaction = Transaction::new();
    claims.put(&mut transaction, "claim", &id);
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
    transaction.put(
        "evidence",
        consent(call, &id, (profile, accepted), &evidence_key)?,
        When::Absent,
    );
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

fn consent(
    call: &Call,
    id: &SubjectId,
    (profile, accepted): (&Profile, &Accepted),
    year: &DataKey,
) -> Result<Row, Error> {
    let evidence = Evidence {
        act: Act::Accepted,
        policy_version: accepted.version.to_owned(),
        text_digest: evidence::text_digest(&accepted.text.text()),
        language: accepted.text.language,
        purposes: profile.consented(),
        channel: evidence::BY_CALL.to_owned(),
        age_band: profile.age_band,
    };
    let entry = EntryId::draw(&*call.ports.entropy);
    evidence::row(id, &entry, &evidence, (call.now, year))
}
