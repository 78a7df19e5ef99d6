//! The lines above the table of `trend`: how the share of compliant nodes went, as a plot of
//! all nodes and a line for each group, where there is a terminal.

mod canvas;
mod scale;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr as _;

use crate::aggregate::trend::{SeriesKey, Trend, TrendPoint, TrendSnapshot};
use crate::columns::Percent;
use crate::render::Charset;
use crate::render::column_widths::shorten;
use crate::render::tone::{Tone, TonedText};
use crate::render::trend_plot::canvas::{Canvas, Dot};
use crate::render::trend_plot::scale::{Scale, TimeSpan};
use crate::sanitize::sanitize;
use crate::text::count;

/// Lines of the plot, and beside lines of groups.
const ROWS: usize = 9;
const ROWS_WITH_GROUPS: usize = 6;

/// More groups than this do not fit one screen.
const MAX_GROUPS: usize = 25;

/// A plot narrower than this shows nothing, and a wider one shows no more.
const MIN_COLUMNS: usize = 16;
const MAX_COLUMNS: usize = 140;

/// The width of a label: of a share at the axis, and of the longest name of a group, which
/// has a quarter of the terminal at most.
const MIN_LABEL: usize = 4;
const MAX_LABEL: usize = 40;
const LABELS: usize = 4;

/// What stands right of the line of a group.
const FIGURES: usize = 31;

/// What stands where something could not be read.
const UNREAD: char = '?';

/// The width of a day, as in 2026-11-26.
const DAY_WIDTH: usize = 10;

/// The lines above the rows: a sentence, and where there is room, plots.
#[must_use]
pub(super) fn head(trend: &Trend, width: Option<usize>, charset: Charset) -> Vec<Vec<TonedText>> {
    let (Some(first), Some(last)) = (trend.snapshots.first(), trend.snapshots.last()) else {
        return Vec::new();
    };
    let mut lines = vec![vec![plain(sentence(first, last))]];
    let groups = shown_groups(trend);
    let span = TimeSpan {
        first: first.snapshot.started,
        last: last.snapshot.started,
    };
    let Some(width) = width.filter(|_| trend.snapshots.len() > 1) else {
        return lines;
    };
    let labels = groups.iter().map(|group| group.label.width());
    let most = (width / LABELS).clamp(MIN_LABEL, MAX_LABEL);
    let label = labels.max().unwrap_or(0).clamp(MIN_LABEL, most);
    let figures = if groups.is_empty() { 0 } else { FIGURES };
    let room = width.checked_sub(label + 2 + figures);
    let Some(columns) = room.filter(|room| *room >= MIN_COLUMNS) else {
        return lines;
    };
    let plot = Plot {
        span,
        moments: trend
            .snapshots
            .iter()
            .map(|of| of.snapshot.started)
            .collect(),
        label,
        columns: columns.min(MAX_COLUMNS),
        charset,
    };
    let rows = if groups.is_empty() {
        ROWS
    } else {
        ROWS_WITH_GROUPS
    };
    let total = trend.total_points();
    lines.push(Vec::new());
    lines.extend(plot.chart(&total, rows));
    lines.extend(plot.group_lines(trend, &groups));
    let is_incomplete = |point: &Option<TrendPoint>| point.is_some_and(|of| !of.is_complete);
    if total.iter().any(is_incomplete) {
        lines.push(vec![
            (UNREAD.to_string(), Tone::Warning),
            plain(" something could not be read".to_owned()),
        ]);
    }
    lines
}

/// "76.6% of 360 nodes are compliant, up from 65.8% of 358 on 2026-11-01"
fn sentence(first: &TrendSnapshot, last: &TrendSnapshot) -> String {
    let share = |of: &TrendSnapshot| {
        let tenths = of.total.compliant_tenths();
        tenths.map(|tenths| format!("{}%", Percent { tenths }))
    };
    let now = match share(last) {
        Some(share) if last.total.nodes == 1 => format!("{share} of 1 node is compliant"),
        Some(share) => format!("{share} of {} nodes are compliant", last.total.nodes),
        None => "no nodes".to_owned(),
    };
    let tenths = [first, last].map(|of| of.total.compliant_tenths());
    let verb = match tenths[1].cmp(&tenths[0]) {
        _ if first.snapshot == last.snapshot => return now,
        _ if tenths.contains(&None) => "after",
        std::cmp::Ordering::Less => "down from",
        std::cmp::Ordering::Equal => "unchanged from",
        std::cmp::Ordering::Greater => "up from",
    };
    let before = match share(first) {
        Some(share) => format!("{share} of {}", first.total.nodes),
        None => "none".to_owned(),
    };
    format!("{now}, {verb} {before} on {}", day(first.snapshot.started))
}

