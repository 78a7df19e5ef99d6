//! Calls about baselines and release dates, against the demo world.

use std::sync::Arc;

use aws_sdk_ssm::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ssm::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::body::SdkBody;
use futures_util::future::join_all;

use crate::demo::world::{ApiRequest, World};
use crate::demo::{ACCOUNT, NOW, REGION};
use crate::interrupt::Interrupt;
use crate::record::{AccountRegion, BaselineComplianceStatus};
use crate::source::aws::api::region_client::baseline_calls::*;
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::session;
use crate::source::aws::source::AwsSource;
use crate::source::test_runtime::block_on;

/// AWS's own baseline for Windows; custom ones with each status and with none;
/// and a deleted one.
const AWS_BASELINE: &str = "pb-09ca3fb51f0412ec3";
const LENIENT: &str = "pb-0e7b3d5f91a2c6480";
const STRICT: &str = "pb-0c10e657807e31cf2";
const UNSPECIFIED: &str = "pb-0f5c9a1e7d3b28640";
const DELETED: &str = "pb-0b1d9e5f3a7c64280";

/// The demo world with some operations denied.
#[derive(Clone)]
struct DenyingConnector(Arc<World>, &'static [&'static str]);

impl std::fmt::Debug for DenyingConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Denying")
    }
}

impl HttpConnector for DenyingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).unwrap_or_default();
        let target = header("x-amz-target");
        let (status, body) = if self.1.iter().any(|denied| target.ends_with(denied)) {
            let body = r#"{"__type":"AccessDeniedException","Message":"No."}"#;
            (400, SdkBody::from(body))
        } else {
            let answer = self.0.answer(&ApiRequest {
                authorization: header("authorization"),
                target,
                content_type: header("content-type"),
                body: request.body().bytes().unwrap_or_default(),
            });
            (answer.status, SdkBody::from(answer.body))
        };
        let status = status.try_into().unwrap();
        // Other tasks run before the response arrives, as on a network.
        HttpConnectorFuture::new(async move {
            tokio::task::yield_now().await;
            Ok(HttpResponse::new(status, body))
        })
    }
}

fn client_without(denied: &'static [&'static str]) -> RegionClient {
    let connector = SharedHttpConnector::new(DenyingConnector(Arc::new(World::sample()), denied));
    let client: SharedHttpClient =
        http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| connector.clone());
    let mut identity = session::demo_session();
    identity.config = identity.config.to_builder().http_client(client).build();
    let location = AccountRegion {
        region: REGION.into(),
        account: Some(ACCOUNT.into()),
        account_name: None,
    };
    RegionClient::new(identity, location, 4, NOW, Interrupt::default())
}

fn region_client() -> RegionClient {
    client_without(&[])
}

/// Calls made of an operation.
fn call_count(client: &RegionClient, operation: &str) -> u64 {
    let counts = client.call_stats.counts();
    let calls = counts.get(&format!("ssm:{operation}"));
    calls.map_or(0, |calls| calls.calls)
}

fn ruling(client: &RegionClient, id: &str) -> BaselineComplianceStatus {
    block_on(client.baseline(id))
        .unwrap()
        .compliance_status
        .clone()
}

fn baseline_error(client: &RegionClient, id: &str) -> Cause {
    block_on(client.baseline(id)).unwrap_err()
}

#[test]
fn five_hundred_nodes_of_an_aws_baseline_read_it_once_and_list_once() {
    let client = region_client();
    let read = block_on(join_all((0..500).map(|_| client.baseline(AWS_BASELINE))));
    for baseline in read {
        let baseline = baseline.unwrap();
        assert_eq!(
            (&*baseline.id, &baseline.compliance_status),
            (AWS_BASELINE, &BaselineComplianceStatus::NonCompliant)
        );
        assert_eq!(baseline.operating_system.as_deref(), Some("WINDOWS"));
    }
    assert_eq!(
        (
            call_count(&client, GET_PATCH_BASELINE),
            call_count(&client, DESCRIBE_PATCH_BASELINES)
        ),
        (1, 1)
    );
    // The list serves all others, and each takes only its own call.
    for (nth, id) in [LENIENT, STRICT, UNSPECIFIED].into_iter().enumerate() {
        assert!(block_on(client.baseline(id)).is_ok());
        assert_eq!(call_count(&client, GET_PATCH_BASELINE), nth as u64 + 2);
    }
    assert_eq!(call_count(&client, DESCRIBE_PATCH_BASELINES), 1);
}

