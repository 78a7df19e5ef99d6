//! The reader of AWS config files against what botocore reads in them, as
//! `.ci/aws_files.py` has recorded it; and what is said of sections that neither reads.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::source::aws::session::aws_files::ini::{self, Value};
use crate::source::aws::session::aws_files::{AwsFiles, Section};
use crate::source::aws::session::credential_source::{CredentialSource, Lookup};

/// Reads two files, or reports the line that is wrong.
fn read(config: Option<&str>, credentials: Option<&str>) -> Result<AwsFiles, (usize, String)> {
    let mut files = AwsFiles::default();
    if let Some(text) = config {
        files.add_config(Path::new("config"), ini::parse(text)?);
    }
    if let Some(text) = credentials {
        files.add_credentials(Path::new("credentials"), ini::parse(text)?);
    }
    Ok(files)
}

fn as_json(sections: &BTreeMap<String, Section>) -> Json {
    let settings = |section: &Section| -> Map<String, Json> {
        let value = |key: &str, value: &Value| match value {
            Value::Text(_) => Some(json!(section.get(key)?)),
            Value::Nested(inner) => {
                let set = inner.iter().filter(|(_, text)| !text.is_empty());
                Some(json!(set.collect::<BTreeMap<_, _>>()))
            }
        };
        let entries = section.settings.iter();
        entries
            .filter_map(|(key, of)| Some((key.clone(), value(key, of)?)))
            .collect()
    };
    let all = sections
        .iter()
        .map(|(name, of)| (name.clone(), settings(of).into()));
    Json::Object(all.collect())
}

#[test]
fn every_file_that_the_aws_cli_reads_is_read_alike() {
    let cases: Vec<Json> = serde_json::from_str(include_str!("botocore.json")).unwrap();
    let mut refused = 0;
    for case in &cases {
        let name = &case["name"];
        let read = read(case["config"].as_str(), case["credentials"].as_str());
        if case["read"].is_null() {
            // The CLI refuses it. Sections and settings that stand there twice are
            // read, as by the AWS SDKs; anything else is refused with its line.
            refused += 1;
            assert!(
                read.is_err() || name.as_str().unwrap().ends_with("twice"),
                "{name}"
            );
            continue;
        }
        let files = read.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(as_json(&files.profiles), case["read"]["profiles"], "{name}");
        assert_eq!(
            as_json(&files.sso_sessions),
            case["read"]["sso_sessions"],
            "{name}"
        );
        assert_eq!(as_json(&files.services), case["read"]["services"], "{name}");
    }
    assert!(
        cases.len() > 80 && refused >= 6,
        "{} {refused}",
        cases.len()
    );
}

#[test]
fn a_mark_in_front_and_comments_behind_values_are_read_as_by_the_sdks() {
    let text = "\u{feff}[profile a] # [b]\nregion = eu-west-1 ; mine\nx = # none\ncredential_process = c # d\n";
    let files = read(Some(text), None).unwrap();
    let profile = files.profile("a").unwrap();
    assert_eq!(profile.get("region"), Some("eu-west-1"));
    assert_eq!(profile.get("x"), None);
    assert_eq!(profile.get("credential_process"), Some("c # d"));
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    for (text, line, what) in [
        (
            "[default]\nregion\n",
            2,
            "a setting has no =, as in KEY = VALUE",
        ),
        (
            "region = x\n",
            1,
            "a setting stands before the first section, such as [default]",
        ),
        (
            "[default]\n\n[profile a\n",
            3,
            "a section heading ends with ]",
        ),
        ("[default]\n= x\n", 2, "a setting has no name before its ="),
        (
            "[default]\ns3 =\n  a = b\n# c\n  max\n",
            5,
            "a setting below s3 has no =",
        ),
    ] {
        assert_eq!(read(Some(text), None).unwrap_err(), (line, what.to_owned()));
    }
}

#[test]
fn what_exists_is_not_said_to_be_missing_but_how_it_is_written() {
    let config = "[profile My Corp]\nx = 1\n[sso-session My Corp Ltd]\nx = 1\n[prod]\nx = 1\n[profile Audit]\nx = 1\n";
    let credentials = "[profile stage]\nx = 1\n";
    let files = read(Some(config), Some(credentials)).unwrap();
    for (said, expected) in [
        (
            files.missing_profile("My Corp"),
            "the profile \"My Corp\" cannot be used: config:1: [profile My Corp] is not read: write [profile 'My Corp']",
        ),
        (
            files.missing_sso_session("My Corp Ltd"),
            "the sso-session \"My Corp Ltd\" cannot be used: config:3: [sso-session My Corp Ltd] is not read: write [sso-session 'My Corp Ltd']",
        ),
        (
            files.missing_profile("prod"),
            "the profile \"prod\" cannot be used: config:5: [prod] is no profile: in this file, write [profile prod]",
        ),
        (
            files.missing_profile("stage"),
            "the profile \"stage\" cannot be used: credentials:1: [profile stage] is no profile: in this file, write [stage]",
        ),
        (
            files.missing_profile("audit"),
            "no profile \"audit\" in the AWS config files; did you mean Audit? There are: Audit, profile stage",
        ),
        (
            AwsFiles::default().missing_profile("x"),
            "no profile \"x\" in the AWS config files; there are none: run aws configure sso, or aws configure",
        ),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn credentials_come_from_the_source_that_botocore_takes() {
    let cases: Vec<Json> = serde_json::from_str(include_str!("sources.json")).unwrap();
    for case in &cases {
        let name = &case["name"];
        let files = read(case["config"].as_str(), case["credentials"].as_str()).unwrap();
        let variable = |name: &str| {
            let value = case["variables"][name].as_str();
            value
                .filter(|value| !value.is_empty())
                .map(ToOwned::to_owned)
        };
        let lookup = Lookup {
            files: &files,
            variable: &variable,
        };
        let found = lookup.source_of("p", case["named"].as_bool().unwrap());
        let expected = match case["source"].as_str() {
            // botocore was not given the last source, EC2 metadata.
            None => Some("EC2 instance metadata"),
            Some("env") => Some("keys in the environment"),
            Some("shared-credentials-file" | "config-file") => Some("keys of the profile"),
            Some("assume-role") => Some("an assumed role"),
            Some("assume-role-with-web-identity") => Some("web identity"),
            Some("sso") => Some("IAM Identity Center"),
            Some("custom-process") => Some("credential_process"),
            Some("container-role") => Some("container credentials"),
            Some(_) => None,
        };
        let kind = found.as_ref().ok().map(CredentialSource::kind);
        assert_eq!(kind, expected, "{name}: {found:?}");
    }
    assert!(cases.len() > 30, "{}", cases.len());
}
