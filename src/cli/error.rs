//! Why a command line cannot be run, in one line.

/// Why there is nothing to run.
pub(super) enum CliError {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// The configuration is wrong.
    Settings(String),
}

impl From<clap::Error> for CliError {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        Self::Settings(format!("{error:#}"))
    }
}

/// Joins clap's paragraphs into one line, without the usage text.
pub(super) fn clap_error_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("Usage: ") || part.starts_with("For more information") {
            break;
        }
        let part = part.strip_prefix("error: ").unwrap_or(part);
        if line.is_empty() {
            line.push_str(part);
        } else if part.starts_with('[') || line.ends_with(':') {
            line = format!("{line} {part}");
        } else {
            line = format!("{line}; {}", part.strip_prefix("tip: ").unwrap_or(part));
        }
    }
    line
}
