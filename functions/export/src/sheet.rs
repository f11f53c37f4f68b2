//! The rows of one kind as a table: its columns are those of the inventory, its file is CSV.

use crate::fields::clear;
use crate::rows::Opened;
use serde_json::{Map, Value, json};
use shared::domain::inventory::{Column as Technical, Entity, Exported, Item, items};
use shared::domain::locale::Text;
use shared::error::{Error, Kind, Result};

/// What stands in front of a CSV file, so that spreadsheets read it as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A column of a table.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    /// In clear and technical.
    Technical(&'static Technical),
    /// A declared item.
    Declared(&'static Item),
}

impl Column {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Technical(column) => column.name,
            Self::Declared(item) => item.field,
        }
    }

    pub(crate) const fn label(self) -> Text {
        match self {
            Self::Technical(column) => column.label,
            Self::Declared(item) => item.label,
        }
    }

    /// The value in a row; of what is withheld, only that it is there.
    fn value(self, opened: &Opened) -> Value {
        let value = match self {
            Self::Declared(item) if item.sealed => {
                opened.sealed.get(item.field).cloned().unwrap_or_default()
            }
            other => clear(&opened.row, other.name()),
        };
        match self {
            Self::Declared(item) if item.exported != Exported::Value && !value.is_null() => {
                json!({"withheld": true})
            }
            _ => value,
        }
    }
}

/// The rows of one kind.
pub(crate) struct Sheet {
    pub(crate) entity: Entity,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// The columns of a kind of row.
pub(crate) fn columns(entity: Entity) -> Vec<Column> {
    let declared = items::ALL.iter().copied().filter(|item| item.entity == entity);
    let technical = entity.columns().iter().map(Column::Technical);
    technical.chain(declared.map(Column::Declared)).collect()
}

impl Sheet {
    /// A table for each kind of row that a copy holds, also where it has no row.
    pub(crate) fn all(found: &[Opened]) -> Vec<Self> {
        let exported = |entity: &Entity| entity.spec().exported == Exported::Value;
        let sheet = |entity: Entity| {
            let columns = columns(entity);
            let of_kind = found.iter().filter(|opened| opened.row.entity == entity);
            let cells = |opened| columns.iter().map(|column| column.value(opened)).collect();
            let rows = of_kind.map(cells).collect();
            Self { entity, columns, rows }
        };
        Entity::ALL.into_iter().filter(exported).map(sheet).collect()
    }

    /// The name of its file.
    pub(crate) fn file(&self) -> String {
        format!("{}.csv", self.entity.name())
    }

    /// Its rows as JSON objects.
    pub(crate) fn objects(&self) -> Value {
        let object = |row: &Vec<Value>| {
            let members = self.columns.iter().zip(row);
            let members = members.map(|(column, value)| (column.name().to_owned(), value.clone()));
            Value::Object(members.collect::<Map<_, _>>())
        };
        self.rows.iter().map(object).collect()
    }

    /// Its rows as CSV (RFC 4180), with a head.
    pub(crate) fn csv(&self) -> Result<Vec<u8>> {
        let failed = |e: csv::Error| Error::new(Kind::Internal, "write a CSV file").because(e);
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        writer.write_record(self.columns.iter().map(|column| column.name())).map_err(failed)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|value| guarded(cell(value)))).map_err(failed)?;
        }
        writer.into_inner().map_err(|_| Error::new(Kind::Internal, "write a CSV file"))
    }
}

/// A value as text: a list as its values with `; ` between them, an object as JSON.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join("; "),
        Value::Object(members) if members.contains_key("withheld") => "[withheld]".to_owned(),
        other => other.to_string(),
    }
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe stands in
/// front of what could begin one.
fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_8_5_no_cell_begins_a_formula() {
        for text in ["=1+1", "+8613800138000", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(guarded(text.to_owned()), format!("'{text}"));
        }
        assert_eq!(guarded("Ada = 1".to_owned()), "Ada = 1");
    }

    #[test]
    fn a_cell_is_text() {
        assert_eq!(cell(&json!(["a", "b"])), "a; b");
        assert_eq!(cell(&json!({"withheld": true})), "[withheld]");
        assert_eq!((cell(&Value::Null), cell(&json!(3))), (String::new(), "3".to_owned()));
        assert_eq!(cell(&json!([{"n": 1}, {"n": 2}])), r#"{"n":1}; {"n":2}"#);
        assert_eq!((cell(&json!([])), cell(&json!([1, 2]))), (String::new(), "1; 2".to_owned()));
    }
}
