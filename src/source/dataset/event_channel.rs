//! Events on their way from the tasks that read files to the stream: in order, and only a
//! few ahead of those that were taken.

use tokio::sync::mpsc;

use crate::record::Cause;
use crate::source::event::Event;

/// Jobs that are ahead of the stream, beside the one it takes from: one for each core.
const JOBS_AHEAD: usize = 2;

/// Messages of one job that are ahead of the stream.
const MESSAGES_AHEAD: usize = 2;

/// Some events of a job.
#[derive(Debug)]
pub(super) enum Message<T> {
    Events(Vec<Event<T>>),
    /// Rows of the node that the next job ends were lost.
    Lost(Cause),
}

/// The events of a job, in order.
type Job<T> = mpsc::Receiver<Message<T>>;

/// Takes jobs in their order.
#[derive(Debug)]
pub(super) struct EventSender<T>(mpsc::Sender<Job<T>>);

/// Takes the events of one job.
#[derive(Debug)]
pub(super) struct JobEventSender<T>(mpsc::Sender<Message<T>>);

/// The events of all jobs, in order.
#[derive(Debug)]
pub(super) struct EventReceiver<T> {
    jobs: mpsc::Receiver<Job<T>>,
    current: Option<Job<T>>,
}

/// The stream was dropped: nothing more is read.
#[derive(Debug)]
pub(super) struct Closed;

pub(super) fn channel<T>() -> (EventSender<T>, EventReceiver<T>) {
    let (sender, jobs) = mpsc::channel(JOBS_AHEAD);
    let receiver = EventReceiver {
        jobs,
        current: None,
    };
    (EventSender(sender), receiver)
}

impl<T: Send> EventSender<T> {
    /// A job whose events follow those of the jobs before. Waits until it is one of the
    /// next.
    pub(super) async fn start_job(&self) -> Result<JobEventSender<T>, Closed> {
        let (sender, job) = mpsc::channel(MESSAGES_AHEAD);
        self.0.send(job).await.map_err(|_| Closed)?;
        Ok(JobEventSender(sender))
    }

    /// Sends events that are known.
    pub(super) async fn send(&self, events: Vec<Event<T>>) -> Result<(), Closed> {
        if events.is_empty() {
            return Ok(());
        }
        let job = self.start_job().await?;
        job.0
            .send(Message::Events(events))
            .await
            .map_err(|_| Closed)
    }
}

impl<T: Send> JobEventSender<T> {
    /// Sends events, from a thread that may wait.
    pub(super) fn send(&self, message: Message<T>) -> Result<(), Closed> {
        self.0.blocking_send(message).map_err(|_| Closed)
    }

    /// Sends events, from a task.
    pub(super) async fn send_later(&self, message: Message<T>) -> Result<(), Closed> {
        self.0.send(message).await.map_err(|_| Closed)
    }
}

impl<T> EventReceiver<T> {
    /// The next message, or `None` at the end. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Message<T>> {
        loop {
            if let Some(job) = &mut self.current {
                if let Some(message) = job.recv().await {
                    return Some(message);
                }
                self.current = None;
            }
            self.current = Some(self.jobs.recv().await?);
        }
    }
}
