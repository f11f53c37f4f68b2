//! The age that whoever registers gives first (C-9.1).

use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::account::AgeBand;
use crate::domain::time::is_day;
use serde::Deserialize;
use utoipa::ToSchema;

/// The age band; an adult gives no date, a minor the day that ends the band.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Age {
    /// `adult`, `14_17` or `under_14`.
    #[schema(example = "adult")]
    band: AgeBand,
    /// The day of turning 18, with `14_17`.
    #[schema(format = Date, nullable = false)]
    turns_18: Option<String>,
    /// The day of turning 14, with `under_14`.
    #[schema(format = Date, nullable = false)]
    turns_14: Option<String>,
}

impl Age {
    /// The age band of an adult.
    ///
    /// # Errors
    ///
    /// `Invalid` without an age, or with a day that no calendar has; `GuardianRequired` under 18 (C-9.1, C-9.2): nothing is stored.
    pub fn adult(age: Option<&Self>) -> Result<AgeBand, Problem> {
        let invalid = |at: &str, detail: &str| Problem::invalid(Vec::new()).at(at, detail);
        let age = age.ok_or_else(|| {
            invalid(
                "/age",
                "is needed to register: {\"band\": \"adult\", \"14_17\" or \"under_14\"}",
            )
        })?;
        let days = [("/age/turns_18", &age.turns_18), ("/age/turns_14", &age.turns_14)];
        for (at, day) in days {
            if day.as_ref().is_some_and(|day| !is_day(day)) {
                return Err(invalid(at, "is no day of the calendar, as in 2030-12-31"));
            }
        }
        match (age.band, &age.turns_18, &age.turns_14) {
            (AgeBand::Adult, None, None) => Ok(AgeBand::Adult),
            (AgeBand::Adult, ..) => Err(invalid("/age", "an adult gives no date")),
            _ => Err(ProblemKind::GuardianRequired.into()),
        }
    }
}
