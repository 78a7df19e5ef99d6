//! What every command that answers with rows does alike: choosing columns,
//! sorting, writing, and what is said on stderr afterwards.
//!
//! Knows presenters, sinks and the terminal; must not know what a row means.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, ColorArg, ColumnChoice, LayoutArgs, OutputArgs};
use crate::columns::sort::sort_rows;
use crate::columns::{Column, ColumnCost, Row};
use crate::exit::{Exit, format_error_line};
use crate::interrupt::Interrupt;
use crate::record::{InfoLevel, Unread};
use crate::render::{Columns, Format, RenderOptions, Renderer, renderer};
use crate::report::Footer;
use crate::sink::Sink;
use crate::source::CallCounts;
use crate::terminal::Terminal;

/// More unread nodes than this are counted on stderr, not named: the answer
/// itself names them all.
const MAX_NAMED: usize = 20;

/// If `--columns help` was asked for, prints the list.
///
/// # Errors
/// When stdout cannot be written.
pub fn print_column_help<R: Row>(layout: &LayoutArgs<R>, terminal: &mut Terminal) -> Result<bool> {
    if !layout
        .columns
        .iter()
        .any(|choice| matches!(choice, ColumnChoice::Help))
    {
        return Ok(false);
    }
    let widest = R::columns()
        .iter()
        .map(|column| column.name.len())
        .max()
        .unwrap_or(0);
    for column in R::columns() {
        writeln!(terminal.out, "{:widest$}  {}", column.name, column.help)?;
    }
    if R::IS_PER_NODE {
        let help = "the value of the node's tag KEY; fetched on request only";
        writeln!(terminal.out, "{:widest$}  {help}", "tag:KEY")?;
    }
    terminal.out.flush()?;
    Ok(true)
}

/// The columns of an answer.
pub struct ColumnSelection<R: Row> {
    columns: Vec<&'static Column<R>>,
    /// The names of those that were asked for.
    requested: Vec<&'static str>,
    /// Are these all, whatever else there is to tell?
    is_exclusive: bool,
    /// What has to be fetched for them, and for the order of the rows.
    pub info_level: Option<InfoLevel>,
    extras: Vec<ColumnCost>,
}

impl<R: Row> ColumnSelection<R> {
    /// Is there a column, or a place in the order of the rows, that costs this?
    #[must_use]
    pub fn has_extra(&self, extra: ColumnCost) -> bool {
        self.extras.contains(&extra)
    }

    /// The columns that the flags ask for.
    #[must_use]
    pub fn new(layout: &LayoutArgs<R>, format: Format) -> Self {
        Self::with_default_columns(layout, format, |_| true)
    }

    /// The same, where the table shows only some of its columns by itself.
    #[must_use]
    pub fn with_default_columns(
        layout: &LayoutArgs<R>,
        format: Format,
        is_usual: impl Fn(&Column<R>) -> bool,
    ) -> Self {
        let is_exclusive = layout
            .columns
            .iter()
            .any(|choice| matches!(choice, ColumnChoice::Only(_)));
        let mut columns = if is_exclusive {
            Vec::new()
        } else {
            format.default_columns()
        };
        if format.is_table() {
            columns.retain(|column| is_usual(column));
        }
        let mut requested = Vec::new();
        for choice in &layout.columns {
            if let ColumnChoice::Only(column) | ColumnChoice::Also(column) = choice {
                requested.push(column.name);
                if !columns.iter().any(|known| known.name == column.name) {
                    columns.push(column);
                }
            }
        }
        requested.extend(layout.sort_by.iter().map(|key| key.column.name));
        let used = || {
            let keys = layout.sort_by.iter().map(|key| key.column);
            columns.iter().copied().chain(keys)
        };
        let info_level = used().filter_map(|column| column.info_level).max();
        let extras = used().filter_map(|column| column.cost).collect();
        Self {
            columns,
            requested,
            is_exclusive,
            info_level,
            extras,
        }
    }

