//! Mutations of texts, elements, rows and page tokens of XML documents.
//!
//! Parses what [`crate::demo::query`] writes: no attributes below the root, no comments.

use fastrand::Rng;

use crate::demo::mutate::kind::{HUGE_TEXT_BYTES, MutationKind, NESTING_DEPTH, NUMBERS, TEXTS};

/// An element, by its offsets in the document.
#[derive(Debug, Clone, Copy)]
struct Element<'a> {
    name: &'a str,
    start: usize,
    /// Start and end of its content.
    inner: (usize, usize),
    end: usize,
    is_leaf: bool,
}

/// Elements that are rows of a list.
const ROWS: [&str; 2] = ["item", "member"];

/// The mutated document; `None` if the kind is not applicable.
pub(super) fn mutate(kind: MutationKind, body: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let all = elements(text);
    let root = *all.last()?;
    let pick = |rng: &mut Rng, fits: &dyn Fn(&Element) -> bool| {
        let fitting: Vec<_> = all.iter().filter(|one| fits(one)).copied().collect();
        rng.choice(fitting)
    };
    let leaf = |one: &Element| one.is_leaf;
    let row = |one: &Element| ROWS.contains(&one.name);
    let changed = match kind {
        MutationKind::WrongType => {
            let one = pick(rng, &leaf)?;
            let inner = &text[one.inner.0..one.inner.1];
            let others = [
                format!("<a>{inner}</a>"),
                "7".to_owned(),
                "true".to_owned(),
                format!("{inner}<b/>"),
            ];
            replace(text, one.inner, rng.choice(&others)?)
        }
        MutationKind::Null => {
            let one = pick(rng, &|_| true)?;
            replace(text, (one.start, one.end), &format!("<{}/>", one.name))
        }
        MutationKind::MissingMember => {
            let one = pick(rng, &|one| one.end < root.end)?;
            replace(text, (one.start, one.end), "")
        }
        MutationKind::OddNumber => {
            let is_number = |one: &Element| {
                one.is_leaf && text[one.inner.0..one.inner.1].parse::<f64>().is_ok()
            };
            replace(text, pick(rng, &is_number)?.inner, rng.choice(&NUMBERS)?)
        }
        MutationKind::OddText => {
            let escapes = [
                "&#0;",
                "&undefined;",
                "<![CDATA[<a>]]>",
                "&#x1b;[31m",
                "&#xd800;",
            ];
            let long = "x".repeat(HUGE_TEXT_BYTES);
            let odd = match rng.u8(..4) {
                0 => &long,
                1 => *rng.choice(&TEXTS)?,
                _ => *rng.choice(&escapes)?,
            };
            replace(text, pick(rng, &leaf)?.inner, odd)
        }
        MutationKind::DuplicateKey => {
            let one = pick(rng, &leaf)?;
            let other = format!("<{0}>{1}</{0}>", one.name, rng.choice(&TEXTS)?);
            let at = if rng.bool() { one.start } else { one.end };
            replace(text, (at, at), &other)
        }
        MutationKind::RepeatedRow => {
            let one = pick(rng, &row)?;
            replace(text, (one.end, one.end), &text[one.start..one.end])
        }
        MutationKind::MissingRow => {
            let one = pick(rng, &row)?;
            replace(text, (one.start, one.end), "")
        }
        MutationKind::NoRows => {
            let first = *all.iter().find(|one| row(one))?;
            // Elements come after their children.
            let list = all
                .iter()
                .find(|one| one.start < first.start && one.end > first.end)?;
            replace(text, list.inner, "")
        }
        MutationKind::SwappedNodes => {
            let is_id = |one: &Element| one.is_leaf && one.name == "instanceId";
            let (left, right) = (pick(rng, &is_id)?, pick(rng, &is_id)?);
            let (left, right) = if left.start < right.start {
                (left, right)
            } else {
                (right, left)
            };
            if left.start == right.start {
                return Some(replace(text, left.inner, "i-0123456789abcdef0").into());
            }
            let second = replace(text, right.inner, &text[left.inner.0..left.inner.1]);
            replace(&second, left.inner, &text[right.inner.0..right.inner.1])
        }
        MutationKind::HugeToken => with_token(text, &all, root, &"t".repeat(HUGE_TEXT_BYTES)),
        MutationKind::RepeatedToken => with_token(text, &all, root, "again"),
        MutationKind::DeepNesting => {
            let deep = format!(
                "{}{}",
                "<a>".repeat(NESTING_DEPTH),
                "</a>".repeat(NESTING_DEPTH)
            );
            replace(text, pick(rng, &|_| true)?.inner, &deep)
        }
        // These kinds change bytes.
        _ => return None,
    };
    Some(changed.into())
}

fn replace(text: &str, (start, end): (usize, usize), new: &str) -> String {
    [&text[..start], new, &text[end..]].concat()
}

fn with_token(text: &str, all: &[Element], root: Element, token: &str) -> String {
    match all.iter().find(|one| one.name == "nextToken") {
        Some(one) => replace(text, one.inner, token),
        None => replace(
            text,
            (root.inner.1, root.inner.1),
            &format!("<nextToken>{token}</nextToken>"),
        ),
    }
}

/// All elements, children before parents: the root is last.
fn elements(text: &str) -> Vec<Element<'_>> {
    let mut open: Vec<(&str, usize, usize)> = vec![];
    let mut found = vec![];
    let mut at = 0;
    let mut last_opened = 0;
    while let Some(start) = text[at..].find('<').map(|nth| at + nth) {
        let Some(end) = text[start..].find('>').map(|nth| start + nth + 1) else {
            break;
        };
        let tag = &text[start + 1..end - 1];
        if tag.starts_with('?') || tag.ends_with('/') {
            // A declaration, or an empty element.
        } else if tag.starts_with('/') {
            if let Some((name, from, inner)) = open.pop() {
                found.push(Element {
                    name,
                    start: from,
                    inner: (inner, start),
                    end,
                    is_leaf: from == last_opened,
                });
            }
        } else {
            let name = tag.split(' ').next().unwrap_or(tag);
            open.push((name, start, end));
            last_opened = start;
        }
        at = end;
    }
    found
}
