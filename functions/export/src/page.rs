//! `index.html`: what the archive holds, in both languages, readable without any tool. No script,
//! and nothing is loaded from anywhere (C-4.2).

use crate::archive::Cover;
use crate::sheet::{Column, Sheet, columns};
use crate::words::{coded, inline, shown, time};
use serde_json::Value;
use shared::domain::inventory::{Basis, Entity, Erased, Exported, Purpose};
use shared::domain::locale::{Locale, Text, text};
use shared::http::page::escape;
use std::fmt::Write;

/// The most rows of a kind that the page shows; its file has all of them.
const MAX_ROWS: usize = 20;

const STYLE: &str = "body{font:1rem/1.55 system-ui,sans-serif;max-width:64rem;margin:2rem auto;\
    padding:0 1rem;color:#1a1a1a;background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;\
    margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}table{border-collapse:collapse;\
    width:100%;font-size:.9rem;margin:.8rem 0}th,td{border:1px solid #ddd;padding:.3rem .5rem;\
    text-align:left;vertical-align:top;overflow-wrap:break-word}th{background:#f4f4f5}\
    ul{margin:0;padding-left:1.1rem}\
    .wide{overflow-x:auto}code{font-size:.85em}[lang=zh-CN]{color:#333}";

/// The page of an archive.
pub(crate) fn page(sheets: &[Sheet], cover: &Cover<'_>) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Personal Center: a copy of your information · 您的信息副本</title>\n\
         <style>{STYLE}</style></head><body>\n"
    );
    page += &opening(cover);
    page += &purposes(cover);
    for entity in Entity::ALL {
        let sheet = sheets.iter().find(|sheet| sheet.entity == entity);
        page += &section(entity, sheet);
        if entity == Entity::Account {
            page += &stage(cover);
        }
    }
    page += "</body></html>\n";
    page
}

/// A paragraph in each language.
fn paragraph(text: Text) -> String {
    format!("<p>{}</p>\n<p lang=\"zh-CN\">{}</p>\n", escape(text.en), escape(text.zh))
}

fn opening(cover: &Cover<'_>) -> String {
    let intro = text(
        "This is everything that the service holds about you, of the rows in this part. Each section \
         below is a kind of row: what it is, why it is kept, for how long, and its values.",
        "以下为本服务所保存的关于您的全部信息（本部分所含记录）。每一节为一类记录：其内容、保存目的、保存期限及具体数值。",
    );
    let files = text(
        "data.json has all values for programs, each CSV file one kind of row for spreadsheets, \
         ledger.jsonl the ledger as it is sealed, manifest.json the digest of each file. In the CSV \
         files an apostrophe stands in front of a value that begins with = + - @, a tab or a carriage \
         return, so that no spreadsheet takes it for a formula.",
        "data.json 包含全部数值，供程序读取；每个 CSV 文件为一类记录，供电子表格打开；ledger.jsonl 为封存状态的记录链；\
         manifest.json 为各文件的摘要。CSV 文件中，以 = + - @、制表符或回车开头的值前加有一个撇号，以免被电子表格当作公式。",
    );
    let (of, number, at) = (cover.of, cover.number, time(&cover.at.rfc3339()));
    let times = text(
        "Times are in UTC; in mainland China it is eight hours later. Where the service keeps a code, \
         its meaning stands beside it.",
        "时间均为协调世界时（UTC），北京时间须加八小时。以代码保存的内容，其含义列于代码之前。",
    );
    let policy = inline(text("policy version", "政策版本"));
    let subject = escape(cover.person.subject.as_str());
    let version = escape(&cover.person.profile.policy_version);
    let links = ["data.json", "ledger.jsonl", "manifest.json"].map(link).join(" · ");
    format!(
        "<h1>A copy of your information · <span lang=\"zh-CN\">您的信息副本</span></h1>\n\
         <p><code>{subject}</code> · {at} · part {number} of {of} · \
         <span lang=\"zh-CN\">第 {number} 部分，共 {of} 部分</span> · {policy} <code>{version}</code></p>\n\
         {}{}{}<p>{links}</p>\n",
        paragraph(intro),
        paragraph(times),
        paragraph(files),
    )
}

fn link(file: &str) -> String {
    format!("<a href=\"{file}\">{file}</a>")
}

/// The purposes, and for each whether there is a consent or none is needed.
fn purposes(cover: &Cover<'_>) -> String {
    let title = inline(text("What for", "处理目的"));
    let mut part = format!(
        "<h2>{title}</h2>\n<table><tr><th>purpose <span lang=\"zh-CN\">目的</span></th><th>what for <span lang=\"zh-CN\">用途</span></th><th>your consent <span lang=\"zh-CN\">您的同意</span></th></tr>\n"
    );
    for purpose in Purpose::ALL {
        let (name, why) = (coded(purpose.words(), purpose.name()), inline(purpose.why()));
        let consent = consent(purpose, cover);
        let _infallible =
            writeln!(part, "<tr><td>{name}</td><td>{why}</td><td>{consent}</td></tr>");
    }
    part + "</table>\n"
}

