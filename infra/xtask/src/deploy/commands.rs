//! The commands of a deployment, as `sam` takes them.

use super::settings::{COMMIT, Settings};

/// A tag of every stack. `samconfig.toml` has it too, for whoever calls `sam` alone: tags on a command
/// line take the place of those there.
const APPLICATION: &str = "application=personal-center";

/// What comes before the parameters, to the end of a command.
pub(super) const OVERRIDES: &str = "--parameter-overrides";

/// What a deployment is told besides the settings.
#[derive(Debug)]
pub(super) struct Plan {
    /// What is deployed.
    pub(super) commit: String,
    /// Whether the change set is executed without being shown first.
    pub(super) confirmed: bool,
}

impl Plan {
    /// The arguments of `sam`, one list for each call. What is the same for every stage stands in
    /// `samconfig.toml`.
    pub(super) fn commands(&self, settings: &Settings) -> Vec<Vec<String>> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let mut overrides = vec![OVERRIDES.to_owned()];
        overrides.extend(settings.parameters.iter().map(|(name, value)| told(name, value)));
        overrides.push(told(COMMIT, &self.commit));

        // The processor that is built for is a parameter too.
        let mut build: Vec<String> = owned(&["build", "--template-file", "template.yaml"]);
        build.extend(overrides.iter().cloned());
        build.extend(owned(&["--region", &settings.region]));

        let shown = if self.confirmed { "--no-confirm-changeset" } else { "--confirm-changeset" };
        let mut deploy: Vec<String> = owned(&["deploy", "--stack-name", &settings.stack]);
        deploy.extend(owned(&["--region", &settings.region, shown]));
        deploy.push("--no-fail-on-empty-changeset".to_owned());
        deploy.extend(owned(&["--tags", APPLICATION]));
        deploy.extend(overrides);
        vec![build, deploy]
    }
}

/// A parameter as `sam` understands it. The quotes are for `sam`, which takes them off: without them
/// it passes an empty value by, and CloudFormation keeps the one before.
fn told(name: &str, value: &str) -> String {
    format!("{name}=\"{value}\"")
}

/// A command as one would type it: a shell takes quotes off too.
pub(super) fn shown(words: &[String]) -> String {
    let shown = words.iter().map(|w| if w.contains('"') { format!("'{w}'") } else { w.clone() });
    shown.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(confirmed: bool) -> Vec<String> {
        let parameters = [("AlarmTopic", ""), ("Stage", "prod")];
        let settings = Settings {
            stack: "personal-center".to_owned(),
            region: "cn-north-1".to_owned(),
            parameters: parameters.map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
        };
        let plan = Plan { commit: "0123456789ab".to_owned(), confirmed };
        plan.commands(&settings).iter().map(|words| shown(words)).collect()
    }

    #[test]
    fn a_deployment_builds_and_deploys_with_the_settings_of_its_stage() {
        let overrides = "--parameter-overrides 'AlarmTopic=\"\"' 'Stage=\"prod\"' \
                         'Commit=\"0123456789ab\"'";
        assert_eq!(
            lines(false),
            [
                format!("build --template-file template.yaml {overrides} --region cn-north-1"),
                format!(
                    "deploy --stack-name personal-center --region cn-north-1 --confirm-changeset \
                     --no-fail-on-empty-changeset --tags application=personal-center \
                     {overrides}"
                ),
            ]
        );
    }

    /// A tag of the stack is put on all that it is made of: one that changes touches tables and keys,
    /// and sets off the alarms on them at each deployment.
    #[test]
    fn c_7_5_a_deployment_of_another_commit_changes_no_tag() {
        let tagged = lines(true)[1].clone();
        let (_, tags) = tagged.split_once(" --tags ").unwrap();
        let (tags, _) = tags.split_once(" --parameter-overrides ").unwrap();
        assert_eq!(tags, APPLICATION);
        let template = include_str!("../../../../template.yaml");
        assert_eq!(template.matches("!Ref Commit").count(), 1, "an output, and nothing else");
    }

    #[test]
    fn the_change_set_is_shown_unless_it_was_confirmed() {
        assert!(lines(true)[1].contains(" --no-confirm-changeset "));
    }

    #[test]
    fn what_every_stage_has_in_common_stands_in_one_file() {
        let config = include_str!("../../../../samconfig.toml");
        let tags = format!("tags = \"{APPLICATION}\"");
        for line in ["build_in_source = true", "resolve_s3 = true", &tags] {
            assert!(config.lines().any(|known| known == line), "{line}");
        }
        assert!(config.contains("capabilities = \"CAPABILITY_"), "{config}");
    }
}
