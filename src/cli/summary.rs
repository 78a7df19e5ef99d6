//! The flags of `summary`.
//!
//! Knows how they are written. Must not know how groups are made.

use clap::Args;
use clap::builder::PossibleValue;

use crate::aggregate::summary::NodeGrouping;
use crate::cli::value_parsers::CompletingParser;
use crate::cli::{LayoutArgs, OutputArgs, SelectArgs, VerdictArgs};
use crate::report::NodeGroup;
use crate::suggest::unknown_word;

#[derive(Debug, Args)]
pub struct SummaryArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// What nodes are grouped by; `tag:KEY` is the value of that tag
    #[arg(long, value_name = "WHAT", value_parser = NODE_GROUPING_PARSER, default_value_t = NodeGrouping::default(), help_heading = "Group")]
    pub by: NodeGrouping,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<NodeGroup>,
}

impl SummaryArgs {
    /// Which nodes: where nothing is said, all of them.
    #[must_use]
    pub fn select_or_all(&self) -> SelectArgs {
        let select = self.select.clone();
        let is_said = !select.ids.is_empty()
            || !select.ids_file.is_empty()
            || select.to_selector().needs_discovery();
        SelectArgs {
            all: select.all || !is_said,
            ..select
        }
    }
}

/// What the flag takes, as it is completed and told.
const GROUPING_WORDS: [(&str, &str); 7] = [
    ("patch-group", "the patch group of the last scan"),
    ("platform", "the operating system and its version"),
    ("region", "the region"),
    ("account", "the account"),
    ("baseline", "the patch baseline of the last scan"),
    ("verdict", "COMPLIANT, NON_COMPLIANT ..."),
    ("tag:KEY", "the value of the tag KEY"),
];

const NODE_GROUPING_PARSER: CompletingParser<NodeGrouping> = CompletingParser {
    parse: |text| {
        text.parse().map_err(|_| {
            unknown_word(
                "--by cannot group by",
                text,
                &GROUPING_WORDS.map(|(word, _)| word),
            )
        })
    },
    possible_values: || {
        GROUPING_WORDS
            .map(|(word, help)| PossibleValue::new(word).help(help))
            .to_vec()
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_what_is_read() {
        for (word, _) in GROUPING_WORDS {
            assert_eq!(word.parse::<NodeGrouping>().unwrap().to_string(), word);
        }
        assert_eq!(
            GROUPING_WORDS.len(),
            NodeGrouping::BUILT_IN.len() + 1,
            "nothing is kept back"
        );
    }
}
