//! The policies in the SAM template, read into the rights that they grant.
//!
//! The template is our own and keeps one form, so the little of YAML that its policies use is read
//! here; what is not of that form fails.

#![expect(clippy::panic, reason = "a template of another form fails the test")]

use crate::rights::{Right, TRANSACTION, file};
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::sync::LazyLock;

static TEMPLATE: LazyLock<String> = LazyLock::new(|| file("template.yaml"));

/// A node of the template. A tag such as `!Ref` stays with its text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A member of a map.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    /// The texts of a list, or the one text.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(nodes) => nodes.iter().flat_map(Self::texts).collect(),
            Self::Map(_) => panic!("no texts: {self:?}"),
        }
    }

    /// The members of a map.
    pub(crate) fn members(&self) -> &[(String, Self)] {
        let Self::Map(members) = self else { panic!("no map: {self:?}") };
        members
    }

    /// The nodes of a list.
    pub(crate) fn nodes(&self) -> &[Self] {
        let Self::List(nodes) = self else { panic!("no list: {self:?}") };
        nodes
    }
}

/// A line that says something: its indent and its text.
type Line = (usize, &'static str);

/// What stands under a key of a resource, such as `Policies` of `Register`; `None` without it.
pub(crate) fn under(resource: &str, key: &str) -> Option<Node> {
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let lines = TEMPLATE.lines().filter(says).map(|l| (l.len() - l.trim_start().len(), l.trim()));
    let resource = format!("{resource}:");
    let mut lines = lines.skip_while(|line| *line != (2, &resource)).skip(1);
    let mut lines = lines.by_ref().take_while(|(indent, _)| *indent > 2);
    let (indent, _) = lines.find(|(_, text)| text.strip_suffix(':') == Some(key))?;
    let below: Vec<Line> = lines.take_while(|(deep, _)| *deep > indent).collect();
    Some(block(&mut below.into_iter().peekable()))
}

fn block(lines: &mut Peekable<impl Iterator<Item = Line> + Clone>) -> Node {
    let (indent, text) = *lines.peek().expect("something below");
    if text.starts_with("- ") {
        let mut nodes = Vec::new();
        while let Some((_, text)) =
            lines.next_if(|(deep, text)| *deep == indent && text.starts_with("- "))
        {
            let mut item = vec![(indent + 2, &text[2..])];
            item.extend(std::iter::from_fn(|| lines.next_if(|(deep, _)| *deep > indent)));
            nodes.push(block(&mut item.into_iter().peekable()));
        }
        return Node::List(nodes);
    }
    let Some(_) = key_of(text) else {
        lines.next();
        return inline(text);
    };
    let mut members = Vec::new();
    while let Some((_, text)) = lines.next_if(|(deep, _)| *deep == indent) {
        let (key, rest) = key_of(text).unwrap_or_else(|| panic!("no key: {text}"));
        let node = if rest.is_empty() { block(lines) } else { inline(rest) };
        members.push((key.to_owned(), node));
    }
    Node::Map(members)
}

/// The key that a line starts with, and what follows it.
fn key_of(text: &'static str) -> Option<(&'static str, &'static str)> {
    let plain = !text.starts_with(['!', '"', '[', '{']);
    let key =
        plain.then(|| text.split_once(": ").or_else(|| Some((text.strip_suffix(':')?, ""))))?;
    key.map(|(key, rest)| (key, rest.trim()))
}

fn inline(text: &'static str) -> Node {
    let within = |open, close| text.strip_prefix(open)?.strip_suffix(close).map(str::trim);
    if let Some(list) = within('[', ']') {
        return Node::List(list.split(',').map(|one| inline(one.trim())).collect());
    }
    if let Some(map) = within('{', '}') {
        let member = |one: &'static str| key_of(one.trim()).expect("a member");
        let members = map.split(',').map(member);
        return Node::Map(members.map(|(key, rest)| (key.to_owned(), inline(rest))).collect());
    }
    Node::Text(text.trim_matches('"').to_owned())
}

/// The logical id of a function.
fn logical(function: &str) -> String {
    function[..1].to_uppercase() + &function[1..]
}

/// The policies of a function: the names of those that it shares, and its own statements.
pub(crate) fn policies(function: &str) -> (Vec<String>, Vec<Node>) {
    let policies = under(&logical(function), "Policies").expect("every function has policies");
    let (shared, own): (Vec<_>, Vec<_>) =
        policies.nodes().iter().partition(|node| matches!(node, Node::Text(_)));
    let shared = shared.iter().flat_map(|node| node.texts()).map(str::to_owned).collect();
    let statements = own
        .iter()
        .flat_map(|document| document.get("Statement").expect("statements").nodes().to_vec());
    (shared, statements.collect())
}

/// The rights that a function's own policies grant.
///
/// A request that names several keys is held against one statement after the other, as a whole, so
/// all partitions of an action and a table have to stand in one.
pub(crate) fn granted(function: &str) -> BTreeSet<Right> {
    let (mut all, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for statement in policies(function).1 {
        let rights = rights(function, &statement);
        let here: BTreeSet<_> =
            rights.iter().map(|right| (right.action.clone(), right.resource.clone())).collect();
        for pair in here {
            assert!(pairs.insert(pair.clone()), "{function}: {pair:?} stands in two statements");
        }
        all.extend(rights);
    }
    all
}

/// The rights that a statement grants; it says no more than `Right` can say.
fn rights(function: &str, statement: &Node) -> Vec<Right> {
    let known = ["Sid", "Effect", "Action", "Resource", "Condition"];
    let strange = statement.members().iter().find(|(key, _)| !known.contains(&key.as_str()));
    assert!(strange.is_none(), "{function}: {strange:?}");
    let texts = |key| statement.get(key).unwrap_or_else(|| panic!("no {key}")).texts();
    assert_eq!(texts("Effect"), ["Allow"], "{function}: what is denied is in Bounds");
    let (narrowed, within) = narrowing(statement.get("Condition"));
    let mut rights = Vec::new();
    for action in texts("Action") {
        for resource in texts("Resource") {
            let arn = resource.trim_start_matches("!GetAtt ").trim_start_matches("!Sub ");
            let arn = arn.replace("${RestoredRecords}", "").replace("${RestoredKeys}", "");
            let arn = arn.replace(['$', '{', '}'], "").replacen(".Arn", "", 1);
            rights.extend(narrowed.iter().map(|narrowed| Right {
                function: function.to_owned(),
                action: action.to_owned(),
                resource: arn.clone(),
                narrowed: narrowed.clone(),
                within: within.clone(),
            }));
        }
    }
    rights
}

/// What a condition narrows a statement to, and the operation that it has to be a part of.
fn narrowing(condition: Option<&Node>) -> (Vec<String>, String) {
    let (mut narrowed, mut within) = (vec!["*".to_owned()], "-".to_owned());
    for (operator, keys) in condition.iter().flat_map(|node| node.members()) {
        for (key, values) in keys.members() {
            let values: Vec<_> = values.texts().into_iter().map(str::to_owned).collect();
            match (operator.as_str(), key.as_str()) {
                ("ForAllValues:StringLike", "dynamodb:LeadingKeys")
                | ("StringEquals", "kms:EncryptionContext:use") => narrowed = values,
                ("ForAnyValue:StringEquals", "dynamodb:EnclosingOperation") => {
                    assert_eq!(values, [TRANSACTION]);
                    values[0].clone_into(&mut within);
                }
                ("StringEquals", "kms:EncryptionContext:service") => {
                    assert_eq!(values, ["personal-center"]);
                }
                ("StringEquals", "kms:EncryptionContext:stage") => {
                    assert_eq!(values, ["!Ref Stage"]);
                }
                other => panic!("a condition that nobody reads: {other:?}"),
            }
        }
    }
    (narrowed, within)
}
