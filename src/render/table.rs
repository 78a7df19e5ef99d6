//! The table for people: fits the terminal, says in words what it colours.
//!
//! The only user of comfy-table. Holds its rows, as widths depend on all of
//! them; whoever has a million of them wants another format.

mod cell;

use std::io::Write;

use anyhow::Result;
use comfy_table::{Attribute, Cell as Styled, CellAlignment, Color, ContentArrangement, presets};
use crossterm::style::Stylize as _;
use unicode_width::UnicodeWidthStr as _;

pub(super) use self::cell::Tone;
use crate::aggregate::exposure;
use crate::aggregate::exposure::NOT_SEEN_CAVEAT;
use crate::columns::{Column, ColumnKind, Row};
use crate::compliance::baseline_conflict;
use crate::render::column_widths::{ColumnWidth, GAP, fit_columns, shorten};
use crate::render::doctor_header;
use crate::render::summary_header;
use crate::render::summary_header::TonedText;
use crate::render::table::cell::{min_width, render_cell};
use crate::render::{Columns, RenderOptions, Renderer};
use crate::report::{Footer, PivotTotals, Totals};
use crate::sanitize::sanitize;

pub struct TableRenderer<'a, R: 'static> {
    columns: Columns<R>,
    options: RenderOptions,
    rows: Vec<Vec<TonedText>>,
    /// What there is to draw beside each row.
    status_counts: Vec<Option<[u64; 4]>>,
    out: &'a mut dyn Write,
}

impl<'a, R: Row> TableRenderer<'a, R> {
    pub fn new(columns: Columns<R>, options: RenderOptions, out: &'a mut dyn Write) -> Self {
        Self {
            columns,
            options,
            rows: Vec::new(),
            status_counts: Vec::new(),
            out,
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
        } else {
            1 + self.columns.list.len() + own
        }
    }

    /// The pieces as one text, with their colours where there are any.
    fn paint(&self, pieces: &[TonedText]) -> String {
        let painted = pieces.iter().map(|(text, tone)| {
            let text = sanitize(text);
            match tone {
                _ if !self.options.color => text.into_owned(),
                Tone::Plain => text.into_owned(),
                Tone::Dim => text.dim().to_string(),
                Tone::Good => text.dark_green().to_string(),
                Tone::Bad => text.dark_red().to_string(),
                Tone::Warning => text.dark_yellow().to_string(),
            }
        });
        painted.collect()
    }

