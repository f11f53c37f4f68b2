//! The port to the key service: it wraps and unwraps root keys, bound to a context.

use crate::error::Result;
use std::future::Future;
use std::pin::Pin;
use zeroize::Zeroizing;

/// A future of this port.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What a wrapped key is for. Authenticated, not secret: nothing personal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Context {
    /// The stage of the deployment.
    pub stage: String,
    /// What the key does: `branch`, `index` or `receipts`.
    pub usage: &'static str,
    /// The key's random id.
    pub id: String,
}

impl Context {
    /// The pairs of the encryption context, in a fixed order.
    pub fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("service", "personal-center"),
            ("stage", &self.stage),
            ("use", self.usage),
            ("key", &self.id),
        ]
    }
}

/// Wraps and unwraps keys of up to 4,096 bytes.
pub trait Kms: Send + Sync {
    /// Wraps a key.
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Throttled` where the service does not answer.
    fn wrap<'a>(&'a self, context: &'a Context, key: &'a [u8]) -> Answer<'a, Vec<u8>>;

    /// Unwraps a key.
    ///
    /// # Errors
    ///
    /// As [`wrap`](Self::wrap); `Corrupt` where the bytes or the context are not those of the wrap.
    fn unwrap<'a>(
        &'a self,
        context: &'a Context,
        wrapped: &'a [u8],
    ) -> Answer<'a, Zeroizing<Vec<u8>>>;
}