fn plain(text: String) -> TonedText {
    (text, Tone::Plain)
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// A group that has a line.
struct Group<'a> {
    label: String,
    points: &'a [Option<TrendPoint>],
}

/// The groups, those first that are worst now.
fn shown_groups(trend: &Trend) -> Vec<Group<'_>> {
    let mut series: Vec<(&SeriesKey, &[Option<TrendPoint>])> = trend.series().collect();
    series.sort_by_key(|(key, points)| {
        let now = points.last().copied().flatten();
        let nodes = now.map_or(0, |point| point.nodes);
        let share = now.map(|point| point.compliant_tenths);
        // What is no longer there comes last; what is unread, first.
        (share.is_none(), share, std::cmp::Reverse(nodes), *key)
    });
    let groups = series.into_iter().map(|((key, second), points)| {
        let names = [Some(key), second.as_ref()].into_iter().flatten();
        let names: Vec<String> = names
            .map(|key| sanitize(&key.label()).into_owned())
            .collect();
        Group {
            label: names.join(" / "),
            points,
        }
    });
    groups.collect()
}

/// Where plots stand, one below the other.
struct Plot {
    span: TimeSpan,
    moments: Vec<Timestamp>,
    /// Columns of the labels, and of what is right of them.
    label: usize,
    columns: usize,
    charset: Charset,
}

impl Plot {
    /// The shares over time, between an axis of shares and one of days.
    fn chart(&self, points: &[Option<TrendPoint>], rows: usize) -> Vec<Vec<TonedText>> {
        let shares = points.iter().map(|point| point.as_ref()?.compliant_tenths);
        let Some(scale) = Scale::of(shares.clone().flatten()) else {
            return Vec::new();
        };
        let mut canvas = Canvas::new(self.columns, rows, self.charset);
        let (across, down) = canvas.dots();
        let mut before: Option<Dot> = None;
        for (at, share) in self.moments.iter().zip(shares) {
            let dot = share.map(|share| (self.span.dot(*at, across), scale.dot(share, down)));
            if let Some(dot) = dot {
                canvas.line(before.unwrap_or(dot), dot);
            }
            before = dot;
        }
        let (tick, axis, corner, base) = match self.charset {
            Charset::Unicode => ('┤', '│', '└', '─'),
            Charset::Ascii => ('+', '|', '+', '-'),
        };
        let label = self.label;
        let mut lines = Vec::new();
        for row in 0..rows {
            let mut at_row = scale.lines();
            let share = at_row.find(|share| canvas.row_of(scale.dot(*share, down)) == row);
            let (name, sign) = match share {
                Some(share) => (format!("{}%", share / 10), tick),
                None => (String::new(), axis),
            };
            lines.push(vec![
                (format!("{name:>label$} {sign}"), Tone::Dim),
                plain(canvas.row(row)),
            ]);
        }
        let base: String = std::iter::repeat_n(base, self.columns).collect();
        lines.push(vec![(format!("{:label$} {corner}{base}", ""), Tone::Dim)]);
        let marks = self.unread_marks(points);
        if marks.contains(UNREAD) {
            lines.push(vec![(format!("{:label$}  {marks}", ""), Tone::Warning)]);
        }
        lines.push(vec![(format!("{:label$}  {}", "", self.days()), Tone::Dim)]);
        lines
    }

    /// A sign below each place at which something could not be read.
    fn unread_marks(&self, points: &[Option<TrendPoint>]) -> String {
        let mut marks = vec![' '; self.columns];
        for (at, point) in self.moments.iter().zip(points) {
            if point.is_some_and(|point| !point.is_complete) {
                marks[self.span.dot(*at, self.columns)] = UNREAD;
            }
        }
        marks.into_iter().collect()
    }

    /// The days at both ends, and one in the middle where there is room.
    fn days(&self) -> String {
        let (first, last) = (self.span.first, self.span.last);
        let half = (last.as_second() - first.as_second()) / 2;
        let middle = Timestamp::from_second(first.as_second() + half).unwrap_or(first);
        let (first, middle, last) = (day(first), day(middle), day(last));
        let room = self.columns.saturating_sub(2 * DAY_WIDTH);
        if first == last {
            first
        } else if room >= 2 * DAY_WIDTH && middle != first && middle != last {
            let left = room.saturating_sub(DAY_WIDTH) / 2;
            let right = room - DAY_WIDTH - left;
            format!("{first}{:left$}{middle}{:right$}{last}", "", "")
        } else if self.columns > 2 * DAY_WIDTH {
            format!("{first}{:room$}{last}", "")
        } else {
            first
        }
    }

