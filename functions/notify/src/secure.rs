//! What both channels ask of TLS.

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use std::error::Error;
use std::io;

/// TLS 1.2 or newer towards a server's own name. Own roots stand in place of the system's.
///
/// `None` where the roots are no certificates, or the name is no name.
pub(crate) fn parameters(host: &str, roots: Option<&str>) -> Option<TlsParameters> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(pem) = roots {
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return None;
        }
        let root = Certificate::from_pem(pem.as_bytes()).ok()?;
        tls = tls.certificate_store(CertificateStore::None).add_root_certificate(root);
    }
    tls.build().ok()
}

/// Whether a failure is TLS's: a certificate that does not fit, a version that is too old.
pub(crate) fn broke_tls(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| broke_tls(inner)) {
            return true;
        }
        cause = error.source();
    }
    false
}
