//! What a request may say, and what the service answers when it says something else, in the service's own words.
//! Knows limits, patterns and messages. Must not know what the fleet holds: it is told which ids are known.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::demo::wire::Patch;

pub mod baselines;
pub mod groups;
pub mod nodes;

const PATTERN: &str = r"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)";
const PAGE: RangeInclusive<i64> = 10..=50;
const MOST_IDS: usize = 50;
const MOST_FILTERS: usize = 5;

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub status: u16,
    kind: &'static str,
    message: String,
}

impl Fault {
    pub fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
        }
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message)
    }

    pub fn unknown_client() -> Self {
        Self::new(
            400,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )
    }

    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new(400, "AccessDeniedException", message)
    }

    pub fn unknown_operation() -> Self {
        Self::new(400, "UnknownOperationException", "")
    }

    pub fn invalid_token() -> Self {
        Self::new(400, "InvalidNextToken", "The specified token is not valid.")
    }

    pub fn invalid_filter() -> Self {
        Self::new(400, "InvalidFilter", "The filter name is not valid.")
    }

    pub fn throttled() -> Self {
        Self::new(400, "ThrottlingException", "Rate exceeded")
    }

    pub fn internal() -> Self {
        Self::new(
            500,
            "InternalServerError",
            "An error occurred on the server side.",
        )
    }

    /// The body. What the models describe writes `Message`, what comes from the front end writes `message`.
    pub fn body(&self) -> Vec<u8> {
        let front = [
            "ValidationException",
            "SerializationException",
            "ThrottlingException",
            "UnrecognizedClientException",
            "UnknownOperationException",
        ];
        let key = if front.contains(&self.kind) {
            "message"
        } else {
            "Message"
        };
        let body = if self.message.is_empty() {
            serde_json::json!({ "__type": self.kind })
        } else {
            serde_json::json!({ "__type": self.kind, key: self.message })
        };
        body.to_string().into_bytes()
    }
}

/// A checked request for state records.
#[derive(Debug)]
pub struct States {
    pub ids: Vec<String>,
    pub max: usize,
    pub token: Option<String>,
}