#[test]
fn each_baseline_has_its_compliance_status() {
    let client = region_client();
    assert_eq!(
        ruling(&client, LENIENT),
        BaselineComplianceStatus::Compliant
    );
    assert_eq!(
        ruling(&client, STRICT),
        BaselineComplianceStatus::NonCompliant
    );
    assert_eq!(
        ruling(&client, UNSPECIFIED),
        BaselineComplianceStatus::Unspecified
    );
    assert_eq!(
        ruling(&client, "pb-05c9c9bf778d4c4d0"),
        BaselineComplianceStatus::Unspecified
    );
    // A name that is an ARN already is used as it is.
    let arn = format!("arn:aws:ssm:{REGION}:075727635805:patchbaseline/{AWS_BASELINE}");
    assert_eq!(
        ruling(&client, &arn),
        BaselineComplianceStatus::NonCompliant
    );
}

#[test]
fn a_deleted_baseline_is_requested_once_and_reported_to_every_caller() {
    let client = region_client();
    let results = block_on(join_all((0..50).map(|_| client.baseline(DELETED))));
    for cause in results {
        let cause = cause.unwrap_err();
        assert_eq!(&*cause.code, "DoesNotExistException");
        assert!(cause.text.contains("ssm:GetPatchBaseline in eu-west-1"));
    }
    assert_eq!(
        (
            call_count(&client, GET_PATCH_BASELINE),
            call_count(&client, DESCRIBE_PATCH_BASELINES)
        ),
        (1, 1)
    );
    let cause = baseline_error(&client, "not a name");
    assert_eq!(&*cause.code, "ValidationException");
}

#[test]
fn a_denied_read_reports_the_remedy() {
    let client = client_without(&["GetPatchBaseline"]);
    for id in [AWS_BASELINE, LENIENT, AWS_BASELINE] {
        assert_eq!(
            &*baseline_error(&client, id).text,
            "AccessDeniedException: No. (ssm:GetPatchBaseline in eu-west-1, the demo fleet); \
             allow ssm:GetPatchBaseline in the caller's IAM policy"
        );
    }
    assert_eq!(call_count(&client, GET_PATCH_BASELINE), 2);
}

#[test]
fn with_a_denied_list_custom_baselines_are_read_and_the_remedy_names_the_list() {
    let client = client_without(&["DescribePatchBaselines"]);
    assert_eq!(
        ruling(&client, LENIENT),
        BaselineComplianceStatus::Compliant
    );
    for id in [AWS_BASELINE, DELETED] {
        let cause = baseline_error(&client, id);
        assert_eq!(&*cause.code, "AccessDeniedException");
        assert!(
            cause
                .text
                .ends_with("allow ssm:DescribePatchBaselines in the caller's IAM policy"),
            "{}",
            cause.text
        );
    }
    assert_eq!(
        call_count(&client, DESCRIBE_PATCH_BASELINES),
        1,
        "a refusal is cached"
    );
}

#[test]
fn an_interrupted_call_is_not_cached() {
    let interrupt = Interrupt::default();
    interrupt.raise();
    let location = region_client().location.as_ref().clone();
    let client = RegionClient::new(session::demo_session(), location, 4, NOW, interrupt);
    assert_eq!(&*baseline_error(&client, AWS_BASELINE).code, "Interrupted");
    assert!(block_on(client.releases(&["KB5094128"])).is_empty());
    assert_eq!(
        client.release_date_failure(),
        None,
        "the run reports that already"
    );
    assert!(client.call_stats.counts().is_empty());
}

#[test]
fn one_call_lists_the_operating_systems_of_all_baselines_of_a_location() {
    let connect = ConnectOptions {
        demo: true,
        regions: vec![REGION.to_owned(), "us-east-1".to_owned()],
        concurrency: 4,
        ..ConnectOptions::default()
    };
    block_on(async {
        let source = AwsSource::connect(&connect, || NOW, &Interrupt::default()).await;
        let source = source.unwrap();
        for client in &source.clients {
            let system = client.baseline_operating_system(AWS_BASELINE).await;
            assert_eq!(system.as_deref(), Some("WINDOWS"));
            let unlisted = client
                .baseline_operating_system("pb-00000000000000000")
                .await;
            assert_eq!(unlisted, None);
        }
        let calls = source.call_counts();
        assert_eq!(
            calls["ssm:DescribePatchBaselines"].calls, 2,
            "one per location"
        );
        assert!(!calls.contains_key("ssm:GetPatchBaseline"));
    });
}

