//! Least privilege: what the functions may do by `template.yaml` is what they do.

use crate::policies::{Node, granted, policies, under};
use crate::rights::{FUNCTIONS, Right, TRANSACTION, file, held};
use std::collections::{BTreeMap, BTreeSet};

/// What AWS's machinery does in a function's name, reviewed by hand.
const SERVICES: &str = "tests/privileges/services.txt";

/// What SAM adds to the roles, as its own translator says: `cargo xtask sam` compares it.
const ADDED: &str = "tests/privileges/added.txt";

/// What AWS's machinery does in a function's name.
pub(crate) fn reviewed() -> BTreeSet<Right> {
    Right::list(&file(SERVICES))
}

fn all_granted() -> BTreeSet<Right> {
    FUNCTIONS.iter().flat_map(|function| granted(function)).collect()
}

fn lines<'a>(rights: impl Iterator<Item = &'a Right>) -> String {
    let mut lines = rights.map(|right| format!("  {right}\n")).collect::<Vec<_>>();
    lines.sort();
    lines.concat()
}

/// The rights with those to read batches taken apart, into tables and partitions.
///
/// A batch may read several tables at once, and whether AWS then holds each table against its own
/// keys or against all of them is not documented. So one statement names all the tables and all the
/// partitions that a function reads: a table has no rows under the partitions of another.
fn batches_apart(rights: BTreeSet<Right>) -> BTreeSet<Right> {
    let apart = |right: Right| {
        if right.action != "dynamodb:BatchGetItem" {
            return vec![right];
        }
        let table = Right { narrowed: "(any)".to_owned(), ..right.clone() };
        vec![table, Right { resource: "(any)".to_owned(), ..right }]
    };
    rights.into_iter().flat_map(apart).collect()
}

#[test]
fn the_functions_may_do_what_they_do_and_nothing_else() {
    let (needed, granted) = (batches_apart(held()), batches_apart(all_granted()));
    let lacks = lines(needed.difference(&granted));
    let unused = lines(granted.difference(&needed));
    assert!(
        lacks.is_empty() && unused.is_empty(),
        "template.yaml\nlacks what is called; add:\n{lacks}grants what nothing calls; remove:\n{unused}"
    );
    let unheld = FUNCTIONS.iter().find(|f| !needed.iter().any(|right| right.function == **f));
    assert_eq!(unheld, None, "a function that calls nothing was not recorded");
}

#[test]
fn every_function_is_bounded() {
    for function in FUNCTIONS {
        assert_eq!(policies(function).0, ["!Ref Bounds"], "{function}");
    }
}

/// The statements that deny, by their names.
fn bounds() -> BTreeMap<String, Node> {
    let document = under("Bounds", "PolicyDocument").expect("a policy");
    let statements = document.get("Statement").expect("statements").nodes().iter();
    let named = statements.map(|statement| {
        assert_eq!(statement.get("Effect").expect("an effect").texts(), ["Deny"]);
        (statement.get("Sid").expect("a name").texts()[0].to_owned(), statement.clone())
    });
    named.collect()
}

#[test]
fn c_7_5_the_ledger_is_put_in_transactions_and_never_changed() {
    for right in all_granted().iter().filter(|right| right.resource.starts_with("Ledger")) {
        match right.action.as_str() {
            "dynamodb:PutItem" => assert_eq!(right.within, TRANSACTION, "{right}"),
            "dynamodb:Query" => {
                let readers = ["export", "session", "sweep"];
                assert!(readers.contains(&&*right.function), "{right}");
            }
            // A restore goes by the whole ledger.
            "dynamodb:BatchGetItem" | "dynamodb:Scan" => {
                assert_eq!(right.function, "sweep", "{right}");
            }
            _ => panic!("{right}"),
        }
    }
    let bounds = bounds();
    let of = |name: &str, key: &str| bounds[name].get(key).expect("a member").texts().join(" ");
    for name in ["KeepLedger", "EnterInTransactions"] {
        assert_eq!(of(name, "Resource"), "!GetAtt Ledger.Arn");
    }
    let changes = of("KeepLedger", "Action");
    for change in ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"] {
        assert!(changes.contains(change), "{change}");
    }
    assert!(bounds["KeepLedger"].get("Condition").is_none(), "whatever the request");
    assert_eq!(of("EnterInTransactions", "Action"), "dynamodb:PutItem");
    let condition = bounds["EnterInTransactions"].get("Condition").expect("a condition");
    let unless = condition.get("ForAllValues:StringNotEquals").expect("of this kind");
    let unless = unless.get("dynamodb:EnclosingOperation").expect("the operation").texts();
    assert_eq!(unless, [TRANSACTION], "a request that names no operation is denied too");
}

#[test]
fn c_8_2_each_kind_of_key_is_deleted_by_the_functions_that_end_what_it_is_for() {
    let mut deleted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for right in all_granted() {
        if right.resource == "Keys" && right.action == "dynamodb:DeleteItem" {
            deleted.entry(right.narrowed).or_default().insert(right.function);
        }
    }
    let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let meant = [
        // At the erasure.
        ("person#*", of(&["delete", "sweep"])),
        // At the end of the time that the law wants.
        ("period#*", of(&["sweep"])),
        // At the end of a verification or of a log-in by a third party, or when its time is over.
        ("flow#*", of(&["correct", "federation", "register", "session", "sweep"])),
        // At delivery, or when its time is over.
        ("message#*", of(&["notify", "sweep"])),
        // At the erasure; when a contact is replaced or detached, or an account unlinked; when claims
        // are named anew.
        ("login#*", of(&["correct", "delete", "federation", "sweep"])),
    ];
    assert_eq!(deleted, meant.map(|(kind, who)| (kind.to_owned(), who)).into());
}