/// A checked request for patch rows.
#[derive(Debug)]
pub struct Patches {
    pub id: String,
    pub filters: Filters,
    pub max: usize,
    pub token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatesBody {
    instance_ids: Option<Vec<String>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PatchesBody {
    instance_id: Option<String>,
    filters: Option<Vec<FilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterBody {
    key: Option<String>,
    values: Option<Vec<String>>,
}

impl States {
    pub fn read(body: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, Fault> {
        let body: StatesBody = parse(body)?;
        let mut complaints = Complaints::default();
        let ids = body.instance_ids.unwrap_or_else(|| {
            complaints.add("null", "instanceIds", "Member must not be null");
            vec![]
        });
        let shown = || format!("'[{}]'", ids.join(", "));
        if ids.is_empty() && complaints.0.is_empty() {
            complaints.add(
                &shown(),
                "instanceIds",
                "Member must have length greater than or equal to 1",
            );
        }
        if ids.len() > MOST_IDS {
            let rule = format!("Member must have length less than or equal to {MOST_IDS}");
            complaints.add(&shown(), "instanceIds", &rule);
        }
        if ids.iter().any(|id| !known(id) && !well_formed(id)) {
            let rule = format!(
                "Member must satisfy constraint: [Member must satisfy regular expression pattern: {PATTERN}]"
            );
            complaints.add(&shown(), "instanceIds", &rule);
        }
        let max = complaints.page(body.max_results, PAGE, *PAGE.end());
        complaints.verdict()?;
        Ok(Self {
            ids,
            max,
            token: body.next_token,
        })
    }
}

impl Patches {
    pub fn read(body: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, Fault> {
        let body: PatchesBody = parse(body)?;
        let mut complaints = Complaints::default();
        let id = body.instance_id.unwrap_or_else(|| {
            complaints.add("null", "instanceId", "Member must not be null");
            String::new()
        });
        if complaints.0.is_empty() && !known(&id) && !well_formed(&id) {
            let rule = format!("Member must satisfy regular expression pattern: {PATTERN}");
            complaints.add(&format!("'{id}'"), "instanceId", &rule);
        }
        let filters = body.filters.unwrap_or_default();
        if filters.len() > MOST_FILTERS {
            let rule = format!("Member must have length less than or equal to {MOST_FILTERS}");
            complaints.add(&format!("'[{} filters]'", filters.len()), "filters", &rule);
        }
        for (place, filter) in (1..).zip(&filters) {
            complaints.filter(place, filter);
        }
        let max = complaints.page(body.max_results, PAGE, *PAGE.end());
        complaints.verdict()?;
        let filters = filters
            .into_iter()
            .map(Filter::read)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id,
            filters: Filters(filters),
            max,
            token: body.next_token,
        })
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body)
        .map_err(|error| Fault::new(400, "SerializationException", error.to_string()))
}

/// The pattern above, without a regular expression engine.
fn well_formed(id: &str) -> bool {
    let word = |rest: &str| rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match (id.strip_prefix("i-"), id.strip_prefix("mi-")) {
        (Some(rest), _) => matches!(rest.len(), 8 | 17) && word(rest),
        (_, Some(rest)) => rest.len() == 17 && word(rest),
        _ => false,
    }
}

/// Everything wrong with a request, told at once like the service does.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn add(&mut self, value: &str, field: &str, rule: &str) {
        let at = if value == "null" {
            "Value null".to_owned()
        } else {
            format!("Value {value}")
        };
        self.0.push(format!(
            "{at} at '{field}' failed to satisfy constraint: {rule}"
        ));
    }

    /// The page size, and what it is when none was asked for.
    fn page(&mut self, max: Option<i64>, allowed: RangeInclusive<i64>, default: i64) -> usize {
        let max = max.unwrap_or(default);
        let value = format!("'{max}'");
        let (least, most) = allowed.into_inner();
        if max > most {
            let rule = format!("Member must have value less than or equal to {most}");
            self.add(&value, "maxResults", &rule);
        } else if max < least {
            let rule = format!("Member must have value greater than or equal to {least}");
            self.add(&value, "maxResults", &rule);
        }
        usize::try_from(max).unwrap_or(0)
    }

    /// A filter needs a key, and values of which none may be empty or longer than 256 characters.
    fn filter(&mut self, place: usize, filter: &FilterBody) {
        if filter.key.is_none() {
            self.add(
                "null",
                &format!("filters.{place}.member.key"),
                "Member must not be null",
            );
        }
        let field = format!("filters.{place}.member.values");
        match &filter.values {
            None => self.add("null", &field, "Member must not be null"),
            Some(values) if values.is_empty() => {
                self.add(
                    "'[]'",
                    &field,
                    "Member must have length greater than or equal to 1",
                );
            }
            Some(values) => {
                if values
                    .iter()
                    .any(|value| !(1..=256).contains(&value.chars().count()))
                {
                    let rule = "Member must satisfy constraint: [Member must have length less than or equal to 256, \
                                Member must have length greater than or equal to 1]";
                    self.add(&format!("'[{}]'", values.join(", ")), &field, rule);
                }
            }
        }
    }

    fn verdict(self) -> Result<(), Fault> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        Err(Fault::validation(format!(
            "{count} validation error{plural} detected: {}",
            self.0.join("; ")
        )))
    }
}

/// Filters: one of a filter's values must match, and every filter must. Case matters; that is the strict reading.
#[derive(Debug, Default, PartialEq, Eq, Hash, Clone)]
pub struct Filters(Vec<Filter>);

#[derive(Debug, PartialEq, Eq, Hash, Clone)]
struct Filter {
    key: Key,
    values: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
enum Key {
    Classification,
    KbId,
    Severity,
    State,
}

impl Filters {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn pass(&self, patch: &Patch) -> bool {
        self.0.iter().all(|filter| filter.passes(patch))
    }
}

impl Filter {
    fn read(body: FilterBody) -> Result<Self, Fault> {
        let key = match body.key.as_deref() {
            Some("Classification") => Key::Classification,
            Some("KBId") => Key::KbId,
            Some("Severity") => Key::Severity,
            Some("State") => Key::State,
            _ => {
                return Err(Fault::invalid_filter());
            }
        };
        Ok(Self {
            key,
            values: body.values.unwrap_or_default(),
        })
    }

    fn passes(&self, patch: &Patch) -> bool {
        let field = match self.key {
            Key::Classification => patch.classification,
            Key::KbId => &patch.kb_id,
            Key::Severity => patch.severity,
            Key::State => patch.state.unwrap_or_default(),
        };
        self.values.iter().any(|value| value == field)
    }
}

#[cfg(test)]
mod tests;
