//! `patchctl doctor`: who is asking, and which calls are answered.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, DoctorArgs};
use crate::command::collect;
use crate::command::output;
use crate::command::output::{Answer, Chosen, Style};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::iam;
use crate::record::{Check, Checked};
use crate::report::{Diagnosis, Tail};
use crate::sink::Sink;
use crate::source::{Accounts, Connect};
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &DoctorArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if output::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    let chosen = Chosen::new(&args.layout, args.output.output);
    let connect = Connect {
        brief: true,
        ..cli.connect.to_connect()
    };
    let source = collect::connect_as(&connect, &interrupt).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let (regions, accounts) = source.several();
    // The caller has rows beside those of the roles.
    let accounts = accounts || connect.accounts != Accounts::Own;
    let chosen = chosen.of_several((regions, accounts));
    let mut answer = Answer::begin(&args.output, &args.layout, chosen, style, &mut sink)?;

    let mut diagnosis = Diagnosis::default();
    let mut amiss: Vec<Checked> = Vec::new();
    let row = |checked: Checked| {
        diagnosis.count(&checked);
        if checked.check != Check::Ok {
            amiss.push(checked.clone());
        }
        answer.row(checked)
    };
    let callers = source.check(&interrupt, row).await?;
    diagnosis.callers = callers;
    let exit = if interrupt.is_raised() {
        Exit::InPart
    } else if !diagnosis.is_answered() {
        Exit::CouldNotStart
    } else if diagnosis.matters {
        Exit::InPart
    } else {
        Exit::Answered
    };
    let tail = Tail {
        diagnosis: Some(diagnosis),
        ..Tail::default()
    };
    answer.end(&tail)?;
    if exit == Exit::CouldNotStart {
        sink.discard()?;
    } else {
        sink.commit()?;
    }
    for line in told(&amiss, tail.diagnosis.as_ref()) {
        terminal.complain(&line);
    }
    for remark in &source.remarks {
        terminal.remark(remark);
    }
    output::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// What is amiss: a line for each account that denies something, and one for
/// each cause of anything else.
fn told(amiss: &[Checked], diagnosis: Option<&Diagnosis>) -> Vec<String> {
    let mut lines = Vec::new();
    for missing in diagnosis.iter().flat_map(|diagnosis| &diagnosis.missing) {
        // A role that cannot be assumed has causes of its own, told below.
        let actions: Vec<&str> = missing
            .actions
            .iter()
            .copied()
            .filter(|action| *action != iam::ROLE.name)
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
    let mut causes: Vec<(&Checked, usize)> = Vec::new();
    for checked in amiss {
        let is_role = checked.action.is_some_and(|a| a.name == iam::ROLE.name);
        if checked.check == Check::Denied && !is_role {
            continue;
        }
        match causes
            .iter_mut()
            .find(|(known, _)| known.scope == checked.scope)
        {
            Some((known, count)) => {
                *count += 1;
                // What failed says more than what then was not asked.
                if known.check == Check::Unread && checked.check == Check::Failed {
                    *known = checked;
                }
            }
            None => causes.push((checked, 1)),
        }
    }
    for (checked, count) in causes {
        let word = match checked.check {
            Check::Failed => "failed",
            Check::Ok | Check::Denied | Check::Unread => "unread",
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
