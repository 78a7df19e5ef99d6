//! Tests of a bucket: what a dataset asks of it, and how it fails.

mod bucket_server;

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::source::dataset::storage::s3::bucket::Bucket;
use crate::source::dataset::storage::s3::tests::bucket_server::{
    BucketServer, Fault, Faults, error,
};
use crate::source::dataset::storage::s3::upload::S3File;
use crate::source::dataset::storage::stored_file::{Created, StoredFile};
use crate::source::test_runtime::block_on;

const NO_FAULTS: Faults = |_, _| None;

async fn upload(bucket: &Bucket, path: &str, content: &[u8]) -> anyhow::Result<()> {
    let mut file = S3File::new(bucket.clone(), path)?;
    for piece in content.chunks(1_000_003) {
        file.write(piece).await?;
    }
    file.finish().await
}

#[test]
fn a_file_is_created_once_and_read_in_whole_or_in_part() {
    let server = BucketServer::start(NO_FAULTS);
    let bucket = server.bucket();
    block_on(async {
        let path = "runs/a=1.json";
        assert_eq!(bucket.read(path, 9).await.unwrap(), None);
        assert_eq!(bucket.create(path, b"one").await.unwrap(), Created::Yes);
        assert_eq!(bucket.create(path, b"two").await.unwrap(), Created::Exists);
        assert_eq!(server.object("data/runs/a=1.json").unwrap(), b"one");
        assert_eq!(bucket.read(path, 3).await.unwrap().unwrap(), &b"one"[..]);
        let error = bucket.read(path, 2).await.unwrap_err().to_string();
        assert!(
            error.starts_with("s3://fleet/data/runs/a=1.json cannot be read: "),
            "{error}"
        );
        assert!(error.contains("larger than 2 bytes"), "{error}");
        assert_eq!(bucket.read_range(path, 1..3).await.unwrap(), &b"ne"[..]);
        assert_eq!(bucket.read_range(path, 2..2).await.unwrap(), Bytes::new());
        for range in [2..5, 3..5, 9..10] {
            let error = bucket.read_range(path, range.clone()).await.unwrap_err();
            let expected = format!(
                "s3://fleet/data/runs/a=1.json ends before byte {}",
                range.end
            );
            assert_eq!(error.to_string(), expected);
        }
        let error = bucket.read_range("x", 0..1).await.unwrap_err().to_string();
        assert_eq!(error, "s3://fleet/data/x does not exist");
        bucket.delete(path).await.unwrap();
        bucket.delete(path).await.unwrap();
        assert_eq!(bucket.read(path, 9).await.unwrap(), None);
    });
    // Each request is signed, and says who sends it.
    for request in server.requests() {
        let signed = request.header("authorization");
        assert!(signed.contains("/eu-west-1/s3/aws4_request"), "{signed}");
        assert!(request.header("user-agent").starts_with("patchctl/"));
    }
}

#[test]
fn more_than_a_thousand_files_are_listed_in_order() {
    let server = BucketServer::start(NO_FAULTS);
    for number in 0..2_345 {
        server.insert(&format!("data/nodes/p={}/{number}", number % 7), b"x");
    }
    // A console's mark of a folder, another folder, and a name that begins alike.
    for key in [
        "data/nodes/",
        "data/nodes/p=3/",
        "data/runs/1",
        "data/nodes2/1",
    ] {
        server.insert(key, b"");
    }
    let bucket = server.bucket();
    block_on(async {
        let files = bucket.list("nodes").await.unwrap();
        assert_eq!(files.len(), 2_345);
        assert!(files.is_sorted());
        let expected = StoredFile {
            path: "nodes/p=0/0".into(),
            bytes: 1,
        };
        assert_eq!(files[0], expected);
        let folders = bucket.folders("nodes").await.unwrap();
        assert_eq!(folders.len(), 7);
        assert_eq!(folders[6], "p=6");
        assert_eq!(
            bucket.folders("").await.unwrap(),
            ["nodes", "nodes2", "runs"]
        );
        assert_eq!(bucket.list("none").await.unwrap(), []);
    });
    assert_eq!(bucket.call_counts()["s3:ListBucket"].calls, 3 + 1 + 1 + 1);
}

#[test]
fn a_large_file_is_uploaded_in_parts_and_a_small_one_at_once() {
    let server = BucketServer::start(NO_FAULTS);
    let bucket = server.bucket();
    let large: Vec<u8> = (0..20_000_000_u32)
        .map(|at| at.to_le_bytes()[at as usize % 4])
        .collect();
    block_on(async {
        upload(&bucket, "small", b"abc").await.unwrap();
        assert_eq!(server.requests().len(), 1);
        upload(&bucket, "none", b"").await.unwrap();
        upload(&bucket, "large", &large).await.unwrap();
    });
    assert_eq!(server.object("data/small").unwrap(), b"abc");
    assert_eq!(server.object("data/none").unwrap(), b"");
    assert!(server.object("data/large").unwrap() == large);
    let requests = server.requests();
    let parts = requests
        .iter()
        .filter(|of| of.query.contains_key("partNumber"));
    assert_eq!(
        parts.map(|of| of.body.len()).collect::<Vec<_>>(),
        [8 << 20, 8 << 20, 3_222_784]
    );
    assert_eq!(server.open_uploads(), 0);
}

