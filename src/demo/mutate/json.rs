//! Mutations of values, members, rows and page tokens of JSON documents.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::demo::mutate::kind::{HUGE_TEXT_BYTES, MutationKind, NESTING_DEPTH, NUMBERS, TEXTS};

/// Placeholder for text that `Value` cannot represent; it has no JSON escapes.
const PLACEHOLDER: &str = "@hole@";

/// Members with the id of a row.
const IDS: [&str; 5] = ["InstanceId", "Id", "BaselineId", "PatchGroup", "Key"];

/// The mutated document; `None` if the kind is not applicable.
pub(super) fn mutate(
    kind: MutationKind,
    body: &[u8],
    asked: &[u8],
    rng: &mut Rng,
) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(body).ok()?;
    let mut hole = String::new();
    match kind {
        MutationKind::WrongType => {
            let value = pick_value(&mut document, rng, |_| true)?;
            *value = other_type(value, rng)?;
        }
        MutationKind::Null => {
            *pick_value(&mut document, rng, |value| !value.is_null())? = Value::Null;
        }
        MutationKind::MissingMember => {
            let (members, key) = member(&mut document, rng)?;
            members.remove(&key);
        }
        MutationKind::OddNumber => {
            *pick_value(&mut document, rng, Value::is_number)? = PLACEHOLDER.into();
            rng.choice(NUMBERS)?.clone_into(&mut hole);
        }
        MutationKind::OddText => {
            let value = pick_value(&mut document, rng, Value::is_string)?;
            match rng.usize(..TEXTS.len() + 2) {
                nth if nth < TEXTS.len() => *value = TEXTS[nth].into(),
                nth if nth == TEXTS.len() => *value = "x".repeat(HUGE_TEXT_BYTES).into(),
                // A lone surrogate, which only an escape can express.
                _ => {
                    *value = PLACEHOLDER.into();
                    r#""\ud800""#.clone_into(&mut hole);
                }
            }
        }
        MutationKind::DuplicateKey => {
            let (members, key) = member(&mut document, rng)?;
            let value = members.insert(key.clone(), PLACEHOLDER.into())?;
            let other = other_value(&value, rng)?;
            let (first, second) = if rng.bool() {
                (&value, &other)
            } else {
                (&other, &value)
            };
            hole = format!("{first},{}:{second}", Value::from(key));
        }
        MutationKind::RepeatedRow => {
            let rows = rows(&mut document)?;
            let mut row = rng.choice(rows.iter())?.clone();
            if rng.bool() {
                let value = pick_value(&mut row, rng, |value| !value.is_object())?;
                *value = other_value(value, rng)?;
            }
            rows.insert(rng.usize(..=rows.len()), row);
        }
        MutationKind::MissingRow => {
            let rows = rows(&mut document)?;
            let nth = rng.usize(..rows.len());
            rows.remove(nth);
        }
        MutationKind::NoRows => rows(&mut document)?.clear(),
        MutationKind::SwappedNodes => swap(rows(&mut document)?, rng)?,
        MutationKind::HugeToken => put_token(&mut document, "t".repeat(HUGE_TEXT_BYTES))?,
        MutationKind::RepeatedToken => {
            let asked: Value = serde_json::from_slice(asked).ok()?;
            let before = asked["NextToken"].as_str().unwrap_or("again");
            put_token(&mut document, before.to_owned())?;
        }
        MutationKind::DeepNesting => {
            *pick_value(&mut document, rng, |_| true)? = PLACEHOLDER.into();
            hole = if rng.bool() {
                format!("{}{}", "[".repeat(NESTING_DEPTH), "]".repeat(NESTING_DEPTH))
            } else {
                format!(
                    "{}1{}",
                    r#"{"a":"#.repeat(NESTING_DEPTH),
                    "}".repeat(NESTING_DEPTH)
                )
            };
        }
        // These kinds change bytes.
        _ => return None,
    }
    let quoted = format!("\"{PLACEHOLDER}\"");
    Some(document.to_string().replacen(&quoted, &hole, 1).into())
}

