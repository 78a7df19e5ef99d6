//! The table for people: fits the terminal. Holds its rows, as the widths depend on all
//! of them; the other formats stream.

mod cell;

use std::io::Write;

use anyhow::Result;
use comfy_table::{
    Attribute, Cell as Styled, CellAlignment, Color, ColumnConstraint, ContentArrangement, Width,
    presets,
};
use unicode_width::UnicodeWidthStr as _;

use crate::columns::{Column, ColumnKind, Row};
use crate::render::changes::RowChange;
use crate::render::column_widths::{ColumnWidth, GAP, fit_columns, shorten, wrap};
use crate::render::console_link::{console_url, link};
use crate::render::summary_header;
use crate::render::table::cell::{min_width, render_cell};
use crate::render::tone::{Tone, TonedText};
use crate::render::{Columns, RenderFooter, RenderOptions, Renderer};
use crate::report::{Note, NoteKind};
use crate::sanitize::sanitize;

/// So many rows are laid out at a time, which takes some kilobytes each.
const CHUNK_ROWS: usize = 1_000;

pub(super) struct TableRenderer<R: 'static> {
    columns: Columns<R>,
    options: RenderOptions,
    rows: Vec<Vec<TonedText>>,
    /// What there is to draw beside each row.
    status_counts: Vec<Option<[u64; 4]>>,
    /// The id of each row, and what it links to.
    links: Vec<Option<(String, String)>>,
    /// The width of each column, once they are drawn; `None` of one that was given up.
    widths: Vec<Option<usize>>,
}

impl<R: Row> TableRenderer<R> {
    pub(super) fn new(columns: Columns<R>, options: RenderOptions) -> Self {
        Self {
            columns,
            options,
            rows: Vec::new(),
            status_counts: Vec::new(),
            links: Vec::new(),
            widths: Vec::new(),
        }
    }

