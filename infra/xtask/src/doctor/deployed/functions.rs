//! The functions: the managed runtime and our binary in it, and nothing else. And what watches them.

use serde_json::Value;

use super::super::answers::Answers;
use super::super::finding::Finding;
use super::stack::{Stack, list, text};
use super::unanswered;

const RUNTIME: &str = "provided.al2023";
/// What puts a function's variables back.
pub(super) const VARIABLES: &str =
    "Then put it right (infra/README.md#put-back): a deployment does not";

pub(super) fn findings(answers: &Answers, stack: &Stack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, id) in stack.of_type("AWS::Lambda::Function") {
        match answers.get("get-function-configuration", name) {
            Err(refusal) => findings.push(unanswered(name, &refusal)),
            Ok(answer) => findings.extend(function((name, id), answer, stack)),
        }
    }
    for (name, _) in stack.of_type("AWS::CloudTrail::Trail") {
        findings.push(match answers.get("get-trail-status", name) {
            Err(refusal) => unanswered(name, &refusal),
            Ok(answer) => Finding::check(
                answer["IsLogging"] == true,
                format!("{name}: what operators do is recorded (C-7.5)"),
                "aws cloudtrail start-logging; then find out who stopped it",
            ),
        });
    }
    findings.extend(stack.of_type("AWS::Pipes::Pipe").map(|(name, _)| pipe(name, answers)));
    findings.extend(alarms(answers, stack));
    findings
}

/// A pipe that was stopped fails at nothing, so no alarm of its own goes on.
fn pipe(name: &str, answers: &Answers) -> Finding {
    match answers.get("describe-pipe", name) {
        Err(refusal) => unanswered(name, &refusal),
        Ok(answer) => {
            let state = text(&answer["CurrentState"]);
            Finding::check(
                state == "RUNNING",
                format!("{name}: the ledger is watched ({state}; C-7.5)"),
                "aws pipes start-pipe; then infra/README.md#alarm-ledger-unwatched",
            )
        }
    }
}

fn function((name, id): (&str, &str), about: &Value, stack: &Stack) -> Vec<Finding> {
    let layers: Vec<_> = list(&about["Layers"]).map(|layer| text(&layer["Arn"])).collect();
    let variables = about["Environment"]["Variables"].as_object();
    let of = |key: &str| variables.and_then(|all| all.get(key)).map(text).unwrap_or_default();
    let mut findings = vec![
        Finding::check(
            about["Runtime"] == RUNTIME,
            format!("{name}: on {RUNTIME} ({})", text(&about["Runtime"])),
            format!(
                "a deployment does not put it back; who changed it? Then:\naws lambda \
                 update-function-configuration --function-name {id} --runtime {RUNTIME}"
            ),
        ),
        Finding::check(
            layers.is_empty(),
            format!("{name}: no layer"),
            format!(
                "{} sees all that the function sees; who added it? Then:\naws lambda \
                 update-function-configuration --function-name {id} --layers []",
                layers.join(", ")
            ),
        ),
    ];
    // The ledger's watchman and the like have no settings of ours.
    if !of("PC_STAGE").is_empty() {
        findings.push(Finding::check(
            of("PC_STAGE") == stack.parameter("Stage"),
            format!("{name}: of this stage ({})", of("PC_STAGE")),
            format!("root keys are bound to the stage; who changed it? {VARIABLES}"),
        ));
    }
    findings
}

/// Alarms of the stack that are on, with where to read on, and those that are not there. The answer
/// has those of other stacks whose names begin alike.
fn alarms(answers: &Answers, stack: &Stack) -> Vec<Finding> {
    let answer = match answers.get("describe-alarms", "stack") {
        Err(refusal) => return vec![unanswered("the alarms", &refusal)],
        Ok(answer) => answer,
    };
    let kinds = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
    let ours = kinds.iter().flat_map(|kind| stack.of_type(kind));
    let all = || list(&answer["MetricAlarms"]).chain(list(&answer["CompositeAlarms"]));
    let mut wrong = Vec::new();
    for (name, id) in ours {
        // The id of a composite one may be its ARN.
        let mut known = all().filter(|a| a["AlarmName"] == id || a["AlarmArn"] == id);
        match known.next() {
            None => wrong.push(Finding::wrong(
                format!("alarm {name}: not there"),
                "find out who deleted it (infra/README.md#alarm-trail-changed), then make it anew \
                 (infra/README.md#put-back): a deployment does not",
            )),
            Some(alarm) if alarm["StateValue"] == "ALARM" => {
                let what = format!("alarm {}", text(&alarm["AlarmName"]));
                wrong.push(Finding::wrong(what, text(&alarm["AlarmDescription"])));
            }
            Some(_) => {}
        }
    }
    if wrong.is_empty() { vec![Finding::fine("no alarm is on")] } else { wrong }
}
