//! Parsing of EC2's responses, unusual ones included.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::source::aws::api::ec2::response::*;

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<Box<str>, Box<str>> {
    pairs
        .iter()
        .map(|&(key, value)| (key.into(), value.into()))
        .collect()
}

fn page(inside: &str) -> Result<Page<Ec2Instance>, BodyError> {
    parse_instances(
        format!(
            "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             {inside}</DescribeInstancesResponse>"
        )
        .as_bytes(),
    )
}

/// A page with this one instance.
fn one(inside: &str) -> Ec2Instance {
    page(&format!(
        "<reservationSet><item><instancesSet><item>{inside}</item></instancesSet></item></reservationSet>"
    ))
    .unwrap()
    .rows
    .remove(0)
}

/// As EC2 writes it, much shortened: two reservations, three instances, and
/// inside them elements of the same names with another meaning.
const NASTY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
    <reservationSet>
        <item>
            <reservationId>r-1</reservationId>
            <ownerId>123456789012</ownerId>
            <groupSet><item><groupId>sg-1</groupId><instanceId>i-of-a-group</instanceId></item></groupSet>
            <instancesSet>
                <item>
                    <instanceId>i-0aaaaaaaaaaaaaaa1</instanceId>
                    <imageId>ami-1</imageId>
                    <instanceState><code>80</code><name>stopped</name></instanceState>
                    <privateDnsName/>
                    <reason>User initiated (2026-01-02 03:04:05 GMT)</reason>
                    <productCodes/>
                    <placement><availabilityZone>eu-west-1a</availabilityZone><groupName/><tenancy>default</tenancy></placement>
                    <privateIpAddress>10.0.0.1</privateIpAddress>
                    <groupSet><item><groupId>sg-1</groupId><groupName>default</groupName></item></groupSet>
                    <stateReason><code>Client.UserInitiatedShutdown</code><name>not a state</name></stateReason>
                    <blockDeviceMapping>
                        <item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1</volumeId><status>attached</status></ebs></item>
                    </blockDeviceMapping>
                    <tagSet>
                        <item><key>Name</key><value>a &lt;web&gt; &amp; &quot;db&quot; &#8212; server</value></item>
                        <item><key>Owner</key><value><![CDATA[R&D <team>]]></value></item>
                        <item><value>value first</value><key>Order</key></item>
                        <item><key>Empty</key><value/></item>
                        <item><key>None</key></item>
                        <item><value>of no key</value></item>
                        <item><key>Spaces</key><value>  two  </value></item>
                    </tagSet>
                    <networkInterfaceSet>
                        <item>
                            <privateIpAddress>10.9.9.9</privateIpAddress>
                            <tagSet><item><key>Name</key><value>of the interface</value></item></tagSet>
                            <privateIpAddressesSet><item><privateIpAddress>10.8.8.8</privateIpAddress></item></privateIpAddressesSet>
                        </item>
                    </networkInterfaceSet>
                    <platformDetails>Linux/UNIX</platformDetails>
                    <newThing><tagSet><item><key>Name</key><value>new</value></item></tagSet></newThing>
                </item>
                <item>
                    <instanceId>i-0aaaaaaaaaaaaaaa2</instanceId>
                    <instanceState><code>16</code><name>running</name></instanceState>
                    <platformDetails>Windows</platformDetails>
                    <tagSet/>
                </item>
            </instancesSet>
        </item>
        <item>
            <instancesSet>
                <item><instanceId>i-0aaaaaaaaaaaaaaa3</instanceId></item>
            </instancesSet>
        </item>
        <item><instancesSet/></item>
    </reservationSet>
    <nextToken>eyJ2IjoiMiJ9+/==</nextToken>
</DescribeInstancesResponse>
"#;

#[test]
fn instances_of_every_reservation_are_read_without_similar_nested_elements() {
    let page = parse_instances(NASTY.as_bytes()).unwrap();
    assert_eq!(
        page.rows,
        [
            Ec2Instance {
                id: "i-0aaaaaaaaaaaaaaa1".into(),
                state: "stopped".into(),
                tags: tags(&[
                    ("Name", "a <web> & \"db\" \u{2014} server"),
                    ("Owner", "R&D <team>"),
                    ("Order", "value first"),
                    ("Empty", ""),
                    ("None", ""),
                    ("Spaces", "  two  "),
                ]),
                platform_details: Some("Linux/UNIX".into()),
                private_ip: Some("10.0.0.1".into()),
                instance_type: None,
            },
            Ec2Instance {
                id: "i-0aaaaaaaaaaaaaaa2".into(),
                state: "running".into(),
                platform_details: Some("Windows".into()),
                ..Ec2Instance::default()
            },
            Ec2Instance {
                id: "i-0aaaaaaaaaaaaaaa3".into(),
                ..Ec2Instance::default()
            },
        ]
    );
    assert_eq!(page.next_token.as_deref(), Some("eyJ2IjoiMiJ9+/=="));
}