/// A random value of the document that satisfies the predicate. Half of the time, a top-level one: lists and tokens.
fn pick_value<'a>(
    document: &'a mut Value,
    rng: &mut Rng,
    fits: impl Fn(&Value) -> bool + Copy,
) -> Option<&'a mut Value> {
    if rng.bool()
        && let Some(members) = document.as_object()
    {
        let names = members.iter().filter(|(_, value)| fits(value));
        if let Some(name) = rng.choice(names.map(|(name, _)| name.clone()).collect::<Vec<_>>()) {
            return document.get_mut(&name);
        }
    }
    let mut count = 0;
    visit(document, &mut |value| {
        count += usize::from(fits(value));
        false
    });
    let nth = rng.choice(0..count)?;
    let mut at = 0;
    visit(document, &mut |value| {
        at += usize::from(fits(value));
        at > nth
    })
}

/// The first value for which `found` is true, parents before children.
fn visit<'a>(
    value: &'a mut Value,
    found: &mut impl FnMut(&Value) -> bool,
) -> Option<&'a mut Value> {
    if found(value) {
        return Some(value);
    }
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| visit(item, found)),
        Value::Object(members) => members.values_mut().find_map(|value| visit(value, found)),
        _ => None,
    }
}

/// A random member of an object.
fn member<'a>(
    document: &'a mut Value,
    rng: &mut Rng,
) -> Option<(&'a mut Map<String, Value>, String)> {
    let members = pick_value(document, rng, |value| {
        value.as_object().is_some_and(|members| !members.is_empty())
    })?
    .as_object_mut()?;
    let key = rng.choice(members.keys())?.clone();
    Some((members, key))
}

/// The list of rows of the document, if it has rows.
fn rows(document: &mut Value) -> Option<&mut Vec<Value>> {
    let mut members = document.as_object_mut()?.values_mut();
    members.find_map(|value| value.as_array_mut().filter(|rows| !rows.is_empty()))
}

/// Swaps the ids of two rows, or gives a single row an unknown id.
fn swap(rows: &mut [Value], rng: &mut Rng) -> Option<()> {
    let key = *IDS.iter().find(|key| rows[0].get(**key).is_some())?;
    if rows.len() == 1 {
        rows[0][key] = "i-0123456789abcdef0".into();
        return Some(());
    }
    let left = rng.usize(..rows.len());
    let right = (left + rng.usize(1..rows.len())) % rows.len();
    let id = rows[left].get_mut(key)?.take();
    let other = std::mem::replace(rows[right].get_mut(key)?, id);
    rows[left][key] = other;
    Some(())
}

fn put_token(document: &mut Value, token: String) -> Option<()> {
    let members = document.as_object_mut()?;
    members.insert("NextToken".to_owned(), token.into());
    Some(())
}

fn other_type(value: &Value, rng: &mut Rng) -> Option<Value> {
    let others = [
        json!(true),
        json!(7),
        json!("7"),
        json!([value]),
        json!({ "a": value }),
        json!([]),
        json!({}),
        json!(value.to_string()),
    ];
    let kind = std::mem::discriminant(value);
    let others = others.into_iter();
    rng.choice(
        others
            .filter(|other| std::mem::discriminant(other) != kind)
            .collect::<Vec<_>>(),
    )
}

/// Another value of the same type.
fn other_value(value: &Value, rng: &mut Rng) -> Option<Value> {
    Some(match value {
        Value::Number(number) if number.as_i64() == Some(0) => json!(rng.u8(1..)),
        Value::Number(_) => json!(0),
        Value::String(_) => json!(*rng.choice(&TEXTS)?),
        Value::Bool(is) => json!(!is),
        Value::Null => json!(1),
        Value::Array(_) | Value::Object(_) => Value::Null,
    })
}
