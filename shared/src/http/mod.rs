//! The HTTP edge: bodies in, problems out, callers identified. Only this module knows statuses.

mod call;
mod caller;
mod catalogue;
mod code;
mod conditional;
mod credentials;
mod edge;
mod guesses;
mod idempotent;
mod json;
mod linked;
mod missing;
pub mod page;
mod problem;
mod renewal;
mod routes;
mod settle;
mod zeroed;

pub use call::{Call, Id, Source};
pub use caller::{Access, Caller};
pub use catalogue::{Entry, ProblemKind};
pub use code::{check_code, is_code};
pub use conditional::{etag, if_match};
pub use credentials::{COOKIE, claimed_subject, cookie, expired_cookie};
pub use edge::{GatewayId, serve};
pub use guesses::guess;
pub use idempotent::{idempotent, idempotent_for, recalled};
pub use json::{Json, MAX_BODY_BYTES, object};
pub use linked::Linked;
pub use missing::Missing;
pub use problem::{FieldError, Problem, ProblemDocument};
pub use renewal::{Renewal, Renewed};
pub use routes::Routes;
pub use settle::{act, settle};
pub use zeroed::SecretJson;
