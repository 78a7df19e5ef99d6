//! Parses one AWS config file as the AWS CLI does, with Python's `configparser`:
//! comments, indentation, continued and nested values. Pure.

use std::collections::BTreeMap;

use crate::source::aws::session::aws_files::section_name::words;

/// The settings of a section, with keys in lower case.
pub(super) type Settings = BTreeMap<String, Value>;

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// Indented lines below an empty value: `s3 =`, `ssm =`.
    Nested(BTreeMap<String, String>),
}

/// A section: its heading without brackets, and the line of it, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IniSection {
    pub heading: String,
    pub line: usize,
    pub settings: Settings,
}

/// Settings of this section belong to every other one.
const DEFAULTS: &str = "DEFAULT";

/// Settings whose value may contain ` #`, which starts a comment in any other.
/// The AWS CLI knows no comment behind a value, the AWS SDKs do.
const WITHOUT_COMMENTS: [&str; 4] = [
    "credential_process",
    "source_profile",
    "sso_session",
    "services",
];

/// A setting that is being read, with the lines of its value.
struct OpenSetting {
    key: String,
    /// With their numbers in the file.
    lines: Vec<(usize, String)>,
}

/// Parses a file. A section that stands there twice has the settings of both.
///
/// # Errors
/// The line that is no heading, setting or comment, and what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Vec<IniSection>, (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut sections: Vec<IniSection> = Vec::new();
    let mut current: Option<usize> = None;
    let mut open: Option<OpenSetting> = None;
    let mut indent = 0;
    for (line, raw) in (1..).zip(text.split('\n')) {
        let content = raw.trim();
        if content.starts_with(['#', ';']) {
            continue;
        }
        if content.is_empty() {
            if let Some(setting) = &mut open {
                setting.lines.push((line, String::new()));
            }
            continue;
        }
        let level = raw.len() - raw.trim_start().len();
        if let Some(setting) = open.as_mut().filter(|_| level > indent) {
            setting.lines.push((line, content.to_owned()));
            continue;
        }
        indent = level;
        close(&mut sections, current, open.take())?;
        if let Some(heading) = heading_of(content) {
            let known = sections.iter().position(|one| one.heading == heading);
            current = Some(known.unwrap_or_else(|| {
                sections.push(IniSection {
                    heading: heading.to_owned(),
                    line,
                    settings: Settings::new(),
                });
                sections.len() - 1
            }));
            continue;
        }
        if content.starts_with('[') {
            return Err((line, "a section heading ends with ]".to_owned()));
        }
        if current.is_none() {
            let what = "a setting stands before the first section, such as [default]";
            return Err((line, what.to_owned()));
        }
        let Some((key, value)) = content.split_once(['=', ':']) else {
            return Err((line, "a setting has no =, as in KEY = VALUE".to_owned()));
        };
        let key = key.trim().to_lowercase();
        if key.is_empty() {
            return Err((line, "a setting has no name before its =".to_owned()));
        }
        open = Some(OpenSetting {
            key,
            lines: vec![(line, value.trim().to_owned())],
        });
    }
    close(&mut sections, current, open)?;
    let defaults = sections.iter().position(|one| one.heading == DEFAULTS);
    if let Some(defaults) = defaults.map(|at| sections.remove(at).settings) {
        for section in &mut sections {
            for (key, value) in &defaults {
                let entry = section.settings.entry(key.clone());
                entry.or_insert_with(|| value.clone());
            }
        }
    }
    Ok(sections)
}

/// The heading in a line: up to the last bracket, as a name may contain one.
fn heading_of(content: &str) -> Option<&str> {
    let inner = content.strip_prefix('[')?;
    let inner = &inner[..inner.rfind(']')?];
    // A bracket of a comment behind the heading is none of it.
    let inner = match inner.split_once(']') {
        Some((heading, rest)) if rest.trim_start().starts_with(['#', ';']) => heading,
        _ => inner,
    };
    (!inner.is_empty()).then_some(inner)
}

/// Adds a setting that is complete to its section.
fn close(
    sections: &mut [IniSection],
    current: Option<usize>,
    open: Option<OpenSetting>,
) -> Result<(), (usize, String)> {
    let (Some(at), Some(setting)) = (current, open) else {
        return Ok(());
    };
    let settings = &mut sections[at].settings;
    let is_empty = |(_, text): &(usize, String)| text.is_empty();
    if setting.lines.first().is_some_and(is_empty) && !setting.lines.iter().all(is_empty) {
        let mut inner = BTreeMap::new();
        for (line, text) in setting.lines.iter().filter(|line| !is_empty(line)) {
            let Some((key, value)) = text.split_once('=') else {
                let what = format!("a setting below {} has no =", setting.key);
                return Err((*line, what));
            };
            let value = without_comment(value.trim());
            inner.insert(key.trim().to_owned(), value.to_owned());
        }
        settings.insert(setting.key, Value::Nested(inner));
        return Ok(());
    }
    let lines: Vec<String> = setting.lines.into_iter().map(|(_, text)| text).collect();
    let value = lines.join("\n");
    let value = value.trim_end();
    let value = if WITHOUT_COMMENTS.contains(&&*setting.key) {
        value
    } else {
        without_comment(value)
    };
    settings.insert(setting.key, Value::Text(value.to_owned()));
    Ok(())
}

/// A value without the comment behind it, which follows white space.
fn without_comment(value: &str) -> &str {
    let is_comment = |(at, _): &(usize, &str)| value[..*at].ends_with(char::is_whitespace);
    let mut signs = value.match_indices(['#', ';']);
    signs
        .find(|sign| is_comment(sign) || sign.0 == 0)
        .map_or(value, |(at, _)| value[..at].trim_end())
}

/// What the heading of a section in the config file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heading {
    Profile(String),
    SsoSession(String),
    Services(String),
    /// A section that is none of these, such as `[preview]`.
    Other,
    /// A heading that the AWS CLI does not read, and how it is written.
    Malformed {
        kind: &'static str,
        name: String,
    },
}

/// Reads a heading of the config file.
pub(super) fn read_heading(heading: &str) -> Heading {
    if heading == "default" {
        return Heading::Profile("default".to_owned());
    }
    let kinds = ["profile", "sso-session", "services"];
    let Some(kind) = kinds.into_iter().find(|kind| heading.starts_with(kind)) else {
        return Heading::Other;
    };
    if let Some([_, name]) = words(heading).as_deref() {
        let name = name.clone();
        return match kind {
            "profile" => Heading::Profile(name),
            "services" => Heading::Services(name),
            _ => Heading::SsoSession(name),
        };
    }
    let name = heading[kind.len()..].trim();
    let name = name.trim_matches(['"', '\'']).to_owned();
    Heading::Malformed { kind, name }
}
