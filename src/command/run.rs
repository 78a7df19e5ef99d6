//! One run of a command that calls AWS: its source, its output, and its end. Every such
//! command ends here, so that exit codes and messages are alike.

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{Cli, LayoutArgs, OutputArgs, SelectArgs, read_node_ids};
use crate::columns::Row;
use crate::command::collector::Collector;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::progress::ProgressDisplay;
use crate::exit::{Exit, format_error_line};
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{FetchPlan, UnmanagedPlan};
use crate::render::gate::GateRenderer;
use crate::render::openmetrics::SummaryMetrics;
use crate::render::{ChangeTracker, Format, NotePlacement, RenderFooter, RenderOptions};
use crate::report::{Coverage, FindingRow, Footer, NodeGroup, Note, NoteKind, NoteLevel};
use crate::sink::Sink;
use crate::source::{CallCounts, ConnectOptions, Source};
use crate::terminal::{Messages, Terminal};
use crate::text::count;

/// What a command gets from the process.
pub(super) struct Context<'a> {
    pub cli: &'a Cli,
    pub terminal: &'a mut Terminal,
    pub clock: fn() -> Timestamp,
    pub interrupt: Interrupt,
    /// With `--watch`: what changed since the first answer.
    pub changes: Option<ChangeTracker>,
}

impl Context<'_> {
    /// The plan with the nodes that the arguments, files and standard input name.
    ///
    /// # Errors
    /// When no node is selected, or the ids cannot be read.
    pub(super) fn with_node_ids(
        &mut self,
        plan: FetchPlan,
        args: &SelectArgs,
    ) -> Result<FetchPlan> {
        let what = match plan.unmanaged {
            UnmanagedPlan::IfListed => None,
            UnmanagedPlan::Required => Some("the rule unmanaged"),
            UnmanagedPlan::Rows => Some("--unmanaged"),
        };
        if let Some(what) = what.filter(|_| !plan.selector.needs_discovery()) {
            bail!("{what} requires --all, --tag, --patch-group or --platform");
        }
        let stdin = &mut *self.terminal.stdin;
        Ok(FetchPlan {
            node_ids: read_node_ids(&args.ids, &args.ids_file, &plan.selector, stdin)?,
            ..plan
        })
    }
}

/// A run that is connected.
pub(super) struct Run<'a> {
    pub source: Source,
    pub collector: Collector,
    pub interrupt: Interrupt,
    pub options: RenderOptions,
    pub output: &'a OutputArgs,
    /// What else is to be said on stderr.
    pub remarks: Vec<String>,
    changes: Option<ChangeTracker>,
    progress: ProgressDisplay,
    messages: &'a mut Messages,
    is_verbose: bool,
}

impl<'a> Run<'a> {
    /// Connects, and opens the output.
    ///
    /// # Errors
    /// When no account and region can be reached, the output cannot be opened, or the run
    /// is interrupted first.
    pub(super) async fn start(
        context: Context<'a>,
        connect_options: &ConnectOptions,
        output: &'a OutputArgs,
    ) -> Result<(Self, Sink<'a>)> {
        let (clock, interrupt) = (context.clock, context.interrupt.clone());
        let source = Box::pin(connect(connect_options, clock, &interrupt));
        Self::start_with(context, output, source).await
    }

