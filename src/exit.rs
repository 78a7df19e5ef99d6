//! The exit codes, and errors as one line.

use crate::sanitize::sanitize;

/// The exit codes, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// The question was answered, for every node asked for.
    Success = 0,
    /// The gate failed (`check`).
    GateFailed = 1,
    /// It could not start: usage, configuration, credentials, or nothing at
    /// all could be read. Or the answer could not be written, where the code
    /// would otherwise be 0. Or it panicked.
    Error = 2,
    /// It was answered in part: some node, region or account is `Unread`, or
    /// Ctrl-C came first.
    Partial = 3,
}

/// How a process ends that a second Ctrl-C cut short, as shells tell it.
pub const INTERRUPTED_STATUS: i32 = 130;

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The whole chain of an error on one line, safe to print on a terminal.
#[must_use]
pub fn format_error_line(error: &anyhow::Error) -> String {
    sanitize(&format!("{error:#}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_whatever_it_carries() {
        let error = anyhow::anyhow!("inner\n\u{1b}[2Jboom").context("outer");
        assert_eq!(format_error_line(&error), "outer: inner\\n\\u{1b}[2Jboom");
    }
}
