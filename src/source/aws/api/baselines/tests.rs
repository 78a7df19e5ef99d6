//! What asking about baselines and release dates promises, on the demo's world.
//! Knows calls by their counts. Must not know the demo's tables beyond a few names.

use std::sync::Arc;

use aws_sdk_ssm::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ssm::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::body::SdkBody;
use futures_util::future::join_all;

use crate::demo::world::{Asked, World};
use crate::demo::{ACCOUNT, REGION};
use crate::interrupt::Interrupt;
use crate::record::Ruling;
use crate::source::Connect;
use crate::source::aws::api::baselines::*;
use crate::source::aws::session;

/// AWS's own for Windows; one's own that rule each way, and one that says
/// nothing; and one that somebody deleted.
const OF_AWS: &str = "pb-09ca3fb51f0412ec3";
const LENIENT: &str = "pb-0e7b3d5f91a2c6480";
const STRICT: &str = "pb-0c10e657807e31cf2";
const SILENT: &str = "pb-0f5c9a1e7d3b28640";
const GONE: &str = "pb-0b1d9e5f3a7c64280";

/// The demo's world, in which some operations are denied.
#[derive(Clone)]
struct Denying(Arc<World>, &'static [&'static str]);

impl std::fmt::Debug for Denying {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Denying")
    }
}

impl HttpConnector for Denying {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).unwrap_or_default();
        let target = header("x-amz-target");
        let (status, body) = if self.1.iter().any(|denied| target.ends_with(denied)) {
            let body = r#"{"__type":"AccessDeniedException","Message":"No."}"#;
            (400, SdkBody::from(body))
        } else {
            let answer = self.0.answer(&Asked {
                authorization: header("authorization"),
                target,
                content_type: header("content-type"),
                body: request.body().bytes().unwrap_or_default(),
            });
            (answer.status, SdkBody::from(answer.body))
        };
        let status = status.try_into().unwrap();
        // Others get a turn before it is here, as on a network.
        HttpConnectorFuture::new(async move {
            tokio::task::yield_now().await;
            Ok(HttpResponse::new(status, body))
        })
    }
}

fn asker_without(denied: &'static [&'static str]) -> Asker {
    let connector = SharedHttpConnector::new(Denying(Arc::new(World::sample()), denied));
    let client: SharedHttpClient =
        http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| connector.clone());
    let mut identity = session::demo();
    identity.config = identity.config.to_builder().http_client(client).build();
    let place = Place {
        region: REGION.into(),
        account: Some(ACCOUNT.into()),
    };
    Asker::new(identity, place, 4, Interrupt::default())
}

fn asker() -> Asker {
    asker_without(&[])
}

/// Runs to the end, on one thread.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// Calls made of an operation.
fn calls(asker: &Asker, operation: &str) -> u64 {
    let counts = asker.tally.counts();
    let calls = counts.get(&format!("ssm:{operation}"));
    calls.map_or(0, |calls| calls.calls)
}

fn ruling(asker: &Asker, id: &str) -> Ruling {
    wait(asker.baseline(id)).unwrap().ruling.clone()
}

fn refused(asker: &Asker, id: &str) -> Why {
    wait(asker.baseline(id)).unwrap_err()
}

#[test]
fn five_hundred_nodes_of_awss_baseline_read_it_once_and_list_once_for_its_name() {
    let asker = asker();
    let read = wait(join_all((0..500).map(|_| asker.baseline(OF_AWS))));
    for baseline in read {
        let baseline = baseline.unwrap();
        assert_eq!(
            (&*baseline.id, &baseline.ruling),
            (OF_AWS, &Ruling::NonCompliant)
        );
        assert_eq!(baseline.operating_system.as_deref(), Some("WINDOWS"));
    }
    assert_eq!((calls(&asker, BASELINE), calls(&asker, BASELINES)), (1, 1));
    // The list serves all others, and none costs more than its own call.
    for (nth, id) in [LENIENT, STRICT, SILENT].into_iter().enumerate() {
        assert!(wait(asker.baseline(id)).is_ok());
        assert_eq!(calls(&asker, BASELINE), nth as u64 + 2);
    }
    assert_eq!(calls(&asker, BASELINES), 1);
}

