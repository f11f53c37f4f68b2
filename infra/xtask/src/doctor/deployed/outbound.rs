//! What reaches the stage from outside, and where it goes to by itself.

use serde_json::Value;

use super::super::answers::Answers;
use super::super::finding::Finding;
use super::super::options::Stage;
use super::functions::VARIABLES;
use super::questions::{PUBLIC_PATH, SERVICES};
use super::stack::{Stack, text};
use super::unanswered;

pub(super) fn findings(answers: &Answers, stage: &Stage, stack: &Stack) -> Vec<Finding> {
    let mut findings: Vec<_> = SERVICES.iter().map(|service| handshake(service, answers)).collect();
    findings.push(reach(answers, stack));
    findings.extend(hosts(answers, stage));
    for (name, _) in stack.of_type("AWS::Lambda::Function") {
        if let Ok(answer) = answers.get("get-function-configuration", name) {
            findings.extend(variables(name, &answer["Environment"]["Variables"], stack));
        }
    }
    findings
}

/// Whether the region's endpoint chains to the roots that the functions know.
fn handshake(service: &str, answers: &Answers) -> Finding {
    let what = format!("{service}: its certificate chains to a root that the functions know");
    match answers.get("handshake", service) {
        Err(refusal) => unanswered(&what, &refusal),
        Ok(answer) => {
            let said = text(answer).lines().map(str::trim);
            let code =
                said.filter_map(|line| line.strip_prefix("Verify return code: ")).next_back();
            Finding::check(
                code == Some("0 (ok)"),
                what,
                format!(
                    "the handshake said {}; add the root that the chain ends in to \
                     shared/src/lambda/roots.pem, build and deploy: without it no function reaches \
                     {service}",
                    code.unwrap_or("nothing of verification")
                ),
            )
        }
    }
}

/// Whether people reach the stage. The mainland's gateway serves nobody without an ICP filing.
fn reach(answers: &Answers, stack: &Stack) -> Finding {
    let url = stack.parameter("PublicUrl");
    let what = format!("{url} answers");
    let advice = match answers.get("reach", "stack") {
        Err(refusal) => refusal,
        Ok(code) if *code == 200 => return Finding::fine(what),
        Ok(code) if *code == 403 && stack.partition == "aws-cn" => {
            "403: the account or the domain has no ICP filing for this region; \
             infra/README.md#icp-filing"
                .to_owned()
        }
        Ok(code) => format!("GET {PUBLIC_PATH} says {code}; infra/README.md#alarm-failed-requests"),
    };
    Finding::check(false, what, advice)
}

/// The hosts that `notify` hands messages to, against those that the operator names.
fn hosts(answers: &Answers, stage: &Stage) -> Vec<Finding> {
    let answer = match answers.get("invoke", "Notify") {
        Err(refusal) => return vec![unanswered("the hosts that messages leave to", &refusal)],
        Ok(answer) => answer,
    };
    let channel = |name: &str| {
        let host = text(&answer[name]);
        if host.is_empty() {
            let advice =
                "docs/delivery.md says how; until then such messages wait and are given up";
            return Finding::note(format!("{name}: no settings of delivery"), advice);
        }
        Finding::check(
            stage.hosts.iter().any(|known| known == host),
            format!("{name}: messages leave to a host that is known ({host})"),
            "name the hosts that you know by --hosts HOST,HOST; if this one is not yours, configure \
             `notify` anew (docs/delivery.md) and go on at infra/README.md#incident",
        )
    };
    vec![channel("mail"), channel("text")]
}

/// Settings that send a function somewhere else: another endpoint, a proxy, a wrapper.
fn variables(name: &str, variables: &Value, stack: &Stack) -> Vec<Finding> {
    let url = stack.parameter("PublicUrl");
    let known = |key: &str, value: &str| key == "PC_PUBLIC_URL" && value == url;
    let leads_out = |key: &str, value: &str| {
        let key = key.to_ascii_uppercase();
        let named = ["_PROXY", "ENDPOINT_URL", "EXEC_WRAPPER", "LD_PRELOAD", "SSL_CERT"];
        named.iter().any(|part| key.contains(part)) || value.contains("://")
    };
    let all = variables.as_object().into_iter().flatten();
    let strange: Vec<_> = all
        .filter(|(key, value)| !known(key, text(value)) && leads_out(key, text(value)))
        .map(|(key, _)| key.as_str())
        .collect();
    let what = format!("{name}: calls nobody that the template does not name");
    let advice = format!("who set {}? {VARIABLES}", strange.join(", "));
    vec![Finding::check(strange.is_empty(), what, advice)]
}
