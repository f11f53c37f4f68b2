//! The commands of a deployment, as `sam` takes them.

use super::settings::Settings;

/// A tag of every stack. `samconfig.toml` has it too, for whoever calls `sam` alone: tags on a command
/// line take the place of those there.
const APPLICATION: &str = "application=personal-center";

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
        let mut overrides = vec!["--parameter-overrides".to_owned()];
        overrides.extend(settings.parameters.iter().map(|(name, value)| format!("{name}={value}")));

        // The processor that is built for is a parameter too.
        let mut build: Vec<String> = owned(&["build", "--template-file", "template.yaml"]);
        build.extend(overrides.iter().cloned());
        build.extend(owned(&["--region", &settings.region]));

        let shown = if self.confirmed { "--no-confirm-changeset" } else { "--confirm-changeset" };
        let mut deploy: Vec<String> = owned(&["deploy", "--stack-name", &settings.stack]);
        deploy.extend(owned(&["--region", &settings.region, shown]));
        deploy.push("--no-fail-on-empty-changeset".to_owned());
        deploy.extend(owned(&["--tags", APPLICATION]));
        deploy.push(format!("Commit={}", self.commit));
        deploy.extend(overrides);
        vec![build, deploy]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(confirmed: bool) -> Vec<String> {
        let parameters = [("PublicUrl", "https://center.example"), ("Stage", "prod")];
        let settings = Settings {
            stack: "personal-center".to_owned(),
            region: "cn-north-1".to_owned(),
            parameters: parameters.map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
        };
        let plan = Plan { commit: "0123456789ab".to_owned(), confirmed };
        plan.commands(&settings).iter().map(|words| words.join(" ")).collect()
    }

    #[test]
    fn a_deployment_builds_and_deploys_with_the_settings_of_its_stage() {
        let overrides = "--parameter-overrides PublicUrl=https://center.example Stage=prod";
        assert_eq!(
            lines(false),
            [
                format!("build --template-file template.yaml {overrides} --region cn-north-1"),
                format!(
                    "deploy --stack-name personal-center --region cn-north-1 --confirm-changeset \
                     --no-fail-on-empty-changeset --tags application=personal-center \
                     Commit=0123456789ab {overrides}"
                ),
            ]
        );
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