    /// The same without this column, unless it was asked for.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if !self.requested.contains(&name) {
            self.columns.retain(|column| column.name != name);
        }
        self
    }

    /// Where rows are of more than one region or account, their columns tell which.
    #[must_use]
    pub fn with_location_columns(mut self, (regions, accounts): (bool, bool)) -> Self {
        for (several, name) in [(accounts, "AccountId"), (regions, "Region")] {
            // Who names the columns wants these, and no others.
            let Some(column) = Column::by_name(name).filter(|_| several && !self.is_exclusive)
            else {
                continue;
            };
            if !self.columns.iter().any(|known| known.name == column.name) {
                // After the node; before everything where rows are of no node.
                let at = usize::from(R::IS_PER_NODE);
                self.columns.insert(self.columns.len().min(at), column);
            }
            self.requested.push(column.name);
        }
        self
    }
}

/// Takes rows in their order and writes them in the format asked for.
pub struct RowWriter<'a, R: Row> {
    presenter: Box<dyn Renderer<R> + 'a>,
    sort_keys: Vec<(&'static Column<R>, bool)>,
    buffered_rows: Vec<R>,
    has_note_column: bool,
}

impl<'a, R: Row> RowWriter<'a, R> {
    /// Opens the answer and writes what stands before the first row.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn begin(
        output: &OutputArgs,
        layout: &LayoutArgs<R>,
        chosen: ColumnSelection<R>,
        options: RenderOptions,
        sink: &'a mut Sink<'_>,
    ) -> Result<Self> {
        // Not after the last call, where no byte of the answer can be written.
        sink.flush()?;
        let ColumnSelection {
            columns,
            requested: wanted,
            ..
        } = chosen;
        let tells_notes = columns
            .iter()
            .any(|column| R::NOTE_COLUMN == Some(column.name));
        let columns = Columns {
            list: columns,
            requested: wanted,
        };
        let mut presenter = renderer(output.output, columns, options, sink)?;
        presenter.write_header()?;
        Ok(Self {
            presenter,
            sort_keys: layout
                .sort_by
                .iter()
                .map(|key| (key.column, key.descending))
                .collect(),
            buffered_rows: Vec::new(),
            has_note_column: tells_notes,
        })
    }

    /// One more row. A remark on a node is left out where no column would tell
    /// it from a finding; stderr names those nodes all the same.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_row(&mut self, row: R) -> Result<()> {
        if row.is_note() && !self.has_note_column {
            return Ok(());
        }
        if self.sort_keys.is_empty() {
            self.presenter.write_row(&row)
        } else {
            self.buffered_rows.push(row);
            Ok(())
        }
    }

    /// No more rows.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(mut self, footer: &Footer) -> Result<()> {
        sort_rows(&mut self.buffered_rows, &self.sort_keys);
        for row in &self.buffered_rows {
            self.presenter.write_row(row)?;
        }
        self.presenter.write_footer(footer)
    }
}

/// How the output looks. A file has no width, and colour only where it is forced.
#[must_use]
pub fn render_options(
    cli: &Cli,
    output: &OutputArgs,
    terminal: &Terminal,
    now: Timestamp,
) -> RenderOptions {
    let to_file = output.is_to_file();
    let forced = cli.messages.color == ColorArg::Always;
    RenderOptions {
        headers: !output.no_headers,
        bom: output.bom,
        color: terminal.color(cli.messages.color.into()) && (forced || !to_file),
        width: terminal.width.filter(|_| !to_file),
        now,
        quiet: cli.messages.quiet,
        show_waived: false,
    }
}

/// How it ended: everything, a part, or nothing at all. `some` tells whether
/// anything was read of the nodes that are unread.
#[must_use]
pub fn exit_code(footer: &Footer, some: bool, interrupt: &Interrupt) -> Exit {
    if interrupt.is_raised() {
        Exit::Partial
    } else if footer.unread.is_empty() {
        Exit::Success
    } else if !is_nothing_read(footer, some) {
        Exit::Partial
    } else {
        Exit::Error
    }
}

