//! Connects the SDK's HTTP client to the demo world inside the process. The
//! rest of the SDK's request and response path is the real one.

use std::sync::Arc;

use aws_sdk_ssm::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ssm::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use crate::demo::world::{ApiRequest, World};

/// An HTTP client whose every request goes to `world`, for any service.
pub(super) fn in_process_client(world: World) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(InProcessConnector(Arc::new(world)));
    http_client_fn(
        move |_settings: &HttpConnectorSettings, _components: &RuntimeComponents| connector.clone(),
    )
}

struct InProcessConnector(Arc<World>);

impl std::fmt::Debug for InProcessConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcessConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).unwrap_or_default();
        let answer = self.0.answer(&ApiRequest {
            authorization: header("authorization"),
            target: header("x-amz-target"),
            content_type: header("content-type"),
            body: request.body().bytes().unwrap_or_default(),
        });
        HttpConnectorFuture::ready(
            StatusCode::try_from(answer.status)
                .map(|status| {
                    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
                    let headers = response.headers_mut();
                    headers.insert("content-type", answer.content_type);
                    response
                })
                .map_err(|error| ConnectorError::other(error.into(), None)),
        )
    }
}
