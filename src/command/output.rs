//! The output of an answer: which columns it has, how it looks, and the writer of its rows.

use std::cmp::Ordering;
use std::io::Write as _;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, ColorArg, ColumnChoice, LayoutArgs, OutputArgs};
use crate::columns::row_filter::RowFilter;
use crate::columns::sort::sort_rows;
use crate::columns::{Column, ColumnCost, Row};
use crate::plan::fetch_plan::PatchField;
use crate::record::InfoLevel;
use crate::render::{
    ChangeTracker, Columns, CsvOptions, Format, RenderFooter, RenderOptions, Renderer, renderer,
};
use crate::report::{Note, RowFilterCounts};
use crate::sink::Sink;
use crate::source::LocationSpans;
use crate::terminal::Terminal;

/// The columns of an answer, as the flags select them.
pub(super) struct ColumnSelection<R: Row> {
    columns: Vec<&'static Column<R>>,
    /// The names of those that were typed.
    requested: Vec<&'static str>,
    /// Does `--columns` name all of them, rather than some more?
    is_exclusive: bool,
    /// The names of those that only the wide table has.
    wide_only: Vec<&'static str>,
    /// What has to be fetched for them, for `--sort-by` and for `--where`.
    pub info_level: Option<InfoLevel>,
    extras: Vec<ColumnCost>,
    /// What no column, sort key or condition shows of patches.
    pub unused_patch_fields: Vec<PatchField>,
}

impl<R: Row> ColumnSelection<R> {
    /// Does a column, a sort key or a condition have this cost?
    #[must_use]
    pub(super) fn has_extra(&self, extra: ColumnCost) -> bool {
        self.extras.contains(&extra)
    }

    /// The columns that the flags select. `has_names`: whether the nodes are found, so that
    /// a person needs more than their ids.
    #[must_use]
    pub(super) fn new(layout: &LayoutArgs<R>, format: Format, has_names: bool) -> Self {
        Self::with_default_columns(layout, format, has_names, |_, _| true)
    }

    /// The same, where a table, or the wide one, shows only some of its columns by default.
    #[must_use]
    pub(super) fn with_default_columns(
        layout: &LayoutArgs<R>,
        format: Format,
        has_names: bool,
        is_usual: impl Fn(&Column<R>, bool) -> bool,
    ) -> Self {
        // Configured columns are for the formats that have some.
        let choices = if format.has_fixed_columns() {
            &[][..]
        } else {
            &layout.columns
        };
        let is_only = |choice: &ColumnChoice<R>| matches!(choice, ColumnChoice::Only(_));
        let is_exclusive = choices.iter().any(is_only);
        let mut columns = if is_exclusive {
            Vec::new()
        } else {
            format.default_columns()
        };
        if format.has_table_columns() {
            columns.retain(|column| is_usual(column, format == Format::Wide));
        }
        let is_narrow = |column: &Column<R>| column.info_level.is_none() && is_usual(column, false);
        let wide = columns.iter().filter(|column| !is_narrow(column));
        let mut wide_only: Vec<&'static str> = wide.map(|column| column.name).collect();
        let mut requested = Vec::new();
        for choice in choices {
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
            let conditions = layout.conditions.iter().map(|condition| condition.column);
            columns.iter().copied().chain(keys).chain(conditions)
        };
        let mut info_level = used().filter_map(|column| column.info_level).max();
        let extras = used().filter_map(|column| column.cost).collect();
        let is_unused = |field: &PatchField| {
            // A report has columns of its own.
            !format.has_fixed_columns() && used().all(|column| column.name != field.as_str())
        };
        let unused_patch_fields = PatchField::ALL.into_iter().filter(is_unused).collect();
        if let Some(name) = Column::by_name("Name")
            && (has_names || info_level >= Some(InfoLevel::Names))
            && !is_exclusive
            && format.has_names()
        {
            info_level = info_level.max(name.info_level);
            wide_only.retain(|known| !has_names || *known != name.name);
            if !columns.iter().any(|known| known.name == name.name) {
                let leading = ["InstanceId", "Region", "AccountId", "AccountName"];
                let is_leading = |column: &&&Column<R>| leading.contains(&column.name);
                let at = columns.iter().take_while(is_leading).count();
                columns.insert(at, name);
            }
        }
        Self {
            columns,
            requested,
            is_exclusive: is_exclusive || format.has_fixed_columns(),
            wide_only,
            info_level,
            extras,
            unused_patch_fields,
        }
    }

