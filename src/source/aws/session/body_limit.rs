//! Limits the size of every response: the SDK reads a whole body into memory
//! before it parses it.

use aws_sdk_ssm::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ssm::config::{ConfigBag, HttpClient, RuntimeComponents, SharedHttpClient};
use aws_sdk_ssm::error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// The most bytes of a response. A page of 50 rows has 10 to 50 KB; 50 patches
/// that fix 3,000 CVEs each would have 2.5 MB. 64 concurrent calls to a hostile
/// service take 512 MiB.
pub(super) const MAX_BODY_BYTES: usize = 8 << 20;

/// The same for EC2, of which one call is in flight in each location. A page
/// has up to 1,000 instances of 5 KB, and a Kubernetes node with 240 addresses
/// has 50 KB.
pub(super) const MAX_EC2_BODY_BYTES: usize = 64 << 20;

/// A client with responses of at most so many bytes. A longer one fails as an
/// error of the response, like one that breaks off.
pub(super) fn with_body_limit(client: SharedHttpClient, most: usize) -> SharedHttpClient {
    SharedHttpClient::new(LimitedClient {
        client,
        max_bytes: most,
    })
}

#[derive(Debug)]
struct LimitedClient {
    client: SharedHttpClient,
    max_bytes: usize,
}

impl HttpClient for LimitedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(LimitedConnector {
            connector: self.client.http_connector(settings, components),
            max_bytes: self.max_bytes,
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.client.validate_base_client_config(components, cfg)
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.client.validate_final_config(components, cfg)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.client.connector_metadata()
    }
}

#[derive(Debug)]
struct LimitedConnector {
    connector: SharedHttpConnector,
    max_bytes: usize,
}

impl HttpConnector for LimitedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (call, most) = (self.connector.call(request), self.max_bytes);
        HttpConnectorFuture::new(async move {
            let response: HttpResponse = call.await?;
            // The HTTP client checks that a body has its announced length.
            Ok(match response.body().content_length() {
                Some(length) if length <= most as u64 => response,
                Some(_) => response.map(|body| limit_body(body, 0, most)),
                None => response.map(|body| limit_body(body, most, most)),
            })
        })
    }
}

/// The body, which fails after so many bytes.
fn limit_body(body: SdkBody, after: usize, most: usize) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, after).map_err(move |error| {
        if error.is::<LengthLimitError>() {
            format!(
                "the answer is larger than {} MiB, and was not read",
                most >> 20
            )
            .into()
        } else {
            error
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::stream;
    use http_body_util::StreamBody;
    use hyper::body::Frame;
    use proptest::prelude::*;

    /// Reads a body of these pieces, announced or not, with the limit.
    fn read(pieces: &[usize], announced: bool, most: usize) -> Result<usize, String> {
        let whole: usize = pieces.iter().sum();
        let body = if announced {
            SdkBody::from(vec![b'x'; whole])
        } else {
            let pieces: Vec<usize> = pieces.to_vec();
            let frames = pieces
                .into_iter()
                .map(|n| Ok::<_, BoxError>(Frame::data(Bytes::from(vec![b'x'; n]))));
            SdkBody::from_body_1_x(StreamBody::new(stream::iter(frames)))
        };
        let connector = LimitedConnector {
            connector: SharedHttpConnector::new(OneResponseConnector(std::sync::Mutex::new(Some(
                body,
            )))),
            max_bytes: most,
        };
        futures_util::FutureExt::now_or_never(async {
            let answer = connector.call(HttpRequest::empty()).await.unwrap();
            match answer.into_body().collect().await {
                Ok(body) => Ok(body.to_bytes().len()),
                Err(error) => Err(error.to_string()),
            }
        })
        .unwrap()
    }

    /// Responds once, with this body.
    #[derive(Debug)]
    struct OneResponseConnector(std::sync::Mutex<Option<SdkBody>>);

    impl HttpConnector for OneResponseConnector {
        fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
            let body = self.0.lock().unwrap().take().unwrap();
            let status = aws_smithy_runtime_api::http::StatusCode::try_from(200).unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body)))
        }
    }

    proptest! {
        #[test]
        fn a_response_up_to_the_limit_is_complete_and_a_longer_one_is_an_error(
            pieces in proptest::collection::vec(1usize..40, 0..10), announced: bool, most in 1usize..200,
        ) {
            let whole: usize = pieces.iter().sum();
            let read = read(&pieces, announced, most);
            if whole <= most {
                prop_assert_eq!(read, Ok(whole));
            } else {
                let error = read.unwrap_err();
                prop_assert!(error.contains("is larger than"), "{}", error);
            }
        }
    }
}
