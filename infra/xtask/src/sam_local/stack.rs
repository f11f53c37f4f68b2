//! What functions in containers need around them: image, binaries, settings, and the stand-ins for
//! the database, the key service and the servers that messages leave by.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::build::{self, ENDPOINTS};
use super::process::{self, Sam, free};
use crate::python;
use crate::run::{self, Outcome};

const PACKAGES: &[&str] =
    &["aws-sam-cli==1.170.0", "moto[server]==5.2.5", "aiosmtpd==1.4.6", "trustme==1.2.1"];
pub(super) const HOME: &str = "target/sam-local";
const IMAGE: &str = "infra/sam-local/image";
const REGION: &str = "cn-north-1";

/// Everything around the functions; it ends with this value.
pub(super) struct Stack {
    root: PathBuf,
    bin: PathBuf,
    kms: Sam,
    _engine: Sam,
    _sink: Sam,
    _docker: Docker,
}

/// The Docker engine; it ends with this value where the script started it.
struct Docker(PathBuf);

impl Drop for Docker {
    fn drop(&mut self) {
        let _ended = run::run(Command::new(&self.0).arg("stop"));
    }
}

impl Stack {
    /// Builds the functions and starts what they need. Nothing is left of an earlier run.
    pub(super) fn start(root: &Path) -> Outcome<Self> {
        let bin = python::environment(root, PACKAGES)?;
        run::run(&mut Command::new(root.join(IMAGE)))?;
        let docker = Docker(root.join(IMAGE));
        let home = root.join(HOME);
        let _nothing_there = fs::remove_dir_all(home.join("data"));
        fs::create_dir_all(home.join("data")).map_err(|e| format!("{}: {e}", home.display()))?;
        build::build(root, &bin)?;

        let bridge = bridge()?;
        let (database, keys) = (free(bridge)?, free(bridge)?);
        let (mail, text) = (free(bridge)?, free(bridge)?);
        let mut engine = run::personal_center(root)?;
        engine.args(["engine", "--bind", &database.to_string()]);
        let mut moto = Command::new(bin.join("moto_server"));
        moto.args(["-H", &bridge.to_string(), "-p", &keys.port().to_string()]);
        let mut sink = Command::new(bin.join("python"));
        sink.arg(root.join("infra/sam-local/sink.py")).arg(bridge.to_string());
        sink.args([mail.port(), text.port()].map(|port| port.to_string())).arg(home.join("data"));
        let stack = Self {
            _engine: Sam::start(database, &home.join("engine.log"), &mut engine)?,
            kms: Sam::start(keys, &home.join("moto.log"), &mut moto)?,
            _sink: Sam::start(mail, &home.join("sink.log"), &mut sink)?,
            root: root.to_owned(),
            bin,
            _docker: docker,
        };
        stack.settings(&format!("http://{database}"))?;
        Ok(stack)
    }

    /// Writes the variables of the functions, with a new key of the key service.
    fn settings(&self, database: &str) -> Outcome {
        let headers = [
            ("X-Amz-Target", "TrentService.CreateKey"),
            ("Content-Type", "application/x-amz-json-1.1"),
            // Nobody checks it, and the region is read from it.
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261124/cn-north-1/kms/aws4_request",
            ),
        ];
        let made = process::post(self.kms.address(), "/", &headers, "{}")?;
        let made: Value = serde_json::from_str(&made).map_err(|error| error.to_string())?;
        let mut variables = json!({
            "PC_STAGE": "local",
            "PC_PUBLIC_URL": "https://center.example",
            "PC_VAULT_KEY": made["KeyMetadata"]["Arn"],
            ENDPOINTS[0]: database,
            ENDPOINTS[1]: self.kms.url(),
        });
        for table in ["Records", "Keys", "Roots", "Ledger"] {
            variables[format!("PC_TABLE_{}", table.to_uppercase())] = json!(table);
        }
        let file = self.home().join("env.json");
        fs::write(&file, json!({"Parameters": variables}).to_string())
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Makes the root keys, through the key service, and tells `notify` where messages go.
    pub(super) fn seed(&self) -> Outcome {
        let configure = self.home().join("data/configure.json");
        for (function, event) in
            [("Sweep", Path::new("infra/events/sweep.json")), ("Notify", &configure)]
        {
            let mut command = Command::new(self.sam());
            command.args(["local", "invoke", function, "-e"]).arg(event);
            let answer = run::capture(self.prepare(&mut command))?;
            let answer = String::from_utf8_lossy(&answer);
            if !answer.contains("\"batchItemFailures\": []") && !answer.contains("\"mail\": true") {
                return Err(format!("{function} cannot be seeded: {answer}"));
            }
        }
        Ok(())
    }

    /// Serves every function for direct invokes; containers stay.
    pub(super) fn start_lambda(&self) -> Outcome<Sam> {
        self.serve("start-lambda")
    }

    /// Serves the API; containers stay.
    pub(super) fn start_api(&self) -> Outcome<Sam> {
        self.serve("start-api")
    }

    fn serve(&self, what: &str) -> Outcome<Sam> {
        let address = free(IpAddr::from([127, 0, 0, 1]))?;
        let mut command = Command::new(self.sam());
        command.args(["local", what, "--host", "127.0.0.1", "--port"]);
        command.arg(address.port().to_string());
        let log = self.home().join(format!("{what}.log"));
        Sam::start(address, &log, self.prepare(&mut command))
    }

    /// Shows that a poisoned message alone ends in the dead letters.
    pub(super) fn dead_letters(&self, lambda: &Sam) -> Outcome {
        let mut python = Command::new(self.bin.join("python"));
        python
            .arg(self.root.join("infra/sam-local/dead_letters.py"))
            .args([self.kms.url(), lambda.url()]);
        run::run(self.prepare(&mut python))
    }

    /// The environment of the SAM CLI: an account that is none. It asks for the account's number
    /// each time, and waits long where nobody answers.
    pub(super) fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        prepared(command, &self.root).env("AWS_ENDPOINT_URL_STS", self.kms.url())
    }

    pub(super) fn sam(&self) -> PathBuf {
        self.bin.join("sam")
    }

    /// Where moto is.
    pub(super) fn kms_url(&self) -> String {
        self.kms.url()
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn home(&self) -> PathBuf {
        self.root.join(HOME)
    }

    pub(super) fn mailbox(&self) -> PathBuf {
        self.home().join("data/mailbox")
    }
}

/// A command in the root, with the environment of the SAM CLI.
pub(super) fn prepared<'a>(command: &'a mut Command, root: &Path) -> &'a mut Command {
    command
        .current_dir(root)
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_DEFAULT_REGION", REGION)
}

/// The address by which containers reach this machine.
fn bridge() -> Outcome<IpAddr> {
    // A bridge that was made just now may have no address yet.
    for _ in 0..20 {
        let mut ip = Command::new("ip");
        let shown = run::capture(ip.args(["-4", "-o", "addr", "show", "dev", "docker0"]))?;
        if let Some(address) = address(&String::from_utf8_lossy(&shown)) {
            return Ok(address);
        }
        thread::sleep(Duration::from_millis(250));
    }
    Err("docker0 has no address".to_owned())
}

fn address(shown: &str) -> Option<IpAddr> {
    let mut words = shown.split_whitespace().skip_while(|word| *word != "inet").skip(1);
    words.next()?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bridge_has_an_address() {
        let shown = "5: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0\\";
        assert_eq!(address(shown), Some(IpAddr::from([172, 17, 0, 1])));
        assert_eq!(address(""), None);
    }
}
