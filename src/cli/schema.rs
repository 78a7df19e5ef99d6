//! The arguments of `schema`: a JSON document, or an engine that reads datasets.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::value_parsers::{CompletingParser, parse_max_age};
use crate::duration::MaxAge;
use crate::source::dataset::location::DatasetLocation;
use crate::sql::Engine;
use crate::suggest::unknown_word;

/// What `schema` describes: JSON documents and the tables of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaDocument {
    States,
    Patches,
    /// Output of `patches --by`
    Pivot,
    Collect,
    Verify,
    Doctor,
    Check,
    Summary,
    Report,
    Diff,
    History,
    Trend,
    /// Output of --estimate
    Estimate,
    /// Output of `config show`
    Config,
    /// Tables and columns of a dataset
    Dataset,
}

const ENGINE_PARSER: CompletingParser<Engine> = CompletingParser {
    parse: |text| {
        let mut all = Engine::ALL.into_iter();
        let found = all.find(|engine| engine.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| {
            unknown_word(
                "--for: unknown engine",
                text,
                &Engine::ALL.map(Engine::name),
            )
        })
    },
    possible_values: || {
        let names = Engine::ALL.into_iter().map(Engine::name);
        names.map(PossibleValue::new).collect()
    },
};

fn parse_location(text: &str) -> Result<DatasetLocation, String> {
    DatasetLocation::parse(text).map_err(|error| format!("--at: {error}"))
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The document
    #[arg(required_unless_present = "engine")]
    pub document: Option<SchemaDocument>,
    /// Print tables over a dataset, and views that judge and compare its nodes, for this engine
    #[arg(id = "engine", long = "for", value_name = "ENGINE", value_parser = ENGINE_PARSER, conflicts_with = "document")]
    pub engine: Option<Engine>,
    /// Where the dataset is: a folder, or s3://BUCKET/PREFIX
    #[arg(id = "at", long = "at", value_name = "LOCATION", value_parser = parse_location, requires = "engine", default_value = "s3://BUCKET/PREFIX")]
    pub location: DatasetLocation,
    /// The age from which a scan is stale, as in 7d; `none` for any
    #[arg(id = "judged_max_age", long = "max-age", value_name = "AGE", value_parser = parse_max_age, requires = "engine", default_value_t = MaxAge::default())]
    pub max_age: MaxAge,
}
