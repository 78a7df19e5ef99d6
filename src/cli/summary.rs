//! The flags of `summary`.
//!
//! Knows how they are written. Must not know how groups are made.

use clap::Args;
use clap::builder::PossibleValue;

use crate::aggregate::summary::By;
use crate::cli::value_parsers::Offered;
use crate::cli::{JudgeArgs, LayoutArgs, OutputArgs, SelectArgs};
use crate::report::Group;
use crate::suggest::unknown;

#[derive(Debug, Args)]
pub struct SummaryArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// What nodes are grouped by; `tag:KEY` is the value of that tag
    #[arg(long, value_name = "WHAT", value_parser = BY, default_value_t = By::default(), help_heading = "Group")]
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

const BY: Offered<By> = Offered {
    read: |text| {
        text.parse()
            .map_err(|_| unknown("--by cannot group by", text, &WORDS.map(|(word, _)| word)))
    },
    offers: || {
        WORDS
            .map(|(word, help)| PossibleValue::new(word).help(help))
            .to_vec()
    },
};

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
