//! The EC2 endpoint of a region: configured, or public.

use aws_types::SdkConfig;
use aws_types::origin::Origin;
use aws_types::service_config::ServiceConfigKey;

/// The endpoint's URL: the configured one, or the public one.
pub(crate) fn endpoint_url(config: &SdkConfig, region: &str) -> String {
    configured_endpoint(config, "EC2").unwrap_or_else(|| {
        public_endpoint(
            region,
            config.use_fips().unwrap_or_default(),
            config.use_dual_stack().unwrap_or_default(),
        )
    })
}

/// The configured URL of a service. As in the SDK's own clients: the value set
/// in the program takes precedence over the settings for the service
/// (`AWS_ENDPOINT_URL_EC2`, the profile's services section), and those over the
/// settings for all services. The loader of the settings respects
/// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`.
pub(crate) fn configured_endpoint(config: &SdkConfig, service: &str) -> Option<String> {
    let general = config.endpoint_url().map(ToOwned::to_owned);
    let is_a_setting = [
        Origin::shared_environment_variable(),
        Origin::shared_profile_file(),
    ]
    .contains(&config.get_origin("endpoint_url"));
    if general.is_some() && !is_a_setting {
        return general;
    }
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .expect("all three parts are given");
    config
        .service_config()
        .and_then(|settings| settings.load_config(key))
        .or(general)
}

/// Source: the endpoint rules of EC2's service model.
fn public_endpoint(region: &str, fips: bool, dual_stack: bool) -> String {
    let (plain, dual) = domain_suffixes(region);
    let suffix = if dual_stack { dual } else { plain };
    // In GovCloud the plain name is the FIPS endpoint.
    let host = if fips && (dual_stack || !region.starts_with("us-gov-")) {
        "ec2-fips"
    } else {
        "ec2"
    };
    format!("https://{host}.{region}.{suffix}")
}

/// The domain of a partition, without and with IPv6. The isolated partitions
/// have no dual-stack endpoints.
pub(crate) fn domain_suffixes(region: &str) -> (&'static str, &'static str) {
    const PARTITIONS: [(&str, &str, &str); 6] = [
        ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("us-iso-", "c2s.ic.gov", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk", "cloud.adc-e.uk"),
    ];
    PARTITIONS
        .into_iter()
        .find(|(prefix, ..)| region.starts_with(prefix))
        .map_or(("amazonaws.com", "api.aws"), |(_, plain, dual)| {
            (plain, dual)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_types::service_config::LoadServiceConfig;

    /// Settings of the environment and the profile.
    #[derive(Debug)]
    struct Settings(Option<&'static str>);

    impl LoadServiceConfig for Settings {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            assert_eq!(key.service_id(), "EC2");
            self.0.map(ToOwned::to_owned)
        }
    }

    #[test]
    fn each_partition_has_its_own_domain() {
        for (region, fips, dual_stack, host) in [
            ("eu-west-1", false, false, "ec2.eu-west-1.amazonaws.com"),
            ("eu-west-1", false, true, "ec2.eu-west-1.api.aws"),
            (
                "ca-central-1",
                true,
                false,
                "ec2-fips.ca-central-1.amazonaws.com",
            ),
            ("us-east-1", true, true, "ec2-fips.us-east-1.api.aws"),
            (
                "cn-north-1",
                false,
                false,
                "ec2.cn-north-1.amazonaws.com.cn",
            ),
            (
                "cn-north-1",
                true,
                true,
                "ec2-fips.cn-north-1.api.amazonwebservices.com.cn",
            ),
            (
                "us-gov-east-1",
                true,
                false,
                "ec2.us-gov-east-1.amazonaws.com",
            ),
            (
                "us-gov-east-1",
                true,
                true,
                "ec2-fips.us-gov-east-1.api.aws",
            ),
            (
                "us-iso-east-1",
                true,
                false,
                "ec2-fips.us-iso-east-1.c2s.ic.gov",
            ),
            (
                "us-isob-east-1",
                false,
                false,
                "ec2.us-isob-east-1.sc2s.sgov.gov",
            ),
        ] {
            assert_eq!(
                public_endpoint(region, fips, dual_stack),
                format!("https://{host}"),
                "{region}, fips {fips}, dual stack {dual_stack}"
            );
        }
    }

    #[test]
    fn the_more_specific_setting_wins() {
        let public = "https://ec2.eu-west-1.amazonaws.com";
        let env = Origin::shared_environment_variable();
        let program = Origin::shared_config();
        for (general, origin, of_ec2, expected) in [
            (None, None, None, public),
            (None, None, Some("http://ec2"), "http://ec2"),
            (Some("http://all"), Some(env), None, "http://all"),
            (
                Some("http://all"),
                Some(env),
                Some("http://ec2"),
                "http://ec2",
            ),
            (
                Some("http://explicit"),
                Some(program),
                Some("http://ec2"),
                "http://explicit",
            ),
            (
                Some("http://explicit"),
                None,
                Some("http://ec2"),
                "http://explicit",
            ),
        ] {
            let mut config = SdkConfig::builder().service_config(Settings(of_ec2));
            config.set_endpoint_url(general.map(ToOwned::to_owned));
            if let Some(origin) = origin {
                config.insert_origin("endpoint_url", origin);
            }
            let config = config.build();
            assert_eq!(
                endpoint_url(&config, "eu-west-1"),
                expected,
                "{general:?} {origin:?} {of_ec2:?}"
            );
        }
    }
}
