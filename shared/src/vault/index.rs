//! The blind index: keyed hashes under which an address can be found again and not be read.
//!
//! Whoever has the index key can enumerate addresses, so it is a root of its own and only the
//! functions that look a contact up may unwrap it. While it is rotated, claims are found under two
//! keys; limits and memories of calls are under the current one alone.

use super::seal::mac;
use super::{Pointer, RootUse, Vault};
use crate::domain::account::Profile;
use crate::domain::contact::Contact;
use crate::domain::inventory::Entity;
use crate::domain::third_party::ThirdParty;
use crate::error::Result;
use crate::ids::SubjectId;
use crate::store::{Attr, Key, Row, Store, Transaction, When};
use data_encoding::HEXLOWER;
use std::net::IpAddr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The index key; while it is rotated, both of them.
#[derive(Clone)]
pub struct IndexKey {
    current: Material,
    other: Option<Material>,
}

type Material = Arc<Zeroizing<[u8; 32]>>;

/// Where the claim on a contact is (C-7.3): at most one account has it, under at most one key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claims {
    /// Under the current key: where it is put.
    pub current: Key,
    /// Under the other key of an open rotation: where it may be found too, and must not be when
    /// one is put.
    pub other: Option<Key>,
}

impl Claims {
    /// The claims of a name that is no contact.
    pub fn of_nobody() -> Self {
        Self { current: Key::keys("login#nobody"), other: None }
    }

    /// Finds the claim's row, and brings further rows in the same read.
    ///
    /// A rotation moves claims from the other key to the current one, and a batch is no snapshot:
    /// read together, both places could look empty. So the other one is read first.
    pub async fn find<const N: usize>(
        &self,
        store: &Store,
        with: &[Key; N],
    ) -> Result<(Option<Row>, [Option<Row>; N])> {
        let before = match &self.other {
            Some(other) => {
                let [row] = store.get(std::array::from_ref(other)).await?;
                row
            }
            None => None,
        };
        let keys = [std::slice::from_ref(&self.current), with].concat();
        let mut rows = store.get_all(&keys).await?.into_iter();
        let claim = rows.next().flatten();
        Ok((claim.or(before), std::array::from_fn(|_| rows.next().flatten())))
    }

    /// The one of them that a person has.
    pub fn of(&self, profile: &Profile) -> Option<&Key> {
        let places = std::iter::once(&self.current).chain(&self.other);
        places.into_iter().find(|place| profile.claims.contains(&place.pk))
    }

    /// Puts the claim for a person: it fails where anybody has it, under whichever key.
    pub fn put(&self, transaction: &mut Transaction, label: &'static str, subject: &SubjectId) {
        transaction.put(label, claim_row(&self.current, subject), When::Absent);
        if let Some(other) = &self.other {
            transaction.check(label, other.clone(), When::Absent);
        }
    }
}

/// The row of a claim.
pub(crate) fn claim_row(key: &Key, subject: &SubjectId) -> Row {
    Row::new(key.clone(), Entity::Claim).with(Attr::Subject, subject.as_str())
}

impl Vault {
    /// The index key.
    pub async fn index(&self) -> Result<IndexKey> {
        let pointer = self.pointer(RootUse::Index).await?;
        self.index_at(&pointer).await
    }

    /// The index key as a pointer names it.
    pub(crate) async fn index_at(&self, pointer: &Pointer) -> Result<IndexKey> {
        let current = self.index_root(&pointer.current).await?;
        let other = match &pointer.other {
            Some(other) => Some(self.index_root(other).await?),
            None => None,
        };
        Ok(IndexKey { current, other })
    }

    async fn index_root(&self, id: &str) -> Result<Material> {
        let root = self.root(RootUse::Index, id).await?;
        Ok(Arc::new(Zeroizing::new(*root.material())))
    }
}

impl IndexKey {
    /// The claim on an address.
    pub fn claims(&self, contact: &Contact) -> Claims {
        let address = contact.address().expose().as_bytes();
        let claim = |key: &Material| Key::keys(format!("login#{}", hash(key, "login", address)));
        Claims { current: claim(&self.current), other: self.other.as_ref().map(claim) }
    }

    /// The claim on an account with a third party.
    pub fn third_party_claims(&self, account: &ThirdParty) -> Claims {
        let parts = [account.provider.as_bytes(), account.subject.expose().as_bytes()];
        let claim = |key: &Material| {
            Key::keys(format!("login#{}", HEXLOWER.encode(&mac(&key[..], "third-party", &parts))))
        };
        Claims { current: claim(&self.current), other: self.other.as_ref().map(claim) }
    }

    /// The limit on codes to an address.
    pub fn send_limit(&self, contact: &Contact) -> Key {
        let hash = self.hash("limit/address", contact.address().expose().as_bytes());
        Key::records(format!("limit#address#{hash}"), "limit")
    }

    /// The limit on failed log-ins for a login name, whether or not it is an address.
    pub fn login_limit(&self, login: &str) -> Key {
        let hash = self.hash("limit/login", login.as_bytes());
        Key::records(format!("limit#login#{hash}"), "limit")
    }

    /// The limit on codes asked for from a source.
    pub fn source_limit(&self, source: IpAddr) -> Key {
        let hash = self.hash("limit/source", &network(source));
        Key::records(format!("limit#source#{hash}"), "limit")
    }

    /// The limit on failed log-ins from a source.
    pub fn source_tries(&self, source: IpAddr) -> Key {
        let hash = self.hash("limit/tries", &network(source));
        Key::records(format!("limit#tries#{hash}"), "limit")
    }

    /// The limit on log-ins by a third party that a source begins.
    pub fn authorization_limit(&self, source: IpAddr) -> Key {
        let hash = self.hash("limit/authorization", &network(source));
        Key::records(format!("limit#authorization#{hash}"), "limit")
    }

    /// The id of nobody, fixed for a login name: what is read in place of an account where there
    /// is none, so that the same work is done.
    pub fn nobody(&self, login: &str) -> SubjectId {
        let hash = mac(&self.current[..], "nobody", &[login.as_bytes()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        SubjectId::from_bytes(id)
    }

    /// A keyed hash for idempotent calls of callers without a session.
    pub fn idempotency(&self, context: &str, parts: &[&[u8]]) -> Vec<u8> {
        mac(&self.current[..], context, parts)
    }

    fn hash(&self, context: &str, value: &[u8]) -> String {
        hash(&self.current, context, value)
    }
}

/// What counts as one source: one IPv4 address, or one IPv6 /64.
fn network(source: IpAddr) -> Vec<u8> {
    match source.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    }
}

fn hash(key: &Material, context: &str, value: &[u8]) -> String {
    HEXLOWER.encode(&mac(&key[..], context, &[value]))
}