    fn draw(&mut self) -> Result<()> {
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
        if self.options.headers {
            table.set_header(shown.iter().map(|&(at, width)| {
                Styled::new(shorten(self.columns.list[at].heading, width))
                    .add_attribute(Attribute::Bold)
            }));
        }
        for (row, parts) in self.rows.iter().zip(&self.status_counts) {
            let cells = shown.iter().map(|&(at, width)| {
                let (text, tone) = &row[at];
                styled_cell(shorten(text, width), *tone)
            });
            let bar = bars.map(|room| {
                let pieces = summary_header::bar(
                    parts.unwrap_or_default(),
                    room.min(summary_header::MAX_BAR_WIDTH),
                );
                Styled::new_owned(self.paint(&pieces))
            });
            table.add_row(cells.chain(bar));
        }
        for (position, &(at, _)) in shown.iter().enumerate() {
            if let Some(column) = table.column_mut(position) {
                let is_last = position + 1 == shown.len() && bars.is_none();
                let gap = if is_last { 0 } else { GAP };
                column.set_padding((0, u16::try_from(gap).unwrap_or(0)));
                if matches!(
                    self.columns.list[at].kind,
                    ColumnKind::Count
                        | ColumnKind::ViolationCount
                        | ColumnKind::Age
                        | ColumnKind::Percent
                ) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        if let Some(bars) = table.column_mut(shown.len()) {
            bars.set_padding((0, 0));
        }
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        let given_up: Vec<&str> = widths
            .iter()
            .zip(&self.columns.list)
            .filter(|(width, column)| {
                width.is_none() && self.columns.requested.contains(&column.name)
            })
            .map(|(_, column)| column.name)
            .collect();
        if !given_up.is_empty() {
            writeln!(
                self.out,
                "\nno room for {}; widen the terminal, name fewer --columns, or use -o csv or -o json",
                given_up.join(", ")
            )?;
        }
        Ok(())
    }
}

impl<R: Row> Renderer<R> for TableRenderer<'_, R> {
    fn write_row(&mut self, row: &R) -> Result<()> {
        // A remark on a node stands below the table.
        if !row.is_note() {
            self.status_counts.push(row.status_counts());
            self.rows.push(
                self.columns
                    .list
                    .iter()
                    .map(|column| render_cell(column, row, self.options))
                    .collect(),
            );
        }
        Ok(())
    }

    fn write_footer(&mut self, footer: &Footer) -> Result<()> {
        let around = footer.diagnosis.as_ref().filter(|_| !self.options.quiet);
        if let Some(diagnosis) = around {
            for line in doctor_header::caller_lines(&diagnosis.callers) {
                writeln!(self.out, "{}", sanitize(&line))?;
            }
            writeln!(self.out)?;
        }
        let total = footer
            .total_group
            .as_deref()
            .filter(|_| !self.options.quiet);
        if let Some(total) = total {
            for pieces in summary_header::headline(total, self.options.width) {
                writeln!(self.out, "{}", self.paint(&pieces).trim_end())?;
            }
            if !self.rows.is_empty() {
                writeln!(self.out)?;
            }
        }
        if !self.rows.is_empty() {
            self.draw()?;
        }
        if self.options.quiet {
            return Ok(());
        }
        if !self.rows.is_empty() {
            writeln!(self.out)?;
        }
        if let Some(diagnosis) = around {
            writeln!(
                self.out,
                "{}",
                doctor_header::describe_counts(&diagnosis.counts)
            )?;
            return Ok(());
        }
        writeln!(self.out, "{}", describe_totals(footer, R::NOUN))?;
        if let Some(gaps) = total.and_then(summary_header::describe_unreported) {
            writeln!(self.out, "{gaps}")?;
        }
        // `states` has a row for each of these already, and `summary` has none.
        if footer.totals.verdicts.is_none() || total.is_some() {
            if !footer.no_data.is_empty() {
                let ids: Vec<&str> = footer.no_data.iter().map(|node| &*node.id).collect();
                writeln!(self.out, "no data: {}", sanitize(&ids.join(", ")))?;
            }
            if !footer.unread.is_empty() {
                // Why stands on stderr, for each.
                let ids: Vec<String> = footer
                    .unread
                    .iter()
                    .map(|unread| unread.subject.to_string())
                    .collect();
                writeln!(self.out, "unread: {}", sanitize(&ids.join(", ")))?;
            }
        }
        for line in exposure::to_lines(&footer.exposures) {
            writeln!(self.out, "{}", sanitize(&line))?;
        }
        if footer.is_about_cves() {
            writeln!(self.out, "{NOT_SEEN_CAVEAT}")?;
        }
        for line in baseline_conflict::to_lines(&footer.conflicts) {
            writeln!(self.out, "{}", sanitize(&line))?;
        }
        for finding in &footer.discovery {
            for line in finding.to_lines(footer.discovery.len() > 1) {
                writeln!(self.out, "{}", sanitize(&line))?;
            }
        }
        Ok(())
    }
}

/// "40 nodes asked, 37 answered, 3 without data; 12 non-compliant"
fn describe_totals(footer: &Footer, noun: &str) -> String {
    let summary: &Totals = &footer.totals;
    let nodes = if summary.asked == 1 { "node" } else { "nodes" };
    let mut parts = vec![
        format!(
            "{} {nodes} {}",
            summary.asked,
            if footer.discovery.is_empty() {
                "asked"
            } else {
                "found"
            }
        ),
        format!("{} answered", summary.answered),
    ];
    if summary.no_data > 0 {
        parts.push(format!("{} without data", summary.no_data));
    }
    if summary.unread > 0 {
        parts.push(format!("{} unread", summary.unread));
    }
    match summary.unread_scopes {
        0 => {}
        1 => parts.push("1 place unread".to_owned()),
        n => parts.push(format!("{n} places unread")),
    }
    let found = if let Some(verdicts) = summary.verdicts {
        let stale = match verdicts.stale {
            0 => String::new(),
            stale => format!(", {stale} stale"),
        };
        format!("{} non-compliant{stale}", verdicts.non_compliant)
    } else {
        let hidden = match summary.hidden {
            0 => String::new(),
            hidden => format!(", {hidden} read and hidden by the filter"),
        };
        let noun = if summary.rows == 1 { "patch" } else { noun };
        let rows = match footer.pivot_totals {
            None => format!("{} {noun}", summary.rows),
            Some(pivot) => describe_pivot_totals(pivot, summary.rows),
        };
        format!("{rows}{hidden}")
    };
    format!("{}; {found}", parts.join(", "))
}

/// "57 patches counted in 12 groups by kb"
fn describe_pivot_totals(pivot: PivotTotals, groups: u64) -> String {
    let patches = match pivot.patch_count {
        1 => "1 patch".to_owned(),
        n => format!("{n} patches"),
    };
    let plural = if groups == 1 { "" } else { "s" };
    format!(
        "{patches} counted in {groups} group{plural} by {}",
        pivot.grouping
    )
}

fn styled_cell(text: String, tone: Tone) -> Styled {
    let cell = Styled::new_owned(text);
    match tone {
        Tone::Plain => cell,
        Tone::Dim => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::DarkGreen),
        Tone::Bad => cell.fg(Color::DarkRed),
        Tone::Warning => cell.fg(Color::DarkYellow),
    }
}
