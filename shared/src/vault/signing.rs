//! Signatures on receipts: JWS compact serialisation (RFC 7515) with `EdDSA` (RFC 8037).

use super::{Pointer, RootUse, Vault};
use crate::error::{Error, Kind, Result};
use crate::store::{Attr, Row};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;

/// A published key, as a JSON Web Key (RFC 8037, section 2).
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicKey {
    /// The key type: `OKP`.
    pub kty: &'static str,
    /// The curve: `Ed25519`.
    pub crv: &'static str,
    /// The algorithm: `EdDSA`.
    pub alg: &'static str,
    /// The use: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The id that a signature's header names.
    pub kid: String,
    /// The public key, base64url without padding.
    pub x: String,
}

impl Vault {
    /// A public key that receipts verify with, by its id.
    pub async fn receipt_key(&self, id: &str) -> Result<Option<PublicKey>> {
        let [row] = self.store.get(&[RootUse::Receipts.key(id)]).await?;
        row.map(|row| published(id, &row)).transpose()
    }

    /// The public keys that receipts verify with: the current one, the next one where it is
    /// announced, and those before as long as a receipt needs them.
    pub async fn receipt_keys(&self) -> Result<Vec<PublicKey>> {
        let [pointer] = self.store.get(&[RootUse::Receipts.pointer()]).await?;
        let Some(pointer) = pointer.map(Pointer::read).transpose()? else { return Ok(Vec::new()) };
        let mut ids = vec![pointer.current];
        ids.extend(pointer.other.into_iter().chain(pointer.past));
        let keys: Vec<_> = ids.iter().map(|id| RootUse::Receipts.key(id)).collect();
        let (rows, now) = (self.store.get_all(&keys).await?, self.clock.now());
        let live = |(id, row): (&String, Option<Row>)| {
            let row = row.filter(|row| !row.is_expired(now))?;
            Some(published(id, &row))
        };
        ids.iter().zip(rows).filter_map(live).collect()
    }

    /// Signs a statement with the current receipt key.
    pub async fn sign_receipt(&self, statement: &[u8]) -> Result<String> {
        let root = self.current(RootUse::Receipts).await?;
        let pair = Ed25519KeyPair::from_seed_unchecked(root.material())
            .map_err(|_| Error::new(Kind::Corrupt, "sign a receipt").at("root.wrapped"))?;
        let header = format!(r#"{{"alg":"EdDSA","typ":"receipt+jws","kid":"{}"}}"#, root.id());
        let (header, body) =
            (BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(statement));
        let input = format!("{header}.{body}");
        let signature = BASE64URL_NOPAD.encode(pair.sign(input.as_bytes()).as_ref());
        Ok(format!("{input}.{signature}"))
    }
}

/// Checks a signed statement against a published key, and gives its content.
pub fn verify(jws: &str, key: &PublicKey) -> Option<Vec<u8>> {
    let (input, signature) = jws.rsplit_once('.')?;
    let (header, body) = input.split_once('.')?;
    let header: serde_json::Value =
        serde_json::from_slice(&BASE64URL_NOPAD.decode(header.as_bytes()).ok()?).ok()?;
    if header["alg"] != "EdDSA" || header["kid"] != key.kid.as_str() {
        return None;
    }
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
    let public = BASE64URL_NOPAD.decode(key.x.as_bytes()).ok()?;
    UnparsedPublicKey::new(&ED25519, public).verify(input.as_bytes(), &signature).ok()?;
    BASE64URL_NOPAD.decode(body.as_bytes()).ok()
}

/// The id of the key that a signed statement names.
pub fn key_id(jws: &str) -> Option<String> {
    let header = BASE64URL_NOPAD.decode(jws.split('.').next()?.as_bytes()).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    Some(header["kid"].as_str()?.to_owned())
}

pub(super) fn public_key(seed: &[u8; 32]) -> Result<Vec<u8>> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed)
        .map_err(|_| Error::new(Kind::Internal, "make a signing key"))?;
    Ok(pair.public_key().as_ref().to_vec())
}

fn published(id: &str, row: &Row) -> Result<PublicKey> {
    Ok(PublicKey {
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        usage: "sig",
        kid: id.to_owned(),
        x: BASE64URL_NOPAD.encode(row.bytes(Attr::PublicKey)?),
    })
}
