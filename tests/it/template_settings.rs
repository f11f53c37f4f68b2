//! What the template takes as a setting is what a function starts with, to the bounds.

use super::template::TEMPLATE;
use regex_lite::Regex;
use shared::config::Config;

/// A number that a deployment sets: the variable, and what the template takes.
struct Number {
    variable: &'static str,
    parameter: &'static str,
    takes: Box<dyn Fn(i64) -> bool>,
}

/// The value of a member of a parameter.
fn member(parameter: &str, name: &str) -> Option<&'static str> {
    let (_, rest) = TEMPLATE.split_once(&format!("\n  {parameter}:\n")).expect("a parameter");
    let lines = rest.lines().take_while(|line| line.starts_with("    "));
    let said = |line: &'static str| line.trim().strip_prefix(name)?.strip_prefix(": ");
    lines.filter_map(said).map(|value| value.trim_matches('"')).next()
}

/// Every variable that is a parameter with a number in it.
fn numbers() -> Vec<Number> {
    let variable = |line: &'static str| line.trim().split_once(": !Ref ");
    let set = TEMPLATE.lines().filter_map(variable).filter(|(name, _)| name.starts_with("PC_"));
    let numbers = set.filter_map(|(variable, parameter)| {
        let default = member(parameter, "Default")?;
        default.parse::<i64>().ok()?;
        let bound = |name| member(parameter, name).map(|n| n.parse::<i64>().expect("a number"));
        let pattern = member(parameter, "AllowedPattern").map(|p| Regex::new(p).expect("one"));
        let range = bound("MinValue").zip(bound("MaxValue"));
        let takes: Box<dyn Fn(i64) -> bool> = if let Some((least, most)) = range {
            Box::new(move |n| (least..=most).contains(&n))
        } else {
            let pattern = pattern.expect("a range or a pattern");
            Box::new(move |n| pattern.is_match(&n.to_string()))
        };
        Some(Number { variable, parameter, takes })
    });
    numbers.collect()
}

/// Whether a function starts with a setting, all others being sound.
fn starts(name: &str, value: i64) -> bool {
    let arn = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/Records";
    let config = Config::read(|asked| match asked {
        _ if asked == name => Some(value.to_string()),
        "PC_STAGE" => Some("prod".to_owned()),
        "AWS_REGION" => Some("cn-north-1".to_owned()),
        "PC_VAULT_KEY" => Some("arn:aws-cn:kms:cn-north-1:123456789012:key/vault".to_owned()),
        "PC_PUBLIC_URL" => Some("https://center.example".to_owned()),
        _ => asked.starts_with("PC_TABLE_").then(|| arn.to_owned()),
    });
    config.is_ok()
}

#[test]
fn the_template_takes_a_number_where_a_function_starts_with_it_and_no_other() {
    let numbers = numbers();
    let named: Vec<_> = numbers.iter().map(|number| number.parameter).collect();
    assert_eq!(named, ["CoolingOffDays", "UnusedDays", "ErasuresPerHour"]);
    for Number { variable, parameter, takes } in numbers {
        // Each number around where any of them begins or ends.
        let edges = [0, 90, 36_500, 100_000, 1_000_000];
        let around = edges.into_iter().flat_map(|edge| edge - 100..=edge + 100);
        for n in around.chain((0..40_000).step_by(7)) {
            assert_eq!(takes(n), starts(variable, n), "{parameter} = {n}");
        }
    }
}

#[test]
fn the_defaults_of_the_template_are_those_of_the_code() {
    for (parameter, in_code) in [
        ("CoolingOffDays", shared::domain::retention::table::COOLING_OFF_DAYS),
        ("UnusedDays", shared::domain::retention::table::UNUSED_DAYS),
    ] {
        assert_eq!(member(parameter, "Default"), Some(in_code.to_string().as_str()));
    }
}
