//! The settings of a stage: a line `name = value` for each, held against the template's parameters.

use regex_lite::Regex;
use std::collections::BTreeMap;

/// The regions of mainland China; the promise is that data stays there (C-5.1).
const MAINLAND: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// The parameter that the deployment itself gives.
pub(super) const COMMIT: &str = "Commit";

/// The settings of a stage.
#[derive(Debug)]
pub(super) struct Settings {
    /// The name of the stack.
    pub(super) stack: String,
    pub(super) region: String,
    /// A value for every parameter of the template but [`COMMIT`], by name: the one that is set, or
    /// the template's own. CloudFormation keeps the value before for what it is not told.
    pub(super) parameters: BTreeMap<String, String>,
}

/// A parameter of the template, as far as settings are held against it.
#[derive(Debug, Default)]
struct Parameter {
    /// The value where none is set; it may be empty.
    default: Option<String>,
    /// The only values there are; empty where any is.
    allowed: Vec<String>,
    /// What the whole of a value looks like.
    pattern: Option<Regex>,
    least: Option<i64>,
    most: Option<i64>,
}

impl Settings {
    /// Reads settings; gives every problem that they have.
    pub(super) fn read(text: &str, template: &str) -> Result<Self, Vec<String>> {
        let (mut given, mut problems) = lines(text);
        let mut own = |name: &str| {
            given.remove(name).unwrap_or_else(|| {
                problems.push(format!("`{name}` is missing"));
                String::new()
            })
        };
        let (stack, region) = (own("stack"), own("region"));
        let mut known = parameters(template);
        known.remove(COMMIT);
        for (name, value) in &given {
            match known.get(name) {
                None => problems.push(format!("template.yaml has no parameter `{name}`")),
                Some(parameter) => problems.extend(parameter.refuses(name, value)),
            }
        }
        // The stage is bound to the root keys for ever, so it is never left to a default.
        let needed = |(name, parameter): &(&String, &Parameter)| {
            parameter.default.is_none() || *name == "Stage"
        };
        for (name, _) in known.iter().filter(needed) {
            if !given.contains_key(name) {
                problems.push(format!("`{name}` is missing"));
            }
        }
        let lifted = given.get("OutsideMainland").is_some_and(|value| value == "true");
        if !lifted && !region.is_empty() && !MAINLAND.contains(&&*region) {
            problems.push(format!(
                "`{region}` is outside mainland China; the policy promises inside (C-5.1). \
                 OutsideMainland = true lifts it"
            ));
        }
        if problems.is_empty() {
            let defaults = known.into_iter().filter_map(|(name, it)| Some((name, it.default?)));
            let parameters = defaults.chain(given).collect();
            Ok(Self { stack, region, parameters })
        } else {
            Err(problems)
        }
    }

    /// What to do once it is deployed.
    pub(super) fn what_next(&self) -> String {
        format!(
            "the first time go on at infra/README.md#first-deployment; else look at it: `cargo \
             xtask doctor --deployed {} --region {}`",
            self.stack, self.region
        )
    }
}

/// Names and values, and what is neither.
fn lines(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut given, mut problems) = (BTreeMap::new(), Vec::new());
    let said =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in said {
        let Some((name, value)) = line.split_once('=') else {
            problems.push(format!("not `name = value`: {line}"));
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        // `sam` takes them apart at spaces and quotes.
        if value.is_empty() || value.contains([' ', '"', '\'', ',']) {
            problems.push(format!(
                "`{name}` is empty, or has spaces, commas or quotes; a line that is left out means \
                 the template's value"
            ));
        }
        if given.insert(name.to_owned(), value.to_owned()).is_some() {
            problems.push(format!("`{name}` is there twice"));
        }
    }
    (given, problems)
}

impl Parameter {
    fn refuses(&self, name: &str, value: &str) -> Option<String> {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == value) {
            return Some(format!("`{name}` is one of {}", self.allowed.join(", ")));
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_match(value)) {
            return Some(format!("`{name}` has to look like {pattern}"));
        }
        let (Some(least), Some(most)) = (self.least, self.most) else { return None };
        let fits = value.parse().is_ok_and(|number: i64| (least..=most).contains(&number));
        (!fits).then(|| format!("`{name}` is a number from {least} to {most}"))
    }
}

/// The template's parameters. Read as text: the template is our own and keeps one form.
fn parameters(template: &str) -> BTreeMap<String, Parameter> {
    let mut found: BTreeMap<String, Parameter> = BTreeMap::new();
    let mut name = String::new();
    let section = template.lines().skip_while(|line| *line != "Parameters:").skip(1);
    for line in section.take_while(|line| line.is_empty() || line.starts_with(' ')) {
        let indent = line.len() - line.trim_start().len();
        let word = line.trim();
        if indent == 2 && word.ends_with(':') {
            word.trim_end_matches(':').clone_into(&mut name);
            found.insert(name.clone(), Parameter::default());
        }
        let (Some(parameter), 4) = (found.get_mut(&name), indent) else { continue };
        if let Some((member, value)) = word.split_once(':') {
            match member {
                "Default" => {
                    parameter.default = Some(value.trim().trim_matches('"').to_owned());
                }
                "AllowedValues" => {
                    let values = value.trim().trim_start_matches('[').trim_end_matches(']');
                    let values = values.split(',').map(|one| one.trim().trim_matches('"'));
                    parameter.allowed = values.map(str::to_owned).collect();
                }
                "AllowedPattern" => {
                    parameter.pattern = Regex::new(value.trim().trim_matches('"')).ok();
                }
                "MinValue" => parameter.least = value.trim().parse().ok(),
                "MaxValue" => parameter.most = value.trim().parse().ok(),
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
