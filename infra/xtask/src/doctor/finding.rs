//! One thing that the doctor found, and what to do about it.

use std::fmt;

/// How much a finding weighs, from what is fine to what is not.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Weight {
    /// As it should be.
    Fine,
    /// To be known, and no more.
    Note,
    /// To be put right.
    Wrong,
}

/// A finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    pub(crate) weight: Weight,
    /// What it is about, in one line.
    pub(crate) what: String,
    /// What to do or to type; empty where there is nothing.
    pub(crate) advice: String,
}

impl Finding {
    pub(crate) fn fine(what: impl Into<String>) -> Self {
        Self { weight: Weight::Fine, what: what.into(), advice: String::new() }
    }

    pub(crate) fn note(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { weight: Weight::Note, what: what.into(), advice: advice.into() }
    }

    pub(crate) fn wrong(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { weight: Weight::Wrong, what: what.into(), advice: advice.into() }
    }

    /// Fine where `what` holds, as it is said; else wrong.
    pub(crate) fn check(holds: bool, what: impl Into<String>, advice: impl Into<String>) -> Self {
        let what = what.into();
        if holds { Self::fine(what) } else { Self::wrong(format!("not so: {what}"), advice) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.weight {
            Weight::Fine => "ok",
            Weight::Note => "note",
            Weight::Wrong => "WRONG",
        };
        writeln!(f, "  {mark:<7}{}", self.what)?;
        self.advice.lines().try_for_each(|line| writeln!(f, "         {line}"))
    }
}
