//! One account in one region, ready to be asked: every call goes through here.
//!
//! Knows when a call may go, and when no other would fare better. Must not know
//! what any call is for.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};

use super::baselines::Book;
use super::ec2::{Ec2, Instance};
use super::fault::{Call, Fault, Kind};
use super::hope::Hope;
use super::identity::Identity;
use super::pace::{Next, Pace};
use super::reader::Slot;
use super::tally::Tally;
use super::wire::Page;
use crate::interrupt::Interrupt;
use crate::record::Place;

/// An endpoint that answered once is given up after so many calls in a row that
/// used up all their tries: minutes, in which nobody was there.
const MOST_IN_VAIN: u32 = 32;

/// EC2 helps, and is not needed: where it does not answer, nobody waits for long.
const EC2_ATTEMPTS: u32 = 4;

/// Asks one account in one region.
pub struct Asker {
    pub(super) client: Client,
    pub place: Arc<Place>,
    identity: Identity,
    /// The calls made here.
    pub tally: Tally,
    pace: Pace,
    /// Has the service answered anything?
    hope: Hope,
    interrupt: Interrupt,
    /// Calls in a row that used up their tries with nobody there.
    in_vain: AtomicU32,
    /// Set once no other call would fare better: the credentials have failed,
    /// nobody was there after every retry and nothing was ever answered, or not
    /// for minutes, or nothing was let through for minutes.
    lost: OnceLock<Fault>,
    ec2: OnceLock<Ec2>,
    /// Set once EC2 could not be reached.
    no_ec2: OnceLock<Fault>,
    /// What was learnt here of baselines and patches, whichever node asked.
    pub(super) book: Book,
}

impl Asker {
    pub fn new(identity: Identity, place: Place, width: usize, interrupt: Interrupt) -> Self {
        let tally = Tally::default();
        let hope = Hope::default();
        Self {
            client: identity.ssm(&place.region, &tally, &hope),
            place: Arc::new(place),
            identity,
            tally,
            pace: Pace::new(width),
            hope,
            interrupt,
            in_vain: AtomicU32::new(0),
            lost: OnceLock::new(),
            ec2: OnceLock::new(),
            no_ec2: OnceLock::new(),
            book: Book::default(),
        }
    }

    /// EC2 in the same place.
    pub(super) fn ec2(&self) -> &Ec2 {
        self.ec2.get_or_init(|| {
            self.identity
                .ec2(&self.place.region, &self.tally, EC2_ATTEMPTS)
        })
    }

    /// Whose credentials it asks with.
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// One page of EC2 instances. Nobody needs EC2 to answer, so one that does
    /// not is asked once, and not for long.
    pub(super) async fn ask_ec2(
        &self,
        filters: &[(String, Vec<String>)],
        token: Option<&str>,
    ) -> Result<Page<Instance>, Fault> {
        if let Some(fault) = self.no_ec2.get() {
            return Err(fault.clone());
        }
        self.tally.call("ec2", "DescribeInstances");
        let page = self
            .unless_interrupted(self.ec2().instances(filters, token))
            .await;
        if let Err(fault) = &page
            && fault.kind == Kind::Unreachable
        {
            self.no_ec2.get_or_init(|| fault.clone());
        }
        page
    }

