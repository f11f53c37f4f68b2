//! The repository's files, read as text.

use std::fs;
use std::path::Path;

use crate::run::Outcome;

/// A text file and its path in the repository, with forward slashes.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn read(root: &Path, path: &str) -> Outcome<Self> {
        let text =
            fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        Ok(Self { path: path.to_owned(), text })
    }
}

/// Every file below `folder` whose name ends with `end`, in the order of their paths.
pub(crate) fn below(root: &Path, folder: &str, end: &str) -> Outcome<Vec<File>> {
    let mut found = Vec::new();
    for (name, is_folder) in entries(root, folder)? {
        let path = format!("{folder}/{name}");
        if is_folder {
            found.extend(below(root, &path, end)?);
        } else if name.ends_with(end) {
            found.push(File::read(root, &path)?);
        }
    }
    Ok(found)
}

/// The names of the folders directly in `folder`.
pub(crate) fn folders(root: &Path, folder: &str) -> Outcome<Vec<String>> {
    let entries = entries(root, folder)?;
    Ok(entries.into_iter().filter_map(|(name, is_folder)| is_folder.then_some(name)).collect())
}

/// Names in `folder` in order, and whether each is a folder; hidden and built ones are left out.
fn entries(root: &Path, folder: &str) -> Outcome<Vec<(String, bool)>> {
    let cannot_read = |error| format!("{folder}: {error}");
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder)).map_err(cannot_read)? {
        let entry = entry.map_err(cannot_read)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "target" && !name.starts_with('.') {
            found.push((name, entry.path().is_dir()));
        }
    }
    found.sort();
    Ok(found)
}
