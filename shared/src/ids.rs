//! Ids: one type per kind, 128 random bits behind a prefix, never derived from personal data.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use data_encoding::{Encoding, Specification};
use std::sync::LazyLock;

/// Where randomness comes from: ids, keys, nonces, codes and secrets.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The system's random source.
#[derive(Clone, Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // AWS-LC aborts the process rather than go on without entropy; its `Err` is never returned
        // for the system source, and retrying is the only sound answer if it ever were.
        while self.0.fill(buffer).is_err() {}
    }
}

/// Random bytes as an array.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut buffer = [0; N];
    entropy.fill(&mut buffer);
    buffer
}

/// Lower-case base 32 without padding (the alphabet of RFC 4648): safe in URLs, double-clickable.
pub(crate) static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    // The symbols are a constant, so this cannot fail; hex keeps the type total.
    spec.encoding().unwrap_or(data_encoding::HEXLOWER)
});

/// Characters of 16 bytes in base 32.
pub(crate) const ID_CHARS: usize = 26;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(String);

        impl $name {
            /// The text in front of every id of this kind.
            pub const PREFIX: &'static str = $prefix;

            /// Draws a new id.
            pub fn draw(entropy: &dyn Entropy) -> Self {
                Self::from_bytes(bytes(entropy))
            }

            /// The id of these 16 bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(format!(concat!($prefix, "_{}"), BASE32.encode(&bytes)))
            }

            /// Reads an id; `None` where the form is another.
            pub fn parse(text: &str) -> Option<Self> {
                let body = text.strip_prefix(concat!($prefix, "_"))?;
                let decoded = BASE32.decode(body.as_bytes()).ok()?;
                (decoded.len() == 16).then(|| Self(text.to_owned()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The random part alone.
            pub fn body(&self) -> &str {
                self.0.split_once('_').map_or("", |(_, body)| body)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person.
    SubjectId, "sub";
    /// A session of a person.
    SessionId, "ses";
    /// A contact verification.
    VerificationId, "ver";
    /// A log-in by a third party that is under way.
    AuthorizationId, "aut";
    /// An outgoing message.
    MessageId, "msg";
    /// A link that was sent to a person.
    LinkId, "lnk";
    /// A copy of a person's data.
    ExportId, "exp";
    /// A receipt.
    ReceiptId, "rcp";
    /// A chain of ledger entries.
    ChainId, "chn";
    /// A request, as its answer and the log name it.
    RequestId, "req";
    /// An entry of the network log, or a piece of evidence.
    EntryId, "ent";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_only_as_its_own_kind() {
        let id = SubjectId::draw(&SystemEntropy::default());
        assert_eq!(id.as_str().len(), "sub_".len() + ID_CHARS);
        assert_eq!(SubjectId::parse(id.as_str()), Some(id.clone()));
        assert_eq!(SessionId::parse(id.as_str()), None);
        assert_eq!(SubjectId::parse(&id.as_str().to_uppercase()), None);
        assert_eq!(SubjectId::parse("sub_"), None);
    }
}
