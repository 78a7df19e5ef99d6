//! `DescribeAvailablePatches`: the patches of Windows, one row per product.
//!
//! Release dates are the second Tuesday of the month in the title, as Microsoft releases.

use std::sync::OnceLock;

use bytes::Bytes;
use jiff::civil::{Weekday, date};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::demo::catalogue::{CatalogueEntry, Os};
use crate::demo::error::ServiceError;
use crate::demo::hash;
use crate::demo::pages::list_page;
use crate::demo::request::baselines::available_patches_request;

const DAY: f64 = 86_400.0;

/// Months since year 0.
type Month = i16;

/// The month of the demo.
const THIS_MONTH: Month = 2026 * 12 + 10;

/// A patch in a response.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AvailablePatch {
    id: String,
    release_date: f64,
    title: String,
    description: &'static str,
    content_url: String,
    vendor: &'static str,
    product_family: &'static str,
    product: &'static str,
    classification: &'static str,
    msrc_severity: &'static str,
    kb_number: String,
    msrc_number: &'static str,
    language: &'static str,
}

impl AvailablePatch {
    fn of(entry: &'static CatalogueEntry, kb: &str, product: &'static str, at: f64) -> Self {
        let number = kb.trim_start_matches("KB");
        Self {
            id: hash::uuid(hash::join(hash::text(kb), hash::text(product))),
            release_date: at,
            title: entry.title.replace(&entry.kb_id, kb),
            description: "Install this update to resolve issues in Windows.",
            content_url: format!("https://support.microsoft.com/en-us/kb/{number}"),
            vendor: "Microsoft",
            product_family: "Windows",
            product,
            classification: &entry.classification,
            msrc_severity: &entry.severity,
            kb_number: kb.to_owned(),
            msrc_number: "",
            language: "All",
        }
    }

    /// The value that a filter of this key compares.
    fn field(&self, key: &str) -> Option<String> {
        Some(match key {
            "PATCH_SET" => "OS".to_owned(),
            "PRODUCT" => self.product.to_owned(),
            "PRODUCT_FAMILY" => self.product_family.to_owned(),
            "MSRC_SEVERITY" => self.msrc_severity.to_owned(),
            "CLASSIFICATION" => self.classification.to_owned(),
            "PATCH_ID" => self.kb_number.clone(),
            _ => return None,
        })
    }
}

/// The Windows systems, with their product names.
fn products() -> Vec<(Os, &'static str)> {
    [
        ("windows-2016", "WindowsServer2016"),
        ("windows-2019", "WindowsServer2019"),
        ("windows-2022", "WindowsServer2022"),
        ("windows-2025", "MicrosoftServerOperatingSystem-24H2"),
    ]
    .map(|(tag, product)| {
        let os = Os::try_from(std::borrow::Cow::Borrowed(tag));
        (os.expect("the tests read all of them"), product)
    })
    .to_vec()
}

/// The rows of the patches of the catalogue, by KB number. The earliest release of a patch is its last row, so that a
/// client that reads only the first row gets a wrong date.
fn catalogue_patches() -> &'static [AvailablePatch] {
    static MADE: OnceLock<Vec<AvailablePatch>> = OnceLock::new();
    MADE.get_or_init(|| {
        let months = months();
        let mut patches = vec![];
        for (os, product) in products() {
            let entries = os.entries().iter();
            patches.extend(entries.map(|entry| {
                let at = second_tuesday(month(&months, entry));
                AvailablePatch::of(entry, &entry.kb_id, product, at)
            }));
        }
        // The sort is stable; products are listed oldest system first, so the order is reversed.
        patches.reverse();
        patches.sort_by(|left, right| left.kb_number.cmp(&right.kb_number));
        for rows in patches.chunk_by_mut(|left, right| left.kb_number == right.kb_number) {
            for (nth, row) in rows.iter_mut().rev().enumerate() {
                row.release_date += DAY * f64::from(u32::try_from(nth).unwrap_or(0));
            }
        }
        patches
    })
}

/// The row of a generated patch, which nodes of generated fleets have in addition to the catalogue.
fn generated_patch(kb: &str) -> Option<AvailablePatch> {
    let [.., (os, product)] = products()[..] else {
        return None;
    };
    let nth = os.generated_index(kb)?;
    let entries = os.entries();
    // Four per month, back from the current one; the service lists about three years.
    let back = Month::try_from(nth / 4).ok().filter(|back| *back < 36)?;
    let at = second_tuesday(THIS_MONTH - back);
    Some(AvailablePatch::of(
        &entries[nth % entries.len()],
        kb,
        product,
        at,
    ))
}

/// `DescribeAvailablePatches`. The demo has patches of Windows only; requests about Linux get an empty list.
pub(super) fn available(body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = available_patches_request(body)?;
    let known = catalogue_patches();
    let mut new = asked.values(&["PATCH_ID"]).unwrap_or_default();
    new.retain(|kb| known.iter().all(|patch| patch.kb_number != **kb));
    new.sort_unstable();
    new.dedup();
    let more: Vec<AvailablePatch> = new
        .into_iter()
        .filter_map(|kb| generated_patch(kb))
        .collect();
    list_page("Patches", &asked.page, known.len() + more.len(), |nth| {
        let patch = known.get(nth).or_else(|| more.get(nth - known.len()))?;
        let field = |key: &str| patch.field(key);
        // Patches of Windows have none of the fields of Linux.
        let fits = |key: &str, value: &str| field(key).is_some_and(|field| field == value);
        asked.matches(fits).then_some(patch)
    })
}

