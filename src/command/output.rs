//! What every command that answers with rows does alike: choosing columns,
//! sorting, writing, and what is said on stderr afterwards.
//!
//! Knows presenters, sinks and the terminal; must not know what a row means.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, ColumnChoice, FormatArg, LayoutArgs, OutputArgs};
use crate::columns::sort::sort;
use crate::columns::{Column, Extra, Row};
use crate::exit::{Exit, one_line};
use crate::interrupt::Interrupt;
use crate::record::{Needs, Unread};
use crate::render::{Format, Look, Render, presenter};
use crate::report::Tail;
use crate::sink::Sink;
use crate::source::Calls;
use crate::terminal::Terminal;

/// More unread nodes than this are counted on stderr, not named: the answer
/// itself names them all.
const MOST_NAMED: usize = 20;

/// If `--columns help` was asked for, prints the list.
///
/// # Errors
/// When stdout cannot be written.
pub fn column_help<R: Row>(layout: &LayoutArgs<R>, terminal: &mut Terminal) -> Result<bool> {
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
    if R::OF_NODES {
        let help = "the value of the node's tag KEY; fetched on request only";
        writeln!(terminal.out, "{:widest$}  {help}", "tag:KEY")?;
    }
    terminal.out.flush()?;
    Ok(true)
}

/// The columns of an answer.
pub struct Chosen<R: Row> {
    columns: Vec<&'static Column<R>>,
    /// The names of those that were asked for.
    wanted: Vec<&'static str>,
    /// Are these all, whatever else there is to tell?
    only: bool,
    /// What has to be fetched for them, and for the order of the rows.
    pub needs: Option<Needs>,
    extras: Vec<Extra>,
}

impl<R: Row> Chosen<R> {
    /// Is there a column, or a place in the order of the rows, that costs this?
    #[must_use]
    pub fn asks_for(&self, extra: Extra) -> bool {
        self.extras.contains(&extra)
    }

    /// The columns that the flags ask for.
    #[must_use]
    pub fn new(layout: &LayoutArgs<R>, format: FormatArg) -> Self {
        Self::with_usual(layout, format, |_| true)
    }

    /// The same, where the table shows only some of its columns by itself.
    #[must_use]
    pub fn with_usual(
        layout: &LayoutArgs<R>,
        format: FormatArg,
        is_usual: impl Fn(&Column<R>) -> bool,
    ) -> Self {
        let only = layout
            .columns
            .iter()
            .any(|choice| matches!(choice, ColumnChoice::Only(_)));
        let mut columns = match format {
            _ if only => Vec::new(),
            FormatArg::Table => Column::of_table(false),
            FormatArg::Wide => Column::of_table(true),
            FormatArg::Json | FormatArg::Ndjson | FormatArg::Csv => Column::all(),
        };
        if matches!(format, FormatArg::Table | FormatArg::Wide) {
            columns.retain(|column| is_usual(column));
        }
        let mut wanted = Vec::new();
        for choice in &layout.columns {
            if let ColumnChoice::Only(column) | ColumnChoice::Also(column) = choice {
                wanted.push(column.name);
                if !columns.iter().any(|known| known.name == column.name) {
                    columns.push(column);
                }
            }
        }
        wanted.extend(layout.sort_by.iter().map(|key| key.column.name));
        let used = || {
            let keys = layout.sort_by.iter().map(|key| key.column);
            columns.iter().copied().chain(keys)
        };
        let needs = used().filter_map(|column| column.needs).max();
        let extras = used().filter_map(|column| column.extra).collect();
        Self {
            columns,
            wanted,
            only,
            needs,
            extras,
        }
    }

    /// The same without this column, unless it was asked for.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if !self.wanted.contains(&name) {
            self.columns.retain(|column| column.name != name);
        }
        self
    }

    /// Where rows are of more than one region or account, their columns tell which.
    #[must_use]
    pub fn of_several(mut self, (regions, accounts): (bool, bool)) -> Self {
        for (several, name) in [(accounts, "AccountId"), (regions, "Region")] {
            // Who names the columns wants these, and no others.
            let Some(column) = Column::named(name).filter(|_| several && !self.only) else {
                continue;
            };
            if !self.columns.iter().any(|known| known.name == column.name) {
                // After the node; before everything where rows are of no node.
                let at = usize::from(R::OF_NODES);
                self.columns.insert(self.columns.len().min(at), column);
            }
            self.wanted.push(column.name);
        }
        self
    }
}

/// Takes rows in their order and writes them in the format asked for.
pub struct Answer<'a, R: Row> {
    presenter: Box<dyn Render<R> + 'a>,
    keys: Vec<(&'static Column<R>, bool)>,
    held: Vec<R>,
    tells_notes: bool,
}

impl<'a, R: Row> Answer<'a, R> {
    /// Opens the answer and writes what stands before the first row.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn begin(
        output: &OutputArgs,
        layout: &LayoutArgs<R>,
        chosen: Chosen<R>,
        style: Style,
        sink: &'a mut Sink<'_>,
    ) -> Result<Self> {
        // Not after the last call, where no byte of the answer can be written.
        sink.flush()?;
        let format = Format::from(output.output);
        let Chosen {
            columns, wanted, ..
        } = chosen;
        let tells_notes = columns.iter().any(|column| R::NOTE == Some(column.name));
        let look = Look {
            columns,
            wanted,
            headers: !output.no_headers,
            bom: output.bom,
            color: style.color,
            width: style.width,
            now: style.now,
            quiet: style.quiet,
        };
        let mut presenter = presenter(format, look, sink)?;
        presenter.begin()?;
        Ok(Self {
            presenter,
            keys: layout
                .sort_by
                .iter()
                .map(|key| (key.column, key.descending))
                .collect(),
            held: Vec::new(),
            tells_notes,
        })
    }

    /// One more row. A remark on a node is left out where no column would tell
    /// it from a finding; stderr names those nodes all the same.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, row: R) -> Result<()> {
        if row.is_note() && !self.tells_notes {
            return Ok(());
        }
        if self.keys.is_empty() {
            self.presenter.row(&row)
        } else {
            self.held.push(row);
            Ok(())
        }
    }

    /// No more rows.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn end(mut self, tail: &Tail) -> Result<()> {
        sort(&mut self.held, &self.keys);
        for row in &self.held {
            self.presenter.row(row)?;
        }
        self.presenter.end(tail)
    }
}

