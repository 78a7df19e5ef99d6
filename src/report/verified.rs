//! The footer of `verify`.

use crate::exit::Exit;
use crate::record::{DatasetFinding, FindingKind};
use crate::report::{Footer, Note, NoteKind, NoteLevel};
use crate::text::count;

/// What was compared, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyFooter {
    pub dataset: String,
    pub runs: u64,
    pub files: u64,
    pub bytes: u64,
    pub changed: u64,
    pub missing: u64,
    pub unnamed: u64,
    pub unfinished: u64,
}

impl VerifyFooter {
    /// One more finding.
    pub fn add(&mut self, finding: &DatasetFinding) {
        *match finding.kind {
            FindingKind::Changed => &mut self.changed,
            FindingKind::Missing => &mut self.missing,
            FindingKind::Unnamed => &mut self.unnamed,
            FindingKind::Unfinished => &mut self.unfinished,
        } += 1;
    }

    /// Is every byte of the dataset as its manifests say?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.changed + self.missing + self.unnamed == 0
    }
}

impl Footer for VerifyFooter {
    fn is_complete(&self) -> bool {
        true
    }

    fn is_nothing_read(&self) -> bool {
        self.runs == 0 && self.is_clean()
    }

    fn is_gate(&self) -> bool {
        true
    }

    fn exit_code(&self, is_interrupted: bool) -> Exit {
        if !self.is_clean() {
            Exit::GateFailed
        } else if is_interrupted {
            Exit::Partial
        } else {
            Exit::Success
        }
    }

    fn notes(&self) -> Vec<Note> {
        let compared = format!(
            "{}, {} of {}",
            count(self.runs, "run"),
            count(self.files, "file"),
            count(self.bytes, "byte"),
        );
        let found: Vec<String> = [
            (self.changed, "changed"),
            (self.missing, "missing"),
            (self.unnamed, "not named by a manifest"),
        ]
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
        let result = if found.is_empty() {
            "every byte is as its manifest says".to_owned()
        } else {
            found.join(", ")
        };
        let mut all = vec![Note::counts(format!("{compared}: {result}"))];
        if self.unfinished > 0 {
            let files = count(self.unfinished, "file");
            let text = format!(
                "{files} of runs that have not ended; collect --resume goes on with them, and \
                 collect --keep deletes old ones"
            );
            all.push(Note::new(NoteKind::Run, NoteLevel::Info, text));
        }
        all
    }
}