/// Whether there is a consent to a purpose, or none is needed.
fn consent(purpose: Purpose, cover: &Cover<'_>) -> String {
    if purpose.is_basic() {
        return inline(text(
            "not needed: it comes and goes with the account",
            "无需同意：该目的随账号产生和终止",
        ));
    }
    let mut consents = cover.person.profile.consents.iter();
    match consents.find(|consent| consent.purpose == purpose) {
        Some(consent) => {
            let given = inline(text("given", "已同意"));
            format!("{given} {}", time(&consent.given_at.rfc3339()))
        }
        None => inline(text("not given", "未同意")),
    }
}

/// Where a change of contact is, if there is one: its times alone do not say it.
fn stage(cover: &Cover<'_>) -> String {
    let change = cover.person.profile.contact_change.as_ref();
    change.map(|change| paragraph(change.stage(cover.at).words())).unwrap_or_default()
}

/// A kind of row: how it is handled, its items, its values.
fn section(entity: Entity, sheet: Option<&Sheet>) -> String {
    let spec = entity.spec();
    let mut part = format!(
        "<h2 id=\"{name}\">{} <code>{name}</code></h2>\n",
        inline(entity.words()),
        name = spec.name
    );
    let [en, zh] = [Locale::En, Locale::Zh].map(|locale| spec.retention.words(locale));
    let _infallible =
        writeln!(part, "<p>Kept {en}. <span lang=\"zh-CN\">保存期限：{zh}。</span></p>");
    let _infallible = writeln!(part, "<p>{}</p>", erasure(spec.erased));
    part += &spec.exported.reason().map(paragraph).unwrap_or_default();
    let columns = columns(entity);
    if !columns.is_empty() {
        part += "<table><tr><th>item <span lang=\"zh-CN\">信息项</span></th>\
                 <th>what it is <span lang=\"zh-CN\">内容</span></th>\
                 <th>purpose <span lang=\"zh-CN\">目的</span></th>\
                 <th>basis <span lang=\"zh-CN\">依据</span></th>\
                 <th>here <span lang=\"zh-CN\">本副本</span></th></tr>\n";
        let rows = sheet.map(|sheet| sheet.rows.as_slice()).unwrap_or_default();
        // Where there is one row, its values stand beside their explanation.
        let only = if let [row] = rows { Some(row) } else { None };
        let line = |(at, column): (usize, &Column)| {
            explained(entity, *column, only.and_then(|row| row.get(at)))
        };
        part.extend(columns.iter().enumerate().map(line));
        part += "</table>\n";
    }
    part + &sheet.map(values).unwrap_or_default()
}

fn erasure(erased: Erased) -> String {
    match erased {
        Erased::Gone => inline(text("Goes when the account is erased.", "账号删除时一并删除。")),
        Erased::Apart => inline(text("Apart from accounts.", "与账号无关。")),
        Erased::Kept(duty) => {
            let stays = inline(text("Stays when the account is erased:", "账号删除后仍保留："));
            format!("{stays} {}", inline(duty))
        }
    }
}

/// A basis in words.
const fn words(basis: Basis) -> Text {
    match basis {
        Basis::Consent => text("your consent", "您的同意"),
        Basis::Contract => text("needed for the account", "账号所必需"),
        Basis::LegalDuty => text("a duty under law", "法定义务"),
    }
}

/// The line of a column.
fn explained(entity: Entity, column: Column, only: Option<&Value>) -> String {
    let name = column.name();
    let label = inline(column.label());
    let (purpose, basis, exported) = match column {
        Column::Technical(_) => (String::new(), String::new(), Exported::Value),
        Column::Declared(item) => {
            (inline(item.purpose.words()), inline(words(item.basis)), item.exported)
        }
    };
    let here = match exported {
        Exported::Value => match only {
            Some(value) => shown(entity, name, value),
            None => inline(text("its value", "数值")),
        },
        Exported::Masked(reason) => {
            format!("{} {}", inline(text("withheld:", "不予提供：")), inline(reason))
        }
        Exported::No(_) => inline(text("not included", "未包含")),
    };
    format!(
        "<tr><td><code>{}.{name}</code></td><td>{label}</td><td>{purpose}</td><td>{basis}</td>\
         <td>{here}</td></tr>\n",
        entity.name()
    )
}

/// The first rows, and where all of them are.
fn values(sheet: &Sheet) -> String {
    let (count, file) = (sheet.rows.len(), link(&sheet.file()));
    let mut part = format!(
        "<p>{file}: rows in this part · <span lang=\"zh-CN\">本部分条数</span>: {count}</p>\n"
    );
    if count <= 1 {
        return part;
    }
    let head = sheet.columns.iter().map(|column| {
        format!("<th>{} <code>{}</code></th>", inline(column.label()), column.name())
    });
    let _infallible =
        writeln!(part, "<div class=\"wide\"><table><tr>{}</tr>", head.collect::<String>());
    for row in sheet.rows.iter().take(MAX_ROWS) {
        let cells = sheet.columns.iter().zip(row);
        let cells = cells.map(|(column, value)| shown(sheet.entity, column.name(), value));
        let cells = cells.map(|cell| format!("<td>{cell}</td>"));
        let _infallible = writeln!(part, "<tr>{}</tr>", cells.collect::<String>());
    }
    part += "</table></div>\n";
    if count > MAX_ROWS {
        part += &paragraph(text("All others are in the file.", "其余记录见文件。"));
    }
    part
}

#[cfg(test)]
mod tests;