#[test]
fn c_7_2_the_vault_key_serves_each_function_for_its_own_uses() {
    let mut served = BTreeSet::new();
    let policy = under("VaultKey", "KeyPolicy").expect("a policy");
    for statement in policy.get("Statement").expect("statements").nodes() {
        let texts = |key: &str| statement.get(key).expect("a member").texts();
        if texts("Sid") == ["AdministerWithoutUse"] {
            let uses = ["crypt", "GenerateDataKey", "Sign", "CreateGrant", "kms:*"];
            let found = texts("Action").into_iter().find(|a| uses.iter().any(|u| a.contains(u)));
            assert_eq!(found, None, "whoever administers the key cannot use it");
            continue;
        }
        let condition = statement.get("Condition").expect("a condition");
        let equals = condition.get("StringEquals").expect("a context");
        let context = |name: &str| {
            equals.get(&format!("kms:EncryptionContext:{name}")).expect("all of it").texts()
        };
        assert_eq!(context("service"), ["personal-center"]);
        assert_eq!(context("stage"), ["!Ref Stage"]);
        let roles = condition.get("ArnLike").and_then(|like| like.get("aws:PrincipalArn"));
        for role in roles.expect("roles").texts() {
            let (_, name) = role.split_once("role/personal-center/${Stage}/*-").expect("of ours");
            let function = name.trim_end_matches("Role-*").to_lowercase();
            let uses = context("use").into_iter();
            let action = texts("Action")[0];
            served
                .extend(uses.map(|usage| (function.clone(), action.to_owned(), usage.to_owned())));
        }
    }
    let needed = held().into_iter().filter(|right| right.resource == "VaultKey");
    let needed: BTreeSet<_> = needed.map(|r| (r.function, r.action, r.narrowed)).collect();
    assert_eq!(served, needed, "the key's own policy, and what is called");
}

#[test]
fn the_table_key_serves_through_dynamodb_alone_so_that_no_role_needs_a_right_on_it() {
    let policy = under("TableKey", "KeyPolicy").expect("a policy");
    let statements = policy.get("Statement").expect("statements").nodes();
    let uses = statements
        .iter()
        .filter(|s| s.get("Sid").expect("a name").texts() != ["AdministerWithoutUse"]);
    let [through] = uses.collect::<Vec<_>>()[..] else { panic!("one statement lets use it") };
    let condition = through.get("Condition").and_then(|c| c.get("StringEquals")).expect("equal");
    assert_eq!(
        condition.get("kms:CallerAccount").expect("this one").texts(),
        ["!Ref AWS::AccountId"]
    );
    let services = condition.get("kms:ViaService").expect("a service").texts();
    assert!(services.iter().all(|service| service.contains("dynamodb.")), "{services:?}");
    assert!(all_granted().iter().all(|right| right.resource != "TableKey"));
    assert!(file(SERVICES).contains("UseThroughDynamoDB"), "it is said where one would look");
}

/// What SAM adds: function and action, with the resource that its policy names.
fn added() -> BTreeMap<(String, String), String> {
    let text = file(ADDED);
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let right = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let mut word = || words.next().expect("function, action and resource");
        ((word(), word()), word())
    };
    lines.map(right).collect()
}

#[test]
fn what_services_do_for_a_function_is_reviewed_and_bounded() {
    let (added, reviewed, bounds) = (added(), reviewed(), bounds());
    let listed: BTreeSet<_> =
        reviewed.iter().map(|right| (right.function.clone(), right.action.clone())).collect();
    let of_sam: BTreeSet<_> = added.keys().cloned().collect();
    assert_eq!(of_sam, listed, "SAM adds the left; {SERVICES} has the right");
    for right in &reviewed {
        let resource = &added[&(right.function.clone(), right.action.clone())];
        // A policy that names its resource needs no bound.
        if resource != "*" {
            assert_eq!(*resource, right.resource, "{right}");
            continue;
        }
        let outside = bounds.values().find(|statement| {
            statement.get("NotResource").is_some()
                && statement.get("Action").expect("actions").texts().contains(&&*right.action)
        });
        let Some(outside) = outside else {
            assert_eq!(right.resource, "*", "nothing bounds {right}");
            continue;
        };
        let within = outside.get("NotResource").expect("what is left").texts();
        assert!(within.iter().all(|arn| arn.ends_with(&right.resource)), "{right}: {within:?}");
    }
}

#[test]
fn the_policies_fit_into_a_role() {
    // IAM counts 10,240 characters of the policies in a role, without blanks; an ARN has some 110.
    for function in FUNCTIONS {
        let text = format!("{:?}", policies(function).1);
        let arns = text.matches("!GetAtt").count() + text.matches("!Sub").count();
        let about = text.replace("Text", "").replace("Map", "").replace("List", "");
        let about = about.chars().filter(|c| !c.is_whitespace()).count() + 110 * arns;
        assert!(about < 10_240, "{function}: {about}");
    }
}
