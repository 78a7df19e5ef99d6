//! The outcome of trying a call: which call, in which account and region, as which caller.

use std::fmt;
use std::sync::Arc;

use crate::plan::iam::Action;
use crate::record::{Cause, Scope};

/// How one call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallStatus {
    /// It was answered.
    Ok,
    /// The caller may not make it.
    Denied,
    /// It was not answered, or with an error.
    Failed,
    /// It was not made, or its answer not waited for.
    Unread,
}

impl CallStatus {
    pub const ALL: [Self; 4] = [Self::Ok, Self::Denied, Self::Failed, Self::Unread];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Denied => "DENIED",
            Self::Failed => "FAILED",
            Self::Unread => "UNREAD",
        }
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One call that was tried, or a place where none could be.
#[derive(Debug, Clone)]
pub struct CallCheck {
    pub scope: Scope,
    /// `None`: it never came to a call.
    pub action: Option<&'static Action>,
    pub status: CallStatus,
    /// What went wrong, with the remedy, or what was asked about; empty where
    /// there is nothing to say.
    pub detail: Box<str>,
    /// Does it keep a command from its answer, rather than from a part of it?
    pub is_blocking: bool,
}

impl CallCheck {
    /// A call that was answered.
    #[must_use]
    pub fn ok(scope: Scope, action: &'static Action) -> Self {
        Self {
            scope,
            action: Some(action),
            status: CallStatus::Ok,
            detail: "".into(),
            is_blocking: false,
        }
    }

    /// A call that was not. An optional one that is denied leaves gaps that are
    /// told; one that fails tells that something is wrong.
    #[must_use]
    pub fn not_answered(
        scope: Scope,
        action: &'static Action,
        status: CallStatus,
        cause: Cause,
    ) -> Self {
        Self {
            scope,
            action: Some(action),
            status,
            detail: cause.text,
            is_blocking: action.is_required || status != CallStatus::Denied,
        }
    }
}

/// Who is asking in one place, and where the calls go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub region: Arc<str>,
    pub account: Option<Arc<str>>,
    pub arn: Option<Arc<str>>,
    /// Where the credentials come from; never what they are.
    pub credentials: Option<Arc<str>>,
    /// The address of Systems Manager; `None`: inside this process.
    pub endpoint: Option<Box<str>>,
}
