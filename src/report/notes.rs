//! Notes: what an answer needs to say beside its rows, worded once for all formats.
//! Where a note is shown is decided by the format, not here.

mod conflicts;
mod discovery;

use std::collections::BTreeMap;
use std::fmt;

use crate::aggregate::exposure::{Exposure, NOT_SEEN_CAVEAT, NotJudged, NotJudgedReason};
use crate::record::{CallerReport, NoDataCause, Node, Subject, Unread};
use crate::text::{count, first_n};

pub use self::conflicts::conflicts;
pub use self::discovery::{discovery, skipped};

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteLevel {
    /// Printed with `--verbose`.
    Verbose,
    /// Left out with `--quiet`.
    Info,
    /// Without it, the rows could be taken for more than they are.
    Warning,
}

/// What a note is about, which decides where it can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// Repeats or adds up what the rows hold: only where people read, below the rows.
    Counts,
    /// Part of the answer: below the rows, in the document, or on stderr where the format
    /// has no place for it.
    Answer,
    /// About the run: always on stderr.
    Run,
}

/// One note: a sentence, the ids that it is about, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub kind: NoteKind,
    pub level: NoteLevel,
    pub text: String,
    pub ids: Vec<String>,
    pub reason: Option<String>,
    /// Does it say more about the note before it?
    pub is_detail: bool,
}

/// More ids than this are counted on stderr.
const MAX_IDS: usize = 20;
/// More nodes than this are counted in a sentence about a CVE.
const MAX_CVE_NODES: usize = 3;

impl Note {
    #[must_use]
    pub fn new(kind: NoteKind, level: NoteLevel, text: impl Into<String>) -> Self {
        Self {
            kind,
            level,
            text: text.into(),
            ids: Vec::new(),
            reason: None,
            is_detail: false,
        }
    }

    /// A note about the answer that `--quiet` leaves out.
    #[must_use]
    pub fn info(text: impl Into<String>) -> Self {
        Self::new(NoteKind::Answer, NoteLevel::Info, text)
    }

    /// Counts or names below the rows.
    #[must_use]
    pub fn counts(text: impl Into<String>) -> Self {
        Self::new(NoteKind::Counts, NoteLevel::Info, text)
    }

    /// A note about the answer that `--quiet` does not leave out.
    #[must_use]
    pub fn warning(text: impl Into<String>) -> Self {
        Self::new(NoteKind::Answer, NoteLevel::Warning, text)
    }

    #[must_use]
    pub fn with_ids(self, ids: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        Self {
            ids: ids.into_iter().map(|id| id.to_string()).collect(),
            ..self
        }
    }

    #[must_use]
    pub fn with_reason(self, reason: impl Into<String>) -> Self {
        Self {
            reason: Some(reason.into()),
            ..self
        }
    }

    #[must_use]
    pub fn of_kind(self, kind: NoteKind) -> Self {
        Self { kind, ..self }
    }

    #[must_use]
    pub fn into_detail(self) -> Self {
        Self {
            is_detail: true,
            ..self
        }
    }

    /// Does it name nodes or places, and why?
    #[must_use]
    pub fn is_about_subjects(&self) -> bool {
        !self.ids.is_empty() && self.reason.is_some()
    }

    /// The note with every id, as it stands below the rows.
    #[must_use]
    pub fn to_full_line(&self) -> String {
        self.to_line_of(self.ids.len())
    }

    /// The note with the first ids, as it stands on stderr.
    #[must_use]
    pub fn to_line(&self) -> String {
        self.to_line_of(MAX_IDS)
    }

    fn to_line_of(&self, most: usize) -> String {
        let mut line = self.text.clone();
        if !self.ids.is_empty() {
            line.push_str(": ");
            line.push_str(&first_n(&self.ids, most));
        }
        if let Some(reason) = &self.reason {
            line.push_str(": ");
            line.push_str(reason);
        }
        line
    }
}

/// " (and in 2 more regions or accounts)"
fn more_locations(locations: usize) -> String {
    match locations {
        0 | 1 => String::new(),
        n => format!(" (and in {})", count(n - 1, "more region or account")),
    }
}

