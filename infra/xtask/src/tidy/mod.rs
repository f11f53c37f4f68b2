//! The repository's own rules, which no compiler knows.

mod linked;
mod manifest;
mod source;
mod template;

use std::path::Path;

use crate::files::{self, File};
use crate::run::Outcome;

/// Where our own code is.
const MEMBERS: &[&str] = &["functions", "shared", "infra", "tests"];

/// Fails with every breach of a rule; a long file under the limit is only noted.
pub(crate) fn tidy(root: &Path) -> Outcome {
    let (mut sources, mut manifests) = (Vec::new(), Vec::new());
    for member in MEMBERS {
        sources.extend(files::below(root, member, ".rs")?);
        manifests.extend(files::below(root, member, "Cargo.toml")?);
    }
    let functions = files::folders(root, "functions")?;
    let template = File::read(root, "template.yaml")?;

    for note in sources.iter().filter_map(source::note) {
        eprintln!("note: {note}");
    }
    let mut problems: Vec<String> = sources.iter().flat_map(source::problems).collect();
    problems.extend(manifests.iter().flat_map(|file| manifest::problems(file, &functions)));
    problems.extend(linked::problems(root, &functions)?);
    problems.extend(template::problems(&template, &functions));

    if problems.is_empty() {
        Ok(())
    } else {
        Err(format!("these rules are broken:\n{}", problems.join("\n")))
    }
}
