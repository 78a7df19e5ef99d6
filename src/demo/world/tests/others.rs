//! Tests of EC2, STS and Organizations.

use serde_json::{Value, json};

use crate::demo::world::access_denied_response;
use crate::demo::world::tests::{
    ACCOUNT, ApiRequest, Caller, PRODUCTION, REGION, World, home, texts,
};

#[test]
fn sts_returns_the_identity_of_the_caller() {
    let world = World::sample();
    for (key, account) in [("AKIAEXAMPLE", ACCOUNT), (PRODUCTION, "444455556666")] {
        let (status, body) = Caller(&world, key, "us-east-1")
            .xml("sts", "Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(status, 200);
        assert_eq!(texts(&body, "Account"), [account]);
        assert!(body.contains(&format!("arn:aws:sts::{account}:assumed-role/demo/me")));
    }
}

#[test]
fn a_role_is_assumed_if_the_account_allows_it() {
    let world = World::sample();
    let assume = |account: &str, more: &str| {
        let form = format!(
            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn%3Aaws%3Aiam%3A%3A{account}%3Arole%2Faudit%2FReader{more}"
        );
        home(&world).xml("sts", &form)
    };
    for (account, more) in [
        ("444455556666", ""),
        (ACCOUNT, ""),
        ("123456789012", "&ExternalId=demo"),
    ] {
        let (status, body) = assume(account, more);
        assert_eq!(status, 200, "{body}");
        assert_eq!(
            texts(&body, "AccessKeyId"),
            [format!("ASIADEMO{account}").as_str()]
        );
        assert_eq!(
            texts(&body, "Arn"),
            [format!("arn:aws:sts::{account}:assumed-role/Reader/me").as_str()]
        );
    }
    for (account, more) in [
        ("777788889999", ""),
        ("999900001111", ""),
        ("000000000000", ""),
        ("123456789012", ""),
        ("123456789012", "&ExternalId=wrong"),
    ] {
        let (status, body) = assume(account, more);
        assert_eq!((status, texts(&body, "Code")), (403, vec!["AccessDenied"]));
        let cause = format!(
            "User: arn:aws:sts::{ACCOUNT}:assumed-role/demo/me is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::{account}:role/audit/Reader"
        );
        assert_eq!(texts(&body, "Message"), [cause.as_str()]);
    }
    for form in [
        "Action=AssumeRole",
        "Action=AssumeRole&RoleSessionName=me&RoleArn=nonsense",
    ] {
        let (status, body) = home(&world).xml("sts", form);
        assert_eq!(
            (status, texts(&body, "Code")),
            (400, vec!["ValidationError"])
        );
    }
}

#[test]
fn only_the_management_account_lists_the_organization() {
    let world = World::sample();
    let (status, page) = home(&world).accounts(&json!({ "MaxResults": 3 }));
    assert_eq!(status, 200);
    let (_, rest) = home(&world).accounts(&json!({ "NextToken": page["NextToken"] }));
    assert!(rest.get("NextToken").is_none());
    let mut accounts = page["Accounts"].as_array().unwrap().clone();
    accounts.extend(rest["Accounts"].as_array().unwrap().clone());
    let result: Vec<_> = accounts
        .iter()
        .map(|a| {
            (
                a["Id"].as_str().unwrap(),
                a["Name"].as_str().unwrap(),
                a["Status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        result,
        [
            (ACCOUNT, "demo-management", "ACTIVE"),
            ("444455556666", "demo-production", "ACTIVE"),
            ("777788889999", "demo-sandbox", "ACTIVE"),
            ("123456789012", "demo-partner", "ACTIVE"),
            ("999900001111", "demo-closed", "SUSPENDED"),
        ]
    );
    let (status, body) = Caller(&world, PRODUCTION, REGION).accounts(&json!({}));
    assert_eq!(status, 400);
    assert_eq!(
        body,
        json!({ "__type": "AccessDeniedException", "Message": "You don't have permissions to access this resource." })
    );
    for size in [0, 21] {
        let (status, body) = home(&world).accounts(&json!({ "MaxResults": size }));
        assert_eq!(
            (status, &body["__type"]),
            (400, &"InvalidInputException".into())
        );
    }
}

#[test]
fn instances_are_those_of_ec2_managed_or_not() {
    let world = World::sample();
    let instances = |more: &str| {
        let (status, body) = home(&world).xml("ec2", &format!("Action=DescribeInstances{more}"));
        assert_eq!(status, 200, "{body}");
        body
    };
    let count = |more: &str| texts(&instances(more), "instanceId").len();
    let all = instances("");
    assert_eq!(texts(&all, "instanceId").len(), 46);
    assert_eq!(
        count("&Filter.1.Name=instance-state-name&Filter.1.Value.1=stopped"),
        5
    );
    assert_eq!(
        count(
            "&Filter.1.Name=instance-state-name&Filter.1.Value.1=running&Filter.1.Value.2=stopped"
        ),
        46
    );
    assert_eq!(
        count("&Filter.1.Name=tag%3AName&Filter.1.Value.1=web-0%3F"),
        4
    );
    assert_eq!(
        count(
            "&Filter.1.Name=tag%3AEnv&Filter.1.Value.1=prod&Filter.2.Name=platform&Filter.2.Value.1=windows"
        ),
        13
    );
    assert_eq!(
        count("&Filter.1.Name=tag-key&Filter.1.Value.1=Patch+Group"),
        39
    );
    assert_eq!(
        count("&InstanceId.1=i-456&InstanceId.2=i-0f4d2b8c6e1a97530"),
        2
    );
    assert!(all.contains("<key>Name</key><value>=HYPERLINK(&quot;http://example.com&quot;,&quot;queue-01&quot;)</value>"));
    assert!(!all.contains("canary-gone") && !all.contains("mi-0"));

    let mut met = vec![];
    let mut page = instances("&MaxResults=5");
    loop {
        met.extend(texts(&page, "instanceId").iter().map(ToString::to_string));
        let Some(token) = texts(&page, "nextToken").first().map(ToString::to_string) else {
            break;
        };
        assert_eq!(texts(&page, "instanceId").len(), 5);
        let token = token.replace('/', "%2F").replace('=', "%3D");
        page = instances(&format!("&MaxResults=5&NextToken={token}"));
    }
    assert_eq!(met, texts(&all, "instanceId"));

    for (more, code) in [
        (
            "&InstanceId.1=i-0ffffffffffffffff",
            "InvalidInstanceID.NotFound",
        ),
        (
            "&InstanceId.1=i-456&MaxResults=5",
            "InvalidParameterCombination",
        ),
        ("&MaxResults=4", "InvalidParameterValue"),
        ("&NextToken=x", "InvalidParameterValue"),
        (
            "&Filter.1.Name=colour&Filter.1.Value.1=red",
            "InvalidParameterValue",
        ),
    ] {
        let (status, body) = home(&world).xml("ec2", &format!("Action=DescribeInstances{more}"));
        assert_eq!((status, texts(&body, "Code")), (400, vec![code]));
    }
}

#[test]
fn regions_have_an_opt_in_status() {
    let world = World::sample();
    let regions = |more: &str| {
        let (status, body) = home(&world).xml("ec2", &format!("Action=DescribeRegions{more}"));
        assert_eq!(status, 200, "{body}");
        body
    };
    let enabled = regions("");
    assert_eq!(texts(&enabled, "regionName").len(), 17);
    assert!(enabled.contains("<regionEndpoint>ec2.eu-west-1.amazonaws.com</regionEndpoint>"));
    let all = regions("&AllRegions=true");
    assert!(texts(&all, "regionName").contains(&"me-central-1"));
    let same = regions(
        "&AllRegions=true&Filter.1.Name=opt-in-status&Filter.1.Value.1=opt-in-not-required&Filter.1.Value.2=opted-in",
    );
    assert_eq!(texts(&same, "regionName"), texts(&enabled, "regionName"));
}

#[test]
fn a_denial_has_the_words_of_its_service() {
    let world = World::sample();
    let caller = home(&world);
    let deny = |service: &str, target: &str, body: &str| {
        let authorization = caller.signed(service);
        let asked = ApiRequest {
            authorization: &authorization,
            target,
            content_type: "",
            body: body.as_bytes(),
        };
        let answer = access_denied_response(&world.parse_call(&asked), asked.body);
        (
            answer.status,
            String::from_utf8(answer.body.to_vec()).unwrap(),
        )
    };
    let user = "User: arn:aws:sts::111122223333:assumed-role/demo/me is not authorized to perform:";
    let (status, body) = deny("ssm", "AmazonSSM.GetInventory", "{}");
    assert_eq!(status, 400);
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({
            "__type": "AccessDeniedException",
            "Message": format!("{user} ssm:GetInventory on resource: arn:aws:ssm:eu-west-1:111122223333:* because no \
                                identity-based policy allows the ssm:GetInventory action"),
        })
    );
    let (_, body) = deny(
        "ssm",
        "AmazonSSM.DescribeInstancePatches",
        r#"{"InstanceId":"i-123"}"#,
    );
    assert!(
        body.contains("on resource: arn:aws:ec2:eu-west-1:111122223333:instance/i-123 because")
    );
    let (status, body) = deny("ec2", "", "Action=DescribeInstances");
    assert_eq!(
        (status, texts(&body, "Code")),
        (403, vec!["UnauthorizedOperation"])
    );
    assert!(
        body.starts_with(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>"
        )
    );
    assert!(
        texts(&body, "Message")[0]
            .starts_with("You are not authorized to perform this operation. User: ")
    );
    let (status, body) = deny("sts", "", "Action=AssumeRole&RoleArn=arn:x");
    assert_eq!(status, 403);
    assert_eq!(
        texts(&body, "Message"),
        [format!("{user} sts:AssumeRole on resource: arn:x").as_str()]
    );
    let (status, _) = deny(
        "organizations",
        "AWSOrganizationsV20161128.ListAccounts",
        "{}",
    );
    assert_eq!(status, 400);
}
