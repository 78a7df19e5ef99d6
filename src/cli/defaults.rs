//! Gives clap the configuration as default values of the arguments not typed.
//!
//! An argument takes the key of its name, and its own parser checks the value,
//! whichever command runs.

use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command as Clap, FromArgMatches as _};

use crate::cli::definition::Cli;
use crate::cli::error::{CliError, clap_error_line};
use crate::cli::implied_format::implied_format;
use crate::cli::layout;
use crate::cli::lazy_definition::{Extent, definition_for};
use crate::cli::typed_line::typed_line;
use crate::cli::validate::{validate, validate_conflicts};
use crate::demo;
use crate::settings::{
    HostEnv, Layer, Layers, LoadOptions, Origin, SettingEntry, SettingKey, SettingValue, Settings,
    load,
};
use crate::suggest::describe_suggestion;

/// A definition, which is not dropped: that takes as long as parsing, and the process ends
/// soon anyway. That of a fuzzer parses many lines.
#[cfg(not(fuzzing))]
type Definition = std::mem::ManuallyDrop<Clap>;
#[cfg(fuzzing)]
type Definition = Box<Clap>;

/// A configured value that this command accepts.
struct ConfiguredValue<'s> {
    key: &'s SettingKey,
    entry: &'s SettingEntry,
}

/// Parses the command line, with the configuration as defaults.
///
/// # Errors
/// When the command line or the configuration is wrong.
pub(super) fn parse_with_settings(args: &[OsString], host_env: &HostEnv) -> Result<Cli, CliError> {
    let (matches, settings) = resolve_arguments(definition_for, args, host_env)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.settings = settings;
    cli.typed_line = typed_line(args);
    validate(&cli)?;
    Ok(cli)
}

/// The matches of any definition, so that tests can use their own.
fn resolve_arguments(
    definition: fn(Extent, &[OsString]) -> Clap,
    args: &[OsString],
    host_env: &HostEnv,
) -> Result<(ArgMatches, Settings), CliError> {
    let named = || definition(Extent::Named, args);
    let whole = || definition(Extent::Whole, args);
    let mut plain = Definition::new(named());
    let (matches, missing_columns) = match plain.try_get_matches_from_mut(args) {
        Ok(matches) => (matches, None),
        // A required argument may be configured.
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {
            plain = Definition::new(named().ignore_errors(true));
            (plain.try_get_matches_from_mut(args)?, Some(error))
        }
        Err(error) if error.kind() == ErrorKind::DisplayVersion => return Err(error.into()),
        // Help lists the other commands, and an error may suggest one.
        Err(_) => {
            plain = Definition::new(definition(Extent::Listed, args));
            (plain.try_get_matches_from_mut(args)?, None)
        }
    };
    let (leaf, typed) = leaf_command(&plain, &matches);
    validate_conflicts(leaf, typed)?;
    if missing_columns.is_none() && UNCONFIGURED_COMMANDS.contains(&leaf.get_name()) {
        return Ok((matches, Settings::default()));
    }

    let commands = COMMANDS_WITH_COLUMNS.map(str::to_owned).to_vec();
    let defaults = if matches.subcommand_name() == Some("config") {
        default_layer(&whole(), &commands)
    } else {
        default_layer(&plain, &commands)
    };
    let asked = LoadOptions {
        config: typed.get_one("config").cloned(),
        no_config: typed.get_one("no_config").is_some_and(|none| *none),
        flags: flag_layer(leaf, typed, &commands),
        defaults,
        commands,
    };
    let (settings, layers) = load(asked, host_env)?;
    check_layers(whole, &layers)?;
    let takes_policy = find_argument(leaf, &SettingKey::Policy).is_some();
    if let Some(wrong) = settings.policy_error.as_ref().filter(|_| takes_policy) {
        return Err(CliError::Settings(wrong.clone()));
    }

    let entries = settings.settings.iter().filter_map(|setting| {
        let entry = settings.get(&setting.key, takes_policy)?;
        configured_value(leaf, &setting.key, entry)
    });
    let mut given: Vec<ConfiguredValue<'_>> = entries.collect();
    let is_output = |value: &ConfiguredValue<'_>| *value.key == SettingKey::Output;
    let configured = given.iter().find(|value| is_output(value));
    let implied = find_argument(leaf, &SettingKey::Output).and_then(|output| {
        implied_format(leaf, typed, output, configured.map(|value| value.entry))
    });
    if let Some(entry) = &implied {
        let key = &SettingKey::Output;
        given.retain(|value| !is_output(value));
        given.push(ConfiguredValue { key, entry });
    }
    let matches = match missing_columns {
        Some(error) if given.is_empty() => return Err(error.into()),
        None if given.is_empty() => matches,
        _ => parse_with_defaults(named(), &matches, &given, args)
            .map_err(|error| attribute_error(error, named, &matches, &given, args))?,
    };
    Ok((matches, settings))
}

