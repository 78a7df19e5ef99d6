//! The engines that read a dataset, and how the SQL of each differs from the others'.

use crate::source::dataset::schema::ColumnKind;

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    DuckDb,
    Spark,
    Athena,
    Trino,
}

impl Engine {
    pub(crate) const ALL: [Self; 4] = [Self::DuckDb, Self::Spark, Self::Athena, Self::Trino];

    /// The name, as it is typed.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
            Self::Athena => "athena",
            Self::Trino => "trino",
        }
    }

    /// Does it read buckets only?
    #[must_use]
    pub(crate) const fn reads_only_s3(self) -> bool {
        matches!(self, Self::Athena | Self::Trino)
    }

    /// Does a query in it name its snapshots, because partitions are projected and not
    /// listed?
    #[must_use]
    pub(super) const fn projects_partitions(self) -> bool {
        matches!(self, Self::Athena)
    }

    /// The type of a column.
    #[must_use]
    pub(super) const fn column_type(self, kind: ColumnKind) -> &'static str {
        match (self, kind) {
            (Self::Spark | Self::Athena, ColumnKind::Text | ColumnKind::Word) => "STRING",
            (_, ColumnKind::Text | ColumnKind::Word) => "VARCHAR",
            (_, ColumnKind::Count) => "BIGINT",
            (_, ColumnKind::Bool) => "BOOLEAN",
            (_, ColumnKind::Time) => self.time_type(),
            (Self::DuckDb, ColumnKind::TextList) => "VARCHAR[]",
            (Self::Trino, ColumnKind::TextList) => "ARRAY(VARCHAR)",
            (_, ColumnKind::TextList) => "ARRAY<STRING>",
            (Self::DuckDb | Self::Trino, ColumnKind::TextMap) => "MAP(VARCHAR, VARCHAR)",
            (_, ColumnKind::TextMap) => "MAP<STRING, STRING>",
        }
    }

    /// The type of a moment. Those without a zone are in UTC, as the files are.
    #[must_use]
    pub(super) const fn time_type(self) -> &'static str {
        match self {
            Self::DuckDb => "TIMESTAMPTZ",
            Self::Spark | Self::Athena => "TIMESTAMP",
            Self::Trino => "TIMESTAMP(6)",
        }
    }

    /// The moment of a text such as `2026-11-26T05:00:00Z`.
    #[must_use]
    pub(super) fn parse_time(self, text: &str) -> String {
        match self {
            Self::DuckDb | Self::Spark => format!("CAST({text} AS {})", self.time_type()),
            Self::Athena => {
                format!("CAST(from_iso8601_timestamp({text}) AT TIME ZONE 'UTC' AS TIMESTAMP)")
            }
            Self::Trino => format!(
                "CAST(from_iso8601_timestamp_nanos({text}) AT TIME ZONE 'UTC' AS TIMESTAMP(6))"
            ),
        }
    }

    /// Whole seconds since 1970 of a moment.
    #[must_use]
    pub(super) fn epoch_seconds(self, moment: &str) -> String {
        match self {
            Self::DuckDb => format!("CAST(floor(epoch({moment})) AS BIGINT)"),
            Self::Spark => format!("unix_seconds({moment})"),
            Self::Athena | Self::Trino => {
                format!("CAST(floor(to_unixtime(with_timezone({moment}, 'UTC'))) AS BIGINT)")
            }
        }
    }

    /// Whether a map has a key.
    #[must_use]
    pub(super) fn has_key(self, map: &str, key: &str) -> String {
        match self {
            Self::DuckDb => format!("map_contains({map}, {key})"),
            Self::Spark => format!("map_contains_key({map}, {key})"),
            Self::Athena | Self::Trino => format!("contains(map_keys({map}), {key})"),
        }
    }

    /// A text that cannot be had, because the query has to end with this message.
    #[must_use]
    pub(super) fn fail(self, message: &str) -> String {
        match self {
            Self::DuckDb => format!("error('{message}')"),
            Self::Spark => format!("raise_error('{message}')"),
            Self::Athena | Self::Trino => format!("CAST(fail('{message}') AS VARCHAR)"),
        }
    }

    /// A literal of a text. The DDL of Spark and Athena takes escapes of its own.
    #[must_use]
    pub(super) fn literal(self, text: &str) -> String {
        match self {
            Self::Spark | Self::Athena => format!("'{}'", text.replace('\'', "\\'")),
            Self::DuckDb | Self::Trino => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// SQL with its names in the quotation marks of the engine; they stand in `"` before.
    #[must_use]
    pub(super) fn requote(self, sql: &str) -> String {
        match self {
            Self::Spark => sql.replace('"', "`"),
            Self::DuckDb | Self::Athena | Self::Trino => sql.to_owned(),
        }
    }
}
