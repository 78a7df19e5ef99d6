//! What a text means; its colour repeats it.

use crossterm::style::{Stylize as _, force_color_output};

use crate::columns::{Cell, ColumnKind};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::record::{CallStatus, PatchState};
use crate::sanitize::sanitize;

/// What a text means, which is what its colour repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// A heading, or the key of a member.
    Strong,
    Dim,
    Good,
    Bad,
    Warning,
}

/// A text in its tone.
pub(super) type TonedText = (String, Tone);

impl Tone {
    /// What a cell of a column of this kind means.
    #[must_use]
    pub(super) fn of_cell(cell: &Cell<'_>, kind: ColumnKind) -> Self {
        match cell {
            Cell::Unknown | Cell::Count(0) | Cell::Flag(false) | Cell::Ratio(0, _) => Self::Dim,
            Cell::Count(_) if kind == ColumnKind::ViolationCount => Self::Bad,
            Cell::Ratio(..) => Self::Bad,
            Cell::Flag(true) => Self::Warning,
            // What this program does not rate is said as plainly as the rest.
            Cell::Rating(_, Severity::Unrated)
            | Cell::Text(_)
            | Cell::Count(_)
            | Cell::Time(_)
            | Cell::Age(_)
            | Cell::Percent(_)
            | Cell::Names(_)
            | Cell::CveList(_) => Self::Plain,
            Cell::Rating(_, severity) | Cell::Severity(severity) => (*severity).into(),
            Cell::Verdict(verdict) => match verdict {
                Verdict::Compliant => Self::Good,
                Verdict::NonCompliant | Verdict::Unread => Self::Bad,
                Verdict::NoData | Verdict::Stale => Self::Warning,
            },
            Cell::Check(status) => match status {
                CallStatus::Ok => Self::Good,
                CallStatus::Denied => Self::Warning,
                CallStatus::Failed | CallStatus::Unread => Self::Bad,
            },
            Cell::State(state) => match state {
                PatchState::Installed | PatchState::InstalledOther => Self::Good,
                PatchState::NotApplicable => Self::Dim,
                PatchState::AvailableSecurityUpdate | PatchState::Other(_) => Self::Warning,
                _ => Self::Bad,
            },
        }
    }

    /// The text, harmless on a terminal, and in its colour where there are colours.
    pub(super) fn paint(self, text: &str, color: bool) -> String {
        let text = sanitize(text);
        if !color || text.is_empty() {
            return text.into_owned();
        }
        // Whether NO_COLOR counts was settled where --color was read.
        force_color_output(true);
        match self {
            Self::Plain => text.into_owned(),
            Self::Strong => text.bold().to_string(),
            Self::Dim => text.dim().to_string(),
            Self::Good => text.dark_green().to_string(),
            Self::Bad => text.dark_red().to_string(),
            Self::Warning => text.dark_yellow().to_string(),
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::Important => Self::Bad,
            Severity::Medium => Self::Warning,
            Severity::Low => Self::Plain,
            Severity::Unrated => Self::Dim,
        }
    }
}
