//! HTTP clients: trusted certificates, proxies, and plain HTTP for endpoints
//! that use it.

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow};
use aws_sdk_ssm::config::http::HttpRequest;
use aws_sdk_ssm::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder as HttpBuilder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_types::base64;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::{bounded_read, endpoint, secrets};

/// A system's whole bundle has some 250 KB.
const MAX_CA_BUNDLE_BYTES: u64 = 4 << 20;

/// The certificates to trust instead of the system's: `AWS_CA_BUNDLE` or the
/// profile's `ca_bundle`, as in the AWS CLI; the SDK reads neither.
pub(crate) fn load_ca_bundle(of_profile: Option<&str>) -> Result<Option<Vec<u8>>> {
    let path = std::env::var_os("AWS_CA_BUNDLE")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| of_profile.map(PathBuf::from));
    let Some(path) = path else { return Ok(None) };
    let cannot = || format!("AWS_CA_BUNDLE {} cannot be used", path.display());
    let pem = bounded_read::read_regular_file(&path, MAX_CA_BUNDLE_BYTES).with_context(cannot)?;
    if pem.starts_with(b"\xff\xfe") || pem.starts_with(b"\xfe\xff") {
        bounded_read::check_text(path.display(), &pem)?;
    }
    // Checked here, because the SDK panics on what it cannot parse.
    let mut store = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate
            .map_err(|error| anyhow!("not PEM: {error}"))
            .with_context(cannot)?;
        store.add(certificate).with_context(cannot)?;
    }
    if store.is_empty() {
        return Err(anyhow!("no certificate in it")).with_context(cannot);
    }
    Ok(Some(pem))
}

/// The HTTPS client, through the proxy of `HTTPS_PROXY` or `ALL_PROXY` except
/// for the hosts of `NO_PROXY`. Plain HTTP is never sent through a proxy: the
/// metadata services of EC2 and containers use it.
pub(crate) fn https_client(ca_bundle: Option<Vec<u8>>) -> Result<SharedHttpClient> {
    let first_set = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    };
    let proxy = match first_set(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
        None => ProxyConfig::disabled(),
        Some(url) => {
            let proxy = parse_proxy(&url)?;
            match first_set(&["NO_PROXY", "no_proxy"]) {
                Some(hosts) => proxy.no_proxy(hosts),
                None => proxy,
            }
        }
    };
    let trust = ca_bundle.map_or_else(TrustStore::default, |pem| {
        TrustStore::empty().with_pem_certificate(pem)
    });
    let context = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .expect("a trust store alone is always a valid context");
    Ok(
        HttpBuilder::new().build_with_connector_fn(move |settings, components| {
            let mut builder = Connector::builder()
                .tls_provider(tls::Provider::Rustls(
                    tls::rustls_provider::CryptoMode::Ring,
                ))
                .tls_context(context.clone())
                .proxy_config(proxy.clone());
            builder.set_connector_settings(settings.cloned());
            if let Some(components) = components {
                builder.set_sleep_impl(components.sleep_impl());
            }
            builder.build()
        }),
    )
}

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

/// Plain HTTP to an endpoint that uses it, without loading TLS: reading the
/// system's certificates costs more than the call.
#[derive(Debug)]
pub(crate) struct SchemeRoutingClient {
    https: SharedHttpClient,
    connector: OnceLock<SharedHttpConnector>,
}

impl SchemeRoutingClient {
    pub(crate) fn new(https: SharedHttpClient) -> Self {
        Self {
            https,
            connector: OnceLock::new(),
        }
    }
}

impl HttpClient for SchemeRoutingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.connector
            .get_or_init(|| {
                SharedHttpConnector::new(SchemeRoutingConnector {
                    http_connector: plain_http_client().http_connector(settings, components),
                    https_client: self.https.clone(),
                    https_connector: OnceLock::new(),
                    settings: settings.clone(),
                    components: components.clone(),
                })
            })
            .clone()
    }
}

#[derive(Debug)]
struct SchemeRoutingConnector {
    http_connector: SharedHttpConnector,
    https_client: SharedHttpClient,
    https_connector: OnceLock<SharedHttpConnector>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for SchemeRoutingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("http://") {
            return self.http_connector.call(request);
        }
        self.https_connector
            .get_or_init(|| {
                self.https_client
                    .http_connector(&self.settings, &self.components)
            })
            .call(request)
    }
}
