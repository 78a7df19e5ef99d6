//! Tests of valid and invalid configuration files.

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
fn every_key_is_parsed_with_its_line() {
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
    let waivers = Path::new("dir").join("waivers.toml");
    assert_eq!(
        describe_layer(&contents.top_level),
        [
            "region=eu-west-1+us-east-1 @1",
            "output=csv @2",
            "max-age=7d @3",
            &format!("waivers={} @4", waivers.display()),
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
fn each_value_of_a_list_has_its_position() {
    let contents = read("\u{feff}# é\r\nregion = [\"é\",\r\n  \"b\"]\r\n").unwrap();
    let places: Vec<String> = contents.top_level[&SettingKey::Region]
        .values
        .iter()
        .map(|value| value.origin.format_with_column())
        .collect();
    assert_eq!(places, ["dir/patchctl.toml:2:11", "dir/patchctl.toml:3:3"]);
}

#[test]
fn none_unsets_waivers_and_an_empty_list_is_refused() {
    let contents = read("waivers = \"none\"\n").unwrap();
    assert_eq!(describe_layer(&contents.top_level), ["waivers= @1"]);
    for (text, expected) in [
        (
            "fail-on = []",
            "1:11: fail-on: an empty list; remove the key",
        ),
        ("region = []", "1:10: region: an empty list; remove the key"),
        (
            "columns.states = []",
            "1:18: columns.states: an empty list; remove the key",
        ),
        (
            "[policies.prod]\nfail-on = [ ]",
            "2:11: policies.prod.fail-on: an empty list; remove the key",
        ),
        (
            "[policy.prod]\nfail-on = \"stale\"",
            "1:2: policy: expected a string, got a table; did you mean policies?",
        ),
        (
            "waivers = []",
            "1:11: waivers: an empty list; write \"none\" for no waivers",
        ),
    ] {
        assert_eq!(wrong(text), format!("dir/patchctl.toml:{expected}"));
    }
}

#[test]
fn an_error_has_its_line_and_column() {
    for (text, expected) in [
        ("output = ", "1:10: "),
        (
            "output = \"csv\"\noutput = \"json\"\n",
            "2:1: duplicate key",
        ),
        (
            "\nregoin = \"x\"",
            "2:1: unknown key \"regoin\"; did you mean region? (allowed: region, skip-region, skip-account, skip-ou, output, timeout, max-age, waivers, fail-on, policy, sla, columns, policies)",
        ),
        (
            "max_age = \"1d\"",
            "1:1: unknown key \"max_age\"; did you mean max-age?",
        ),
        (
            "output = 3",
            "1:10: output: expected a string, got an integer",
        ),
        (
            "max-age = 1979-05-27",
            "1:11: max-age: expected a string, got a date",
        ),
        (
            "policy = [\"a\"]",
            "1:10: policy: expected a string, got an array",
        ),
        (
            "region = true",
            "1:10: region: expected a string or a list of strings, got a boolean",
        ),
        (
            "fail-on = [\"a\",\n 1.5]",
            "2:2: fail-on: expected a list of strings, got a float in it",
        ),
        (
            "region = [\"a\", \"\"]",
            "1:16: region: an empty value in \"\"",
        ),
        ("output = \" \"", "1:10: output: an empty value in \" \""),
        (
            "[columns]\nstate = \"A\"",
            "2:1: unknown command \"state\"; did you mean states? (allowed: states, patches)",
        ),
        (
            "columns = \"A\"",
            "1:11: columns: expected a table of column lists by command, got a string",
        ),
        (
            "policies = 1",
            "1:12: policies: expected a table of policies, got an integer",
        ),
        (
            "[policies]\nprod = \"x\"",
            "2:8: policies.prod: expected a table of keys, got a string",
        ),
        (
            "[policies.prod]\nregion = \"x\"",
            "2:1: policies.prod: unknown key \"region\" (allowed: max-age, waivers, fail-on, sla)",
        ),
        (
            "[policies.prod]\nmax-age = 3",
            "2:11: policies.prod.max-age: expected a string, got an integer",
        ),
        ("[sla]", "1:1: sla: an empty table; remove it"),
        (
            "[sla]\ncritical = 7",
            "2:12: sla.critical: expected a string, got an integer",
        ),
        (
            "sla = \"critical=7d\"",
            "1:7: sla: expected a table of strings, got a string",
        ),
        (
            "[policies.prod]\nsla = {}",
            "2:7: policies.prod.sla: an empty table; remove it",
        ),
        (
            "waivers = [\"none\", \"a.toml\"]",
            "1:11: waivers: \"none\" cannot be combined with paths",
        ),
        // The first error of the file, not of the alphabet.
        ("zzz = 1\naaa = 2", "1:1: unknown key \"zzz\""),
    ] {
        let error = wrong(text);
        let expected = format!("dir/patchctl.toml:{expected}");
        assert!(error.starts_with(&expected), "{text:?}: {error}");
        assert!(!error.contains('\n'), "{error:?}");
    }
    let error = parse(Path::new("x"), b"output = \"\xff\"", &[]).unwrap_err();
    assert_eq!(error.to_string(), "x:1:11: not UTF-8 text");
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
            let error = error.to_string();
            let place: Vec<&str> = error.splitn(4, ':').collect();
            let line: usize = place[1].parse().unwrap();
            let column: usize = place[2].parse().unwrap();
            prop_assert!(line <= text.matches('\n').count() + 1 && column <= text.chars().count() + 1, "{}", error);
        }
    }
}
