//! Requests of `DescribeInstanceInformation` and `GetInventory`.

use serde::Deserialize;

use crate::demo::error::ServiceError;
use crate::demo::machine::{
    AGENT, HYBRID_ROLE, INVENTORY_TYPE, Machine, activation, platform_type, resource_type, status,
};
use crate::demo::request::{FilterBody, PageRequest, ValidationErrors, parse, well_formed};

/// A valid request of `DescribeInstanceInformation` or `DescribeInstanceProperties`.
#[derive(Debug)]
pub(crate) struct InformationRequest {
    filters: Vec<NodeFilter>,
    pub page: PageRequest,
}

/// A filter of nodes: one of its values must match.
#[derive(Debug)]
struct NodeFilter {
    key: NodeFilterKey,
    values: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum NodeFilterKey {
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
    #[serde(alias = "FiltersWithOperator")]
    filters: Option<Vec<FilterBody>>,
    /// The older form, without tags.
    #[serde(alias = "InstancePropertyFilterList")]
    instance_information_filter_list: Option<Vec<LegacyFilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegacyFilterBody {
    key: Option<String>,
    value_set: Option<Vec<String>>,
}

impl From<LegacyFilterBody> for FilterBody {
    fn from(old: LegacyFilterBody) -> Self {
        Self {
            key: old.key,
            values: old.value_set,
        }
    }
}

impl InformationRequest {
    /// A request with pages of at most so many nodes.
    pub(crate) fn read(
        body: &[u8],
        largest_page: i64,
        known: impl Fn(&str) -> bool,
    ) -> Result<Self, ServiceError> {
        let body: InformationBody = parse(body)?;
        let mut complaints = ValidationErrors::default();
        let old = body.instance_information_filter_list.unwrap_or_default();
        let filters: Vec<FilterBody> = body
            .filters
            .unwrap_or_default()
            .into_iter()
            .chain(old.into_iter().map(FilterBody::from))
            .collect();
        for (place, filter) in (1..).zip(&filters) {
            complaints.check_filter(place, filter);
        }
        // The default page has only ten nodes.
        let max = complaints.check_page_size(body.max_results, 5..=largest_page, 10);
        complaints.into_result()?;
        let filters: Vec<NodeFilter> = filters
            .into_iter()
            .map(NodeFilter::read)
            .collect::<Result<_, _>>()?;
        if filters.len() > 1 && filters.iter().any(NodeFilter::is_tag) {
            return Err(ServiceError::validation(
                "Cannot mix tag or inventory filter with any other filter.",
            ));
        }
        for filter in &filters {
            filter.check(&known)?;
        }
        let page = PageRequest::new(max, body.next_token, &format!("{filters:?}"));
        Ok(Self { filters, page })
    }

    /// The requested ids, if any.
    pub(crate) fn ids(&self) -> Option<&[String]> {
        let filter = self
            .filters
            .iter()
            .find(|f| f.key == NodeFilterKey::InstanceIds)?;
        Some(&filter.values)
    }

    /// Whether the request filters by platform, which gets an unusual page.
    pub(crate) fn has_platform_filter(&self) -> bool {
        self.filters
            .iter()
            .any(|f| f.key == NodeFilterKey::PlatformTypes)
    }

    pub(crate) fn passes(&self, facts: &Machine) -> bool {
        self.filters.iter().all(|filter| filter.passes(facts))
    }
}

impl NodeFilter {
    fn read(body: FilterBody) -> Result<Self, ServiceError> {
        let key = match body.key.as_deref().unwrap_or_default() {
            "InstanceIds" => NodeFilterKey::InstanceIds,
            "AgentVersion" => NodeFilterKey::AgentVersion,
            "PingStatus" => NodeFilterKey::PingStatus,
            "PlatformTypes" => NodeFilterKey::PlatformTypes,
            "ActivationIds" => NodeFilterKey::ActivationIds,
            "IamRole" => NodeFilterKey::IamRole,
            "ResourceType" => NodeFilterKey::ResourceType,
            "AssociationStatus" => NodeFilterKey::AssociationStatus,
            "tag-key" => NodeFilterKey::HasTag,
            other => match other.strip_prefix("tag:") {
                Some(tag) if !tag.is_empty() => NodeFilterKey::Tag(tag.to_owned()),
                _ => {
                    return Err(ServiceError::new(
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
        matches!(self.key, NodeFilterKey::HasTag | NodeFilterKey::Tag(_))
    }

    fn check(&self, known: impl Fn(&str) -> bool) -> Result<(), ServiceError> {
        let value = |message: &str| {
            Err(ServiceError::new(
                400,
                "InvalidInstanceInformationFilterValue",
                message,
            ))
        };
        let all = |allowed: &[&str]| self.values.iter().all(|v| allowed.contains(&v.as_str()));
        match self.key {
            NodeFilterKey::InstanceIds
                if !self.values.iter().all(|id| known(id) || well_formed(id)) =>
            {
                Err(ServiceError::new(400, "InvalidInstanceId", ""))
            }
            NodeFilterKey::ResourceType if self.values.len() > 1 => {
                value("ResourceType filter may contain only one value.")
            }
            NodeFilterKey::ResourceType if !all(&["EC2Instance", "ManagedInstance"]) => value(
                "ResourceType filter is invalid, valid values are EC2Instance, ManagedInstance",
            ),
            NodeFilterKey::PingStatus if !all(&["Online", "ConnectionLost", "Inactive"]) => value(
                "PingStatus filter is invalid, valid values are Online, ConnectionLost, Inactive",
            ),
            NodeFilterKey::PlatformTypes if !all(&["Windows", "Linux", "MacOS"]) => {
                value("PlatformTypes filter is invalid, valid values are Windows, Linux, MacOS")
            }
            _ => Ok(()),
        }
    }

    fn passes(&self, facts: &Machine) -> bool {
        let Some(agent) = &facts.agent else {
            return false;
        };
        let any = |field: &str| self.values.iter().any(|value| value == field);
        match &self.key {
            NodeFilterKey::InstanceIds => any(&facts.id),
            NodeFilterKey::AgentVersion => any(&agent.version),
            NodeFilterKey::PingStatus => any(agent.ping.as_str()),
            NodeFilterKey::PlatformTypes => any(platform_type(facts.os)),
            NodeFilterKey::ActivationIds => facts.is_hybrid() && any(&activation()),
            NodeFilterKey::IamRole => facts.is_hybrid() && any(HYBRID_ROLE),
            NodeFilterKey::ResourceType => any(resource_type(facts)),
            NodeFilterKey::AssociationStatus => any(&agent.association_status),
            NodeFilterKey::HasTag => facts.tags().iter().any(|(key, _)| any(key)),
            NodeFilterKey::Tag(tag) => facts.tags().iter().any(|(key, v)| key == tag && any(v)),
        }
    }
}

/// A valid request of `GetInventory`.
#[derive(Debug)]
pub(crate) struct InventoryRequest {
    filters: Vec<InventoryFilter>,
    pub page: PageRequest,
}

#[derive(Debug)]
struct InventoryFilter {
    attribute: String,
    comparison: Comparison,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
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

impl InventoryRequest {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ServiceError> {
        let body: InventoryBody = parse(body)?;
        let mut complaints = ValidationErrors::default();
        let max = complaints.check_page_size(body.max_results, 1..=50, 50);
        let filters = body.filters.unwrap_or_default();
        if filters.len() > 5 {
            let rule = "Member must have length less than or equal to 5";
            complaints.add(&format!("'[{} filters]'", filters.len()), "filters", rule);
        }
        complaints.into_result()?;
        if body.aggregators.is_some_and(|list| !list.is_empty()) {
            let cause = "The demo does not aggregate inventory.";
            return Err(ServiceError::new(400, "InvalidAggregatorException", cause));
        }
        let types = body.result_attributes.unwrap_or_default();
        if types
            .iter()
            .any(|t| t.type_name.as_deref() != Some(INVENTORY_TYPE))
        {
            let cause = "The demo has the inventory type AWS:InstanceInformation only.";
            return Err(ServiceError::new(400, "InvalidTypeNameException", cause));
        }
        let filters = filters
            .into_iter()
            .map(InventoryFilter::read)
            .collect::<Result<Vec<_>, _>>()?;
        let page = PageRequest::new(max, body.next_token, &format!("{filters:?}"));
        Ok(Self { filters, page })
    }

    pub(crate) fn passes(&self, facts: &Machine) -> bool {
        self.filters.iter().all(|filter| filter.passes(facts))
    }
}

impl InventoryFilter {
    fn read(body: InventoryFilterBody) -> Result<Self, ServiceError> {
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
            None | Some("Equal") => Comparison::Equal,
            Some("NotEqual") => Comparison::NotEqual,
            Some("BeginWith") => Comparison::BeginWith,
            Some(_) => return Err(ServiceError::invalid_filter()),
        };
        let attribute = body
            .key
            .as_deref()
            .and_then(|key| key.strip_prefix("AWS:InstanceInformation."))
            .filter(|attribute| ATTRIBUTES.contains(attribute));
        let (Some(attribute), Some(values)) = (attribute, body.values) else {
            return Err(ServiceError::invalid_filter());
        };
        Ok(Self {
            attribute: attribute.to_owned(),
            comparison: how,
            values,
        })
    }

    /// Case does not matter: the service accepts `active` for `Active`.
    fn passes(&self, facts: &Machine) -> bool {
        let agent = facts.agent.as_ref();
        let field = match self.attribute.as_str() {
            "AgentType" => AGENT,
            "AgentVersion" => agent.map_or("", |agent| &agent.version),
            "ComputerName" => &facts.computer_name,
            "InstanceId" => &facts.id,
            "InstanceStatus" => status(facts),
            "IpAddress" => &facts.ip,
            "PlatformName" => facts.os.platform().0,
            "PlatformType" => platform_type(facts.os),
            "PlatformVersion" => facts.os.platform().1,
            _ => resource_type(facts),
        };
        let equal = |value: &String| value.eq_ignore_ascii_case(field);
        match self.comparison {
            Comparison::Equal => self.values.iter().any(equal),
            Comparison::NotEqual => !self.values.iter().any(equal),
            Comparison::BeginWith => self.values.iter().any(|value| field.starts_with(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{InformationRequest, InventoryRequest, ServiceError};

    fn information(body: &Value) -> Result<InformationRequest, ServiceError> {
        InformationRequest::read(body.to_string().as_bytes(), 50, |id| id == "i-123")
    }

    fn filtered(filters: &[(&str, &[&str])]) -> Result<InformationRequest, ServiceError> {
        let filters: Vec<_> = filters
            .iter()
            .map(|(key, values)| json!({ "Key": key, "Values": values }))
            .collect();
        information(&json!({ "Filters": filters }))
    }

    fn error_of<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> (&'static str, String) {
        let fault = result.unwrap_err();
        assert_eq!(fault.status, 400);
        (fault.code, fault.message)
    }

    #[test]
    fn a_page_has_five_to_fifty_nodes_and_ten_by_default() {
        assert_eq!(information(&json!({})).unwrap().page.max, 10);
        assert_eq!(
            information(&json!({ "MaxResults": 5 })).unwrap().page.max,
            5
        );
        for size in [4, 51] {
            let (kind, _) = error_of(information(&json!({ "MaxResults": size })));
            assert_eq!(kind, "ValidationException");
        }
    }

    #[test]
    fn a_tag_filter_cannot_be_combined() {
        assert!(filtered(&[("tag:Env", &["prod", "stage"])]).is_ok());
        for other in ["PingStatus", "tag:Team", "tag-key"] {
            assert_eq!(
                error_of(filtered(&[("tag:Env", &["prod"]), (other, &["Online"])])),
                (
                    "ValidationException",
                    "Cannot mix tag or inventory filter with any other filter.".to_owned()
                )
            );
        }
        assert!(filtered(&[("PingStatus", &["Online"]), ("PlatformTypes", &["Linux"])]).is_ok());
    }

    #[test]
    fn unknown_keys_and_values_are_refused() {
        assert_eq!(
            error_of(filtered(&[("Name", &["web"])])).0,
            "InvalidFilterKey"
        );
        assert_eq!(
            error_of(filtered(&[("tag:", &["web"])])).0,
            "InvalidFilterKey"
        );
        let value = "InvalidInstanceInformationFilterValue";
        for (key, values) in [
            ("PingStatus", &["online"][..]),
            ("PlatformTypes", &["BeOS"]),
            ("ResourceType", &["Document"]),
            ("ResourceType", &["EC2Instance", "ManagedInstance"]),
        ] {
            assert_eq!(error_of(filtered(&[(key, values)])).0, value, "{key}");
        }
        assert_eq!(
            error_of(filtered(&[("InstanceIds", &["web-1"])])).0,
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
        let read = |body: Value| InventoryRequest::read(body.to_string().as_bytes());
        let by = |key: &str, how: &str| {
            read(json!({ "Filters": [{ "Key": key, "Values": ["x"], "Type": how }] }))
        };
        assert!(by("AWS:InstanceInformation.InstanceStatus", "NotEqual").is_ok());
        for (key, how) in [
            ("AWS:InstanceInformation.Colour", "Equal"),
            ("InstanceStatus", "Equal"),
            ("AWS:InstanceInformation.InstanceStatus", "LessThan"),
        ] {
            assert_eq!(error_of(by(key, how)).0, "InvalidFilter");
        }
        assert_eq!(
            error_of(read(json!({ "MaxResults": 51 }))).0,
            "ValidationException"
        );
        let type_name = json!({ "ResultAttributes": [{ "TypeName": "AWS:Network" }] });
        assert_eq!(error_of(read(type_name)).0, "InvalidTypeNameException");
    }
}
