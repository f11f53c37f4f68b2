//! The archive: a page to read, data to take along, and a manifest to check it by. The same data at
//! the same moment gives the same bytes.

use crate::page;
use crate::rows::Opened;
use crate::sheet::Sheet;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};
use shared::domain::inventory::{Entity, Exported, Item, items};
use shared::domain::locale::Text;
use shared::domain::time::Timestamp;
use shared::error::{Error, Kind, Result};
use shared::ledger::verify::{Entry, Head, Line};
use shared::records::export::{Export, inventory_version};
use shared::vault::Person;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The most bytes of an archive: in base 64 it has to fit into a function's answer (AWS Lambda: 6 MB).
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What an archive is about.
pub(crate) struct Cover<'a> {
    pub(crate) person: &'a Person,
    /// Which part it is, from 1.
    pub(crate) number: usize,
    /// How many parts there are.
    pub(crate) of: usize,
    /// The copy that it is a part of.
    pub(crate) export: &'a Export,
    /// When it is built.
    pub(crate) at: Timestamp,
}

/// A file in the archive.
struct File {
    name: String,
    bytes: Vec<u8>,
    rows: Option<usize>,
}

/// Builds the archive of what was found.
///
/// # Errors
///
/// `Limit` where it is larger than an answer can be: a fault of ours.
pub(crate) fn archive(found: &[Opened], cover: &Cover<'_>) -> Result<Vec<u8>> {
    let sheets = Sheet::all(found);
    let file = |name: &str, bytes| File { name: name.to_owned(), bytes, rows: None };
    let mut files = vec![
        file("index.html", page::page(&sheets, cover).into_bytes()),
        file("data.json", json_bytes(&data(&sheets, cover))?),
    ];
    for sheet in &sheets {
        let (bytes, rows) = (sheet.csv()?, Some(sheet.rows.len()));
        files.push(File { name: sheet.file(), bytes, rows });
    }
    files.push(file("ledger.jsonl", ledger(found, cover.export)?));
    files.push(file("manifest.json", json_bytes(&manifest(&sheets, &files, cover))?));
    let bytes = zipped(&files)?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::new(Kind::Limit, "build an archive").at("bytes"));
    }
    Ok(bytes)
}

fn json_bytes(value: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| Error::new(Kind::Internal, "write JSON").because(e))
}

/// `data.json`: every row by its kind, and what is not there and why.
fn data(sheets: &[Sheet], cover: &Cover<'_>) -> Value {
    let rows = sheets.iter().map(|s| (s.entity.name().to_owned(), s.objects()));
    json!({
        "subject": cover.person.subject.as_str(),
        "made_at": cover.at.rfc3339(),
        "part": cover.number,
        "of": cover.of,
        "rows": rows.collect::<Map<_, _>>(),
        "withheld": withheld(),
        "not_included": not_included(),
    })
}

fn withheld() -> Value {
    without(|exported| matches!(exported, Exported::Masked(_)))
}

fn not_included() -> Value {
    without(|exported| matches!(exported, Exported::No(_)))
}

/// Items whose value is not in the copy, and why; kinds of rows too that hold no item.
fn without(wanted: fn(Exported) -> bool) -> Value {
    let said = |name: String, label: Text, exported: Exported| {
        let reason = exported.reason().map(both);
        wanted(exported).then(|| json!({"item": name, "label": both(label), "reason": reason}))
    };
    let item = |item: &&Item| said(item.id(), item.label, item.exported);
    let bare = |e: &Entity| items::ALL.iter().all(|item| item.entity != *e);
    let kind = |e: Entity| said(e.name().to_owned(), e.words(), e.spec().exported);
    let kinds = Entity::ALL.into_iter().filter(bare).filter_map(kind);
    items::ALL.iter().filter_map(item).chain(kinds).collect()
}

fn both(text: Text) -> Value {
    json!({"en": text.en, "zh-CN": text.zh})
}

/// `ledger.jsonl`: the entries as they are sealed. The files of all parts, one after the other,
/// verify without this service.
fn ledger(found: &[Opened], export: &Export) -> Result<Vec<u8>> {
    let mut text = String::new();
    let mut add = |line: &Line| {
        let failed = |e| Error::new(Kind::Internal, "write a line").because(e);
        text += &serde_json::to_string(line).map_err(failed)?;
        text.push('\n');
        Ok::<_, Error>(())
    };
    for opened in found.iter().filter(|opened| opened.row.entity == Entity::LedgerEntry) {
        let entry = Entry::read(&opened.row)?;
        let (chain, sequence, hash) = (entry.chain.clone(), entry.sequence, entry.hash.clone());
        add(&Line::Entry(entry))?;
        if sequence == export.entries {
            let from = Some(export.from.clone()).filter(|_| export.left() > 0);
            add(&Line::Head(Head { chain, sequence, hash, from }))?;
        }
    }
    Ok(text.into_bytes())
}

/// `manifest.json`: what the archive is of, how much of what is in it, what is not in it and why, and
/// the digest of each file.
fn manifest(sheets: &[Sheet], files: &[File], cover: &Cover<'_>) -> Value {
    let sha256 = |bytes: &[u8]| HEXLOWER.encode(digest(&SHA256, bytes).as_ref());
    let file = |file: &File| {
        let mut said = json!({
            "name": file.name, "bytes": file.bytes.len(), "sha256": sha256(&file.bytes),
        });
        if let Some(rows) = file.rows {
            said["rows"] = rows.into();
        }
        said
    };
    let counts = sheets.iter().map(|s| (s.entity.name().to_owned(), s.rows.len().into()));
    json!({
        "format": "personal-center-export-1",
        "made_at": cover.at.rfc3339(),
        "part": cover.number,
        "of": cover.of,
        "policy_version": cover.person.profile.policy_version,
        "inventory_version": inventory_version(),
        "counts": counts.collect::<Map<_, _>>(),
        "withheld": withheld(),
        "not_included": not_included(),
        "files": files.iter().map(file).collect::<Value>(),
    })
}

fn zipped(files: &[File]) -> Result<Vec<u8>> {
    let failed = || Error::new(Kind::Internal, "build an archive");
    // One time for every file: a ZIP knows local time only, and the manifest says when it was made.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        writer.start_file(file.name.as_str(), options).map_err(|e| failed().because(e))?;
        writer.write_all(&file.bytes).map_err(|e| failed().because(e))?;
    }
    Ok(writer.finish().map_err(|e| failed().because(e))?.into_inner())
}