    /// The same with a source of its own.
    ///
    /// # Errors
    /// When there is no source, the output cannot be opened, or the run is interrupted
    /// first.
    pub(super) async fn start_with(
        context: Context<'a>,
        output: &'a OutputArgs,
        source: impl Future<Output = Result<Source>>,
    ) -> Result<(Self, Sink<'a>)> {
        let Context {
            cli,
            terminal,
            interrupt,
            changes,
            ..
        } = context;
        let rewrite = output.json_rewrite(cli.command.document())?;
        let format = output.output;
        if format.is_binary() && terminal.width.is_some() && !output.is_to_file() {
            bail!(
                "-o {format} is not for a terminal: add --output-file FILE.{format}, or use a pipe"
            );
        }
        let source = source.await?;
        let mut options = output::render_options(cli, output, terminal, source.now());
        let progress = ProgressDisplay::start(terminal, &source, output);
        if !output.is_to_file() {
            // The result of a query or a template is as that makes it.
            let format = match &rewrite {
                Some(_) => Format::Table,
                None => output.output,
            };
            terminal.prepare_answer(format, options.color, !cli.messages.no_pager);
        }
        let Terminal { out, messages, .. } = terminal;
        let mut sink = Sink::open(output.file(1).as_deref(), &mut **out, &interrupt)?;
        if let Some(rewrite) = rewrite {
            let (to_terminal, now) = (options.width.is_some(), options.now);
            sink =
                sink.rewritten(move |document, out| rewrite.write(document, to_terminal, now, out));
            // The result is what is printed.
            (options.color, options.width) = (false, None);
        }
        let run = Self {
            source,
            collector: Collector::default(),
            interrupt,
            options,
            output,
            remarks: Vec::new(),
            changes,
            progress,
            messages,
            is_verbose: cli.messages.verbose,
        };
        Ok((run, sink))
    }

    /// The columns that the flags select, with the region and the account where nodes are
    /// of several, and the name where they were found.
    pub(super) fn select_columns<R: Row>(
        &self,
        layout: &LayoutArgs<R>,
        is_found: bool,
    ) -> ColumnSelection<R> {
        ColumnSelection::new(layout, self.output.output, is_found)
            .with_location_columns(self.source.location_spans())
    }

