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
use crate::aggregate::exposure::NOT_PROVEN;
use crate::columns::{Column, Kind, Row};
use crate::compliance::baseline_conflict;
use crate::render::column_widths::{GAP, Need, fit, shorten};
use crate::render::doctor_header;
use crate::render::summary_header;
use crate::render::summary_header::Piece;
use crate::render::table::cell::{cell, least};
use crate::render::{Look, Render};
use crate::report::{Pivoted, Summary, Tail};
use crate::sanitize::visible;

pub struct Table<'a, R: 'static> {
    look: Look<R>,
    rows: Vec<Vec<Piece>>,
    /// What there is to draw beside each row.
    parts: Vec<Option<[u64; 4]>>,
    out: &'a mut dyn Write,
}

impl<'a, R: Row> Table<'a, R> {
    pub fn new(look: Look<R>, out: &'a mut dyn Write) -> Self {
        Self {
            look,
            rows: Vec::new(),
            parts: Vec::new(),
            out,
        }
    }

    fn needs(&self) -> Vec<Need> {
        let headings = self.look.headers;
        self.look
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let heading = if headings { column.heading.width() } else { 0 };
                let widest = self.rows.iter().map(|row| row[at].0.width()).max();
                let natural = widest.unwrap_or(0).max(heading);
                let least =
                    least(column.kind).map_or(natural, |least| natural.min(least.max(heading)));
                let rank = self.rank(at, column);
                Need {
                    natural,
                    least,
                    rank,
                    eager: column.kind == Kind::Call,
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
        } else if self.look.wanted.contains(&column.name) {
            1 + at
        } else {
            1 + self.look.columns.len() + own
        }
    }

    /// The pieces as one text, with their colours where there are any.
    fn painted(&self, pieces: &[Piece]) -> String {
        let painted = pieces.iter().map(|(text, tone)| {
            let text = visible(text);
            match tone {
                _ if !self.look.color => text.into_owned(),
                Tone::Plain => text.into_owned(),
                Tone::Dim => text.dim().to_string(),
                Tone::Good => text.dark_green().to_string(),
                Tone::Bad => text.dark_red().to_string(),
                Tone::Doubtful => text.dark_yellow().to_string(),
            }
        });
        painted.collect()
    }

