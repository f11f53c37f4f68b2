//! A month of the service: uses, units, prices.

use std::collections::BTreeMap;

/// What a call of a route touches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) rows_read: f64,
    pub(crate) rows_written: f64,
}

/// How often a person calls a route in a month, by the parameter of this name.
const USES: &[(&str, &str)] = &[
    ("log_ins", "POST /v1/sessions"),
    ("reads", "GET /v1/me"),
    ("noted_uses", "GET /v1/me the last use is due to be noted"),
    ("corrections", "PATCH /v1/me"),
    ("log_outs", "DELETE /v1/sessions/{id}"),
    ("codes", "POST /v1/verifications address known or not"),
    ("registrations", "POST /v1/accounts"),
    ("cancellations", "POST /v1/me/cancellation without cooling-off: erases at once"),
];

/// Uses after which a message goes out: reading and destroying it is a write more.
const MESSAGES: [&str; 3] = ["codes", "registrations", "cancellations"];

/// Every parameter: name, default, what it is.
const DEFAULTS: &[(&str, f64, &str)] = &[
    ("log_ins", 4.0, "log-ins of a person a month"),
    ("reads", 30.0, "authenticated reads"),
    ("noted_uses", 8.0, "reads that note the last use"),
    ("corrections", 0.1, "corrections of the profile"),
    ("log_outs", 1.0, "sessions ended"),
    ("codes", 0.06, "codes asked for"),
    ("registrations", 0.03, "registrations"),
    ("cancellations", 0.005, "cancellations, erasure included"),
    ("stored_bytes", 12_000.0, "bytes stored for a person, logs and ledger included"),
    ("index_share", 0.1, "writes to a row that is in the due index, of all rows written"),
    ("read_unit", 0.125e-6, "price of a read unit (one consistent read of up to 4 KB)"),
    ("write_unit", 0.625e-6, "price of a write unit (1 KB; a transaction takes two a row)"),
    ("gb_month", 0.25, "price of a GB stored for a month"),
    ("backup_gb_month", 0.2, "price of a GB kept recoverable for a month"),
    ("request", 1.2e-6, "price of a request: gateway and function"),
    ("gb_second", 16.7e-6, "price of a GB-second of a function"),
    ("memory_gb", 0.5, "memory of a function, GB"),
    ("hash_memory_gb", 1.77, "memory of a function that hashes, GB"),
    ("seconds", 0.02, "duration of a request, s"),
    ("hash_seconds", 0.08, "duration of a request with a hash, s"),
    ("kms_key_month", 1.0, "price of a KMS key; there are two"),
    ("kms_call", 3e-6, "price of a KMS call"),
    ("environments", 20.0, "environments warm at a time, each unwrapping two roots every 5 min"),
];

/// The parameters of a model.
pub(crate) struct Parameters(BTreeMap<&'static str, f64>);

impl Parameters {
    /// The defaults, with what was given as `name=value` in their place.
    pub(crate) fn with(given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut values: BTreeMap<_, _> =
            DEFAULTS.iter().map(|(name, value, _)| (*name, *value)).collect();
        for text in given {
            let (name, value) =
                text.split_once('=').ok_or_else(|| format!("`{text}` is not name=value"))?;
            let known = DEFAULTS.iter().find(|(known, ..)| *known == name);
            let (known, ..) = known.ok_or_else(|| {
                let names: Vec<_> = DEFAULTS.iter().map(|(name, ..)| *name).collect();
                format!("no parameter `{name}`; there are: {}", names.join(", "))
            })?;
            let number = value.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
            values.insert(known, number.ok_or_else(|| format!("`{value}` is no number"))?);
        }
        Ok(Self(values))
    }

    fn of(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Each: name, value, what it is.
    pub(crate) fn list(&self) -> impl Iterator<Item = (&'static str, f64, &'static str)> {
        DEFAULTS.iter().map(|(name, _, about)| (*name, self.of(name), *about))
    }
}

/// A month.
pub(crate) struct Month {
    pub(crate) people: f64,
    pub(crate) requests: f64,
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
    pub(crate) stored_gb: f64,
    pub(crate) messages: f64,
    pub(crate) costs: Vec<(&'static str, f64)>,
}

impl Month {
    /// A month of so many people.
    ///
    /// # Errors
    ///
    /// Where a use names a route that was not counted.
    pub(crate) fn of(
        people: f64,
        routes: &BTreeMap<String, Route>,
        parameters: &Parameters,
    ) -> Result<Self, String> {
        let (mut requests, mut read, mut written, mut messages) = (0.0, 0.0, 0.0, 0.0);
        for (name, route) in USES {
            let counts =
                routes.get(*route).ok_or_else(|| format!("`{route}` was never counted"))?;
            let calls = people * parameters.of(name);
            requests += calls;
            read += calls * counts.rows_read;
            written += calls * counts.rows_written;
            if MESSAGES.contains(name) {
                messages += calls;
                read += calls * 2.0;
                written += calls * 2.0;
            }
        }
        let stored_gb = people * parameters.of("stored_bytes") / 1e9;
        // Each row of a transaction is charged twice, its entry in an index once.
        let write_units = written * (2.0 + parameters.of("index_share"));
        let mut month = Self {
            people,
            requests,
            read_units: read,
            write_units,
            stored_gb,
            messages,
            costs: Vec::new(),
        };
        month.costs = month.price(parameters);
        Ok(month)
    }

    fn price(&self, parameters: &Parameters) -> Vec<(&'static str, f64)> {
        const FIVE_MINUTES_A_MONTH: f64 = 30.0 * 24.0 * 12.0;
        let of = |name| parameters.of(name);
        let hashes = self.people * (of("log_ins") + of("registrations") + of("cancellations"));
        let gb_seconds = (self.requests - hashes) * of("seconds") * of("memory_gb")
            + hashes * of("hash_seconds") * of("hash_memory_gb");
        let kms_calls = of("environments") * 2.0 * FIVE_MINUTES_A_MONTH;
        vec![
            ("reads", self.read_units * of("read_unit")),
            ("writes", self.write_units * of("write_unit")),
            ("storage and recovery", self.stored_gb * (of("gb_month") + of("backup_gb_month"))),
            ("requests", self.requests * of("request")),
            ("computing", gb_seconds * of("gb_second")),
            ("keys", 2.0 * of("kms_key_month") + kms_calls * of("kms_call")),
        ]
    }

    /// All of it, but for the messages, whose price is their provider's.
    pub(crate) fn total(&self) -> f64 {
        self.costs.iter().map(|(_, cost)| cost).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_changed_by_name_and_a_wrong_one_refused() {
        let with = |text: &str| Parameters::with(std::iter::once(text.to_owned()));
        assert!((with("log_ins=9").expect("known").of("log_ins") - 9.0).abs() < 1e-9);
        for wrong in ["log_ins", "log_ins=many", "log_ins=-1", "logins=1", "reads=inf"] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ten_times_the_people_make_ten_times_the_units() {
        let routes: BTreeMap<_, _> = USES
            .iter()
            .map(|(_, route)| ((*route).to_owned(), Route { rows_read: 3.0, rows_written: 4.0 }))
            .collect();
        let parameters = Parameters::with(std::iter::empty()).expect("defaults");
        let month = |people| Month::of(people, &routes, &parameters).expect("a month");
        let (one, ten) = (month(1_000.0), month(10_000.0));
        assert!((ten.write_units / one.write_units - 10.0).abs() < 1e-9);
        assert!(Month::of(1.0, &BTreeMap::new(), &parameters).is_err());
    }
}