#[test]
fn baselines_rule_one_way_or_the_other_or_say_nothing() {
    let asker = asker();
    assert_eq!(ruling(&asker, LENIENT), Ruling::Compliant);
    assert_eq!(ruling(&asker, STRICT), Ruling::NonCompliant);
    assert_eq!(ruling(&asker, SILENT), Ruling::Unsaid);
    assert_eq!(ruling(&asker, "pb-05c9c9bf778d4c4d0"), Ruling::Unsaid);
    // A name that is an ARN already is taken as it is.
    let arn = format!("arn:aws:ssm:{REGION}:075727635805:patchbaseline/{OF_AWS}");
    assert_eq!(ruling(&asker, &arn), Ruling::NonCompliant);
}

#[test]
fn a_baseline_that_is_gone_is_a_failure_told_to_all_and_asked_about_once() {
    let asker = asker();
    let told = wait(join_all((0..50).map(|_| asker.baseline(GONE))));
    for why in told {
        let why = why.unwrap_err();
        assert_eq!(&*why.code, "DoesNotExistException");
        assert!(why.text.contains("ssm:GetPatchBaseline in eu-west-1"));
    }
    assert_eq!((calls(&asker, BASELINE), calls(&asker, BASELINES)), (1, 1));
    let why = refused(&asker, "not a name");
    assert_eq!(&*why.code, "ValidationException");
}

#[test]
fn where_reading_is_denied_the_remedy_is_told() {
    let asker = asker_without(&["GetPatchBaseline"]);
    for id in [OF_AWS, LENIENT, OF_AWS] {
        assert_eq!(
            &*refused(&asker, id).text,
            "AccessDeniedException: No. (ssm:GetPatchBaseline in eu-west-1, the demo fleet); \
             allow ssm:GetPatchBaseline in the caller's IAM policy"
        );
    }
    assert_eq!(calls(&asker, BASELINE), 2);
}

#[test]
fn where_listing_is_denied_ones_own_are_read_and_the_remedy_is_that_of_the_list() {
    let asker = asker_without(&["DescribePatchBaselines"]);
    assert_eq!(ruling(&asker, LENIENT), Ruling::Compliant);
    for id in [OF_AWS, GONE] {
        let why = refused(&asker, id);
        assert_eq!(&*why.code, "AccessDeniedException");
        assert!(
            why.text
                .ends_with("allow ssm:DescribePatchBaselines in the caller's IAM policy"),
            "{}",
            why.text
        );
    }
    assert_eq!(calls(&asker, BASELINES), 1, "a refusal is remembered");
}

#[test]
fn an_interrupted_question_is_no_answer() {
    let interrupt = Interrupt::default();
    interrupt.raise();
    let place = asker().place.as_ref().clone();
    let asker = Asker::new(session::demo(), place, 4, interrupt);
    assert_eq!(&*refused(&asker, OF_AWS).code, "Interrupted");
    assert!(wait(asker.released(&["KB5094128"])).is_empty());
    assert_eq!(asker.undated(), None, "the run tells that already");
    assert!(asker.tally.counts().is_empty());
}

#[test]
fn a_source_tells_the_systems_of_a_places_baselines_by_one_call() {
    let connect = Connect {
        demo: true,
        regions: vec![REGION.to_owned(), "us-east-1".to_owned()],
        concurrency: 4,
        ..Connect::default()
    };
    wait(async {
        let source = Source::connect(&connect, &Interrupt::default()).await;
        let source = source.unwrap();
        let places: Vec<Arc<Place>> = source.askers.iter().map(|one| one.place.clone()).collect();
        for place in &places {
            let system = source.system_of(place, OF_AWS).await;
            assert_eq!(system.as_deref(), Some("WINDOWS"));
            assert_eq!(source.system_of(place, "pb-00000000000000000").await, None);
        }
        let calls = source.calls();
        assert_eq!(calls["ssm:DescribePatchBaselines"].calls, 2, "one a place");
        assert!(!calls.contains_key("ssm:GetPatchBaseline"));
        let nowhere = Place {
            region: "eu-north-1".into(),
            account: None,
        };
        assert_eq!(source.system_of(&nowhere, OF_AWS).await, None);
        assert!(source.undated().is_empty());
    });
}

