//! Wrong responses in every call: requested again, then reported; never read as
//! an empty list.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use serde_json::{Value, json};

use crate::support::{
    RecordedRequest, RunOutput, ScriptedReply, ScriptedService, clean_state, error_reply, live, run,
};

const ONE: &str = "i-00000001";
const TWO: &str = "i-00000002";
/// Stopped: EC2 and the inventory list it.
const THREE: &str = "i-00000003";
/// An AWS baseline: records contain the last part of its ARN, GetPatchBaseline
/// takes the whole ARN.
const BASELINE: &str = "arn:aws:ssm:eu-west-1:075727635805:patchbaseline/pb-0123456789abcdef0";

/// An operation, its response, and a command that needs it.
struct Operation {
    name: &'static str,
    /// The member with the list and the one that identifies a row; empty if the
    /// response is no list.
    list: &'static str,
    id: &'static str,
    command: &'static [&'static str],
    has_pages: bool,
}

const fn operation(
    name: &'static str,
    list: &'static str,
    id: &'static str,
    command: &'static [&'static str],
) -> Operation {
    Operation {
        name,
        list,
        id,
        command,
        has_pages: true,
    }
}

const ALL: &[&str] = &["check", "--all"];
const ROLES: &[&str] = &[
    "check",
    "--all",
    "--account",
    "444455556666",
    "--role-name",
    "reader",
];
const RULED: &[&str] = &["check", "i-000000ab"];

fn operations() -> Vec<Operation> {
    let organization = &["check", "--all", "--organization", "--role-name", "reader"];
    let of_group = &["check", "--patch-group", "web"];
    let old = &["check", "i-000000cd", "--fail-on", "patch-older-than=9000d"];
    let listed = &["check", ONE, TWO];
    let drilled = &["check", ONE, "i-000000cd", "--fail-on", "missing>=critical"];
    let one = |mut of: Operation| {
        of.has_pages = false;
        of
    };
    vec![
        operation(
            "DescribeInstanceInformation",
            "InstanceInformationList",
            "InstanceId",
            ALL,
        ),
        operation("DescribeInstances", "reservationSet", "instanceId", ALL),
        operation("GetInventory", "Entities", "Id", ALL),
        operation(
            "DescribeInstancePatchStates",
            "InstancePatchStates",
            "InstanceId",
            listed,
        ),
        operation("DescribeInstancePatches", "Patches", "KBId", drilled),
        operation(
            "DescribeInstancePatchStatesForPatchGroup",
            "InstancePatchStates",
            "InstanceId",
            of_group,
        ),
        // Called only if EC2 is denied.
        operation("DescribePatchGroups", "Mappings", "PatchGroup", ALL),
        operation(
            "DescribePatchBaselines",
            "BaselineIdentities",
            "BaselineId",
            RULED,
        ),
        one(operation("GetPatchBaseline", "", "BaselineId", RULED)),
        operation("DescribeAvailablePatches", "Patches", "KbNumber", old),
        operation("ListAccounts", "Accounts", "Id", organization),
        one(operation("GetCallerIdentity", "", "Account", ROLES)),
        one(operation("AssumeRole", "", "SecretAccessKey", ROLES)),
        one(operation(
            "DescribeRegions",
            "regionInfo",
            "regionName",
            &["check", "--all", "--all-regions"],
        )),
    ]
}

