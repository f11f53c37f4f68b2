//! What is asked about a stage, as commands that change nothing.

use std::path::Path;

use super::super::answers::{Answers, Question};
use super::super::options::Stage;
use super::stack::{Stack, text};
use super::tables::TABLES;

/// Where people read what is stored about anybody: it needs no session.
pub(super) const PUBLIC_PATH: &str = "/v1/policy/inventory";
/// The event that asks `notify` for the hosts that messages leave to.
pub(super) const HOSTS_EVENT: &str = "infra/xtask/answers/hosts.event.json";
/// The services that functions call, by the names of their hosts.
pub(super) const SERVICES: &[&str] = &["dynamodb", "kms"];

impl Stage {
    /// A question to the AWS command line, named by its operation.
    fn aws(&self, about: &str, service: &str, kind: &'static str, args: &[&str]) -> Question {
        let fixed = ["aws", service, kind, "--region", &self.region, "--output", "json"];
        let command = fixed.iter().chain(args).map(|word| (*word).to_owned()).collect();
        Question { kind, about: about.to_owned(), command }
    }
}

/// What the stack is made of.
pub(super) fn of_stack(stage: &Stage) -> Vec<Question> {
    let name = ["--stack-name", &stage.stack];
    vec![
        stage.aws("stack", "cloudformation", "describe-stacks", &name),
        stage.aws("stack", "cloudformation", "list-stack-resources", &name),
    ]
}

/// Everything about the parts of a stack but what reads its streams.
pub(super) fn of_parts(root: &Path, stage: &Stage, stack: &Stack) -> Vec<Question> {
    let mut asked = vec![stage.aws("stack", "dynamodb", "list-tables", &[])];
    for (name, _) in stack.of_type("AWS::DynamoDB::Table") {
        let in_use = stack.table(name).map(|(_, in_use)| in_use).unwrap_or_default();
        asked.extend(of_table(stage, stack, name, &in_use));
    }
    for (name, id) in stack.of_type("AWS::KMS::Key") {
        let key = ["--key-id", id];
        asked.push(stage.aws(name, "kms", "describe-key", &key));
        asked.push(stage.aws(name, "kms", "get-key-rotation-status", &key));
        asked.push(stage.aws(name, "kms", "list-grants", &key));
    }
    for (name, id) in stack.of_type("AWS::Lambda::Function") {
        let function = ["--function-name", id];
        asked.push(stage.aws(name, "lambda", "get-function-configuration", &function));
    }
    for (name, id) in stack.of_type("AWS::CloudTrail::Trail") {
        asked.push(stage.aws(name, "cloudtrail", "get-trail-status", &["--name", id]));
    }
    for (name, id) in stack.of_type("AWS::Pipes::Pipe") {
        asked.push(stage.aws(name, "pipes", "describe-pipe", &["--name", id]));
    }
    // Without the types there are no composite ones. The prefix fits other stacks too.
    let prefix = format!("{}-", stage.stack);
    let ours = ["--alarm-name-prefix", &prefix, "--alarm-types", "MetricAlarm", "CompositeAlarm"];
    asked.push(stage.aws("stack", "cloudwatch", "describe-alarms", &ours));
    asked.extend(of_hosts(root, stage, stack));
    asked
}

fn of_table(stage: &Stage, stack: &Stack, name: &str, id: &str) -> Vec<Question> {
    let arn =
        format!("arn:{}:dynamodb:{}:{}:table/{id}", stack.partition, stage.region, stack.account);
    let table = ["--table-name", id];
    let resource = ["--resource-arn", &*arn];
    let mut asked: Vec<_> = [
        "describe-table",
        "describe-continuous-backups",
        "describe-time-to-live",
        "describe-kinesis-streaming-destination",
    ]
    .into_iter()
    .map(|kind| stage.aws(name, "dynamodb", kind, &table))
    .collect();
    let all = ["--table-name", id, "--backup-type", "ALL"];
    asked.push(stage.aws(name, "dynamodb", "list-backups", &all));
    asked.push(stage.aws(name, "dynamodb", "list-exports", &["--table-arn", &arn]));
    asked.push(stage.aws(name, "dynamodb", "get-resource-policy", &resource));
    asked.push(stage.aws(name, "backup", "list-recovery-points-by-resource", &resource));
    asked
}

/// What the stage says to the outside, and how the outside answers it.
fn of_hosts(root: &Path, stage: &Stage, stack: &Stack) -> Vec<Question> {
    let roots = root.join("shared/src/lambda/roots.pem").to_string_lossy().into_owned();
    let handshake = |service: &&str| {
        let host = format!("{service}.{}.{}", stage.region, stack.suffix());
        let at = format!("{host}:443");
        // The functions' roots, and none of this machine's.
        let command = ["openssl", "s_client", "-connect", &at, "-servername", &host];
        let trust = ["-CAfile", &roots, "-no-CApath", "-no-CAstore", "-verify_hostname", &host];
        let command = command.iter().chain(&trust).map(|word| (*word).to_owned()).collect();
        Question { kind: "handshake", about: (*service).to_owned(), command }
    };
    let mut asked: Vec<_> = SERVICES.iter().map(handshake).collect();
    let url = format!("{}{PUBLIC_PATH}", stack.parameter("PublicUrl"));
    let command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-m", "20", &url];
    let command = command.map(str::to_owned).to_vec();
    asked.push(Question { kind: "reach", about: "stack".to_owned(), command });
    if let Some((_, (_, id))) = stack.resources.iter().find(|(name, _)| *name == "Notify") {
        // As bytes of a file: the versions of the command line differ in how they take text.
        let event = format!("fileb://{}", root.join(HOSTS_EVENT).display());
        let args = ["--function-name", id, "--payload", &event, "/dev/stdout"];
        asked.push(stage.aws("Notify", "lambda", "invoke", &args));
    }
    asked
}

/// Who reads the streams of tables that have one.
pub(super) fn of_streams(stage: &Stage, answers: &Answers) -> Vec<Question> {
    let streams = TABLES.iter().filter_map(|table| {
        let about = answers.get("describe-table", table.name).ok()?;
        let stream = text(&about["Table"]["LatestStreamArn"]);
        (!stream.is_empty()).then(|| {
            let source = ["--event-source-arn", stream];
            stage.aws(table.name, "lambda", "list-event-source-mappings", &source)
        })
    });
    streams.collect()
}