    /// Opens the answer.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn write_rows<R: Row<Footer: RenderFooter>>(
        &self,
        sink: Sink<'a>,
        layout: &LayoutArgs<R>,
        selected: ColumnSelection<R>,
    ) -> Result<RowWriter<'a, R>> {
        let (format, changes) = (self.output.answer_format(), self.changes.clone());
        RowWriter::begin(sink, format, layout, selected, self.options, changes)
    }

    /// Opens a report of the gate, in a format that has one.
    #[must_use]
    pub(super) fn write_gate_report(
        &self,
        sink: Sink<'a>,
        show_waived: bool,
    ) -> RowWriter<'a, FindingRow> {
        let options = RenderOptions {
            show_waived,
            ..self.options
        };
        let format = self.output.answer_format();
        RowWriter::with_renderer(sink, Box::new(GateRenderer { format, options }))
    }

    /// Opens the metrics of groups.
    #[must_use]
    pub(super) fn write_summary_metrics(&self, sink: Sink<'a>) -> RowWriter<'a, NodeGroup> {
        let metrics = SummaryMetrics {
            now: self.options.now,
            groups: Vec::new(),
        };
        RowWriter::with_renderer(sink, Box::new(metrics))
    }

    /// What was collected beside the rows, after the last event.
    ///
    /// # Errors
    /// When the criteria select no node, and that is not an answer.
    pub(super) fn coverage(&mut self) -> Result<Coverage> {
        self.progress.finish();
        let collector = std::mem::take(&mut self.collector);
        match &collector.empty_selection {
            Some(cause) if !self.interrupt.is_raised() => bail!("{cause}"),
            _ => Ok(collector.finish()),
        }
    }

    /// Ends the answer: closes the output, prints the messages, and decides the exit code.
    ///
    /// # Errors
    /// When the output cannot be written, and the exit code would not say that something
    /// is wrong.
    pub(super) fn finish<R: Row<Footer: RenderFooter>>(
        self,
        rows: RowWriter<'a, R>,
        footer: &R::Footer,
    ) -> Result<Exit> {
        self.finish_document(footer, |below_rows, notes| {
            let (sink, renderer) = rows.finish(footer, below_rows)?;
            // On one screen with the row that says so, it would be said twice.
            notes.retain(|note| {
                let reason = note.reason.as_deref().filter(|_| note.is_about_subjects());
                !reason.is_some_and(|reason| renderer.has_shown(reason))
            });
            notes.extend(renderer.limits());
            Ok(sink)
        })
    }

    /// The same, where the answer is no rows: `write` writes it, with the notes that
    /// stand below it, and may drop some of those that stand on stderr.
    ///
    /// # Errors
    /// When the output cannot be written, and the exit code would not say that something
    /// is wrong.
    pub(super) fn finish_document(
        mut self,
        footer: &impl Footer,
        write: impl FnOnce(&[Note], &mut Vec<Note>) -> Result<Sink<'a>>,
    ) -> Result<Exit> {
        let mut notes = footer.notes();
        notes.retain(|note| note.level != NoteLevel::Verbose || self.is_verbose);
        let placement = self.output.output.prints_notes();
        let is_below_rows = |note: &&Note| {
            placement == NotePlacement::BelowRows
                && note.kind != NoteKind::Run
                && !self.options.quiet
        };
        let below_rows: Vec<Note> = notes.iter().filter(is_below_rows).cloned().collect();
        let written = write(&below_rows, &mut notes);
        self.progress.finish();
        let exit = footer.exit_code(self.interrupt.is_raised());
        // A file from an earlier run is better than one without any data.
        let is_discarded =
            exit == Exit::Error || (exit == Exit::Partial && footer.is_nothing_read());
        let closed = written.and_then(|sink| {
            if is_discarded {
                sink.discard()
            } else {
                sink.commit()
            }
        });
        let file = self.output.output_file.as_deref();
        if let Some(path) = file.filter(|_| is_discarded && self.output.is_to_file()) {
            let path = path.display();
            self.messages
                .warn(&format!("nothing was read, so {path} is not written"));
        }
        for note in &notes {
            self.print_note(note, placement);
        }
        for note in self.source.notes().iter().chain(&self.remarks) {
            self.messages.note(note);
        }
        if self.is_verbose {
            for (operation, calls) in self.source.call_counts() {
                self.messages.note(&describe_calls(&operation, calls));
            }
        }
        match closed {
            Err(error) if footer.is_gate() && exit != Exit::Success && exit != Exit::Error => {
                self.messages.warn(&format_error_line(&error));
                Ok(exit)
            }
            closed => closed.map(|()| exit),
        }
    }

    /// Prints a note on stderr, unless the output has it.
    fn print_note(&mut self, note: &Note, placement: NotePlacement) {
        let is_in_output = match note.kind {
            NoteKind::Counts => true,
            NoteKind::Run => false,
            NoteKind::Answer => match placement {
                NotePlacement::BelowRows => !self.messages.quiet,
                NotePlacement::Members => true,
                NotePlacement::Stderr => false,
            },
        };
        if is_in_output {
            return;
        }
        match note.level {
            NoteLevel::Verbose if !self.is_verbose => {}
            NoteLevel::Info | NoteLevel::Verbose => self.messages.note(&note.to_line()),
            NoteLevel::Warning => self.messages.warn(&note.to_line()),
        }
    }
}

/// Connects, unless the run is interrupted first.
///
/// # Errors
/// When no account and region can be reached, or the run is interrupted.
pub(super) async fn connect(
    options: &ConnectOptions,
    clock: fn() -> Timestamp,
    interrupt: &Interrupt,
) -> Result<Source> {
    tokio::select! {
        biased;
        cause = interrupt.wait_until_raised() => bail!("{cause} before any node was read"),
        source = Source::connect(options, clock, interrupt) => {
            interrupt.mark_started();
            source
        }
    }
}

/// "ssm:DescribeInstancePatches: 40 calls, 2 retries, 1 throttled"
fn describe_calls(operation: &str, calls: CallCounts) -> String {
    let throttled = match calls.throttled {
        0 => String::new(),
        n => format!(", {n} throttled"),
    };
    format!(
        "{operation}: {}, {}{throttled}",
        count(calls.calls, "call"),
        count(calls.attempts.saturating_sub(calls.calls), "retry")
    )
}
