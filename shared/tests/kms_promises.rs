//! The promises of the KMS port, kept by the local key provider and by AWS KMS, for which moto
//! stands in: one async function each, and one macro makes a named test of it for each provider.

#![expect(clippy::expect_used, reason = "a test says what it counted on")]

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use personal_center::aws::Endpoint;
use personal_center::kms::LocalKms;
use shared::Kind;
use shared::store;
use shared::vault::kms::{Context, Kms};
use shared::vault::kms_aws::AwsKms;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// Says where moto is.
const VARIABLE: &str = "PC_MOTO";
/// A root key.
const KEY: [u8; 32] = *b"a root key of thirty-two bytes..";

/// One test of each promise for each provider.
macro_rules! promises {
    ($($promise:ident,)+) => {
        mod local {$(
            #[tokio::test]
            async fn $promise() {
                super::$promise(&super::local(), &super::local()).await;
            }
        )+}

        mod standin {$(
            #[tokio::test]
            async fn $promise() {
                let (one, other) = (super::standin().await, super::standin().await);
                super::$promise(&one.1, &other.1).await;
            }
        )+}

        mod moto {$(
            #[tokio::test]
            #[ignore = "needs moto: `cargo xtask contract` starts it"]
            async fn $promise() {
                super::$promise(&super::moto().await, &super::moto().await).await;
            }
        )+}
    };
}

promises! {
    c_7_2_a_wrapped_key_unwraps_to_itself,
    c_7_2_a_wrap_does_not_show_the_key,
    c_7_2_another_context_does_not_unwrap,
    c_7_2_a_changed_byte_does_not_unwrap,
    c_7_2_another_key_of_the_provider_does_not_unwrap,
}

fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

fn local() -> LocalKms {
    LocalKms::in_memory().expect("randomness")
}

/// The client of AWS KMS, on the stand-in that functions' binaries are run on.
async fn standin() -> (Endpoint, AwsKms) {
    let endpoint = Endpoint::serve(Arc::new(local())).await.expect("a port");
    let there = store::Endpoint::local(endpoint.url().to_owned());
    let kms = AwsKms::connect(&there, http(), "arn:aws-cn:kms:::key/vault".to_owned());
    (endpoint, kms)
}

/// A provider over a new key of moto.
#[expect(clippy::disallowed_methods, reason = "the one setting of this suite")]
async fn moto() -> AwsKms {
    let url = std::env::var(VARIABLE).expect("PC_MOTO is the server's URL");
    let endpoint = store::Endpoint::local(url);
    let mut config = aws_sdk_kms::Config::builder();
    config.set_endpoint_url(endpoint.url.clone());
    let config = config
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(endpoint.region.clone()))
        .credentials_provider(endpoint.credentials.clone())
        .http_client(http());
    let client = aws_sdk_kms::Client::from_conf(config.build());
    let made = client.create_key().send().await.expect("a key is made");
    let arn = made.key_metadata.and_then(|key| key.arn).expect("the key has an ARN");
    AwsKms::connect(&endpoint, http(), arn)
}

fn context() -> Context {
    Context { stage: "test".to_owned(), usage: "branch", id: "a".to_owned() }
}

async fn c_7_2_a_wrapped_key_unwraps_to_itself(kms: &dyn Kms, _: &dyn Kms) {
    for key in [&KEY[..], &[7; 4_096], &[0]] {
        let wrapped = kms.wrap(&context(), key).await.expect("wrapped");
        let unwrapped = kms.unwrap(&context(), &wrapped).await.expect("unwrapped");
        assert_eq!(&unwrapped[..], key);
    }
}

async fn c_7_2_a_wrap_does_not_show_the_key(kms: &dyn Kms, _: &dyn Kms) {
    let first = kms.wrap(&context(), &KEY).await.expect("wrapped");
    let second = kms.wrap(&context(), &KEY).await.expect("wrapped");
    assert_ne!(first, second, "no two wraps are alike");
    assert!(!first.windows(8).any(|part| KEY.windows(8).any(|own| own == part)));
}

async fn c_7_2_another_context_does_not_unwrap(kms: &dyn Kms, _: &dyn Kms) {
    let own = Context { id: "akeyb".to_owned(), ..context() };
    let wrapped = kms.wrap(&own, &KEY).await.expect("wrapped");
    for other in [
        Context { stage: "prod".to_owned(), ..own.clone() },
        Context { usage: "index", ..own.clone() },
        Context { id: "b".to_owned(), ..own.clone() },
        // The same text, parted elsewhere: `key` is the name of a part.
        Context { usage: "branchkeya", id: "b".to_owned(), ..own.clone() },
    ] {
        let error = kms.unwrap(&other, &wrapped).await.expect_err("another context");
        assert_eq!(error.kind(), &Kind::Corrupt, "{other:?}: {error:?}");
    }
    kms.unwrap(&own, &wrapped).await.expect("its own context");
}

async fn c_7_2_a_changed_byte_does_not_unwrap(kms: &dyn Kms, _: &dyn Kms) {
    let wrapped = kms.wrap(&context(), &KEY).await.expect("wrapped");
    // What moto has in front, AWS does not show: the name of the key.
    for n in wrapped.len() / 2..wrapped.len() {
        let mut changed = wrapped.clone();
        changed[n] ^= 1;
        let error = kms.unwrap(&context(), &changed).await.expect_err("a changed byte");
        assert_eq!(error.kind(), &Kind::Corrupt, "byte {n}: {error:?}");
    }
}

async fn c_7_2_another_key_of_the_provider_does_not_unwrap(kms: &dyn Kms, other: &dyn Kms) {
    let wrapped = kms.wrap(&context(), &KEY).await.expect("wrapped");
    let error = other.unwrap(&context(), &wrapped).await.expect_err("another key");
    // moto says that the key may not be used, AWS that it is another one.
    assert!(matches!(error.kind(), Kind::Corrupt | Kind::Config), "{error:?}");
}

#[tokio::test]
async fn c_7_2_no_changed_or_missing_byte_unwraps_locally() {
    let kms = local();
    let wrapped = kms.wrap(&context(), &KEY).await.expect("wrapped");
    for n in 0..wrapped.len() {
        let mut changed = wrapped.clone();
        changed[n] ^= 0x80;
        for bytes in [&changed[..], &wrapped[..n]] {
            let error = kms.unwrap(&context(), bytes).await.expect_err("not the wrap");
            assert_eq!(error.kind(), &Kind::Corrupt, "byte {n}");
        }
    }
}

/// Asserts that both calls at this address give up, long before the gateway would.
async fn unavailable(address: &str) {
    let endpoint = store::Endpoint::local(format!("http://{address}"));
    let kms = AwsKms::connect(&endpoint, http(), "alias/any".to_owned());
    let context = context();
    let both = async { tokio::join!(kms.wrap(&context, &KEY), kms.unwrap(&context, &KEY)) };
    let (wrap, unwrap) =
        tokio::time::timeout(Duration::from_secs(20), both).await.expect("no call hangs");
    for error in [wrap.expect_err("no answer"), unwrap.expect_err("no answer")] {
        assert_eq!((error.kind(), error.is_transient()), (&Kind::Unavailable, true), "{error:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_unavailable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    unavailable(&address).await;
}

#[tokio::test]
async fn a_service_that_never_answers_is_unavailable() {
    // Connections wait in its backlog, and nobody takes them up.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    unavailable(&listener.local_addr().expect("an address").to_string()).await;
    drop(listener);
}
