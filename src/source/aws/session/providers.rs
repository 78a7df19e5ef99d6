//! Fetches credentials from their source. Each source has a remedy of its own for
//! what goes wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::credential_process::CredentialProcessProvider;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_ssm::config::IdentityCache;
use aws_types::SdkConfig;
use futures_util::future::BoxFuture;

use crate::bounded_read;
use crate::secrets;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::error_text::{clean_message, error_chain};
use crate::source::aws::connect_options::AskUser;
use crate::source::aws::session::aws_files::quoted;
use crate::source::aws::session::cli_cache::cached_session;
use crate::source::aws::session::credential_source::{CredentialSource, RoleSource, WebIdentity};
use crate::source::aws::session::environment::expand_path;
use crate::source::aws::session::metadata::Metadata;
use crate::source::aws::session::sso::sso_credentials;
use crate::source::aws::session::sts::{AssumeRoleRequest, assume_role};

/// The name of a session that nothing else names.
const SESSION_NAME: &str = "patchctl";

/// Tokens have a few KB; AWS STS takes 20,000 characters.
const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// A session that the AWS CLI has cached is used without asking for a code if it
/// is valid for so long. Source: `EXPIRY_WINDOW_SECONDS` in botocore.
const CACHED_FOR: Duration = Duration::from_mins(15);

/// The same, where no code can be asked for.
const CACHED_FOR_AT_LEAST: Duration = Duration::from_mins(1);

/// What fetching takes.
#[derive(Debug, Clone)]
pub(super) struct Fetching {
    /// Settings of the clients of STS and IAM Identity Center.
    pub config: SdkConfig,
    /// Settings of the container's provider, which makes its own requests.
    pub plain: ProviderConfig,
    pub metadata: Arc<Metadata>,
    /// Asks the user for a code, where there is a terminal.
    pub ask: Option<AskUser>,
}

/// The provider of a source.
#[derive(Debug)]
pub(super) struct SourceProvider {
    source: CredentialSource,
    fetching: Fetching,
    /// The provider of the credentials that assume the role.
    inner: Option<SharedCredentialsProvider>,
    /// A code is asked for once: a later one would interrupt the output.
    has_asked: AtomicBool,
}

