//! The settings, read once, typed, every fault reported together.

mod place;

use crate::domain::limit::Window;
use crate::domain::residency::Residency;
use crate::domain::retention::table::{COOLING_OFF_DAYS, UNUSED_DAYS};
use crate::domain::time::{days, hours, minutes};
use crate::error::{Error, Kind, Result};
use crate::vault::password::Cost;
use std::time::Duration;

/// Erasures in an hour that the brake lets pass, where the deployment does not say otherwise.
const ERASURES_PER_HOUR: u32 = 200;
/// Failed log-ins of one source: few people behind one address, or one person with many names.
const TRIES_PER_SOURCE: Window = Window { most: 30, within: minutes(5) };
/// The same in an hour.
const TRIES_PER_SOURCE_HOUR: Window = Window { most: 150, within: hours(1) };
/// The least days without a log-in that can end an account.
const LEAST_UNUSED_DAYS: u32 = 60;

/// Everything that a deployment can set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the stage; part of every KMS encryption context. `PC_STAGE`, no default.
    pub stage: String,
    /// Name of the deployed function, for its metrics. `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets;
    /// `local` elsewhere.
    pub function: String,
    /// The tables' deployed names.
    pub tables: TableNames,
    /// ARN of the vault's KMS key. `PC_VAULT_KEY`, no default.
    pub vault_key: String,
    /// Whether data has to stay in mainland China (C-5.1): a function elsewhere does not start.
    /// `PC_OUTSIDE_MAINLAND`, default `false`; `true` lifts the guard.
    pub residency: Residency,
    /// Where people reach the service, without a slash at the end: the start of every link in a
    /// message. `PC_PUBLIC_URL`, no default.
    pub public_url: String,
    /// Time between a cancellation and the erasure (C-8.4). `PC_COOLING_OFF_DAYS`, default 7 days.
    pub cooling_off: Duration,
    /// Time without a log-in after which an account ends (C-5.3). `PC_UNUSED_DAYS`, default 730
    /// days, at least 60; `None`, set as 0: an account never ends for being unused.
    pub unused: Option<Duration>,
    /// Erasures in an hour after which the brake stops all of them until it is released.
    /// `PC_ERASURES_PER_HOUR`, default 200.
    pub erasures_per_hour: u32,
    /// Codes sent for one source address. `PC_SENDS_PER_SOURCE` an hour, default 60.
    pub sends_per_source: Window,
    /// Tries to log in from one source address that did not succeed. Not settable: 30 in 5 minutes.
    pub tries_per_source: Window,
    /// The same in an hour. Not settable: 150.
    pub tries_per_source_hour: Window,
    /// Sessions that a person can have at a time (C-7.3). `PC_MAX_SESSIONS`, default 5.
    pub max_sessions: usize,
    /// The times a session lasts.
    pub sessions: SessionTimes,
    /// Hashes of passwords that cost less are renewed at a log-in. Not settable: what a new one costs.
    pub least_hash: Cost,
    /// How long unwrapped root keys are kept in memory. Not settable: 5 minutes.
    pub root_cache: Duration,
}

/// The deployed names of the four tables; they are set as ARNs, which tell the region too.
#[derive(Clone, Debug)]
pub struct TableNames {
    /// `PC_TABLE_RECORDS`.
    pub records: String,
    /// `PC_TABLE_KEYS`.
    pub keys: String,
    /// `PC_TABLE_ROOTS`.
    pub roots: String,
    /// `PC_TABLE_LEDGER`.
    pub ledger: String,
}

/// How long a session lasts (C-4.1).
#[derive(Clone, Copy, Debug)]
pub struct SessionTimes {
    /// Unused, not remembered: 12 hours.
    pub idle: Duration,
    /// Unused, remembered: 14 days.
    pub idle_remembered: Duration,
    /// At most, however used: 24 hours, or 30 days when remembered (NIST SP 800-63B-4, AAL1).
    pub absolute: Duration,
    /// At most when remembered.
    pub absolute_remembered: Duration,
    /// How long a proof of identity makes it fresh: 10 minutes.
    pub fresh: Duration,
}

impl Default for SessionTimes {
    fn default() -> Self {
        Self {
            idle: hours(12),
            idle_remembered: days(14),
            absolute: hours(24),
            absolute_remembered: days(30),
            fresh: minutes(10),
        }
    }
}