/// The commands with `--columns`; each has a key in the configuration.
pub(super) const COMMANDS_WITH_COLUMNS: [&str; 9] = [
    "states", "patches", "check", "summary", "diff", "verify", "history", "trend", "doctor",
];

/// Commands that read no configuration, and so work with a wrong one.
const UNCONFIGURED_COMMANDS: [&str; 5] = ["completions", "init", "man", "schema", "version"];

/// The subcommand that runs, with its matches. clap has built it, so it includes
/// the global arguments.
fn leaf_command<'c>(root: &'c Clap, matches: &'c ArgMatches) -> (&'c Clap, &'c ArgMatches) {
    let (mut command, mut matches) = (root, matches);
    while let Some((name, below)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(name) else {
            break;
        };
        (command, matches) = (found, below);
    }
    (command, matches)
}

/// The argument of a command that a key sets.
fn find_argument<'c>(command: &'c Clap, key: &SettingKey) -> Option<&'c Arg> {
    let id = match key {
        SettingKey::Columns(of) if of != command.get_name() => return None,
        SettingKey::Columns(_) => "columns".to_owned(),
        _ => key.name().replace('-', "_"),
    };
    command.get_arguments().find(|arg| arg.get_id() == &*id)
}

/// A command and all its subcommands.
fn command_tree(command: &Clap) -> Vec<&Clap> {
    let below = command.get_subcommands().flat_map(command_tree);
    [command].into_iter().chain(below).collect()
}

/// The built-in defaults of the arguments that are defined.
fn default_layer(root: &Clap, commands: &[String]) -> Layer {
    let mut layer = Layer::new();
    let tree = command_tree(root);
    for key in SettingKey::all(commands) {
        let values = tree
            .iter()
            .filter_map(|command| find_argument(command, &key))
            .map(Arg::get_default_values)
            .find(|values| !values.is_empty());
        if let Some(values) = values {
            let texts = values
                .iter()
                .map(|value| value.to_string_lossy().into_owned());
            layer.insert(key, SettingEntry::new(texts, Origin::Default));
        }
    }
    layer
}

/// The typed flags: a key's own flag, or one that conflicts with it, which
/// unsets the key.
fn flag_layer(leaf: &Clap, typed: &ArgMatches, commands: &[String]) -> Layer {
    let is_typed =
        |arg: &Arg| typed.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let name = |arg: &Arg| {
        let id = arg.get_id().to_string();
        Origin::Flag(format!("--{}", arg.get_long().unwrap_or(&id)))
    };
    let all: Vec<&Arg> = leaf.get_arguments().filter(|arg| is_typed(arg)).collect();
    let mut layer = Layer::new();
    for key in SettingKey::all(commands) {
        let Some(own) = find_argument(leaf, &key) else {
            continue;
        };
        let rules_out = |arg: &&&Arg| {
            let conflicts = |one: &Arg, other: &Arg| {
                let with = leaf.get_arg_conflicts_with(one);
                with.iter().any(|arg| arg.get_id() == other.get_id())
            };
            conflicts(arg, own) || conflicts(own, arg)
        };
        let is_demo = |arg: &&&Arg| key == SettingKey::Region && arg.get_id() == "demo";
        // A dataset is read whole, unless a region is typed.
        let is_from = |arg: &&&Arg| key == SettingKey::Region && arg.get_id() == "from";
        let entry = if is_typed(own) {
            let raw = typed.get_raw(own.get_id().as_str());
            let texts = raw.into_iter().flatten();
            SettingEntry::new(
                texts.map(|text| text.to_string_lossy().into_owned()),
                name(own),
            )
        } else if let Some(other) = all.iter().find(rules_out) {
            SettingEntry::new([], name(other))
        } else if let Some(demo) = all.iter().find(is_demo) {
            // The demo has its own regions.
            SettingEntry::new([demo::REGION.to_owned()], name(demo))
        } else if let Some(from) = all.iter().find(is_from) {
            SettingEntry::new([], name(from))
        } else {
            continue;
        };
        layer.insert(key, entry);
    }
    layer
}

/// Checks that each configured value is accepted by some command.
fn check_layers(whole: impl Fn() -> Clap, layers: &Layers) -> Result<(), CliError> {
    let of_files = layers
        .files
        .iter()
        .flat_map(|file| file.policies.values().chain([&file.top_level]));
    let mut configured = of_files.chain([&layers.environment]).flatten().peekable();
    if configured.peek().is_none() {
        return Ok(());
    }
    let root = whole();
    let commands = command_tree(&root);
    for (key, entry) in configured {
        let takers = commands
            .iter()
            .filter_map(|command| find_argument(command, key))
            .collect::<Vec<_>>();
        if let Some(cause) = value_error(key, entry, &takers) {
            return Err(CliError::Settings(cause));
        }
    }
    Ok(())
}

