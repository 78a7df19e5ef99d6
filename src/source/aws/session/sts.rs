//! Calls to the Security Token Service: the caller's identity, and sessions of
//! roles.

use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_ssm::config::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;

use crate::record::CallerIdentity;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{BodyError, RoleCredentials};
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::session::checked_credentials::check_usable;
use crate::source::aws::session::credentials::CredentialsCache;
use crate::source::aws::session::{Session, with_credentials};

impl Session {
    /// The account and ARN of the caller. STS is asked once for each set of credentials.
    pub(crate) async fn caller_identity(
        &self,
        call_stats: &CallStats,
    ) -> Result<CallerIdentity, CallError> {
        let caller = self.caller.get_or_init(|| self.ask_caller(call_stats));
        caller.await.clone()
    }

    /// Was STS asked for the caller?
    pub(crate) fn has_asked_caller(&self) -> bool {
        self.caller.initialized()
    }

    async fn ask_caller(&self, call_stats: &CallStats) -> Result<CallerIdentity, CallError> {
        call_stats.record_call("sts", "GetCallerIdentity");
        let (call, asked) = (
            self.call_context("sts", "GetCallerIdentity"),
            self.sts_client(call_stats).get_caller_identity(),
        );
        let slot = ResponseCapture::<CallerIdentity>::new();
        let ask = || {
            slot.send(
                call,
                || GetCallerIdentityOutput::builder().build(),
                |reader| asked.clone().customize().interceptor(reader).send(),
            )
        };
        self.credentials_cache
            .with_refresh(ask, CallError::is_credentials_error)
            .await
    }

    /// A session of a role in an account. The first credentials are fetched
    /// now, so that a role that cannot be assumed is reported before any other
    /// call.
    pub(crate) async fn assume_role(
        &self,
        account: &str,
        arn: String,
        external_id: Option<String>,
        call_stats: &CallStats,
    ) -> Result<Self, CallError> {
        let role_arn = arn.clone();
        let role = RoleCredentialsProvider {
            sts: self.sts_client(call_stats),
            source_credentials: self.credentials_cache.clone(),
            account: account.into(),
            role_arn: arn,
            external_id,
            region: self.home_region().into(),
            session_label: self.label.clone(),
            renewal: self.renewal.clone(),
        };
        call_stats.record_call("sts", "AssumeRole");
        let first = role.assume().await?;
        let cache = CredentialsCache::new(first, SharedCredentialsProvider::new(role));
        Ok(Self {
            config: with_credentials(&self.config, &cache),
            credentials_cache: cache,
            account: Some(account.into()),
            label: Some(format!("account {account}").into()),
            credentials_source: Some(format!("the role {role_arn}").into()),
            role_arn: Some(role_arn.into()),
            caller: Arc::default(),
            ..self.clone()
        })
    }
}

/// A role whose credentials are renewed until the end of the run.
#[derive(Debug)]
struct RoleCredentialsProvider {
    sts: Client,
    /// The credentials that sign the AssumeRole call.
    source_credentials: CredentialsCache,
    account: Box<str>,
    role_arn: String,
    external_id: Option<String>,
    /// The region and caller of the call, for error messages.
    region: Box<str>,
    session_label: Option<Arc<str>>,
    renewal: Option<Arc<str>>,
}

impl RoleCredentialsProvider {
    async fn assume(&self) -> Result<Credentials, CallError> {
        self.source_credentials
            .with_refresh(
                || self.request_role_credentials(),
                CallError::is_credentials_error,
            )
            .await
    }

    async fn request_role_credentials(&self) -> Result<Credentials, CallError> {
        let request = AssumeRoleRequest {
            role_arn: &self.role_arn,
            session_name: "patchctl",
            external_id: self.external_id.clone(),
            mfa: None,
            duration_seconds: None,
        };
        let about = CallContext {
            service: "sts",
            action: "AssumeRole",
            region: &self.region,
            session_label: self.session_label.as_deref(),
            renewal: self.renewal.as_deref(),
        };
        let account = self.account.clone();
        // Data read with keys of another account would be reported under this
        // one's name.
        let check = move |session: &RoleCredentials| {
            if session.account_id == account {
                return Ok(());
            }
            Err(BodyError::new("it is a session in another account"))
        };
        assume_role(&self.sts, request, check, about).await
    }
}

/// What a role is assumed with.
pub(super) struct AssumeRoleRequest<'a> {
    pub role_arn: &'a str,
    pub session_name: &'a str,
    pub external_id: Option<String>,
    /// The serial number of the device, and its code.
    pub mfa: Option<(String, String)>,
    pub duration_seconds: Option<i32>,
}

/// Assumes a role whose session passes a check.
pub(super) async fn assume_role(
    client: &Client,
    request: AssumeRoleRequest<'_>,
    check: impl Fn(&RoleCredentials) -> Result<(), BodyError> + Send + Sync + 'static,
    about: CallContext<'_>,
) -> Result<Credentials, CallError> {
    let (serial, code) = request.mfa.unzip();
    let call = client
        .assume_role()
        .role_arn(request.role_arn)
        .role_session_name(request.session_name)
        .set_external_id(request.external_id)
        .set_serial_number(serial)
        .set_token_code(code)
        .set_duration_seconds(request.duration_seconds);
    let output = || AssumeRoleOutput::builder().build();
    let session = ResponseCapture::<RoleCredentials>::with_check(check)
        .send(about, output, |reader| {
            call.customize().interceptor(reader).send()
        })
        .await?;
    let mut credentials = Credentials::builder()
        .access_key_id(session.access_key_id)
        .secret_access_key(session.secret_access_key)
        .session_token(session.session_token)
        .expiry(session.expiration)
        .provider_name("AssumeRole");
    credentials.set_account_id(Some((*session.account_id).into()));
    let credentials = credentials.build();
    match check_usable(&credentials) {
        Ok(()) => Ok(credentials),
        Err(cause) => {
            let text = format!("of the session, {cause}");
            Err(CallError::client_side("Unreadable", &text, about))
        }
    }
}

impl ProvideCredentials for RoleCredentialsProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let session = self.assume().await;
            session
                .map_err(|error| CredentialsError::provider_error(error.cause.text.into_string()))
        })
    }
}
