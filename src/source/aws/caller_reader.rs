//! Reads who asks: the identity behind each of the user's sessions.

use futures_util::future::join_all;

use crate::interrupt::Interrupt;
use crate::record::CallerReport;
use crate::source::aws::api::error::CallError;
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::session::Session;

/// The user's sessions, one for each profile. Roles that these assume are not asked: their
/// account and name are known.
#[derive(Clone)]
pub(crate) struct CallerReader {
    pub sessions: Vec<Session>,
    pub call_stats: CallStats,
    pub interrupt: Interrupt,
}

impl CallerReader {
    /// The identity of each session, or why it is not known. An interrupted run waits for
    /// none.
    pub(super) async fn read(&self) -> Vec<CallerReport> {
        let reports = self.sessions.iter().map(async |session| {
            let identity = tokio::select! {
                biased;
                cause = self.interrupt.wait_until_raised() => Err(CallError::interrupted(cause)),
                identity = session.caller_identity(&self.call_stats) => identity,
            };
            CallerReport {
                profile: session.profile.clone(),
                identity: identity.map_err(|error| error.cause),
            }
        });
        join_all(reports).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::source::aws::session::demo_session;
    use crate::source::test_runtime::block_on;

    fn reader() -> CallerReader {
        CallerReader {
            sessions: vec![demo_session()],
            call_stats: CallStats::default(),
            interrupt: Interrupt::default(),
        }
    }

    #[test]
    fn each_caller_is_asked_for_once() {
        let reader = reader();
        let first = block_on(reader.read());
        let identity = first[0].identity.as_ref().unwrap();
        assert_eq!(&*identity.account, demo::ACCOUNT);
        assert!(identity.arn.contains(demo::ACCOUNT), "{}", identity.arn);
        assert_eq!(block_on(reader.read()), first);
        let counts = reader.call_stats.counts();
        assert_eq!(counts["sts:GetCallerIdentity"].calls, 1);
    }

    #[test]
    fn a_role_is_another_caller_than_the_one_that_assumed_it() {
        let (session, call_stats) = (demo_session(), CallStats::default());
        let arn = "arn:aws:iam::444455556666:role/reader".to_owned();
        let (own, role) = block_on(async {
            let own = session.caller_identity(&call_stats).await;
            let role = session.assume_role("444455556666", arn, None, &call_stats);
            let role = role.await.unwrap().caller_identity(&call_stats).await;
            (own.unwrap(), role.unwrap())
        });
        assert_eq!(&*own.account, demo::ACCOUNT);
        assert_eq!(&*role.account, "444455556666");
    }

    #[test]
    fn an_interrupted_run_waits_for_no_caller() {
        let reader = reader();
        reader.interrupt.raise();
        let read = block_on(reader.read());
        assert_eq!(&*read[0].identity.as_ref().unwrap_err().code, "Interrupted");
    }
}
