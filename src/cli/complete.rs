//! Completion in bash, zsh, fish and elvish: at each TAB the shell asks this program,
//! which knows names that are configured. It makes no calls.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, Command as Clap};
use clap_complete::Shell;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
    complete,
};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Zsh};

use crate::bounded_read::read_regular_file;
use crate::cli::defaults::COMMANDS_WITH_COLUMNS;
use crate::cli::lazy_definition::definition;
use crate::regions;
use crate::render::template::shipped::ShippedTemplate;
use crate::settings::{HostEnv, LoadOptions, load};

/// The variable with the name of the shell that asks.
const VARIABLE: &str = "_PATCHCTL_COMPLETE";

/// The variable with the position of the word to complete; fish has it last.
const INDEX_VARIABLE: &str = "_CLAP_COMPLETE_INDEX";

/// A bound for the AWS config files, of which large ones have some hundred profiles.
const MAX_AWS_FILE_BYTES: u64 = 1 << 20;

/// Words that vendors use for severities.
const SEVERITIES: [&str; 7] = [
    "Critical",
    "Important",
    "High",
    "Moderate",
    "Medium",
    "Low",
    "Unspecified",
];

/// The script that registers completion in a shell. `None` for PowerShell: clap's script
/// for it evaluates the line that was typed, with all commands in it.
pub(crate) fn registration(shell: Shell) -> Option<Vec<u8>> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Elvish => &Elvish,
        Shell::Fish => &Fish,
        Shell::Zsh => &Zsh,
        _ => return None,
    };
    let mut script = Vec::new();
    let name = "patchctl";
    let written = completer.write_registration(VARIABLE, name, name, name, &mut script);
    written.expect("memory takes the script");
    if shell == Shell::Zsh {
        // Loaded from $fpath, the file runs at the first TAB.
        script.extend_from_slice(
            b"\nif [ \"$funcstack[1]\" = _patchctl ]; then\n    _clap_dynamic_completer_patchctl\nfi\n",
        );
    }
    Some(script)
}

/// The answer to a shell that asks; `None` on any other run.
pub(crate) fn answer(args: &[OsString], host_env: &HostEnv) -> Option<String> {
    let shell = host_env.variable(VARIABLE)?.to_str()?;
    let start = args.iter().position(|arg| arg == "--")? + 1;
    let mut words = args[start..].to_vec();
    let index = host_env.variable(INDEX_VARIABLE);
    let index = index.and_then(|index| index.to_str()?.parse().ok());
    let mut index: usize = index.unwrap_or(words.len().saturating_sub(1));
    if shell == "bash" {
        join_at_equals_signs(&mut words, &mut index);
    }
    if words.len() <= index {
        words.resize(index + 1, OsString::new());
    }
    let mut root = with_candidates(definition(), host_env);
    let directory = host_env.current_dir.as_deref();
    // A line that cannot be completed has no candidates.
    let mut found = complete(&mut root, words, index, directory).unwrap_or_default();
    // The engine offers hidden flags where it has no others.
    found.retain(|candidate| !candidate.is_hide_set());
    Some(format_candidates(shell, &found))
}

/// bash makes three words of `--output=json`. The sign is left out: the value may stand
/// for itself.
fn join_at_equals_signs(words: &mut Vec<OsString>, index: &mut usize) {
    let mut at = 1;
    while at < words.len() {
        let is_sign = words[at] == "=" && words[at - 1].to_string_lossy().starts_with("--");
        if is_sign && at != *index {
            words.remove(at);
            *index -= usize::from(at < *index);
        }
        at += 1;
    }
}

fn format_candidates(shell: &str, found: &[CompletionCandidate]) -> String {
    let mut text = String::new();
    for candidate in found {
        let value = candidate.get_value().to_string_lossy();
        let help = candidate.get_help().map(ToString::to_string);
        let help = help.as_deref().and_then(|help| help.lines().next());
        let written = match (shell, help) {
            ("bash", _) => write!(text, "{value}\u{b}"),
            ("zsh", help) => {
                let value = value.replace('\\', "\\\\").replace(':', "\\:");
                let help = help.map_or(String::new(), |help| {
                    format!(":{}", help.replace('\\', "\\\\"))
                });
                writeln!(text, "{value}{help}")
            }
            ("fish", Some(help)) => writeln!(text, "{value}\t{help}"),
            _ => writeln!(text, "{value}"),
        };
        written.expect("writing to a string cannot fail");
    }
    // Separators, and no end.
    text.pop();
    text
}

