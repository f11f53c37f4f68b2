//! The blind index: keyed hashes under which an address can be found again and not be read.
//!
//! Whoever has the index key can enumerate addresses, so it is a root of its own and only the
//! functions that look a contact up may unwrap it.

use super::seal::mac;
use super::{RootUse, Vault};
use crate::domain::contact::Contact;
use crate::error::Result;
use crate::store::Key;
use data_encoding::HEXLOWER;
use std::net::IpAddr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The index key.
#[derive(Clone)]
pub struct IndexKey(Arc<Zeroizing<[u8; 32]>>);

impl Vault {
    /// The index key.
    pub async fn index(&self) -> Result<IndexKey> {
        let root = self.current(RootUse::Index).await?;
        Ok(IndexKey(Arc::new(Zeroizing::new(*root.material()))))
    }
}

impl IndexKey {
    /// The claim on an address: at most one account has it (C-7.3).
    pub fn claim(&self, contact: &Contact) -> Key {
        Key::keys(format!("login#{}", self.hash("login", contact.address().expose().as_bytes())))
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

    /// The limit on codes asked for from a source: one IPv4 address, or one IPv6 /64.
    pub fn source_limit(&self, source: IpAddr) -> Key {
        let network = match source.to_canonical() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
        };
        Key::records(format!("limit#source#{}", self.hash("limit/source", &network)), "limit")
    }

    /// The id of nobody, fixed for a login name: what is read in place of an account where there
    /// is none, so that the same work is done.
    pub fn nobody(&self, login: &str) -> crate::ids::SubjectId {
        let hash = mac(&self.0[..], "nobody", &[login.as_bytes()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        crate::ids::SubjectId::from_bytes(id)
    }

    /// A keyed hash for idempotent calls of callers without a session.
    pub fn idempotency(&self, context: &str, parts: &[&[u8]]) -> Vec<u8> {
        mac(&self.0[..], context, parts)
    }

    fn hash(&self, context: &str, value: &[u8]) -> String {
        HEXLOWER.encode(&mac(&self.0[..], context, &[value]))
    }
}
