//! Retention, explained: when a row ends, and on which ground, by the longest of what C-5.2 names.
//!
//! What a person reads about their own data, the copy and the check of five years ask [`end`]. The
//! sweep asks `deadline`, which takes the end of an unused account from [`unused_end`], as this
//! does. Rows carry the end that they were written with. Tests hold that these agree: for any
//! account an erasure is due when this says that it ends, and no row says an end of its own that
//! this does not.

mod account;
mod rule;
pub mod table;

pub use account::{Account, unused_end};
pub use rule::Retention;

use super::locale::{Locale, Text, text};
use super::period::Period;
use super::time::{Timestamp, hours, minutes};

/// Why a row is still kept (C-5.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ground {
    /// The function that the person agreed to is not complete.
    Function,
    /// The person agreed to a longer period; to come.
    LongerAgreed,
    /// There is a special agreement; to come.
    SpecialAgreement,
    /// The law demands it.
    Law,
    /// A legal hold, with a ground and an end of its own; to come.
    Hold,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 5] =
        [Self::Function, Self::LongerAgreed, Self::SpecialAgreement, Self::Law, Self::Hold];

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::LongerAgreed => "longer_agreed",
            Self::SpecialAgreement => "special_agreement",
            Self::Law => "law",
            Self::Hold => "hold",
        }
    }

    /// What sets it; of what nothing sets yet, what will.
    pub const fn set_by(self) -> &'static str {
        match self {
            Self::Function | Self::Law => "the declaration of the kind of row",
            Self::LongerAgreed | Self::SpecialAgreement => {
                "nothing yet: agreements on a period come with the services of the platform"
            }
            Self::Hold => "nothing yet: legal holds come with staff accounts",
        }
    }

    /// The ground in words.
    pub const fn words(self) -> Text {
        match self {
            Self::Function => {
                text("The function that you agreed to needs it.", "您同意使用的功能仍需要该信息。")
            }
            Self::LongerAgreed => {
                text("You agreed to a longer period.", "您已同意更长的保存期限。")
            }
            Self::SpecialAgreement => {
                text("A special agreement says so.", "根据与您的特别约定保存。")
            }
            Self::Law => text("The law demands that it is kept.", "法律要求保存。"),
            Self::Hold => text("A legal hold keeps it.", "因法律保全而保存。"),
        }
    }
}

/// Until when something is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Until {
    /// A date that is fixed.
    At(Timestamp),
    /// As long as the account is used; the date where nobody logs in again, if that ends it.
    Used(Option<Timestamp>),
    /// For good: it holds nothing personal.
    Never,
}

impl Until {
    /// The date, as things stand now.
    pub const fn date(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Used(at) => at,
            Self::Never => None,
        }
    }

    /// Whether the end has come by `now`, as things stand.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.date().is_some_and(|at| at <= now)
    }

    /// Whether this is later than another end.
    fn is_after(self, other: Self) -> bool {
        match (self.date(), other.date()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(one), Some(other)) => one > other,
        }
    }

    /// The end in words.
    pub fn words(self, locale: Locale) -> String {
        let filled = |words: Text, at: Timestamp| words.of(locale).replace("{0}", &at.rfc3339());
        match self {
            Self::At(at) => filled(text("until {0}", "至 {0}"), at),
            Self::Used(Some(at)) => filled(
                text(
                    "as long as the account is used; if you do not log in again: until {0}",
                    "与账号使用期相同；如您不再登录：至 {0}",
                ),
                at,
            ),
            Self::Used(None) => text("as long as the account", "与账号同期").of(locale).to_owned(),
            Self::Never => {
                text("for good; nothing personal", "长期；不含个人信息").of(locale).to_owned()
            }
        }
    }
}

/// When something ends, and why it is kept until then.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct End {
    /// Why it is kept.
    pub ground: Ground,
    /// Until when.
    pub until: Until,
}

/// Ends beyond the function and the law. Nothing stores any of them yet ([`Ground::set_by`]); what
/// stores the first has to tell `deadline` of it too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beyond {
    /// The end of a longer period that the person agreed to.
    pub agreed: Option<Timestamp>,
    /// The end of a special agreement.
    pub special: Option<Timestamp>,
    /// The end of a legal hold.
    pub hold: Option<Timestamp>,
}

/// What the end of a row is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The rule of its kind.
    pub rule: Retention,
    /// When it was made.
    pub made_at: Timestamp,
    /// An end of its own: of a session, a code, a message, or of what a key opens.
    pub own_end: Option<Timestamp>,
    /// The account that it belongs to.
    pub account: Option<Account>,
    /// What else keeps it.
    pub beyond: Beyond,
}

impl Facts {
    /// Facts about a row of this rule, made at this time, without anything particular.
    pub fn of(rule: Retention, made_at: Timestamp) -> Self {
        Self { rule, made_at, own_end: None, account: None, beyond: Beyond::default() }
    }
}

/// When a row ends: the longest of the grounds of C-5.2, the first of equals.
pub fn end(facts: &Facts) -> End {
    let at = |end: Option<Timestamp>| end.map(Until::At);
    let grounds = [
        (Ground::Function, function(facts)),
        (Ground::LongerAgreed, at(facts.beyond.agreed)),
        (Ground::SpecialAgreement, at(facts.beyond.special)),
        (Ground::Law, at(law(facts))),
        (Ground::Hold, at(facts.beyond.hold)),
    ];
    // What no ground keeps has no reason to be there: it ended when it was made.
    let nothing = End { ground: Ground::Function, until: Until::At(facts.made_at) };
    let known = grounds.into_iter().filter_map(|(ground, until)| Some((ground, until?)));
    known.fold(
        nothing,
        |longest, (ground, until)| {
            if until.is_after(longest.until) { End { ground, until } } else { longest }
        },
    )
}

/// When evidence ends of what holds until the account ends: with the years after that.
pub fn evidence_end(account: Account) -> End {
    let after = |at: Timestamp| Period::evidence(at).ends();
    let until = match account.ends() {
        Until::At(at) => Until::At(after(at)),
        Until::Used(at) => Until::Used(at.map(after)),
        Until::Never => Until::Never,
    };
    End { ground: Ground::Law, until }
}

/// When the function is complete that the row serves.
fn function(facts: &Facts) -> Option<Until> {
    let account = facts.account.map(|account| account.ends());
    let own = |length| Until::At(facts.own_end.unwrap_or_else(|| facts.made_at.plus(length)));
    match facts.rule {
        Retention::Account => account,
        // What ends by itself ends with the account at the latest.
        Retention::OwnEnd | Retention::WithItsOwner => match (facts.own_end, account) {
            (Some(own), Some(account)) if Until::At(own).is_after(account) => Some(account),
            (Some(own), _) => Some(Until::At(own)),
            (None, account) => account,
        },
        Retention::Minutes(n) => Some(own(minutes(u64::from(n)))),
        Retention::Hours(n) => Some(own(hours(u64::from(n)))),
        Retention::Permanent => Some(facts.own_end.map_or(Until::Never, Until::At)),
        Retention::Logs | Retention::Evidence => None,
    }
}

/// Until when the law demands it.
fn law(facts: &Facts) -> Option<Timestamp> {
    match facts.rule {
        Retention::Logs => Some(Period::logs(facts.made_at).ends()),
        Retention::Evidence => Some(Period::evidence(facts.made_at).ends()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
