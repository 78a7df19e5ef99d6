//! `--watch`: asks again at a pace and redraws the answer, until Ctrl-C or `--timeout`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{SelectArgs, buffer_stdin};
use crate::command::run::Context;
use crate::duration::TimeLimit;
use crate::exit::{Exit, format_error_line};
use crate::render::ChangeTracker;
use crate::terminal::screen_size;

/// The last complete answer.
struct Answer {
    text: String,
    /// Lines on stderr.
    messages: String,
    at: Timestamp,
    /// Since when it differs, and how; `None` for the first one.
    changes: Option<String>,
}

/// Asks once, or at a pace until the run is interrupted: then the last complete answer is
/// printed, and decides the exit code.
///
/// # Errors
/// Those of the first answer. With a pace, stdout must be a terminal.
pub(super) async fn run(
    context: Context<'_>,
    pace: Option<Duration>,
    select: &SelectArgs,
    ask: impl AsyncFn(Context<'_>) -> Result<Exit>,
) -> Result<Exit> {
    let Some(pace) = pace else {
        return ask(context).await;
    };
    let Context {
        cli,
        terminal,
        clock,
        interrupt,
        ..
    } = context;
    let Some(width) = terminal.width else {
        bail!("--watch needs a terminal: standard output is a pipe or a file");
    };
    // It can be read once only.
    let stdin = buffer_stdin(&select.ids, &mut *terminal.stdin)?;
    let changes = ChangeTracker::default();
    let mut started = None;
    let mut last: Option<Answer> = None;
    let mut failure = None;
    let mut exit = Exit::Success;
    let mut is_drawn = false;
    loop {
        let (width, height) = screen_size().unwrap_or((width, 0));
        let (began, at) = (Instant::now(), clock());
        let (mut captured, output) = terminal.capture(&stdin, width, last.is_none());
        let asked = ask(Context {
            cli,
            terminal: &mut captured,
            clock,
            interrupt: interrupt.clone(),
            changes: Some(changes.clone()),
        })
        .await;
        // What an interruption cut short is no answer, unless there is no other.
        if interrupt.is_raised() && last.is_some() {
            break;
        }
        match asked {
            Ok(code) => {
                let differences = changes.end_answer();
                let since =
                    started.map(|first| format!("since {}: {differences}", time_of_day(first)));
                started.get_or_insert(at);
                last = Some(Answer {
                    text: output.out.text(),
                    messages: output.err.text(),
                    at,
                    changes: since,
                });
                (exit, failure) = (code, None);
            }
            Err(error) if last.is_none() => return Err(error),
            Err(error) => {
                exit = Exit::Error;
                failure = Some(format!(
                    "{}: {}",
                    time_of_day(at),
                    format_error_line(&error)
                ));
            }
        }
        if interrupt.is_raised() {
            break;
        }
        let pause = pause_after(pace, began.elapsed());
        if let Some(answer) = &last {
            if !is_drawn {
                // What stood on the screen scrolls up, and is not drawn over.
                write!(terminal.out, "{}", "\n".repeat(height))?;
                is_drawn = true;
            }
            let head = format!(
                "{}; asked at {}; Ctrl-C ends",
                describe_pace(pace, began.elapsed()),
                time_of_day(answer.at)
            );
            let drawn = frame(&head, answer, failure.as_deref(), height);
            terminal.out.write_all(drawn.as_bytes())?;
            terminal.out.flush()?;
        }
        tokio::select! {
            biased;
            _ = interrupt.wait_until_raised() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    if let Some(answer) = last {
        if is_drawn {
            write!(terminal.out, "{CLEAR}")?;
        }
        terminal.out.write_all(answer.text.as_bytes())?;
        if let Some(changes) = answer.changes {
            writeln!(terminal.out, "{changes}")?;
        }
        terminal.out.flush()?;
        for line in answer.messages.lines().chain(failure.as_deref()) {
            terminal.warn(line.strip_prefix("patchctl: ").unwrap_or(line));
        }
    }
    Ok(exit)
}

/// Home, and clears to the end of the screen.
const CLEAR: &str = "\x1b[H\x1b[J";

/// How long to wait after an answer that took so long: to the next beat of the pace, and
/// at least as long as the answer took. Other callers of the account have the same quota
/// of calls, and get half of the time.
fn pause_after(pace: Duration, took: Duration) -> Duration {
    pace.saturating_sub(took).max(took)
}

fn describe_pace(pace: Duration, took: Duration) -> String {
    let seconds = |span: Duration| TimeLimit::from_duration(span).to_string();
    if took * 2 <= pace {
        return format!("every {}", seconds(pace));
    }
    format!(
        "every {} and not {}, as an answer takes {}",
        seconds(took * 2),
        seconds(pace),
        seconds(took)
    )
}

fn time_of_day(at: Timestamp) -> String {
    at.strftime("%H:%M:%S UTC").to_string()
}

/// The screen: as many lines as fit, drawn over those of before. A height of 0 is unknown.
fn frame(head: &str, answer: &Answer, failure: Option<&str>, height: usize) -> String {
    let changes = answer.changes.as_deref();
    let lines: Vec<&str> = [head]
        .into_iter()
        .chain(changes)
        .chain(failure)
        .chain([""])
        .chain(answer.text.lines())
        .chain(answer.messages.lines())
        .collect();
    // The cursor stands below the last line.
    let room = if height == 0 { lines.len() } else { height - 1 };
    let hidden = lines.len().saturating_sub(room);
    let shown = if hidden == 0 {
        lines.len()
    } else {
        room.saturating_sub(1)
    };
    // No line wraps, so that each takes one of the screen.
    let mut drawn = "\x1b[H\x1b[?7l".to_owned();
    for line in &lines[..shown] {
        drawn.push_str(line);
        drawn.push_str("\x1b[K\n");
    }
    if hidden > 0 {
        let _ = writeln!(drawn, "... {} more lines\x1b[K", lines.len() - shown);
    }
    drawn.push_str("\x1b[J\x1b[?7h");
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_half_of_the_time_is_spent_asking() {
        let seconds = Duration::from_secs;
        for (pace, took, pause) in [(30, 0, 30), (30, 5, 25), (30, 15, 15), (30, 42, 42)] {
            assert_eq!(pause_after(seconds(pace), seconds(took)), seconds(pause));
        }
        assert_eq!(describe_pace(seconds(30), seconds(15)), "every 30s");
        assert_eq!(
            describe_pace(seconds(30), seconds(42)),
            "every 84s and not 30s, as an answer takes 42s"
        );
    }

    #[test]
    fn a_screen_shows_the_first_lines_and_counts_the_others() {
        let answer = Answer {
            text: "Node\ni-1\ni-2\n".to_owned(),
            messages: "patchctl: a note\n".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            changes: None,
        };
        let lines = |height| {
            let drawn = frame("every 30s", &answer, None, height);
            let drawn = drawn.strip_prefix("\x1b[H\x1b[?7l").unwrap();
            let drawn = drawn.strip_suffix("\x1b[J\x1b[?7h").unwrap();
            drawn.replace("\x1b[K", "")
        };
        let all = "every 30s\n\nNode\ni-1\ni-2\npatchctl: a note\n";
        assert_eq!(lines(0), all);
        assert_eq!(lines(7), all);
        assert_eq!(lines(6), "every 30s\n\nNode\ni-1\n... 2 more lines\n");
        assert_eq!(lines(1), "... 6 more lines\n");
    }
}
