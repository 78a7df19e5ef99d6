//! The rows and the footer of `collect`.

use crate::report::{Coverage, Footer, Note, NoteKind, NoteLevel, Totals, notes};
use crate::text::count;

/// One account and region that a run has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedRow {
    /// `None` of the listed nodes that are in none.
    pub region: Option<String>,
    pub account: Option<String>,
    pub nodes: u64,
    pub patches: u64,
    pub files: u64,
    pub bytes: u64,
}

/// The footer of `collect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectFooter {
    /// Of what this process has read.
    pub coverage: Coverage,
    pub dataset: String,
    pub run_id: String,
    pub end: CollectEnd,
    /// With --resume.
    pub resumed: Option<Resumed>,
    /// Accounts and regions of the whole run, as all that follows.
    pub locations: u64,
    pub totals: Totals,
    pub patches: u64,
    pub files: u64,
    pub bytes: u64,
    pub calls: u64,
    /// Older runs that were deleted.
    pub deleted_runs: Vec<String>,
    /// Why some that are old enough still stand.
    pub keep_failure: Option<String>,
}

/// What --resume did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumed {
    /// Went on with a run of which so many accounts and regions were complete.
    WentOn(u64),
    /// Started a run, as there was none to go on with.
    Started,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectEnd {
    /// It is visible.
    Written,
    /// Another process has finished it.
    WrittenByAnother,
    /// It was interrupted, and can be continued.
    Unfinished,
    /// Nothing was read, so nothing is left of it.
    Abandoned,
}

impl CollectFooter {
    /// The footer of a run that is not finished.
    #[must_use]
    pub fn new(dataset: String, run_id: &str) -> Self {
        Self {
            coverage: Coverage::default(),
            dataset,
            run_id: run_id.to_owned(),
            end: CollectEnd::Unfinished,
            resumed: None,
            locations: 0,
            totals: Totals::default(),
            patches: 0,
            files: 0,
            bytes: 0,
            calls: 0,
            deleted_runs: Vec::new(),
            keep_failure: None,
        }
    }

    fn counts(&self) -> Note {
        let Totals {
            asked,
            answered,
            no_data,
            unread,
            ..
        } = self.totals;
        let mut parts = vec![count(asked, "node"), format!("{answered} answered")];
        for (n, word) in [(no_data, "without data"), (unread, "unread")] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        parts.push(count(self.patches, "patch row"));
        if self.locations > 1 {
            parts.push(count(self.locations, "region or account"));
        }
        Note::counts(format!(
            "{}; {} of {} after {}",
            parts.join(", "),
            count(self.files, "file"),
            count(self.bytes, "byte"),
            count(self.calls, "call"),
        ))
    }

    fn end_note(&self) -> Note {
        let Self {
            dataset, run_id, ..
        } = self;
        let (level, text) = match self.end {
            CollectEnd::Written => (
                NoteLevel::Info,
                format!("run {run_id} is written to {dataset}"),
            ),
            CollectEnd::WrittenByAnother => (
                NoteLevel::Info,
                format!("run {run_id} in {dataset} was finished by another process"),
            ),
            CollectEnd::Unfinished => (
                NoteLevel::Warning,
                format!(
                    "run {run_id} is not finished, so {dataset} does not show it; add --resume to \
                     go on"
                ),
            ),
            CollectEnd::Abandoned => (
                NoteLevel::Warning,
                format!("nothing was read, so no run is written to {dataset}"),
            ),
        };
        Note::new(NoteKind::Run, level, text)
    }
}

impl Footer for CollectFooter {
    fn is_complete(&self) -> bool {
        self.coverage.unread.is_empty() && self.totals.unread == 0 && self.keep_failure.is_none()
    }

    fn is_nothing_read(&self) -> bool {
        self.end == CollectEnd::Abandoned
    }

    fn notes(&self) -> Vec<Note> {
        let mut all = vec![self.counts()];
        all.extend(notes::unread_subjects(&self.coverage.unread));
        all.extend(self.coverage.discovery_notes());
        all.extend(self.coverage.run_notes());
        all.extend(self.resumed.map(|resumed| {
            let text = match resumed {
                Resumed::WentOn(complete) => format!(
                    "went on with an unfinished run, of which {} had been read",
                    count(complete, "region or account")
                ),
                Resumed::Started => "started a new run: there is no unfinished run of these nodes \
                                     from the last 24 hours"
                    .to_owned(),
            };
            Note::new(NoteKind::Run, NoteLevel::Info, text)
        }));
        all.push(self.end_note());
        if !self.deleted_runs.is_empty() {
            let runs = count(self.deleted_runs.len() as u64, "older run");
            let note = Note::new(NoteKind::Run, NoteLevel::Info, format!("deleted {runs}"));
            all.push(note.with_ids(&self.deleted_runs));
        }
        all.extend(self.keep_failure.as_deref().map(|cause| {
            let text = "not every older run could be deleted";
            Note::new(NoteKind::Run, NoteLevel::Warning, text).with_reason(cause)
        }));
        all
    }
}