    /// The same with the columns of the second key, after those of the first.
    #[must_use]
    pub(super) fn with_second_key(mut self, format: Format) -> Self {
        let of_first = ["GroupKind", "Group"];
        let mut columns = self.columns.iter();
        let last = columns.rposition(|column| of_first.contains(&column.name));
        if let Some(at) = last.filter(|_| !self.is_exclusive) {
            let own = R::columns().iter();
            let own = own.filter(|column| column.cost == Some(ColumnCost::SecondKey));
            let shown = own.filter(|column| !format.has_table_columns() || column.rank.is_some());
            let is_new = |column: &&Column<R>| !self.requested.contains(&column.name);
            let rest = self.columns.split_off(at + 1);
            self.columns.extend(shown.filter(is_new));
            self.columns.extend(rest);
        }
        self
    }

    /// The same with the region and the account, where rows are of more than one.
    #[must_use]
    pub(super) fn with_location_columns(mut self, spans: LocationSpans) -> Self {
        let names = spans.accounts && spans.has_account_names;
        for (several, name) in [
            (spans.accounts, "AccountId"),
            (names, "AccountName"),
            (spans.regions, "Region"),
        ] {
            // `--columns A,B` is a complete list.
            let Some(column) = Column::by_name(name).filter(|_| several && !self.is_exclusive)
            else {
                continue;
            };
            if !self.columns.iter().any(|known| known.name == column.name) {
                // A name after its id; the rest after the node, or before everything where
                // rows are of no node.
                let id = self.columns.iter().position(|of| of.name == "AccountId");
                let id = id.filter(|_| name == "AccountName");
                let at = id.map_or(usize::from(R::IS_PER_NODE), |id| id + 1);
                self.columns.insert(self.columns.len().min(at), column);
            }
            self.requested.push(column.name);
        }
        self
    }
}

/// How the output looks. A file has no width, and colour only where it is forced.
#[must_use]
pub(super) fn render_options(
    cli: &Cli,
    output: &OutputArgs,
    terminal: &Terminal,
    now: Timestamp,
) -> RenderOptions {
    let to_file = output.is_to_file();
    let forced = cli.messages.color == ColorArg::Always;
    RenderOptions {
        headers: !output.no_headers,
        csv: CsvOptions {
            bom: output.bom,
            delimiter: output.delimiter.unwrap_or_default(),
            time_format: output.time_format.unwrap_or_default(),
        },
        color: terminal.color(cli.messages.color.into()) && (forced || !to_file),
        width: terminal.width.filter(|_| !to_file),
        charset: terminal.charset,
        links: terminal.has_links && !to_file && !cli.connect.demo,
        now,
        quiet: cli.messages.quiet,
        show_waived: false,
    }
}

/// Writes rows that meet all conditions, in their order or sorted, in the format of `-o`.
pub(super) struct RowWriter<'a, R: Row> {
    sink: Sink<'a>,
    renderer: Box<dyn Renderer<R>>,
    filter: Option<Box<RowFilter<R>>>,
    sort_keys: Vec<(&'static Column<R>, bool)>,
    /// How rows compare without sort keys; `None` where they keep their order.
    order: Option<RowOrder<R>>,
    buffered_rows: Vec<R>,
    has_note_column: bool,
    is_table: bool,
    has_header: bool,
}

/// How the rows of a table compare.
pub(super) enum RowOrder<R> {
    Overall(fn(&R, &R) -> Ordering),
    /// The nodes keep their order.
    PerNode(fn(&R, &R) -> Ordering),
}

