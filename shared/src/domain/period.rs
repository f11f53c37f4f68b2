//! Calendar periods whose entries share a key and end together (C-2.3, C-5.2).

use super::retention::table::{EVIDENCE_YEARS, LOG_MONTHS};
use super::time::Timestamp;
use std::fmt;

/// A period: everyone's entries of that time are sealed under its key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Period {
    /// Network and security logs of a month (1 to 12).
    Logs {
        /// Calendar year.
        year: i32,
        /// Month, 1 to 12.
        month: u8,
    },
    /// Ledger facts and consent evidence of a year.
    Evidence {
        /// Calendar year.
        year: i32,
    },
}

impl Period {
    /// The month of logs that a point in time falls into.
    pub fn logs(at: Timestamp) -> Self {
        let (year, month) = at.year_month();
        Self::Logs { year, month }
    }

    /// The year of evidence that a point in time falls into.
    pub fn evidence(at: Timestamp) -> Self {
        Self::Evidence { year: at.year_month().0 }
    }

    /// When the key of the period goes, and with it every entry.
    pub fn ends(self) -> Timestamp {
        match self {
            Self::Logs { year, month } => {
                let months = year * 12 + i32::from(month) - 1 + 1 + LOG_MONTHS;
                month_start(months.div_euclid(12), months.rem_euclid(12) + 1)
            }
            Self::Evidence { year } => month_start(year + 1 + EVIDENCE_YEARS, 1),
        }
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("logs#") {
            let (year, month) = rest.split_once('-')?;
            let (year, month) = (year.parse().ok()?, month.parse().ok()?);
            return (1..=12).contains(&month).then_some(Self::Logs { year, month });
        }
        let year = text.strip_prefix("evidence#")?.parse().ok()?;
        Some(Self::Evidence { year })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logs { year, month } => write!(f, "logs#{year:04}-{month:02}"),
            Self::Evidence { year } => write!(f, "evidence#{year:04}"),
        }
    }
}

/// The first second of a month, in UTC.
fn month_start(year: i32, month: i32) -> Timestamp {
    let month = u8::try_from(month).ok().and_then(|m| time::Month::try_from(m).ok());
    let date = month.and_then(|m| time::Date::from_calendar_date(year, m, 1).ok());
    let secs = date.map_or(i64::MAX, |d| d.midnight().assume_utc().unix_timestamp());
    Timestamp::from_secs(secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_2_3_a_month_of_logs_ends_six_months_after_it() {
        let november = Period::Logs { year: 2026, month: 11 };
        assert_eq!(november.ends().rfc3339(), "2027-06-01T00:00:00Z");
        let june = Period::Logs { year: 2026, month: 6 };
        assert_eq!(june.ends().rfc3339(), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn c_5_2_a_year_of_evidence_ends_three_years_after_it() {
        assert_eq!(Period::Evidence { year: 2026 }.ends().rfc3339(), "2030-01-01T00:00:00Z");
    }

    #[test]
    fn the_text_form_reads_back() {
        for period in [Period::Logs { year: 2026, month: 1 }, Period::Evidence { year: 2026 }] {
            assert_eq!(Period::parse(&period.to_string()), Some(period));
        }
        assert_eq!(Period::parse("logs#2026-13"), None);
    }
}
