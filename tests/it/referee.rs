//! Where the worlds of the tests are: on the embedded engine with the local key provider, or on
//! DynamoDB Local with moto's KMS, where variables say so; `cargo xtask referee` sets them.

use crate::app::TestApp;
use crate::rows;
use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use aws_sdk_kms::config::{BehaviorVersion, Region};
use personal_center::{Options, World};
use shared::domain::inventory::Entity;
use shared::ids::{EntryId, SystemEntropy};
use shared::store::{Endpoint, Row};
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

/// Whether this is a run at the referee's.
pub(crate) fn is_on() -> bool {
    url(DYNAMODB).is_some()
}

/// Fails in a run at the referee's: what follows needs the embedded engine.
///
/// `docs/referee.md` lists each test that comes here, with its reason.
#[track_caller]
pub(crate) fn embedded_alone() {
    assert!(!is_on(), "this test needs the embedded engine: see docs/referee.md");
}

/// Opens a world at the referee's where there is one, and embedded otherwise.
pub(crate) async fn open(mut options: Options) -> World {
    if options.data.is_some() {
        embedded_alone();
    }
    if let Some(url) = url(DYNAMODB) {
        options.database = Some(apart(url));
    }
    if let Some(url) = url(KMS) {
        let kms: Arc<dyn Kms> = Arc::new(moto(url).await);
        let wrap = options.wrap_kms;
        options.wrap_kms = Box::new(move |_local| wrap(kms));
    }
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

#[tokio::test]
async fn worlds_see_nothing_of_one_another() {
    let (one, other) = (TestApp::start().await, TestApp::start().await);
    let ada = one.register("ada@example.org").await;
    assert_eq!(other.me(&ada.token).await.status, 401);
    let people = |rows: Vec<Row>| rows.iter().filter(|row| row.entity == Entity::Account).count();
    assert_eq!(people(rows::all(&one).await), 1);
    assert_eq!(people(rows::all(&other).await), 0);
}

#[test]
fn no_test_opens_a_world_past_the_referee() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/it");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of tests") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("referee.rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                for opens in ["World::open", "Account::open", "Engine::start"] {
                    assert!(!text.contains(opens), "{} has {opens}", path.display());
                }
            }
        }
    }
}
