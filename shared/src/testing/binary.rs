//! Runs a function's binary as Lambda does: with a clean environment and a Runtime API on the
//! loopback, which hands it events and takes its answers.

mod api;
pub mod events;
mod logs;
pub mod promises;
pub mod throttled;

use crate::store::Table;
use api::Api;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

/// A port of the loopback where nothing listens: the one of TCPMUX (RFC 1078).
const CLOSED: &str = "http://127.0.0.1:1";
/// How long a binary may take for anything: much longer than the retries of the SDK.
const PATIENCE: Duration = Duration::from_mins(1);

/// The environment of a binary; it gets nothing else.
#[derive(Clone, Debug)]
pub struct Variables(BTreeMap<String, String>);

impl Default for Variables {
    /// What Lambda and the template set, with database and key service that nobody reaches.
    fn default() -> Self {
        let set = [
            ("AWS_LAMBDA_FUNCTION_NAME", "function"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_REGION", "cn-north-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL_DYNAMODB", CLOSED),
            ("AWS_ENDPOINT_URL_KMS", CLOSED),
            ("PC_STAGE", "local"),
            ("PC_PUBLIC_URL", "https://center.example"),
            ("PC_VAULT_KEY", "arn:aws-cn:kms:cn-north-1:123456789012:key/vault"),
        ];
        let set = Self(set.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        Table::ALL.into_iter().fold(set, |set, table| {
            let (name, arn) = (table.logical(), "arn:aws-cn:dynamodb:cn-north-1:123456789012");
            let variable = format!("PC_TABLE_{}", name.to_uppercase());
            set.with(&variable, &format!("{arn}:table/{name}"))
        })
    }
}

impl Variables {
    /// Sets a variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Leaves a variable out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// The command that runs a binary with these variables and no others.
    pub fn command(&self, path: &str, runtime_api: &str) -> Command {
        let mut command = Command::new(path);
        command.env_clear().envs(&self.0).env("AWS_LAMBDA_RUNTIME_API", runtime_api);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

/// A running binary; it ends with this value.
pub struct Binary {
    child: Child,
    api: Api,
    log: Option<JoinHandle<io::Result<String>>>,
}

/// How a binary ended by itself.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it told the Runtime API where it could not start.
    pub init_error: Option<Value>,
    /// What it logged.
    pub log: String,
}

impl Binary {
    /// Starts a binary.
    ///
    /// # Errors
    ///
    /// Where it cannot be started, or no port is free.
    pub async fn start(path: &str, variables: &Variables) -> io::Result<Self> {
        let api = Api::serve().await?;
        let mut command = variables.command(path, &api.address());
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let log = child.stderr.take().map(|mut errors| {
            std::thread::spawn(move || {
                let mut text = String::new();
                errors.read_to_string(&mut text).map(|_| text)
            })
        });
        Ok(Self { child, api, log })
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has asked for its first event: its Init is over.
    ///
    /// # Errors
    ///
    /// Where it ended, or does not ask.
    pub async fn polled(&self) -> io::Result<()> {
        Ok(tokio::time::timeout(PATIENCE, self.api.polled()).await?)
    }

    /// Hands it an event; gives its answer, or the error that it reported.
    ///
    /// # Errors
    ///
    /// Where it ended, or does not answer.
    pub async fn invoke(&self, event: &Value) -> io::Result<Result<Value, Value>> {
        let answer = tokio::time::timeout(PATIENCE, self.api.invoke(event.to_string()));
        answer.await?.map_err(io::Error::other)
    }

    /// Says when invocations from now on are over, in milliseconds of Unix time. Nothing ends them
    /// then: what hands its work on in time needs no ending.
    pub fn set_deadline(&self, at_ms: u64) {
        self.api.set_deadline(at_ms);
    }

    /// Stops it; gives what it logged.
    ///
    /// # Errors
    ///
    /// Where its log is no text.
    pub fn stop(mut self) -> io::Result<String> {
        self.child.kill()?;
        self.child.wait()?;
        self.take_log()
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    ///
    /// Where it goes on, or its log is no text.
    pub async fn ended(mut self) -> io::Result<Ended> {
        let log = self.log.take();
        // The log is over when the process is.
        let log = tokio::task::spawn_blocking(move || log.map(JoinHandle::join));
        let log = tokio::time::timeout(PATIENCE, log).await??;
        let log = log.transpose().map_err(|_| io::Error::other("the log was not read"))?;
        let code = self.child.wait()?.code();
        let log = log.transpose()?.unwrap_or_default();
        Ok(Ended { code, init_error: self.api.init_error(), log })
    }

    fn take_log(&mut self) -> io::Result<String> {
        let log = self.log.take().map(JoinHandle::join).transpose();
        let log = log.map_err(|_| io::Error::other("the log was not read"))?;
        log.transpose().map(Option::unwrap_or_default)
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