/// The command line, with what can be typed as the values of its flags.
fn with_candidates(command: Clap, host_env: &HostEnv) -> Clap {
    let commands = COMMANDS_WITH_COLUMNS.map(str::to_owned).to_vec();
    let policies = policy_names(commands, host_env);
    let profiles = profile_names(host_env);
    add_candidates(command, &|arg| match arg.get_id().as_str() {
        "profiles" => with_words(arg, profiles.clone()),
        "policy" => with_words(arg, policies.clone()),
        "region" => with_words(arg, regions::names().map(str::to_owned).collect()),
        "severities" => with_words(arg, SEVERITIES.map(str::to_owned).to_vec()),
        "template" => with_templates(arg),
        "columns" | "sort_by" => with_signs(arg),
        _ => arg,
    })
}

fn add_candidates(command: Clap, add: &dyn Fn(Arg) -> Arg) -> Clap {
    command
        .mut_args(add)
        .mut_subcommands(|below| add_candidates(below, add))
}

fn with_words(arg: Arg, words: Vec<String>) -> Arg {
    arg.add(ArgValueCandidates::new(move || {
        words.iter().map(CompletionCandidate::new).collect()
    }))
}

/// The templates that are shipped, and files.
fn with_templates(arg: Arg) -> Arg {
    arg.add(ArgValueCompleter::new(|typed: &std::ffi::OsStr| {
        let shipped = ShippedTemplate::ALL.into_iter();
        let shipped = shipped.filter(|one| one.name.starts_with(&*typed.to_string_lossy()));
        let mut found: Vec<CompletionCandidate> = shipped
            .map(|one| CompletionCandidate::new(one.name).help(Some(one.about.into())))
            .collect();
        found.extend(PathCompleter::file().complete(typed));
        found
    }))
}

/// Names of columns, behind the sign that may stand before them.
fn with_signs(arg: Arg) -> Arg {
    let names: Vec<_> = arg
        .get_possible_values()
        .iter()
        .map(|value| (value.get_name().to_owned(), value.get_help().cloned()))
        .collect();
    arg.add(ArgValueCompleter::new(move |typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy();
        let sign = if typed.starts_with(['+', '-']) {
            &typed[..1]
        } else {
            ""
        };
        let begins = |name: &str| name.starts_with(&typed[sign.len()..]);
        let names = names.iter().filter(|(name, _)| begins(name));
        names
            .map(|(name, help)| {
                CompletionCandidate::new(format!("{sign}{name}")).help(help.clone())
            })
            .collect()
    }))
}

/// The policies of the configuration files, as far as they can be read.
fn policy_names(commands: Vec<String>, host_env: &HostEnv) -> Vec<String> {
    let options = LoadOptions {
        commands,
        ..LoadOptions::default()
    };
    let Ok((settings, _)) = load(options, host_env) else {
        return Vec::new();
    };
    let names = settings.policies.into_iter().map(|policy| policy.name);
    names.filter(|name| is_plain(name)).collect()
}

/// The profiles of the AWS config files.
fn profile_names(host_env: &HostEnv) -> Vec<String> {
    let mut names = Vec::new();
    for (variable, file, prefix) in [
        ("AWS_CONFIG_FILE", "config", "profile "),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", ""),
    ] {
        let configured = host_env.variable(variable).map(PathBuf::from);
        let Some(path) = configured.or_else(|| Some(host_env.home()?.join(".aws").join(file)))
        else {
            continue;
        };
        let Ok(bytes) = read_regular_file(&path, MAX_AWS_FILE_BYTES) else {
            continue;
        };
        for line in String::from_utf8_lossy(&bytes).lines() {
            let section = line
                .trim()
                .strip_prefix('[')
                .and_then(|rest| rest.split_once(']'));
            let name = match section {
                Some((name, _)) if name.trim() == "default" => Some("default"),
                Some((name, _)) => name.trim().strip_prefix(prefix).map(str::trim),
                None => None,
            };
            names.extend(name.filter(|name| is_plain(name)).map(str::to_owned));
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Is the text a word in every shell, without quotes? Others are not offered.
fn is_plain(text: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.@/+".contains(&byte);
    !text.is_empty() && text.bytes().all(is_safe)
}
