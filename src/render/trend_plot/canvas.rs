//! Dots and lines in characters: eight dots of Braille in each, or one star.

use crate::render::Charset;

/// Dots on a grid of characters.
#[derive(Debug)]
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    charset: Charset,
    /// The dots of each character, row by row from the top.
    cells: Vec<u8>,
}

/// A dot: from the left, and from the bottom.
pub(super) type Dot = (usize, usize);

impl Canvas {
    #[must_use]
    pub(super) fn new(columns: usize, rows: usize, charset: Charset) -> Self {
        Self {
            columns,
            rows,
            charset,
            cells: vec![0; columns * rows],
        }
    }

    /// The dots of a character, across and down.
    const fn dots_of_cell(&self) -> (usize, usize) {
        match self.charset {
            Charset::Unicode => (2, 4),
            Charset::Ascii => (1, 1),
        }
    }

    /// The dots, across and down.
    #[must_use]
    pub(super) const fn dots(&self) -> (usize, usize) {
        let (across, down) = self.dots_of_cell();
        (self.columns * across, self.rows * down)
    }

    /// The row of characters, from the top, of a dot so far from the bottom.
    #[must_use]
    pub(super) const fn row_of(&self, dot: usize) -> usize {
        let (_, down) = self.dots_of_cell();
        (self.rows * down).saturating_sub(dot + 1) / down
    }

    /// Sets a dot.
    pub(super) fn set(&mut self, (x, y): Dot) {
        let (across, down) = self.dots_of_cell();
        let (column, row) = (x / across, self.row_of(y));
        let from_top = (self.rows * down).saturating_sub(y + 1) % down;
        // Source: the Unicode standard, block Braille Patterns: dots 1-2-3-7 and 4-5-6-8.
        let bit = match (x % across, from_top) {
            (0, 3) => 6,
            (0, down) => down,
            (_, 3) => 7,
            (_, down) => down + 3,
        };
        if let Some(cell) = self.cells.get_mut(row * self.columns + column) {
            *cell |= 1 << bit;
        }
    }

    /// Sets the dots of a straight line.
    pub(super) fn line(&mut self, from: Dot, to: Dot) {
        let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let between =
            |from: usize, to: usize, at: usize| (from * (steps - at) + to * at + steps / 2) / steps;
        for at in 0..=steps {
            self.set((between(from.0, to.0, at), between(from.1, to.1, at)));
        }
    }

    /// The characters of a row.
    #[must_use]
    pub(super) fn row(&self, row: usize) -> String {
        let cells = &self.cells[row * self.columns..][..self.columns];
        let sign = |cell: &u8| match (cell, self.charset) {
            (0, _) => ' ',
            (cell, Charset::Unicode) => char::from_u32(0x2800 + u32::from(*cell)).unwrap_or(' '),
            (_, Charset::Ascii) => '*',
        };
        cells.iter().map(sign).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_from_corner_to_corner_is_drawn_in_both_sets_of_characters() {
        let draw = |charset| {
            let mut canvas = Canvas::new(4, 2, charset);
            let (across, down) = canvas.dots();
            canvas.line((0, 0), (across - 1, down - 1));
            [canvas.row(0), canvas.row(1)]
        };
        assert_eq!(draw(Charset::Unicode), ["  ⡠⠊", "⡠⠊  "]);
        assert_eq!(draw(Charset::Ascii), ["  **", "**  "]);
    }

    proptest! {
        #[test]
        fn a_line_stays_in_the_canvas_and_touches_both_ends(
            columns in 1usize..60, rows in 1usize..12, is_ascii: bool, ends in proptest::array::uniform4(0usize..1000),
        ) {
            let charset = if is_ascii { Charset::Ascii } else { Charset::Unicode };
            let mut canvas = Canvas::new(columns, rows, charset);
            let (across, down) = canvas.dots();
            let ends = [(ends[0] % across, ends[1] % down), (ends[2] % across, ends[3] % down)];
            canvas.line(ends[0], ends[1]);
            let drawn = canvas.cells.clone();
            prop_assert!(drawn.iter().any(|cell| *cell != 0));
            for end in ends {
                canvas.set(end);
            }
            prop_assert_eq!(&canvas.cells, &drawn);
            for row in 0..rows {
                prop_assert_eq!(canvas.row(row).chars().count(), columns);
            }
        }
    }
}
