//! The filters on the operators' trail, run over events as `CloudTrail` writes them.

use super::template::resources;
use serde_json::{Value, json};

/// What one character of a pattern cannot be part of: a word ends before it.
const MARKS: [char; 4] = ['(', ')', '{', '}'];

/// A filter pattern of CloudWatch, read and decided from left to right.
struct Filter<'a> {
    rest: &'a str,
    event: &'a Value,
}

impl<'a> Filter<'a> {
    /// Whether an event passes a pattern.
    fn passes(pattern: &'a str, event: &'a Value) -> bool {
        let inside = pattern.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
        let mut filter = Self { rest: inside.expect("a pattern in braces"), event };
        let passes = filter.either();
        assert_eq!(filter.rest.trim(), "", "the whole of it is read: {pattern}");
        passes
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// `||` binds less than `&&`. Both sides are read, whatever the first says.
    fn either(&mut self) -> bool {
        let mut passes = self.both();
        while self.eat("||") {
            passes |= self.both();
        }
        passes
    }

    fn both(&mut self) -> bool {
        let mut passes = self.single();
        while self.eat("&&") {
            passes &= self.single();
        }
        passes
    }

    fn single(&mut self) -> bool {
        if self.eat("(") {
            let passes = self.either();
            assert!(self.eat(")"), "a parenthesis ends: {}", self.rest);
            return passes;
        }
        assert!(self.eat("$"), "a selector: {}", self.rest);
        let end = self.rest.find(|c: char| c == ' ' || MARKS.contains(&c)).expect("an operator");
        let (path, rest) = self.rest.split_at(end);
        self.rest = rest;
        let value = self.event.pointer(&path.replace(['.', '['], "/").replace(']', ""));
        if self.eat("NOT EXISTS") {
            return value.is_none();
        }
        if self.eat("IS FALSE") {
            return value == Some(&Value::Bool(false));
        }
        let unequal = self.eat("!=");
        assert!(unequal || self.eat("="), "an operator: {}", self.rest);
        assert!(self.eat("\""), "a text: {}", self.rest);
        let (wanted, rest) = self.rest.split_once('"').expect("a text ends");
        self.rest = rest;
        // A comparison with what is not there is false, either way.
        value.and_then(Value::as_str).is_some_and(|text| is_like(text, wanted) != unequal)
    }
}

/// Whether a text is like another one with a star at its ends.
fn is_like(text: &str, wanted: &str) -> bool {
    match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
        (Some(_), Some(_)) => text.contains(wanted.trim_matches('*')),
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => text == wanted,
    }
}

const KEY: &str = "arn:aws-cn:kms:cn-north-1:123456789012:key/vault";
const FUNCTION: &str = "arn:aws-cn:iam::123456789012:role/personal-center/prod/center-AccessRole-1";

/// The names of the filters that an event passes.
fn passed(event: &Value) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (id, lines) in resources() {
        if !lines.contains(&"LogGroupName: !Ref TrailLogs") {
            continue;
        }
        let lines = lines.iter().skip_while(|line| !line.starts_with("FilterPattern")).skip(1);
        let lines: Vec<_> = lines.take_while(|l| !l.starts_with("Metric")).copied().collect();
        let pattern = lines.join(" ").replace("${VaultKey.Arn}", KEY);
        let pattern = pattern.replace("${AWS::Partition}", "aws-cn").replace("${Stage}", "prod");
        let pattern = pattern.replace("${AWS::AccountId}", "123456789012");
        let pattern = pattern.replace("${TrailBucket}", "center-trail");
        if Filter::passes(&pattern, event) {
            names.push(id);
        }
    }
    names
}

/// A management event by a person.
fn event(service: &str, name: &str, reads: bool) -> Value {
    json!({
        "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "readOnly": reads,
        "eventCategory": "Management", "managementEvent": true,
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws-cn:iam::123456789012:user/operator"},
    })
}

/// The same in a role.
fn in_role(mut event: Value, role: &str) -> Value {
    event["userIdentity"] = json!({"sessionContext": {"sessionIssuer": {"arn": role}}});
    event
}

fn of_key(mut event: Value, key: &str) -> Value {
    event["resources"] = json!([{"ARN": key, "type": "AWS::KMS::Key"}]);
    event
}

