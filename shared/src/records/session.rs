//! Sessions: an opaque token that names person and session, and a row that knows its digest.

use super::subject;
use crate::config::SessionTimes;
use crate::domain::account::Profile;
use crate::domain::device::Device;
use crate::domain::inventory::Entity;
use crate::domain::personal::Secret;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{self, BASE32, Entropy, SessionId, SubjectId};
use crate::ports::Ports;
use crate::store::{Attr, Row, Table};
use crate::vault::{DataKey, Person};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zeroize::Zeroizing;

/// What a session may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All that the person may.
    Full,
    /// List and end sessions, once: the ticket at the session limit.
    Sessions,
}

crate::declared! {
    /// What a session's row seals.
    pub struct Session in Session {
        /// SHA-256 of the token's secret, hex. The secret has 256 random bits, so no slow hash.
        secret_digest: String => SESSION_SECRET,
        /// What it may do.
        scope: Scope => SESSION_SCOPE,
        /// The account's count of ends of all sessions when it began.
        epoch: u64 => SESSION_EPOCH_OF,
        /// Until when it counts as fresh.
        fresh_until: Timestamp => SESSION_FRESH,
        /// When it ends, however used.
        ends_at: Timestamp => SESSION_ENDS,
        /// Whether it outlives the browser.
        remembered: bool => SESSION_REMEMBERED,
        /// The device that it was opened from, coarsely. Version 0.1.0 noted none.
        #[serde(default)]
        device: Option<Device> => SESSION_DEVICE,
    }
}

impl Session {
    /// How long it lasts unused.
    pub const fn idle(&self, times: &SessionTimes) -> Duration {
        if self.remembered { times.idle_remembered } else { times.idle }
    }

    /// Whether it is live at `now` for a person, given when it was last used.
    pub fn is_live(
        &self,
        profile: &Profile,
        (seen_at, now): (Timestamp, Timestamp),
        times: &SessionTimes,
    ) -> bool {
        let in_time = now < self.ends_at && now < seen_at.plus(self.idle(times));
        in_time && self.epoch == profile.session_epoch
    }
}

/// A session token: `pct_<subject>_<session>_<secret>`.
#[derive(Clone, Debug)]
pub struct Token {
    /// The person.
    pub subject: SubjectId,
    /// The session.
    pub session: SessionId,
    secret: Secret,
}

impl Token {
    /// Draws a token for a new session.
    pub fn draw(subject: SubjectId, entropy: &dyn Entropy) -> Self {
        let drawn = Zeroizing::new(ids::bytes::<32>(entropy));
        let secret = Secret::new(BASE32.encode(&*drawn));
        Self { subject, session: SessionId::draw(entropy), secret }
    }

    /// Draws a new secret for the session of a row; `None` where the row is of none.
    pub fn renew(subject: &SubjectId, row: &Row, entropy: &dyn Entropy) -> Option<Self> {
        let session = SessionId::parse(row.key.sk.strip_prefix("session#")?)?;
        Some(Self { session, ..Self::draw(subject.clone(), entropy) })
    }

    /// Reads a token; `None` where the form is another.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("pct_")?.split('_');
        let subject = SubjectId::parse(&format!("sub_{}", parts.next()?))?;
        let session = SessionId::parse(&format!("ses_{}", parts.next()?))?;
        let secret = Secret::new(parts.next().filter(|s| s.len() == 52)?.to_owned());
        parts.next().is_none().then_some(Self { subject, session, secret })
    }

    /// The token as its holder keeps it.
    pub fn reveal(&self) -> Secret {
        let (subject, session) = (self.subject.body(), self.session.body());
        // Joined at once: a text that grows leaves copies that nobody overwrites.
        Secret::new(["pct_", subject, "_", session, "_", self.secret.expose()].concat())
    }

    /// The digest that the session's row knows.
    pub fn digest(&self) -> String {
        HEXLOWER.encode(digest(&SHA256, self.secret.expose().as_bytes()).as_ref())
    }

    /// Whether a session is this token's. Compares digests of random secrets, so the time it takes
    /// tells nothing.
    pub fn opens(&self, session: &Session) -> bool {
        self.digest() == session.secret_digest
    }
}

