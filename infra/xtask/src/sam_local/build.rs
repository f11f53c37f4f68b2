//! Binaries and a template for containers: what is deployed, but for the profile and two variables.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::stack::{HOME, prepared};
use crate::glibc;
use crate::run::{self, Outcome, cargo};

/// SAM sets no variable that the template does not name. Deployed there are none of these: who could
/// set them could have a function talk to anyone.
pub(super) const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_KMS"];
/// The line of the template behind which they are put in.
const BEHIND: &str = "        PC_STAGE: !Ref Stage\n";

/// Has `sam build` put each function's binary of the profile `dev` where `sam local` mounts it.
pub(super) fn build(root: &Path, bin: &Path) -> Outcome {
    let functions = functions(root)?;
    let mut together = cargo(root, &["build", "--quiet", "--locked", "--target-dir", "target"]);
    together.args(functions.iter().flat_map(|name| ["--package", name]));
    run::run(&mut together)?;
    for name in &functions {
        glibc::fits(&root.join("target/debug").join(name))?;
    }

    let template = root.join(HOME).join("template.yaml");
    let text = fs::read_to_string(root.join("template.yaml")).map_err(|e| e.to_string())?;
    fs::write(&template, with_endpoints(&text)?).map_err(|e| e.to_string())?;
    let mut sam = Command::new(bin.join("sam"));
    // Without the flag it copies the folder for every function, `target` and all.
    sam.args(["build", "--build-in-source", "--base-dir", ".", "--template"]).arg(&template);
    sam.arg("--build-dir").arg(root.join(HOME).join("build"));
    // They are built: packages together take one pass, and a pass each takes many.
    sam.env("PC_PROFILE", "dev").env("PC_BUILD", ":").env("CARGO_TARGET_DIR", root.join("target"));
    sam.env(glibc::ARCHITECTURE, glibc::own());
    run::capture(prepared(&mut sam, root)).map(drop)
}

/// The folders of the functions.
fn functions(root: &Path) -> Outcome<Vec<String>> {
    let found = fs::read_dir(root.join("functions")).map_err(|e| format!("functions: {e}"))?;
    Ok(found.filter_map(|file| file.ok()?.file_name().into_string().ok()).collect())
}

/// The template with the variables that lead functions to the stand-ins.
fn with_endpoints(template: &str) -> Outcome<String> {
    let (before, after) = template
        .split_once(BEHIND)
        .filter(|(_, after)| !after.contains(BEHIND))
        .ok_or("template.yaml sets PC_STAGE in other words, or twice")?;
    let added = ENDPOINTS.map(|name| format!("        {name}: unset\n")).concat();
    Ok(format!("{before}{BEHIND}{added}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_gets_the_endpoints_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = fs::read_to_string(root.join("template.yaml")).unwrap();
        let with = with_endpoints(&text).unwrap();
        assert_eq!(with.matches("AWS_ENDPOINT_URL").count(), 2);
        assert!(!text.contains("AWS_ENDPOINT_URL"), "never deployed");
        assert!(with_endpoints("PC_STAGE: x").is_err());
    }
}
