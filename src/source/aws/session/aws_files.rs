//! The two AWS config files: their profiles, sign-in sessions and services, as
//! the AWS CLI reads them. What it does not read is named where it is missed.

mod ini;
mod section_name;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};

use crate::bounded_read;
use crate::bounded_read::read_if_exists;
use crate::source::aws::session::aws_files::ini::{Heading, IniSection, Settings, Value};
pub(super) use crate::source::aws::session::aws_files::section_name::quoted;
use crate::source::aws::session::environment::{expand_path, home_dir, variable};
use crate::suggest::nearest;

/// Some config files list hundreds of accounts, which makes 100 KB.
const MAX_CONFIG_BYTES: u64 = 4 << 20;

/// What both files hold.
#[derive(Debug, Default)]
pub(super) struct AwsFiles {
    profiles: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
    unread: Vec<UnreadSection>,
    /// Files that a variable names and that do not exist.
    absent: Vec<String>,
}

/// The settings of a section. Empty is unset, and an empty setting of the
/// credentials file takes the place of one in the config file.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    settings: Settings,
    /// The keys whose values the credentials file sets.
    of_credentials_file: BTreeSet<String>,
}

/// A section that the AWS CLI does not read, either.
#[derive(Debug)]
struct UnreadSection {
    kind: &'static str,
    name: String,
    /// What is wrong with it, with file and line.
    remedy: String,
}

impl Section {
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        match self.settings.get(key)? {
            Value::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            Value::Nested(_) => None,
        }
    }

    fn nested(&self, key: &str, inner: &str) -> Option<&str> {
        match self.settings.get(key)? {
            Value::Text(_) => None,
            Value::Nested(settings) => {
                let value = settings.get(inner).map(String::as_str);
                value.filter(|value| !value.is_empty())
            }
        }
    }

    /// Does the credentials file set this key?
    pub(super) fn is_of_credentials_file(&self, key: &str) -> bool {
        self.of_credentials_file.contains(key)
    }
}

impl AwsFiles {
    /// Reads both files. A missing one is empty.
    ///
    /// # Errors
    /// If one exists and cannot be read or parsed, with its path and line.
    pub(super) fn load() -> Result<Self> {
        let mut files = Self::default();
        for (name_of, default, is_credentials) in [
            ("AWS_CONFIG_FILE", "config", false),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", true),
        ] {
            let named = variable(name_of).map(|text| expand_path(&text));
            let path = match &named {
                Some(path) => path.clone(),
                None => match home_dir() {
                    Some(home) => home.join(".aws").join(default),
                    None => continue,
                },
            };
            match read_sections(&path)? {
                Some(sections) if is_credentials => files.add_credentials(&path, sections),
                Some(sections) => files.add_config(&path, sections),
                None if named.is_some() => {
                    let absent = format!("{name_of} {} does not exist", path.display());
                    files.absent.push(absent);
                }
                None => {}
            }
        }
        Ok(files)
    }

    fn add_config(&mut self, path: &Path, sections: Vec<IniSection>) {
        for section in sections {
            let place = format!("{}:{}", path.display(), section.line);
            let heading = section.heading.trim();
            let settings = Section {
                settings: section.settings,
                of_credentials_file: BTreeSet::new(),
            };
            // Of two sections of one name the later one counts, as a whole.
            match ini::read_heading(heading) {
                Heading::Profile(name) => drop(self.profiles.insert(name, settings)),
                Heading::SsoSession(name) => drop(self.sso_sessions.insert(name, settings)),
                Heading::Services(name) => drop(self.services.insert(name, settings)),
                Heading::Malformed { kind, name } => {
                    let right = quoted(&name);
                    let remedy =
                        format!("{place}: [{heading}] is not read: write [{kind} {right}]");
                    self.unread.push(UnreadSection { kind, name, remedy });
                }
                Heading::Other => {
                    let right = quoted(heading);
                    let remedy = format!(
                        "{place}: [{heading}] is no profile: in this file, write [profile {right}]"
                    );
                    self.unread.push(UnreadSection {
                        kind: "profile",
                        name: heading.to_owned(),
                        remedy,
                    });
                }
            }
        }
    }

