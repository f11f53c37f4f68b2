//! The one error of everything below the HTTP edge.

use std::error::Error as StdError;
use std::fmt;

/// A result with the crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can branch on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A precondition of a write failed; the labels of the failed actions, in order.
    Conflict(Vec<&'static str>),
    /// The database or the key service asked to slow down, after our retries.
    Throttled,
    /// The database or the key service could not be reached, or did not answer.
    Unavailable,
    /// Stored data cannot be read, or was changed behind our back.
    Corrupt,
    /// The request breaks a limit of the database; a fault of ours.
    Limit,
    /// The environment's settings are missing or wrong.
    Config,
    /// The service is closed: its tables are not the ones it is open on.
    Closed,
    /// Something that cannot happen did.
    Internal,
}

/// An error: a kind to branch on, the operation, where it was, and its source.
///
/// None of its texts holds personal data: a context names tables, kinds of rows and attributes,
/// never a value.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: &'static str,
    context: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Makes an error of an operation.
    pub fn new(kind: Kind, operation: &'static str) -> Self {
        Self(Box::new(Inner { kind, operation, context: String::new(), source: None }))
    }

    /// Adds where it was: names of tables, kinds or attributes, never a value.
    #[must_use]
    pub fn at(mut self, context: impl Into<String>) -> Self {
        self.0.context = context.into();
        self
    }

    /// Adds what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What a caller can branch on.
    pub const fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Whether the precondition of the action with this label failed.
    pub fn failed(&self, label: &str) -> bool {
        matches!(&self.0.kind, Kind::Conflict(labels) if labels.contains(&label))
    }

    /// Whether any precondition failed.
    pub const fn is_conflict(&self) -> bool {
        matches!(self.0.kind, Kind::Conflict(_))
    }

    /// Whether the same call may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self.0.kind, Kind::Throttled | Kind::Unavailable | Kind::Closed)
    }

    /// The error and its sources, for the log.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, operation, context, .. } = &*self.0;
        write!(f, "{operation} failed ({kind:?})")?;
        if context.is_empty() { Ok(()) } else { write!(f, " at {context}") }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chain())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|e| e as &(dyn StdError + 'static))
    }
}

/// Stored data that cannot be read, at a kind of row and an attribute.
pub fn corrupt(kind: &str, attribute: &str) -> Error {
    Error::new(Kind::Corrupt, "read a row").at(format!("{kind}.{attribute}"))
}
