//! Tests of each kind of mutation, and of their reproducibility.

use std::collections::BTreeSet;

use bytes::Bytes;
use fastrand::Rng;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

use crate::demo::mutate::kind::HUGE_TEXT_BYTES;
use crate::demo::mutate::{
    MutatedResponse, MutationKind, MutationSettings, Mutator, mutate_response, request_hash,
};
use crate::demo::world::{ApiRequest, ApiResponse, World};

const SSM: &str = "AWS4-HMAC-SHA256 Credential=x/20261120/eu-west-1/ssm/aws4_request";
const EC2: &str = "AWS4-HMAC-SHA256 Credential=x/20261120/eu-west-1/ec2/aws4_request";
const STS: &str = "AWS4-HMAC-SHA256 Credential=x/20261120/eu-west-1/sts/aws4_request";
const ACCOUNTS: &str =
    "AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1/organizations/aws4_request";

fn ssm<'a>(target: &'a str, body: &'a str) -> ApiRequest<'a> {
    ApiRequest {
        authorization: SSM,
        target,
        content_type: "application/x-amz-json-1.1",
        body: body.as_bytes(),
    }
}

fn form<'a>(authorization: &'a str, body: &'a str) -> ApiRequest<'a> {
    ApiRequest {
        authorization,
        body: body.as_bytes(),
        ..ApiRequest::default()
    }
}

/// One request to each service.
fn requests() -> [ApiRequest<'static>; 6] {
    [
        ssm(
            "AmazonSSM.DescribeInstancePatchStates",
            r#"{"InstanceIds":["i-123","i-456"]}"#,
        ),
        ssm(
            "AmazonSSM.DescribeInstancePatches",
            r#"{"InstanceId":"i-123","MaxResults":10}"#,
        ),
        ssm(
            "AmazonSSM.DescribeInstanceInformation",
            r#"{"MaxResults":5}"#,
        ),
        form(EC2, "Action=DescribeInstances&Version=2016-11-15"),
        form(STS, "Action=GetCallerIdentity&Version=2011-06-15"),
        ApiRequest {
            authorization: ACCOUNTS,
            target: "AWSOrganizationsV20161128.ListAccounts",
            content_type: "application/x-amz-json-1.1",
            body: b"{}",
        },
    ]
}

fn fate(mutator: &Mutator, world: &World, asked: &ApiRequest<'_>) -> Option<MutatedResponse> {
    mutator.mutate(&world.parse_call(asked), asked, &world.answer(asked))
}

/// The results of one kind on a document, over some seeds.
fn forms(kind: MutationKind, body: &str, asked: &str) -> Vec<String> {
    let xml = body.starts_with('<');
    let answer = ApiResponse {
        status: 200,
        content_type: if xml { "text/xml" } else { "application/json" },
        body: body.to_owned().into(),
    };
    let asked = ssm("", asked);
    let mut forms: Vec<String> = (0..200)
        .filter_map(|seed| mutate_response(kind, &answer, &asked, &mut Rng::with_seed(seed)))
        .map(|mutated| String::from_utf8_lossy(&mutated.answer.body).into_owned())
        .collect();
    forms.sort();
    forms.dedup();
    forms
}

const LIST: &str = r#"{"InstancePatchStates":[{"InstanceId":"i-1","MissingCount":0},{"InstanceId":"i-2","MissingCount":3}],"NextToken":"t"}"#;

#[test]
fn one_in_one_mutates_every_response_and_one_in_four_about_a_quarter() {
    let world = World::sample();
    let asked = &requests()[1];
    let count = |one_in| {
        let mutator = Mutator::new(MutationSettings { one_in, seed: 1 });
        (0..400)
            .filter(|_| fate(&mutator, &world, asked).is_some())
            .count()
    };
    assert_eq!(count(1), 400);
    let quarter = count(4);
    assert!((60..140).contains(&quarter), "{quarter}");
}

#[test]
fn a_seed_gives_the_same_mutations_whatever_other_requests_come_in_between() {
    let world = World::sample();
    let mutate = MutationSettings { one_in: 2, seed: 7 };
    let (first, second) = (Mutator::new(mutate), Mutator::new(mutate));
    let mut fates = BTreeSet::new();
    for _ in 0..20 {
        for asked in &requests() {
            let once = fate(&first, &world, asked);
            fates.insert(once.as_ref().map(|mutated| mutated.kind));
            assert_eq!(once, {
                fate(&second, &world, &requests()[0]);
                let again = Mutator::new(mutate);
                let called = world.parse_call(asked);
                let nth = first.request_counts.lock().unwrap()[&request_hash(&called, asked)];
                again
                    .request_counts
                    .lock()
                    .unwrap()
                    .insert(request_hash(&called, asked), nth - 1);
                fate(&again, &world, asked)
            });
        }
    }
    assert!(
        fates.len() > 15,
        "a repeated request has other fates: {fates:?}"
    );
}

