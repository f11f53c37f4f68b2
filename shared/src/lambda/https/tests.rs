//! Servers with and without a certificate that is trusted, and those that answer late or never.

use super::*;
use crate::store::{Endpoint, connect};
use http::Request;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::net::Ipv4Addr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}";

/// A root, and what a server secures its connections with.
fn authority() -> (RootCertStore, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"));
    let root = root.expect("a root");
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec![Ipv4Addr::LOCALHOST.to_string()]).expect("a name");
    let leaf = leaf.signed_by(&key, &root).expect("a certificate");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .expect("a pair");
    let mut trusted = RootCertStore::empty();
    trusted.add(root.der().clone()).expect("a root");
    (trusted, TlsAcceptor::from(Arc::new(config)))
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    (listener, address)
}

/// Answers one request.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let _read = stream.read(&mut [0; 4096]).await;
    let _lost = stream.write_all(ANSWER).await;
    let _closed = stream.shutdown().await;
}

async fn get(pool: &SharedHttpConnector, url: &str) -> Result<u16, ConnectorError> {
    let request = Request::get(url).body(SdkBody::empty()).expect("a request");
    let request = HttpRequest::try_from(request).expect("a request");
    Ok(pool.call(request).await?.status().as_u16())
}

#[tokio::test]
async fn a_server_is_heard_if_it_has_a_certificate_by_a_root() {
    let (roots, acceptor) = authority();
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream).await;
            }
        }
    });
    let url = format!("https://{address}/");
    assert_eq!(get(&pool(roots).expect("a pool"), &url).await.expect("an answer"), 200);
    let stranger = get(&pool(roots::trusted()).expect("a pool"), &url).await;
    assert!(stranger.expect_err("nobody signed it").is_io());
}

#[tokio::test]
async fn who_does_not_finish_a_handshake_is_late() {
    let (listener, address) = listener().await;
    let pool = pool(roots::trusted()).expect("a pool");
    let late = get(&pool, &format!("https://{address}/")).await.expect_err("no handshake");
    assert!(late.is_timeout(), "{late}");
    drop(listener);
    let gone = get(&pool, &format!("https://{address}/")).await.expect_err("nobody listens");
    assert!(gone.is_io(), "{gone}");
}

#[tokio::test]
async fn a_call_is_made_again_where_the_connection_broke() {
    let (listener, address) = listener().await;
    let calls = tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.expect("a connection");
        let _read = first.read(&mut [0; 4096]).await;
        drop(first);
        answer(listener.accept().await.expect("a connection").0).await;
    });
    let client = client().expect("a client");
    let database = connect(&Endpoint::local(format!("http://{address}")), client);
    database.list_tables().send().await.expect("an answer");
    calls.await.expect("two calls");
}
