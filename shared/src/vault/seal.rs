//! Sealing: AES-256-GCM under an owner's key, bound to the place of the row.
//!
//! Sealed bytes are format version (1) · key id (8) · nonce (12) · ciphertext · tag (16). The AAD is
//! the length-prefixed logical table, keys, kind, schema version, row version and state: a value
//! copied to another row, or a state changed behind our back, does not open. Nonces are random:
//! below 2^32 seals a key, their collision stays below 2^-32 (NIST SP 800-38D, 8.3).

use super::Owner;
use crate::domain::inventory::Declared;
use crate::error::{Error, Kind, Result};
use crate::ids::{self, Entropy};
use crate::store::{Attr, Row, Value};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use std::iter;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The format of sealed bytes and wrapped keys.
pub(super) const FORMAT: u8 = 1;
/// The schema that sealed values have.
const SCHEMA: u8 = 1;
/// Bytes in front of the ciphertext of a sealed value.
const HEAD: usize = 1 + 8 + NONCE;
pub(super) const NONCE: usize = 12;
const TAG: usize = 16;

/// The data key of an owner. It exists outside the vault only where the gate let it out.
#[derive(Clone)]
pub struct DataKey {
    owner: Owner,
    id: [u8; 8],
    bytes: Zeroizing<[u8; 32]>,
    entropy: Arc<dyn Entropy>,
}

impl DataKey {
    pub(super) fn draw(owner: Owner, entropy: Arc<dyn Entropy>) -> Self {
        let (id, bytes) = (ids::bytes(&*entropy), Zeroizing::new(ids::bytes(&*entropy)));
        Self { owner, id, bytes, entropy }
    }

    pub(super) const fn restore(
        owner: Owner,
        id: [u8; 8],
        bytes: Zeroizing<[u8; 32]>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { owner, id, bytes, entropy }
    }

    /// Whose key it is.
    pub const fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The key's id as text; random, so it may stand in a receipt.
    pub fn id_text(&self) -> String {
        HEXLOWER.encode(&self.id)
    }

    pub(super) fn material(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Seals a declared value into its row.
    ///
    /// # Errors
    ///
    /// `Internal` where the value belongs to another kind of row.
    pub fn seal<T: Declared>(&self, row: Row, value: &T) -> Result<Row> {
        let internal = |what: &str| Error::new(Kind::Internal, "seal a row").at(what.to_owned());
        if T::ENTITY != row.entity {
            return Err(internal("another kind of row"));
        }
        // Room for every value that there is: a buffer that grows leaves copies that nobody zeroes.
        let mut plain = Zeroizing::new(Vec::with_capacity(4096));
        serde_json::to_writer(&mut *plain, value).map_err(|_| internal("a value's form"))?;
        let nonce: [u8; NONCE] = ids::bytes(&*self.entropy);
        let mut sealed = Vec::with_capacity(HEAD + plain.len() + TAG);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&self.id);
        sealed.extend_from_slice(&nonce);
        let ciphertext = encrypt(&self.bytes, nonce, &place(&row), &plain)?;
        sealed.extend_from_slice(&ciphertext);
        Ok(row.with(Attr::Sealed, sealed))
    }

    /// Opens the value of a row.
    ///
    /// # Errors
    ///
    /// `Corrupt` where it was sealed under another key, for another place, or was changed.
    pub fn open<T: Declared>(&self, row: &Row) -> Result<T> {
        let corrupt = || row.corrupt(Attr::Sealed);
        let sealed = row.bytes(Attr::Sealed)?;
        let (head, ciphertext) = sealed.split_at_checked(HEAD).ok_or_else(corrupt)?;
        let ours = head[0] == FORMAT && head[1..9] == self.id && T::ENTITY == row.entity;
        let nonce = head[9..].try_into().map_err(|_| corrupt())?;
        if !ours {
            return Err(corrupt());
        }
        let plain = decrypt(&self.bytes, nonce, &place(row), ciphertext).ok_or_else(corrupt)?;
        serde_json::from_slice(&plain).map_err(|_| corrupt())
    }
}

/// A keyed hash (HMAC-SHA-256) of length-prefixed parts in a named context.
pub(super) fn mac(key: &[u8], context: &str, parts: &[&[u8]]) -> Vec<u8> {
    // Fed part by part: a whole request is among them, which nothing here copies.
    let mut hash = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in iter::once(context.as_bytes()).chain(parts.iter().copied()) {
        hash.update(&length(part));
        hash.update(part);
    }
    hash.sign().as_ref().to_vec()
}

/// The place that a row's seal is bound to.
fn place(row: &Row) -> Vec<u8> {
    let state = match row.attributes.get(&Attr::State) {
        Some(Value::Text(state)) => state.as_str(),
        _ => "",
    };
    let mut aad = Vec::with_capacity(128);
    prefixed(&mut aad, row.key.table.logical().as_bytes());
    prefixed(&mut aad, row.key.pk.as_bytes());
    prefixed(&mut aad, row.key.sk.as_bytes());
    prefixed(&mut aad, row.entity.name().as_bytes());
    aad.push(SCHEMA);
    aad.extend_from_slice(&row.version.to_be_bytes());
    prefixed(&mut aad, state.as_bytes());
    aad
}

/// Appends a part behind its length, so that no two lists of parts read the same.
pub(crate) fn prefixed(out: &mut Vec<u8>, part: &[u8]) {
    out.extend_from_slice(&length(part));
    out.extend_from_slice(part);
}

const fn length(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_be_bytes()
}

/// AES-256-GCM; the tag follows the ciphertext.
pub(super) fn encrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>> {
    let failed = |_| Error::new(Kind::Internal, "seal");
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(failed)?);
    let mut buffer = Vec::with_capacity(plain.len() + TAG);
    buffer.extend_from_slice(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut buffer).map_err(failed)?;
    Ok(buffer)
}

/// Opens AES-256-GCM; `None` where key, place or bytes are other ones.
pub(super) fn decrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let nonce = Nonce::assume_unique_for_key(nonce);
    let plain = key.open_in_place(nonce, Aad::from(aad), &mut buffer).ok()?.len();
    buffer.truncate(plain);
    Some(buffer)
}
