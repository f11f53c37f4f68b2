//! The port that mails leave by.

use lettre::Message as Mail;
use shared::error::{Error, Kind, Result};
use shared::ids::MessageId;
use std::pin::Pin;

/// Carries a mail to its address, or as far as the next server.
pub trait Mailer: Send + Sync {
    /// Delivers. The same id may come twice: at least once is promised, not exactly once.
    ///
    /// # Errors
    ///
    /// Any error leaves the message in the outbox, to be tried again.
    fn deliver<'a>(
        &'a self,
        id: &'a MessageId,
        mail: &'a Mail,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;
}

/// What a deployed function has until a mail server can be configured: it refuses every mail, so
/// that each stays in the outbox until it is given up, and says so in the log.
#[derive(Clone, Copy, Debug)]
pub struct NoMailer;

impl Mailer for NoMailer {
    fn deliver<'a>(
        &'a self,
        _id: &'a MessageId,
        _mail: &'a Mail,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
        let error = Error::new(Kind::Config, "deliver a mail").at("no mail server is configured");
        Box::pin(async { Err(error) })
    }
}
