//! Verifying an export of the ledger, without access to the store.

use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::store::{Attr, Row};
use crate::vault::prefixed;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A line of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    /// An entry of a chain.
    Entry(Entry),
    /// The head of a chain: how many entries it has, and the hash of the last.
    Head(Head),
}

/// An entry, as it is exported.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The chain.
    pub chain: String,
    /// Its place, from 1.
    pub sequence: u64,
    /// What was done.
    pub action: String,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Who: `self`, or the id of a job, service or staff member.
    pub actor: String,
    /// The sealed facts, base64.
    pub sealed: String,
    /// The hash before, hex.
    pub previous: String,
    /// The hash, hex.
    pub hash: String,
}

/// The head of a chain, as it is exported.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The chain.
    pub chain: String,
    /// How many entries it has.
    pub sequence: u64,
    /// The hash of the last one, hex.
    pub hash: String,
    /// Where the entries begin, where the first ones have left at the end of their year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Base>,
}

/// Where the entries of a chain begin that are still kept.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// The place of the first of them.
    pub sequence: u64,
    /// The hash before it, hex.
    pub previous: String,
}

impl Head {
    /// The head of a chain, with where it begins now.
    pub fn of(chain: super::Chain, now: Timestamp) -> Self {
        let from = chain.base(now);
        Self { chain: chain.chain, sequence: chain.sequence, hash: chain.last_hash, from }
    }

    /// The place of the first entry that is kept.
    fn first(&self) -> u64 {
        self.from.as_ref().map_or(1, |base| base.sequence)
    }

    /// Whether no entry is kept: the one to come would follow the last.
    fn is_bare(&self) -> bool {
        self.from.as_ref().is_some_and(|base| {
            base.sequence.checked_sub(1) == Some(self.sequence) && base.previous == self.hash
        })
    }
}

impl Entry {
    /// Reads an entry's row.
    ///
    /// # Errors
    ///
    /// `Corrupt` where an attribute is missing or malformed.
    pub fn read(row: &Row) -> Result<Self> {
        let chain = row.key.pk.strip_prefix("chain#").ok_or_else(|| row.corrupt(Attr::Sequence))?;
        let sequence = u64::try_from(row.number(Attr::Sequence)?);
        Ok(Self {
            chain: chain.to_owned(),
            sequence: sequence.map_err(|_| row.corrupt(Attr::Sequence))?,
            action: row.text(Attr::Action)?.to_owned(),
            at: row.number(Attr::At)?,
            actor: row.text(Attr::Actor).unwrap_or("self").to_owned(),
            sealed: BASE64.encode(row.bytes(Attr::Sealed)?),
            previous: HEXLOWER.encode(row.bytes(Attr::Previous)?),
            hash: HEXLOWER.encode(row.bytes(Attr::Hash)?),
        })
    }
}

/// The hash of an entry: over the hash before, its clear attributes and its sealed bytes.
pub fn hash(entry: &Entry) -> Vec<u8> {
    let mut input = Vec::with_capacity(512);
    prefixed(&mut input, entry.previous.as_bytes());
    prefixed(&mut input, entry.chain.as_bytes());
    prefixed(&mut input, &entry.sequence.to_be_bytes());
    prefixed(&mut input, entry.action.as_bytes());
    prefixed(&mut input, &entry.at.to_be_bytes());
    prefixed(&mut input, entry.actor.as_bytes());
    prefixed(&mut input, entry.sealed.as_bytes());
    digest(&SHA256, &input).as_ref().to_vec()
}

/// The hash before a chain's first entry: of the chain's id, so that chains cannot swap beginnings.
pub(super) fn origin(chain: &str) -> String {
    let id = format!("personal-center ledger chain {chain}");
    HEXLOWER.encode(digest(&SHA256, id.as_bytes()).as_ref())
}

