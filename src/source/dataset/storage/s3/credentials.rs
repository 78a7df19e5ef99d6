//! Gives `object_store` the credentials of a session, which are fetched once for all
//! clients of it.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;

use crate::source::aws::session::credentials::CredentialsCache;

/// The credentials of a session.
#[derive(Debug)]
pub(super) struct SessionCredentials(pub CredentialsCache);

#[async_trait]
impl CredentialProvider for SessionCredentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = self.0.credentials().await;
        let credentials = credentials.map_err(|error| object_store::Error::Generic {
            store: "S3",
            source: Box::new(error),
        })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(ToOwned::to_owned),
        }))
    }
}