#[test]
fn every_kind_occurs_and_changes_the_response() {
    let world = World::sample();
    let mutator = Mutator::new(MutationSettings { one_in: 1, seed: 3 });
    let mut seen = BTreeSet::new();
    for asked in requests() {
        let plain = world.answer(&asked);
        for _ in 0..150 {
            let mutated = fate(&mutator, &world, &asked).unwrap();
            assert!(
                mutated.answer != plain || mutated.length.is_some(),
                "{mutated:?}"
            );
            seen.insert(mutated.kind);
        }
    }
    assert_eq!(
        seen,
        BTreeSet::from(MutationKind::ALL.map(|(kind, _)| kind))
    );
}

#[test]
fn names_of_kinds_are_distinct() {
    let names = BTreeSet::from(MutationKind::ALL.map(|(_, name)| name));
    assert_eq!(names.len(), MutationKind::ALL.len());
}

#[test]
fn content_length_can_be_larger_or_smaller_than_the_body() {
    let world = World::sample();
    let asked = &requests()[0];
    let answer = world.answer(asked);
    let length = |kind, seed| {
        let mutated = mutate_response(kind, &answer, asked, &mut Rng::with_seed(seed)).unwrap();
        assert_eq!(mutated.answer, answer);
        mutated.length.unwrap()
    };
    for seed in 0..50 {
        assert!(length(MutationKind::LengthTooLong, seed) > answer.body.len());
        assert!(length(MutationKind::LengthTooShort, seed) < answer.body.len());
    }
}

#[test]
fn rows_are_repeated_dropped_and_given_other_ids() {
    let (one, two) = (
        json!({"InstanceId": "i-1", "MissingCount": 0}),
        json!({"InstanceId": "i-2", "MissingCount": 3}),
    );
    let lists = |kind| -> Vec<Value> {
        let forms = forms(kind, LIST, "{}");
        let read = |form: &String| serde_json::from_str::<Value>(form).unwrap();
        let mut lists: Vec<Value> = forms
            .iter()
            .map(|form| read(form)["InstancePatchStates"].clone())
            .collect();
        lists.sort_by_key(Value::to_string);
        lists
    };
    assert_eq!(
        lists(MutationKind::MissingRow),
        [json!([one]), json!([two])]
    );
    assert_eq!(lists(MutationKind::NoRows), [json!([])]);
    assert_eq!(
        lists(MutationKind::SwappedNodes),
        [json!([
            {"InstanceId": "i-2", "MissingCount": 0},
            {"InstanceId": "i-1", "MissingCount": 3}
        ])]
    );
    let repeated = lists(MutationKind::RepeatedRow);
    assert!(repeated.contains(&json!([one, one, two])), "{repeated:?}");
    assert!(
        repeated.contains(&json!([one, two, {"InstanceId": "i-2", "MissingCount": 0}])),
        "{repeated:?}"
    );
    assert!(
        repeated
            .iter()
            .all(|list| list.as_array().unwrap().len() == 3)
    );
}

