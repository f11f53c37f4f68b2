//! The values of limits as they apply in this very process: from the code and its settings.

use serde::Serialize;
use shared::config::Config;
use shared::domain::clauses::Limit;
use shared::domain::contact::change::HELD;
use shared::domain::limit::{
    AUTHORIZATION_VALID, CANCELLATIONS, CODE_TRIES, CODE_VALID, COPY_READS, EXPORTS, FACTOR_TRIES,
    LIVE_CODES, LOGIN_TRIES, LOGIN_TRIES_DAY, LOGIN_TRIES_HOUR, PASSWORD_CHANGES, PASSWORD_TRIES,
    SENDS_PER_ADDRESS, TOLD, Window,
};
use shared::domain::locale::Locale;
use shared::domain::retention::table::{
    EVIDENCE_YEARS, FIRST_NOTICE_DAYS, KEY_RECOVERY_HOURS, LAST_NOTICE_DAYS, LIMIT_HOURS,
    LOG_MONTHS, MESSAGE_HOURS, RECOVERY_DAYS, REPEAT_HOURS,
};
use shared::domain::time::{days, hours};
use std::time::Duration;
use utoipa::ToSchema;

/// A limit and its value now.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveLimit)]
pub(crate) struct Live {
    /// Its name.
    limit: &'static str,
    /// What it limits.
    what: &'static str,
    /// Its value.
    value: i64,
    /// The unit of the value: `times`, `seconds`, `months` or `years`.
    unit: &'static str,
    /// The seconds that the times count for, where they do not count for good.
    within_seconds: Option<u64>,
}

/// A limit with its value, for a reader of a language.
pub(crate) fn live(limit: Limit, config: &Config, locale: Locale) -> Live {
    let (name, what) = limit.spec();
    let (value, unit, within) = value(limit, config);
    let within_seconds = within.map(|within| within.as_secs());
    Live { limit: name, what: what.of(locale), value, unit, within_seconds }
}

type Value = (i64, &'static str, Option<Duration>);

fn value(limit: Limit, config: &Config) -> Value {
    let sessions = &config.sessions;
    match limit {
        Limit::CodeValid => lasts(CODE_VALID),
        Limit::AuthorizationValid => lasts(AUTHORIZATION_VALID),
        Limit::CodeTries => (CODE_TRIES, "times", None),
        Limit::LiveCodes => most(LIVE_CODES),
        Limit::SendsPerAddress => most(SENDS_PER_ADDRESS),
        Limit::SendsPerSource | Limit::AuthorizationsPerSource => most(config.sends_per_source),
        Limit::LoginTries => most(LOGIN_TRIES),
        Limit::LoginTriesHour => most(LOGIN_TRIES_HOUR),
        Limit::LoginTriesDay => most(LOGIN_TRIES_DAY),
        Limit::SourceTries => most(config.tries_per_source),
        Limit::SourceTriesHour => most(config.tries_per_source_hour),
        Limit::PasswordTries => most(PASSWORD_TRIES),
        Limit::FactorTries => most(FACTOR_TRIES[1]),
        Limit::MaxSessions => (count(config.max_sessions), "times", None),
        Limit::SessionIdle => lasts(sessions.idle),
        Limit::SessionIdleRemembered => lasts(sessions.idle_remembered),
        Limit::SessionAbsolute => lasts(sessions.absolute),
        Limit::SessionAbsoluteRemembered => lasts(sessions.absolute_remembered),
        Limit::SessionFresh => lasts(sessions.fresh),
        Limit::CoolingOff => lasts(config.cooling_off),
        Limit::LogMonths => (LOG_MONTHS.into(), "months", None),
        Limit::EvidenceYears => (EVIDENCE_YEARS.into(), "years", None),
        Limit::MessageKept => lasts(hours(u64::from(MESSAGE_HOURS))),
        Limit::KeyRecovery => lasts(hours(u64::from(KEY_RECOVERY_HOURS))),
        Limit::Recovery => lasts(days(u64::from(RECOVERY_DAYS))),
        Limit::CounterKept => lasts(hours(u64::from(LIMIT_HOURS))),
        Limit::RepeatKept => lasts(hours(u64::from(REPEAT_HOURS))),
        Limit::Unused => lasts(config.unused.unwrap_or_default()),
        Limit::FirstNotice => lasts(days(u64::from(FIRST_NOTICE_DAYS))),
        Limit::LastNotice => lasts(days(u64::from(LAST_NOTICE_DAYS))),
        Limit::ContactHeld => lasts(HELD),
        Limit::Copies => most(EXPORTS),
        Limit::CopyReads => most(COPY_READS),
        Limit::Told => most(TOLD),
        Limit::PasswordChanges => most(PASSWORD_CHANGES),
        Limit::Cancellations => most(CANCELLATIONS),
        Limit::ErasuresPerHour => (config.erasures_per_hour.into(), "times", Some(hours(1))),
    }
}

fn lasts(time: Duration) -> Value {
    (i64::try_from(time.as_secs()).unwrap_or(i64::MAX), "seconds", None)
}

fn most(window: Window) -> Value {
    (count(window.most), "times", Some(window.within))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::retention::table::{Length, PERIODS};
    use std::collections::HashSet;

    #[test]
    fn c_8_4_the_cooling_off_that_is_shown_is_the_one_that_is_set() {
        let config = Config { cooling_off: days(3), ..Config::local() };
        let shown = live(Limit::CoolingOff, &config, Locale::En);
        assert_eq!((shown.value, shown.unit), (259_200, "seconds"));
        let shown = live(Limit::SendsPerSource, &config, Locale::En);
        assert_eq!((shown.value, shown.within_seconds), (10_000, Some(3_600)));
    }

    #[test]
    fn c_5_2_every_period_is_shown_at_its_length() {
        for line in PERIODS {
            let shown = live(line.limit, &Config::local(), Locale::En);
            let expected = match line.length {
                Length::Minutes(n) => (i64::from(n) * 60, "seconds"),
                Length::Hours(n) => (i64::from(n) * 3_600, "seconds"),
                Length::Days(n) => (i64::from(n) * 86_400, "seconds"),
                Length::Months(n) => (n.into(), "months"),
                Length::Years(n) => (n.into(), "years"),
            };
            assert_eq!((shown.value, shown.unit), expected, "{}", line.what.en);
        }
    }

    #[test]
    fn c_7_3_every_window_of_the_code_is_shown() {
        let (shown, _tests) = include_str!("limits.rs").split_once("#[cfg(test)]").expect("tests");
        let constants = include_str!("../../../shared/src/domain/limit.rs");
        let settings = include_str!("../../../shared/src/config.rs");
        let windows = |text: &'static str, prefix: &'static str, end: &'static str| {
            text.lines().filter_map(move |line| line.trim().strip_prefix(prefix)?.split_once(end))
        };
        let constants = windows(constants, "pub const ", ": Window =");
        let settings = windows(settings, "pub ", ": Window,");
        let constants = constants.map(|(name, _)| format!("most({name})"));
        let names: Vec<_> =
            constants.chain(settings.map(|(name, _)| format!("most(config.{name})"))).collect();
        assert!(names.len() >= 6, "they are found: {names:?}");
        for name in names {
            assert!(shown.contains(&name), "{name} is no limit of a clause");
        }
    }

    #[test]
    fn every_limit_has_a_name_of_its_own() {
        let names: HashSet<_> = Limit::ALL.iter().map(|limit| limit.spec().0).collect();
        assert_eq!(names.len(), Limit::ALL.len());
    }
}
