//! The local key provider: wraps root keys under a key in a file, bound to the same context as in
//! AWS KMS. For trying the bundle only: whoever has the folder has the key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use shared::error::{Error, Kind};
use shared::ids::{self, SystemEntropy};
use shared::vault::kms::{Answer, Context, Kms};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// A key provider for local mode.
pub struct LocalKms(LessSafeKey);

impl LocalKms {
    /// Opens the provider whose key is in a file, made where there is none.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written, or holds anything but 32 bytes.
    pub fn open(file: &Path) -> io::Result<Self> {
        if !file.exists() {
            create(file)?;
        }
        let key = Zeroizing::new(fs::read(file)?);
        Self::with(&key)
    }

    /// A provider whose key is in memory only.
    ///
    /// # Errors
    ///
    /// Where there is no randomness.
    pub fn in_memory() -> io::Result<Self> {
        Self::with(&random::<32>())
    }

    fn with(key: &[u8]) -> io::Result<Self> {
        let invalid = |_| io::Error::other("the local key is not 32 bytes; move the folder away");
        Ok(Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(invalid)?)))
    }
}

/// Writes a new key, readable by its owner alone. It is complete before it has its name.
fn create(file: &Path) -> io::Result<()> {
    let draft = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&draft)?;
    out.write_all(&random::<32>())?;
    out.sync_all()?;
    fs::rename(draft, file)
}

fn random<const N: usize>() -> [u8; N] {
    ids::bytes(&SystemEntropy::default())
}

/// The context as authenticated bytes.
fn aad(context: &Context) -> Vec<u8> {
    let pairs = context.pairs().map(|(k, v)| format!("{}:{k}{}:{v}", k.len(), v.len()));
    pairs.concat().into_bytes()
}

impl Kms for LocalKms {
    fn wrap<'a>(&'a self, context: &'a Context, key: &'a [u8]) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let failed = || Error::new(Kind::Internal, "wrap a root key");
            let nonce = random::<NONCE_LEN>();
            let mut wrapped = key.to_vec();
            self.0
                .seal_in_place_append_tag(
                    Nonce::assume_unique_for_key(nonce),
                    Aad::from(aad(context)),
                    &mut wrapped,
                )
                .map_err(|_| failed())?;
            Ok([nonce.as_slice(), &wrapped].concat())
        })
    }

    fn unwrap<'a>(
        &'a self,
        context: &'a Context,
        wrapped: &'a [u8],
    ) -> Answer<'a, Zeroizing<Vec<u8>>> {
        Box::pin(async move {
            let failed = || Error::new(Kind::Corrupt, "unwrap a root key");
            let (nonce, body) = wrapped.split_first_chunk::<NONCE_LEN>().ok_or_else(failed)?;
            let mut body = Zeroizing::new(body.to_vec());
            let plain = self
                .0
                .open_in_place(
                    Nonce::assume_unique_for_key(*nonce),
                    Aad::from(aad(context)),
                    &mut body,
                )
                .map_err(|_| failed())?
                .len();
            body.truncate(plain);
            Ok(body)
        })
    }
}
