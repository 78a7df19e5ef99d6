//! What a file may say, and how it is told that it may not.

use proptest::prelude::*;

use crate::settings::file::*;

fn read(text: &str) -> Result<ConfigFile> {
    let commands = ["states", "patches"].map(ToOwned::to_owned);
    parse(Path::new("dir/patchctl.toml"), text.as_bytes(), &commands)
}

fn wrong(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

/// `max-age=3d @2`, each key of a layer in a line.
fn describe_layer(layer: &Layer) -> Vec<String> {
    layer
        .iter()
        .map(|(key, entry)| {
            let Origin::File { line, .. } = entry.origin else {
                panic!("{:?}", entry.origin)
            };
            format!("{}={} @{line}", key.name(), entry.texts().join("+"))
        })
        .collect()
}

#[test]
fn every_key_is_read_with_its_line() {
    let contents = read(
        r#"region = ["eu-west-1", "us-east-1"]
output = "csv"
max-age = "7d"
waivers = "waivers.toml"
fail-on = ["non-compliant", "stale"]
policy = "prod"
[columns]
states = ["InstanceId", "Verdict", "Reasons"]
patches = "KBId, State"
[policies.prod]
fail-on = ["non-compliant", "missing>=critical"]
max-age = "3d"
waivers = ["/abs/a.toml", "../b.toml"]
"#,
    )
    .unwrap();
    assert_eq!(
        describe_layer(&contents.top_level),
        [
            "region=eu-west-1+us-east-1 @1",
            "output=csv @2",
            "max-age=7d @3",
            "waivers=dir/waivers.toml @4",
            "fail-on=non-compliant+stale @5",
            "policy=prod @6",
            "columns.patches=KBId+State @9",
            "columns.states=InstanceId+Verdict+Reasons @8",
        ]
    );
    assert_eq!(
        describe_layer(&contents.policies["prod"]),
        [
            "max-age=3d @12",
            "waivers=/abs/a.toml+dir/../b.toml @13",
            "fail-on=non-compliant+missing>=critical @11",
        ]
    );
}

#[test]
fn each_of_a_list_knows_its_place() {
    let contents = read("\u{feff}# é\r\nregion = [\"é\",\r\n  \"b\"]\r\n").unwrap();
    let places: Vec<String> = contents.top_level[&SettingKey::Region]
        .values
        .iter()
        .map(|value| value.origin.format_with_column())
        .collect();
    assert_eq!(places, ["dir/patchctl.toml:2:11", "dir/patchctl.toml:3:3"]);
}

#[test]
fn none_switches_waivers_off_and_an_empty_list_sets_nothing() {
    let contents = read("waivers = \"none\"\n").unwrap();
    assert_eq!(describe_layer(&contents.top_level), ["waivers= @1"]);
    for (text, expected) in [
        (
            "fail-on = []",
            "1:11: fail-on: an empty list; leave the key out",
        ),
        (
            "region = []",
            "1:10: region: an empty list; leave the key out",
        ),
        (
            "columns.states = []",
            "1:18: columns.states: an empty list; leave the key out",
        ),
        (
            "[policies.prod]\nfail-on = [ ]",
            "2:11: policies.prod.fail-on: an empty list; leave the key out",
        ),
        (
            "[policy.prod]\nfail-on = \"stale\"",
            "1:2: policy is a string, not a table; did you mean policies?",
        ),
        (
            "waivers = []",
            "1:11: waivers: an empty list; \"none\" takes away what is set below",
        ),
    ] {
        assert_eq!(wrong(text), format!("dir/patchctl.toml:{expected}"));
    }
}

#[test]
fn what_is_wrong_is_told_with_line_and_column() {
    for (text, expected) in [
        ("output = ", "1:10: "),
        (
            "output = \"csv\"\noutput = \"json\"\n",
            "2:1: duplicate key",
        ),
        (
            "\nregoin = \"x\"",
            "2:1: no key is \"regoin\"; did you mean region? (allowed: region, output, timeout, max-age, waivers, fail-on, policy, columns, policies)",
        ),
        (
            "max_age = \"1d\"",
            "1:1: no key is \"max_age\"; did you mean max-age?",
        ),
        ("output = 3", "1:10: output is a string, not an integer"),
        (
            "max-age = 1979-05-27",
            "1:11: max-age is a string, not a date",
        ),
        ("policy = [\"a\"]", "1:10: policy is a string, not an array"),
        (
            "region = true",
            "1:10: region is a string or a list of strings, not a boolean",
        ),
        (
            "fail-on = [\"a\",\n 1.5]",
            "2:2: fail-on is a list of strings, not of a float",
        ),
        (
            "region = [\"a\", \"\"]",
            "1:16: region: an empty value in \"\"",
        ),
        ("output = \" \"", "1:10: output: an empty value in \" \""),
        (
            "[columns]\nstate = \"A\"",
            "2:1: no command with columns is \"state\"; did you mean states? (allowed: states, patches)",
        ),
        (
            "columns = \"A\"",
            "1:11: columns is a table of lists by command, not a string",
        ),
        (
            "policies = 1",
            "1:12: policies is a table of policies by name, not an integer",
        ),
        (
            "[policies]\nprod = \"x\"",
            "2:8: policies.prod is a table of its keys, not a string",
        ),
        (
            "[policies.prod]\nregion = \"x\"",
            "2:1: no key of policies.prod is \"region\" (allowed: max-age, waivers, fail-on)",
        ),
        (
            "[policies.prod]\nmax-age = 3",
            "2:11: policies.prod.max-age is a string, not an integer",
        ),
        (
            "waivers = [\"none\", \"a.toml\"]",
            "1:11: waivers: \"none\" stands alone",
        ),
        // The first fault is told, not the first key of the alphabet.
        ("zzz = 1\naaa = 2", "1:1: no key is \"zzz\""),
    ] {
        let said = wrong(text);
        let expected = format!("dir/patchctl.toml:{expected}");
        assert!(said.starts_with(&expected), "{text:?}: {said}");
        assert!(!said.contains('\n'), "{said:?}");
    }
    let said = parse(Path::new("x"), b"output = \"\xff\"", &[]).unwrap_err();
    assert_eq!(said.to_string(), "x:1:11: it is not UTF-8 text");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(Path::new("x"), &bytes, &["states".to_owned()]);
    }

    #[test]
    fn nothing_that_looks_like_a_configuration_makes_it_panic(
        text in "((region|output|fail-on|columns|policies|states|waivers|é)?[ .]?(=|\\[|\\]|\\{|\\}|\"|'|,|\\.|#|\n|\r|1|true|\"a,b\"|\"none\")?){0,30}"
    ) {
        if let Err(error) = read(&text) {
            let said = error.to_string();
            let place: Vec<&str> = said.splitn(4, ':').collect();
            let line: usize = place[1].parse().unwrap();
            let column: usize = place[2].parse().unwrap();
            prop_assert!(line <= text.matches('\n').count() + 1 && column <= text.chars().count() + 1, "{}", said);
        }
    }
}