#[test]
fn c_7_5_whoever_uses_the_vaults_key_besides_the_functions_is_seen() {
    let decrypt = || of_key(event("kms", "Decrypt", true), KEY);
    assert_eq!(passed(&decrypt()), ["UsesOfVaultKey"]);
    assert!(passed(&in_role(decrypt(), FUNCTION)).is_empty());
    let other = "arn:aws-cn:iam::123456789012:role/personal-center/test/center-AccessRole-1";
    assert_eq!(passed(&in_role(decrypt(), other)), ["UsesOfVaultKey"], "of another stage");
    let other = "arn:aws-cn:kms:cn-north-1:123456789012:key/another";
    assert!(passed(&of_key(event("kms", "Decrypt", true), other)).is_empty());
    assert!(passed(&of_key(event("kms", "DescribeKey", true), KEY)).is_empty());
    let seen = passed(&of_key(event("kms", "PutKeyPolicy", false), KEY));
    assert_eq!(seen, ["ChangesOfPolicies", "UsesOfVaultKey"]);
}

#[test]
fn c_7_5_whoever_reads_a_table_besides_the_functions_is_seen() {
    let mut read = event("dynamodb", "GetItem", true);
    read["eventCategory"] = json!("Data");
    assert_eq!(passed(&read), ["ReadsOfTables"]);
    assert!(passed(&in_role(read.clone(), FUNCTION)).is_empty());
    let named_alike = "arn:aws-cn:iam::123456789012:role/center-AccessRole-1";
    assert_eq!(passed(&in_role(read, named_alike)), ["ReadsOfTables"]);
}

#[test]
fn c_7_5_backup_restore_export_and_changes_of_policy_and_watch_are_seen() {
    for (service, name, filter) in [
        ("dynamodb", "CreateBackup", "ChangesOfTables"),
        ("dynamodb", "RestoreTableToPointInTime", "ChangesOfTables"),
        ("dynamodb", "ExportTableToPointInTime", "ChangesOfTables"),
        ("dynamodb", "UpdateContinuousBackups", "ChangesOfTables"),
        ("backup", "StartBackupJob", "ChangesOfTables"),
        ("iam", "PutRolePolicy", "ChangesOfPolicies"),
        ("lambda", "UpdateFunctionCode20150331v2", "ChangesOfPolicies"),
        ("cloudtrail", "StopLogging", "ChangesOfWatch"),
        ("monitoring", "DeleteAlarms", "ChangesOfWatch"),
        ("pipes", "StopPipe", "ChangesOfWatch"),
        ("sqs", "PurgeQueue", "ChangesOfWatch"),
        ("sqs", "DeleteQueue", "ChangesOfWatch"),
        ("sqs", "SetQueueAttributes", "ChangesOfWatch"),
        ("sns", "Unsubscribe", "ChangesOfWatch"),
        ("sns", "DeleteTopic", "ChangesOfWatch"),
        ("sns", "SetTopicAttributes", "ChangesOfWatch"),
        ("sns", "SetSubscriptionAttributes", "ChangesOfWatch"),
        ("logs", "DeleteLogGroup", "ChangesOfWatch"),
        ("logs", "DeleteMetricFilter", "ChangesOfWatch"),
        ("logs", "PutMetricFilter", "ChangesOfWatch"),
        ("logs", "PutSubscriptionFilter", "ChangesOfWatch"),
    ] {
        assert_eq!(passed(&event(service, name, false)), [filter], "{name}");
    }
    let mut policy = event("s3", "PutBucketPolicy", false);
    policy["requestParameters"] = json!({"bucketName": "center-trail"});
    assert_eq!(passed(&policy), ["ChangesOfWatch"]);
}

#[test]
fn what_only_looks_and_what_services_do_by_themselves_is_no_alarm() {
    for (service, name) in
        [("dynamodb", "DescribeTable"), ("iam", "GetRole"), ("logs", "DescribeLogGroups")]
            .into_iter()
            .chain([("sns", "ListTopics"), ("sqs", "GetQueueAttributes")])
    {
        assert!(passed(&event(service, name, true)).is_empty(), "{name}");
    }
    assert!(passed(&event("logs", "CreateLogStream", false)).is_empty());
    let grant = event("kms", "RetireGrant", false);
    let table = "arn:aws-cn:kms:cn-north-1:123456789012:key/tables";
    assert!(passed(&of_key(grant, table)).is_empty());
}