#[test]
fn an_upload_that_is_given_up_or_fails_is_aborted() {
    let large = vec![7; 9 << 20];
    let server = BucketServer::start(NO_FAULTS);
    let bucket = server.bucket();
    block_on(async {
        let mut file = S3File::new(bucket.clone(), "large").unwrap();
        file.write(&large).await.unwrap();
        drop(file);
        bucket.close().await;
    });
    assert_eq!(
        (server.open_uploads(), server.object("data/large")),
        (0, None)
    );

    let denied: Faults = |_, request| {
        let is_second = request
            .query
            .get("partNumber")
            .is_some_and(|part| part == "2");
        is_second.then(|| Fault::Refuse(403, "", error("AccessDenied", "No.")))
    };
    let server = BucketServer::start(denied);
    let bucket = server.bucket();
    let error = block_on(async {
        let error = upload(&bucket, "large", &large).await.unwrap_err();
        bucket.close().await;
        error.to_string()
    });
    assert_eq!(
        error,
        "s3://fleet/data/large cannot be written: AccessDenied: No. (s3:PutObject in eu-west-1, \
         profile prod); allow s3:PutObject in the caller's IAM policy"
    );
    assert_eq!(
        (server.open_uploads(), server.object("data/large")),
        (0, None)
    );
    assert_eq!(bucket.call_counts()["s3:AbortMultipartUpload"].calls, 1);
}