#[test]
fn a_response_that_breaks_off_anywhere_is_an_error() {
    let whole = NASTY.trim_end();
    for end in (0..whole.len()).filter(|&end| whole.is_char_boundary(end)) {
        assert!(parse_instances(&whole.as_bytes()[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_list_without_instances_is_valid() {
    for nothing in ["<reservationSet/>", "<reservationSet>\n</reservationSet>"] {
        for token in ["", "<nextToken/>", "<nextToken></nextToken>"] {
            let page = page(&format!("{nothing}{token}")).unwrap();
            assert_eq!((page.rows.len(), page.next_token), (0, None));
        }
    }
    // A page may be empty without being the last.
    let page = page("<reservationSet/><nextToken>more</nextToken>").unwrap();
    assert_eq!(page.next_token.as_deref(), Some("more"));
}

#[test]
fn a_malformed_token_does_not_end_a_list() {
    for token in [
        "<nextToken><x>t</x></nextToken>",
        "<nextToken><x/></nextToken>",
        "<nextToken>t<x/></nextToken>",
        "<NextToken>t</NextToken>",
        "<nexttoken/>",
        "<NEXTTOKEN><x/></NEXTTOKEN>",
    ] {
        let error = page(&format!("<reservationSet/>{token}")).unwrap_err();
        let cause = "is not a token of the next page";
        assert!(error.to_string().contains(cause), "{token}: {error}");
        let body = format!(
            "<DescribeRegionsResponse><regionInfo><item><regionName>eu-west-1</regionName>\
             </item></regionInfo>{token}</DescribeRegionsResponse>"
        );
        let error = parse_regions(body.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(cause), "{token}: {error}");
    }
}

#[test]
fn another_document_is_not_read_as_an_empty_list() {
    for (body, cause) in [
        ("", "no XML in it"),
        (
            "<html><body>Sign in</body></html>",
            "a <html>, not a <DescribeInstancesResponse>",
        ),
        (
            "<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>",
            "a <DescribeRegionsResponse>",
        ),
        (
            "<DescribeInstancesResponse><requestId>1</requestId></DescribeInstancesResponse>",
            "no <reservationSet>",
        ),
        (
            "<DescribeInstancesResponse><deep><reservationSet/></deep></DescribeInstancesResponse>",
            "no <reservationSet>",
        ),
    ] {
        let error = parse_instances(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(cause), "{error}");
    }
    let error = page(
        "<reservationSet><item><instancesSet><item><imageId>ami-1</imageId></item></instancesSet></item></reservationSet>",
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "an instance without an id");
}

#[test]
fn a_region_is_disabled_only_if_the_account_has_not_opted_in() {
    let body = "<DescribeRegionsResponse xmlns='x'><requestId>1</requestId><regionInfo>\
        <item><regionName>us-east-1</regionName><regionEndpoint>ec2.us-east-1.amazonaws.com</regionEndpoint>\
            <optInStatus>opt-in-not-required</optInStatus></item>\
        <item><optInStatus>not-opted-in</optInStatus><regionName>af-south-1</regionName>\
            <geographySet><item><regionName>no</regionName><name>South Africa</name></item></geographySet></item>\
        <item><regionName>ap-east-1</regionName><optInStatus>opted-in</optInStatus></item>\
        <item><regionName>xx-new-1</regionName><optInStatus>something new</optInStatus></item>\
        <item><regionName>eu-west-1</regionName></item>\
        </regionInfo></DescribeRegionsResponse>";
    let regions = parse_regions(body.as_bytes()).unwrap();
    let seen: Vec<(&str, bool)> = regions
        .iter()
        .map(|it| (&*it.name, it.is_enabled))
        .collect();
    assert_eq!(
        seen,
        [
            ("af-south-1", false),
            ("ap-east-1", true),
            ("eu-west-1", true),
            ("us-east-1", true),
            ("xx-new-1", true),
        ]
    );
}

#[test]
fn unreadable_regions_are_an_error() {
    for body in [
        "<DescribeRegionsResponse/>",
        "<DescribeRegionsResponse><regionInfo><item><regionName>eu-west-1</regionName></item>",
    ] {
        assert!(parse_regions(body.as_bytes()).is_err(), "{body}");
    }
    let known = "<item><regionName>us-east-1</regionName></item>";
    for (inside, cause) in [
        ("", "no region that is enabled"),
        ("null", "<regionInfo> is not a list"),
        (
            "<item><regionName>us-east-1</regionName><optInStatus>not-opted-in</optInStatus></item>",
            "no region that is enabled",
        ),
        (&format!("{known}<item/>"), "a region without a name of one"),
        (
            &format!("{known}<item>eu-west-1</item>"),
            "a region without a name of one",
        ),
        (
            &format!("{known}<item><regionName> </regionName></item>"),
            "a region without a name of one",
        ),
        // It would become part of the host name that requests are sent to and
        // signed for.
        (
            &format!("{known}<item><regionName>x.example.com/</regionName></item>"),
            "a region without a name of one",
        ),
        (
            &format!("{known}<item><regionName>a</regionName><regionName>b</regionName></item>"),
            "two <regionName>",
        ),
        (&format!("{known}<other/>"), "a <other> in a list of <item>"),
    ] {
        let body = format!(
            "<DescribeRegionsResponse><regionInfo>{inside}</regionInfo></DescribeRegionsResponse>"
        );
        let error = parse_regions(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(cause), "{body}: {error}");
    }
}

#[test]
fn a_list_of_instances_contains_only_instances() {
    let known =
        "<item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>";
    for (inside, cause) in [
        (
            "<reservationSet>null</reservationSet>",
            "<reservationSet> is not a list",
        ),
        (
            &format!("<reservationSet>{known}<item/></reservationSet>"),
            "a reservation without <instancesSet>",
        ),
        (
            &format!("<reservationSet>{known}<item>null</item></reservationSet>"),
            "a reservation without <instancesSet>",
        ),
        (
            &format!("<reservationSet>{known}<other/></reservationSet>"),
            "a <other> in a list of <item>",
        ),
        (
            "<reservationSet><item><instancesSet>none</instancesSet></item></reservationSet>",
            "<instancesSet> is not a list",
        ),
        (
            "<reservationSet><item><instancesSet><other/></instancesSet></item></reservationSet>",
            "a <other> in a list of <item>",
        ),
        (
            &format!("<reservationSet>{known}</reservationSet><reservationSet/>"),
            "two <reservationSet>",
        ),
        (
            &format!(
                "<reservationSet>{known}</reservationSet><nextToken>a</nextToken><nextToken/>"
            ),
            "two <nextToken>",
        ),
        (
            "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceId>i-2</instanceId></item></instancesSet></item></reservationSet>",
            "two <instanceId>",
        ),
    ] {
        let error = page(inside).unwrap_err().to_string();
        assert!(error.contains(cause), "{inside}: {error}");
    }
}

/// A text as XML: with named entities, with numeric ones, or in CDATA sections.
fn escaped(text: &str, how: usize) -> String {
    match how {
        0 => text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
        1 => text.chars().fold(String::new(), |mut out, it| {
            let _ = write!(out, "&#x{:X};", u32::from(it));
            out
        }),
        _ => format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>")),
    }
}

proptest! {
    #[test]
    fn a_tag_survives_being_escaped(key in "[ -~\u{a0}-\u{2ff}\u{1f980}]{1,20}", value in "[ -~\\t\\n\u{a0}-\u{2ff}\u{1f980}]{0,60}", how in 0_usize..3) {
        let instance = one(&format!(
            "<instanceId>i-1</instanceId><tagSet><item><key>{}</key><value>{}</value></item></tagSet>",
            escaped(&key, how),
            escaped(&value, how),
        ));
        prop_assert_eq!(instance.tags, tags(&[(&key, &value)]));
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(
        before in proptest::sample::select(vec!["", "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>"]),
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut body = before.as_bytes().to_vec();
        body.extend(bytes);
        // The root element is still open, or there is none.
        prop_assert!(parse_instances(&body).is_err());
        prop_assert!(parse_regions(&body).is_err());
    }

    #[test]
    fn one_byte_changed_never_makes_it_panic(at in 0..NASTY.len(), byte in any::<u8>()) {
        let mut body = NASTY.as_bytes().to_vec();
        body[at] = byte;
        if let Ok(page) = parse_instances(&body) {
            prop_assert!(page.rows.iter().all(|instance| !instance.id.is_empty()));
        }
    }
}

#[test]
fn a_page_of_more_than_ten_thousand_instances_is_an_error() {
    let body = |rows: usize| {
        let items = "<item><instanceId>i</instanceId></item>".repeat(rows);
        format!(
            "<DescribeInstancesResponse><reservationSet><item><instancesSet>{items}\
             </instancesSet></item></reservationSet></DescribeInstancesResponse>"
        )
    };
    assert!(parse_instances(body(MAX_PAGE_ROWS).as_bytes()).is_ok());
    assert!(parse_instances(body(MAX_PAGE_ROWS + 1).as_bytes()).is_err());
}