    fn draw(&mut self) -> Result<()> {
        let needs = self.needs();
        // Bars are drawn on a terminal only, in what room is left, and in some anyway.
        let has_bars = self.parts.iter().any(Option::is_some);
        let kept = if has_bars {
            GAP + summary_header::LEAST
        } else {
            0
        };
        let widths = match self.look.width {
            Some(room) => fit(&needs, room.saturating_sub(kept)),
            None => needs.iter().map(|need| Some(need.natural)).collect(),
        };
        let shown: Vec<(usize, usize)> = widths
            .iter()
            .enumerate()
            .filter_map(|(at, width)| width.map(|width| (at, width)))
            .collect();
        let used: usize = shown.iter().map(|(_, width)| width + GAP).sum();
        let room = self.look.width.filter(|_| has_bars);
        let bars = room.and_then(|room| room.checked_sub(used));
        let bars = bars.filter(|bars| *bars >= summary_header::LEAST);
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        if self.look.color {
            // Whether NO_COLOR counts was settled where --color was read.
            crossterm::style::force_color_output(true);
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        if self.look.headers {
            table.set_header(shown.iter().map(|&(at, width)| {
                Styled::new(shorten(self.look.columns[at].heading, width))
                    .add_attribute(Attribute::Bold)
            }));
        }
        for (row, parts) in self.rows.iter().zip(&self.parts) {
            let cells = shown.iter().map(|&(at, width)| {
                let (text, tone) = &row[at];
                styled(shorten(text, width), *tone)
            });
            let bar = bars.map(|room| {
                let pieces =
                    summary_header::bar(parts.unwrap_or_default(), room.min(summary_header::MOST));
                Styled::new_owned(self.painted(&pieces))
            });
            table.add_row(cells.chain(bar));
        }
        for (position, &(at, _)) in shown.iter().enumerate() {
            if let Some(column) = table.column_mut(position) {
                let is_last = position + 1 == shown.len() && bars.is_none();
                let gap = if is_last { 0 } else { GAP };
                column.set_padding((0, u16::try_from(gap).unwrap_or(0)));
                if matches!(
                    self.look.columns[at].kind,
                    Kind::Count | Kind::Finding | Kind::Age | Kind::Percent
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
            .zip(&self.look.columns)
            .filter(|(width, column)| width.is_none() && self.look.wanted.contains(&column.name))
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

impl<R: Row> Render<R> for Table<'_, R> {
    fn row(&mut self, row: &R) -> Result<()> {
        // A remark on a node stands below the table.
        if !row.is_note() {
            self.parts.push(row.parts());
            self.rows.push(
                self.look
                    .columns
                    .iter()
                    .map(|column| cell(column, row, &self.look))
                    .collect(),
            );
        }
        Ok(())
    }

    fn end(&mut self, tail: &Tail) -> Result<()> {
        let around = tail.diagnosis.as_ref().filter(|_| !self.look.quiet);
        if let Some(diagnosis) = around {
            for line in doctor_header::callers(&diagnosis.callers) {
                writeln!(self.out, "{}", visible(&line))?;
            }
            writeln!(self.out)?;
        }
        let total = tail.total.as_deref().filter(|_| !self.look.quiet);
        if let Some(total) = total {
            for pieces in summary_header::headline(total, self.look.width) {
                writeln!(self.out, "{}", self.painted(&pieces).trim_end())?;
            }
            if !self.rows.is_empty() {
                writeln!(self.out)?;
            }
        }
        if !self.rows.is_empty() {
            self.draw()?;
        }
        if self.look.quiet {
            return Ok(());
        }
        if !self.rows.is_empty() {
            writeln!(self.out)?;
        }
        if let Some(diagnosis) = around {
            writeln!(self.out, "{}", doctor_header::counts(&diagnosis.counts))?;
            return Ok(());
        }
        writeln!(self.out, "{}", sentence(tail, R::NOUN))?;
        if let Some(gaps) = total.and_then(summary_header::gaps) {
            writeln!(self.out, "{gaps}")?;
        }
        // `states` has a row for each of these already, and `summary` has none.
        if tail.summary.verdicts.is_none() || total.is_some() {
            if !tail.no_data.is_empty() {
                let ids: Vec<&str> = tail.no_data.iter().map(|node| &*node.id).collect();
                writeln!(self.out, "no data: {}", visible(&ids.join(", ")))?;
            }
            if !tail.unread.is_empty() {
                // Why stands on stderr, for each.
                let ids: Vec<String> = tail
                    .unread
                    .iter()
                    .map(|unread| unread.subject.to_string())
                    .collect();
                writeln!(self.out, "unread: {}", visible(&ids.join(", ")))?;
            }
        }
        for line in exposure::told(&tail.exposure) {
            writeln!(self.out, "{}", visible(&line))?;
        }
        if tail.is_about_cves() {
            writeln!(self.out, "{NOT_PROVEN}")?;
        }
        for line in baseline_conflict::told(&tail.conflicts) {
            writeln!(self.out, "{}", visible(&line))?;
        }
        for finding in &tail.found {
            for line in finding.told(tail.found.len() > 1) {
                writeln!(self.out, "{}", visible(&line))?;
            }
        }
        Ok(())
    }
}

/// "40 nodes asked, 37 answered, 3 without data; 12 non-compliant"
fn sentence(tail: &Tail, noun: &str) -> String {
    let summary: &Summary = &tail.summary;
    let nodes = if summary.asked == 1 { "node" } else { "nodes" };
    let mut parts = vec![
        format!(
            "{} {nodes} {}",
            summary.asked,
            if tail.found.is_empty() {
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
        let rows = match tail.pivot {
            None => format!("{} {noun}", summary.rows),
            Some(pivot) => counted(pivot, summary.rows),
        };
        format!("{rows}{hidden}")
    };
    format!("{}; {found}", parts.join(", "))
}

/// "57 patches counted in 12 groups by kb"
fn counted(pivot: Pivoted, groups: u64) -> String {
    let patches = match pivot.patches {
        1 => "1 patch".to_owned(),
        n => format!("{n} patches"),
    };
    let plural = if groups == 1 { "" } else { "s" };
    format!(
        "{patches} counted in {groups} group{plural} by {}",
        pivot.by
    )
}

fn styled(text: String, tone: Tone) -> Styled {
    let cell = Styled::new_owned(text);
    match tone {
        Tone::Plain => cell,
        Tone::Dim => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::DarkGreen),
        Tone::Bad => cell.fg(Color::DarkRed),
        Tone::Doubtful => cell.fg(Color::DarkYellow),
    }
}
