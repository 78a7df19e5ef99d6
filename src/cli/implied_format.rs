//! The format that a flag implies, such as JSON by `--query`, where no format is typed.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command as Clap};

use crate::record::is_same_word;
use crate::render::Format;
use crate::settings::{Origin, SettingEntry};

/// The id of a flag that needs one of some formats, which these are, and the one that is taken
/// where another is configured.
type FlagFormat = (&'static str, fn(Format) -> bool, Format);

const FLAGS: [FlagFormat; 3] = [
    ("query", Format::is_document, Format::Json),
    (
        "template",
        |format| matches!(format, Format::Json),
        Format::Json,
    ),
    ("watch", Format::is_table, Format::Table),
];

/// The format that a typed flag implies. `None` where there is no such flag, a format is typed,
/// or the configured or default one fits the flag.
pub(super) fn implied_format(
    leaf: &Clap,
    typed: &ArgMatches,
    output: &Arg,
    configured: Option<&SettingEntry>,
) -> Option<SettingEntry> {
    let is_typed = |id: &str| {
        let has = leaf.get_arguments().any(|arg| arg.get_id() == id);
        has && typed.value_source(id) == Some(ValueSource::CommandLine)
    };
    if is_typed(output.get_id().as_str()) {
        return None;
    }
    let mut flags = FLAGS.into_iter();
    let (flag, fits, implied) = flags.find(|(flag, ..)| is_typed(flag))?;
    let texts = configured.map_or_else(
        || {
            let values = output.get_default_values().iter();
            values.filter_map(|value| value.to_str()).collect()
        },
        SettingEntry::texts,
    );
    let is_fitting = |text: &str| {
        let mut formats = Format::ALL.into_iter();
        formats.any(|format| fits(format) && is_same_word(format.name(), text))
    };
    if texts.into_iter().any(is_fitting) {
        return None;
    }
    let origin = Origin::Flag(format!("--{flag}"));
    Some(SettingEntry::new([implied.name().to_owned()], origin))
}
