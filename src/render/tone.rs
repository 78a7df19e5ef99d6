//! What a text means; its colour repeats it.

use crossterm::style::{Stylize as _, force_color_output};

use crate::compliance::severity::Severity;
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
