//! Calls to third parties: within a time, of a size, to the very address, and answered in JSON.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Limited};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// The most bytes of an answer.
const MOST: usize = 65_536;

/// Why a third party does not tell who somebody is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// It does not answer, or not now.
    Down,
    /// Its answer is not what it has to be; the reason goes into the log.
    Wrong(&'static str),
}

/// A line to third parties.
#[derive(Clone, Debug)]
pub(crate) struct Line(SharedHttpConnector);

/// Parameters in the order in which they are sent.
pub(crate) type Parameters<'a> = [(&'a str, &'a str)];

impl Line {
    /// A line, with the one TLS stack of the function. Own roots stand in place of the system's.
    ///
    /// `None` where the roots are no certificates.
    pub(crate) fn with_roots(roots: Option<&str>) -> Option<Self> {
        let trusted = match roots {
            Some(pem) => {
                if !are_roots(pem) {
                    return None;
                }
                TrustStore::empty().with_pem_certificate(pem.as_bytes())
            }
            None => TrustStore::empty().with_native_roots(true),
        };
        let tls = TlsContext::builder().with_trust_store(trusted).build().ok()?;
        let provider = Provider::Rustls(CryptoMode::AwsLc);
        let connector = Connector::builder().tls_provider(provider).tls_context(tls).build();
        Some(Self(SharedHttpConnector::new(connector)))
    }

    /// Asks, perhaps with a header that holds a secret.
    pub(crate) async fn get(&self, uri: &Uri, secret: Option<&str>) -> Result<Value, Fault> {
        let request = Request::get(uri.clone());
        self.send(with(request, secret).body(SdkBody::empty())).await
    }

    /// Posts a form, perhaps with a header that holds a secret.
    pub(crate) async fn post(
        &self,
        uri: &Uri,
        form: &Parameters<'_>,
        secret: Option<&str>,
    ) -> Result<Value, Fault> {
        let request = Request::post(uri.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(with(request, secret).body(SdkBody::from(encoded(form).as_str()))).await
    }

    /// A redirect is not followed: the settings, or the third party's document, name the place.
    async fn send(&self, request: http::Result<Request<SdkBody>>) -> Result<Value, Fault> {
        let unsendable = "an address that cannot be called";
        let request = request.map_err(|_| Fault::Wrong(unsendable))?;
        let request = HttpRequest::try_from(request).map_err(|_| Fault::Wrong(unsendable))?;
        let answer = self.0.call(request).await.map_err(|_| Fault::Down)?;
        match answer.status().as_u16() {
            200..=299 => {}
            429 | 500..=599 => return Err(Fault::Down),
            300..=399 => return Err(Fault::Wrong("a redirect")),
            _ => return Err(Fault::Wrong("a status that refuses")),
        }
        let body = Limited::new(answer.into_body(), MOST).collect().await;
        let body = body.map_err(|error| {
            let long = error.is::<http_body_util::LengthLimitError>();
            if long { Fault::Wrong("an answer too long") } else { Fault::Down }
        })?;
        let body = Zeroizing::new(Vec::from(body.to_bytes()));
        serde_json::from_slice(&body).map_err(|_| Fault::Wrong("an answer that is no JSON"))
    }
}

/// Whether a text is roots, every block of it: the client takes what it is given, and panics late.
fn are_roots(pem: &str) -> bool {
    let mut store = RootCertStore::empty();
    let mut add = |certificate| store.add(certificate).is_ok();
    let fit = CertificateDer::pem_slice_iter(pem.as_bytes()).all(|it| it.is_ok_and(&mut add));
    fit && !store.is_empty()
}

fn with(request: http::request::Builder, secret: Option<&str>) -> http::request::Builder {
    let request = request
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, "personal-center");
    match secret {
        Some(secret) => request.header(header::AUTHORIZATION, secret),
        None => request,
    }
}

/// Parameters as a form, or a query, has them.
pub(crate) fn encoded(parameters: &Parameters<'_>) -> Zeroizing<String> {
    let mut form = Serializer::new(String::new());
    Zeroizing::new(form.extend_pairs(parameters).finish())
}

/// An address with further parameters.
pub(crate) fn extended(uri: &Uri, parameters: &Parameters<'_>) -> Zeroizing<String> {
    let before = uri.to_string();
    let joint = if uri.query().is_some() { '&' } else { '?' };
    Zeroizing::new(format!("{before}{joint}{}", *encoded(parameters)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded_and_added_to_those_that_are_there() {
        let uri = Uri::from_static("https://id.example/a?x=1");
        let all = extended(&uri, &[("b", "c d&e=ü"), ("f", "")]);
        assert_eq!(*all, "https://id.example/a?x=1&b=c+d%26e%3D%C3%BC&f=");
        let uri = Uri::from_static("https://id.example/a");
        assert_eq!(*extended(&uri, &[("b", "1")]), "https://id.example/a?b=1");
    }

    #[test]
    fn what_is_no_certificate_is_no_root() {
        let block = |kind: &str, inside: &str| {
            format!("-----BEGIN {kind}-----\n{inside}\n-----END {kind}-----\n")
        };
        let root = rcgen::generate_simple_self_signed(["root.example".to_owned()]);
        let root = root.expect("a root").cert.pem();
        assert!(Line::with_roots(Some(&root)).is_some());
        assert!(Line::with_roots(Some(&format!("{root}{root}"))).is_some());
        for bad in [
            String::new(),
            "canary".to_owned(),
            block("CERTIFICATE", "Y2FuYXJ5"),
            block("CERTIFICATE", "*"),
            block("CERTIFICATE", ""),
            block("PUBLIC KEY", "Y2FuYXJ5"),
            format!("{root}{}", block("CERTIFICATE", "Y2FuYXJ5")),
            format!("{root}-----BEGIN CERTIFICATE-----\nY2Fu"),
            root.replace("MII", "MIJ"),
        ] {
            assert!(Line::with_roots(Some(&bad)).is_none(), "{bad}");
        }
    }
}
