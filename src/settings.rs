//! What is configured: the files, the environment, and which value wins.
//!
//! Knows the keys, their names and their order of precedence: flag, then a
//! policy that was typed, then environment, then any other policy, then project
//! file, then user file, then default.
//! Must not know clap, nor what a value means: who takes it checks it.

mod environment;
mod file;
mod file_locations;
mod host_env;
pub(crate) mod load;
mod trust;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::suggest::nearest;

#[cfg(fuzzing)]
pub use self::file::parse as read_file;
pub use self::file_locations::{ConfigCandidate, ConfigFileKind};
pub use self::host_env::{FileSystem, HostEnv};
pub use self::load::{LoadOptions, load};
pub use self::trust::distrust;

/// The keys of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingKey {
    Region,
    Output,
    Timeout,
    MaxAge,
    Waivers,
    FailOn,
    Policy,
    /// The columns of the command of this name.
    Columns(String),
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Single,
    /// Words; a string with commas is a list, too.
    List,
    /// Paths, from a file relative to it; the word `none` is no path.
    PathList,
}

impl SettingKey {
    const GENERAL: [Self; 7] = [
        Self::Region,
        Self::Output,
        Self::Timeout,
        Self::MaxAge,
        Self::Waivers,
        Self::FailOn,
        Self::Policy,
    ];

    /// Every key, where these commands have columns.
    #[must_use]
    pub fn all(commands: &[String]) -> Vec<Self> {
        let columns = commands.iter().cloned().map(Self::Columns);
        Self::GENERAL.into_iter().chain(columns).collect()
    }

    /// As a file says it; `columns.states` is `states` in the table `columns`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Region => "region".to_owned(),
            Self::Output => "output".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::MaxAge => "max-age".to_owned(),
            Self::Waivers => "waivers".to_owned(),
            Self::FailOn => "fail-on".to_owned(),
            Self::Policy => "policy".to_owned(),
            Self::Columns(command) => format!("columns.{command}"),
        }
    }

    /// As the environment says it.
    #[must_use]
    pub fn env_variable(&self) -> String {
        let name = self.name().to_uppercase();
        format!("PATCHCTL_{}", name.replace(['-', '.'], "_"))
    }

    #[must_use]
    pub fn value_kind(&self) -> ValueKind {
        match self {
            Self::Output | Self::Timeout | Self::MaxAge | Self::Policy => ValueKind::Single,
            Self::Region | Self::FailOn | Self::Columns(_) => ValueKind::List,
            Self::Waivers => ValueKind::PathList,
        }
    }

    /// May a policy set it?
    #[must_use]
    pub fn is_policy_key(&self) -> bool {
        matches!(self, Self::MaxAge | Self::Waivers | Self::FailOn)
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag that was typed.
    Flag(String),
    /// A variable of the environment.
    Variable(String),
    /// A file; line and column from 1, in characters.
    File {
        path: Arc<Path>,
        line: usize,
        column: usize,
    },
    /// Nothing: it is what the program does by itself.
    Default,
}

impl Origin {
    /// With the column, as editors understand it.
    #[must_use]
    pub fn format_with_column(&self) -> String {
        match self {
            Self::File { column, .. } => format!("{self}:{column}"),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File { path, line, .. } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One value, or one of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingValue {
    pub text: String,
    /// Where exactly it stands, for who finds fault with it.
    pub origin: Origin,
}

/// What a key is set to. Without a value, the key is switched off: what is set
/// below does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingEntry {
    pub values: Vec<SettingValue>,
    pub origin: Origin,
}

impl SettingEntry {
    /// These values, from one place.
    pub fn new(values: impl IntoIterator<Item = String>, origin: Origin) -> Self {
        let values = values.into_iter().map(|text| SettingValue {
            text,
            origin: origin.clone(),
        });
        Self {
            values: values.collect(),
            origin,
        }
    }

    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        self.values.iter().map(|value| &*value.text).collect()
    }
}

/// The keys that one place sets.
pub type Layer = BTreeMap<SettingKey, SettingEntry>;

/// What one file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    pub top_level: Layer,
    pub policies: BTreeMap<String, Layer>,
}

/// Everything that sets keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    pub flags: Layer,
    pub environment: Layer,
    /// The one that outranks the others first.
    pub files: Vec<ConfigFile>,
    /// What holds where nothing is set, for who wants to be told.
    pub defaults: Layer,
}