/// The rows of a person's sessions, live or not.
pub async fn rows(ports: &Ports, id: &SubjectId) -> Result<Vec<Row>> {
    let partition = subject::partition(id);
    let from = (Table::Records, partition.as_str(), "session#");
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = ports.store.page(from, 100, after.as_ref()).await?;
        rows.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

/// A person's live sessions, the ticket among them.
pub async fn live(ports: &Ports, person: &Person, now: Timestamp) -> Result<Vec<(Row, Session)>> {
    let mut live = Vec::new();
    for row in rows(ports, &person.subject).await? {
        let session: Session = person.key.open(&row)?;
        let times = (row.time(Attr::SeenAt)?, now);
        if session.is_live(&person.profile, times, &ports.config.sessions) {
            live.push((row, session));
        }
    }
    Ok(live)
}

/// The row of a new full session.
pub fn start(
    token: &Token,
    (remembered, device): (bool, Option<Device>),
    (now, times): (Timestamp, &SessionTimes),
    (key, profile): (&DataKey, &Profile),
) -> Result<(Row, Session)> {
    let most = if remembered { times.absolute_remembered } else { times.absolute };
    let session = Session {
        secret_digest: token.digest(),
        scope: Scope::Full,
        epoch: profile.session_epoch,
        fresh_until: now.plus(times.fresh),
        ends_at: now.plus(most),
        remembered,
        device,
    };
    let row = Row::new(subject::session(&token.subject, &token.session), Entity::Session)
        .with(Attr::CreatedAt, now)
        .with(Attr::SeenAt, now)
        .with(Attr::ExpiresAt, session.ends_at);
    Ok((key.seal(row, &session)?, session))
}

/// The row of a ticket, which can list sessions and end one. It replaces the one before.
pub fn ticket(
    token: &Token,
    before: Option<&Row>,
    (now, times): (Timestamp, &SessionTimes),
    person: &Person,
) -> Result<Row> {
    let session = Session {
        secret_digest: token.digest(),
        scope: Scope::Sessions,
        epoch: person.profile.session_epoch,
        fresh_until: now,
        ends_at: now.plus(times.fresh),
        remembered: false,
        device: None,
    };
    let mut row = Row::new(subject::ticket(&token.subject), Entity::Session)
        .with(Attr::CreatedAt, now)
        .with(Attr::SeenAt, now)
        .with(Attr::ExpiresAt, session.ends_at);
    row.version += before.map_or(0, |before| before.version);
    person.key.seal(row, &session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AgeBand;
    use crate::domain::locale::Locale;
    use crate::domain::time::{days, hours};
    use crate::ids::SystemEntropy;

    #[test]
    fn a_token_reads_back_and_shows_no_secret() {
        let entropy = SystemEntropy::default();
        let token = Token::draw(SubjectId::draw(&entropy), &entropy);
        let text = token.reveal();
        let again = Token::parse(text.expose()).expect("a token");
        assert_eq!((again.digest(), again.subject), (token.digest(), token.subject.clone()));
        assert!(!format!("{token:?}").contains(&text.expose()[60..]));
        for other in ["", "pct_", "pct_a_b_c", &text.expose()[1..], &format!("{}_x", text.expose())]
        {
            assert!(Token::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn c_4_1_a_session_ends_when_idle_and_at_the_latest() {
        let times = SessionTimes::default();
        let now = Timestamp::from_secs(1_000_000);
        let ada = profile();
        let session = |remembered| Session {
            secret_digest: String::new(),
            scope: Scope::Full,
            epoch: ada.session_epoch,
            fresh_until: now,
            ends_at: now.plus(days(1)),
            remembered,
            device: None,
        };
        let later = |n| now.plus(hours(n));
        assert!(session(false).is_live(&ada, (now, later(11)), &times));
        assert!(!session(false).is_live(&ada, (now, later(12)), &times));
        assert!(session(true).is_live(&ada, (now, later(12)), &times));
        assert!(!session(true).is_live(&ada, (later(23), later(24)), &times));
        let ended = Profile { session_epoch: ada.session_epoch + 1, ..ada.clone() };
        assert!(!session(true).is_live(&ended, (now, now), &times), "all ended at once");
    }

    fn profile() -> Profile {
        Profile {
            email: None,
            phone: None,
            display_name: None,
            language: Locale::En,
            age_band: AgeBand::Adult,
            password: None,
            third_parties: Vec::new(),
            consents: Vec::new(),
            policy_version: String::new(),
            acceptance: None,
            contact_change: None,
            claims: Vec::new(),
            session_epoch: 3,
            told_at: None,
        }
    }
}