/// The months in titles (`2026-11 Cumulative Update ...`), by KB number.
fn months() -> Vec<(u64, Month)> {
    let entries = products().into_iter().flat_map(|(os, _)| os.entries());
    let mut months: Vec<_> = entries
        .filter_map(|entry| Some((kb_number(entry), month_of_title(&entry.title)?)))
        .collect();
    months.sort_unstable();
    months.dedup();
    months
}

fn month_of_title(title: &str) -> Option<Month> {
    let (year, rest) = title.split_once('-')?;
    let year: Month = year.parse().ok()?;
    let month: Month = rest.get(..2)?.parse().ok()?;
    (1..=12).contains(&month).then(|| year * 12 + month - 1)
}

/// The month in the title, or that of the article with the next lower KB number, as Microsoft numbers articles in order.
/// The lowest numbers belong to tools that are released every month.
fn month(months: &[(u64, Month)], entry: &CatalogueEntry) -> Month {
    month_of_title(&entry.title).unwrap_or_else(|| {
        let before = months.partition_point(|(known, _)| *known < kb_number(entry));
        before
            .checked_sub(1)
            .map_or(THIS_MONTH, |last| months[last].1)
    })
}

fn kb_number(entry: &CatalogueEntry) -> u64 {
    let digits = entry.kb_id.trim_start_matches("KB");
    digits.parse().unwrap_or_default()
}

/// The second Tuesday of a month, 17:00:08 UTC.
fn second_tuesday(month: Month) -> f64 {
    let of_year = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
    let day = date(month.div_euclid(12), of_year, 1)
        .nth_weekday_of_month(2, Weekday::Tuesday)
        .expect("every month has a second Tuesday");
    let at = day.at(17, 0, 8, 0).to_zoned(TimeZone::UTC);
    let at = at.expect("UTC has every time of day").timestamp();
    #[expect(
        clippy::cast_precision_loss,
        reason = "no date of this era is that large"
    )]
    let seconds = at.as_second() as f64;
    seconds
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::demo::NOW_SECONDS;

    fn ask(body: &Value) -> Value {
        let answer = available(body.to_string().as_bytes()).unwrap();
        serde_json::from_slice(&answer).unwrap()
    }

    fn by_id(ids: &[&str]) -> Vec<Value> {
        let body = json!({ "Filters": [{ "Key": "PATCH_ID", "Values": ids }] });
        ask(&body)["Patches"].as_array().unwrap().clone()
    }

    fn at(seconds: &Value) -> String {
        let seconds = seconds.as_f64().unwrap();
        #[expect(clippy::cast_possible_truncation, reason = "a whole number of seconds")]
        let at = Timestamp::from_second(seconds as i64).unwrap();
        at.to_string()
    }

    #[test]
    fn a_patch_of_a_month_was_released_on_its_second_tuesday() {
        let rows = by_id(&["KB5094128"]);
        assert_eq!(rows.len(), 1);
        assert_eq!(at(&rows[0]["ReleaseDate"]), "2026-11-10T17:00:08Z");
        // The date that AWS's documentation shows.
        let rows = by_id(&["KB4480979"]);
        assert_eq!(at(&rows[0]["ReleaseDate"]), "2019-01-08T17:00:08Z");
        assert_eq!(rows[0]["Product"], "WindowsServer2019");
    }

    #[test]
    fn a_patch_of_several_products_has_a_row_for_each_and_the_first_row_is_not_the_earliest() {
        let rows = by_id(&["KB5088215"]);
        let dates: Vec<String> = rows.iter().map(|row| at(&row["ReleaseDate"])).collect();
        let days = ["11", "10", "09", "08"].map(|day| format!("2026-09-{day}T17:00:08Z"));
        assert_eq!(dates, days);
    }

    #[test]
    fn every_patch_was_released_before_now_and_is_listed_once_per_product() {
        let (mut rows, mut token) = (BTreeMap::new(), Value::Null);
        loop {
            let page = ask(&json!({ "MaxResults": 7, "NextToken": token }));
            for row in page["Patches"].as_array().unwrap() {
                let key = (row["KbNumber"].to_string(), row["Product"].to_string());
                let date = row["ReleaseDate"].as_f64().unwrap();
                assert!(date < f64::from(NOW_SECONDS), "{row}");
                assert_eq!(rows.insert(key, date), None, "{row}");
            }
            token = page["NextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        let entries = products().into_iter().flat_map(|(os, _)| os.entries());
        assert_eq!(rows.len(), entries.count());
    }

    #[test]
    fn generated_patches_are_listed_unless_they_are_very_old() {
        let (os, _) = products()[0];
        let (new, old) = (os.generated_id(40), os.generated_id(900));
        let rows = by_id(&[&old, &new, "KB5094128", "KB1", "bash.x86_64"]);
        let ids: Vec<&str> = rows
            .iter()
            .map(|row| row["KbNumber"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["KB5094128", &new]);
        assert_eq!(at(&rows[1]["ReleaseDate"]), "2026-01-13T17:00:08Z");
    }

    #[test]
    fn filters_are_combined() {
        let body = json!({ "Filters": [
            { "Key": "PRODUCT", "Values": ["WindowsServer2016", "WindowsServer2019"] },
            { "Key": "MSRC_SEVERITY", "Values": ["Critical"] },
        ] });
        let answer = ask(&body);
        let rows = answer["Patches"].as_array().unwrap();
        assert!(rows.len() > 4);
        for row in rows {
            assert_eq!(row["MsrcSeverity"], "Critical");
            assert!(
                row["Product"]
                    .as_str()
                    .unwrap()
                    .starts_with("WindowsServer201")
            );
        }
        let linux = json!({ "Filters": [
            { "Key": "PRODUCT", "Values": ["AmazonLinux2.0"] }, { "Key": "NAME", "Values": ["bash"] },
        ] });
        assert_eq!(ask(&linux), json!({ "Patches": [] }));
    }
}