/// A key with the value that won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: SettingKey,
    /// `None` where nobody sets it and there is no default.
    pub entry: Option<SettingEntry>,
    /// What it hides, defaults apart, the highest first.
    pub overridden: Vec<SettingEntry>,
}

/// A named set for the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatePolicy {
    pub name: String,
    /// Only the keys that it sets.
    pub settings: Vec<Setting>,
}

/// The configuration, settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Every key, in a stable order, without any policy.
    pub settings: Vec<Setting>,
    /// The keys of a policy under the policy in use, for commands that take one.
    pub policy_settings: Vec<Setting>,
    pub policies: Vec<GatePolicy>,
    /// What is wrong with the name of the policy in use, for commands that take one.
    pub policy_error: Option<String>,
    /// The files that were looked for, the one that outranks the others first.
    pub files: Vec<ConfigCandidate>,
    /// What is to be said on stderr.
    pub notes: Vec<String>,
}

impl Settings {
    /// The value of a key for a command that takes a policy, or for one that does not.
    #[must_use]
    pub fn get(&self, key: &SettingKey, takes_policy: bool) -> Option<&SettingEntry> {
        let under = self.policy_settings.iter().filter(|_| takes_policy);
        under
            .chain(&self.settings)
            .find(|setting| setting.key == *key)
            .and_then(|setting| setting.entry.as_ref())
    }

    /// The name of the policy in use.
    #[must_use]
    pub fn policy_name(&self) -> Option<&str> {
        let entry = self.get(&SettingKey::Policy, false)?;
        entry.values.first().map(|value| &*value.text)
    }
}

/// The first of these that sets the key, and what the others say.
fn resolve_key(key: &SettingKey, layers: &[&Layer]) -> Setting {
    let mut set = layers.iter().filter_map(|layer| layer.get(key)).cloned();
    Setting {
        key: key.clone(),
        entry: set.next(),
        overridden: set
            .filter(|entry| entry.origin != Origin::Default)
            .collect(),
    }
}

/// Settles each of these keys.
#[must_use]
pub fn resolve(keys: &[SettingKey], layers: &Layers) -> Settings {
    let tops = layers.files.iter().map(|file| &file.top_level);
    let above = [&layers.flags, &layers.environment];
    let below: Vec<&Layer> = tops.chain([&layers.defaults]).collect();
    let mut settled = Settings {
        settings: keys
            .iter()
            .map(|key| resolve_key(key, &[&above[..], &below].concat()))
            .collect(),
        ..Settings::default()
    };

    let mut policies: BTreeMap<&str, Vec<&Layer>> = BTreeMap::new();
    for (name, layer) in layers.files.iter().flat_map(|file| &file.policies) {
        policies.entry(name).or_default().push(layer);
    }
    if let Some(entry) = settled.get(&SettingKey::Policy, false).cloned()
        && let Some(name) = entry.values.first()
    {
        if let Some(of_policy) = policies.get(&*name.text) {
            let layers = match entry.origin {
                // A policy that was typed is what is wanted now.
                Origin::Flag(_) => [&above[..1], of_policy, &above[1..], &below].concat(),
                _ => [&above[..], of_policy, &below].concat(),
            };
            settled.policy_settings = keys
                .iter()
                .filter(|key| key.is_policy_key())
                .map(|key| resolve_key(key, &layers))
                .collect();
        } else {
            let known: Vec<&str> = policies.keys().copied().collect();
            settled.policy_error = Some(unknown_policy_message(name, &known));
        }
    }
    settled.policies = policies
        .into_iter()
        .map(|(name, of_policy)| GatePolicy {
            name: name.to_owned(),
            settings: keys
                .iter()
                .map(|key| resolve_key(key, &of_policy))
                .filter(|setting| setting.entry.is_some())
                .collect(),
        })
        .collect();
    settled
}

fn unknown_policy_message(name: &SettingValue, known: &[&str]) -> String {
    let (at, text) = (name.origin.format_with_column(), &name.text);
    if known.is_empty() {
        return format!("{at}: no policy {text:?}; no configuration file defines any");
    }
    let guess =
        nearest(text, known).map_or(String::new(), |known| format!("; did you mean {known}?"));
    let known = known.join(", ");
    format!("{at}: no policy {text:?}{guess} (there are: {known})")
}

#[cfg(test)]
mod tests;