/// The nodes without data, a note for each cause.
pub fn no_data(nodes: &[Node]) -> impl Iterator<Item = Note> {
    let mut causes: BTreeMap<NoDataCause, Vec<&str>> = BTreeMap::new();
    for node in nodes {
        causes.entry(node.no_data).or_default().push(&node.id);
    }
    causes.into_iter().map(|(cause, ids)| {
        let text = match cause {
            NoDataCause::Unknown => "no patch data".to_owned(),
            cause => format!("no patch data ({})", cause.as_str()),
        };
        Note::warning(text).with_ids(ids)
    })
}

/// The names of what could not be read; the causes are notes about the run.
#[must_use]
pub fn unread_subjects(unread: &[Unread]) -> Option<Note> {
    let subjects = unread.iter().map(|unread| &unread.subject);
    (!unread.is_empty()).then(|| Note::counts("unread").with_ids(subjects))
}

/// What could not be read, a note for each cause.
#[must_use]
pub fn unread_causes(unread: &[Unread]) -> Vec<Note> {
    let mut causes: Vec<(&str, Vec<&Subject>)> = Vec::new();
    let mut others = 0;
    for Unread { subject, cause } in unread {
        match causes.iter().position(|(text, _)| **text == *cause.text) {
            Some(at) => causes[at].1.push(subject),
            None if causes.len() < MAX_IDS => causes.push((&cause.text, vec![subject])),
            None => others += 1,
        }
    }
    let notes = causes.into_iter().map(|(cause, subjects)| {
        let note = Note::new(NoteKind::Run, NoteLevel::Warning, "unread");
        note.with_ids(subjects).with_reason(cause)
    });
    let rest = (others > 0).then(|| {
        let text = format!("unread: {others} more, named in the output");
        Note::new(NoteKind::Run, NoteLevel::Warning, text)
    });
    notes.chain(rest).collect()
}

/// Patches of no known severity, which `--min-severity` can neither keep nor drop.
#[must_use]
pub fn unrated(patches: u64, nodes: Option<u64>) -> Note {
    let on = nodes.map_or(String::new(), |nodes| {
        format!(" on {}", count(nodes, "node"))
    });
    Note::new(
        NoteKind::Run,
        NoteLevel::Warning,
        format!(
            "ignored: {}{on} (--min-severity)",
            count(patches, "unrated patch")
        ),
    )
}

/// Patches of no known release date, which `--unknown-age ignore` leaves out.
#[must_use]
pub fn undated(patches: u64, nodes: u64) -> Note {
    let (patches, nodes) = (count(patches, "patch"), count(nodes, "node"));
    let text = format!("ignored: {patches} of unknown age on {nodes} (--unknown-age ignore)");
    Note::new(NoteKind::Run, NoteLevel::Warning, text)
}

/// What is known of each CVE, then why the rest is not.
#[must_use]
pub fn exposures(exposures: &[Exposure]) -> Vec<Note> {
    let mut notes: Vec<Note> = exposures.iter().flat_map(exposure).collect();
    // Said once, where the first nodes are only counted.
    let more = notes.iter_mut().find_map(|note| {
        let end = note.text.find(" more")? + " more".len();
        Some((note, end))
    });
    if let Some((note, end)) = more {
        note.text.insert_str(end, " (-o json names all)");
    }
    notes
}

/// What a CVE that was not seen is worth.
#[must_use]
pub fn not_seen_caveat() -> Note {
    Note::info(NOT_SEEN_CAVEAT)
}

