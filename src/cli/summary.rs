//! Arguments of `summary`.

use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValue;

use crate::aggregate::summary::{NodeGrouping, NodeGroupings};
use crate::cli::from::FromArgs;
use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::cli::select::{SelectArgs, VerdictArgs};
use crate::cli::value_parsers::{CompletingParser, parse_watch_pace};
use crate::report::NodeGroup;
use crate::suggest::unknown_word;

#[derive(Debug, Args)]
pub(crate) struct SummaryArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub from: FromArgs,
    /// Group nodes by this, or by two such as account,region or tag:Team,tag:Env; `tag:KEY` is the value of a tag
    #[arg(long, value_name = "GROUP,...", value_parser = NODE_GROUPING_PARSER, default_value_t = NodeGroupings::default(), help_heading = "Group")]
    pub by: NodeGroupings,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<NodeGroup>,
    /// Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]
    #[arg(long, value_name = "PACE", num_args = 0..=1, default_missing_value = "30s", value_parser = parse_watch_pace, conflicts_with_all = ["estimate", "from"], help_heading = "Output")]
    pub watch: Option<Duration>,
}

impl SummaryArgs {
    /// The selection, or every node if none is given.
    #[must_use]
    pub(crate) fn select_or_all(&self) -> SelectArgs {
        self.select.or_all()
    }
}

/// Values of `--by`, with help for completion.
const GROUPING_WORDS: [(&str, &str); 7] = [
    ("patch-group", "the patch group of the last scan"),
    ("platform", "the operating system and its version"),
    ("region", "the region"),
    ("account", "the account"),
    ("baseline", "the patch baseline of the last scan"),
    ("verdict", "COMPLIANT, NON_COMPLIANT ..."),
    ("tag:KEY", "the value of the tag KEY"),
];

pub(super) const NODE_GROUPING_PARSER: CompletingParser<NodeGroupings> = CompletingParser {
    parse: |text| {
        let parse_one = |word: &str| -> Result<NodeGrouping, String> {
            let words = GROUPING_WORDS.map(|(word, _)| word);
            let unknown = |_| unknown_word("--by: unknown group", word, &words);
            word.parse().map_err(unknown)
        };
        let keys: Result<Vec<_>, _> = text.split(',').map(parse_one).collect();
        match &keys?[..] {
            [first] => Ok(first.clone().into()),
            [first, second] if first == second => Err(format!("--by names {first} twice")),
            [first, second] => Ok(NodeGroupings {
                first: first.clone(),
                second: Some(second.clone()),
            }),
            more => Err(format!("--by takes one or two groups, not {}", more.len())),
        }
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
    fn every_offered_group_is_parsed() {
        for (word, _) in GROUPING_WORDS {
            assert_eq!(word.parse::<NodeGrouping>().unwrap().to_string(), word);
        }
        assert_eq!(
            GROUPING_WORDS.len(),
            NodeGrouping::BUILT_IN.len() + 1,
            "every group is offered"
        );
    }
}
