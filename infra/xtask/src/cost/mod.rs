//! What a month costs, by the counted calls: `cargo xtask cost [name=value …]`.
//!
//! The counts come from `docs/round-trips.md`, which a test holds to the code. How people use the
//! service and what the provider charges are parameters: the defaults are examples, not offers.

mod model;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::run::Outcome;
use model::{Month, Parameters, Route};

/// The numbers of people that are shown.
const PEOPLE: [f64; 2] = [100_000.0, 10_000_000.0];

/// Prints the cost of a month for each number of people.
pub(crate) fn cost(root: &Path) -> Outcome {
    let page = fs::read_to_string(root.join("docs/round-trips.md"))
        .map_err(|error| format!("docs/round-trips.md: {error}"))?;
    let routes = routes(&page)?;
    let parameters = Parameters::with(std::env::args().skip(2))?;
    let months: Result<Vec<Month>, String> =
        PEOPLE.iter().map(|people| Month::of(*people, &routes, &parameters)).collect();
    io::stdout()
        .write_all(report(&months?, &parameters).as_bytes())
        .map_err(|error| format!("cannot print: {error}"))
}

/// The warm counts of every case, by route and case.
fn routes(page: &str) -> Result<BTreeMap<String, Route>, String> {
    let mut routes = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [route, case, _, _, _, read, written, ..] = cells[..] else {
            return Err(format!("docs/round-trips.md: not a row: {line}"));
        };
        let number = |text: &str| text.parse().map_err(|_| format!("not a number: {text}"));
        let name = format!("{} {case}", route.trim_matches('`'));
        let counts = Route { rows_read: number(read)?, rows_written: number(written)? };
        routes.insert(name.trim().to_owned(), counts);
    }
    if routes.is_empty() { Err("docs/round-trips.md has no routes".to_owned()) } else { Ok(routes) }
}

fn report(months: &[Month], parameters: &Parameters) -> String {
    let mut text = String::from("A month, by the calls counted in docs/round-trips.md\n\n");
    let mut row = |name: &str, cells: Vec<f64>| {
        let _infallible = write!(text, "{name:<36}");
        for cell in cells {
            let _infallible = write!(text, "{:>16}", grouped(cell));
        }
        text.push('\n');
    };
    let each = |of: fn(&Month) -> f64| months.iter().map(of).collect();
    row("people", each(|m| m.people));
    row("requests", each(|m| m.requests));
    row("read units", each(|m| m.read_units));
    row("write units", each(|m| m.write_units));
    row("stored, GB", each(|m| m.stored_gb));
    row("messages", each(|m| m.messages));
    for (i, (name, _)) in months.first().map(|m| &m.costs).into_iter().flatten().enumerate() {
        row(name, months.iter().map(|m| m.costs[i].1).collect());
    }
    row("all, without messages", each(Month::total));
    text.push_str("\nParameters (change one by name=value):\n");
    for (name, value, about) in parameters.list() {
        let _infallible = writeln!(text, "  {name:<24}{value:>12}  {about}");
    }
    text
}

/// A number with its thousands grouped; small ones with two decimals.
fn grouped(number: f64) -> String {
    if number < 100.0 {
        return format!("{number:.2}");
    }
    let digits = format!("{number:.0}");
    let from_end = |i: usize| digits.len() - i;
    let mut text = String::new();
    for (i, digit) in digits.char_indices() {
        if i > 0 && from_end(i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Round trips
| route | case | warm: reads | writes | KMS | rows read | rows written | cold: reads | writes | KMS |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| `GET /v1/me` |  | 1 | 0 | 0 | 3 | 0 | 2 | 0 | 1 |
| `GET /v1/me` | noted | 1 | 1 | 0 | 3 | 2 | 2 | 0 | 1 |
";

    #[test]
    fn the_counts_are_read_from_the_page() {
        let routes = routes(PAGE).expect("a page");
        assert!((routes["GET /v1/me"].rows_read - 3.0).abs() < 1e-9);
        assert!((routes["GET /v1/me noted"].rows_written - 2.0).abs() < 1e-9);
        assert!(super::routes("| `GET /v1/me` | broken |").is_err());
        assert!(super::routes("").is_err());
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(0.126), "0.13");
    }

    #[test]
    fn every_route_of_the_model_is_on_the_page_in_docs() {
        let page = include_str!("../../../../docs/round-trips.md");
        let routes = routes(page).expect("a page");
        let parameters = Parameters::with(std::iter::empty()).expect("defaults");
        let month = Month::of(1_000.0, &routes, &parameters).expect("a month");
        assert!(month.write_units > 1_000.0 && month.total() > 0.0);
    }
}
