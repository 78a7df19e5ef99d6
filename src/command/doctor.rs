//! `patchctl doctor`: who is asking, and which calls are answered.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, DoctorArgs};
use crate::command::collect;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::iam;
use crate::record::{CallCheck, CallStatus};
use crate::report::{Diagnosis, Footer};
use crate::sink::Sink;
use crate::source::{Accounts, ConnectOptions};
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &DoctorArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if output::print_column_help(&args.layout, terminal)? {
        return Ok(Exit::Success);
    }
    let chosen = ColumnSelection::new(&args.layout, args.output.output);
    let connect = ConnectOptions {
        fail_fast: true,
        ..cli.connect.to_connect()
    };
    let source = collect::connect_with(&connect, now, &interrupt).await?;
    let style = output::render_options(cli, &args.output, terminal, now);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let (regions, accounts) = source.spans_regions_and_accounts();
    // The caller has rows beside those of the roles.
    let accounts = accounts || connect.accounts != Accounts::Own;
    let chosen = chosen.with_location_columns((regions, accounts));
    let mut answer = RowWriter::begin(&args.output, &args.layout, chosen, style, &mut sink)?;

    let mut diagnosis = Diagnosis::default();
    let mut amiss: Vec<CallCheck> = Vec::new();
    let row = |checked: CallCheck| {
        diagnosis.add_check(&checked);
        if checked.status != CallStatus::Ok {
            amiss.push(checked.clone());
        }
        answer.write_row(checked)
    };
    let callers = source.aws()?.check_calls(&interrupt, row).await?;
    diagnosis.callers = callers;
    let exit = if interrupt.is_raised() {
        Exit::Partial
    } else if !diagnosis.has_answer() {
        Exit::Error
    } else if diagnosis.has_blocking_failure {
        Exit::Partial
    } else {
        Exit::Success
    };
    let footer = Footer {
        diagnosis: Some(diagnosis),
        ..Footer::default()
    };
    answer.finish(&footer)?;
    if exit == Exit::Error {
        sink.discard()?;
    } else {
        sink.commit()?;
    }
    for line in problem_lines(&amiss, footer.diagnosis.as_ref()) {
        terminal.warn(&line);
    }
    for remark in source.notes() {
        terminal.note(remark);
    }
    output::report_calls(cli, terminal, &source.call_counts());
    Ok(exit)
}

/// What is amiss: a line for each account that denies something, and one for
/// each cause of anything else.
fn problem_lines(amiss: &[CallCheck], diagnosis: Option<&Diagnosis>) -> Vec<String> {
    let mut lines = Vec::new();
    for missing in diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.missing_actions)
    {
        // A role that cannot be assumed has causes of its own, told below.
        let actions: Vec<&str> = missing
            .actions
            .iter()
            .copied()
            .filter(|action| *action != iam::ASSUME_ROLE.name)
            .collect();
        if !actions.is_empty() {
            let of = missing.account.as_ref();
            let of = of.map_or(String::new(), |id| format!("account {id}: "));
            lines.push(format!(
                "{of}denied: {}; patchctl iam-policy prints a policy",
                actions.join(", ")
            ));
        }
    }
    // A dead region fails every call for one reason, worded for each call.
    let mut causes: Vec<(&CallCheck, usize)> = Vec::new();
    for checked in amiss {
        let is_role = checked
            .action
            .is_some_and(|a| a.name == iam::ASSUME_ROLE.name);
        if checked.status == CallStatus::Denied && !is_role {
            continue;
        }
        match causes
            .iter_mut()
            .find(|(known, _)| known.scope == checked.scope)
        {
            Some((known, count)) => {
                *count += 1;
                // What failed says more than what then was not asked.
                if known.status == CallStatus::Unread && checked.status == CallStatus::Failed {
                    *known = checked;
                }
            }
            None => causes.push((checked, 1)),
        }
    }
    for (checked, count) in causes {
        let word = match checked.status {
            CallStatus::Failed => "failed",
            CallStatus::Ok | CallStatus::Denied | CallStatus::Unread => "unread",
        };
        let of = match checked.scope.to_string() {
            of if of.is_empty() => of,
            of => format!("{of}: "),
        };
        let calls = match count {
            1 => String::new(),
            n => format!("{n} calls, one of them: "),
        };
        lines.push(format!("{word}: {of}{calls}{}", checked.detail));
    }
    lines
}