    fn column_widths(&self) -> Vec<ColumnWidth> {
        let headings = self.options.headers;
        self.columns
            .list
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let heading = if headings { column.heading.width() } else { 0 };
                let widest = self.rows.iter().map(|row| row[at].0.width()).max();
                let natural = widest.unwrap_or(0).max(heading);
                let least =
                    min_width(column.kind).map_or(natural, |least| natural.min(least.max(heading)));
                let rank = self.rank(at, column);
                ColumnWidth {
                    natural_width: natural,
                    min_width: least,
                    rank,
                    is_kept_whole: column.kind == ColumnKind::Call,
                }
            })
            .collect()
    }

    /// The node always stays, then what was asked for in its order, then the
    /// usual columns by their own rank.
    fn rank(&self, at: usize, column: &Column<R>) -> usize {
        let own = column.rank.map_or(usize::from(u8::MAX), usize::from);
        if own == 1 {
            0
        } else if self.columns.requested.contains(&column.name) {
            1 + at
        } else if self.columns.wide_only.contains(&column.name) {
            usize::MAX / 2 + own
        } else {
            1 + self.columns.list.len() + own
        }
    }

    /// The pieces as one text, with their colours where there are any.
    fn paint(&self, pieces: &[TonedText]) -> String {
        let painted = pieces
            .iter()
            .map(|(text, tone)| tone.paint(text, self.options.color));
        painted.collect()
    }

    /// The notes in lines that fit. On a terminal the counts stand first, then the notes of
    /// the fewest lines, so that a long list hides none.
    fn note_lines(&self, notes: &[Note]) -> Vec<String> {
        let lines = |note: &Note| -> Vec<String> {
            let indent = if note.is_detail { 2 } else { 0 };
            let text = note.to_full_line();
            let text = sanitize(&text);
            let lines = match self.options.width {
                Some(width) => wrap(&text, width.saturating_sub(indent)),
                None => vec![text.into_owned()],
            };
            let lines = lines.into_iter();
            lines.map(|line| format!("{:indent$}{line}", "")).collect()
        };
        let with_details = notes.chunk_by(|_, next| next.is_detail);
        let mut blocks: Vec<(bool, Vec<String>)> = with_details
            .map(|notes| {
                let is_count = notes[0].kind == NoteKind::Counts;
                (!is_count, notes.iter().flat_map(lines).collect())
            })
            .collect();
        if self.options.width.is_some() {
            blocks.sort_by_key(|(is_other, lines)| is_other.then_some(lines.len()));
        }
        blocks.into_iter().flat_map(|(_, lines)| lines).collect()
    }

    fn draw(&mut self, out: &mut dyn Write) -> Result<()> {
        let needs = self.column_widths();
        // Bars are drawn on a terminal only, in what room is left, and in some anyway.
        let has_bars = self.status_counts.iter().any(Option::is_some);
        let kept = if has_bars {
            GAP + summary_header::MIN_BAR_WIDTH
        } else {
            0
        };
        let widths = match self.options.width {
            Some(room) => fit_columns(&needs, room.saturating_sub(kept)),
            None => needs.iter().map(|need| Some(need.natural_width)).collect(),
        };
        let shown: Vec<(usize, usize)> = widths
            .iter()
            .enumerate()
            .filter_map(|(at, width)| width.map(|width| (at, width)))
            .collect();
        let used: usize = shown.iter().map(|(_, width)| width + GAP).sum();
        let room = self.options.width.filter(|_| has_bars);
        let bars = room.and_then(|room| room.checked_sub(used));
        let bars = bars.filter(|bars| *bars >= summary_header::MIN_BAR_WIDTH);
        for (chunk, rows) in self.rows.chunks(CHUNK_ROWS).enumerate() {
            self.draw_rows(chunk * CHUNK_ROWS, rows, &shown, bars, out)?;
        }
        let given_up: Vec<&str> = widths
            .iter()
            .zip(&self.columns.list)
            .filter(|(width, column)| {
                width.is_none() && self.columns.requested.contains(&column.name)
            })
            .map(|(_, column)| column.name)
            .collect();
        self.widths = widths;
        if !given_up.is_empty() {
            writeln!(
                out,
                "\nno room for {}; widen the terminal, name fewer --columns, or use -o csv or -o json",
                given_up.join(", ")
            )?;
        }
        Ok(())
    }

    /// Draws some rows, of which the first has this place; above the first of all, headings.
    fn draw_rows(
        &self,
        first: usize,
        rows: &[Vec<TonedText>],
        shown: &[(usize, usize)],
        bars: Option<usize>,
        out: &mut dyn Write,
    ) -> Result<()> {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        if self.options.color {
            // Whether NO_COLOR counts was settled where --color was read.
            crossterm::style::force_color_output(true);
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let styled = |text: &str, width: usize, tone: Tone| {
            let cell = Styled::new_owned(shorten(text, width, self.options.charset));
            match tone {
                Tone::Plain => cell,
                Tone::Strong => cell.add_attribute(Attribute::Bold),
                Tone::Dim => cell.add_attribute(Attribute::Dim),
                Tone::Good => cell.fg(Color::DarkGreen),
                Tone::Bad => cell.fg(Color::DarkRed),
                Tone::Warning => cell.fg(Color::DarkYellow),
            }
        };
        let headings = usize::from(self.options.headers && first == 0);
        if headings > 0 {
            let heading = |at: usize| self.columns.list[at].heading;
            let cells = shown.iter();
            table.set_header(cells.map(|&(at, width)| styled(heading(at), width, Tone::Strong)));
        }
        for (row, parts) in rows.iter().zip(&self.status_counts[first..]) {
            let cells = shown.iter().map(|&(at, width)| {
                let (text, tone) = &row[at];
                styled(text, width, *tone)
            });
            let bar = bars.map(|room| {
                let length = room.min(summary_header::MAX_BAR_WIDTH);
                let parts = parts.unwrap_or_default();
                let pieces = summary_header::bar(parts, length, self.options.charset);
                Styled::new_owned(self.paint(&pieces))
            });
            table.add_row(cells.chain(bar));
        }
        for (position, &(at, width)) in shown.iter().enumerate() {
            if let Some(column) = table.column_mut(position) {
                let is_last = position + 1 == shown.len() && bars.is_none();
                let gap = if is_last { 0 } else { GAP };
                let size = |size: usize| u16::try_from(size).unwrap_or(u16::MAX);
                column.set_padding((0, size(gap)));
                // Other rows may have wider cells.
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(size(
                    width + gap,
                ))));
                if self.columns.list[at].kind.is_number() {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        if let Some(column) = table.column_mut(shown.len()) {
            column.set_padding((0, 0));
        }
        for (at, line) in table.lines().enumerate() {
            let line = line.trim_end();
            // After the layout, as comfy-table would count the address.
            match at
                .checked_sub(headings)
                .and_then(|row| self.links[first + row].as_ref())
            {
                Some((id, url)) => writeln!(out, "{}", line.replacen(id, &link(id, url), 1))?,
                None => writeln!(out, "{line}")?,
            }
        }
        Ok(())
    }
}

impl<R: Row<Footer: RenderFooter>> Renderer<R> for TableRenderer<R> {
    fn write_row(&mut self, row: &R, _out: &mut dyn Write) -> Result<()> {
        // A remark on a node is among the notes.
        if !row.is_note() {
            self.status_counts.push(row.status_counts());
            let node = row.node().filter(|_| self.options.links);
            self.links
                .push(node.and_then(|node| Some((node.id.to_string(), console_url(node)?))));
            let columns = &self.columns.list;
            let cells = columns.iter();
            let mut cells: Vec<TonedText> = cells
                .map(|column| render_cell(column, row, self.options))
                .collect();
            if let Some(changes) = &self.columns.changes {
                mark_changes(&mut cells, &changes.compare(row, columns));
            }
            self.rows.push(cells);
        }
        Ok(())
    }

    fn write_footer(
        &mut self,
        footer: &R::Footer,
        notes: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        let is_quiet = self.options.quiet;
        if !is_quiet {
            let head = footer.head(self.options.width, self.options.charset);
            for pieces in &head {
                writeln!(out, "{}", self.paint(pieces).trim_end())?;
            }
            if !head.is_empty() && !self.rows.is_empty() {
                writeln!(out)?;
            }
        }
        if !self.rows.is_empty() {
            self.draw(out)?;
            if !is_quiet {
                writeln!(out)?;
            }
        }
        for line in self.note_lines(notes) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    fn has_shown(&self, text: &str) -> bool {
        let text = sanitize(text);
        let is_whole = |(cell, width): (&TonedText, &Option<usize>)| {
            width.is_some_and(|width| cell.0.width() <= width) && cell.0.contains(&*text)
        };
        let mut rows = self.rows.iter().filter(|_| self.options.width.is_some());
        rows.any(|row| row.iter().zip(&self.widths).any(is_whole))
    }
}

/// A star behind each value that changed. It is no part of an id: of a new row, the last
/// cell says so.
fn mark_changes(cells: &mut [TonedText], change: &RowChange) {
    match change {
        RowChange::New => {
            if let Some((text, _)) = cells.last_mut() {
                text.push_str(" (new)");
            }
        }
        RowChange::Cells(changed) => {
            for ((text, _), _) in cells
                .iter_mut()
                .zip(changed)
                .filter(|(_, changed)| **changed)
            {
                text.push('*');
            }
        }
    }
}
