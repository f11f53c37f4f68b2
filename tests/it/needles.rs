//! Planted values, and every form in which they could lie about.

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// The shortest value that is looked for: a shorter one could stand somewhere by chance.
const HEAD: usize = 8;

/// Values to look for. A text is looked for with the first bytes of its forms, so that the time
/// does not grow with the number of values.
pub(crate) struct Needles {
    starts: Vec<bool>,
    by_head: HashMap<[u8; HEAD], Vec<(String, Vec<u8>)>>,
}

impl Needles {
    pub(crate) fn none() -> Self {
        Self { starts: vec![false; 1 << 16], by_head: HashMap::new() }
    }

    /// Values under their names.
    pub(crate) fn of<V: AsRef<[u8]>>(values: &[(&str, V)]) -> Self {
        let mut needles = Self::none();
        for (name, value) in values {
            needles.plant(name, value.as_ref());
        }
        needles
    }

    /// Adds a value in every form.
    #[track_caller]
    pub(crate) fn plant(&mut self, name: &str, value: &[u8]) {
        assert!(value.len() >= HEAD, "{name} is too short to be looked for");
        for (form, bytes) in forms(value) {
            let (head, _) = bytes.split_first_chunk::<HEAD>().expect("as long as the value");
            self.starts[start(head)] = true;
            self.by_head.entry(*head).or_default().push((format!("{name}, {form}"), bytes));
        }
    }

    /// The names and forms that stand in a text.
    pub(crate) fn found_in(&self, text: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (at, head) in text.windows(HEAD).enumerate() {
            if !self.starts[start(head)] {
                continue;
            }
            for (name, bytes) in self.by_head.get(head).into_iter().flatten() {
                if text[at..].starts_with(bytes) {
                    found.insert(name.clone());
                }
            }
        }
        found
    }

    /// The names and forms that stand in any file of a folder, each with its file.
    pub(crate) fn found_under(&self, folder: &Path) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (file, bytes) in files(folder) {
            found.extend(self.found_in(&bytes).into_iter().map(|name| format!("{file}: {name}")));
        }
        found
    }
}

fn start(head: &[u8]) -> usize {
    usize::from(head[0]) << 8 | usize::from(head[1])
}

/// A value as it could be written: as it is, in hex, in base64 wherever it begins within a longer
/// text, and, where it is a text, in UTF-16.
fn forms(value: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut forms = vec![
        ("plain".to_owned(), value.to_vec()),
        ("hex".to_owned(), HEXLOWER.encode(value).into_bytes()),
        ("upper-case hex".to_owned(), HEXUPPER.encode(value).into_bytes()),
    ];
    for before in 0..3 {
        let longer = [vec![0; before], value.to_vec()].concat();
        // The characters that depend on the value alone.
        let own = (before * 8).div_ceil(6)..longer.len() * 8 / 6;
        let base64 = BASE64.encode(&longer).as_bytes()[own.clone()].to_vec();
        let base64url = BASE64URL.encode(&longer).as_bytes()[own].to_vec();
        if base64 != base64url {
            forms.push((format!("base64url after {before} bytes"), base64url));
        }
        forms.push((format!("base64 after {before} bytes"), base64));
    }
    if let Ok(text) = std::str::from_utf8(value) {
        let units = || text.encode_utf16();
        forms.push((
            "UTF-16, little end first".to_owned(),
            units().flat_map(u16::to_le_bytes).collect(),
        ));
        forms.push((
            "UTF-16, big end first".to_owned(),
            units().flat_map(u16::to_be_bytes).collect(),
        ));
    }
    forms
}

/// Every file under a folder, whatever it is called.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.append(&mut self::files(&path));
        } else {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.push((name, std::fs::read(&path).expect("a file")));
        }
    }
    files
}

#[test]
fn a_planted_value_is_found_in_every_form() {
    let value = "ada@example.org?>";
    let needles = Needles::of(&[("value", value)]);
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let texts = [
        format!("a {value} b").into_bytes(),
        HEXLOWER.encode(format!("a {value} b").as_bytes()).into_bytes(),
        BASE64.encode(format!("{value} b").as_bytes()).into_bytes(),
        BASE64.encode(format!("a{value} b").as_bytes()).into_bytes(),
        BASE64URL.encode(format!("a {value}").as_bytes()).into_bytes(),
        [b"x".as_slice(), &utf16].concat(),
    ];
    for text in &texts {
        assert_eq!(needles.found_in(text).len(), 1, "{}", String::from_utf8_lossy(text));
    }
    assert!(needles.found_in(b"ada@example.com?> and nothing else").is_empty());
}
