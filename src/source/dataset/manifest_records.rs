//! Parts of a manifest as records.

use std::sync::Arc;

use crate::record::{CallerIdentity, CallerReport, Cause, Scope};
use crate::source::dataset::manifest::{ManifestCaller, ManifestCause, ManifestScope};
use crate::source::dataset::node_batch::not_collected;

pub(super) fn to_cause(cause: &ManifestCause) -> Cause {
    Cause {
        code: cause.code.as_str().into(),
        text: cause.text.as_str().into(),
    }
}

pub(super) fn to_scope(scope: &ManifestScope) -> Scope {
    let text = |text: &Option<String>| text.as_deref().map(Arc::from);
    Scope {
        region: text(&scope.region),
        account: text(&scope.account),
        account_name: text(&scope.account_name),
        profile: text(&scope.profile),
    }
}

pub(super) fn to_caller(caller: &ManifestCaller) -> CallerReport {
    let identity = match (&caller.account, &caller.arn) {
        (Some(account), Some(arn)) => Ok(CallerIdentity {
            account: account.as_str().into(),
            arn: arn.as_str().into(),
        }),
        _ => Err(caller
            .cause
            .as_ref()
            .map_or_else(|| not_collected("who asked", "was not collected"), to_cause)),
    };
    CallerReport {
        profile: caller.profile.as_deref().map(Into::into),
        identity,
    }
}