#[test]
fn members_are_dropped_nulled_doubled_and_of_other_types() {
    let body = r#"{"MissingCount":3}"#;
    assert_eq!(forms(MutationKind::MissingMember, body, "{}"), ["{}"]);
    assert_eq!(
        forms(MutationKind::Null, body, "{}"),
        ["null", r#"{"MissingCount":null}"#]
    );
    assert_eq!(
        forms(MutationKind::DuplicateKey, body, "{}"),
        [
            r#"{"MissingCount":0,"MissingCount":3}"#,
            r#"{"MissingCount":3,"MissingCount":0}"#
        ]
    );
    let types = forms(MutationKind::WrongType, body, "{}");
    for wanted in [
        r#"{"MissingCount":true}"#,
        r#"{"MissingCount":"3"}"#,
        r#"{"MissingCount":[3]}"#,
    ] {
        assert!(types.iter().any(|form| form == wanted), "{types:?}");
    }
    let numbers = forms(MutationKind::OddNumber, body, "{}");
    assert!(numbers.contains(&r#"{"MissingCount":1e999}"#.to_owned()));
    assert!(numbers.contains(&r#"{"MissingCount":18446744073709551616}"#.to_owned()));
    let texts = forms(MutationKind::OddText, r#"{"Title":"a"}"#, "{}");
    assert!(texts.contains(&r#"{"Title":"\ud800"}"#.to_owned()));
    assert!(texts.iter().any(|form| form.len() > HUGE_TEXT_BYTES));
}

#[test]
fn tokens_are_huge_or_repeated() {
    let token = |kind, asked| {
        let forms = forms(kind, LIST, asked);
        let document: Value = serde_json::from_str(&forms[0]).unwrap();
        document["NextToken"].as_str().unwrap().to_owned()
    };
    assert_eq!(token(MutationKind::HugeToken, "{}").len(), HUGE_TEXT_BYTES);
    assert_eq!(
        token(MutationKind::RepeatedToken, r#"{"NextToken":"before"}"#),
        "before"
    );
    assert_eq!(
        forms(MutationKind::RepeatedToken, "<a><b>1</b></a>", "{}"),
        ["<a><b>1</b><nextToken>again</nextToken></a>"]
    );
    let xml = forms(MutationKind::HugeToken, "<a><b>1</b></a>", "{}");
    assert!(xml[0].ends_with("t</nextToken></a>"));
}

const SET: &str = "<?xml version=\"1.0\"?><R xmlns=\"u\"><set><item><instanceId>i-1</instanceId></item><item><instanceId>i-2</instanceId></item></set></R>";

#[test]
fn xml_is_mutated_by_elements() {
    let bodies = |kind| -> Vec<String> {
        let strip = |form: String| {
            let (_, rest) = form.split_once("<R xmlns=\"u\">").unwrap();
            rest.trim_end_matches("</R>").to_owned()
        };
        forms(kind, SET, "{}").into_iter().map(strip).collect()
    };
    assert_eq!(bodies(MutationKind::NoRows), ["<set></set>"]);
    assert_eq!(
        bodies(MutationKind::MissingRow),
        [
            "<set><item><instanceId>i-1</instanceId></item></set>",
            "<set><item><instanceId>i-2</instanceId></item></set>",
        ]
    );
    let swapped = bodies(MutationKind::SwappedNodes);
    let wanted = "<set><item><instanceId>i-2</instanceId></item><item><instanceId>i-1</instanceId></item></set>";
    assert!(swapped.iter().any(|form| form == wanted), "{swapped:?}");
    let repeated = bodies(MutationKind::RepeatedRow);
    assert!(
        repeated
            .iter()
            .all(|form| form.matches("<item>").count() == 3)
    );
    let missing = bodies(MutationKind::MissingMember);
    for wanted in [
        "",
        "<set><item></item><item><instanceId>i-2</instanceId></item></set>",
    ] {
        assert!(missing.iter().any(|form| form == wanted), "{missing:?}");
    }
    let odd = bodies(MutationKind::OddText);
    assert!(odd.iter().any(|form| form.contains("&undefined;")));
    assert!(bodies(MutationKind::OddNumber).is_empty());
    let doubled = bodies(MutationKind::DuplicateKey);
    assert!(
        doubled
            .iter()
            .all(|form| form.matches("<instanceId>").count() == 3)
    );
    for (kind, least) in [(MutationKind::WrongType, 4), (MutationKind::DeepNesting, 4)] {
        assert!(bodies(kind).len() >= least, "{kind:?}");
    }
}

proptest! {
    /// Without a mutation, the bytes are those of the world.
    #[test]
    fn a_response_that_is_not_mutated_is_unchanged(seed in any::<u64>(), nth in 0_usize..6) {
        let world = World::sample();
        let asked = &requests()[nth];
        let mutator = Mutator::new(MutationSettings { one_in: u64::MAX, seed });
        prop_assert_eq!(fate(&mutator, &world, asked), None);
    }

    /// On any bytes, no kind panics, and none returns its input.
    #[test]
    fn any_bytes_can_be_mutated(body in any::<Vec<u8>>(), text in "[<>/a\\[\\]{}\":,1 &]{0,40}", xml in any::<bool>(), seed in any::<u64>()) {
        for body in [Bytes::from(body), text.into()] {
            let content_type = if xml { "text/xml" } else { "application/json" };
            let answer = ApiResponse { status: 200, content_type, body };
            for (kind, _) in MutationKind::ALL {
                let done = mutate_response(kind, &answer, &ApiRequest::default(), &mut Rng::with_seed(seed));
                prop_assert!(done.is_none_or(|done| done.answer != answer || done.length.is_some()));
            }
        }
    }
}
