//! The AWS settings that this program or the SDK reads, and which values each
//! can have.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::bounded_read;
use crate::bounded_read::read_if_exists;
use crate::endpoint;
use crate::record::is_account_id;
use crate::regions::check_region;
use crate::secrets;
use crate::source::aws::session::checked_credentials::header_problem;

/// Tokens have a few KB; AWS STS takes 20,000 characters.
pub(super) const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// The format that a value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueFormat {
    /// A line, as it stands. In a file it may continue over several lines,
    /// which is harmless.
    Line,
    /// Surrounding white space is ignored: its reader trims it.
    Trimmed,
    /// The value of an HTTP header.
    Header,
    /// The address of an endpoint.
    Url,
    /// The part of a URL that follows the host.
    UrlPath,
    /// `true` or `false`.
    Boolean,
    /// A region, whose name becomes part of a URL.
    Region,
    /// An account id, which is printed.
    Account,
    /// A file with a token.
    TokenFile,
}

/// A setting that this program or the SDK reads and whose value can do harm.
pub(super) struct KnownSetting {
    /// The environment variable; empty if there is none.
    pub variable: &'static str,
    /// The key in a profile; empty if there is none.
    pub profile_key: &'static str,
    pub format: ValueFormat,
    pub is_secret: bool,
}

const fn setting(
    variable: &'static str,
    profile_key: &'static str,
    format: ValueFormat,
) -> KnownSetting {
    KnownSetting {
        variable,
        profile_key,
        format,
        is_secret: false,
    }
}

const fn secret_setting(
    variable: &'static str,
    profile_key: &'static str,
    format: ValueFormat,
) -> KnownSetting {
    KnownSetting {
        is_secret: true,
        ..setting(variable, profile_key, format)
    }
}

/// Source: the AWS SDKs and Tools reference guide, "Settings reference", and
/// aws-config.
pub(super) const KNOWN_SETTINGS: [KnownSetting; 35] = [
    setting(
        "AWS_ACCESS_KEY_ID",
        "aws_access_key_id",
        ValueFormat::Header,
    ),
    secret_setting(
        "AWS_SECRET_ACCESS_KEY",
        "aws_secret_access_key",
        ValueFormat::Header,
    ),
    // An older name, which the SDK reads too.
    secret_setting("SECRET_ACCESS_KEY", "", ValueFormat::Header),
    secret_setting("AWS_SESSION_TOKEN", "", ValueFormat::Trimmed),
    secret_setting("", "aws_session_token", ValueFormat::Header),
    setting("AWS_ACCOUNT_ID", "aws_account_id", ValueFormat::Account),
    setting("AWS_PROFILE", "", ValueFormat::Line),
    setting("AWS_REGION", "", ValueFormat::Line),
    setting("AWS_DEFAULT_REGION", "", ValueFormat::Line),
    setting("AWS_MAX_ATTEMPTS", "", ValueFormat::Trimmed),
    setting("AWS_CONFIG_FILE", "", ValueFormat::Line),
    setting("AWS_SHARED_CREDENTIALS_FILE", "", ValueFormat::Line),
    setting("AWS_CA_BUNDLE", "", ValueFormat::Line),
    setting("AWS_ROLE_ARN", "", ValueFormat::Line),
    setting("AWS_ROLE_SESSION_NAME", "", ValueFormat::Line),
    setting(
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "web_identity_token_file",
        ValueFormat::TokenFile,
    ),
    secret_setting("AWS_CONTAINER_AUTHORIZATION_TOKEN", "", ValueFormat::Header),
    setting(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "",
        ValueFormat::TokenFile,
    ),
    setting("AWS_CONTAINER_CREDENTIALS_FULL_URI", "", ValueFormat::Url),
    setting(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "",
        ValueFormat::UrlPath,
    ),
    setting(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "ec2_metadata_service_endpoint",
        ValueFormat::Url,
    ),
    setting("AWS_ENDPOINT_URL", "endpoint_url", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_SSM", "", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_STS", "", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_EC2", "", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_ORGANIZATIONS", "", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_SSO", "", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_SSO_OIDC", "", ValueFormat::Url),
    setting("AWS_ENDPOINT_URL_S3", "", ValueFormat::Url),
    setting(
        "AWS_USE_FIPS_ENDPOINT",
        "use_fips_endpoint",
        ValueFormat::Boolean,
    ),
    setting(
        "AWS_USE_DUALSTACK_ENDPOINT",
        "use_dualstack_endpoint",
        ValueFormat::Boolean,
    ),
    setting(
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "ignore_configured_endpoint_urls",
        ValueFormat::Boolean,
    ),
    setting("AWS_SDK_UA_APP_ID", "", ValueFormat::Line),
    setting("AWS_EXECUTION_ENV", "", ValueFormat::Line),
    setting("", "sso_region", ValueFormat::Region),
];

