//! Points in time, in whole seconds since 1970-01-01T00:00:00Z.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// A point in time, to the second.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Makes a point in time from seconds since 1970-01-01T00:00:00Z.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn secs(self) -> i64 {
        self.0
    }

    /// This point in time, later by `by`.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX)))
    }

    /// This point in time, earlier by `by`.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_secs()).unwrap_or(i64::MAX)))
    }

    /// RFC 3339, in UTC.
    pub fn rfc3339(self) -> String {
        self.to_string()
    }

    /// The calendar year and month (1 to 12), in UTC.
    pub fn year_month(self) -> (i32, u8) {
        let date = self.date_time();
        (date.year(), u8::from(date.month()))
    }

    /// The calendar day in Asia/Shanghai, which is eight hours ahead of UTC all year.
    pub fn shanghai_day(self) -> Date {
        self.plus(hours(8)).date_time().date()
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.date_time().format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

/// Whether a text is a day of the calendar, `2030-02-28`.
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && Date::parse(text, format_description!("[year]-[month]-[day]")).is_ok()
}

/// Days, as a duration.
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 86_400)
}

/// Hours, as a duration.
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 3_600)
}

/// Minutes, as a duration.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_reads_as_rfc_3339_in_utc() {
        assert_eq!(Timestamp::from_secs(1_660_608_000).rfc3339(), "2022-08-16T00:00:00Z");
        assert_eq!(Timestamp::from_secs(1_660_608_000).year_month(), (2022, 8));
    }

    #[test]
    fn a_day_in_shanghai_begins_at_four_in_the_afternoon_utc() {
        let day = |secs| Timestamp::from_secs(secs).shanghai_day().to_string();
        assert_eq!(day(1_660_665_599), "2022-08-16");
        assert_eq!(day(1_660_665_600), "2022-08-17");
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert!(["2028-02-29", "2030-12-31", "0001-01-01"].into_iter().all(is_day));
        let none =
            ["", "2030-02-30", "2030-02-29", "2030-13-01", "2030-00-10", "2030-1-01", "30-01-01"];
        let text = ["2030-01-01 ", "+2030-01-1", "2030/01/01", "2030-01-01T00:00:00Z", "２０３０"];
        assert!(!none.into_iter().chain(text).any(is_day));
    }

    #[test]
    fn arithmetic_never_overflows() {
        assert_eq!(Timestamp::from_secs(i64::MAX).plus(days(1)).secs(), i64::MAX);
        assert_eq!(Timestamp::from_secs(0).minus(hours(1)).secs(), -3_600);
    }
}
