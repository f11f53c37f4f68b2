//! A `CycloneDX` document of one function.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tree::{Package, Tree};

/// What all documents of a bundle have in common.
#[derive(Debug)]
pub(super) struct Bundle {
    /// SHA-256 of each package's archive, by `name version`.
    pub(super) checksums: BTreeMap<String, String>,
    /// The time of the commit, so that the same commit gives the same document.
    pub(super) at: String,
    pub(super) commit: String,
}

impl Bundle {
    /// The document: what is linked is required; what only took part in building is excluded, in
    /// the words of the standard.
    pub(super) fn document(&self, function: &str, linked: &Tree, built: &Tree) -> String {
        let is_root = |package: &&Package| package.ours && package.name == function;
        let components = built.packages.iter().filter(|package| !is_root(package)).map(|package| {
            let scope = if linked.packages.contains(package) { "required" } else { "excluded" };
            self.component(package, "library", scope)
        });
        let components: Vec<_> = components.collect();
        let root = built.packages.iter().find(is_root);
        let root = root.map(|package| self.component(package, "application", "required"));
        let dependencies = built.packages.iter().map(|package| {
            let on = built.edges.get(package).into_iter().flatten();
            json!({"ref": name_of(package), "dependsOn": on.map(name_of).collect::<Vec<_>>()})
        });
        let dependencies: Vec<_> = dependencies.collect();
        let document = json!({
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "timestamp": self.at,
                "component": root,
                "properties": [{"name": "commit", "value": self.commit}],
            },
            "components": components,
            "dependencies": dependencies,
        });
        format!("{document:#}\n")
    }

    fn component(&self, package: &Package, kind: &str, scope: &str) -> Value {
        let mut component = json!({
            "type": kind,
            "bom-ref": name_of(package),
            "name": package.name,
            "version": package.version,
            "scope": scope,
        });
        if !package.licence.is_empty() {
            component["licenses"] = json!([{"expression": package.licence}]);
        }
        // Ours are in no registry: a package URL would name somebody else's.
        if !package.ours {
            component["purl"] = json!(name_of(package));
        }
        let sum = self.checksums.get(&format!("{} {}", package.name, package.version));
        if let Some(sum) = sum.filter(|_| !package.ours) {
            component["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
        }
        component
    }
}

/// The name of a package in the document: its package URL, or one of our own.
fn name_of(package: &Package) -> String {
    let Package { name, version, ours, .. } = package;
    // `+` stands for a space in what reads package URLs.
    let version = version.replace('+', "%2B");
    if *ours {
        format!("personal-center:{name}@{version}")
    } else {
        format!("pkg:cargo/{name}@{version}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKED: &str = "0\taccess v0.1.0 (/x/functions/access)\tApache-2.0\n1\taxum v0.8.9\tMIT\n\
        1\tshared v0.1.0 (/x/shared)\tApache-2.0\n2\twasi v0.1.0+snapshot\tMIT\n";

    fn document() -> Value {
        let sums = [("axum 0.8.9", "aa"), ("cc 1.0.0", "cc"), ("shared 0.1.0", "not ours")];
        let bundle = Bundle {
            checksums: sums.map(|(name, sum)| (name.to_owned(), sum.to_owned())).into(),
            at: "2026-11-24T08:00:00+00:00".to_owned(),
            commit: "0123".to_owned(),
        };
        let built = Tree::read(&format!("{LINKED}1\tcc v1.0.0\tMIT\n")).unwrap();
        let linked = Tree::read(LINKED).unwrap();
        let text = bundle.document("access", &linked, &built);
        assert_eq!(text, bundle.document("access", &linked, &built), "the same bytes again");
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_is_linked_is_told_from_what_only_builds() {
        let document = document();
        let components = document["components"].as_array().unwrap();
        let of = |name: &str| components.iter().find(|c| c["name"] == name).unwrap();
        assert_eq!(components.len(), 4, "all but the function itself");
        assert_eq!(of("axum")["scope"], "required");
        assert_eq!(of("axum")["hashes"][0]["content"], "aa");
        assert_eq!(of("axum")["purl"], "pkg:cargo/axum@0.8.9");
        assert_eq!(of("cc")["scope"], "excluded");
        assert_eq!(of("wasi")["purl"], "pkg:cargo/wasi@0.1.0%2Bsnapshot");
    }

    #[test]
    fn what_is_ours_is_not_taken_for_somebody_elses_and_no_folder_is_named() {
        let document = document();
        let shared = &document["components"].as_array().unwrap()[2];
        assert_eq!(shared["name"], "shared");
        assert_eq!((&shared["purl"], &shared["hashes"]), (&Value::Null, &Value::Null));
        assert_eq!(document["metadata"]["component"]["name"], "access");
        assert!(!document.to_string().contains("/x/"), "{document}");
    }

    #[test]
    fn every_reference_is_to_a_component() {
        let document = document();
        let mut known: Vec<_> =
            document["components"].as_array().unwrap().iter().map(|c| &c["bom-ref"]).collect();
        known.push(&document["metadata"]["component"]["bom-ref"]);
        for dependency in document["dependencies"].as_array().unwrap() {
            assert!(known.contains(&&dependency["ref"]));
            assert!(
                dependency["dependsOn"].as_array().unwrap().iter().all(|on| known.contains(&on))
            );
        }
    }
}