/// Variables that AWS does not define, and that decide where requests go or
/// which files are read.
pub(super) const NON_AWS_VARIABLES: [&str; 8] = [
    "HOME",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SECRET_ACCESS_KEY",
];

impl KnownSetting {
    /// Checks that a value can be used. `name` is how the setting is called in
    /// its source.
    pub(super) fn check(&self, name: &str, value: &str) -> Result<()> {
        if self.is_secret {
            secrets::register(value);
        }
        let value = match self.format {
            ValueFormat::Trimmed | ValueFormat::Account => value.trim(),
            _ => value,
        };
        // Empty is unset.
        if value.is_empty() {
            return Ok(());
        }
        match self.format {
            ValueFormat::Url => return check_url(name, value),
            ValueFormat::Boolean if !["true", "false"].contains(&&*value.to_ascii_lowercase()) => {
                bail!("{name} is {value:?}; it is either true or false");
            }
            ValueFormat::UrlPath
                if !value.starts_with('/')
                    || endpoint::validate_url(&format!("http://host{value}")).is_err() =>
            {
                bail!("{name} is not the path of a URL, such as /v2/credentials");
            }
            ValueFormat::Account if !is_account_id(value) => {
                bail!("{name} is not an account id, which has twelve digits, such as 111122223333");
            }
            ValueFormat::Region => {
                return check_region(value)
                    .map_err(|cause| anyhow!("{name} is {value:?}, which is {cause}"));
            }
            _ => {}
        }
        let cause = match self.format {
            ValueFormat::Trimmed | ValueFormat::Header => header_problem(value),
            _ => header_problem(value)
                .filter(|_| value.trim() != value || value.contains(char::is_control)),
        };
        if let Some(cause) = cause {
            bail!("{name} cannot be used: {cause}");
        }
        if self.format == ValueFormat::TokenFile {
            remember_token_file(name, Path::new(value))?;
        }
        Ok(())
    }
}

/// Checks that this can be the URL of an endpoint, and remembers its password
/// as a secret.
///
/// # Errors
/// If it cannot, with its name.
pub(crate) fn check_url(name: &str, url: &str) -> Result<()> {
    if let Some((_, password)) = endpoint::userinfo(url) {
        secrets::register(password);
    }
    if let Some((_, query)) = url.split_once('?') {
        let values = query.split('&').filter_map(|pair| pair.split_once('='));
        values.for_each(|(_, value)| secrets::register(value));
    }
    if url.is_empty() {
        bail!("{name} is empty, which is no endpoint: unset it, or give http:// or https://");
    }
    // Not shown: if it cannot be parsed, any part of it may be a password.
    endpoint::validate_url(url).map_err(|cause| {
        anyhow!(
            "{name} is no endpoint ({cause}): unset it, or give http:// or https:// with a host"
        )
    })
}

/// Remembers a token in a file, which the SDK reads each time it needs it. If
/// the file is missing, the SDK reports it when it is needed.
fn remember_token_file(name: &str, path: &Path) -> Result<()> {
    let cannot = || format!("{name} {} cannot be used", path.display());
    if let Some(bytes) = read_if_exists(path, MAX_TOKEN_BYTES).with_context(cannot)? {
        bounded_read::check_text(format_args!("{name} {}", path.display()), &bytes)?;
        secrets::register(&String::from_utf8_lossy(&bytes));
    }
    Ok(())
}
