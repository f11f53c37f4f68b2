//! What a stack is made of: its parameters, outputs and resources.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::answers::Answers;
use super::super::finding::Finding;
use super::super::options::Stage;
use crate::run::Outcome;

/// The regions of mainland China (C-5.1).
const MAINLAND: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// A stack, as it answered.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) status: String,
    pub(super) parameters: BTreeMap<String, String>,
    /// Type and physical id of each resource, by its name in the template.
    pub(super) resources: BTreeMap<String, (String, String)>,
    /// The account, out of the stack's ARN.
    pub(super) account: String,
    /// The partition, out of the same.
    pub(super) partition: String,
}

impl Stack {
    pub(super) fn read(answers: &Answers, name: &str) -> Outcome<Self> {
        let about = answers.get("describe-stacks", "stack").map_err(|refusal| {
            format!(
                "the stack `{name}` cannot be looked at: {refusal}\n`aws sts get-caller-identity` \
                 tells who you are; `aws configure` sets it"
            )
        })?;
        let stack = &about["Stacks"][0];
        let parts = answers.get("list-stack-resources", "stack")?;
        let resources = list(&parts["StackResourceSummaries"]).map(|resource| {
            let of = |name: &str| text(&resource[name]).to_owned();
            (of("LogicalResourceId"), (of("ResourceType"), of("PhysicalResourceId")))
        });
        let pairs = list(&stack["Parameters"]).map(|pair| {
            (text(&pair["ParameterKey"]).to_owned(), text(&pair["ParameterValue"]).to_owned())
        });
        let arn: Vec<_> = text(&stack["StackId"]).split(':').collect();
        let of_arn = |i: usize| arn.get(i).copied().unwrap_or_default().to_owned();
        Ok(Self {
            status: text(&stack["StackStatus"]).to_owned(),
            parameters: pairs.collect(),
            resources: resources.collect(),
            account: of_arn(4),
            partition: of_arn(1),
        })
    }

    /// The resources of a type: name in the template and physical id.
    pub(super) fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let of_kind = move |(_, (known, _)): &(&String, &(String, String))| known == kind;
        self.resources.iter().filter(of_kind).map(|(name, (_, id))| (&**name, &**id))
    }

    /// The names of a table: the stack's own, and that of the one in use, which is another one once a
    /// restored table took its place. `None` where the stack has no such table.
    pub(super) fn table(&self, name: &str) -> Option<(&str, String)> {
        let (_, own) = self.resources.get(name)?;
        Some((own, format!("{own}{}", self.parameter(&format!("Restored{name}")))))
    }

    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The end of host names in this partition.
    pub(super) fn suffix(&self) -> &'static str {
        if self.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }

    pub(super) fn findings(&self, stage: &Stage) -> Vec<Finding> {
        let done = self.status.ends_with("_COMPLETE") && !self.status.contains("ROLLBACK");
        let mut findings = vec![Finding::check(
            done,
            format!("the stack is as it was deployed ({})", self.status),
            "infra/README.md#upgrade says how a failed deployment is taken up again",
        )];
        let inside = MAINLAND.contains(&&*stage.region);
        let lifted = self.parameter("OutsideMainland") == "true";
        findings.push(match (inside, lifted) {
            (true, false) => Finding::fine(format!("the region {} (C-5.1)", stage.region)),
            (true, true) => Finding::note(
                "OutsideMainland is true, and the region is in the mainland",
                "deploy once more without it: nothing needs it",
            ),
            (false, _) => Finding::wrong(
                format!(
                    "{} is outside mainland China; the policy says inside (C-5.1)",
                    stage.region
                ),
                "infra/README.md#where-it-may-run",
            ),
        });
        let told = !self.parameter("AlarmTopic").is_empty();
        findings.push(Finding::check(
            told,
            "somebody is told of alarms",
            "set AlarmTopic to the ARN of an SNS topic, and deploy once more",
        ));
        findings
    }
}

/// The members of a list; none where it is no list.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text; empty where it is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