    /// A line for each group below the plot, all with one scale.
    fn group_lines(&self, trend: &Trend, groups: &[Group<'_>]) -> Vec<Vec<TonedText>> {
        let all = groups.iter().flat_map(|group| group.points);
        let shares = all.filter_map(|point| point.as_ref()?.compliant_tenths);
        let Some(scale) = Scale::of(shares) else {
            return Vec::new();
        };
        let levels = self.levels();
        let percent = |tenths: u32| tenths / 10;
        let (low, high) = (percent(scale.low), percent(scale.high));
        let (least, most) = (levels[0], levels[levels.len() - 1]);
        let legend = format!(
            "by {}, {least} = {low}%, {most} = {high}%",
            trend.grouping_name
        );
        let width = self.label + 2 + self.columns;
        let legend = shorten(&sanitize(&legend), width, self.charset);
        let padding = width - legend.width();
        let mut lines = vec![
            Vec::new(),
            vec![(
                format!(
                    "{legend}{:padding$}{:>7}{:>8}{:>8}{:>8}",
                    "", "First", "Last", "Change", "Nodes"
                ),
                Tone::Strong,
            )],
        ];
        for group in groups.iter().take(MAX_GROUPS) {
            let label = shorten(&group.label, self.label, self.charset);
            let padding = self.label - label.width();
            let mut line = vec![plain(format!("{label}{:padding$}  ", ""))];
            line.extend(self.spark(group.points, scale, &levels));
            line.extend(figures(group.points));
            lines.push(line);
        }
        if let Some(more) = groups
            .len()
            .checked_sub(MAX_GROUPS)
            .filter(|more| *more > 0)
        {
            let more = count(more as u64, "more group");
            lines.push(vec![(format!("{more}: see the table"), Tone::Dim)]);
        }
        lines
    }

    /// The signs of shares, from the lowest up.
    fn levels(&self) -> Vec<char> {
        match self.charset {
            Charset::Unicode => "▁▂▃▄▅▆▇█".chars().collect(),
            Charset::Ascii => "0123456789".chars().collect(),
        }
    }

    /// The shares of a group in one line. Each stands until the next snapshot; of those that
    /// share a place, the lowest.
    fn spark(
        &self,
        points: &[Option<TrendPoint>],
        scale: Scale,
        levels: &[char],
    ) -> Vec<TonedText> {
        let mut line: Vec<TonedText> = Vec::new();
        let mut push = |sign: char, tone: Tone, times: usize| {
            let text: String = std::iter::repeat_n(sign, times).collect();
            match line.last_mut() {
                Some((signs, known)) if *known == tone => signs.push_str(&text),
                _ => line.push((text, tone)),
            }
        };
        let places = self
            .moments
            .iter()
            .map(|at| self.span.dot(*at, self.columns));
        let places: Vec<(usize, Option<TrendPoint>)> = places.zip(points.iter().copied()).collect();
        let chunks: Vec<_> = places.chunk_by(|one, next| one.0 == next.0).collect();
        for (at, chunk) in chunks.iter().enumerate() {
            let place = chunk[0].0;
            let next = chunks.get(at + 1).map_or(self.columns, |chunk| chunk[0].0);
            let points = chunk.iter().filter_map(|(_, point)| *point);
            let is_complete = points.clone().all(|point| point.is_complete);
            let shares = points.clone().filter_map(|point| point.compliant_tenths);
            let tone = if is_complete {
                Tone::Plain
            } else {
                Tone::Warning
            };
            let sign = match shares.min() {
                Some(share) => levels[scale.dot(share, levels.len())],
                None if points.count() > 0 && !is_complete => UNREAD,
                None => ' ',
            };
            push(sign, tone, next - place);
        }
        line
    }
}

/// The share of a group at the first snapshot and at the last one at which it has one, and
/// its nodes now.
fn figures(points: &[Option<TrendPoint>]) -> Vec<TonedText> {
    let share = |point: &Option<TrendPoint>| point.as_ref()?.compliant_tenths;
    let first = points.iter().find_map(share);
    let last = points.last().and_then(share);
    let percent = |tenths: Option<u32>| match tenths {
        Some(tenths) => format!("{}%", Percent { tenths }),
        None => "-".to_owned(),
    };
    let (change, tone) = match first.zip(last) {
        Some((first, last)) => {
            let tenths = last.abs_diff(first);
            let (sign, tone) = match last.cmp(&first) {
                std::cmp::Ordering::Less => ("-", Tone::Bad),
                std::cmp::Ordering::Equal => ("", Tone::Dim),
                std::cmp::Ordering::Greater => ("+", Tone::Good),
            };
            (format!("{sign}{}", Percent { tenths }), tone)
        }
        None => ("-".to_owned(), Tone::Dim),
    };
    let nodes = points.last().copied().flatten();
    let nodes = nodes.map_or("-".to_owned(), |point| point.nodes.to_string());
    vec![
        plain(format!("{:>7}{:>8}", percent(first), percent(last))),
        (format!("{change:>8}"), tone),
        plain(format!("{nodes:>8}")),
    ]
}

#[cfg(test)]
mod tests;
