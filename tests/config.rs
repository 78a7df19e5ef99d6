//! Configuration: precedence, and the origin of each value.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command as Assert;
use serde_json::Value;

use crate::support::{RunOutput, ScriptedService, live, patchctl, run, states_reply};

/// A repository with a folder below it, and a user with a file.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    pub(crate) fn new(project: &str, user: &str) -> Self {
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for path in ["repo/.git", "repo/below", "xdg/patchctl"] {
            fs::create_dir_all(scene.path(path)).unwrap();
        }
        for (path, text) in [
            ("repo/patchctl.toml", project),
            ("xdg/patchctl/patchctl.toml", user),
        ] {
            if !text.is_empty() {
                fs::write(scene.path(path), text).unwrap();
            }
        }
        scene
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    /// The place in the project's file, as a message names it.
    fn at(&self, place: &str) -> String {
        format!("{}:{place}", self.path("repo/patchctl.toml").display())
    }

    pub(crate) fn is_set<'c>(
        &self,
        command: &'c mut Assert,
        variables: &[(&str, &str)],
    ) -> &'c mut Assert {
        command
            .current_dir(self.path("repo/below"))
            .env("XDG_CONFIG_HOME", self.path("xdg"))
            .envs(variables.iter().copied())
    }

    pub(crate) fn run(&self, variables: &[(&str, &str)], args: &[&str]) -> RunOutput {
        run(self.is_set(&mut patchctl(), variables).args(args))
    }

    /// The first line of what is printed.
    fn first(&self, variables: &[(&str, &str)], args: &[&str]) -> String {
        let ran = self.run(variables, args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        ran.out.lines().next().unwrap_or_default().to_owned()
    }

    /// What stands in `config show` of one key.
    fn shown(&self, variables: &[(&str, &str)], args: &[&str], key: &str) -> Value {
        let args = [args, &["config", "show", "-o", "json"]].concat();
        let ran = self.run(variables, &args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let settings = ran.json()["Settings"].clone();
        let all = settings.as_array().unwrap();
        all.iter()
            .find(|setting| setting["Key"] == key)
            .unwrap_or_else(|| panic!("{key} in {settings}"))
            .clone()
    }
}

const STATES: [&str; 3] = ["--demo", "states", "i-123"];

#[test]
fn a_flag_outranks_the_environment_that_the_project_and_that_the_user() {
    let scene = Scene::new(
        "output = \"json\"\n[columns]\nstates = \"Verdict,InstanceId\"\n",
        "output = \"ndjson\"\n",
    );
    assert_eq!(scene.first(&[], &STATES), "{");
    let csv = [("PATCHCTL_OUTPUT", "csv")];
    assert_eq!(scene.first(&csv, &STATES), "Verdict,InstanceId");
    let columns = [
        csv[0],
        ("PATCHCTL_COLUMNS_STATES", "InstanceId, MissingCount"),
    ];
    assert_eq!(scene.first(&columns, &STATES), "InstanceId,MissingCount");
    let typed = [&STATES[..], &["-o", "ndjson", "--columns", "MissingCount"]].concat();
    assert_eq!(scene.first(&columns, &typed), "{\"MissingCount\":6}");
    // Each key for itself: the user's output, where the project has none.
    let scene = Scene::new("[columns]\nstates = \"Verdict\"\n", "output = \"csv\"\n");
    assert_eq!(scene.first(&[], &STATES), "Verdict");
    assert_eq!(scene.first(&[("PATCHCTL_OUTPUT", "")], &STATES), "Verdict");
    // Those of one view of patches are none of the other.
    let flat = [("PATCHCTL_COLUMNS_PATCHES", "InstanceId,KBId,State")];
    let patches = ["--demo", "patches", "i-123", "-o", "csv"];
    assert_eq!(scene.first(&flat, &patches), "InstanceId,KBId,State");
    for view in ["kb", "cve", "node", "severity"] {
        let by = [&patches[..], &["--by", view]].concat();
        let usual = scene.first(&[], &by);
        assert_eq!(scene.first(&flat, &by), usual, "{view}");
        assert!(usual.contains("NodesLacking"), "{usual}");
    }
    let both = [("PATCHCTL_COLUMNS_PATCHES", "KBId,State,NodesLacking")];
    let by = [&patches[..], &["--by", "kb"]].concat();
    assert_eq!(scene.first(&both, &by), "KBId,NodesLacking");
    assert_eq!(scene.first(&both, &patches), "KBId,State");
    // What is typed is never set aside.
    let typed = [&by[..], &["--columns", "State"]].concat();
    assert_eq!(scene.run(&flat, &typed).code, 2);
    let wrong = Scene::new("[columns]\npatches = [\"KBId\", \"Stat\"]\n", "");
    for args in [&STATES[..], &by] {
        let ran = wrong.run(&[], args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        let expected = format!("{}: columns.patches: unknown column", wrong.at("2:20"));
        assert!(ran.err.contains(&expected), "{}", ran.err);
        assert!(ran.err.contains("did you mean State?"), "{}", ran.err);
    }
    // The columns of states are none of patches.
    let patches = ["--demo", "patches", "i-123"];
    assert!(
        scene
            .first(&[], &patches)
            .starts_with("InstanceId,Region,AccountId,Title,KBId,")
    );
}

#[test]
fn a_configured_region_is_used_unless_flags_name_another() {
    let service = ScriptedService::start(|_| states_reply(&[]));
    let scene = Scene::new("region = [\"us-east-1\", \"eu-west-1\"]\n", "");
    let asked = |configured: bool, more: &[&str]| {
        let args = ["doctor", "-o", "csv", "--columns", "Action,Region,Result"];
        let mut command = live(&service.url, &[&args, more].concat());
        if configured {
            scene.is_set(&mut command, &[]);
        }
        run(command.env("AWS_MAX_ATTEMPTS", "1")).out
    };
    let both = asked(true, &[]);
    assert!(
        both.contains(",us-east-1,") && both.contains(",eu-west-1,"),
        "{both}"
    );
    assert_eq!(both, asked(false, &["--region", "us-east-1,eu-west-1"]));
    let one = ["--region", "eu-central-1"];
    assert_eq!(asked(true, &one), asked(false, &one));
}

#[test]
fn the_demo_and_all_regions_are_not_narrowed_by_a_configured_region() {
    let scene = Scene::new("region = \"ap-south-1\"\noutput = \"csv\"\n", "");
    let nodes = |args: &[&str]| {
        let args = [&["--demo", "states", "--all", "--columns", "Region"], args].concat();
        let ran = scene.run(&[], &args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let mut regions: Vec<String> = ran.out.lines().skip(1).map(ToOwned::to_owned).collect();
        regions.dedup();
        regions
    };
    assert_eq!(nodes(&[]), ["eu-west-1"]);
    assert_eq!(nodes(&["--region", "us-east-1"]), ["us-east-1"]);
    assert_eq!(
        nodes(&["--all-regions"]),
        ["eu-central-1", "eu-west-1", "us-east-1"]
    );
    let shown = scene.shown(&[], &["--all-regions"], "region");
    assert_eq!(shown["From"], "--all-regions");
    assert_eq!(shown["Value"], serde_json::json!([]));
    assert_eq!(shown["Overrides"][0]["Value"][0], "ap-south-1");
}

#[test]
fn an_error_in_a_file_is_reported_with_its_position_whichever_command_runs() {
    for (text, expected) in [
        ("output = ", "1:10: "),
        (
            "\nregoin = \"x\"\n",
            "2:1: unknown key \"regoin\"; did you mean region? (allowed: region, skip-region, skip-account, skip-ou, output,",
        ),
        (
            "output = [\"csv\"]\n",
            "1:10: output: expected a string, got an array",
        ),
        (
            "output = \"jsn\"\n",
            "1:10: output: unknown value \"jsn\"; did you mean json? (allowed: table, wide, json, yaml, ndjson, csv",
        ),
        (
            "region = [\"eu-west-1\",\n  \"eu west\"]\n",
            "2:3: region: \"eu west\": not the name of an AWS region; did you mean eu-west-1?",
        ),
        (
            "[columns]\nstates = [\"InstanceId\", \"Verdikt\"]\n",
            "2:25: columns.states: unknown column \"Verdikt\"; did you mean Verdict? (--columns help lists them)",
        ),
        (
            "[columns]\nstate = \"Verdict\"\n",
            "2:1: unknown command \"state\"; did you mean states?",
        ),
    ] {
        let scene = Scene::new(text, "");
        for args in [
            &STATES[..],
            &["config", "show"],
            &["demo", "nodes"],
            &["iam-policy"],
        ] {
            let ran = scene.run(&[], args);
            assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?} {text}");
            let expected = format!("patchctl: {}", scene.at(expected));
            assert!(ran.err.starts_with(&expected), "{}", ran.err);
            assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        }
        // What the program tells of itself is not kept back.
        for args in [
            &["--help"][..],
            &["states", "--help"],
            &["completions", "bash"],
            &["schema", "states"],
        ] {
            assert_eq!(scene.run(&[], args).code, 0, "{args:?}");
        }
        let ran = scene.run(&[], &[&["--no-config"], &STATES[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn an_invalid_variable_is_an_error_and_an_unknown_one_gets_a_note() {
    let scene = Scene::new("", "");
    for (variable, value, expected) in [
        (
            "PATCHCTL_OUTPUT",
            "jsn",
            "PATCHCTL_OUTPUT: output: unknown value \"jsn\"; did you mean json?",
        ),
        (
            "PATCHCTL_REGION",
            "eu-west-1,,",
            "PATCHCTL_REGION: an empty value in \"eu-west-1,,\"",
        ),
        (
            "PATCHCTL_COLUMNS_STATES",
            "x",
            "PATCHCTL_COLUMNS_STATES: columns.states: unknown column \"x\"",
        ),
        (
            "PATCHCTL_CONFIG",
            "none.toml",
            "PATCHCTL_CONFIG: file not found: none.toml",
        ),
    ] {
        let ran = scene.run(&[(variable, value)], &STATES);
        assert_eq!(ran.code, 2, "{variable}");
        assert!(
            ran.err.starts_with(&format!("patchctl: {expected}")),
            "{}",
            ran.err
        );
    }
    let typo = [("PATCHCTL_OUPUT", "csv")];
    let ran = scene.run(&typo, &STATES);
    assert_eq!(
        (ran.code, &*ran.err),
        (
            0,
            "patchctl: PATCHCTL_OUPUT is not a variable of patchctl; did you mean PATCHCTL_OUTPUT?\n"
        )
    );
    let ran = scene.run(&typo, &[&["-q"], &STATES[..]].concat());
    assert_eq!(ran.err, "");
}

#[test]
fn help_and_generated_files_do_not_show_the_configuration() {
    let scene = Scene::new("region = \"ap-south-1\"\noutput = \"ndjson\"\n", "");
    for args in [
        &["states", "--help"][..],
        &["help", "states"],
        &["man", "states"],
        &["completions", "fish"],
    ] {
        assert_eq!(
            scene.run(&[], args).out,
            run(patchctl().args(args)).out,
            "{args:?}"
        );
    }
    // Nor does a usage error.
    let ran = scene.run(&[], &["states", "i-1", "--nonesuch"]);
    assert!(!ran.err.contains("ap-south-1"), "{}", ran.err);
}

#[test]
fn a_named_file_replaces_both() {
    let scene = Scene::new("output = \"json\"\n", "[columns]\nstates = \"Verdict\"\n");
    fs::write(scene.path("other.toml"), "output = \"csv\"\n").unwrap();
    let other = scene.path("other.toml");
    let other = other.to_str().unwrap();
    let header = scene.first(&[("PATCHCTL_CONFIG", other)], &STATES);
    assert!(header.starts_with("InstanceId,"), "{header}");
    let typed = [&STATES[..], &["--config", other]].concat();
    let header = scene.first(&[("PATCHCTL_CONFIG", "nonesuch")], &typed);
    assert!(header.starts_with("InstanceId,"), "{header}");
    let ran = scene.run(&[], &["--config", "nonesuch.toml", "config", "show"]);
    assert_eq!(
        (ran.code, &*ran.err),
        (2, "patchctl: --config: file not found: nonesuch.toml\n")
    );
    let ran = scene.run(&[], &["--config", "x", "--no-config", "config", "show"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn iam_policy_uses_the_configuration_of_the_command() {
    let scene = Scene::new("[columns]\nstates = \"InstanceId,Name\"\n", "");
    let ran = scene.run(&[], &["iam-policy", "states", "i-0123456789abcdef0"]);
    assert!(ran.out.contains("ec2:DescribeInstances"), "{}", ran.out);
    let typed = [
        "iam-policy",
        "states",
        "i-0123456789abcdef0",
        "--columns",
        "Verdict",
    ];
    assert!(!scene.run(&[], &typed).out.contains("ec2:DescribeInstances"));
}

#[test]
fn config_show_lists_each_value_with_its_origin_and_what_it_overrides() {
    let scene = Scene::new(
        "output = \"csv\"\nmax-age = \"7d\"\npolicy = \"prod\"\n[policies.prod]\nwaivers = \"w.toml\"\n",
        "output = \"json\"\nregion = \"eu-west-1\"\n[policies.prod]\nwaivers = \"none\"\nmax-age = \"1d\"\n",
    );
    let project = scene.path("repo/patchctl.toml");
    let user = scene.path("xdg/patchctl/patchctl.toml");
    let shown = scene.shown(&[("PATCHCTL_OUTPUT", "wide")], &[], "output");
    let from_file = |value: &str, path: &Path, line: u32| serde_json::json!({"Value": value, "Origin": "File", "From": path, "Line": line});
    assert_eq!(
        shown,
        serde_json::json!({
            "Key": "output", "Value": "wide", "Origin": "Environment", "From": "PATCHCTL_OUTPUT", "Line": null,
            "Overrides": [from_file("csv", &project, 1), from_file("json", &user, 1)],
        })
    );
    let shown = scene.shown(&[], &["--region", "us-east-1,eu-west-1"], "region");
    assert_eq!(shown["From"], "--region");
    assert_eq!(
        shown["Value"],
        serde_json::json!(["us-east-1", "eu-west-1"])
    );
    let shown = scene.shown(&[], &[], "columns.states");
    assert_eq!(
        (&shown["Value"], &shown["Origin"]),
        (&Value::Null, &"Default".into())
    );

    let ran = scene.run(&[], &["config", "show", "-o", "json"]);
    let document = ran.json();
    assert_eq!(document["Policy"], "prod");
    let waivers = &document["Policies"][0]["Settings"][1];
    assert_eq!(
        waivers["Value"][0],
        scene.path("repo/w.toml").to_str().unwrap()
    );
    assert_eq!(waivers["Overrides"][0]["Value"], serde_json::json!([]));
    let files: Vec<(bool, &str)> = document["Files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            (
                file["Found"].as_bool().unwrap(),
                file["Kind"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        files,
        [(false, "Project"), (true, "Project"), (true, "User")]
    );
    assert!(
        jsonschema_keys(&document, "Settings")
            && jsonschema_keys(&document["Policies"][0], "Settings"),
        "{document}"
    );

    let text = scene.run(&[], &["config", "show"]).out;
    let root = scene.folder.path().canonicalize().unwrap();
    insta::assert_snapshot!(squeezed(&text.replace(root.to_str().unwrap(), "")));
}

/// Does every setting have exactly the fields that the schema requires?
fn jsonschema_keys(document: &Value, list: &str) -> bool {
    let schema = run(patchctl().args(["schema", "config"])).json();
    let required = schema["$defs"]["Setting"]["required"].as_array().unwrap();
    let settings = document[list].as_array().unwrap();
    !settings.is_empty()
        && settings.iter().all(|setting| {
            let fields = setting.as_object().unwrap();
            fields.len() == required.len()
                && required
                    .iter()
                    .all(|field| fields.contains_key(field.as_str().unwrap()))
        })
}

/// Cells two spaces apart, however long the paths of this machine are.
fn squeezed(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let cells = line.split("  ").map(str::trim);
        cells
            .filter(|cell| !cell.is_empty())
            .collect::<Vec<_>>()
            .join("  ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn config_show_names_the_region_that_the_demo_reads() {
    let scene = Scene::new("region = \"us-east-1\"\n", "");
    let region = |args: &[&str]| {
        let shown = scene.shown(&[], args, "region");
        (shown["Value"].clone(), shown["From"].clone())
    };
    let of_demo = (serde_json::json!(["eu-west-1"]), "--demo".into());
    assert_eq!(region(&["--demo"]), of_demo);
    assert_eq!(
        region(&["--demo", "--region", "us-east-1"]),
        (serde_json::json!(["us-east-1"]), "--region".into())
    );
    let none = (serde_json::json!([]), "--all-regions".into());
    assert_eq!(region(&["--demo", "--all-regions"]), none);
}

#[test]
fn config_show_escapes_control_characters_and_works_with_an_unknown_policy() {
    let scene = Scene::new(
        "waivers = \"\\u001b[2J\\u202e7d\"\npolicy = \"nöne\"\n[policies.\"a\\nb\"]\n",
        "",
    );
    let ran = scene.run(&[], &["config", "show"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("\\u{1b}[2J\\u{202e}7d"), "{}", ran.out);
    assert!(ran.out.contains("Policy a\\nb\n"), "{}", ran.out);
    let expected = format!(
        "patchctl: {}: unknown policy \"nöne\" (allowed: a\\nb)\n",
        scene.at("2:10")
    );
    assert_eq!(ran.err, expected);
}

#[test]
fn verbose_names_the_files_that_were_read() {
    let scene = Scene::new("output = \"csv\"\n", "");
    let ran = scene.run(&[], &[&["-v"], &STATES[..]].concat());
    let project = scene.path("repo/patchctl.toml");
    let line = format!("patchctl: configured by {}\n", project.display());
    assert!(ran.err.starts_with(&line), "{}", ran.err);
    assert_eq!(ran.err.matches("configured by").count(), 1);
}

#[test]
fn the_example_file_is_valid() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/patchctl.toml");
    let ran = run(patchctl().args(["--config", path, "config", "show", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    // Its waivers are there, and right.
    let ran = run(patchctl().args(["--config", path, "--demo", "check", "i-456"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let page = include_str!("../docs/configuration.md");
    let example = fs::read_to_string(path).unwrap();
    assert!(page.contains(&format!("```toml\n{example}```\n")));
}

#[test]
fn config_init_writes_every_setting_commented_out_and_replaces_no_file_unasked() {
    let scene = Scene::new("", "");
    let file = scene.path("repo/below/patchctl.toml");
    let ran = scene.run(&[], &["config", "init"]);
    assert_eq!((ran.code, &*ran.out), (0, ""), "{}", ran.err);
    assert_eq!(ran.err, "patchctl: wrote patchctl.toml\n");
    let template = fs::read_to_string(&file).unwrap();
    assert_eq!(scene.run(&[], &["config", "init", "-"]).out, template);

    // As it is, it is valid and sets nothing; without the marks it sets every key.
    let settings = || {
        let ran = scene.run(&[], &["config", "show", "-o", "json"]);
        assert_eq!((ran.code, &*ran.err), (0, ""));
        ran.json()["Settings"].as_array().unwrap().clone()
    };
    assert!(settings().iter().all(|setting| setting["Origin"] != "File"));
    let is_key = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
    let lines = template
        .lines()
        .map(|line| if is_key(line) { &line[1..] } else { line });
    fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
    for setting in settings() {
        assert_eq!(setting["Origin"], "File", "{setting}");
    }

    fs::write(&file, "mine = [").unwrap();
    let ran = scene.run(&[], &["config", "init"]);
    assert_eq!(
        (ran.code, &*ran.err),
        (2, "patchctl: patchctl.toml exists; --force replaces it\n")
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine = [");
    assert_eq!(scene.run(&[], &["config", "init", "--force"]).code, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), template);
}