/// The response of a correct service. Every list has two pages.
fn right(request: &RecordedRequest, ec2_denies: bool) -> ScriptedReply {
    let node =
        |id: &str| json!({"InstanceId": id, "PingStatus": "Online", "PlatformType": "Linux"});
    let entity = |id: &str| json!({"Id": id, "Data": {"AWS:InstanceInformation": {"Content": [{"InstanceStatus": "Stopped"}]}}});
    let account = |id: &str| json!({"Id": id, "Status": "ACTIVE"});
    let page = |member: &str, first: Value, second: Value| {
        if request.is_next_page {
            json!({member: [second]})
        } else {
            json!({member: [first], "NextToken": "two"})
        }
    };
    let json = match &*request.operation {
        "DescribeInstanceInformation" => page("InstanceInformationList", node(ONE), node(TWO)),
        "GetInventory" => page("Entities", entity(THREE), entity("i-00000004")),
        "DescribeInstancePatchStates" => {
            let ids = request.ids();
            let (first, rest) = ids.split_at(ids.len().div_ceil(2));
            let some = if request.is_next_page { rest } else { first };
            let records: Vec<Value> = some.iter().map(|id| record(id)).collect();
            if request.is_next_page {
                json!({"InstancePatchStates": records})
            } else {
                json!({"InstancePatchStates": records, "NextToken": "two"})
            }
        }
        "DescribeInstancePatches" => page(
            "Patches",
            json!({"KBId": "KB1", "Title": "one", "State": "Installed"}),
            json!({"KBId": "KB2", "Title": "two", "State": "Missing", "Severity": "Low"}),
        ),
        "DescribeInstancePatchStatesForPatchGroup" => {
            page("InstancePatchStates", clean_state(ONE), clean_state(TWO))
        }
        "DescribePatchGroups" => page(
            "Mappings",
            json!({"PatchGroup": "web"}),
            json!({"PatchGroup": "db"}),
        ),
        "DescribePatchBaselines" => page(
            "BaselineIdentities",
            json!({"BaselineId": "pb-09ca3fb51f0412ec3"}),
            json!({"BaselineId": BASELINE, "OperatingSystem": "WINDOWS"}),
        ),
        "GetPatchBaseline" if request.body["BaselineId"] != BASELINE => {
            return error_reply(400, "DoesNotExistException", "no").into();
        }
        "GetPatchBaseline" => {
            json!({"BaselineId": BASELINE, "AvailableSecurityUpdatesComplianceStatus": "COMPLIANT"})
        }
        "DescribeAvailablePatches" => page(
            "Patches",
            json!({"KbNumber": "KB2", "Title": "two", "ReleaseDate": 1_700_000_000}),
            json!({"KbNumber": "KB2", "Title": "two", "ReleaseDate": 1_600_000_000}),
        ),
        "ListAccounts" => page("Accounts", account("111122223333"), account("444455556666")),
        other => return xml(&right_xml(other, request.is_next_page, ec2_denies)),
    };
    ScriptedReply::from((200, json.to_string()))
}

/// The record of a node; some require further calls.
fn record(id: &str) -> Value {
    let mut record = clean_state(id);
    match id {
        // Its verdict depends on its baseline.
        "i-000000ab" => record["AvailableSecurityUpdateCount"] = json!(1),
        "i-000000cd" => record["MissingCount"] = json!(1),
        _ => {}
    }
    record
}

fn right_xml(operation: &str, is_further: bool, ec2_denies: bool) -> String {
    let inside = match operation {
        "DescribeInstances" if ec2_denies => {
            return "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors></Response>".to_owned();
        }
        "DescribeInstances" => {
            let (id, next) = if is_further {
                ("i-00000004", "")
            } else {
                (THREE, "<nextToken>two</nextToken>")
            };
            format!(
                "<reservationSet><item><instancesSet><item><instanceId>{id}</instanceId>\
                 <instanceState><name>stopped</name></instanceState></item></instancesSet></item></reservationSet>{next}"
            )
        }
        "DescribeRegions" => {
            "<regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo>".to_owned()
        }
        "GetCallerIdentity" => "<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/me</Arn>\
            <Account>111122223333</Account></GetCallerIdentityResult>"
            .to_owned(),
        "AssumeRole" => "<AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::444455556666:assumed-role/reader/patchctl</Arn>\
            </AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret-of-a-session</SecretAccessKey>\
            <SessionToken>token-of-a-session</SessionToken><Expiration>2099-12-31T23:59:59Z</Expiration></Credentials></AssumeRoleResult>"
            .to_owned(),
        other => panic!("{other} is not scripted"),
    };
    format!("<{operation}Response>{inside}</{operation}Response>")
}

fn xml(body: &str) -> ScriptedReply {
    ScriptedReply {
        status: if body.starts_with("<Response>") {
            403
        } else {
            200
        },
        media_type: "text/xml",
        body: body.into(),
    }
}

