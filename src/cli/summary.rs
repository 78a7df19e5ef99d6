//! The flags of `summary`.
//!
//! Knows how they are written. Must not know how groups are made.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Args, Command as Clap};

use super::words::refuse;
use super::{JudgeArgs, LayoutArgs, OutputArgs, SelectArgs};
use crate::report::Group;
use crate::summary::By;

#[derive(Debug, Args)]
pub struct SummaryArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// What nodes are grouped by; `tag:KEY` is the value of that tag
    #[arg(long, value_name = "WHAT", value_parser = ByWord, default_value_t = By::default(), help_heading = "Group")]
    pub by: By,
    #[command(flatten)]
    pub judge: JudgeArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<Group>,
}

impl SummaryArgs {
    /// Which nodes: where nothing is said, all of them.
    #[must_use]
    pub fn select(&self) -> SelectArgs {
        let select = self.select.clone();
        let is_said =
            !select.ids.is_empty() || !select.ids_file.is_empty() || select.to_selector().finds();
        SelectArgs {
            all: select.all || !is_said,
            ..select
        }
    }
}

/// What the flag takes, as it is completed and told.
const WORDS: [(&str, &str); 7] = [
    ("patch-group", "the patch group of the last scan"),
    ("platform", "the operating system and its version"),
    ("region", "the region"),
    ("account", "the account"),
    ("baseline", "the patch baseline of the last scan"),
    ("verdict", "COMPLIANT, NON_COMPLIANT ..."),
    ("tag:KEY", "the value of the tag KEY"),
];

#[derive(Clone)]
struct ByWord;

impl TypedValueParser for ByWord {
    type Value = By;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let text = value.to_string_lossy();
        text.parse().map_err(|_| {
            let all = WORDS.map(|(word, _)| word);
            refuse(cmd, "--by cannot group by", &text, &all)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let words = WORDS.into_iter();
        Some(Box::new(
            words.map(|(word, help)| PossibleValue::new(word).help(help)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_what_is_read() {
        for (word, _) in WORDS {
            assert_eq!(word.parse::<By>().unwrap().to_string(), word);
        }
        assert_eq!(WORDS.len(), By::PLAIN.len() + 1, "nothing is kept back");
    }
}
