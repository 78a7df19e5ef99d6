//! `config show`: the effective configuration as a table or as JSON.

use std::io::Write;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::render::SCHEMA_VERSION;
use crate::render::json::encode::write_document;
use crate::render::schema::words;
use crate::sanitize::sanitize;
use crate::settings::{
    ConfigFileKind, GatePolicy, Origin, Setting, SettingEntry, Settings, ValueKind,
};

/// For people.
///
/// # Errors
/// When the bytes cannot be written.
pub(crate) fn write_table(settings: &Settings, out: &mut dyn Write) -> Result<()> {
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
pub(crate) fn write_json(settings: &Settings, out: &mut dyn Write) -> Result<()> {
    let files = settings.files.iter().map(|file| FileObject {
        kind: match file.kind {
            ConfigFileKind::Named => KindWord::Named,
            ConfigFileKind::Project => KindWord::Project,
            ConfigFileKind::User => KindWord::User,
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
    // It may be a terminal, and it is the same JSON.
    write_document(out, &document, "Policies", true)
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfigDocument<'s> {
    #[schemars(schema_with = "words::version")]
    schema_version: u32,
    settings: Vec<SettingObject<'s>>,
    /// The files that were looked for, the one with the highest precedence first.
    files: Vec<FileObject>,
    /// The policy in use.
    policy: Option<&'s str>,
    policies: Vec<PolicyObject<'s>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "File")]
struct FileObject {
    kind: KindWord,
    path: String,
    found: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
enum KindWord {
    Named,
    Project,
    User,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Policy")]
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

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Setting")]
struct SettingObject<'s> {
    /// As a file spells it; columns.states is states in the table columns.
    key: String,
    #[serde(flatten)]
    entry: EntryObject<'s>,
    /// What it overrides, the highest precedence first.
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

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum ValueObject<'s> {
    Word(Option<&'s str>),
    List(Vec<&'s str>),
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Entry")]
struct EntryObject<'s> {
    /// A list where the key holds one; empty where it is switched off; null where nothing
    /// is set.
    value: ValueObject<'s>,
    origin: OriginWord,
    /// The flag, the variable, or the path of the file.
    from: Option<String>,
    #[schemars(range(min = 1))]
    line: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
enum OriginWord {
    Flag,
    Environment,
    File,
    Default,
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
            Origin::Flag(name) => (OriginWord::Flag, Some(name.clone()), None),
            Origin::Variable(name) => (OriginWord::Environment, Some(name.clone()), None),
            Origin::File { path, line, .. } => (
                OriginWord::File,
                Some(path.display().to_string()),
                Some(*line),
            ),
            Origin::Default => (OriginWord::Default, None, None),
        };
        Self {
            value,
            origin,
            from,
            line,
        }
    }
}