/// Every way to be wrong with the status 200, derived from the right response.
fn wrong(of: &Operation, right: &ScriptedReply) -> Wrong {
    let text = String::from_utf8(right.body.clone()).unwrap();
    let ok = |body: String| ScriptedReply {
        body: body.into_bytes(),
        ..right.clone()
    };
    let html = ScriptedReply {
        status: 200,
        media_type: "text/html",
        body: b"<html><body><h1>Sign in to the network</h1></body></html>".to_vec(),
    };
    let nothing = ScriptedReply {
        status: 204,
        ..ok(String::new())
    };
    let mut wrong = vec![
        ("nothing", ok(String::new())),
        ("204", nothing),
        ("HTML", html),
        ("cut short", ok(text[..text.len() - 1].to_owned())),
        ("cut in half", ok(text[..text.len() / 2].to_owned())),
        ("something behind it", ok(format!("{text}{text}"))),
    ];
    let of_kind = if right.media_type == "text/xml" {
        wrong_xml(of, &text)
    } else {
        wrong_json(of, &text)
    };
    wrong.extend(of_kind);
    wrong
}

type Wrong = Vec<(&'static str, ScriptedReply)>;

fn wrong_xml(of: &Operation, text: &str) -> Wrong {
    let ok = |body: String| xml(&body);
    let name = of.name;
    let other = if name == "DescribeRegions" {
        "DescribeInstances"
    } else {
        "DescribeRegions"
    };
    let list = if of.list.is_empty() {
        format!("{name}Result")
    } else {
        of.list.to_owned()
    };
    let id = of.id;
    let mut wrong = vec![
        ("JSON", ok(r#"{"message":"no"}"#.to_owned())),
        ("another operation", ok(right_xml(other, false, false))),
        (
            "no list",
            ok(format!(
                "<{name}Response><requestId>1</requestId></{name}Response>"
            )),
        ),
        (
            "a list of words",
            ok(format!(
                "<{name}Response><{list}>none</{list}></{name}Response>"
            )),
        ),
        ("no id", ok(text.replace(&format!("{id}>"), "other>"))),
        ("an empty id", ok(emptied(text, id))),
    ];
    if name == "DescribeInstances" {
        let row = "<reservationSet><item/>";
        wrong.push(("an empty row", ok(text.replace("<reservationSet>", row))));
    } else {
        wrong.push((
            "an empty list",
            ok(format!("<{name}Response><{list}/></{name}Response>")),
        ));
    }
    wrong
}

fn wrong_json(of: &Operation, text: &str) -> Wrong {
    let ok = |body: String| ScriptedReply::from((200, body));
    let document: Value = serde_json::from_str(text).unwrap();
    let with = |key: &str, value: Value| {
        let mut document = document.clone();
        document[key] = value;
        ok(document.to_string())
    };
    let mut wrong = vec![
        ("null", ok("null".to_owned())),
        ("{}", ok("{}".to_owned())),
        ("[]", ok("[]".to_owned())),
        ("a message", ok(r#"{"message":"no"}"#.to_owned())),
        (
            "an error",
            ok(r#"{"__type":"InternalServerError","Message":"no"}"#.to_owned()),
        ),
        ("XML", xml(&right_xml("DescribeRegions", false, false))),
    ];
    if of.list.is_empty() {
        wrong.extend([
            ("no id", with(of.id, Value::Null)),
            ("an empty id", with(of.id, json!(""))),
            ("another id", with(of.id, json!("pb-00000000000000000"))),
            ("an id of another type", with(of.id, json!(1))),
        ]);
        return wrong;
    }
    let row = &document[of.list][0];
    let with_row = |row: Value| {
        let mut rows = document[of.list].clone();
        rows.as_array_mut().unwrap().push(row);
        with(of.list, rows)
    };
    let with_id = |id: Value| {
        let mut row = row.clone();
        row[of.id] = id;
        row["Title"] = Value::Null;
        with_row(row)
    };
    let other = if of.list == "Mappings" {
        "TagList"
    } else {
        "Mappings"
    };
    let list = of.list;
    wrong.extend([
        ("another operation", ok(json!({other: []}).to_string())),
        ("a list that is null", with(list, Value::Null)),
        ("a list that is a text", with(list, json!("none"))),
        ("a list that is an object", with(list, json!({}))),
        ("a row that is null", with_row(Value::Null)),
        ("a row that is a list", with_row(json!([row[of.id]]))),
        ("a row without an id", with_id(Value::Null)),
        ("an empty id", with_id(json!(""))),
        ("an id of another type", with_id(json!(1))),
        ("a token that is a number", with("NextToken", json!(2))),
        (
            "two lists",
            ok(format!("{},\"{list}\":[]}}", &text[..text.len() - 1])),
        ),
    ]);
    wrong
}

fn emptied(text: &str, name: &str) -> String {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let (before, rest) = text.split_once(&start).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{start}{end}{after}")
}

/// A service that gives this response to one operation, on one page, so often.
fn garbling(
    of: &Operation,
    is_further: bool,
    reply: ScriptedReply,
    times: usize,
) -> ScriptedService {
    let (name, left) = (of.name, AtomicUsize::new(times));
    ScriptedService::start(move |request| {
        let is_meant = request.operation == name && request.is_next_page == is_further;
        let takes_one = |left: usize| left.checked_sub(1);
        if is_meant && left.fetch_update(Relaxed, Relaxed, takes_one).is_ok() {
            reply.clone()
        } else {
            right(request, name == "DescribePatchGroups")
        }
    })
}

/// The right response for this page.
fn right_of(of: &Operation, is_further: bool) -> ScriptedReply {
    let request = RecordedRequest {
        operation: of.name.to_owned(),
        body: json!({"InstanceIds": [ONE, TWO], "BaselineId": BASELINE}),
        is_next_page: is_further,
        session_token: None,
        access_key: String::new(),
    };
    right(&request, false)
}

fn run_against(service: &ScriptedService, command: &[&str], attempts: &str) -> RunOutput {
    run(live(&service.url, command).env("AWS_MAX_ATTEMPTS", attempts))
}

/// Runs a test of each operation on two threads, as each starts many processes.
fn of_each(test: impl Fn(&Operation) + Sync) {
    let queue = Mutex::new(operations());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(of) = { queue.lock().unwrap().pop() } {
                    test(&of);
                }
            });
        }
    });
}

fn pages(of: &Operation) -> &'static [bool] {
    if of.has_pages {
        &[false, true]
    } else {
        &[false]
    }
}