    fn add_credentials(&mut self, path: &Path, sections: Vec<IniSection>) {
        for section in sections {
            let heading = section.heading.trim();
            if let Heading::Profile(name) = ini::read_heading(heading)
                && heading != "default"
            {
                let remedy = format!(
                    "{}:{}: [{heading}] is no profile: in this file, write [{name}]",
                    path.display(),
                    section.line
                );
                let kind = "profile";
                self.unread.push(UnreadSection { kind, name, remedy });
            }
            let profile = self.profiles.entry(heading.to_owned()).or_default();
            let keys = section.settings.keys().cloned();
            profile.of_credentials_file.extend(keys);
            profile.settings.extend(section.settings);
        }
    }

    pub(super) fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.get(name)
    }

    pub(super) fn profiles(&self) -> impl Iterator<Item = &Section> {
        self.profiles.values()
    }

    pub(super) fn profile_names(&self) -> Vec<&str> {
        self.profiles.keys().map(String::as_str).collect()
    }

    pub(super) fn sso_session(&self, name: &str) -> Option<&Section> {
        self.sso_sessions.get(name)
    }

    /// Why there is no profile of this name, and what to do.
    pub(super) fn missing_profile(&self, name: &str) -> String {
        let none = "there are none: run aws configure sso, or aws configure";
        self.missing("profile", name, &self.profiles, none)
    }

    /// Why there is no sign-in session of this name, and what to do.
    pub(super) fn missing_sso_session(&self, name: &str) -> String {
        let none = "there are none: run aws configure sso-session";
        self.missing("sso-session", name, &self.sso_sessions, none)
    }

    fn missing(
        &self,
        kind: &str,
        name: &str,
        known: &BTreeMap<String, Section>,
        none: &str,
    ) -> String {
        let mut unread = self.unread.iter();
        let is_it = |of: &&UnreadSection| of.kind == kind && of.name == name;
        if let Some(section) = unread.find(is_it) {
            return format!("the {kind} {name:?} cannot be used: {}", section.remedy);
        }
        let known: Vec<&str> = known.keys().map(String::as_str).collect();
        let hint = match (nearest(name, &known), self.absent.first()) {
            _ if known.is_empty() && !self.absent.is_empty() => self.absent.join(", "),
            _ if known.is_empty() => none.to_owned(),
            (Some(meant), _) => {
                format!("did you mean {meant}? There are: {}", known.join(", "))
            }
            (None, Some(absent)) => format!("{absent}; there are: {}", known.join(", ")),
            (None, None) => format!("there are: {}", known.join(", ")),
        };
        format!("no {kind} {name:?} in the AWS config files; {hint}")
    }

    /// The endpoint that a profile sets for a service: in its services section,
    /// else for all services. `service` is its id in lower case, such as `ssm`.
    ///
    /// # Errors
    /// If the profile names a services section that there is not.
    pub(super) fn endpoint(&self, profile: &Section, service: &str) -> Result<Option<String>> {
        let of_service = match profile.get("services") {
            None => None,
            Some(name) => {
                let known = self.services.get(name);
                let none = "there are none";
                let section = known
                    .ok_or_else(|| anyhow!(self.missing("services", name, &self.services, none)))?;
                // The SDKs write `sso_oidc`, some of them `sso-oidc`.
                let other = service.replace('_', "-");
                let settings = [service, &*other].map(|id| section.nested(id, "endpoint_url"));
                settings.into_iter().flatten().next()
            }
        };
        Ok(of_service
            .or_else(|| profile.get("endpoint_url"))
            .map(ToOwned::to_owned))
    }
}

/// The sections of a file; `None` if it does not exist.
fn read_sections(path: &Path) -> Result<Option<Vec<IniSection>>> {
    let name = path.display();
    let cannot = || format!("the AWS config file {name} cannot be read");
    let Some(bytes) = read_if_exists(path, MAX_CONFIG_BYTES).with_context(cannot)? else {
        return Ok(None);
    };
    bounded_read::check_text(path.display(), &bytes)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..end].split(|byte| *byte == b'\n').count();
        anyhow!("the AWS config file {name} is not UTF-8 text in line {line}")
    })?;
    let sections = ini::parse(&text);
    sections
        .map(Some)
        .map_err(|(line, what)| anyhow!("{name}:{line}: {what}"))
}