impl SourceProvider {
    pub(super) fn new(source: CredentialSource, fetching: &Fetching) -> Self {
        let inner = match &source {
            CredentialSource::Role(role) => Some(SharedCredentialsProvider::new(Self::new(
                role.source.clone(),
                fetching,
            ))),
            _ => None,
        };
        Self {
            source,
            fetching: fetching.clone(),
            inner,
            has_asked: AtomicBool::new(false),
        }
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Credentials, String>> {
        Box::pin(async {
            match &self.source {
                CredentialSource::Environment(keys) | CredentialSource::Keys(keys) => {
                    Ok(keys.clone())
                }
                CredentialSource::Role(role) => self.of_role(role).await,
                CredentialSource::WebIdentity(identity) => self.of_web_identity(identity).await,
                CredentialSource::Sso(sso) => sso_credentials(&self.fetching.config, sso).await,
                CredentialSource::Process {
                    profile,
                    command,
                    account,
                } => of_process(profile, command, account.as_deref()).await,
                CredentialSource::Container => self.of_container().await,
                CredentialSource::Metadata => self.of_metadata().await,
            }
        })
    }

    fn region(&self) -> &str {
        self.fetching.config.region().map_or("", AsRef::as_ref)
    }

    async fn of_role(&self, role: &RoleSource) -> Result<Credentials, String> {
        let mut code = None;
        if let Some(serial) = &role.mfa_serial {
            let asks = self
                .fetching
                .ask
                .filter(|_| !self.has_asked.load(Ordering::Relaxed));
            if let Some(session) = cached_session(role, CACHED_FOR) {
                return Ok(session);
            }
            let question = format!("MFA code for {serial} (profile {}): ", role.profile);
            code = match asks {
                Some(ask) => ask_user(ask, question).await?,
                None => None,
            };
            self.has_asked.store(true, Ordering::Relaxed);
            if code.is_none() {
                if let Some(session) = cached_session(role, CACHED_FOR_AT_LEAST) {
                    return Ok(session);
                }
                let profile = quoted(&role.profile);
                return Err(format!(
                    "the role {} needs a code of the MFA device {serial}, and there is no terminal to ask for it: run aws sts get-caller-identity --profile {profile}, whose session patchctl uses too, or run patchctl on a terminal",
                    role.role_arn
                ));
            }
        }
        let source = self.inner.clone().ok_or("no source of the role")?;
        // Fetched here, so that its error is the one that is reported.
        let of_source = source.provide_credentials().await;
        let of_source = of_source.map_err(|error| error_text(&error))?;
        let client = aws_sdk_sts::Client::new(
            &self
                .fetching
                .config
                .to_builder()
                .credentials_provider(SharedCredentialsProvider::new(of_source))
                .identity_cache(IdentityCache::no_cache())
                .build(),
        );
        let label = format!("profile {}", role.profile);
        let renewal = role.source.renewal();
        let about = CallContext {
            service: "sts",
            action: "AssumeRole",
            region: self.region(),
            session_label: Some(&label),
            renewal: Some(&renewal),
        };
        let request = AssumeRoleRequest {
            role_arn: &role.role_arn,
            session_name: role.session_name.as_deref().unwrap_or(SESSION_NAME),
            external_id: role.external_id.clone(),
            mfa: role.mfa_serial.clone().zip(code),
            duration_seconds: role.duration_seconds,
        };
        let assumed = Box::pin(assume_role(&client, request, |_| Ok(()), about)).await;
        assumed.map_err(|error| {
            format!(
                "the role {} cannot be assumed: {}",
                role.role_arn, error.cause.text
            )
        })
    }

    async fn of_web_identity(&self, identity: &WebIdentity) -> Result<Credentials, String> {
        let WebIdentity {
            setting,
            token_file,
            role_arn,
            session_name,
        } = identity;
        let path = expand_path(token_file);
        let read = bounded_read::read_regular_file(&path, MAX_TOKEN_BYTES);
        let token = read.map_err(|error| {
            format!(
                "the token file {} ({setting}) cannot be read: {}",
                path.display(),
                clean_message(&error.to_string())
            )
        })?;
        let token = String::from_utf8_lossy(&token).trim().to_owned();
        secrets::register(&token);
        let config = self.fetching.config.clone();
        let call = aws_sdk_sts::Client::new(&config)
            .assume_role_with_web_identity()
            .role_arn(role_arn)
            .role_session_name(session_name.as_deref().unwrap_or(SESSION_NAME))
            .web_identity_token(token);
        let about = CallContext {
            service: "sts",
            action: "AssumeRoleWithWebIdentity",
            region: self.region(),
            session_label: None,
            renewal: None,
        };
        let answer = call.send().await.map_err(|error| {
            let error = CallError::from_sdk(&error, about);
            let remedy = match &*error.cause.code {
                "ExpiredTokenException" => "; the token in the file has expired: whatever writes it must renew it",
                _ => "; see that the trust policy of the role allows the identity provider and the subject of the token",
            };
            let text = error.cause.text.split("; ").next().unwrap_or_default();
            format!("the role {role_arn} cannot be assumed with the token in {} ({setting}): {text}{remedy}", path.display())
        })?;
        let account = answer
            .assumed_role_user()
            .and_then(|user| user.arn().split(':').nth(4));
        let keys = answer
            .credentials()
            .ok_or("the answer has no credentials")?;
        let mut builder = Credentials::builder()
            .access_key_id(keys.access_key_id())
            .secret_access_key(keys.secret_access_key())
            .session_token(keys.session_token())
            .provider_name("web-identity");
        builder.set_expiry(SystemTime::try_from(*keys.expiration()).ok());
        builder.set_account_id(account.map(Into::into));
        Ok(builder.build())
    }

    async fn of_container(&self) -> Result<Credentials, String> {
        // The SDK reads these itself, and takes an empty one for a set one.
        let empty = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
        if let Some(name) = empty {
            return Err(format!("{name} is empty: unset it"));
        }
        let provider = EcsCredentialsProvider::builder()
            .configure(&self.fetching.plain)
            .build();
        let fetched = provider.provide_credentials().await;
        fetched.map_err(|error| {
            format!(
                "the credentials of the container cannot be fetched: {}; see the role of the task or pod, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI",
                error_text(&error)
            )
        })
    }

    async fn of_metadata(&self) -> Result<Credentials, String> {
        match self.fetching.metadata.credentials().await {
            Some(fetched) => fetched.map_err(|error| error_text(&error)),
            None => Err("there is no EC2 metadata service, as outside of EC2".to_owned()),
        }
    }
}

impl ProvideCredentials for SourceProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.fetch().await.map_err(CredentialsError::provider_error)
        })
    }
}

/// The text of an error, without the SDK's frame around it.
pub(super) fn error_text(error: &CredentialsError) -> String {
    let chain = error_chain(error);
    let text = chain.trim_start_matches("an error occurred while loading credentials: ");
    text.trim_end_matches('.').to_owned()
}

async fn of_process(
    profile: &str,
    command: &str,
    account: Option<&str>,
) -> Result<Credentials, String> {
    let provider = CredentialProcessProvider::new(command.to_owned());
    let fetched = provider.provide_credentials().await.map_err(|error| {
        format!(
            "credential_process of profile {profile} failed: {}; run its command by itself to see why",
            error_text(&error)
        )
    })?;
    let of_output = fetched.account_id().map(|id| id.as_str().to_owned());
    let of_output = of_output.filter(|id| !id.is_empty());
    let mut builder = Credentials::builder()
        .access_key_id(fetched.access_key_id())
        .secret_access_key(fetched.secret_access_key())
        .provider_name("process");
    builder.set_session_token(fetched.session_token().map(ToOwned::to_owned));
    builder.set_expiry(fetched.expiry());
    let account = of_output.or_else(|| account.map(ToOwned::to_owned));
    builder.set_account_id(account.map(Into::into));
    Ok(builder.build())
}

/// Asks on a thread of its own, which does not keep the program from ending.
async fn ask_user(ask: AskUser, question: String) -> Result<Option<String>, String> {
    let (sender, answer) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = sender.send(ask(&question));
    });
    let answer = answer.await.map_err(|_| "no answer".to_owned())?;
    let answer = answer.map_err(|error| format!("the MFA code cannot be read: {error}"))?;
    match answer.map(|code| code.trim().to_owned()) {
        Some(code) if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(code))
        }
        Some(_) => Err("an MFA code has six digits".to_owned()),
        None => Ok(None),
    }
}
