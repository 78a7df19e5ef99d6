//! `config show`: the settled configuration as a table or as JSON.
//!
//! Knows how a key, its value and its origin are written. The objects are
//! frozen apart from what they are made of.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::render::SCHEMA_VERSION;
use crate::sanitize::{is_unsafe, sanitize};
use crate::settings::{GatePolicy, Origin, Setting, SettingEntry, Settings, ValueKind};

/// For people.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_table(settings: &Settings, out: &mut dyn Write) -> Result<()> {
    let mut rows = vec![["Key", "Value", "From", "Overrides"].map(ToOwned::to_owned)];
    rows.extend(settings.settings.iter().map(table_row));
    write_rows(out, &rows)?;

    writeln!(out)?;
    if settings.files.is_empty() {
        writeln!(out, "No file was looked for.")?;
    } else {
        let mut rows = vec![["File", "Path", "Found"].map(ToOwned::to_owned)];
        rows.extend(settings.files.iter().map(|file| {
            let found = if file.is_present { "read" } else { "not there" };
            let path = file.path.display().to_string();
            [file.kind.as_str().to_owned(), path, found.to_owned()]
        }));
        write_rows(out, &rows)?;
    }

    for policy in &settings.policies {
        let used = if settings.policy_name() == Some(&policy.name) {
            ", in use by commands that take a policy"
        } else {
            ""
        };
        writeln!(out, "\nPolicy {}{used}", sanitize(&policy.name))?;
        let rows: Vec<[String; 4]> = policy.settings.iter().map(table_row).collect();
        write_rows(out, &rows)?;
    }
    Ok(())
}

fn table_row(setting: &Setting) -> [String; 4] {
    let entry = setting.entry.as_ref();
    let hides: Vec<String> = setting
        .overridden
        .iter()
        .map(|entry| entry.origin.to_string())
        .collect();
    [
        setting.key.name(),
        entry.map_or("-".to_owned(), |entry| match &entry.texts()[..] {
            [] => "none".to_owned(),
            texts => texts.join(", "),
        }),
        entry
            .map_or(&Origin::Default, |entry| &entry.origin)
            .to_string(),
        hides.join(", "),
    ]
}

/// In columns as wide as their widest cell; nothing trails.
fn write_rows<const N: usize>(out: &mut dyn Write, rows: &[[String; N]]) -> Result<()> {
    let shown: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.clone().map(|cell| sanitize(&cell).into_owned()))
        .collect();
    let widths: [usize; N] = std::array::from_fn(|at| {
        let widths = shown.iter().map(|row| row[at].width());
        widths.max().unwrap_or(0)
    });
    for row in &shown {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// One document.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_json(settings: &Settings, out: &mut dyn Write) -> Result<()> {
    let files = settings.files.iter().map(|file| FileObject {
        kind: match file.kind {
            crate::settings::ConfigFileKind::Named => "Named",
            crate::settings::ConfigFileKind::Project => "Project",
            crate::settings::ConfigFileKind::User => "User",
        },
        path: file.path.display().to_string(),
        found: file.is_present,
    });
    let document = ConfigDocument {
        schema_version: SCHEMA_VERSION,
        settings: settings.settings.iter().map(SettingObject::new).collect(),
        files: files.collect(),
        policy: settings.policy_name(),
        policies: settings.policies.iter().map(PolicyObject::new).collect(),
    };
    for letter in serde_json::to_string_pretty(&document)?.chars() {
        // What a terminal would act on stands in strings alone, but for line ends.
        if letter != '\n' && is_unsafe(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        } else {
            write!(out, "{letter}")?;
        }
    }
    writeln!(out)?;
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConfigDocument<'s> {
    schema_version: u32,
    settings: Vec<SettingObject<'s>>,
    files: Vec<FileObject>,
    policy: Option<&'s str>,
    policies: Vec<PolicyObject<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FileObject {
    kind: &'static str,
    path: String,
    found: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyObject<'s> {
    name: &'s str,
    settings: Vec<SettingObject<'s>>,
}

impl<'s> PolicyObject<'s> {
    fn new(policy: &'s GatePolicy) -> Self {
        Self {
            name: &policy.name,
            settings: policy.settings.iter().map(SettingObject::new).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SettingObject<'s> {
    key: String,
    #[serde(flatten)]
    entry: EntryObject<'s>,
    overrides: Vec<EntryObject<'s>>,
}

impl<'s> SettingObject<'s> {
    fn new(setting: &'s Setting) -> Self {
        let holds = setting.key.value_kind();
        let hides = setting.overridden.iter();
        Self {
            key: setting.key.name(),
            entry: EntryObject::new(setting.entry.as_ref(), holds),
            overrides: hides
                .map(|entry| EntryObject::new(Some(entry), holds))
                .collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum ValueObject<'s> {
    Word(Option<&'s str>),
    List(Vec<&'s str>),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EntryObject<'s> {
    value: ValueObject<'s>,
    origin: &'static str,
    from: Option<String>,
    line: Option<usize>,
}

impl<'s> EntryObject<'s> {
    fn new(entry: Option<&'s SettingEntry>, holds: ValueKind) -> Self {
        let value = match entry {
            None => ValueObject::Word(None),
            Some(entry) if holds == ValueKind::Single => {
                ValueObject::Word(entry.texts().first().copied())
            }
            Some(entry) => ValueObject::List(entry.texts()),
        };
        let (origin, from, line) = match entry.map_or(&Origin::Default, |entry| &entry.origin) {
            Origin::Flag(name) => ("Flag", Some(name.clone()), None),
            Origin::Variable(name) => ("Environment", Some(name.clone()), None),
            Origin::File { path, line, .. } => {
                ("File", Some(path.display().to_string()), Some(*line))
            }
            Origin::Default => ("Default", None, None),
        };
        Self {
            value,
            origin,
            from,
            line,
        }
    }
}