mod releases {
    use super::*;

    const AVAILABLE: &str = "DescribeAvailablePatches";

    fn released(asker: &Asker, kb_ids: &[&str]) -> Vec<(String, String)> {
        let dates = wait(asker.released(kb_ids)).into_iter();
        let mut dates: Vec<_> = dates
            .map(|(id, at)| (id.to_string(), at.to_string()))
            .collect();
        dates.sort_unstable();
        dates
    }

    fn date(id: &str, at: &str) -> (String, String) {
        (id.to_owned(), at.to_owned())
    }

    #[test]
    fn a_patch_of_several_products_was_released_when_the_first_of_them_had_it() {
        let asker = asker();
        let dates = released(&asker, &["KB5088215", "KB5094128", "KB1"]);
        let expected = [
            date("KB5088215", "2026-09-08T17:00:08Z"),
            date("KB5094128", "2026-11-10T17:00:08Z"),
        ];
        assert_eq!(dates, expected);
        assert_eq!(calls(&asker, AVAILABLE), 1);
        // Neither what is known nor what is not is asked about again.
        assert_eq!(
            released(&asker, &["KB1", "KB5094128"]),
            [expected[1].clone()]
        );
        assert_eq!(calls(&asker, AVAILABLE), 1);
    }

    #[test]
    fn packages_are_not_asked_about() {
        let asker = asker();
        let ids = ["openssl.x86_64", "KB", "KBase.noarch", "kb5094128", ""];
        assert!(released(&asker, &ids).is_empty());
        assert_eq!(calls(&asker, AVAILABLE), 0);
    }

    #[test]
    fn all_pages_are_read_before_a_date_is_the_earliest() {
        let asker = asker();
        // Fourteen patches, with a row for each of their products: one more than a page.
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
        let dates = released(&asker, &ids);
        assert_eq!(dates.len(), ids.len());
        // The last row of all, and the earliest of its patch.
        assert!(
            dates.contains(&date("KB890830", "2026-11-10T17:00:08Z")),
            "{dates:?}"
        );
        assert_eq!(calls(&asker, AVAILABLE), 2);
    }

    #[test]
    fn many_nodes_that_lack_the_same_patches_share_calls_of_twenty() {
        let asker = asker();
        let ids: Vec<String> = (0..45).map(|n| format!("KB{}", 100 + n)).collect();
        let of_node = |nth: usize| {
            let some: Vec<&str> = ids.iter().skip(nth).map(String::as_str).collect();
            let asker = &asker;
            async move { asker.released(&some).await }
        };
        wait(join_all((0..45).map(of_node)));
        assert_eq!(calls(&asker, AVAILABLE), 3);
        // Each alone lacks one, and waits while the first is asked about: the others go together.
        let one = |nth: usize| {
            let asker = &asker;
            async move { asker.released(&[&format!("KB{}", 200 + nth)]).await }
        };
        wait(join_all((0..41).map(one)));
        assert_eq!(calls(&asker, AVAILABLE), 3 + 3);
    }

    #[test]
    fn where_it_is_denied_nothing_is_known_and_why_is_told_and_not_asked_again() {
        let asker = asker_without(&[AVAILABLE]);
        assert_eq!(asker.undated(), None, "nobody has asked");
        for id in ["KB5088215", "KB5094128", "KB5088215"] {
            assert!(released(&asker, &[id]).is_empty());
        }
        assert_eq!(calls(&asker, AVAILABLE), 1);
        let why = asker.undated().unwrap();
        assert!(
            why.text
                .ends_with("allow ssm:DescribeAvailablePatches in the caller's IAM policy"),
            "{}",
            why.text
        );
    }
}
