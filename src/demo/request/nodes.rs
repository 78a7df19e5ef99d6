//! What `DescribeInstanceInformation` and `GetInventory` may be asked, and what they answer to anything else.
//! Knows limits, filter keys and messages. Must not know which machines there are.

use serde::Deserialize;

use crate::demo::machine::Facts;
use crate::demo::nodes;
use crate::demo::nodes::{platform_type, resource_type, status};
use crate::demo::request::{Complaints, Fault, FilterBody, parse, well_formed};

/// A checked request for node information.
#[derive(Debug)]
pub struct Information {
    pub filters: Vec<Filter>,
    pub max: usize,
    pub token: Option<String>,
}

/// A filter on nodes: one of its values must match.
#[derive(Debug)]
pub struct Filter {
    key: Key,
    values: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Key {
    InstanceIds,
    AgentVersion,
    PingStatus,
    PlatformTypes,
    ActivationIds,
    IamRole,
    ResourceType,
    AssociationStatus,
    HasTag,
    Tag(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InformationBody {
    filters: Option<Vec<FilterBody>>,
    /// The older form, without tags.
    instance_information_filter_list: Option<Vec<OldFilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldFilterBody {
    key: Option<String>,
    value_set: Option<Vec<String>>,
}

impl From<OldFilterBody> for FilterBody {
    fn from(old: OldFilterBody) -> Self {
        Self {
            key: old.key,
            values: old.value_set,
        }
    }
}

impl Information {
    pub fn read(body: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, Fault> {
        let body: InformationBody = parse(body)?;
        let mut complaints = Complaints::default();
        let old = body.instance_information_filter_list.unwrap_or_default();
        let filters: Vec<FilterBody> = body
            .filters
            .unwrap_or_default()
            .into_iter()
            .chain(old.into_iter().map(FilterBody::from))
            .collect();
        for (place, filter) in (1..).zip(&filters) {
            complaints.filter(place, filter);
        }
        // Who asks for no size gets ten: the page that a first try without paging takes for the whole fleet.
        let max = complaints.page(body.max_results, 5..=50, 10);
        complaints.verdict()?;
        let filters: Vec<Filter> = filters
            .into_iter()
            .map(Filter::read)
            .collect::<Result<_, _>>()?;
        if filters.len() > 1 && filters.iter().any(Filter::is_tag) {
            return Err(Fault::validation(
                "Cannot mix tag or inventory filter with any other filter.",
            ));
        }
        for filter in &filters {
            filter.check(&known)?;
        }
        Ok(Self {
            filters,
            max,
            token: body.next_token,
        })
    }

    /// The ids asked for, if any were: then no other node needs to be looked at.
    pub fn ids(&self) -> Option<&[String]> {
        let filter = self.filters.iter().find(|f| f.key == Key::InstanceIds)?;
        Some(&filter.values)
    }

    /// Does this question ask for a platform? Its answer is the awkward one.
    pub fn by_platform(&self) -> bool {
        self.filters.iter().any(|f| f.key == Key::PlatformTypes)
    }

    pub fn passes(&self, facts: &Facts) -> bool {
        self.filters.iter().all(|filter| filter.passes(facts))
    }
}

impl Filter {
    fn read(body: FilterBody) -> Result<Self, Fault> {
        let key = match body.key.as_deref().unwrap_or_default() {
            "InstanceIds" => Key::InstanceIds,
            "AgentVersion" => Key::AgentVersion,
            "PingStatus" => Key::PingStatus,
            "PlatformTypes" => Key::PlatformTypes,
            "ActivationIds" => Key::ActivationIds,
            "IamRole" => Key::IamRole,
            "ResourceType" => Key::ResourceType,
            "AssociationStatus" => Key::AssociationStatus,
            "tag-key" => Key::HasTag,
            other => match other.strip_prefix("tag:") {
                Some(tag) if !tag.is_empty() => Key::Tag(tag.to_owned()),
                _ => {
                    return Err(Fault::new(
                        400,
                        "InvalidFilterKey",
                        "The specified key is not valid.",
                    ));
                }
            },
        };
        Ok(Self {
            key,
            values: body.values.unwrap_or_default(),
        })
    }

    fn is_tag(&self) -> bool {
        matches!(self.key, Key::HasTag | Key::Tag(_))
    }

    fn check(&self, known: impl Fn(&str) -> bool) -> Result<(), Fault> {
        let value = |message: &str| {
            Err(Fault::new(
                400,
                "InvalidInstanceInformationFilterValue",
                message,
            ))
        };
        let all = |allowed: &[&str]| self.values.iter().all(|v| allowed.contains(&v.as_str()));
        match self.key {
            Key::InstanceIds if !self.values.iter().all(|id| known(id) || well_formed(id)) => {
                Err(Fault::new(400, "InvalidInstanceId", ""))
            }
            Key::ResourceType if self.values.len() > 1 => {
                value("ResourceType filter may contain only one value.")
            }
            Key::ResourceType if !all(&["EC2Instance", "ManagedInstance"]) => value(
                "ResourceType filter is invalid, valid values are EC2Instance, ManagedInstance",
            ),
            Key::PingStatus if !all(&["Online", "ConnectionLost", "Inactive"]) => value(
                "PingStatus filter is invalid, valid values are Online, ConnectionLost, Inactive",
            ),
            Key::PlatformTypes if !all(&["Windows", "Linux", "MacOS"]) => {
                value("PlatformTypes filter is invalid, valid values are Windows, Linux, MacOS")
            }
            _ => Ok(()),
        }
    }

    fn passes(&self, facts: &Facts) -> bool {
        let Some(agent) = &facts.agent else {
            return false;
        };
        let any = |field: &str| self.values.iter().any(|value| value == field);
        match &self.key {
            Key::InstanceIds => any(&facts.id),
            Key::AgentVersion => any(&agent.version),
            Key::PingStatus => any(agent.ping.word()),
            Key::PlatformTypes => any(platform_type(facts.os)),
            Key::ActivationIds => facts.hybrid() && any(&nodes::activation()),
            Key::IamRole => facts.hybrid() && any(nodes::HYBRID_ROLE),
            Key::ResourceType => any(resource_type(facts)),
            Key::AssociationStatus => any(&agent.association),
            Key::HasTag => facts.tags().iter().any(|(key, _)| any(key)),
            Key::Tag(tag) => facts.tags().iter().any(|(key, v)| key == tag && any(v)),
        }
    }
}

/// A checked request for inventory.
#[derive(Debug)]
pub struct Inventory {
    filters: Vec<InventoryFilter>,
    pub max: usize,
    pub token: Option<String>,
}

#[derive(Debug)]
struct InventoryFilter {
    attribute: String,
    how: How,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Equal,
    NotEqual,
    BeginWith,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InventoryBody {
    filters: Option<Vec<InventoryFilterBody>>,
    aggregators: Option<Vec<serde::de::IgnoredAny>>,
    result_attributes: Option<Vec<ResultAttribute>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InventoryFilterBody {
    key: Option<String>,
    values: Option<Vec<String>>,
    r#type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResultAttribute {
    type_name: Option<String>,
}

impl Inventory {
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        let body: InventoryBody = parse(body)?;
        let mut complaints = Complaints::default();
        let max = complaints.page(body.max_results, 1..=50, 50);
        let filters = body.filters.unwrap_or_default();
        if filters.len() > 5 {
            let rule = "Member must have length less than or equal to 5";
            complaints.add(&format!("'[{} filters]'", filters.len()), "filters", rule);
        }
        complaints.verdict()?;
        if body.aggregators.is_some_and(|list| !list.is_empty()) {
            let why = "The demo does not aggregate inventory.";
            return Err(Fault::new(400, "InvalidAggregatorException", why));
        }
        let types = body.result_attributes.unwrap_or_default();
        if types
            .iter()
            .any(|t| t.type_name.as_deref() != Some(nodes::INVENTORY_TYPE))
        {
            let why = "The demo knows the inventory type AWS:InstanceInformation only.";
            return Err(Fault::new(400, "InvalidTypeNameException", why));
        }
        let filters = filters
            .into_iter()
            .map(InventoryFilter::read)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            filters,
            max,
            token: body.next_token,
        })
    }

    pub fn passes(&self, facts: &Facts) -> bool {
        self.filters.iter().all(|filter| filter.passes(facts))
    }

    /// What a token is bound to.
    pub fn binding(&self) -> String {
        format!("{:?}", self.filters)
    }
}

impl InventoryFilter {
    fn read(body: InventoryFilterBody) -> Result<Self, Fault> {
        const ATTRIBUTES: [&str; 10] = [
            "AgentType",
            "AgentVersion",
            "ComputerName",
            "InstanceId",
            "InstanceStatus",
            "IpAddress",
            "PlatformName",
            "PlatformType",
            "PlatformVersion",
            "ResourceType",
        ];
        let how = match body.r#type.as_deref() {
            None | Some("Equal") => How::Equal,
            Some("NotEqual") => How::NotEqual,
            Some("BeginWith") => How::BeginWith,
            Some(_) => return Err(Fault::invalid_filter()),
        };
        let attribute = body
            .key
            .as_deref()
            .and_then(|key| key.strip_prefix("AWS:InstanceInformation."))
            .filter(|attribute| ATTRIBUTES.contains(attribute));
        let (Some(attribute), Some(values)) = (attribute, body.values) else {
            return Err(Fault::invalid_filter());
        };
        Ok(Self {
            attribute: attribute.to_owned(),
            how,
            values,
        })
    }

    /// Case does not matter: tools in production ask for `active` and get `Active`.
    fn passes(&self, facts: &Facts) -> bool {
        let agent = facts.agent.as_ref();
        let field = match self.attribute.as_str() {
            "AgentType" => nodes::AGENT,
            "AgentVersion" => agent.map_or("", |agent| &agent.version),
            "ComputerName" => &facts.computer,
            "InstanceId" => &facts.id,
            "InstanceStatus" => status(facts),
            "IpAddress" => &facts.ip,
            "PlatformName" => facts.os.platform().0,
            "PlatformType" => platform_type(facts.os),
            "PlatformVersion" => facts.os.platform().1,
            _ => resource_type(facts),
        };
        let equal = |value: &String| value.eq_ignore_ascii_case(field);
        match self.how {
            How::Equal => self.values.iter().any(equal),
            How::NotEqual => !self.values.iter().any(equal),
            How::BeginWith => self.values.iter().any(|value| field.starts_with(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Fault, Information, Inventory};

    fn information(body: &Value) -> Result<Information, Fault> {
        Information::read(body.to_string().as_bytes(), |id| id == "i-123")
    }

    fn filtered(filters: &[(&str, &[&str])]) -> Result<Information, Fault> {
        let filters: Vec<_> = filters
            .iter()
            .map(|(key, values)| json!({ "Key": key, "Values": values }))
            .collect();
        information(&json!({ "Filters": filters }))
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> (&'static str, String) {
        let fault = result.unwrap_err();
        assert_eq!(fault.status, 400);
        (fault.kind, fault.message)
    }

    #[test]
    fn a_page_of_nodes_has_five_to_fifty_and_ten_unasked() {
        assert_eq!(information(&json!({})).unwrap().max, 10);
        assert_eq!(information(&json!({ "MaxResults": 5 })).unwrap().max, 5);
        for size in [4, 51] {
            let (kind, _) = refusal(information(&json!({ "MaxResults": size })));
            assert_eq!(kind, "ValidationException");
        }
    }

    #[test]
    fn a_tag_filter_goes_alone() {
        assert!(filtered(&[("tag:Env", &["prod", "stage"])]).is_ok());
        for other in ["PingStatus", "tag:Team", "tag-key"] {
            assert_eq!(
                refusal(filtered(&[("tag:Env", &["prod"]), (other, &["Online"])])),
                (
                    "ValidationException",
                    "Cannot mix tag or inventory filter with any other filter.".to_owned()
                )
            );
        }
        assert!(filtered(&[("PingStatus", &["Online"]), ("PlatformTypes", &["Linux"])]).is_ok());
    }

    #[test]
    fn keys_and_values_that_the_service_does_not_know_are_refused() {
        assert_eq!(
            refusal(filtered(&[("Name", &["web"])])).0,
            "InvalidFilterKey"
        );
        assert_eq!(
            refusal(filtered(&[("tag:", &["web"])])).0,
            "InvalidFilterKey"
        );
        let value = "InvalidInstanceInformationFilterValue";
        for (key, values) in [
            ("PingStatus", &["online"][..]),
            ("PlatformTypes", &["BeOS"]),
            ("ResourceType", &["Document"]),
            ("ResourceType", &["EC2Instance", "ManagedInstance"]),
        ] {
            assert_eq!(refusal(filtered(&[(key, values)])).0, value, "{key}");
        }
        assert_eq!(
            refusal(filtered(&[("InstanceIds", &["web-1"])])).0,
            "InvalidInstanceId"
        );
        assert!(filtered(&[("InstanceIds", &["i-123", "i-0ffffffffffffffff"])]).is_ok());
    }

    #[test]
    fn the_older_form_of_filters_is_read_too() {
        let body = json!({ "InstanceInformationFilterList": [{ "key": "InstanceIds", "valueSet": ["i-123"] }] });
        assert_eq!(information(&body).unwrap().ids().unwrap(), ["i-123"]);
    }

    #[test]
    fn inventory_is_asked_for_by_what_it_holds() {
        let read = |body: Value| Inventory::read(body.to_string().as_bytes());
        let by = |key: &str, how: &str| {
            read(json!({ "Filters": [{ "Key": key, "Values": ["x"], "Type": how }] }))
        };
        assert!(by("AWS:InstanceInformation.InstanceStatus", "NotEqual").is_ok());
        for (key, how) in [
            ("AWS:InstanceInformation.Colour", "Equal"),
            ("InstanceStatus", "Equal"),
            ("AWS:InstanceInformation.InstanceStatus", "LessThan"),
        ] {
            assert_eq!(refusal(by(key, how)).0, "InvalidFilter");
        }
        assert_eq!(
            refusal(read(json!({ "MaxResults": 51 }))).0,
            "ValidationException"
        );
        let type_name = json!({ "ResultAttributes": [{ "TypeName": "AWS:Network" }] });
        assert_eq!(refusal(read(type_name)).0, "InvalidTypeNameException");
    }
}
