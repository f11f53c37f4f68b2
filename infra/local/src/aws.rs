//! A stand-in for the AWS account of a deployment, for running a function's own binary: the embedded
//! engine in place of DynamoDB, and the local key provider behind the protocol of AWS KMS.
//!
//! It checks neither credentials nor policies, and only `Encrypt` and `Decrypt` are there.

use crate::world::{Options, World};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing::post};
use data_encoding::BASE64;
use serde_json::{Value, json};
use shared::Kind;
use shared::vault::RootUse;
use shared::vault::kms::{Context, Kms};
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// An account with one deployment in memory; its key service stops with it.
pub struct Account {
    /// The deployment, as the local runner sees it.
    pub world: World,
    /// Its key provider.
    pub kms: Arc<dyn Kms>,
    endpoint: Endpoint,
}

impl Account {
    /// Opens an account whose mails go to a folder.
    ///
    /// # Errors
    ///
    /// Where the world cannot be opened, or no port is free.
    pub async fn open(folder: &Path) -> io::Result<Self> {
        let slot: Arc<Mutex<Option<Arc<dyn Kms>>>> = Arc::default();
        let inside = slot.clone();
        let mut options = Options::in_folder(folder);
        options.data = None;
        options.wrap_kms = Box::new(move |kms| {
            *inside.lock().unwrap_or_else(PoisonError::into_inner) = Some(kms.clone());
            kms
        });
        let world = World::open(options).await?;
        let kms = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let kms = kms.ok_or_else(|| io::Error::other("the world has no key provider"))?;
        let endpoint = Endpoint::serve(kms.clone()).await?;
        Ok(Self { world, kms, endpoint })
    }

    /// The variables that lead a function here.
    pub fn variables(&self) -> [(&'static str, &str); 2] {
        [
            ("AWS_ENDPOINT_URL_DYNAMODB", self.world.database_url()),
            ("AWS_ENDPOINT_URL_KMS", self.endpoint.url()),
        ]
    }
}

/// A key provider behind the protocol of AWS KMS; it stops with this value.
pub struct Endpoint {
    url: String,
    task: JoinHandle<io::Result<()>>,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Endpoint {
    /// Serves a provider on a free port of the loopback.
    ///
    /// # Errors
    ///
    /// Where no port is free.
    pub async fn serve(kms: Arc<dyn Kms>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = Router::new().route("/", post(call)).with_state(kms);
        let task = tokio::spawn(axum::serve(listener, app).into_future());
        Ok(Self { url, task })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

async fn call(
    State(kms): State<Arc<dyn Kms>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let done = match serde_json::from_slice(&body) {
        Ok(asked) => answer(&*kms, target.unwrap_or_default(), &asked).await,
        Err(_) => Err("SerializationException"),
    };
    match done {
        Ok(answer) => (StatusCode::OK, Json(answer)),
        Err(code) => (StatusCode::BAD_REQUEST, Json(json!({"__type": code}))),
    }
}

/// The answer to a call, or the code of its error.
async fn answer(kms: &dyn Kms, target: &str, asked: &Value) -> Result<Value, &'static str> {
    let context = context(&asked["EncryptionContext"]);
    let bytes = |member: &str| {
        let text = asked[member].as_str().unwrap_or_default();
        BASE64.decode(text.as_bytes()).map_err(|_| "ValidationException")
    };
    let key = &asked["KeyId"];
    match target {
        "TrentService.Encrypt" => {
            let context = context.ok_or("ValidationException")?;
            let wrapped = kms.wrap(&context, &bytes("Plaintext")?).await;
            let wrapped = BASE64.encode(&wrapped.map_err(|_| "KMSInternalException")?);
            Ok(json!({"CiphertextBlob": wrapped, "KeyId": key}))
        }
        "TrentService.Decrypt" => {
            // Nothing was wrapped under a context that is none of ours.
            let context = context.ok_or("InvalidCiphertextException")?;
            match kms.unwrap(&context, &bytes("CiphertextBlob")?).await {
                Ok(plain) => Ok(json!({"Plaintext": BASE64.encode(&plain), "KeyId": key})),
                Err(error) if *error.kind() == Kind::Corrupt => Err("InvalidCiphertextException"),
                Err(_) => Err("KMSInternalException"),
            }
        }
        _ => Err("UnknownOperationException"),
    }
}

/// The context that a call names; `None` where it is not one of ours.
fn context(pairs: &Value) -> Option<Context> {
    let text = |name: &str| pairs[name].as_str();
    let usage = RootUse::ALL.into_iter().map(RootUse::name).find(|u| Some(*u) == text("use"))?;
    let (stage, id) = (text("stage")?.to_owned(), text("key")?.to_owned());
    (text("service") == Some("personal-center")).then_some(Context { stage, usage, id })
}
