//! The script: which call meets which fault.

use super::record::{Call, Key};
use std::{ops::Range, time::Duration};

/// What can go wrong with a call.
///
/// A fault that has no meaning for an operation leaves the call alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection is refused; the request is not sent.
    RefuseBefore,
    /// The request is sent and its effect lands; the connection breaks before the answer.
    FailAfter,
    /// The service refuses for its rate; nothing lands.
    Throttle,
    /// The service answers 500; nothing lands. (For a 500 after the effect, see `FailAfter`.)
    ServerError,
    /// The effect lands at once, the answer comes this much later; where that is longer than the
    /// client's read timeout, the timeout comes instead.
    Delay(Duration),
    /// The effect lands and the answer's head arrives; reading its body fails.
    CutConnection,
    /// A write, or a transaction of either kind, meets another transaction on its first row.
    Conflict,
    /// A `BatchGetItem` of several keys leaves the later half of them unprocessed.
    Unprocessed,
    /// A `BatchGetItem` is caught between: one row from before its latest change, the others from
    /// after, however consistent the read. The row is this one, or else the one that changed last
    /// (the first asked for, where a transaction changed several).
    Torn(Option<Key>),
    /// A read that did not ask for consistency answers from before the latest change of each row;
    /// on an index, from before the latest write.
    StaleRead,
    /// A read that did not ask for consistency misses the newest row: of those that have not
    /// changed since they were made, the last made.
    HideItem,
}

impl Fault {
    fn suits(&self, call: &Call) -> bool {
        let operation = call.operation.as_str();
        match self {
            Self::RefuseBefore
            | Self::FailAfter
            | Self::Throttle
            | Self::ServerError
            | Self::Delay(_)
            | Self::CutConnection => true,
            Self::Conflict => matches!(
                operation,
                "TransactWriteItems" | "TransactGetItems" | "PutItem" | "UpdateItem" | "DeleteItem"
            ),
            Self::Unprocessed | Self::Torn(_) => operation == "BatchGetItem",
            Self::StaleRead | Self::HideItem => {
                !call.consistent
                    && matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan")
            }
        }
    }

    /// Whether it only changes what a read says, and so can find nothing to change.
    pub(super) fn distorts(&self) -> bool {
        matches!(self, Self::Unprocessed | Self::Torn(_) | Self::StaleRead | Self::HideItem)
    }
}

/// Scripted faults first, in the order they were set; then the dice.
#[derive(Default)]
pub(super) struct Script {
    rules: Vec<Rule>,
    dice: Option<Dice>,
}

struct Rule {
    operation: Option<String>,
    calls: Range<usize>,
    seen: usize,
    fault: Fault,
}

impl Script {
    pub(super) fn add(&mut self, operation: Option<&str>, calls: Range<usize>, fault: Fault) {
        let operation = operation.map(str::to_owned);
        self.rules.push(Rule { operation, calls, seen: 0, fault });
    }

    pub(super) fn roll(&mut self, seed: u64, probability: f64) {
        self.dice = Some(Dice { state: seed, probability });
    }

    /// Counts this call in every rule, and says what it meets.
    pub(super) fn next(&mut self, call: &Call) -> Option<Fault> {
        let mut met = None;
        for rule in &mut self.rules {
            if rule.count(call) && met.is_none() {
                met = Some(rule.fault.clone());
            }
        }
        met.or_else(|| self.dice.as_mut()?.fault(call))
    }
}

impl Rule {
    fn count(&mut self, call: &Call) -> bool {
        if self.operation.as_ref().is_some_and(|operation| *operation != call.operation) {
            return false;
        }
        let number = self.seen;
        self.seen += 1;
        self.calls.contains(&number) && self.fault.suits(call)
    }
}

/// A `SplitMix64` generator and how often it strikes.
struct Dice {
    state: u64,
    probability: f64,
}

impl Dice {
    fn fault(&mut self, call: &Call) -> Option<Fault> {
        let [a, b, c, d, choice, delay_ms, ..] = self.next().to_be_bytes();
        if f64::from(u32::from_be_bytes([a, b, c, d])) >= self.probability * 2f64.powi(32) {
            return None;
        }
        let all = [
            Fault::RefuseBefore,
            Fault::FailAfter,
            Fault::Throttle,
            Fault::ServerError,
            Fault::Delay(Duration::from_millis(u64::from(delay_ms) / 8)),
            Fault::CutConnection,
            Fault::Conflict,
            Fault::Unprocessed,
            Fault::Torn(None),
            Fault::StaleRead,
            Fault::HideItem,
        ];
        let suiting = all.into_iter().filter(|fault| fault.suits(call)).collect::<Vec<_>>();
        suiting.get(usize::from(choice) % suiting.len()).cloned()
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
