//! The EC2 metadata service: whether there is one, how long it may take, and why
//! it gave nothing.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials};
use aws_sdk_ssm::config::http::HttpRequest;
use aws_sdk_ssm::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::source::aws::api::error_text::error_chain;
use crate::source::aws::session::aws_files::Section;
use crate::source::aws::session::body_limit::{MAX_BODY_BYTES, with_body_limit};
use crate::source::aws::session::checked_credentials::SecretTrackingClient;
use crate::source::aws::session::environment::variable;
use crate::source::aws::session::http::plain_http_client;
use crate::text::count;

/// How long one request may take, as with the AWS CLI.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1);

/// Attempts of one request. The AWS CLI makes one; a first request can be lost
/// while the instance is busy.
const DEFAULT_ATTEMPTS: u32 = 3;

/// How long the service may take to accept a connection where nothing says that
/// the machine is an EC2 instance. It takes less than a millisecond where there
/// is one; elsewhere the address often swallows packets.
const PROBE_TIMEOUT: Duration = Duration::from_millis(600);

const REGION_PATH: &str = "/latest/meta-data/placement/region";

/// Where the firmware of an EC2 instance names its maker. Source: EC2 user guide,
/// "Detect whether a host is an EC2 instance".
const MAKER_FILES: [(&str, &str); 4] = [
    ("/sys/class/dmi/id/sys_vendor", "amazon"),
    ("/sys/class/dmi/id/board_vendor", "amazon"),
    ("/sys/class/dmi/id/bios_version", "amazon"),
    ("/sys/hypervisor/uuid", "ec2"),
];

/// The service, and what it is known to have failed at.
#[derive(Debug)]
pub(super) struct Metadata {
    settings: MetadataSettings,
    /// Whether the firmware says that this is an EC2 instance.
    is_ec2: LazyLock<bool>,
    /// The client, once it is known whether there is a service.
    client: OnceCell<Option<imds::Client>>,
    failure: Arc<Mutex<Option<String>>>,
}

/// How the service is called.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MetadataSettings {
    is_disabled: bool,
    endpoint: String,
    /// Does a setting name it?
    is_named: bool,
    timeout: Duration,
    attempts: u32,
}

impl MetadataSettings {
    /// From the environment and the profile.
    fn new(variable: impl Fn(&str) -> Option<String>, profile: Option<&Section>) -> Result<Self> {
        let setting = |name: &str, key: &str| {
            let of_profile = || {
                let value = profile?.get(key)?.to_owned();
                Some((value, format!("{key} of the profile")))
            };
            variable(name)
                .map(|value| (value, name.to_owned()))
                .or_else(of_profile)
        };
        let timeout = setting("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
        let timeout_seconds = timeout.map(|(value, name)| {
            let seconds: Option<f64> = value.trim().parse().ok();
            seconds
                .filter(|seconds| (0.001..=3_600.0).contains(seconds))
                .ok_or_else(|| anyhow!("{name} {value:?} is not a number of seconds, such as 2"))
        });
        let attempts = setting(
            "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
            "metadata_service_num_attempts",
        );
        let attempts = attempts.map(|(value, name)| match value.trim().parse() {
            Ok(attempts) if attempts > 0 => Ok(attempts),
            _ => Err(anyhow!(
                "{name} {value:?} is not a whole number of 1 or more"
            )),
        });
        let endpoint = setting(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "ec2_metadata_service_endpoint",
        );
        let mode = setting(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
            "ec2_metadata_service_endpoint_mode",
        );
        let default_endpoint = match mode {
            None => "http://169.254.169.254",
            Some((mode, _)) if mode.eq_ignore_ascii_case("ipv4") => "http://169.254.169.254",
            Some((mode, _)) if mode.eq_ignore_ascii_case("ipv6") => "http://[fd00:ec2::254]",
            Some((mode, name)) => bail!("{name} is {mode:?}; it is either IPv4 or IPv6"),
        };
        Ok(Self {
            is_disabled: variable("AWS_EC2_METADATA_DISABLED")
                .is_some_and(|value| value.trim().eq_ignore_ascii_case("true")),
            is_named: endpoint.is_some(),
            endpoint: endpoint.map_or_else(
                || default_endpoint.to_owned(),
                |(url, _)| url.trim_end_matches('/').to_owned(),
            ),
            timeout: timeout_seconds
                .transpose()?
                .map_or(DEFAULT_TIMEOUT, Duration::from_secs_f64),
            attempts: attempts.transpose()?.unwrap_or(DEFAULT_ATTEMPTS),
        })
    }
}

/// Whether the firmware says that this is an EC2 instance.
fn is_ec2_instance() -> bool {
    MAKER_FILES.iter().any(|(path, word)| {
        std::fs::read_to_string(Path::new(path)).is_ok_and(|text| {
            let text = text.to_ascii_lowercase();
            text.trim_start().starts_with(word) || text.contains("amazon")
        })
    })
}

impl Metadata {
    /// The service as the environment and a profile configure it.
    ///
    /// # Errors
    /// If one of the settings is invalid.
    pub(super) fn new(profile: Option<&Section>) -> Result<Self> {
        Ok(Self {
            settings: MetadataSettings::new(variable, profile)?,
            is_ec2: LazyLock::new(is_ec2_instance),
            client: OnceCell::new(),
            failure: Arc::default(),
        })
    }

