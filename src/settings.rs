//! The configuration: its keys, files and environment variables, and which value wins.
//!
//! Precedence: flag, a typed policy, environment, any other policy, project file,
//! user file, default. A value is text; the argument that takes it checks it.

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

use crate::suggest::unknown_word;

#[cfg(fuzzing)]
pub(crate) use self::file::parse as read_file;
pub use self::file_locations::{ConfigCandidate, ConfigFileKind};
pub use self::host_env::{FileSystem, HostEnv};
pub use self::load::{LoadOptions, load};
pub use self::trust::{UntypedFile, distrust_reason};

/// A file with every key, commented out.
pub(crate) const TEMPLATE: &str = include_str!("settings/template.toml");

/// The keys of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingKey {
    Region,
    SkipRegion,
    SkipAccount,
    SkipOu,
    Output,
    Timeout,
    MaxAge,
    Waivers,
    FailOn,
    Policy,
    /// Time limits of patches by severity.
    Sla,
    /// The columns of the command of this name.
    Columns(String),
}

/// The type of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Single,
    /// A list of strings, or one string with commas.
    List,
    /// A table of strings in a file, and `key=value,...` elsewhere; `none` is an empty one.
    Table,
    /// Paths, relative to the file that names them; `none` is an empty list.
    PathList,
}

impl SettingKey {
    const GENERAL: [Self; 11] = [
        Self::Region,
        Self::SkipRegion,
        Self::SkipAccount,
        Self::SkipOu,
        Self::Output,
        Self::Timeout,
        Self::MaxAge,
        Self::Waivers,
        Self::FailOn,
        Self::Policy,
        Self::Sla,
    ];

    /// Every key, with one for the columns of each of these commands.
    #[must_use]
    pub fn all(commands: &[String]) -> Vec<Self> {
        let columns = commands.iter().cloned().map(Self::Columns);
        Self::GENERAL.into_iter().chain(columns).collect()
    }

    /// The name in a file; `columns.states` is `states` in the table `columns`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Region => "region".to_owned(),
            Self::SkipRegion => "skip-region".to_owned(),
            Self::SkipAccount => "skip-account".to_owned(),
            Self::SkipOu => "skip-ou".to_owned(),
            Self::Output => "output".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::MaxAge => "max-age".to_owned(),
            Self::Waivers => "waivers".to_owned(),
            Self::FailOn => "fail-on".to_owned(),
            Self::Policy => "policy".to_owned(),
            Self::Sla => "sla".to_owned(),
            Self::Columns(command) => format!("columns.{command}"),
        }
    }

    /// The environment variable.
    #[must_use]
    pub fn env_variable(&self) -> String {
        let name = self.name().to_uppercase();
        format!("PATCHCTL_{}", name.replace(['-', '.'], "_"))
    }

    #[must_use]
    pub fn value_kind(&self) -> ValueKind {
        match self {
            Self::Output | Self::Timeout | Self::MaxAge | Self::Policy => ValueKind::Single,
            Self::Region
            | Self::SkipRegion
            | Self::SkipAccount
            | Self::SkipOu
            | Self::FailOn
            | Self::Columns(_) => ValueKind::List,
            Self::Sla => ValueKind::Table,
            Self::Waivers => ValueKind::PathList,
        }
    }

    /// Whether a policy may set it.
    #[must_use]
    pub fn is_policy_key(&self) -> bool {
        matches!(
            self,
            Self::MaxAge | Self::Waivers | Self::FailOn | Self::Sla
        )
    }
}

/// The origin of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A typed flag.
    Flag(String),
    /// An environment variable.
    Variable(String),
    /// A file; line and column from 1, in characters.
    File {
        path: Arc<Path>,
        line: usize,
        column: usize,
    },
    /// The built-in default.
    Default,
}

impl Origin {
    /// With the column, in the form editors understand.
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
    /// The exact position, for error messages.
    pub origin: Origin,
}

/// The value of a key in one layer. An empty one unsets the key: lower layers do
/// not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingEntry {
    pub values: Vec<SettingValue>,
    pub origin: Origin,
}

impl SettingEntry {
    /// Values of one origin.
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

/// The keys that one origin sets.
pub type Layer = BTreeMap<SettingKey, SettingEntry>;

/// The content of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    pub top_level: Layer,
    pub policies: BTreeMap<String, Layer>,
}

/// All origins of values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    pub flags: Layer,
    pub environment: Layer,
    /// Highest precedence first.
    pub files: Vec<ConfigFile>,
    /// The defaults, for `config show`.
    pub defaults: Layer,
}

/// A key with the value that won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: SettingKey,
    /// `None` if it is not set and has no default.
    pub entry: Option<SettingEntry>,
    /// Overridden values except the default, highest precedence first.
    pub overridden: Vec<SettingEntry>,
}

/// A named set of settings for `check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatePolicy {
    pub name: String,
    /// Only the keys that it sets.
    pub settings: Vec<Setting>,
}

/// The resolved configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Every key, in a stable order, without any policy.
    pub settings: Vec<Setting>,
    /// The keys of a policy, resolved with the policy in use, for commands that take one.
    pub policy_settings: Vec<Setting>,
    pub policies: Vec<GatePolicy>,
    /// The error in the name of the policy in use, for commands that take one.
    pub policy_error: Option<String>,
    /// The files searched for, highest precedence first.
    pub files: Vec<ConfigCandidate>,
    /// Notes for stderr.
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

    /// The file or variable that sets this key for a command that takes a policy.
    #[must_use]
    pub fn configured_origin(&self, key: &SettingKey) -> Option<&Origin> {
        let origin = &self.get(key, true)?.origin;
        (!matches!(origin, Origin::Flag(_) | Origin::Default)).then_some(origin)
    }

    /// The name of the policy in use.
    #[must_use]
    pub fn policy_name(&self) -> Option<&str> {
        let entry = self.get(&SettingKey::Policy, false)?;
        entry.values.first().map(|value| &*value.text)
    }
}

/// The value of the first layer that sets the key, and those it overrides.
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

/// Resolves each of these keys.
#[must_use]
pub fn resolve(keys: &[SettingKey], layers: &Layers) -> Settings {
    let tops = layers.files.iter().map(|file| &file.top_level);
    let above = [&layers.flags, &layers.environment];
    let below: Vec<&Layer> = tops.chain([&layers.defaults]).collect();
    let mut resolved = Settings {
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
    if let Some(entry) = resolved.get(&SettingKey::Policy, false).cloned()
        && let Some(name) = entry.values.first()
    {
        if let Some(of_policy) = policies.get(&*name.text) {
            let layers = match entry.origin {
                // A typed policy outranks the environment.
                Origin::Flag(_) => [&above[..1], of_policy, &above[1..], &below].concat(),
                _ => [&above[..], of_policy, &below].concat(),
            };
            resolved.policy_settings = keys
                .iter()
                .filter(|key| key.is_policy_key())
                .map(|key| resolve_key(key, &layers))
                .collect();
        } else {
            let known: Vec<&str> = policies.keys().copied().collect();
            resolved.policy_error = Some(unknown_policy_message(name, &known));
        }
    }
    resolved.policies = policies
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
    resolved
}

fn unknown_policy_message(name: &SettingValue, known: &[&str]) -> String {
    let (at, text) = (name.origin.format_with_column(), &name.text);
    if known.is_empty() {
        return format!("{at}: unknown policy {text:?}; no configuration file defines a policy");
    }
    unknown_word(&format!("{at}: unknown policy"), text, known)
}

#[cfg(test)]
mod tests;
