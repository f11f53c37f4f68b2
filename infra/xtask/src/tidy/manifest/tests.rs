//! The rules about dependencies, each shown to fail.

use super::*;

fn broken(folder: &str, text: &str) -> Vec<String> {
    let functions = ["access", "delete"].map(str::to_owned);
    let name = folder.rsplit('/').next().unwrap();
    let file = File {
        path: format!("{folder}/Cargo.toml"),
        text: format!("[package]\nname = \"{name}\"\n{text}"),
    };
    problems(&file, &functions)
}

#[test]
fn a_version_of_its_own_is_refused_in_every_form() {
    for text in [
        "[dependencies]\nserde = \"1\"",
        "[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }",
        "[dependencies]\nserde.version = \"1\"",
        "[dependencies.serde]\nversion = \"1\"\nfeatures = [\n  \"derive\",\n]",
        "[dev-dependencies]\nserde = \"1\"",
        "[build-dependencies]\nserde = { git = \"x\" }",
        "[target.'cfg(unix)'.dependencies]\nserde = \"1\"",
        "[dependencies]\nserde = {\n  version = \"1\",\n}",
        "[dependencies]\nshared = { path = \"../shared\", version = \"1\" }",
    ] {
        assert_eq!(broken("tests", text).len(), 1, "{text}");
    }
}

#[test]
fn inherited_dependencies_and_folders_pass() {
    for text in [
        "[dependencies]\nserde.workspace = true",
        "[dependencies]\nserde = { workspace = true, features = [\"derive\"] }",
        "[dependencies]\nserde = { workspace = true, features = [\n  \"derive\",\n] } # why",
        "[dependencies.serde]\nworkspace = true",
        "[dependencies]\nshared = { path = \"../shared\" }",
        "[features]\ndefault = [\"x\"]\n[lints]\nworkspace = true",
    ] {
        assert_eq!(broken("tests", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_function_depends_on_no_other_function() {
    for table in ["dependencies", "dev-dependencies"] {
        let text = format!("[{table}]\ndelete.workspace = true");
        assert_eq!(broken("functions/access", &text).len(), 1, "{table}");
    }
    assert!(broken("infra/local", "[dependencies]\ndelete.workspace = true").is_empty());
}

#[test]
fn what_is_deployed_links_no_local_engine() {
    for folder in ["functions/access", "shared"] {
        for name in LOCAL_ONLY {
            let text = format!("[dependencies]\n{name}.workspace = true");
            assert_eq!(broken(folder, &text).len(), 1, "{folder} {name}");
            let text = format!("[dev-dependencies]\n{name}.workspace = true");
            assert!(broken(folder, &text).is_empty(), "{folder} {name}");
        }
    }
    assert!(broken("infra/local", "[dependencies]\ndynoxide-rs.workspace = true").is_empty());
}

#[test]
fn another_name_hides_nothing() {
    let text = "[dependencies]\nengine = { path = \"../x\", package = \"dynoxide-rs\" }";
    assert_eq!(broken("shared", text).len(), 1);
}

#[test]
fn a_function_is_named_as_its_folder() {
    let file = File {
        path: "functions/access/Cargo.toml".to_owned(),
        text: "[package]\nname = \"acces\"\n".to_owned(),
    };
    assert_eq!(problems(&file, &[]).len(), 1);
}