    /// Does the firmware or a setting say that there is a service?
    pub(super) fn is_expected(&self) -> bool {
        !self.settings.is_disabled && (self.settings.is_named || *self.is_ec2)
    }

    /// Is there a service, and did it give what it was asked for?
    pub(super) fn has_answered(&self) -> bool {
        self.client.get().is_some_and(Option::is_some) && self.failure().is_none()
    }

    /// Why the service gave nothing, if there is one.
    pub(super) fn failure(&self) -> Option<String> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.clone()
    }

    /// The region of the instance; `None` if this is none, or at a failure.
    pub(super) async fn region(&self) -> Option<String> {
        let client = self.client().await?;
        match client.get(REGION_PATH).await {
            Ok(region) => Some(region.as_ref().trim().to_owned()),
            Err(error) => {
                if self.failure().is_none() {
                    self.set_failure(Some(error_chain(&error)));
                }
                None
            }
        }
    }

    /// The credentials of the instance's role; `None` if there is no service.
    pub(super) async fn credentials(&self) -> Option<provider::Result> {
        let client = self.client().await?.clone();
        // That of the region says nothing about the credentials.
        self.set_failure(None);
        let provider = ImdsCredentialsProvider::builder()
            .configure(&ProviderConfig::empty())
            .imds_client(client)
            .build();
        Some(provider.provide_credentials().await.map_err(|error| {
            // What the service did not answer says more than the SDK's chain.
            let cause = match (&error, self.failure()) {
                (_, Some(failure)) => failure,
                (CredentialsError::CredentialsNotLoaded(_), None) => {
                    "the EC2 instance has no role: attach an instance profile to it".to_owned()
                }
                (_, None) => error_chain(&error),
            };
            self.set_failure(Some(cause.clone()));
            CredentialsError::provider_error(cause)
        }))
    }

    fn set_failure(&self, failure: Option<String>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    async fn client(&self) -> Option<&imds::Client> {
        let find = async {
            let is_there = !self.settings.is_disabled
                && (self.is_expected() || answers(&self.settings.endpoint).await);
            is_there.then(|| self.make_client()).flatten()
        };
        self.client.get_or_init(|| find).await.as_ref()
    }

    fn make_client(&self) -> Option<imds::Client> {
        let MetadataSettings {
            timeout, attempts, ..
        } = self.settings;
        // The client repeats requests itself; these limits only have to be longer.
        let all = timeout * attempts + Duration::from_secs(1);
        let client = RepeatingClient {
            inner: SharedHttpClient::new(SecretTrackingClient(with_body_limit(
                plain_http_client(),
                MAX_BODY_BYTES,
            ))),
            settings: self.settings.clone(),
            failure: self.failure.clone(),
        };
        let builder = imds::Client::builder()
            .configure(&ProviderConfig::empty().with_http_client(client))
            .max_attempts(1)
            .connect_timeout(timeout)
            .read_timeout(all)
            .operation_attempt_timeout(all * 2)
            .operation_timeout(all * 2);
        // Validated with the other settings.
        Some(builder.endpoint(&self.settings.endpoint).ok()?.build())
    }
}

/// Whether something accepts connections at the address of the service.
async fn answers(endpoint: &str) -> bool {
    let host = endpoint.trim_start_matches("http://");
    let connected = tokio::time::timeout(
        PROBE_TIMEOUT,
        TcpStream::connect((host.trim_matches(['[', ']']), 80)),
    );
    matches!(connected.await, Ok(Ok(_)))
}

/// Repeats a request that is lost or not answered in time.
#[derive(Debug)]
struct RepeatingClient {
    inner: SharedHttpClient,
    settings: MetadataSettings,
    failure: Arc<Mutex<Option<String>>>,
}

impl HttpClient for RepeatingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(RepeatingConnector {
            inner: self.inner.http_connector(settings, components),
            settings: self.settings.clone(),
            failure: self.failure.clone(),
        })
    }
}

