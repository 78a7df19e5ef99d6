//! Hands what is configured to clap, as the defaults of what was not typed.
//!
//! Knows which argument takes which key: the one of its name. Must not know
//! where values come from, nor what they mean: the argument's own parser checks
//! them, whether this command uses them or not.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command as Clap, FromArgMatches as _};

use crate::cli::parse::one_line;
use crate::cli::{Cli, definition, layout};
use crate::settings::{
    Asked, Entry, Key, Layer, Layers, Origin, Settings, Surroundings, Value, load,
};
use crate::suggest::told;

/// Which configuration counts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// Read this configuration file, and no other [env: PATCHCTL_CONFIG]
    #[arg(long, value_name = "PATH", global = true)]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
}

/// Why there is nothing to run.
pub enum Refused {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// What is configured is wrong.
    Settings(String),
}

impl From<clap::Error> for Refused {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self::Settings(format!("{error:#}"))
    }
}

/// A configured value that this command takes.
struct Given<'s> {
    key: &'s Key,
    entry: &'s Entry,
}

/// Reads the command line, with the configuration for what was not typed.
///
/// # Errors
/// When the command line or the configuration is wrong.
pub fn read(args: &[OsString], around: &Surroundings) -> Result<Cli, Refused> {
    let (matches, settings) = settle(definition, args, around)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.settings = settings;
    Ok(cli)
}

/// The same for any definition of the command line.
fn settle(
    definition: fn() -> Clap,
    args: &[OsString],
    around: &Surroundings,
) -> Result<(ArgMatches, Settings), Refused> {
    let mut plain = definition();
    let (matches, lacks) = match plain.try_get_matches_from_mut(args) {
        Ok(matches) => (matches, None),
        // What is required may be configured.
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {
            plain = definition().ignore_errors(true);
            (plain.try_get_matches_from_mut(args)?, Some(error))
        }
        Err(error) => return Err(error.into()),
    };
    let command = matches.subcommand_name().unwrap_or_default();
    if lacks.is_none() && OF_THE_PROGRAM.contains(&command) {
        return Ok((matches, Settings::default()));
    }

    let commands = commands(&plain);
    let (leaf, typed) = leaf(&plain, &matches);
    let asked = Asked {
        config: typed.get_one("config").cloned(),
        no_config: typed.get_one("no_config").is_some_and(|none| *none),
        flags: flags(leaf, typed, &commands),
        defaults: defaults(&plain, &commands),
        commands,
    };
    let (settings, layers) = load(asked, around)?;
    check(&plain, &layers)?;
    let takes_policy = argument(leaf, &Key::Policy).is_some();
    if let Some(wrong) = settings.no_policy.as_ref().filter(|_| takes_policy) {
        return Err(Refused::Settings(wrong.clone()));
    }

    let entries = settings.settings.iter().filter_map(|setting| {
        let entry = settings.get(&setting.key, takes_policy)?;
        given(leaf, &setting.key, entry)
    });
    let given: Vec<Given<'_>> = entries.collect();
    let matches = match lacks {
        Some(error) if given.is_empty() => return Err(error.into()),
        None if given.is_empty() => matches,
        _ => parsed(definition(), &matches, &given, args)
            .map_err(|error| blamed(error, definition, &matches, &given, args))?,
    };
    Ok((matches, settings))
}

/// The commands that only print what the program tells of itself: that depends
/// on no configuration, and is never kept back by a wrong one.
const OF_THE_PROGRAM: [&str; 3] = ["completions", "man", "schema"];

/// The command that was meant, with what was typed; clap has built it, so it
/// has the global arguments, too.
fn leaf<'c>(root: &'c Clap, matches: &'c ArgMatches) -> (&'c Clap, &'c ArgMatches) {
    let (mut command, mut matches) = (root, matches);
    while let Some((name, below)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(name) else {
            break;
        };
        (command, matches) = (found, below);
    }
    (command, matches)
}

/// The argument of a command that takes this key.
fn argument<'c>(command: &'c Clap, key: &Key) -> Option<&'c Arg> {
    let id = match key {
        Key::Columns(of) if of != command.get_name() => return None,
        Key::Columns(_) => "columns".to_owned(),
        _ => key.name().replace('-', "_"),
    };
    command.get_arguments().find(|arg| arg.get_id() == &*id)
}

