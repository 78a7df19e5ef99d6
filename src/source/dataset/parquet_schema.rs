//! The Parquet schema of a table. Lists and maps have the standard layout of three levels,
//! which all engines read.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::Result;
use parquet::schema::types::{Type, TypePtr};

use crate::source::dataset::schema::{ColumnDefinition, ColumnKind, Table};

/// The schema of a file of this table.
///
/// # Errors
/// Never for the tables that there are.
pub(crate) fn parquet_schema(table: Table) -> Result<TypePtr> {
    let fields: Result<Vec<TypePtr>> = table.columns().iter().map(field).collect();
    let root = Type::group_type_builder(table.as_str()).with_fields(fields?);
    Ok(Arc::new(root.build()?))
}

fn field(column: &ColumnDefinition) -> Result<TypePtr> {
    let repetition = if column.is_required {
        Repetition::REQUIRED
    } else {
        Repetition::OPTIONAL
    };
    match column.kind {
        ColumnKind::Text | ColumnKind::Word => text(column.name, repetition),
        ColumnKind::Count => primitive(column.name, Physical::INT64, None, repetition),
        ColumnKind::Bool => primitive(column.name, Physical::BOOLEAN, None, repetition),
        ColumnKind::Time => {
            let time = LogicalType::timestamp(true, TimeUnit::MICROS);
            primitive(column.name, Physical::INT64, Some(time), repetition)
        }
        ColumnKind::TextList => {
            let element = text("element", Repetition::REQUIRED)?;
            let list = repeated("list", vec![element])?;
            nested(column.name, LogicalType::List, list, repetition)
        }
        ColumnKind::TextMap => {
            let entry = vec![
                text("key", Repetition::REQUIRED)?,
                text("value", Repetition::REQUIRED)?,
            ];
            let entries = repeated("key_value", entry)?;
            nested(column.name, LogicalType::Map, entries, repetition)
        }
    }
}

fn text(name: &str, repetition: Repetition) -> Result<TypePtr> {
    let kind = Some(LogicalType::String);
    primitive(name, Physical::BYTE_ARRAY, kind, repetition)
}

fn primitive(
    name: &str,
    physical: Physical,
    logical: Option<LogicalType>,
    repetition: Repetition,
) -> Result<TypePtr> {
    let field = Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition);
    Ok(Arc::new(field.build()?))
}

fn repeated(name: &str, fields: Vec<TypePtr>) -> Result<TypePtr> {
    let group = Type::group_type_builder(name)
        .with_repetition(Repetition::REPEATED)
        .with_fields(fields);
    Ok(Arc::new(group.build()?))
}

fn nested(
    name: &str,
    logical: LogicalType,
    inner: TypePtr,
    repetition: Repetition,
) -> Result<TypePtr> {
    let group = Type::group_type_builder(name)
        .with_logical_type(Some(logical))
        .with_repetition(repetition)
        .with_fields(vec![inner]);
    Ok(Arc::new(group.build()?))
}
