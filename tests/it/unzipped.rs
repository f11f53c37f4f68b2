//! An archive, taken apart.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, TestApp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The files of an archive.
pub(crate) struct Unzipped(pub(crate) BTreeMap<String, Vec<u8>>);

impl Unzipped {
    /// Takes an archive apart; its checksums are checked on the way.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut files = BTreeMap::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).expect("a file");
            let name = file.name().expect("a name").into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("its content");
            files.insert(name, content);
        }
        Self(files)
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.0[name]).expect("UTF-8")
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(self.text(name)).expect("JSON")
    }

    /// The rows of a CSV file, by the names in its head.
    pub(crate) fn csv(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let text = self.text(name).strip_prefix('\u{feff}').expect("a byte order mark");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().expect("a head").clone();
        let row = |record: csv::Result<csv::StringRecord>| {
            let record = record.expect("a row");
            head.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
        };
        reader.records().map(row).collect()
    }

    /// How many rows of a kind `data.json` has.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.json("data.json")["rows"][kind].as_array().expect("rows").len()
    }
}

/// Asks for a copy; gives the links of its parts.
pub(crate) async fn links(app: &TestApp, token: &str) -> Vec<String> {
    let made = app.post("/v1/me/exports").bearer(token).send().await.expect(201);
    hrefs(&made)
}

pub(crate) fn hrefs(made: &Answer) -> Vec<String> {
    let parts = made.body["parts"].as_array().expect("parts");
    parts.iter().map(|part| part["href"].as_str().expect("a link").to_owned()).collect()
}

/// Asks for a copy of one part, and takes it apart.
pub(crate) async fn copy(app: &TestApp, token: &str) -> Unzipped {
    let links = links(app, token).await;
    assert_eq!(links.len(), 1);
    Unzipped::of(&app.get(&links[0]).bearer(token).send().await.expect(200).bytes)
}
