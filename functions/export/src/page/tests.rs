//! That what is declared decides what is in the copy: for every item, with a planted value.

use super::*;
use crate::rows::Opened;
use serde_json::Map;
use shared::domain::inventory::{Item, items};
use shared::store::{Attr, Key, Row};

/// A value that stands nowhere else.
fn planted(item: &Item) -> String {
    format!("«{}»", item.id())
}

/// A row of a kind with a planted value in every item that is declared for it.
fn row(entity: Entity) -> Opened {
    let own = |item: &&&Item| item.entity == entity;
    let mut row = Row::new(Key::records("subject#p", "row"), entity);
    let mut sealed = Map::new();
    for item in items::ALL.iter().filter(own) {
        if item.sealed {
            sealed.insert(item.field.to_owned(), planted(item).into());
        } else if item.field == "id" {
            row.key = Key::records(format!("subject#{}", planted(item)), "row");
        } else {
            let attr = Attr::parse(item.field).expect("an attribute");
            row = row.with(attr, planted(item).as_str());
        }
    }
    Opened { row, sealed }
}

#[test]
fn c_8_5_a_planted_value_of_each_item_is_in_the_copy_exactly_where_it_is_declared() {
    // One row stands beside its explanation on the page, more stand in a table.
    for rows in 1..=2 {
        let found: Vec<_> = Entity::ALL
            .into_iter()
            .flat_map(|entity| (0..rows).map(move |_| row(entity)))
            .collect();
        let sheets = Sheet::all(&found);
        let all = |file: fn(&Sheet) -> String| sheets.iter().map(file).collect::<String>();
        let files = [
            all(|sheet| sheet.objects().to_string()),
            all(|sheet| String::from_utf8(sheet.csv().expect("CSV")).expect("UTF-8")),
            all(|sheet| section(sheet.entity, Some(sheet))),
        ];
        for item in items::ALL {
            let declared = if item.exported == Exported::Value { rows } else { 0 };
            let times = files.each_ref().map(|file| file.matches(&planted(item)).count());
            assert_eq!(times, [declared; 3], "{}: JSON, CSV, page", item.id());
        }
    }
}
