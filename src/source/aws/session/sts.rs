//! Calls of the Security Token Service: who is calling, and sessions of roles.

use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_ssm::config::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;

use crate::source::aws::api::error::{Call, Fault};
use crate::source::aws::api::response_capture::Slot;
use crate::source::aws::api::wire::{CallerIdentity, Session, Unreadable};
use crate::source::aws::limits::call_stats::Tally;
use crate::source::aws::session::checked_credentials::usable;
use crate::source::aws::session::credentials::CredentialsCache;
use crate::source::aws::session::{Identity, signed_with};

impl Identity {
    /// Who the service takes the caller for: account and ARN.
    pub async fn caller(&self, tally: &Tally) -> Result<(Arc<str>, Arc<str>), Fault> {
        tally.call("sts", "GetCallerIdentity");
        let (call, asked) = (
            self.call("sts", "GetCallerIdentity"),
            self.sts(tally).get_caller_identity(),
        );
        let slot = Slot::<CallerIdentity>::new();
        let ask = || {
            slot.call(
                call,
                || GetCallerIdentityOutput::builder().build(),
                |reader| asked.clone().customize().interceptor(reader).send(),
            )
        };
        let caller = self.held.renewing(ask, Fault::is_for_credentials).await?;
        Ok((caller.account.into(), caller.arn.into()))
    }

    /// The identity of a role in an account. The first session is made here, so
    /// that a role that cannot be assumed is known before anything is asked.
    pub async fn assuming(
        &self,
        account: &str,
        arn: String,
        external_id: Option<String>,
        tally: &Tally,
    ) -> Result<Self, Fault> {
        let role_arn = arn.clone();
        let role = Role {
            sts: self.sts(tally),
            by: self.held.clone(),
            account: account.into(),
            arn,
            external_id,
            region: self.home().into(),
            said: self.said.clone(),
        };
        tally.call("sts", "AssumeRole");
        let first = role.assume().await?;
        let held = CredentialsCache::new(first, SharedCredentialsProvider::new(role));
        Ok(Self {
            config: signed_with(&self.config, &held),
            held,
            account: Some(account.into()),
            said: Some(format!("account {account}").into()),
            credentials: Some(format!("the role {role_arn}").into()),
            role: Some(role_arn.into()),
            ..self.clone()
        })
    }
}

/// A role whose sessions are renewed for as long as the run takes.
#[derive(Debug)]
struct Role {
    sts: Client,
    /// What the call that assumes it is signed with.
    by: CredentialsCache,
    account: Box<str>,
    arn: String,
    external_id: Option<String>,
    /// Where it is asked for, and by whom, for error messages.
    region: Box<str>,
    said: Option<Arc<str>>,
}

impl Role {
    async fn assume(&self) -> Result<Credentials, Fault> {
        self.by
            .renewing(|| self.once(), Fault::is_for_credentials)
            .await
    }

    async fn once(&self) -> Result<Credentials, Fault> {
        let call = self
            .sts
            .assume_role()
            .role_arn(&self.arn)
            .role_session_name("patchctl")
            .set_external_id(self.external_id.clone());
        let account = self.account.clone();
        // What is read with keys of another account would stand under this one's name.
        let slot = Slot::<Session>::checked(move |session| {
            if session.account == account {
                return Ok(());
            }
            Err(Unreadable::new("it is a session in another account"))
        });
        let about = Call {
            service: "sts",
            action: "AssumeRole",
            region: &self.region,
            identity: self.said.as_deref(),
        };
        let output = || AssumeRoleOutput::builder().build();
        let session = slot
            .call(about, output, |reader| {
                call.customize().interceptor(reader).send()
            })
            .await?;
        let credentials = Credentials::new(
            session.access_key_id,
            session.secret_access_key,
            Some(session.token.into()),
            Some(session.expiration),
            "AssumeRole",
        );
        match usable(&credentials) {
            Ok(()) => Ok(credentials),
            Err(why) => {
                let text = format!("of the session, {why}");
                Err(Fault::own("Unreadable", &text, about))
            }
        }
    }
}

impl ProvideCredentials for Role {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let session = self.assume().await;
            session.map_err(|fault| CredentialsError::provider_error(fault.why.text.into_string()))
        })
    }
}
