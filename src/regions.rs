//! AWS regions by name: which text can be one, and which region was meant by
//! text that cannot. Pure.

use crate::suggest::nearest;

/// Regions and what people call their places. Source: botocore's
/// `partitions.json`; cities and countries from AWS's list of regions. Newer
/// regions are accepted without being listed.
const REGIONS: [(&str, &[&str]); 47] = [
    ("us-east-1", &["N. Virginia", "North Virginia"]),
    ("us-east-2", &["Ohio"]),
    ("us-west-1", &["N. California", "San Francisco"]),
    ("us-west-2", &["Oregon"]),
    ("af-south-1", &["Cape Town", "South Africa"]),
    ("ap-east-1", &["Hong Kong"]),
    ("ap-east-2", &["Taipei", "Taiwan"]),
    ("ap-northeast-1", &["Tokyo", "Japan"]),
    ("ap-northeast-2", &["Seoul", "Korea"]),
    ("ap-northeast-3", &["Osaka"]),
    ("ap-south-1", &["Mumbai", "India"]),
    ("ap-south-2", &["Hyderabad"]),
    ("ap-southeast-1", &["Singapore"]),
    ("ap-southeast-2", &["Sydney", "Australia"]),
    ("ap-southeast-3", &["Jakarta", "Indonesia"]),
    ("ap-southeast-4", &["Melbourne"]),
    ("ap-southeast-5", &["Malaysia", "Kuala Lumpur"]),
    ("ap-southeast-6", &["New Zealand", "Auckland"]),
    ("ap-southeast-7", &["Thailand", "Bangkok"]),
    ("ca-central-1", &["Canada", "Montreal"]),
    ("ca-west-1", &["Calgary"]),
    ("eu-central-1", &["Frankfurt", "Germany"]),
    ("eu-central-2", &["Zurich", "Switzerland"]),
    ("eu-north-1", &["Stockholm", "Sweden"]),
    ("eu-south-1", &["Milan", "Italy"]),
    ("eu-south-2", &["Spain", "Aragon"]),
    ("eu-west-1", &["Ireland", "Dublin"]),
    ("eu-west-2", &["London", "England", "UK"]),
    ("eu-west-3", &["Paris", "France"]),
    ("il-central-1", &["Israel", "Tel Aviv"]),
    ("me-central-1", &["UAE", "Dubai"]),
    ("me-south-1", &["Bahrain"]),
    ("me-west-1", &["Saudi Arabia"]),
    ("mx-central-1", &["Mexico", "Queretaro"]),
    ("sa-east-1", &["Sao Paulo", "São Paulo", "Brazil"]),
    ("sa-west-1", &["Chile", "Santiago"]),
    ("cn-north-1", &["Beijing", "China"]),
    ("cn-northwest-1", &["Ningxia"]),
    ("us-gov-west-1", &["GovCloud", "GovCloud US-West"]),
    ("us-gov-east-1", &["GovCloud US-East"]),
    ("eusc-de-east-1", &["European Sovereign Cloud"]),
    ("us-iso-east-1", &[]),
    ("us-iso-west-1", &[]),
    ("us-isob-east-1", &[]),
    ("us-isob-west-1", &[]),
    ("us-isof-east-1", &[]),
    ("us-isof-south-1", &[]),
];

/// The names of the regions that are listed.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|(name, _)| *name)
}

