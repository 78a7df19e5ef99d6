//! Bars of several parts as small pictures (SVG), each with its counts as text.

use std::io::Write;

use anyhow::Result;
use askama::Template;

use crate::render::html::page::write_template;
use crate::sanitize::sanitize;

/// The length of the longest bar, in units of its picture.
const LENGTH: u64 = 1000;
/// What is there is seen: the least length of a part.
const MIN_LENGTH: u64 = 4;

#[derive(Template)]
#[template(path = "bar_chart.html")]
struct BarChartTemplate<'a> {
    title: &'a str,
    parts: &'a [(&'a str, &'static str)],
    bars: Vec<Bar>,
}

struct Bar {
    label: String,
    text: String,
    segments: Vec<Segment>,
}

struct Segment {
    x: u64,
    width: u64,
    class: &'static str,
    text: String,
}

/// Bars of several parts.
pub(in crate::render) struct BarChart<'a> {
    /// What the bars show.
    pub title: &'a str,
    /// The name of each part, and the class of its colour.
    pub parts: &'a [(&'a str, &'static str)],
    /// The label of each bar, and its parts.
    pub bars: Vec<(String, Vec<u64>)>,
    /// Is each bar as long as the others, so that it shows shares?
    pub is_share: bool,
}

impl BarChart<'_> {
    /// Writes the picture; nothing where every bar is empty.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn write(&self, out: &mut dyn Write) -> Result<()> {
        let sum = |parts: &[u64]| parts.iter().sum::<u64>();
        let longest = self.bars.iter().map(|(_, parts)| sum(parts)).max();
        let Some(longest) = longest.filter(|longest| *longest > 0) else {
            return Ok(());
        };
        let bars = self.bars.iter().map(|(label, parts)| {
            let whole = if self.is_share { sum(parts) } else { longest };
            self.bar(label, parts, whole)
        });
        let template = BarChartTemplate {
            title: self.title,
            parts: self.parts,
            bars: bars.collect(),
        };
        write_template(&template, out)
    }

    fn bar(&self, label: &str, parts: &[u64], whole: u64) -> Bar {
        let mut segments: Vec<Segment> = Vec::new();
        for ((name, class), count) in self.parts.iter().zip(parts) {
            if *count == 0 {
                continue;
            }
            let share = u128::from(*count) * u128::from(LENGTH) / u128::from(whole.max(1));
            let width = u64::try_from(share).unwrap_or(LENGTH).max(MIN_LENGTH);
            segments.push(Segment {
                x: 0,
                width,
                class,
                text: format!("{name}: {count}"),
            });
        }
        fit(&mut segments, parts.iter().sum::<u64>() == whole);
        let texts: Vec<&str> = segments.iter().map(|part| part.text.as_str()).collect();
        Bar {
            label: sanitize(label).into_owned(),
            text: if texts.is_empty() {
                "none".to_owned()
            } else {
                texts.join(", ")
            },
            segments,
        }
    }
}

/// Sets the parts one after another. What rounding leaves over, or has given away, falls on
/// the longest part, so that a whole bar is as long as the others.
fn fit(segments: &mut [Segment], is_whole: bool) {
    let used: u64 = segments.iter().map(|segment| segment.width).sum();
    let longest = segments.iter_mut().max_by_key(|segment| segment.width);
    if let Some(longest) = longest.filter(|_| is_whole || used > LENGTH) {
        longest.width = (longest.width + LENGTH).saturating_sub(used);
    }
    let mut x = 0;
    for segment in segments {
        segment.x = x;
        x += segment.width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_part_that_is_there_is_seen_and_a_share_fills_its_bar(
            counts in proptest::collection::vec(prop_oneof![Just(0u64), 1u64..5, 0u64..1_000_000_000], 4),
            other in 0u64..1_000_000,
            is_share: bool,
        ) {
            let parts = [("a", "good"), ("b", "stale"), ("c", "unknown"), ("d", "bad")];
            let chart = BarChart { title: "t", parts: &parts, bars: Vec::new(), is_share };
            let sum: u64 = counts.iter().sum();
            let whole = if is_share { sum } else { sum + other };
            let bar = chart.bar("x", &counts, whole);
            prop_assert_eq!(bar.segments.len(), counts.iter().filter(|count| **count > 0).count());
            let mut at = 0;
            for segment in &bar.segments {
                prop_assert!(segment.width >= 1);
                prop_assert_eq!(segment.x, at);
                at += segment.width;
            }
            prop_assert!(at <= LENGTH);
            prop_assert!(sum == 0 || !is_share || at == LENGTH);
        }
    }
}