/// A command and all those below it.
fn tree(command: &Clap) -> Vec<&Clap> {
    let below = command.get_subcommands().flat_map(tree);
    [command].into_iter().chain(below).collect()
}

/// The names of the commands that have columns; `iam-policy states` is `states`.
fn commands(root: &Clap) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for command in tree(root) {
        let name = command.get_name();
        let has = argument(command, &Key::Columns(name.to_owned())).is_some();
        if has && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What the arguments are without any configuration.
fn defaults(root: &Clap, commands: &[String]) -> Layer {
    let mut layer = Layer::new();
    for key in Key::all(commands) {
        let values = tree(root)
            .into_iter()
            .filter_map(|command| argument(command, &key))
            .map(Arg::get_default_values)
            .find(|values| !values.is_empty());
        if let Some(values) = values {
            let texts = values
                .iter()
                .map(|value| value.to_string_lossy().into_owned());
            layer.insert(key, Entry::new(texts, Origin::Default));
        }
    }
    layer
}

/// What was typed: a key's own flag, or one that does not go with it, which
/// switches the key off.
fn flags(leaf: &Clap, typed: &ArgMatches, commands: &[String]) -> Layer {
    let is_typed =
        |arg: &Arg| typed.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let name = |arg: &Arg| {
        let id = arg.get_id().to_string();
        Origin::Flag(format!("--{}", arg.get_long().unwrap_or(&id)))
    };
    let all: Vec<&Arg> = leaf.get_arguments().filter(|arg| is_typed(arg)).collect();
    let mut layer = Layer::new();
    for key in Key::all(commands) {
        let Some(own) = argument(leaf, &key) else {
            continue;
        };
        // The demo has regions of its own.
        let rules_out = |arg: &&&Arg| {
            let conflicts = |one: &Arg, other: &Arg| {
                let with = leaf.get_arg_conflicts_with(one);
                with.iter().any(|arg| arg.get_id() == other.get_id())
            };
            conflicts(arg, own)
                || conflicts(own, arg)
                || (key == Key::Region && arg.get_id() == "demo")
        };
        let entry = if is_typed(own) {
            let raw = typed.get_raw(own.get_id().as_str());
            let texts = raw.into_iter().flatten();
            Entry::new(
                texts.map(|text| text.to_string_lossy().into_owned()),
                name(own),
            )
        } else if let Some(other) = all.iter().find(rules_out) {
            Entry::new([], name(other))
        } else {
            continue;
        };
        layer.insert(key, entry);
    }
    layer
}

/// Every configured value has to be one that some command takes.
fn check(root: &Clap, layers: &Layers) -> Result<(), Refused> {
    let commands = tree(root);
    let of_files = layers
        .files
        .iter()
        .flat_map(|file| file.policies.values().chain([&file.top]));
    for (key, entry) in of_files.chain([&layers.environment]).flatten() {
        let takers = commands
            .iter()
            .filter_map(|command| argument(command, key))
            .collect::<Vec<_>>();
        if let Some(why) = refusal(key, entry, &takers) {
            return Err(Refused::Settings(why));
        }
    }
    Ok(())
}

/// Why none of these arguments takes these values; there may be no argument.
fn refusal(key: &Key, entry: &Entry, takers: &[&Arg]) -> Option<String> {
    let first = takers.first()?;
    if entry.values.len() > 1 && takers.iter().all(|arg| takes_one(arg)) {
        let at = entry.origin.exactly();
        return Some(format!(
            "{at}: {}: one value, not {}",
            key.name(),
            entry.values.len()
        ));
    }
    let wrong = entry
        .values
        .iter()
        .find(|value| takers.iter().all(|arg| probe(arg, key, value).is_err()))?;
    let error = probe(first, key, wrong).err()?;
    Some(said(key, wrong, &error, takers))
}

fn takes_one(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set)
}

