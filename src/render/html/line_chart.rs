//! A share over time as a small picture (SVG), with its values as text.

use std::io::Write;

use anyhow::Result;
use askama::Template;
use jiff::Timestamp;

use crate::columns::Percent;
use crate::render::html::page::{page_time, write_template};

/// The size of the picture, in its units; a page stretches it.
const WIDTH: i64 = 1000;
const HEIGHT: u32 = 200;

/// A hundred percent, in tenths.
const WHOLE: u32 = 1000;

#[derive(Template)]
#[template(path = "line_chart.html")]
struct LineChartTemplate<'a> {
    title: &'a str,
    text: String,
    /// Lines between points without a gap.
    lines: Vec<String>,
    dots: Vec<Dot>,
    first: String,
    last: String,
}

struct Dot {
    x: i64,
    y: u32,
    class: &'static str,
    text: String,
}

/// A share at moments, oldest first.
pub(in crate::render) struct LineChart<'a> {
    pub title: &'a str,
    pub points: Vec<SharePoint>,
}

/// A share at a moment.
pub(in crate::render) struct SharePoint {
    pub at: Timestamp,
    /// In tenths of a percent; `None` is a gap.
    pub tenths: Option<u32>,
    /// Was everything read that it is computed from?
    pub is_complete: bool,
}

impl LineChart<'_> {
    /// Writes the picture; nothing with fewer than two shares.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn write(&self, out: &mut dyn Write) -> Result<()> {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return Ok(());
        };
        let (from, to) = (first.at.as_second(), last.at.as_second());
        let x = |at: Timestamp| {
            let part = i128::from(at.as_second() - from) * i128::from(WIDTH);
            i64::try_from(part / i128::from((to - from).max(1))).unwrap_or(WIDTH)
        };
        let y = |tenths: u32| HEIGHT - tenths.min(WHOLE) * HEIGHT / WHOLE;
        let dot = |point: &SharePoint| {
            let tenths = point.tenths?;
            let doubt = if point.is_complete {
                ""
            } else {
                ", not everything was read"
            };
            let (at, share) = (page_time(point.at), Percent { tenths });
            Some(Dot {
                x: x(point.at),
                y: y(tenths),
                class: if point.is_complete { "good" } else { "unknown" },
                text: format!("{at}: {share}%{doubt}"),
            })
        };
        let dots: Vec<Dot> = self.points.iter().filter_map(dot).collect();
        if dots.len() < 2 {
            return Ok(());
        }
        let parts = self.points.split(|point| point.tenths.is_none());
        let line = |points: &[SharePoint]| {
            let at = points.iter().filter_map(dot);
            let at = at.map(|dot| format!("{},{}", dot.x, dot.y));
            at.collect::<Vec<_>>().join(" ")
        };
        let texts: Vec<&str> = dots.iter().map(|dot| dot.text.as_str()).collect();
        let template = LineChartTemplate {
            title: self.title,
            text: texts.join("; "),
            lines: parts.filter(|part| part.len() > 1).map(line).collect(),
            first: page_time(first.at),
            last: page_time(last.at),
            dots,
        };
        write_template(&template, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(tenths: &[Option<u32>]) -> String {
        let points = tenths.iter().zip(0i64..).map(|(tenths, day)| SharePoint {
            at: Timestamp::from_second(day * 86_400).unwrap(),
            tenths: *tenths,
            is_complete: day != 1,
        });
        let chart = LineChart {
            title: "t",
            points: points.collect(),
        };
        let mut out = Vec::new();
        chart.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_share_is_a_point_and_what_is_not_known_is_a_gap() {
        let shown = chart(&[Some(0), Some(500), None, Some(1000), Some(999)]);
        let line = |points: &str| format!("points=\"{points}\"");
        assert!(shown.contains(&line("0,200 250,100")), "{shown}");
        assert!(shown.contains(&line("750,0 1000,1")), "{shown}");
        assert_eq!(shown.matches("<polyline").count(), 2);
        assert!(shown.contains("50.0%, not everything was read"), "{shown}");
    }

    #[test]
    fn one_share_is_no_trend() {
        assert_eq!(chart(&[None, Some(500), None]), "");
        assert_eq!(chart(&[]), "");
    }
}