#[test]
fn a_correct_service_passes_every_gate() {
    of_each(|of| {
        let service = garbling(of, false, right_of(of, false), 0);
        let ran = run_against(&service, of.command, "1");
        assert_eq!(ran.code, 0, "{}: {}{}", of.name, ran.out, ran.err);
        for is_further in pages(of) {
            let mut requests = service.requests().into_iter();
            let is_asked = requests
                .any(|request| request.operation == of.name && request.is_next_page == *is_further);
            assert!(is_asked, "{} is not called for that page", of.name);
        }
    });
}

#[test]
fn a_wrong_response_never_passes_a_gate_and_is_reported_with_its_call() {
    of_each(|of| {
        for &is_further in pages(of) {
            // Both pages have the same parser: for the second, some are
            // sufficient.
            let some = if is_further { 3 } else { usize::MAX };
            let kinds = wrong(of, &right_of(of, is_further)).into_iter();
            for (kind, reply) in kinds.take(some) {
                let service = garbling(of, is_further, reply, usize::MAX);
                let ran = run_against(&service, of.command, "1");
                let what = format!(
                    "{} {kind}, page 2: {is_further}: {}{}",
                    of.name, ran.out, ran.err
                );
                assert!(ran.code == 2 || ran.code == 3, "{}: {what}", ran.code);
                let output = format!("{}{}", ran.out, ran.err);
                assert!(output.contains("the answer could not be read: "), "{what}");
                let call = format!(":{} in eu-west-1", of.name);
                assert!(output.contains(&call), "{what}");
                assert!(!output.contains("Sign in"), "{what}");
                assert!(!output.contains("of-a-session"), "{what}");
            }
        }
    });
}

#[test]
fn a_response_that_is_wrong_once_is_requested_again_and_has_no_effect() {
    of_each(|of| {
        for &is_further in pages(of) {
            for (kind, reply) in wrong(of, &right_of(of, is_further)).into_iter().take(4) {
                let service = garbling(of, is_further, reply, 1);
                let ran = run_against(&service, of.command, "2");
                assert_eq!(ran.code, 0, "{} {kind}: {}{}", of.name, ran.out, ran.err);
                assert!(
                    !ran.err.contains("could not be read"),
                    "{} {kind}: {}",
                    of.name,
                    ran.err
                );
            }
        }
    });
}