mod releases {
    use super::*;
    use crate::source::aws::api::region_client::release_date_calls::release_date;

    const DESCRIBE_AVAILABLE_PATCHES: &str = "DescribeAvailablePatches";

    fn release_dates(client: &RegionClient, kb_ids: &[&str]) -> Vec<(String, String)> {
        let releases = block_on(client.releases(kb_ids)).into_iter();
        let mut dates: Vec<_> = releases
            .filter_map(|(id, rows)| {
                let at = release_date(&rows, Some(&rows.first()?.title), None)?;
                Some((id.to_string(), at.to_string()))
            })
            .collect();
        dates.sort_unstable();
        dates
    }

    fn date(id: &str, at: &str) -> (String, String) {
        (id.to_owned(), at.to_owned())
    }

    #[test]
    fn a_patch_of_several_products_has_the_earliest_release_date() {
        let client = region_client();
        let dates = release_dates(&client, &["KB5088215", "KB5094128", "KB1"]);
        let expected = [
            date("KB5088215", "2026-09-08T17:00:08Z"),
            date("KB5094128", "2026-11-10T17:00:08Z"),
        ];
        assert_eq!(dates, expected);
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 1);
        // Neither known nor unknown patches are requested again.
        assert_eq!(
            release_dates(&client, &["KB1", "KB5094128"]),
            [expected[1].clone()]
        );
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 1);
    }

    #[test]
    fn packages_are_not_requested() {
        let client = region_client();
        let ids = ["openssl.x86_64", "KB", "KBase.noarch", "kb5094128", ""];
        assert!(release_dates(&client, &ids).is_empty());
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 0);
    }

    #[test]
    fn all_pages_are_read_before_a_date_is_the_earliest() {
        let client = region_client();
        // Fourteen patches, with a row for each of their products: one more
        // than a page.
        let ids = [
            "KB4023057",
            "KB4052623",
            "KB2267602",
            "KB890830",
            "KB5083770",
            "KB5085017",
            "KB5086902",
            "KB5087455",
            "KB5088215",
            "KB5081422",
            "KB5088019",
            "KB5092770",
            "KB5092964",
            "KB5007651",
        ];
        let dates = release_dates(&client, &ids);
        assert_eq!(dates.len(), ids.len());
        // The last row of all, and the earliest of its patch.
        assert!(
            dates.contains(&date("KB890830", "2026-11-10T17:00:08Z")),
            "{dates:?}"
        );
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 2);
    }

    #[test]
    fn many_nodes_that_lack_the_same_patches_share_calls_of_twenty() {
        let client = region_client();
        let ids: Vec<String> = (0..45).map(|n| format!("KB{}", 100 + n)).collect();
        let of_node = |nth: usize| {
            let some: Vec<&str> = ids.iter().skip(nth).map(String::as_str).collect();
            let client = &client;
            async move { client.releases(&some).await }
        };
        block_on(join_all((0..45).map(of_node)));
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 3);
        // Each alone lacks one, and waits while the first is requested: the
        // others are sent together.
        let one = |nth: usize| {
            let client = &client;
            async move { client.releases(&[&format!("KB{}", 200 + nth)]).await }
        };
        block_on(join_all((0..41).map(one)));
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 3 + 3);
    }

    #[test]
    fn a_denied_call_for_dates_is_reported_and_not_repeated() {
        let client = client_without(&[DESCRIBE_AVAILABLE_PATCHES]);
        assert_eq!(client.release_date_failure(), None, "no call was made");
        for id in ["KB5088215", "KB5094128", "KB5088215"] {
            assert!(release_dates(&client, &[id]).is_empty());
        }
        assert_eq!(call_count(&client, DESCRIBE_AVAILABLE_PATCHES), 1);
        let cause = client.release_date_failure().unwrap();
        assert!(
            cause
                .text
                .ends_with("allow ssm:DescribeAvailablePatches in the caller's IAM policy"),
            "{}",
            cause.text
        );
    }
}
