//! Tests of the data of a page: what is said where it would become too large, and that each
//! text is found again under its number.

use proptest::prelude::*;
use serde_json::Value;

use crate::columns::Column;
use crate::record::{Scope, Subject};
use crate::render::html::data_table::DataTable;
use crate::report::PatchRow;

/// The table of rows with these texts.
fn table(texts: &[String]) -> String {
    table_and_omission(texts).0
}

/// The same, and what stands on stderr of rows that it does not hold.
fn table_and_omission(texts: &[String]) -> (String, Option<String>) {
    let columns = vec![Column::by_name("Note").unwrap()];
    let mut table = DataTable::<PatchRow>::new("rows", "Patches", columns);
    let mut out = Vec::new();
    table.write_head(&mut out).unwrap();
    for note in texts {
        let subject = Subject::Scope(Scope::default());
        let row = PatchRow::Note {
            subject,
            note: note.clone(),
        };
        table.write_row(&row, &mut out).unwrap();
    }
    table.write_foot(&mut out).unwrap();
    let omission = table.omission().map(|note| note.to_line());
    (String::from_utf8(out).unwrap(), omission)
}

fn data(table: &str) -> Value {
    let (_, json) = table.split_once("data-table=\"rows\">").unwrap();
    serde_json::from_str(json.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn rows_that_would_make_the_page_too_large_are_counted_and_said() {
    let texts: Vec<String> = (0..30).map(|at| format!("{at}").repeat(1 << 20)).collect();
    let (table, omission) = table_and_omission(&texts);
    let rows = data(&table)["rows"].as_array().unwrap().len();
    assert!(rows < 30);
    let said = format!("{} more rows are not in this page", 30 - rows);
    assert!(table.contains(&said));
    assert!(table.len() < 26 << 20);
    let said = format!("{} rows of \"Patches\" not in the page", 30 - rows);
    assert!(omission.unwrap().starts_with(&said));
    assert_eq!(table_and_omission(&texts[..3]).1, None);
}

proptest! {
    #[test]
    fn each_row_finds_its_text_again_and_each_text_stands_once(
        texts in proptest::collection::vec("[ab<>&\"'\u{e9}\u{1f600}]{0,3}", 0..40),
    ) {
        let data = data(&table(&texts));
        let column = &data["columns"][0];
        let values = column["values"].as_array().unwrap();
        let rows = data["rows"].as_array().unwrap();
        let found = rows.iter().map(|row| {
            let at = usize::try_from(row[0].as_u64().unwrap()).unwrap();
            values[at].as_str().unwrap()
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), texts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut distinct = texts.clone();
        distinct.sort();
        distinct.dedup();
        prop_assert_eq!(values.len(), distinct.len());
        prop_assert_eq!(column["tones"].as_str().unwrap().len(), values.len());
    }
}