/// A service with this response to one operation, and right ones to all others.
fn answering(
    name: &'static str,
    answer: impl Fn(&RecordedRequest) -> ScriptedReply + Send + Sync + 'static,
) -> ScriptedService {
    ScriptedService::start(move |request| {
        if request.operation == name {
            answer(request)
        } else {
            right(request, false)
        }
    })
}

/// Id and verdict of each row of `states`.
fn verdicts(ran: &RunOutput) -> Vec<String> {
    let rows = ran.json()["InstancePatchStates"].clone();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", row["InstanceId"], row["Verdict"]).replace('"', ""))
        .collect()
}

#[test]
fn a_requested_node_has_its_row_whatever_the_response() {
    let states = Operation {
        command: &["states", ONE, TWO, "-o", "json"],
        ..operation(
            "DescribeInstancePatchStates",
            "InstancePatchStates",
            "InstanceId",
            ALL,
        )
    };
    for (is_further, expected) in [
        (false, [format!("{ONE} UNREAD"), format!("{TWO} UNREAD")]),
        // Records read before a later page broke off are kept.
        (true, [format!("{ONE} COMPLIANT"), format!("{TWO} UNREAD")]),
    ] {
        for (kind, reply) in wrong(&states, &right_of(&states, is_further)) {
            let service = garbling(&states, is_further, reply, usize::MAX);
            let ran = run_against(&service, states.command, "1");
            assert_eq!(verdicts(&ran), expected, "{kind}");
            assert_eq!(ran.json()["Unread"][0]["Code"], "Unreadable", "{kind}");
            assert_ne!(ran.code, 0, "{kind}");
        }
    }
    let patches = Operation {
        command: &["patches", ONE, TWO, "-o", "json"],
        ..operation("DescribeInstancePatches", "Patches", "KBId", ALL)
    };
    for (kind, reply) in wrong(&patches, &right_of(&patches, false)) {
        let service = garbling(&patches, false, reply, usize::MAX);
        let ran = run_against(&service, patches.command, "1");
        let unread = ran.json()["Unread"].clone();
        let unread = unread.as_array().unwrap().iter();
        let ids: Vec<&Value> = unread.map(|unread| &unread["InstanceId"]).collect();
        assert_eq!(ids, [ONE, TWO], "{kind}");
    }
}

#[test]
fn a_record_of_a_node_that_was_not_requested_is_an_error() {
    // Two responses that were swapped.
    let service = answering("DescribeInstancePatchStates", |_| {
        crate::support::states_reply(&[clean_state(ONE), clean_state(THREE)]).into()
    });
    let ran = run_against(&service, &["states", ONE, TWO, "-o", "json"], "1");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(
        verdicts(&ran),
        [format!("{ONE} UNREAD"), format!("{TWO} UNREAD")]
    );
    assert!(
        ran.err
            .contains("a record of i-00000003, which was not requested"),
        "{}",
        ran.err
    );
}

#[test]
fn an_unreadable_response_is_requested_as_often_as_any_call_is_tried() {
    for of in operations() {
        let nothing = ScriptedReply::from((200, String::new()));
        let service = garbling(&of, false, nothing, usize::MAX);
        run_against(&service, of.command, "2");
        let requests = service.requests().into_iter();
        let tries =
            requests.filter(|request| request.operation == of.name && !request.is_next_page);
        // Some are called for more than one node, tag or group, each as often.
        assert_eq!(tries.count() % 2, 0, "{}", of.name);
    }
}

#[test]
fn a_refusal_after_an_unreadable_response_is_reported_as_the_refusal() {
    let asked_before = AtomicUsize::new(0);
    let service = answering("DescribeInstanceInformation", move |_| {
        if asked_before.fetch_add(1, Relaxed) == 0 {
            ScriptedReply::from((200, String::new()))
        } else {
            error_reply(400, "AccessDeniedException", "User is not authorized").into()
        }
    });
    let ran = run_against(&service, &["states", "--all"], "5");
    assert!(
        ran.err.contains("AccessDeniedException: User is not authorized (ssm:DescribeInstanceInformation in eu-west-1); allow"),
        "{}",
        ran.err
    );
    let requests = service.requests().into_iter();
    assert_eq!(
        requests
            .filter(|request| request.operation == "DescribeInstanceInformation")
            .count(),
        2
    );
}

