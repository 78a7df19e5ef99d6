//! HTTP clients: trusted certificates, proxies, and plain HTTP for endpoints
//! that use it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Result, anyhow};
use aws_sdk_ssm::config::http::HttpRequest;
use aws_sdk_ssm::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder as HttpBuilder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::base64;

use crate::source::aws::session::ca_bundle::CaBundle;
use crate::{endpoint, panics, secrets};

/// The proxy of this URL; `host:port` is taken for HTTP, as in curl. An
/// unusable one is an error: a direct connection would silently bypass the
/// configured proxy. The URL may contain a password and is not shown.
fn parse_proxy(url: &str) -> Result<ProxyConfig> {
    let url = if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{url}")
    };
    if let Some((user, password)) = endpoint::userinfo(&url) {
        secrets::register(password);
        secrets::register(&base64::encode(format!("{user}:{password}")));
    }
    let is_right = endpoint::validate_url(&url).is_ok();
    ProxyConfig::https(url)
        .ok()
        .filter(|_| is_right)
        .ok_or_else(|| anyhow!("HTTPS_PROXY or ALL_PROXY is not the address of an HTTP proxy, such as http://proxy:3128"))
}

/// A client without TLS or proxy, for metadata services.
pub(crate) fn plain_http_client() -> SharedHttpClient {
    HttpBuilder::new().build_http()
}

/// The proxy of `HTTPS_PROXY` or `ALL_PROXY` except for the hosts of `NO_PROXY`.
/// Plain HTTP is never sent through a proxy: the metadata services of EC2 and
/// containers use it.
fn configured_proxy() -> Result<ProxyConfig> {
    let first_set = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    };
    let Some(url) = first_set(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) else {
        return Ok(ProxyConfig::disabled());
    };
    let proxy = parse_proxy(&url)?;
    Ok(match first_set(&["NO_PROXY", "no_proxy"]) {
        Some(hosts) => proxy.no_proxy(hosts),
        None => proxy,
    })
}

/// The client of a session. Certificates are read by the first call over HTTPS, and
/// once: decoding a system's whole bundle takes longer than a call.
#[derive(Debug, Clone)]
pub(super) struct SessionClient(Arc<Connections>);

#[derive(Debug)]
struct Connections {
    ca_bundle: Option<CaBundle>,
    proxy: ProxyConfig,
    plain: SharedHttpClient,
    https: Mutex<HashMap<Timeouts, SharedHttpConnector>>,
}

/// What a connection over HTTPS is made with: how long connecting and reading may take.
type Timeouts = (Option<Duration>, Option<Duration>);

impl SessionClient {
    /// # Errors
    /// If the proxy of the environment cannot be used.
    pub(super) fn new(ca_bundle: Option<CaBundle>) -> Result<Self> {
        Ok(Self(Arc::new(Connections {
            ca_bundle,
            proxy: configured_proxy()?,
            plain: plain_http_client(),
            https: Mutex::default(),
        })))
    }

    /// Decodes the certificates of the bundle, if there is one, for calls that take
    /// so long to connect.
    ///
    /// # Errors
    /// If they cannot be used.
    pub(super) fn check_certificates(&self, connect_timeout: Duration) -> Result<()> {
        if self.0.ca_bundle.is_some() {
            self.0.https((Some(connect_timeout), None))?;
        }
        Ok(())
    }
}

impl Connections {
    fn https(&self, timeouts: Timeouts) -> Result<SharedHttpConnector> {
        let mut made = self.https.lock().expect("not poisoned: panics are caught");
        if let Some(connector) = made.get(&timeouts) {
            return Ok(connector.clone());
        }
        let bundle = self.ca_bundle.as_ref();
        let bundle = bundle.map(|bundle| anyhow::Ok((bundle, bundle.read()?)));
        let bundle = bundle.transpose()?;
        let pem = bundle.as_ref().map(|(_, pem)| pem.as_slice());
        // The SDK panics on what it cannot decode.
        let connector =
            panics::catch(|| self.connect(pem, timeouts)).map_err(|said| match &bundle {
                Some((bundle, pem)) => bundle.problem(pem),
                None => anyhow!("TLS cannot be used: {said}"),
            })?;
        made.insert(timeouts, connector.clone());
        Ok(connector)
    }

    /// `pem` has the certificates to trust instead of the system's.
    fn connect(
        &self,
        pem: Option<&[u8]>,
        (connect_timeout, read_timeout): Timeouts,
    ) -> SharedHttpConnector {
        let mut settings = HttpConnectorSettings::builder();
        settings.set_connect_timeout(connect_timeout);
        settings.set_read_timeout(read_timeout);
        let trust = match pem {
            Some(pem) => TrustStore::empty().with_pem_certificate(pem),
            None => TrustStore::default(),
        };
        let context = TlsContext::builder()
            .with_trust_store(trust)
            .build()
            .expect("a trust store alone is always a valid context");
        let connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(
                tls::rustls_provider::CryptoMode::Ring,
            ))
            .tls_context(context)
            .proxy_config(self.proxy.clone())
            .connector_settings(settings.build())
            .build();
        SharedHttpConnector::new(connector)
    }
}

impl HttpClient for SessionClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(SchemeConnector {
            plain: self.0.plain.http_connector(settings, components),
            connections: self.0.clone(),
            timeouts: (settings.connect_timeout(), settings.read_timeout()),
        })
    }
}

/// Plain HTTP to an endpoint that uses it, without loading TLS.
#[derive(Debug)]
struct SchemeConnector {
    plain: SharedHttpConnector,
    connections: Arc<Connections>,
    timeouts: Timeouts,
}

impl HttpConnector for SchemeConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("http://") {
            return self.plain.call(request);
        }
        match self.connections.https(self.timeouts) {
            Ok(connector) => connector.call(request),
            Err(error) => {
                let cause = format!("{error:#}").into();
                HttpConnectorFuture::ready(Err(ConnectorError::user(cause)))
            }
        }
    }
}
