//! Fills one row, cell by cell, in the order of the columns.

use jiff::Timestamp;

use crate::record::{Count, Moment};
use crate::source::dataset::table_writer::column_buffer::ColumnBuffer;

/// The cells of a row that are still to be filled.
pub(crate) struct RowCursor<'a> {
    columns: std::slice::IterMut<'a, ColumnBuffer>,
}

impl<'a> RowCursor<'a> {
    pub(super) fn new(columns: &'a mut [ColumnBuffer]) -> Self {
        Self {
            columns: columns.iter_mut(),
        }
    }

    fn next_column(&mut self) -> &'a mut ColumnBuffer {
        self.columns.next().expect("the row has no more columns")
    }

    pub(crate) fn text(&mut self, text: Option<&str>) {
        self.next_column().push_text(text);
    }

    pub(crate) fn count(&mut self, count: Count) {
        let count = count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        self.next_column().push_integer(count);
    }

    pub(crate) fn time(&mut self, time: Moment) {
        let micros = time.map(Timestamp::as_microsecond);
        self.next_column().push_integer(micros);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.next_column().push_bool(value);
    }

    pub(crate) fn list<'b>(&mut self, list: Option<impl Iterator<Item = &'b str>>) {
        self.next_column().push_list(list);
    }

    pub(crate) fn map<'b>(&mut self, entries: impl Iterator<Item = (&'b str, &'b str)> + Clone) {
        self.next_column().push_map(entries);
    }

    pub(super) fn end(mut self) {
        assert!(self.columns.next().is_none(), "the row has more columns");
    }
}
