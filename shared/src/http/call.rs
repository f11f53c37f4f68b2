//! A call: what a handler knows besides the body.

use super::catalogue::ProblemKind;
use super::edge::Edge;
use super::problem::Problem;
use crate::domain::device::Device;
use crate::domain::locale::Locale;
use crate::domain::time::Timestamp;
use crate::ids::RequestId;
use crate::ports::Ports;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use std::net::{IpAddr, Ipv4Addr};

/// The address that a request came from, as whoever accepted the connection saw it. Put into the
/// request's extensions by the gateway's adapter; a header is never believed.
#[derive(Clone, Copy, Debug)]
pub struct Source(pub IpAddr);

/// A call.
#[derive(Clone)]
pub struct Call {
    /// What the function reaches the world through.
    pub ports: Ports,
    /// The request's id.
    pub id: RequestId,
    /// The caller's language.
    pub locale: Locale,
    /// Where it came from.
    pub source: IpAddr,
    /// When it came.
    pub now: Timestamp,
    /// Its method.
    pub method: Method,
    /// Its headers.
    pub headers: HeaderMap,
}

impl Call {
    /// The device that it says it comes from, coarsely.
    pub fn device(&self) -> Option<Device> {
        Device::of(self.headers.get(header::USER_AGENT)?.to_str().ok()?)
    }
}

impl FromRequestParts<Ports> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Ports) -> Result<Self, Problem> {
        let edge = parts.extensions.get::<Edge>().ok_or(ProblemKind::Internal)?;
        let source = parts.extensions.get::<Source>();
        Ok(Self {
            ports: state.clone(),
            id: edge.id.clone(),
            locale: edge.locale,
            source: source.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |s| s.0),
            now: state.clock.now(),
            method: parts.method.clone(),
            headers: parts.headers.clone(),
        })
    }
}

/// The one id in a path. What is no text there names nothing.
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(ProblemKind::NotFound.into()),
        }
    }
}
