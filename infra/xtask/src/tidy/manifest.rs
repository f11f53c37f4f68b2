//! Rules about dependencies: which way the arrows point, and where versions live.

use crate::files::File;

/// What only runs on a developer's machine: the database engine, the local runner with its key
/// provider, and what tests are made with.
pub(super) const LOCAL_ONLY: &[&str] = &[
    "dynoxide",
    "dynoxide-rs",
    "libsqlite3-sys",
    "personal-center",
    "proptest",
    "rcgen",
    "rusqlite",
    "tempfile",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    Dev,
    Build,
}

#[derive(Debug)]
struct Dependency {
    kind: Kind,
    name: String,
    /// What follows the name, without white space.
    spec: String,
}

/// Every rule that the manifest of a member breaks.
pub(super) fn problems(file: &File, functions: &[String]) -> Vec<String> {
    let folder = file.path.trim_end_matches("/Cargo.toml");
    let function = folder.strip_prefix("functions/");
    let deployed = function.is_some() || folder == "shared";
    let mut problems = Vec::new();
    for Dependency { kind, name, spec } in dependencies(&file.text) {
        if !inherited(&spec) {
            problems.push(format!(
                "{}: `{name}` has to say `workspace = true`; versions live in the root Cargo.toml",
                file.path
            ));
        }
        if function.is_some() && functions.contains(&name) {
            problems.push(format!(
                "{}: a function never depends on another function, and `{name}` is one",
                file.path
            ));
        }
        // Tests may start the engine: what only tests link is not deployed.
        if deployed && kind != Kind::Dev && LOCAL_ONLY.contains(&name.as_str()) {
            problems.push(format!(
                "{}: `{name}` is never deployed; only tests may depend on it",
                file.path
            ));
        }
    }
    if function.is_some_and(|folder| package(&file.text) != Some(folder)) {
        problems.push(format!("{}: the package of a function is named as its folder", file.path));
    }
    problems
}

/// The dependency comes from the workspace's list, or is a folder and nothing else.
fn inherited(spec: &str) -> bool {
    let by_path = spec.contains("path=") && !spec.contains("version=") && !spec.contains("git=");
    spec.contains("workspace=true") || by_path
}

/// The name in `[package]`.
fn package(text: &str) -> Option<&str> {
    let (_, table) = text.split_once("[package]")?;
    let mut names = table.lines().filter_map(|line| line.split_once('='));
    let (_, value) = names.find(|(key, _)| key.trim() == "name")?;
    Some(value.trim().trim_matches('"'))
}

/// Reads the forms in which a manifest names a dependency; everything else is skipped.
fn dependencies(text: &str) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let mut table: Option<(Kind, Option<String>)> = None;
    // An entry whose brackets are still open.
    let mut entry = String::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if entry.is_empty() && line.starts_with('[') {
            table = header(line);
            if let Some((kind, Some(name))) = &table {
                found.push(dependency(*kind, name, ""));
            }
            continue;
        }
        let Some((kind, within)) = &table else {
            continue;
        };
        entry.push_str(line);
        if entry.is_empty() || is_open(&entry) {
            continue;
        }
        let complete = std::mem::take(&mut entry);
        match (within, found.last_mut()) {
            (Some(_), Some(last)) => last.spec.push_str(&squeezed(&complete)),
            _ => found.extend(
                complete.split_once('=').map(|(key, value)| of_entry(*kind, key.trim(), value)),
            ),
        }
    }
    found
}

/// `name = …` or `name.workspace = …`.
fn of_entry(kind: Kind, key: &str, value: &str) -> Dependency {
    match key.split_once('.') {
        Some((name, field)) => dependency(kind, name, &format!("{field}={value}")),
        None => dependency(kind, key, value),
    }
}

/// A dependency under its real name, which `package` may give.
fn dependency(kind: Kind, name: &str, spec: &str) -> Dependency {
    let spec = squeezed(spec);
    let real = spec.split_once("package=\"").and_then(|(_, rest)| rest.split('"').next());
    Dependency { kind, name: real.unwrap_or(name.trim_matches('"')).to_owned(), spec }
}

/// The kind of a table of dependencies, and the name if it is one dependency's own table.
fn header(line: &str) -> Option<(Kind, Option<String>)> {
    let name = line.trim_matches(['[', ']']);
    for (word, kind) in [
        ("dev-dependencies", Kind::Dev),
        ("build-dependencies", Kind::Build),
        ("dependencies", Kind::Normal),
    ] {
        let Some((before, after)) = name.split_once(word) else {
            continue;
        };
        let ours = before.is_empty() || (before.starts_with("target.") && before.ends_with('.'));
        return match after.strip_prefix('.') {
            Some(own) if ours => Some((kind, Some(own.to_owned()))),
            None if ours && after.is_empty() => Some((kind, None)),
            _ => None,
        };
    }
    None
}

fn is_open(entry: &str) -> bool {
    let count = |character| entry.matches(character).count();
    count('{') > count('}') || count('[') > count(']')
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests;