fn exposure(exposure: &Exposure) -> Vec<Note> {
    let open = match &exposure.open_nodes[..] {
        [] => "no node is seen to lack its fix".to_owned(),
        open => {
            let ids: Vec<&str> = open.iter().map(|node| &*node.id).collect();
            format!(
                "{} its fix: {}",
                if open.len() == 1 {
                    "1 node lacks".to_owned()
                } else {
                    format!("{} nodes lack", open.len())
                },
                first_n(&ids, MAX_CVE_NODES)
            )
        }
    };
    let mut doubts: Vec<(&NotJudgedReason, Vec<&Subject>)> = Vec::new();
    for NotJudged { subject, reason } in exposure.not_judged() {
        match doubts.iter_mut().find(|(of, _)| of.is_same_kind(reason)) {
            Some((_, subjects)) => subjects.push(subject),
            None => doubts.push((reason, vec![subject])),
        }
    }
    doubts.sort_by_key(|(reason, _)| reason.rank());
    let not_judged = count_subjects(exposure.not_judged().map(|doubted| &doubted.subject));
    let head = format!(
        "{}: {open}; {not_judged} cannot be judged, {} not seen to lack it",
        exposure.cve, exposure.not_seen
    );
    // With no row printed, this alone keeps an unknown node from looking safe.
    let head = if doubts.is_empty() {
        Note::info(head)
    } else {
        Note::warning(head)
    };
    let details = doubts.into_iter().map(|(reason, subjects)| {
        let kind = reason.describe_group(&count_subjects(subjects.iter().copied()));
        let ids: Vec<String> = subjects.iter().map(ToString::to_string).collect();
        let ids = first_n(&ids, MAX_CVE_NODES);
        Note::info(format!("not judged: {kind}: {ids}")).into_detail()
    });
    [head].into_iter().chain(details).collect()
}

/// The number of nodes, and of accounts and regions whose nodes are not known.
fn count_subjects<'a>(subjects: impl Iterator<Item = &'a Subject>) -> String {
    let (mut nodes, mut scopes) = (0, 0);
    for subject in subjects {
        match subject {
            Subject::Node(_) => nodes += 1,
            Subject::Scope(_) => scopes += 1,
        }
    }
    match (nodes, scopes) {
        (nodes, 0) => nodes.to_string(),
        (0, scopes) => count_scopes(scopes),
        _ => format!("{} and {}", count(nodes, "node"), count_scopes(scopes)),
    }
}

/// "2 regions or accounts"
#[must_use]
pub fn count_scopes(n: u64) -> String {
    count(n, "region or account")
}

/// Callers that STS did not tell, a note for each.
pub fn unknown_callers(callers: &[CallerReport]) -> impl Iterator<Item = Note> {
    callers.iter().filter_map(|caller| {
        let cause = caller.identity.as_ref().err()?;
        let profile = caller.profile.as_ref();
        let of = profile.map_or(String::new(), |profile| format!(" of profile {profile}"));
        let text = format!("the caller{of} is not known");
        let note = Note::new(NoteKind::Run, NoteLevel::Warning, text);
        Some(note.with_reason(&*cause.text))
    })
}

/// Columns that stay empty because a call failed.
#[must_use]
pub fn missing_columns(columns: &str, reason: &str, locations: usize) -> Note {
    let more = more_locations(locations);
    let text = format!("left empty: {columns}");
    Note::new(NoteKind::Run, NoteLevel::Info, text).with_reason(format!("{reason}{more}"))
}

/// Release dates that are not known, a note for each cause.
#[must_use]
pub fn missing_release_dates(failures: &[(String, String)]) -> Vec<Note> {
    let mut causes: Vec<(&str, Vec<&str>)> = Vec::new();
    for (location, cause) in failures {
        match causes.iter_mut().find(|(known, _)| known == cause) {
            Some((_, locations)) => locations.push(location),
            None => causes.push((cause, vec![location])),
        }
    }
    let notes = causes.into_iter().map(|(cause, locations)| {
        Note::new(NoteKind::Run, NoteLevel::Warning, "without release dates")
            .with_ids(locations)
            .with_reason(cause)
    });
    notes.collect()
}

/// Listed nodes that the filters exclude.
#[must_use]
pub fn unmatched<T: AsRef<str>>(ids: &[T]) -> Option<Note> {
    let text = "left out by the criteria";
    (!ids.is_empty()).then(|| {
        let ids = ids.iter().map(AsRef::as_ref);
        Note::new(NoteKind::Run, NoteLevel::Warning, text).with_ids(ids)
    })
}
