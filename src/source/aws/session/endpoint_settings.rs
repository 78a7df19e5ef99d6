//! The endpoints that the environment and a profile configure, for the clients of
//! the SDK. Its own reader takes an empty setting for an endpoint.

use std::collections::BTreeMap;

use anyhow::Result;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::source::aws::session::aws_files::{AwsFiles, Section};
use crate::source::aws::session::sdk_settings::check_url;

/// The services that are called: their ids in the SDK, and the ends of their
/// names in variables and, in lower case, in a services section.
const SERVICES: [(&str, &str); 7] = [
    ("SSM", "SSM"),
    ("STS", "STS"),
    ("EC2", "EC2"),
    ("Organizations", "ORGANIZATIONS"),
    ("SSO", "SSO"),
    ("SSO OIDC", "SSO_OIDC"),
    ("S3", "S3"),
];

/// The endpoint of each service that has one configured.
#[derive(Debug)]
pub(super) struct EndpointSettings(BTreeMap<&'static str, String>);

impl EndpointSettings {
    /// Variables precede the profile, and a setting of one service that of all.
    /// Source: AWS SDKs and Tools reference guide, "Service-specific endpoints".
    ///
    /// # Errors
    /// If an endpoint of the profile cannot be one.
    pub(super) fn new(
        variable: impl Fn(&str) -> Option<String>,
        files: &AwsFiles,
        name: &str,
        profile: &Section,
    ) -> Result<Self> {
        let is_true = |value: &str| value.trim().eq_ignore_ascii_case("true");
        let ignored = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .or_else(|| Some(profile.get("ignore_configured_endpoint_urls")?.to_owned()));
        let mut endpoints = BTreeMap::new();
        if ignored.is_some_and(|value| is_true(&value)) {
            return Ok(Self(endpoints));
        }
        for (id, suffix) in SERVICES {
            let of_variable = variable(&format!("AWS_ENDPOINT_URL_{suffix}"))
                .or_else(|| variable("AWS_ENDPOINT_URL"));
            let of_profile = || -> Result<Option<String>> {
                let url = files.endpoint(profile, &suffix.to_ascii_lowercase())?;
                if let Some(url) = &url {
                    check_url(&format!("endpoint_url of profile {name} for {id}"), url)?;
                }
                Ok(url)
            };
            let url = match of_variable {
                Some(url) => Some(url),
                None => of_profile()?,
            };
            endpoints.extend(url.map(|url| (id, url)));
        }
        Ok(Self(endpoints))
    }

    /// The endpoint of a service, by its id in the SDK.
    pub(super) fn of(&self, service: &str) -> Option<&str> {
        self.0.get(service).map(String::as_str)
    }
}

impl LoadServiceConfig for EndpointSettings {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let is_endpoint = key.env() == "AWS_ENDPOINT_URL";
        let endpoint = self.of(key.service_id()).filter(|_| is_endpoint);
        endpoint.map(ToOwned::to_owned)
    }
}
