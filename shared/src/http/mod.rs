//! The HTTP edge: bodies in, problems out, callers identified. Only this module knows statuses.

mod call;
mod caller;
mod catalogue;
mod conditional;
mod credentials;
mod edge;
mod idempotent;
mod json;
mod linked;
pub mod page;
mod problem;
mod routes;

pub use call::{Call, Id, Source};
pub use caller::{Access, Caller, act, settle};
pub use catalogue::{Entry, ProblemKind};
pub use conditional::{etag, if_match};
pub use credentials::{COOKIE, cookie, expired_cookie};
pub use edge::serve;
pub use idempotent::{idempotent, idempotent_for, recalled};
pub use json::{Json, MAX_BODY_BYTES, object};
pub use linked::Linked;
pub use problem::{FieldError, Problem, ProblemDocument};
pub use routes::Routes;
