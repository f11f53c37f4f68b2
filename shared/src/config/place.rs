//! Where a deployment is, as region and ARNs in its settings say, and whether it may be there.

use super::TableNames;
use crate::domain::residency::{Place, Residency};

/// Reads whether the residency guard is on, and holds it against the region.
pub(super) fn residency(
    variable: impl Fn(&str) -> Option<String>,
    region: &str,
    faults: &mut Vec<String>,
) -> Residency {
    let residency = match variable("PC_OUTSIDE_MAINLAND").as_deref() {
        None | Some("" | "false") => Residency::Kept,
        Some("true") => Residency::Lifted,
        Some(_) => {
            faults.push("PC_OUTSIDE_MAINLAND is neither true nor false".to_owned());
            Residency::Kept
        }
    };
    if !region.is_empty() && !residency.admits(region) {
        faults.push(
            "AWS_REGION is outside mainland China, where data has to stay unless \
             PC_OUTSIDE_MAINLAND is true"
                .to_owned(),
        );
    }
    residency
}

/// Takes the tables' names out of their ARNs. A bare name is one in the function's own region.
pub(super) fn tables(set: TableNames, region: &str, faults: &mut Vec<String>) -> TableNames {
    let mut name = |variable, value: String| match Place::of(&value) {
        None => value,
        Some(place) => {
            check(variable, place, region, faults);
            place.name.to_owned()
        }
    };
    TableNames {
        records: name("PC_TABLE_RECORDS", set.records),
        keys: name("PC_TABLE_KEYS", set.keys),
        roots: name("PC_TABLE_ROOTS", set.roots),
        ledger: name("PC_TABLE_LEDGER", set.ledger),
    }
}

/// Checks where the vault's key is.
pub(super) fn key(arn: &str, region: &str, faults: &mut Vec<String>) {
    if let Some(place) = Place::of(arn) {
        check("PC_VAULT_KEY", place, region, faults);
    }
}

/// Nothing is in another region than the function, with the guard or without.
fn check(variable: &str, place: Place<'_>, region: &str, faults: &mut Vec<String>) {
    if place.region != region {
        faults.push(format!("{variable} is in another region than AWS_REGION"));
    }
}
