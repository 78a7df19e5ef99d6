//! The progress of a run: one line, and one for each account and region where there are
//! several.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::cli::OutputArgs;
use crate::source::{CallCounts, LocationProgress as Place, Source};
use crate::terminal::{ProgressLines, Terminal};
use crate::text::count;

/// How often the lines are redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_millis(150);

/// More accounts and regions than this are counted.
const MAX_LINES: usize = 12;

/// The lines on the screen.
pub(super) struct ProgressDisplay(Option<(JoinHandle<()>, Arc<Mutex<ProgressLines>>)>);

impl ProgressDisplay {
    /// Draws lines about a source, where a person watches stderr.
    pub(super) fn start(terminal: &Terminal, source: &Source, output: &OutputArgs) -> Self {
        if !terminal.is_progress_enabled(output.output, output.is_to_file()) {
            return Self(None);
        }
        let lines = Arc::new(Mutex::new(ProgressLines::default()));
        let watch = source.progress_monitor();
        let shown = lines.clone();
        let started = Instant::now();
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(REDRAW_INTERVAL).await;
                let texts = progress_lines(&watch.progress(), started.elapsed());
                lock(&shown).draw(&texts);
            }
        });
        Self(Some((task, lines)))
    }

    /// Removes the lines.
    pub(super) fn finish(&self) {
        if let Some((task, lines)) = &self.0 {
            task.abort();
            lock(lines).clear();
        }
    }
}

fn lock(lines: &Mutex<ProgressLines>) -> MutexGuard<'_, ProgressLines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lines after so long.
fn progress_lines(locations: &[Place], elapsed: Duration) -> Vec<String> {
    let mut calls = CallCounts::default();
    let (mut nodes, mut done, mut rows) = (0, 0, 0);
    for location in locations {
        calls.add(location.call_counts);
        nodes += location.nodes;
        done += location.finished;
        rows += location.rows;
    }
    let seconds = elapsed.as_secs_f64();
    let mut texts = vec![format!(
        "{done}/{nodes} nodes, {rows} rows, {}{}",
        format_calls(calls, seconds),
        format_time_left(nodes, done, seconds)
    )];
    if locations.len() < 2 {
        return texts;
    }
    // Those that are not finished, first those with most left to do.
    let mut at_work: Vec<&Place> = locations
        .iter()
        .filter(|location| {
            location.call_counts.calls > 0
                && (location.finished < location.nodes || location.nodes == 0)
        })
        .collect();
    at_work.sort_by_key(|location| std::cmp::Reverse(location.nodes - location.finished));
    let shown = at_work.len().min(MAX_LINES);
    let hidden = at_work.len() - shown;
    at_work.truncate(shown);
    at_work.sort_by_key(|location| &location.location);
    for location in at_work {
        let account = location.location.account.as_deref();
        let account = account.map_or(String::new(), |id| format!("{id} "));
        texts.push(format!(
            "  {account}{}: {}/{} nodes, {}{}",
            location.location.region,
            location.finished,
            location.nodes,
            format_calls(location.call_counts, seconds),
            format_time_left(location.nodes, location.finished, seconds)
        ));
    }
    if hidden > 0 {
        texts.push(format!("  and {hidden} more"));
    }
    texts
}

/// "410 calls, 3 throttled, 49.8/s"
fn format_calls(calls: CallCounts, seconds: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a rate for the eye")]
    let rate = if seconds > 0.0 {
        calls.calls as f64 / seconds
    } else {
        0.0
    };
    let throttled = match calls.throttled {
        0 => String::new(),
        n => format!(", {n} throttled"),
    };
    format!("{}{throttled}, {rate:.1}/s", count(calls.calls, "call"))
}

/// ", 15 s left", once that can be estimated.
fn format_time_left(nodes: u64, done: u64, seconds: f64) -> String {
    if done == 0 || done >= nodes || seconds < 1.0 {
        return String::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "a guess for the eye")]
    let left = seconds / done as f64 * (nodes - done) as f64;
    match left {
        ..90.0 => format!(", {left:.0} s left"),
        _ => format!(", {:.0} min left", left / 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(region: &str, nodes: u64, done: u64) -> Place {
        Place {
            location: Arc::new(crate::record::AccountRegion {
                region: region.into(),
                account: None,
                account_name: None,
            }),
            nodes,
            finished: done,
            rows: done * 10,
            call_counts: CallCounts {
                calls: 40,
                attempts: 42,
                throttled: 2,
            },
        }
    }

    #[test]
    fn one_place_is_one_line_and_several_have_one_each_while_they_are_at_work() {
        let after = Duration::from_secs(4);
        assert_eq!(
            progress_lines(&[place("eu-west-1", 100, 50)], after),
            ["50/100 nodes, 500 rows, 40 calls, 2 throttled, 10.0/s, 4 s left"]
        );
        let both = [
            place("us-east-1", 100, 20),
            place("eu-west-1", 10, 10),
            place("ap-south-1", 0, 0),
        ];
        assert_eq!(
            progress_lines(&both, after),
            [
                "30/110 nodes, 300 rows, 120 calls, 6 throttled, 30.0/s, 11 s left",
                "  ap-south-1: 0/0 nodes, 40 calls, 2 throttled, 10.0/s",
                "  us-east-1: 20/100 nodes, 40 calls, 2 throttled, 10.0/s, 16 s left",
            ]
        );
    }

    #[test]
    fn of_very_many_places_only_some_are_named() {
        let many: Vec<Place> = (0..40).map(|at| place(&format!("r-{at}"), 9, 1)).collect();
        let texts = progress_lines(&many, Duration::from_secs(9));
        assert_eq!(texts.len(), 2 + MAX_LINES);
        assert_eq!(texts.last().unwrap(), "  and 28 more");
    }
}