impl<'a, R: Row<Footer: RenderFooter>> RowWriter<'a, R> {
    /// Writes nothing yet: an error before the first row leaves no output.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn begin(
        mut sink: Sink<'a>,
        format: Format,
        layout: &LayoutArgs<R>,
        selected: ColumnSelection<R>,
        options: RenderOptions,
        changes: Option<ChangeTracker>,
    ) -> Result<Self> {
        // An output that cannot be written fails here, before any call.
        sink.flush()?;
        let columns = Columns {
            list: selected.columns,
            requested: selected.requested,
            changes,
            wide_only: selected.wide_only,
        };
        let mut names = columns.list.iter().map(|column| column.name);
        // A file that quiet leaves without notes would not name these nodes.
        let has_no_notes = options.quiet && matches!(format, Format::Html | Format::Markdown);
        let has_note_column = has_no_notes
            || format.has_fixed_columns()
            || names.any(|name| R::NOTE_COLUMN == Some(name));
        let rows = Self::with_renderer(sink, renderer(format, columns, options)?);
        Ok(Self {
            filter: RowFilter::new(&layout.conditions).map(Box::new),
            sort_keys: layout.sort_keys(),
            has_note_column,
            is_table: format.is_table(),
            ..rows
        })
    }

    /// The same with any renderer, in the order of the rows.
    pub(super) fn with_renderer(sink: Sink<'a>, renderer: Box<dyn Renderer<R>>) -> Self {
        Self {
            sink,
            renderer,
            filter: None,
            sort_keys: Vec::new(),
            order: None,
            buffered_rows: Vec::new(),
            has_note_column: false,
            is_table: false,
            has_header: false,
        }
    }

    fn write_header(&mut self) -> Result<()> {
        if !self.has_header {
            self.has_header = true;
            self.renderer.write_header(&mut self.sink)?;
        }
        Ok(())
    }

    /// Orders the rows of a table, unless `--sort-by` does.
    #[must_use]
    pub(super) fn with_order(mut self, order: RowOrder<R>) -> Self {
        self.order = (self.is_table && self.sort_keys.is_empty()).then_some(order);
        self
    }

    /// One more row. A remark on a node is left out where no column tells it from a
    /// finding; the notes name those nodes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write_row(&mut self, row: R) -> Result<()> {
        if row.is_note() && !self.has_note_column {
            return Ok(());
        }
        if self
            .filter
            .as_mut()
            .is_some_and(|filter| !filter.keeps(&row))
        {
            return Ok(());
        }
        if self.sort_keys.is_empty() && self.order.is_none() {
            self.write_header()?;
            self.renderer.write_row(&row, &mut self.sink)
        } else {
            self.buffered_rows.push(row);
            Ok(())
        }
    }

    /// What the conditions on rows did, after the last row.
    #[must_use]
    pub(super) fn filter_counts(&self) -> Option<RowFilterCounts> {
        self.filter.as_ref().map(|filter| filter.counts())
    }

    /// Writes the footer. The sink is still to be closed.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub(super) fn finish(
        mut self,
        footer: &R::Footer,
        notes: &[Note],
    ) -> Result<(Sink<'a>, Box<dyn Renderer<R>>)> {
        self.write_header()?;
        match self.order {
            None => sort_rows(&mut self.buffered_rows, &self.sort_keys),
            Some(RowOrder::Overall(compare)) => self.buffered_rows.sort_by(compare),
            Some(RowOrder::PerNode(compare)) => {
                let id = |row: &R| row.node().map(|node| node.id.clone());
                let chunks = self.buffered_rows.chunk_by_mut(|a, b| id(a) == id(b));
                chunks.for_each(|rows| rows.sort_by(compare));
            }
        }
        for row in self.buffered_rows.drain(..) {
            self.renderer.write_row(&row, &mut self.sink)?;
        }
        self.renderer.write_footer(footer, notes, &mut self.sink)?;
        Ok((self.sink, self.renderer))
    }
}