/// Something that is wrong with an export.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finding {
    /// An entry's content is not what its hash covers, or it does not follow the one before.
    Changed(String, u64),
    /// An entry is not there: the first of a gap.
    Missing(String, u64),
    /// An entry is there that the chain does not know: twice, before its beginning, or beyond the
    /// head.
    Added(String, u64),
    /// An entry stands before one that it follows.
    Reordered(String, u64),
    /// A chain has no head.
    Headless(String),
    /// A line cannot be read.
    Unreadable(usize),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(chain, n) => write!(f, "{chain}: entry {n} was changed"),
            Self::Missing(chain, n) => write!(f, "{chain}: entry {n} is missing"),
            Self::Added(chain, n) => write!(f, "{chain}: entry {n} was added"),
            Self::Reordered(chain, n) => write!(f, "{chain}: entry {n} is out of order"),
            Self::Headless(chain) => write!(f, "{chain}: the chain has no head"),
            Self::Unreadable(n) => write!(f, "line {n} cannot be read"),
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many entries were read.
    pub entries: usize,
    /// How many chains they form.
    pub chains: usize,
    /// What is wrong; empty where all is well.
    pub findings: Vec<Finding>,
}

/// Verifies an export: one JSON object a line.
pub fn verify(export: &str) -> Report {
    let mut report = Report::default();
    let mut chains: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut heads: BTreeMap<String, Head> = BTreeMap::new();
    for (number, line) in export.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(Line::Entry(entry)) => chains.entry(entry.chain.clone()).or_default().push(entry),
            Ok(Line::Head(head)) => {
                if let Some(twice) = heads.insert(head.chain.clone(), head) {
                    report.findings.push(Finding::Added(twice.chain, twice.sequence));
                }
            }
            Err(_) => report.findings.push(Finding::Unreadable(number + 1)),
        }
    }
    for (chain, head) in
        heads.iter().filter(|(c, head)| !chains.contains_key(*c) && !head.is_bare())
    {
        report.findings.push(Finding::Missing(chain.clone(), head.first()));
    }
    for (chain, entries) in &chains {
        report.entries += entries.len();
        report.chains += 1;
        report.findings.append(&mut verify_chain(chain, entries, heads.get(chain)));
    }
    report
}

fn verify_chain(chain: &str, entries: &[Entry], head: Option<&Head>) -> Vec<Finding> {
    let name = || chain.to_owned();
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut highest = 0;
    let mut by_place: BTreeMap<u64, &Entry> = BTreeMap::new();
    for entry in entries {
        if !seen.insert(entry.sequence) {
            findings.push(Finding::Added(name(), entry.sequence));
            continue;
        }
        if entry.sequence < highest {
            findings.push(Finding::Reordered(name(), entry.sequence));
        }
        highest = highest.max(entry.sequence);
        by_place.insert(entry.sequence, entry);
    }
    let last = head.map_or(highest, |h| h.sequence);
    // A chain begins where its head says, and nowhere else.
    let from = head.and_then(|head| head.from.as_ref()).filter(|base| base.sequence > 1);
    let first = from.map_or(1, |base| base.sequence);
    let before = from.map_or_else(|| origin(chain), |base| base.previous.clone());
    let early = by_place.range(..first).map(|(place, _)| Finding::Added(name(), *place));
    findings.extend(early);
    let (mut previous, mut expected) = (Some(before), first);
    for (&place, entry) in by_place.range(first..) {
        if place != expected && expected <= last {
            findings.push(Finding::Missing(name(), expected));
            previous = None;
        }
        let content = HEXLOWER.encode(&hash(entry)) == entry.hash;
        let follows = previous.as_ref().is_none_or(|p| *p == entry.previous);
        let ends = head.is_none_or(|h| place != h.sequence || h.hash == entry.hash);
        if place > last {
            findings.push(Finding::Added(name(), place));
        } else if !(content && follows && ends) {
            findings.push(Finding::Changed(name(), place));
        }
        previous = Some(entry.hash.clone());
        expected = place.saturating_add(1);
    }
    if expected <= last {
        findings.push(Finding::Missing(name(), expected));
    }
    if head.is_none() {
        findings.push(Finding::Headless(name()));
    }
    findings
}