impl Config {
    /// Settings that need no environment: local mode and tests.
    pub fn local() -> Self {
        Self {
            stage: "local".to_owned(),
            function: "local".to_owned(),
            tables: TableNames {
                records: "Records".to_owned(),
                keys: "Keys".to_owned(),
                roots: "Roots".to_owned(),
                ledger: "Ledger".to_owned(),
            },
            vault_key: String::new(),
            residency: Residency::Kept,
            public_url: "http://127.0.0.1:8080".to_owned(),
            cooling_off: days(u64::from(COOLING_OFF_DAYS)),
            unused: Some(days(u64::from(UNUSED_DAYS))),
            erasures_per_hour: ERASURES_PER_HOUR,
            // Every caller of a local run has the same address.
            sends_per_source: Window { most: 10_000, within: hours(1) },
            tries_per_source: Window { most: 10_000, ..TRIES_PER_SOURCE },
            tries_per_source_hour: Window { most: 10_000, ..TRIES_PER_SOURCE_HOUR },
            max_sessions: 5,
            sessions: SessionTimes::default(),
            least_hash: Cost::NEW,
            root_cache: minutes(5),
        }
    }

    /// Reads the settings through `variable`, which gives the value of a named variable.
    ///
    /// # Errors
    ///
    /// `Config`, naming every setting that is missing or malformed.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut faults = Vec::new();
        let mut text = |name: &'static str| {
            variable(name).filter(|v| !v.is_empty()).unwrap_or_else(|| {
                faults.push(format!("{name} is missing"));
                String::new()
            })
        };
        let (stage, vault_key) = (text("PC_STAGE"), text("PC_VAULT_KEY"));
        let region = text("AWS_REGION");
        let public_url = text("PC_PUBLIC_URL").trim_end_matches('/').to_owned();
        let tables = TableNames {
            records: text("PC_TABLE_RECORDS"),
            keys: text("PC_TABLE_KEYS"),
            roots: text("PC_TABLE_ROOTS"),
            ledger: text("PC_TABLE_LEDGER"),
        };
        let residency = place::residency(&variable, &region, &mut faults);
        let tables = place::tables(tables, &region, &mut faults);
        place::key(&vault_key, &region, &mut faults);
        let mut number =
            |name: &'static str, default: u32, range: std::ops::RangeInclusive<u32>| {
                let Some(value) = variable(name).filter(|v| !v.is_empty()) else { return default };
                value.parse().ok().filter(|n| range.contains(n)).unwrap_or_else(|| {
                    faults.push(format!("{name} is not a number from {range:?}"));
                    default
                })
            };
        let cooling_off = number("PC_COOLING_OFF_DAYS", COOLING_OFF_DAYS, 0..=90);
        let unused = number("PC_UNUSED_DAYS", UNUSED_DAYS, 0..=36_500);
        let erasures_per_hour = number("PC_ERASURES_PER_HOUR", ERASURES_PER_HOUR, 1..=1_000_000);
        let most = number("PC_SENDS_PER_SOURCE", 60, 1..=1_000_000) as usize;
        let max_sessions = number("PC_MAX_SESSIONS", 5, 1..=50) as usize;
        // Two notices have to fit in, the first of them 30 days before the end.
        if (1..LEAST_UNUSED_DAYS).contains(&unused) {
            faults.push(format!("PC_UNUSED_DAYS is neither 0 nor {LEAST_UNUSED_DAYS} or more"));
        }
        if !public_url.is_empty() && !public_url.starts_with("https://") {
            faults.push("PC_PUBLIC_URL does not start with https://".to_owned());
        }
        if !faults.is_empty() {
            return Err(Error::new(Kind::Config, "read the settings").at(faults.join("; ")));
        }
        let sends_per_source = Window { most, within: hours(1) };
        let local = Self::local();
        Ok(Self {
            stage,
            function: variable("AWS_LAMBDA_FUNCTION_NAME").unwrap_or(local.function.clone()),
            tables,
            vault_key,
            residency,
            public_url,
            cooling_off: days(u64::from(cooling_off)),
            unused: (unused > 0).then(|| days(u64::from(unused))),
            erasures_per_hour,
            sends_per_source,
            tries_per_source: TRIES_PER_SOURCE,
            tries_per_source_hour: TRIES_PER_SOURCE_HOUR,
            max_sessions,
            ..local
        })
    }
}

#[cfg(test)]
mod tests;