    pub(super) fn call(&self, action: &'static str) -> Call<'_> {
        Call {
            service: "ssm",
            action,
            region: &self.place.region,
            identity: self.identity.said.as_deref(),
        }
    }

    /// Makes one call, at the pace that the service allows, unless no call would
    /// fare better or the run is interrupted. A throttled try is made again and
    /// not counted among those the SDK allows: it says nothing about the call.
    pub(super) async fn ask<T, E, F>(
        &self,
        action: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.not_lost()?;
        self.unless_interrupted(async {
            let _place = self.pace.enter().await;
            let mut is_counted = false;
            loop {
                let turn = self.pace.turn().await;
                // Found out by another one, perhaps, while this one waited.
                self.not_lost()?;
                if !is_counted {
                    self.tally.call("ssm", action);
                    is_counted = true;
                }
                let ended = attempt().await.map_err(|error| self.fault(&error, action));
                match &ended {
                    Err(fault) if fault.kind == Kind::Throttled => {
                        self.tally.throttled("ssm", action);
                        if self.pace.throttled(turn) == Next::Again {
                            continue;
                        }
                    }
                    Err(fault) if fault.kind == Kind::Unreachable => {}
                    Err(fault) if fault.kind == Kind::Broken => self.pace.answered(turn),
                    Ok(_) | Err(_) => {
                        self.in_vain.store(0, Relaxed);
                        self.pace.answered(turn);
                    }
                }
                return ended.map_err(|fault| self.failed(fault));
            }
        })
        .await
    }

    fn fault<E>(&self, error: &SdkError<E, HttpResponse>, action: &'static str) -> Fault
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let fault = Fault::new(error, self.call(action));
        // Said by something in front of the service, it carries no code.
        let is_too_many = error
            .raw_response()
            .is_some_and(|raw| raw.status().as_u16() == 429);
        Fault {
            kind: if is_too_many {
                Kind::Throttled
            } else {
                fault.kind
            },
            ..fault
        }
    }

    /// Waits for a call no longer than until the run is interrupted.
    pub(super) async fn unless_interrupted<T>(
        &self,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        tokio::select! {
            biased;
            () = self.interrupt.raised() => Err(Fault::interrupted()),
            answer = call => answer,
        }
    }

    pub(super) fn filled<T: super::wire::FromBody>(
        &self,
        slot: &Slot<T>,
        action: &'static str,
    ) -> Result<T, Fault> {
        slot.take()
            .ok_or_else(|| Fault::own("Unreadable", "the answer was not read", self.call(action)))
    }

    fn not_lost(&self) -> Result<(), Fault> {
        if self.interrupt.is_raised() {
            return Err(Fault::interrupted());
        }
        self.lost.get().map_or(Ok(()), |fault| Err(fault.clone()))
    }

    fn failed(&self, fault: Fault) -> Fault {
        let is_lost = match fault.kind {
            // Given up only when nobody was let through for long.
            Kind::Credentials | Kind::Throttled => true,
            Kind::Unreachable | Kind::Broken => {
                let in_vain = self.in_vain.fetch_add(1, Relaxed) + 1;
                !self.hope.was_answered() || in_vain >= MOST_IN_VAIN
            }
            Kind::Refused | Kind::Denied | Kind::Other => false,
        };
        if is_lost {
            self.lost.get_or_init(|| fault.clone());
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::record::{Node, Outcome};
    use crate::source::identity;

    fn in_demo() -> Asker {
        let place = Place {
            region: demo::REGION.into(),
            account: Some(demo::ACCOUNT.into()),
        };
        Asker::new(identity::demo(), place, 4, Interrupt::default())
    }

    fn unreachable(asker: &Asker) -> Fault {
        Fault {
            kind: Kind::Unreachable,
            ..Fault::own(
                "Unreachable",
                "nobody there",
                asker.call("DescribeInstancePatchStates"),
            )
        }
    }

    #[test]
    fn nobody_there_ends_the_asking_only_while_nothing_was_ever_answered() {
        let asker = in_demo();
        asker.failed(unreachable(&asker));
        assert!(asker.not_lost().is_err());

        let asker = in_demo();
        let node = Node::asked("i-123", &asker.place);
        let outcomes = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(asker.states(&[node]));
        assert!(matches!(outcomes[..], [Outcome::Answered(_)]));
        for _ in 1..MOST_IN_VAIN {
            asker.failed(unreachable(&asker));
        }
        assert!(asker.not_lost().is_ok());
        asker.failed(unreachable(&asker));
        assert!(
            asker.not_lost().is_err(),
            "it answered once, and is gone for good"
        );
    }
}