fn is_nothing_read(footer: &Footer, some: bool) -> bool {
    // A place that was looked through and has no node is an answer, too.
    !some && footer.totals.answered + footer.totals.no_data == 0 && footer.discovery.is_empty()
}

/// Says so where a file is left as it was, being nothing better.
pub fn warn_file_unchanged(
    terminal: &mut Terminal,
    output: &OutputArgs,
    footer: &Footer,
    some: bool,
) {
    let kept = !footer.unread.is_empty() && is_nothing_read(footer, some);
    if let Some(path) = output
        .output_file
        .as_deref()
        .filter(|_| kept && output.is_to_file())
    {
        terminal.warn(&format!(
            "nothing was read, so {} is not written",
            path.display()
        ));
    }
}

/// Puts the output in its place; a run that read nothing leaves the old file.
///
/// # Errors
/// When the last bytes cannot be written or the file not renamed.
pub fn close_sink(sink: Sink<'_>, exit: Exit, footer: &Footer, some: bool) -> Result<()> {
    if exit == Exit::Error || (exit == Exit::Partial && is_nothing_read(footer, some)) {
        sink.discard()
    } else {
        sink.commit()
    }
}

/// How it ended, with the output in its place.
///
/// # Errors
/// When the last bytes cannot be written or the file not renamed.
pub fn close_with_exit_code(
    sink: Sink<'_>,
    footer: &Footer,
    some: bool,
    interrupt: &Interrupt,
) -> Result<Exit> {
    let exit = exit_code(footer, some, interrupt);
    close_sink(sink, exit, footer, some)?;
    Ok(exit)
}

/// How a gate ends whose report may not have been written: it is broken all the
/// same, and what could not be judged is no more judged than before.
///
/// # Errors
/// When it could not be written and the exit code would not tell.
pub fn exit_after_write(exit: Exit, written: Result<()>, terminal: &mut Terminal) -> Result<Exit> {
    match (written, exit) {
        (Err(error), Exit::GateFailed | Exit::Partial) => {
            terminal.warn(&format_error_line(&error));
            Ok(exit)
        }
        (written, _) => written.map(|()| exit),
    }
}

/// Says on stderr what could not be read, and what that leaves unwritten.
pub fn report_unread(terminal: &mut Terminal, output: &OutputArgs, footer: &Footer, some: bool) {
    warn_file_unchanged(terminal, output, footer, some);
    warn_unread(terminal, &footer.unread);
}

/// Names on stderr what could not be read, a line for each cause.
pub fn warn_unread(terminal: &mut Terminal, unread: &[Unread]) {
    let mut causes: Vec<(&str, Vec<String>)> = Vec::new();
    for Unread {
        subject,
        cause: why,
    } in unread
    {
        match causes.iter().position(|(text, _)| **text == *why.text) {
            Some(at) => causes[at].1.push(subject.to_string()),
            None if causes.len() < MAX_NAMED => {
                causes.push((&why.text, vec![subject.to_string()]));
            }
            None => {}
        }
    }
    let mut named = 0;
    for (why, ids) in causes {
        named += ids.len();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        terminal.warn(&format!("unread: {}: {why}", format_ids(&ids)));
    }
    if unread.len() > named {
        terminal.warn(&format!(
            "unread: {} more, named in the output",
            unread.len() - named
        ));
    }
}

/// The first ids of a list that may be long, and how many more there are.
#[must_use]
pub fn format_ids(ids: &[&str]) -> String {
    let shown = &ids[..ids.len().min(MAX_NAMED)];
    match ids.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// With `--verbose`: what it took.
pub fn report_calls(cli: &Cli, terminal: &mut Terminal, calls: &BTreeMap<String, CallCounts>) {
    if !cli.messages.verbose {
        return;
    }
    for (operation, calls) in calls {
        let throttled = match calls.throttled {
            0 => String::new(),
            n => format!(", {n} throttled"),
        };
        terminal.note(&format!(
            "{operation}: {} calls, {} retries{throttled}",
            calls.calls,
            calls.attempts.saturating_sub(calls.calls)
        ));
    }
}