/// Whether the text has the form of every region's name: lower-case words and a
/// number, as in `eu-west-1` and `us-gov-east-1`.
#[must_use]
pub(crate) fn has_region_form(name: &str) -> bool {
    let mut words: Vec<&str> = name.split('-').collect();
    let number = words.pop().unwrap_or_default();
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2
        && name.len() <= 63
        && words.iter().all(is_word)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks a region that the user named.
///
/// # Errors
/// If it cannot be one: which one was meant, or how one is written.
pub(crate) fn check_region(name: &str) -> Result<(), String> {
    if has_region_form(name) {
        return Ok(());
    }
    let remedy = suggest_region(name).map_or_else(
        || "one is written like eu-west-1".to_owned(),
        |region| format!("did you mean {region}?"),
    );
    Err(format!("not the name of an AWS region; {remedy}"))
}

/// The region that was probably meant by a name that is none that is known.
#[must_use]
pub(crate) fn suggest_region(name: &str) -> Option<&'static str> {
    let word = folded(name);
    let known = |region: &str| REGIONS.iter().any(|(name, _)| *name == region);
    if word.is_empty() || known(name) {
        return None;
    }
    let places = || {
        REGIONS.iter().flat_map(|(region, places)| {
            let places = places.iter().map(|place| folded(place));
            places.map(move |place| (*region, place))
        })
    };
    // `EU_WEST_1`, `eu-west`
    let spellings = [word.clone(), format!("{word}1")];
    let written_otherwise = REGIONS
        .iter()
        .find(|(region, _)| spellings.contains(&folded(region)));
    // An availability zone, `eu-west-1a`, or a local zone, `us-west-2-lax-1a`.
    let zone_of = || {
        let lower = name.trim().to_lowercase();
        REGIONS.iter().find(|(region, _)| {
            lower.strip_prefix(region).is_some_and(|rest| {
                rest.starts_with('-') || rest.len() == 1 && rest.as_bytes()[0].is_ascii_lowercase()
            })
        })
    };
    if let Some((region, _)) = written_otherwise.or_else(zone_of) {
        return Some(region);
    }
    let named = places().find(|(_, place)| *place == word).or_else(|| {
        // `virginia`, `Europe (Ireland)`
        let within = |place: &str| word.contains(place) && place.len() > 3;
        places().find(|(_, place)| (place.contains(&word) && word.len() > 3) || within(place))
    });
    if let Some((region, _)) = named {
        return Some(region);
    }
    let all_names: Vec<&str> = REGIONS.iter().map(|(region, _)| *region).collect();
    // A misspelt place has no digit.
    if word.contains(|letter: char| letter.is_ascii_digit()) {
        return nearest(name, &all_names);
    }
    let all_places: Vec<&str> = REGIONS
        .iter()
        .flat_map(|(_, places)| *places)
        .copied()
        .collect();
    let place = nearest(name, &all_places);
    let of_place =
        place.and_then(|place| REGIONS.iter().find(|(_, places)| places.contains(&place)));
    of_place.map_or_else(|| nearest(name, &all_names), |(region, _)| Some(region))
}

/// The letters and digits of a name in lower case.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_and_new_ones_of_that_form_are_accepted() {
        for (region, _) in REGIONS {
            assert_eq!(check_region(region), Ok(()));
        }
        for region in ["eu-isoe-west-1", "ap-southeast-12", "xx-north-3"] {
            assert_eq!(check_region(region), Ok(()));
        }
    }

    #[test]
    fn the_place_a_zone_and_another_spelling_name_the_region() {
        for (word, region) in [
            ("ireland", "eu-west-1"),
            ("Frankfurt", "eu-central-1"),
            ("london", "eu-west-2"),
            ("N. Virginia", "us-east-1"),
            ("virginia", "us-east-1"),
            ("US East (N. Virginia)", "us-east-1"),
            ("oregon", "us-west-2"),
            ("ohio", "us-east-2"),
            ("California", "us-west-1"),
            ("são paulo", "sa-east-1"),
            ("hong-kong", "ap-east-1"),
            ("govcloud", "us-gov-west-1"),
            ("beijing", "cn-north-1"),
            ("uk", "eu-west-2"),
            ("eu-west-1a", "eu-west-1"),
            ("us-west-2-lax-1a", "us-west-2"),
            ("EU-WEST-1", "eu-west-1"),
            ("eu_central_1", "eu-central-1"),
            ("euwest1", "eu-west-1"),
            ("eu-west", "eu-west-1"),
            ("frankfrut", "eu-central-1"),
            ("irland", "eu-west-1"),
            ("eu-wset-1", "eu-west-1"),
        ] {
            assert_eq!(suggest_region(word), Some(region), "{word}");
        }
        for word in ["", "eu-west-1", "zzz"] {
            assert_eq!(suggest_region(word), None, "{word}");
        }
        assert_eq!(
            check_region("ireland").unwrap_err(),
            "not the name of an AWS region; did you mean eu-west-1?"
        );
    }
}