/// Does the argument's own parser take this value?
fn probe(arg: &Arg, key: &Key, value: &Value) -> Result<(), clap::Error> {
    if matches!(key, Key::Columns(_)) && value.text.eq_ignore_ascii_case("help") {
        return Err(clap::Error::raw(
            ErrorKind::InvalidValue,
            "\"help\" is no column; it is typed, to list them",
        ));
    }
    // Its own parser does not know yet what the rows will be.
    if matches!(key, Key::Columns(command) if command == "patches") {
        layout::of_either_view(&value.text)?;
    }
    let probe = Arg::new("probe")
        .long("probe")
        .action(ArgAction::Set)
        .ignore_case(arg.is_ignore_case_set())
        .value_parser(arg.get_value_parser().clone());
    let typed = format!("--probe={}", value.text);
    let command = Clap::new("probe").no_binary_name(true).arg(probe);
    command.try_get_matches_from([typed]).map(|_| ())
}

/// What clap finds fault with, told of the key and its place instead of the flag.
fn said(key: &Key, value: &Value, error: &clap::Error, takers: &[&Arg]) -> String {
    let (at, name, text) = (value.origin.exactly(), key.name(), &value.text);
    if error.get(ContextKind::ValidValue).is_some() {
        let mut allowed: Vec<String> = Vec::new();
        for word in takers.iter().flat_map(|arg| arg.get_possible_values()) {
            if !word.is_hide_set() && !allowed.iter().any(|known| known == word.get_name()) {
                allowed.push(word.get_name().to_owned());
            }
        }
        let allowed: Vec<&str> = allowed.iter().map(|word| &**word).collect();
        return format!("{at}: {name}: there is no {}", told(text, &allowed));
    }
    if let Some(why) = std::error::Error::source(error) {
        return format!("{at}: {name}: {text:?}: {why}");
    }
    let why = one_line(&error.render().to_string());
    let flag = takers.first().and_then(|arg| arg.get_long()).unwrap_or("");
    match why.strip_prefix(&format!("--{flag} ")) {
        Some(why) => format!("{at}: {name} {why}"),
        None => format!("{at}: {name}: {why}"),
    }
}

/// The value, if this command takes it and it was not typed. A value that only
/// other commands take is none of this one.
fn given<'s>(leaf: &Clap, key: &'s Key, entry: &'s Entry) -> Option<Given<'s>> {
    let is_set = !matches!(entry.origin, Origin::Flag(_) | Origin::Default);
    let arg = argument(leaf, key).filter(|_| is_set && !entry.values.is_empty())?;
    (refusal(key, entry, &[arg]).is_none()).then_some(Given { key, entry })
}

/// The command line, read with these defaults.
fn parsed(
    mut root: Clap,
    matches: &ArgMatches,
    given: &[Given<'_>],
    args: &[OsString],
) -> Result<ArgMatches, clap::Error> {
    let (mut command, mut matches) = (&mut root, matches);
    loop {
        for Given { key, entry } in given {
            let Some(arg) = argument(command, key) else {
                continue;
            };
            let id = arg.get_id().clone();
            // clap keeps its defaults for as long as the program runs; so few can be given to it.
            let texts = entry.texts().into_iter();
            let texts: Vec<&'static str> = texts.map(|text| &*text.to_owned().leak()).collect();
            *command = std::mem::take(command)
                .mut_arg(id, |arg| arg.required(false).default_values(texts));
        }
        let Some((name, below)) = matches.subcommand() else {
            break;
        };
        let Some(found) = command.find_subcommand_mut(name) else {
            break;
        };
        (command, matches) = (found, below);
    }
    root.try_get_matches_from(args)
}

/// What was right as it was typed is wrong with what is configured: whose fault
/// is it? The first value without which it is right.
fn blamed(
    error: clap::Error,
    definition: fn() -> Clap,
    matches: &ArgMatches,
    given: &[Given<'_>],
    args: &[OsString],
) -> Refused {
    let culprit = (0..given.len()).find(|at| {
        let others = given.iter().enumerate().filter(|(other, _)| other != at);
        let others: Vec<Given<'_>> = others
            .map(|(_, Given { key, entry })| Given { key, entry })
            .collect();
        parsed(definition(), matches, &others, args).is_ok()
    });
    match culprit {
        None => Refused::Usage(error),
        Some(at) => {
            let Given { key, entry } = &given[at];
            let why = one_line(&error.render().to_string());
            let at = entry.origin.exactly();
            Refused::Settings(format!("{at}: {}: {why}", key.name()))
        }
    }
}

#[cfg(test)]
mod tests;