#[test]
fn an_error_page_is_reported_by_its_status_in_one_short_line() {
    let page = format!(
        "<html><body>{}\u{1b}[31m</body></html>",
        "no ".repeat(5_000)
    );
    for status in [302, 403, 404, 500, 503] {
        for of in operations() {
            let page = ScriptedReply {
                status,
                media_type: "text/html; charset=utf-8",
                body: page.clone().into_bytes(),
            };
            let service = garbling(&of, false, page, usize::MAX);
            let ran = run_against(&service, of.command, "1");
            let output = format!("{}{}", ran.out, ran.err);
            let expected = format!(
                "HTTP {status} from the endpoint, not an answer of the service (text/html)"
            );
            assert!(output.contains(&expected), "{} {status}: {output}", of.name);
            assert!(
                !output.contains("no no") && !output.contains('\u{1b}'),
                "{output}"
            );
            assert!(
                ran.code == 2 || ran.code == 3,
                "{} {status}: {}",
                of.name,
                ran.code
            );
        }
    }
}

#[test]
fn a_message_of_any_length_becomes_one_short_line_without_control_characters() {
    let message = "\u{1b}]0;title\u{7} of\n\u{202e}a proxy ".repeat(20_000);
    let service = answering("DescribeInstancePatchStates", move |_| {
        error_reply(400, "AccessDeniedException", &message).into()
    });
    let ran = run_against(&service, &["states", ONE], "1");
    assert!(
        ran.err.contains("AccessDeniedException: \\u{1b}]0;title"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.len() < 2_000 && ran.out.len() < 20_000,
        "{}",
        ran.err
    );
    let acts = |text: &str| text.contains(['\u{1b}', '\u{7}', '\u{202e}']);
    assert!(!acts(&ran.err) && !acts(&ran.out));
}

#[test]
fn an_organization_without_accounts_is_an_error() {
    let command = &["check", "--all", "--organization", "--role-name", "reader"];
    let account = |id: &str| json!({"Id": id, "Status": "ACTIVE"});
    for (accounts, why) in [
        (
            json!([]),
            "the answer could not be read: it lists no account",
        ),
        // The caller is the management account, or a delegated administrator.
        (
            json!([account("444455556666")]),
            "it does not list the caller's account, 111122223333",
        ),
    ] {
        let body = json!({"Accounts": accounts}).to_string();
        let service = answering("ListAccounts", move |_| {
            ScriptedReply::from((200, body.clone()))
        });
        let ran = run_against(&service, command, "1");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(ran.err.contains(why), "{}", ran.err);
        assert!(
            ran.err.contains("(organizations:ListAccounts in eu-west-1"),
            "{}",
            ran.err
        );
    }
    // An account in an unknown state is read.
    let service = answering("ListAccounts", move |_| {
        let accounts = json!([account("111122223333"), {"Id": "444455556666", "Status": "ACTIVF"}]);
        ScriptedReply::from((200, json!({"Accounts": accounts}).to_string()))
    });
    let ran = run_against(&service, command, "1");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let requests = service.requests().into_iter();
    assert_eq!(
        requests
            .filter(|request| request.operation == "AssumeRole")
            .count(),
        1
    );
}

#[test]
fn an_account_with_a_garbled_role_or_regions_affects_no_other() {
    for (name, why) in [
        (
            "AssumeRole",
            "the role reader cannot be assumed: the answer could not be read: it is a session in another account",
        ),
        (
            "DescribeRegions",
            "its regions are not known: the answer could not be read: no region that is enabled",
        ),
    ] {
        let (asked_before, is_regions) = (AtomicUsize::new(0), name == "DescribeRegions");
        let service = answering(name, move |_| {
            let right = right_xml(name, false, false);
            let garbled = if is_regions {
                let status = "<optInStatus>not-opted-in</optInStatus></item>";
                right.replace("</item>", status)
            } else {
                right.replace("444455556666", "777788889999")
            };
            // The first account has its regions.
            let is_first = is_regions && asked_before.fetch_add(1, Relaxed) == 0;
            xml(if is_first { &right } else { &garbled })
        });
        let accounts = [
            "--account",
            "111122223333,444455556666",
            "--role-name",
            "reader",
        ];
        let command = ["states", "--all", "--all-regions", "-o", "json"];
        let ran = run_against(&service, &[&command[..], &accounts].concat(), "1");
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        let json = ran.json();
        assert_eq!(json["Summary"]["UnreadScopes"], 1, "{name}");
        assert_eq!(json["Summary"]["Answered"], 4, "{name}");
        assert!(ran.err.contains(why), "{name}: {}", ran.err);
        assert!(!ran.err.contains("of-a-session"), "{}", ran.err);
    }
}

#[test]
fn session_keys_that_no_header_can_carry_are_refused_and_not_shown() {
    for (part, name) in [
        ("ASIAEXAMPLE", "AccessKeyId"),
        ("secret-of-a-session", "SecretAccessKey"),
        ("token-of-a-session", "SessionToken"),
    ] {
        let service = answering("AssumeRole", move |_| {
            let right = right_xml("AssumeRole", false, false);
            xml(&right.replace(part, &format!("{part}&#13;")))
        });
        let ran = run_against(&service, ROLES, "1");
        assert_eq!(ran.code, 2, "{}", ran.err);
        let why = format!("no {name} that can be used");
        assert!(ran.err.contains(&why), "{}", ran.err);
        assert!(
            !ran.err.contains("of-a-session") && !ran.err.contains("ASIAEXAMPLE"),
            "{}",
            ran.err
        );
    }
}

/// `check --all --platform windows` with one managed node of this platform.
fn platform_check(platform: Value) -> RunOutput {
    let service = ScriptedService::start(move |request| match &*request.operation {
        "DescribeInstanceInformation" => {
            let known = json!({"InstanceId": ONE, "PlatformType": "Windows"});
            let mut odd = platform.clone();
            odd["InstanceId"] = json!(TWO);
            let list = json!({"InstanceInformationList": [known, odd]});
            ScriptedReply::from((200, list.to_string()))
        }
        "DescribeInstances" => {
            xml("<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>")
        }
        "GetInventory" => ScriptedReply::from((200, json!({"Entities": []}).to_string())),
        "DescribeInstancePatchStates" => {
            let records: Vec<Value> = request.ids().iter().map(|id| clean_state(id)).collect();
            crate::support::states_reply(&records).into()
        }
        _ => right(request, false),
    });
    run_against(&service, &["check", "--all", "--platform", "windows"], "1")
}

#[test]
fn a_node_with_an_unusable_platform_type_is_matched_by_name_or_reported() {
    for platform in [
        json!({"PlatformType": null}),
        json!({}),
        json!({"PlatformType": ""}),
        json!({"PlatformType": "Win64"}),
        json!({"PlatformType": "Win64", "PlatformName": "Nonesuch"}),
    ] {
        let ran = platform_check(platform.clone());
        assert_eq!(ran.code, 3, "{platform}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(TWO), "{platform}: {}", ran.err);
    }
    let server = "Microsoft Windows Server 2022 Datacenter";
    for platform in [
        json!({"PlatformType": null, "PlatformName": server}),
        json!({"PlatformType": "Win64", "PlatformName": server}),
        json!({"PlatformType": "", "PlatformName": "Ubuntu"}),
    ] {
        let ran = platform_check(platform.clone());
        assert_eq!(ran.code, 0, "{platform}: {}{}", ran.out, ran.err);
        assert!(!ran.err.contains(TWO), "{platform}: {}", ran.err);
    }
}

#[test]
fn a_node_of_unknown_status_is_kept_as_stopped() {
    for (status, count) in [
        (json!("Stopped"), 1),
        (json!("Halted"), 1),
        (json!(""), 1),
        (json!(null), 1),
        (json!("active"), 0),
        (json!("Terminated"), 0),
    ] {
        let service = ScriptedService::start({
            let status = status.clone();
            move |request| match &*request.operation {
                "DescribeInstanceInformation" => {
                    let known = json!({"InstanceId": ONE, "PlatformType": "Linux"});
                    let list = json!({"InstanceInformationList": [known]});
                    ScriptedReply::from((200, list.to_string()))
                }
                "GetInventory" => {
                    let content = json!([{"InstanceStatus": status}]);
                    let entity = json!({"Id": THREE, "Data": {"AWS:InstanceInformation": {"Content": content}}});
                    ScriptedReply::from((200, json!({"Entities": [entity]}).to_string()))
                }
                "DescribeInstancePatchStates" => {
                    let records: Vec<Value> =
                        request.ids().iter().map(|id| clean_state(id)).collect();
                    crate::support::states_reply(&records).into()
                }
                _ => right(request, true),
            }
        });
        let ran = run_against(&service, &["states", "--all", "-o", "csv"], "1");
        assert_eq!(
            ran.out.matches(THREE).count(),
            count,
            "{status}: {}{}",
            ran.out,
            ran.err
        );
    }
}

#[test]
fn a_platform_unknown_after_a_failed_call_makes_the_region_unread() {
    // The state of a group has no platform; EC2 would report it.
    let member = "i-00000009";
    let service = |ec2: ScriptedReply| {
        ScriptedService::start(move |request| match &*request.operation {
            "DescribeInstanceInformation" => {
                let known = json!({"InstanceId": ONE, "PlatformType": "Windows"});
                ScriptedReply::from((200, json!({"InstanceInformationList": [known]}).to_string()))
            }
            "DescribeInstancePatchStatesForPatchGroup" => {
                crate::support::states_reply(&[clean_state(ONE), clean_state(member)]).into()
            }
            "DescribeInstances" => ec2.clone(),
            _ => right(request, false),
        })
    };
    let command = &["check", "--patch-group", "web", "--platform", "windows"];
    let instance = format!(
        "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>{member}</instanceId>\
         <platformDetails>Windows</platformDetails></item></instancesSet></item></reservationSet></DescribeInstancesResponse>"
    );
    let ran = run_against(&service(xml(&instance)), command, "1");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for ec2 in [
        xml(""),
        xml("<html/>"),
        xml(&right_xml("DescribeInstances", false, true)),
    ] {
        let ran = run_against(&service(ec2), command, "1");
        assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
        assert!(ran.err.contains(member), "{}", ran.err);
    }
}

#[test]
fn a_diagnosis_reports_no_wrong_response_as_ok() {
    let messages =
        ScriptedService::start(|_| ScriptedReply::from((200, r#"{"message":"no"}"#.to_owned())));
    let ran = run_against(&messages, &["doctor", "-o", "csv"], "1");
    assert_eq!(ran.out.matches(",OK,").count(), 0, "{}", ran.out);
    assert_ne!(ran.code, 0);
}

#[test]
fn tags_that_could_not_be_read_are_reported_and_leave_their_column_empty() {
    let hybrid = "mi-00000000000000001";
    let ask_tags = |body: &'static str| {
        let service = ScriptedService::start(move |request| match &*request.operation {
            "ListTagsForResource" => ScriptedReply::from((200, body.to_owned())),
            "DescribeInstanceInformation" => {
                let node = json!({"InstanceId": hybrid});
                ScriptedReply::from((200, json!({"InstanceInformationList": [node]}).to_string()))
            }
            _ => right(request, false),
        });
        let columns = [
            "states",
            hybrid,
            "--columns",
            "InstanceId,tag:Env",
            "-o",
            "csv",
        ];
        run_against(&service, &columns, "1")
    };
    let ran = ask_tags(r#"{"TagList":[{"Key":"Env","Value":"prod"}]}"#);
    assert!(ran.out.contains("prod"), "{}{}", ran.out, ran.err);
    for body in [
        "",
        "{}",
        r#"{"TagList":null}"#,
        r#"{"TagList":[null]}"#,
        r#"{"TagList":[{"Value":"prod"}]}"#,
    ] {
        let ran = ask_tags(body);
        assert!(
            ran.err.contains("ssm:ListTagsForResource in eu-west-1"),
            "{body}: {}",
            ran.err
        );
        assert!(!ran.out.contains("prod"), "{body}: {}", ran.out);
    }
}
