//! Where the worlds of the tests are: on the embedded engine with the local key provider, or on
//! DynamoDB Local with moto's KMS, where variables say so; `cargo xtask referee` sets them.

use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use aws_sdk_kms::config::{BehaviorVersion, Region};
use personal_center::{Options, World};
use shared::ids::{EntryId, SystemEntropy};
use shared::store::Endpoint;
use shared::vault::kms::Kms;
use shared::vault::kms_aws::AwsKms;
use std::sync::Arc;

/// Says where DynamoDB Local is, started without `-sharedDb`.
const DYNAMODB: &str = "PC_TEST_DYNAMODB";
/// Says where moto is.
const KMS: &str = "PC_TEST_KMS";

#[expect(clippy::disallowed_methods, reason = "the settings of these tests alone")]
fn url(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// Opens a world at the referee's where there is one, and embedded otherwise.
pub(crate) async fn open(mut options: Options) -> World {
    if let Some(url) = url(DYNAMODB) {
        assert!(options.data.is_none(), "a world on files; docs/referee.md lists such tests");
        options.database = Some(apart(url));
    }
    if let Some(url) = url(KMS) {
        let kms: Arc<dyn Kms> = Arc::new(moto(url).await);
        let wrap = options.wrap_kms;
        options.wrap_kms = Box::new(move |_local| wrap(kms));
    }
    World::open(options).await.expect("a world")
}

/// Opens a world on the files of a folder, which only the embedded engine has.
pub(crate) async fn open_on_files(options: Options) -> World {
    assert!(url(DYNAMODB).is_none(), "a world on files; docs/referee.md lists such tests");
    World::open(options).await.expect("a world")
}

/// DynamoDB Local as another caller: each access key has a database of its own there.
fn apart(url: String) -> Endpoint {
    let caller = EntryId::draw(&SystemEntropy::default());
    let credentials = Credentials::new(caller.body(), "local", None, None, "local");
    Endpoint { credentials, ..Endpoint::local(url) }
}

/// A provider over a new key of moto.
async fn moto(url: String) -> AwsKms {
    let endpoint = Endpoint::local(url);
    let http: SharedHttpClient = aws_smithy_http_client::Builder::new().build_http();
    let mut config = aws_sdk_kms::Config::builder();
    config.set_endpoint_url(endpoint.url.clone());
    let config = config
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(endpoint.region.clone()))
        .credentials_provider(endpoint.credentials.clone())
        .http_client(http.clone());
    let client = aws_sdk_kms::Client::from_conf(config.build());
    let made = client.create_key().send().await.expect("a key is made");
    let arn = made.key_metadata.and_then(|key| key.arn).expect("the key has an ARN");
    AwsKms::connect(&endpoint, http, arn)
}
