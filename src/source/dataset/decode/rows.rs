//! Rows of a row group that are read.

use std::ops::Range;

/// Ascending ranges of rows that do not overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rows(Vec<Range<usize>>);

impl Rows {
    #[must_use]
    pub(crate) fn all(rows: usize) -> Self {
        let mut all = Self::default();
        all.push(0..rows);
        all
    }

    #[must_use]
    pub(crate) fn one(row: usize) -> Self {
        let mut one = Self::default();
        one.push(row..row + 1);
        one
    }

    #[must_use]
    pub(crate) fn contains(&self, row: usize) -> bool {
        let at = self.0.partition_point(|known| known.end <= row);
        self.0.get(at).is_some_and(|known| known.contains(&row))
    }

    /// Adds rows after those that it has.
    pub(crate) fn push(&mut self, rows: Range<usize>) {
        if rows.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.end == rows.start => last.end = rows.end,
            _ => self.0.push(rows),
        }
    }

    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(ExactSizeIterator::len).sum()
    }

    /// How many of the rows stand before this one.
    #[must_use]
    pub(crate) fn rank(&self, row: usize) -> usize {
        let before = self.0.iter().take_while(|known| known.start < row);
        before.map(|known| known.end.min(row) - known.start).sum()
    }

    /// The ranges that the rows are in.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        self.0.iter().cloned()
    }

    /// One row after the other.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().cloned().flatten()
    }

    /// The same rows in parts: in each, those of so many rows of the row group.
    pub(crate) fn chunks(&self, size: usize) -> impl Iterator<Item = Self> {
        let end = self.0.last().map_or(0, |last| last.end);
        let starts = (0..end).step_by(size);
        let parts = starts.map(move |start| {
            let mut part = Self::default();
            for range in self.within(start..start + size) {
                part.push(start + range.start..start + range.end);
            }
            part
        });
        parts.filter(|part| !part.is_empty())
    }

    /// Those among these rows, counted from the first of them.
    pub(super) fn within(&self, rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.0.partition_point(|known| known.end <= rows.start);
        let found = self.0[first..].iter();
        let end = rows.end;
        found
            .take_while(move |known| known.start < end)
            .map(move |known| {
                known.start.max(rows.start) - rows.start..known.end.min(rows.end) - rows.start
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_page_are_counted_from_its_first() {
        let mut rows = Rows::default();
        for range in [2..4, 4..5, 5..5, 8..20] {
            rows.push(range);
        }
        let within = |range| rows.within(range).collect::<Vec<_>>();
        assert_eq!(rows.len(), 15);
        assert_eq!(within(0..2), []);
        assert_eq!(within(3..9), [0..2, 5..6]);
        assert_eq!(within(4..12), [0..1, 4..8]);
        assert_eq!(within(20..30), []);
        let chunks: Vec<Range<usize>> = rows.chunks(4).flat_map(|rows| rows.0).collect();
        assert_eq!(chunks, [2..4, 4..5, 8..12, 12..16, 16..20]);
    }
}
