//! The settings of delivery, which are secret: sealed in `Roots` under a key of their own, so that
//! they stand in no environment, no template and no log.
//!
//! Each new version has a new key; the one before opens in no backup once the window of `Keys` is
//! over.

use crate::domain::inventory::{Declared, Entity};
use crate::domain::personal::Secret;
use crate::error::Result;
use crate::ports::Ports;
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::vault::Owner;
use serde::{Deserialize, Serialize};

const OWNER: Owner = Owner::Configuration("delivery");

crate::declared! {
    /// What messages leave by. A channel without settings keeps its messages.
    pub struct Delivery in Configuration {
        /// The mail server.
        mail: Option<MailServer> => CONFIGURATION_MAIL,
        /// The gateway of text messages.
        text: Option<TextGateway> => CONFIGURATION_TEXT,
    }
}

/// A mail server that takes our mails on (SMTP submission, RFC 6409).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailServer {
    /// Its name, which its certificate has to bear.
    pub host: String,
    /// Its port: 465 for `implicit`, 587 for `starttls`.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// Who we are to it.
    pub login: Option<Login>,
    /// Who mails come from: `Name <address>`.
    pub from: String,
    /// The longest that one message may take, 1 to 20 seconds.
    #[serde(default = "timeout")]
    pub timeout_secs: u8,
    /// The roots that its certificate chains to, as PEM; the system's where there are none.
    pub roots: Option<String>,
}

/// How a connection is secured. Without TLS nothing leaves the machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// From the first byte (RFC 8314, section 3.3). To be preferred.
    Implicit,
    /// After a command in clear, and not without (RFC 3207).
    Starttls,
    /// Not at all: for a server on the loopback of this machine alone.
    Loopback,
}

/// A name and a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The name.
    pub user: Secret,
    /// The password.
    pub password: Secret,
}

/// A gateway that sends text messages on, called by a signed webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextGateway {
    /// Where it is called: HTTPS, or HTTP on the loopback of this machine. It may hold a secret.
    pub url: Secret,
    /// The name of the secret, so that the gateway can know two while they change.
    pub key_id: String,
    /// What calls are signed with: `whsec_` and 24 to 64 bytes in base 64.
    pub secret: Secret,
    /// The longest that one message may take, 1 to 20 seconds.
    #[serde(default = "timeout")]
    pub timeout_secs: u8,
    /// The roots that its certificate chains to, as PEM; the system's where there are none.
    pub roots: Option<String>,
}

const fn timeout() -> u8 {
    10
}

/// Where the settings are.
pub fn key() -> Key {
    Key::roots(OWNER.to_string())
}

/// The settings, where there are any.
///
/// # Errors
///
/// `Corrupt` where row and key do not belong together, as after a restore of one of their tables,
/// or for a moment while they are replaced.
pub async fn read(ports: &Ports) -> Result<Option<Delivery>> {
    let rows = ports.store.get(&keys(&OWNER)).await?;
    open(ports, OWNER, &rows).await
}

/// Where the settings of an owner are, and their key.
pub(super) fn keys(owner: &Owner) -> [Key; 2] {
    [Key::roots(owner.to_string()), owner.key()]
}

/// Opens the settings of an owner, given their row and the row of their key.
pub(super) async fn open<T: Declared>(
    ports: &Ports,
    owner: Owner,
    [row, key]: &[Option<Row>; 2],
) -> Result<Option<T>> {
    let Some(row) = row else { return Ok(None) };
    match ports.vault.open(owner, key.as_ref()).await? {
        Some(key) => key.open(row).map(Some),
        None => Err(row.corrupt(Attr::Sealed)),
    }
}

/// Writes the settings, in place of those that are there.
///
/// # Errors
///
/// `Conflict` where somebody else does so at the same time.
pub async fn write(ports: &Ports, delivery: &Delivery) -> Result<()> {
    replace(ports, OWNER, delivery).await
}

/// Writes the settings of an owner, in place of those that are there.
pub(super) async fn replace<T: Declared>(ports: &Ports, owner: Owner, settings: &T) -> Result<()> {
    let rows = ports.store.get(&keys(&owner)).await?;
    replace_read(ports, (owner, rows), settings).await
}

/// Writes the settings of an owner, in place of those that were read.
pub(super) async fn replace_read<T: Declared>(
    ports: &Ports,
    (owner, [old_row, old_key]): (Owner, [Option<Row>; 2]),
    settings: &T,
) -> Result<()> {
    let [place, _] = keys(&owner);
    let (data_key, key_row) = ports.vault.mint(owner).await?;
    let row = Row::new(place, Entity::Configuration).with(Attr::CreatedAt, ports.clock.now());
    let row = data_key.seal(after(row, old_row.as_ref()), settings)?;
    let mut transaction = Transaction::new();
    let when = |old: Option<&Row>| old.map_or(When::Absent, |old| When::Version(old.version));
    transaction.put("configuration", row, when(old_row.as_ref()));
    transaction.put("configuration-key", after(key_row, old_key.as_ref()), when(old_key.as_ref()));
    ports.store.write(transaction).await
}

/// The row as the next version of the one that it replaces.
fn after(mut row: Row, old: Option<&Row>) -> Row {
    row.version += old.map_or(0, |old| old.version);
    row
}
