//! A second source, for tests: records the events that another source sends,
//! and replays them without it. Every command runs on it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use anyhow::Result;
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::source::AwsSource;
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
}

/// Everything that a source said in one run.
#[derive(Default)]
pub struct Recording {
    head: RefCell<Option<Head>>,
    states: RefCell<Vec<Event<NodeStates>>>,
    patches: RefCell<Vec<Event<PatchEvent>>>,
}

#[derive(Clone)]
struct Head {
    now: Timestamp,
    notes: Vec<String>,
    spans_regions_and_accounts: (bool, bool),
}

/// Sends recorded events; or records those that it passes on.
pub struct Replay {
    recording: Rc<Recording>,
    head: Head,
    recorded: Option<Box<AwsSource>>,
}

/// Recorded events, or a stream that is being recorded.
pub enum ReplayStream<T> {
    Replayed(VecDeque<Event<T>>),
    Recorded(Box<AwsStream<T>>, Recorder<T>),
}

type Recorder<T> = Box<dyn Fn(&Event<T>)>;

/// The source that this thread has installed in place of AWS.
pub async fn installed(
    options: &ConnectOptions,
    now: Timestamp,
    interrupt: &Interrupt,
) -> Option<Result<Replay>> {
    let mode = INSTALLED.with_borrow(Clone::clone)?;
    Some(connect(mode, options, now, interrupt).await)
}

async fn connect(
    mode: Mode,
    options: &ConnectOptions,
    now: Timestamp,
    interrupt: &Interrupt,
) -> Result<Replay> {
    let (recording, recorded) = match mode {
        Mode::Replay(recording) => (recording, None),
        Mode::Record(recording) => {
            let source = AwsSource::connect(options, now, interrupt).await?;
            *recording.head.borrow_mut() = Some(Head {
                now: source.now(),
                notes: source.notes.clone(),
                spans_regions_and_accounts: source.spans_regions_and_accounts(),
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
    pub fn now(&self) -> Timestamp {
        self.head.now
    }

    pub fn notes(&self) -> &[String] {
        &self.head.notes
    }

    pub fn spans_regions_and_accounts(&self) -> (bool, bool) {
        self.head.spans_regions_and_accounts
    }

    pub fn stream_states(&self, plan: &FetchPlan) -> ReplayStream<NodeStates> {
        let recording = self.recording.clone();
        match &self.recorded {
            None => ReplayStream::Replayed(recording.states.borrow().clone().into()),
            Some(source) => ReplayStream::Recorded(
                Box::new(source.stream_states(plan)),
                Box::new(move |event| recording.states.borrow_mut().push(event.clone())),
            ),
        }
    }

    pub fn stream_patches(&self, plan: &FetchPlan) -> ReplayStream<PatchEvent> {
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
    pub async fn next(&mut self) -> Option<Event<T>> {
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

mod tests {
    use std::ffi::OsString;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::settings::HostEnv;
    use crate::terminal::Terminal;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Output, messages and exit of a run on the source that is installed.
    fn run(mode: Mode, args: &[&str]) -> (String, String, crate::exit::Exit) {
        INSTALLED.set(Some(mode));
        let (out, err) = (Shared::default(), Shared::default());
        let mut terminal =
            Terminal::for_test(b"", Box::new(out.clone()), Box::new(err.clone()), None);
        let args = ["patchctl", "--demo"]
            .iter()
            .chain(args)
            .map(OsString::from);
        let exit = crate::run(args, &HostEnv::empty(), &mut terminal, || {
            panic!("the demo has a clock of its own")
        });
        INSTALLED.set(None);
        let text = |shared: &Shared| String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        (text(&out), text(&err), exit)
    }

    const ORGANIZATION: [&str; 5] = [
        "--all",
        "--all-regions",
        "--organization",
        "--role-name",
        "reader",
    ];

    #[test]
    fn every_command_answers_the_same_from_recorded_events() {
        let states = "i-123,i-456,i-0dead00000000beef,mi-0d8b1f5c3a7e96240,i-bogus";
        let columns = "+Name,+OldestMissing,+BaselineDiffers,+tag:Env";
        let commands: [&[&str]; 12] = [
            &["states", states],
            &["states", "--all", "--columns", columns, "-o", "csv"],
            &["states", "--all", "--tag", "Env=prod", "-o", "json"],
            &["patches", states],
            &["patches", "--all", "--state", "Missing", "-o", "ndjson"],
            &["patches", "--all", "--cve", "CVE-2026-57026"],
            &["patches", "--all", "--by", "kb"],
            &[
                "patches",
                "--all",
                "--columns",
                "+ReleaseDate",
                "-o",
                "json",
            ],
            &["summary"],
            &["summary", "--by", "tag:Env", "-o", "json"],
            &["check", "--all"],
            &[
                "check",
                "--all",
                "--fail-on",
                "baseline-differs,missing>=critical",
            ],
        ];
        for command in commands {
            for more in [&[][..], &ORGANIZATION] {
                let is_of_fleet = command.contains(&"--all") || command[0] == "summary";
                if !more.is_empty() && !is_of_fleet {
                    continue;
                }
                let args: Vec<&str> = command
                    .iter()
                    .chain(more.iter().filter(|word| !command.contains(word)))
                    .copied()
                    .collect();
                let recording = Rc::new(Recording::default());
                let live = run(Mode::Record(recording.clone()), &args);
                let replayed = run(Mode::Replay(recording), &args);
                assert!(!live.0.is_empty(), "{args:?}: {}", live.1);
                assert_eq!(live, replayed, "{args:?}");
            }
        }
    }

    #[test]
    fn what_only_aws_can_do_is_refused_on_one_line() {
        let recording = Rc::new(Recording::default());
        run(Mode::Record(recording.clone()), &["states", "i-123"]);
        for args in [&["doctor"][..], &["states", "--all", "--estimate"]] {
            let (out, err, exit) = run(Mode::Replay(recording.clone()), args);
            assert_eq!(out, "");
            assert_eq!(err, "patchctl: this source makes no AWS calls\n");
            assert_eq!(exit, crate::exit::Exit::Error);
        }
    }
}