/// Why none of these arguments accepts the values. Without arguments, there is no error.
fn value_error(key: &SettingKey, entry: &SettingEntry, takers: &[&Arg]) -> Option<String> {
    let first = takers.first()?;
    if entry.values.len() > 1 && takers.iter().all(|arg| is_single_valued(arg)) {
        let at = entry.origin.format_with_column();
        return Some(format!(
            "{at}: {}: expected one value, got {}",
            key.name(),
            entry.values.len()
        ));
    }
    let wrong = entry.values.iter().find(|value| {
        takers
            .iter()
            .all(|arg| check_value(arg, key, value).is_err())
    })?;
    let error = check_value(first, key, wrong).err()?;
    Some(format_value_error(key, wrong, &error, takers))
}

fn is_single_valued(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set)
}

/// Checks a value with the argument's own parser.
fn check_value(arg: &Arg, key: &SettingKey, value: &SettingValue) -> Result<(), clap::Error> {
    if matches!(key, SettingKey::Columns(_)) && value.text.eq_ignore_ascii_case("help") {
        return Err(clap::Error::raw(
            ErrorKind::InvalidValue,
            "\"help\" is not a column; type --columns help to list them",
        ));
    }
    // The parser of `patches` accepts any name until it knows the row type.
    if matches!(key, SettingKey::Columns(command) if command == "patches") {
        layout::check_column_of_any_view(&value.text)?;
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

/// clap's error, with the key and its position in place of the flag.
fn format_value_error(
    key: &SettingKey,
    value: &SettingValue,
    error: &clap::Error,
    takers: &[&Arg],
) -> String {
    let (at, name, text) = (value.origin.format_with_column(), key.name(), &value.text);
    if error.get(ContextKind::ValidValue).is_some() {
        let mut allowed: Vec<String> = Vec::new();
        for word in takers.iter().flat_map(|arg| arg.get_possible_values()) {
            if !word.is_hide_set() && !allowed.iter().any(|known| known == word.get_name()) {
                allowed.push(word.get_name().to_owned());
            }
        }
        let allowed: Vec<&str> = allowed.iter().map(|word| &**word).collect();
        return format!(
            "{at}: {name}: unknown value {}",
            describe_suggestion(text, &allowed)
        );
    }
    if let Some(cause) = std::error::Error::source(error) {
        return format!("{at}: {name}: {text:?}: {cause}");
    }
    let cause = clap_error_line(&error.render().to_string());
    let flag = takers.first().and_then(|arg| arg.get_long()).unwrap_or("");
    match cause.strip_prefix(&format!("--{flag}")) {
        Some(cause) => format!("{at}: {name}{cause}"),
        None => format!("{at}: {name}: {cause}"),
    }
}

/// The value, if this command accepts it and it was not typed.
fn configured_value<'s>(
    leaf: &Clap,
    key: &'s SettingKey,
    entry: &'s SettingEntry,
) -> Option<ConfiguredValue<'s>> {
    let is_set = !matches!(entry.origin, Origin::Flag(_) | Origin::Default);
    let arg = find_argument(leaf, key).filter(|_| is_set && !entry.values.is_empty())?;
    (value_error(key, entry, &[arg]).is_none()).then_some(ConfiguredValue { key, entry })
}

/// Parses the command line with these defaults.
fn parse_with_defaults(
    mut root: Clap,
    matches: &ArgMatches,
    given: &[ConfiguredValue<'_>],
    args: &[OsString],
) -> Result<ArgMatches, clap::Error> {
    let (mut command, mut matches) = (&mut root, matches);
    loop {
        for ConfiguredValue { key, entry } in given {
            let Some(arg) = find_argument(command, key) else {
                continue;
            };
            let id = arg.get_id().clone();
            // clap wants `&'static str`; a run leaks a few short values.
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

/// The command line is valid without the configuration, so a configured value is
/// at fault: the first one without which it is valid.
fn attribute_error(
    error: clap::Error,
    definition: impl Fn() -> Clap,
    matches: &ArgMatches,
    given: &[ConfiguredValue<'_>],
    args: &[OsString],
) -> CliError {
    let culprit = (0..given.len()).find(|at| {
        let others = given.iter().enumerate().filter(|(other, _)| other != at);
        let others: Vec<ConfiguredValue<'_>> = others
            .map(|(_, ConfiguredValue { key, entry })| ConfiguredValue { key, entry })
            .collect();
        parse_with_defaults(definition(), matches, &others, args).is_ok()
    });
    match culprit {
        None => CliError::Usage(error),
        Some(at) => {
            let ConfiguredValue { key, entry } = &given[at];
            let cause = clap_error_line(&error.render().to_string());
            let at = entry.origin.format_with_column();
            CliError::Settings(format!("{at}: {}: {cause}", key.name()))
        }
    }
}

#[cfg(test)]
mod tests;