#[derive(Debug)]
struct RepeatingConnector {
    inner: SharedHttpConnector,
    settings: MetadataSettings,
    failure: Arc<Mutex<Option<String>>>,
}

impl HttpConnector for RepeatingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, failure) = (self.inner.clone(), self.failure.clone());
        let settings = self.settings.clone();
        HttpConnectorFuture::new(async move {
            let mut last = None;
            for _ in 0..settings.attempts {
                let Some(again) = request.try_clone() else {
                    break;
                };
                match tokio::time::timeout(settings.timeout, inner.call(again)).await {
                    Ok(Ok(response)) => return Ok(response),
                    // Something that is not the service answers: not a fault of
                    // the network.
                    Ok(Err(error)) if !error.is_io() && !error.is_timeout() => return Err(error),
                    Ok(Err(error)) => last = Some(error),
                    Err(_) => last = None,
                }
            }
            let MetadataSettings {
                endpoint,
                timeout,
                attempts,
                ..
            } = &settings;
            let tries = count(*attempts, "time");
            let cause = match &last {
                Some(error) if !error.is_timeout() => {
                    format!(
                        "the EC2 metadata service at {endpoint} cannot be reached, tried {tries}: {}",
                        error_chain(error)
                    )
                }
                _ => format!(
                    "the EC2 metadata service at {endpoint} does not answer within {timeout:?}, tried {tries}; AWS_METADATA_SERVICE_TIMEOUT and AWS_METADATA_SERVICE_NUM_ATTEMPTS allow more, and in a container the instance needs a hop limit of 2"
                ),
            };
            let mut known = failure.lock().unwrap_or_else(PoisonError::into_inner);
            known.get_or_insert(cause.clone());
            Err(last.unwrap_or_else(|| ConnectorError::timeout(cause.into())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<MetadataSettings> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        MetadataSettings::new(variable, None)
    }

    fn is_expected(settings: &MetadataSettings, is_ec2: bool) -> bool {
        let metadata = Metadata {
            settings: settings.clone(),
            is_ec2: LazyLock::new(if is_ec2 { || true } else { || false }),
            client: OnceCell::new(),
            failure: Arc::default(),
        };
        metadata.is_expected()
    }

    #[test]
    fn the_service_is_waited_for_where_the_firmware_or_a_setting_names_it() {
        let default = settings(&[]).unwrap();
        assert!(is_expected(&default, true) && !is_expected(&default, false));
        assert_eq!(default.endpoint, "http://169.254.169.254");
        assert_eq!((default.timeout.as_millis(), default.attempts), (1_000, 3));
        let named = settings(&[
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1/"),
            ("AWS_METADATA_SERVICE_TIMEOUT", "2.5"),
            ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "7"),
        ]);
        let named = named.unwrap();
        assert!(is_expected(&named, false));
        assert_eq!(named.endpoint, "http://127.0.0.1:1");
        assert_eq!((named.timeout.as_millis(), named.attempts), (2_500, 7));
        let disabled = settings(&[("AWS_EC2_METADATA_DISABLED", "TRUE")]).unwrap();
        assert!(!is_expected(&disabled, true));
    }

    #[test]
    fn an_invalid_setting_of_the_service_is_named() {
        for (name, value, expected) in [
            (
                "AWS_METADATA_SERVICE_TIMEOUT",
                "soon",
                "is not a number of seconds",
            ),
            (
                "AWS_METADATA_SERVICE_TIMEOUT",
                "-1",
                "is not a number of seconds",
            ),
            (
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                "0",
                "is not a whole number",
            ),
            (
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                "ipv5",
                "either IPv4 or IPv6",
            ),
        ] {
            let error = settings(&[(name, value)]).unwrap_err().to_string();
            assert!(
                error.starts_with(name) && error.contains(expected),
                "{error}"
            );
        }
    }
}