/// What the terminal makes of the look.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub color: bool,
    pub width: Option<usize>,
    pub now: Timestamp,
    pub quiet: bool,
}

impl Style {
    /// A file has no width, and colour only where it is forced.
    #[must_use]
    pub fn new(cli: &Cli, output: &OutputArgs, terminal: &Terminal, now: Timestamp) -> Self {
        let to_file = output.to_file();
        let forced = cli.talk.color == crate::cli::ColorArg::Always;
        Self {
            color: terminal.color(cli.talk.color.into()) && (forced || !to_file),
            width: terminal.width.filter(|_| !to_file),
            now,
            quiet: cli.talk.quiet,
        }
    }
}

/// How it ended: everything, a part, or nothing at all. `some` tells whether
/// anything was read of the nodes that are unread.
#[must_use]
pub fn exit(tail: &Tail, some: bool, interrupt: &Interrupt) -> Exit {
    if interrupt.is_raised() {
        Exit::InPart
    } else if tail.unread.is_empty() {
        Exit::Answered
    } else if !read_nothing(tail, some) {
        Exit::InPart
    } else {
        Exit::CouldNotStart
    }
}

fn read_nothing(tail: &Tail, some: bool) -> bool {
    // A place that was looked through and has no node is an answer, too.
    !some && tail.summary.answered + tail.summary.no_data == 0 && tail.found.is_empty()
}

/// Says so where a file is left as it was, being nothing better.
pub fn tell_kept(terminal: &mut Terminal, output: &OutputArgs, tail: &Tail, some: bool) {
    let kept = !tail.unread.is_empty() && read_nothing(tail, some);
    if let Some(path) = output
        .output_file
        .as_deref()
        .filter(|_| kept && output.to_file())
    {
        terminal.complain(&format!(
            "nothing was read, so {} is not written",
            path.display()
        ));
    }
}

/// Puts the output in its place; a run that read nothing leaves the old file.
///
/// # Errors
/// When the last bytes cannot be written or the file not renamed.
pub fn close(sink: Sink<'_>, exit: Exit, tail: &Tail, some: bool) -> Result<()> {
    if exit == Exit::CouldNotStart || (exit == Exit::InPart && read_nothing(tail, some)) {
        sink.discard()
    } else {
        sink.commit()
    }
}

/// How it ended, with the output in its place.
///
/// # Errors
/// When the last bytes cannot be written or the file not renamed.
pub fn close_as(sink: Sink<'_>, tail: &Tail, some: bool, interrupt: &Interrupt) -> Result<Exit> {
    let exit = exit(tail, some, interrupt);
    close(sink, exit, tail, some)?;
    Ok(exit)
}

/// How a gate ends whose report may not have been written: it is broken all the
/// same, and what could not be judged is no more judged than before.
///
/// # Errors
/// When it could not be written and the exit code would not tell.
pub fn settled(exit: Exit, written: Result<()>, terminal: &mut Terminal) -> Result<Exit> {
    match (written, exit) {
        (Err(error), Exit::Broken | Exit::InPart) => {
            terminal.complain(&one_line(&error));
            Ok(exit)
        }
        (written, _) => written.map(|()| exit),
    }
}

/// Says on stderr what could not be read, and what that leaves unwritten.
pub fn tell_unread(terminal: &mut Terminal, output: &OutputArgs, tail: &Tail, some: bool) {
    tell_kept(terminal, output, tail, some);
    complain(terminal, &tail.unread);
}

/// Names on stderr what could not be read, a line for each cause.
pub fn complain(terminal: &mut Terminal, unread: &[Unread]) {
    let mut causes: Vec<(&str, Vec<String>)> = Vec::new();
    for Unread { subject, why } in unread {
        match causes.iter().position(|(text, _)| **text == *why.text) {
            Some(at) => causes[at].1.push(subject.to_string()),
            None if causes.len() < MOST_NAMED => {
                causes.push((&why.text, vec![subject.to_string()]));
            }
            None => {}
        }
    }
    let mut named = 0;
    for (why, ids) in causes {
        named += ids.len();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        terminal.complain(&format!("unread: {}: {why}", some_of(&ids)));
    }
    if unread.len() > named {
        terminal.complain(&format!(
            "unread: {} more, named in the output",
            unread.len() - named
        ));
    }
}

/// The first ids of a list that may be long, and how many more there are.
#[must_use]
pub fn some_of(ids: &[&str]) -> String {
    let shown = &ids[..ids.len().min(MOST_NAMED)];
    match ids.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// With `--verbose`: what it took.
pub fn tell_calls(cli: &Cli, terminal: &mut Terminal, calls: &BTreeMap<String, Calls>) {
    if !cli.talk.verbose {
        return;
    }
    for (operation, calls) in calls {
        let throttled = match calls.throttled {
            0 => String::new(),
            n => format!(", {n} throttled"),
        };
        terminal.remark(&format!(
            "{operation}: {} calls, {} retries{throttled}",
            calls.calls,
            calls.attempts.saturating_sub(calls.calls)
        ));
    }
}
