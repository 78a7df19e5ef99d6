//! A second source, for tests: records the events that another source sends,
//! and replays them without it. Every command runs on it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::AccountRegion;
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::source::AwsSource;
use crate::source::aws::source::LocationSpans;
use crate::source::aws::stream::AwsStream;
use crate::source::event::{Event, Judged, NodeStates, PatchEvent};
use crate::source::ordered::codec::Spillable;

thread_local! {
    static INSTALLED: RefCell<Option<Mode>> = const { RefCell::new(None) };
}

#[derive(Clone)]
enum Mode {
    Record(Rc<Recording>),
    Replay(Rc<Recording>),
    /// One for each connection, in their order.
    Each(Rc<RefCell<VecDeque<Mode>>>),
}

/// The events and properties of a source in one run.
#[derive(Default)]
pub(super) struct Recording {
    head: RefCell<Option<Head>>,
    states: RefCell<Vec<Event<NodeStates>>>,
    patches: RefCell<Vec<Event<PatchEvent>>>,
}

#[derive(Clone)]
struct Head {
    now: Timestamp,
    notes: Vec<String>,
    location_spans: LocationSpans,
    locations: Vec<Arc<AccountRegion>>,
}

/// Replays recorded events, or records those that it passes on.
pub(crate) struct Replay {
    recording: Rc<Recording>,
    head: Head,
    recorded: Option<Box<AwsSource>>,
}

/// Recorded events, or a stream that is being recorded.
pub(crate) enum ReplayStream<T> {
    Replayed(VecDeque<Event<T>>),
    Recorded(Box<AwsStream<T>>, Recorder<T>),
}

type Recorder<T> = Box<dyn Fn(&Event<T>)>;

/// The source that this thread has installed in place of AWS.
pub(super) async fn installed(
    options: &ConnectOptions,
    clock: fn() -> Timestamp,
    interrupt: &Interrupt,
) -> Option<Result<Replay>> {
    let mode = match INSTALLED.with_borrow(Clone::clone)? {
        Mode::Each(modes) => modes.borrow_mut().pop_front()?,
        mode => mode,
    };
    Some(connect(mode, options, clock, interrupt).await)
}

async fn connect(
    mode: Mode,
    options: &ConnectOptions,
    clock: fn() -> Timestamp,
    interrupt: &Interrupt,
) -> Result<Replay> {
    let (recording, recorded) = match mode {
        Mode::Each(_) => unreachable!("one of them was taken"),
        Mode::Replay(recording) => (recording, None),
        Mode::Record(recording) => {
            let source = AwsSource::connect(options, clock, interrupt).await?;
            *recording.head.borrow_mut() = Some(Head {
                now: source.now(),
                notes: source.notes.clone(),
                location_spans: source.location_spans(),
                locations: source.account_regions(),
            });
            (recording, Some(Box::new(source)))
        }
    };
    let head = recording
        .head
        .borrow()
        .clone()
        .expect("a head was recorded");
    Ok(Replay {
        recording,
        head,
        recorded,
    })
}

impl Replay {
    pub(crate) fn now(&self) -> Timestamp {
        self.head.now
    }

    pub(crate) fn notes(&self) -> &[String] {
        &self.head.notes
    }

    pub(crate) fn location_spans(&self) -> LocationSpans {
        self.head.location_spans
    }

    pub(crate) fn account_regions(&self) -> Vec<Arc<AccountRegion>> {
        self.head.locations.clone()
    }

    pub(crate) fn stream_states(&self, plan: &FetchPlan) -> ReplayStream<NodeStates> {
        let recording = self.recording.clone();
        match &self.recorded {
            None => ReplayStream::Replayed(recording.states.borrow().clone().into()),
            Some(source) => ReplayStream::Recorded(
                Box::new(source.stream_states(plan)),
                Box::new(move |event| recording.states.borrow_mut().push(event.clone())),
            ),
        }
    }

    pub(crate) fn stream_patches(&self, plan: &FetchPlan) -> ReplayStream<PatchEvent> {
        let recording = self.recording.clone();
        match &self.recorded {
            None => ReplayStream::Replayed(recording.patches.borrow().clone().into()),
            Some(source) => ReplayStream::Recorded(
                Box::new(source.stream_patches(plan)),
                Box::new(move |event| recording.patches.borrow_mut().push(event.clone())),
            ),
        }
    }
}

impl<T: Spillable + Judged> ReplayStream<T> {
    pub(crate) async fn next(&mut self) -> Option<Event<T>> {
        match self {
            Self::Replayed(events) => events.pop_front(),
            Self::Recorded(stream, record) => {
                let event = stream.next().await?;
                record(&event);
                Some(event)
            }
        }
    }
}

mod tests;