#[test]
fn a_request_that_broke_off_is_repeated_and_what_it_did_is_recognised() {
    // Every second request takes effect, and its response is lost.
    let lossy: Faults = |number, _| (number % 2 == 1).then_some(Fault::LoseResponse);
    let server = BucketServer::start(lossy);
    let bucket = server.bucket();
    let large = vec![7; 9 << 20];
    block_on(async {
        assert_eq!(bucket.create("a", b"one").await.unwrap(), Created::Yes);
        upload(&bucket, "large", &large).await.unwrap();
    });
    assert!(server.object("data/large").unwrap() == large);

    let cut: Faults = |number, _| (number % 2 == 1).then_some(Fault::CutBody);
    let server = BucketServer::start(cut);
    server.insert("data/a", &large);
    let bucket = server.bucket();
    block_on(async {
        assert!(bucket.read("a", 10 << 20).await.unwrap().unwrap() == large);
        assert_eq!(bucket.read_range("a", 5..9).await.unwrap(), &[7; 4][..]);
        assert_eq!(bucket.list("").await.unwrap().len(), 1);
    });

    let always: Faults = |_, _| Some(Fault::CutBody);
    let server = BucketServer::start(always);
    server.insert("data/a", &large);
    let bucket = server.bucket();
    let error = block_on(bucket.read("a", 10 << 20))
        .unwrap_err()
        .to_string();
    assert!(error.contains("the answer could not be read"), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_bucket_in_another_region_is_found_there() {
    let by_header: Faults = |_, request| {
        let body = error("PermanentRedirect", "Elsewhere.");
        let is_there = request.header("authorization").contains("/ap-south-1/");
        (!is_there).then_some(Fault::Refuse(
            301,
            "x-amz-bucket-region: ap-south-1\r\n",
            body,
        ))
    };
    let by_body: Faults = |_, request| {
        let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>wrong</Message>\
                    <Region>ap-south-1</Region></Error>";
        let is_there = request.header("authorization").contains("/ap-south-1/");
        (!is_there).then(|| Fault::Refuse(400, "", body.to_owned()))
    };
    for faults in [by_header, by_body] {
        let server = BucketServer::start(faults);
        server.insert("data/a", b"x");
        let bucket = server.bucket();
        block_on(async {
            assert_eq!(bucket.read("a", 9).await.unwrap().unwrap(), &b"x"[..]);
            assert_eq!(bucket.read("a", 9).await.unwrap().unwrap(), &b"x"[..]);
        });
        // The region is kept.
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn a_bucket_that_does_not_tell_its_region_is_asked_for_it() {
    let silent: Faults = |_, request| {
        let body = error("IllegalLocationConstraintException", "incompatible");
        match &*request.method {
            "HEAD" => Some(Fault::Refuse(
                403,
                "x-amz-bucket-region: me-south-1\r\n",
                String::new(),
            )),
            _ if request.header("authorization").contains("/me-south-1/") => None,
            _ => Some(Fault::Refuse(400, "", body)),
        }
    };
    let server = BucketServer::start(silent);
    server.insert("data/a", b"x");
    let read = block_on(server.bucket().read("a", 9));
    assert_eq!(read.unwrap().unwrap(), &b"x"[..]);
    // A region that would be another host is not used.
    let hostile: Faults = |_, _| {
        let header = "x-amz-bucket-region: evil.example/\r\n";
        Some(Fault::Refuse(
            301,
            header,
            error("PermanentRedirect", "Elsewhere."),
        ))
    };
    let server = BucketServer::start(hostile);
    let error = block_on(server.bucket().read("a", 9))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("another region, which it does not tell: set AWS_REGION"),
        "{error}"
    );
}

#[test]
fn refusals_say_what_to_do_and_name_the_bucket() {
    for (faults, expected) in [
        (
            (|_, _| {
                Some(Fault::Refuse(
                    404,
                    "",
                    error("NoSuchBucket", "The specified bucket does not exist"),
                ))
            }) as Faults,
            "NoSuchBucket: The specified bucket does not exist (s3:ListBucket in eu-west-1, profile prod); \
             check the name of the bucket, and --endpoint-url",
        ),
        (
            |_, _| {
                Some(Fault::Refuse(
                    403,
                    "",
                    error(
                        "AccessDenied",
                        "User: arn:aws:iam::1:user/x is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::fleet\" with an explicit deny in a service control policy",
                    ),
                ))
            },
            "the organization denies it by a service control policy, which no IAM policy can override: have the administrators of the organization allow s3:ListBucket",
        ),
        (
            |_, _| {
                Some(Fault::Refuse(
                    403,
                    "",
                    error(
                        "AccessDenied",
                        "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/k because no identity-based policy allows the kms:Decrypt action",
                    ),
                ))
            },
            "allow kms:Decrypt in the caller's IAM policy",
        ),
        (
            |_, _| {
                Some(Fault::Refuse(
                    403,
                    "",
                    error(
                        "InvalidAccessKeyId",
                        "The AWS Access Key Id you provided does not exist in our records.",
                    ),
                ))
            },
            "check the access key",
        ),
        (
            |_, _| {
                Some(Fault::Refuse(
                    503,
                    "",
                    error("SlowDown", "Please reduce your request rate."),
                ))
            },
            "gave up after continuous throttling",
        ),
        (
            |_, _| Some(Fault::Refuse(502, "", "<html>Bad Gateway</html>".into())),
            "HTTP 502 from the endpoint, not an answer of the service",
        ),
    ] {
        let server = BucketServer::start(faults);
        let error = block_on(server.bucket().list("")).unwrap_err().to_string();
        assert!(
            error.starts_with("s3://fleet/data cannot be listed: "),
            "{error}"
        );
        assert!(error.contains(expected), "{error}");
        assert!(
            !error.contains("hush-hush") && error.lines().count() == 1,
            "{error}"
        );
    }
}

#[test]
fn an_endpoint_that_never_answers_is_given_up_after_a_few_attempts() {
    let server = BucketServer::start(|_, _| Some(Fault::LoseResponse));
    let mut session = server.session();
    session.max_attempts = 10;
    let bucket = Bucket::new("fleet", "", session).unwrap();
    let error = block_on(bucket.read("a", 9)).unwrap_err().to_string();
    assert!(
        error.contains("check --region, --endpoint-url, the network"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn the_actions_of_the_requests_are_those_that_are_counted() {
    let server = BucketServer::start(NO_FAULTS);
    let bucket = server.bucket();
    block_on(async {
        bucket.list("").await.unwrap();
        bucket.create("a", b"").await.unwrap();
        bucket.read("a", 9).await.unwrap();
        bucket.delete("a").await.unwrap();
        let mut file = S3File::new(bucket.clone(), "large").unwrap();
        file.write(&vec![7; 9 << 20]).await.unwrap();
        drop(file);
        bucket.close().await;
    });
    let counts = bucket.call_counts();
    let actions: BTreeSet<&str> = counts.keys().map(String::as_str).collect();
    let expected = [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    ];
    assert_eq!(actions.into_iter().collect::<Vec<_>>(), expected);
    for request in server.requests() {
        let is_of_upload = request.query.contains_key("uploadId");
        let action = match &*request.method {
            "GET" if request.query.contains_key("list-type") => "s3:ListBucket",
            "GET" => "s3:GetObject",
            "PUT" | "POST" => "s3:PutObject",
            _ if is_of_upload => "s3:AbortMultipartUpload",
            _ => "s3:DeleteObject",
        };
        assert!(counts[action].attempts > 0, "{request:?}");
    }
}
