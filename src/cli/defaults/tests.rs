//! Tests of configured values on a made-up command line that has every key.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::defaults::*;
use crate::cli::lazy_definition::definition;
use crate::settings::FileSystem;

struct Files(BTreeMap<PathBuf, String>);

impl FileSystem for Files {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).cloned();
        text.map(String::into_bytes)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.contains_key(path)
    }
}

fn host_env(file: &str, variables: &[(&str, &str)]) -> HostEnv {
    let mut host_env = HostEnv::empty();
    host_env.file_system = Box::new(Files([("p.toml".into(), file.to_owned())].into()));
    host_env.variables = [("PATCHCTL_CONFIG", "p.toml")]
        .iter()
        .chain(variables)
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    host_env
}

fn rule(text: &str) -> Result<String, String> {
    match text {
        "stale" | "non-compliant" => Ok(text.to_owned()),
        _ => Err("a rule is stale or non-compliant".to_owned()),
    }
}

fn age(text: &str) -> Result<u32, &'static str> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    days.ok_or("an age is written like 7d")
}

/// `p check` accepts every key, `p states` some of them.
fn program() -> Clap {
    let one = |id: &'static str| Arg::new(id).long(id);
    let many = |id: &'static str| one(id).action(ArgAction::Append).value_delimiter(',');
    let flag = |id: &'static str| one(id).action(ArgAction::SetTrue);
    let output = |values: &'static [&'static str]| {
        one("output")
            .value_parser(values.to_vec())
            .default_value("table")
    };
    Clap::new("p")
        .subcommand_required(true)
        .arg(
            one("config")
                .global(true)
                .value_parser(clap::value_parser!(PathBuf)),
        )
        .arg(flag("no_config").global(true))
        .arg(many("region").global(true))
        .arg(flag("all-regions").global(true).conflicts_with("region"))
        .arg(flag("demo").global(true))
        .subcommand(
            Clap::new("states")
                .arg(output(&["table", "json"]))
                .arg(
                    one("max_age")
                        .long("max-age")
                        .value_parser(age)
                        .default_value("30d"),
                )
                .arg(many("columns")),
        )
        .subcommand(
            Clap::new("check")
                .arg(output(&["table", "junit"]))
                .arg(one("max_age").long("max-age").value_parser(age))
                .arg(
                    many("fail_on")
                        .long("fail-on")
                        .value_parser(rule)
                        .required(true),
                )
                .arg(many("waivers").conflicts_with("no-waivers"))
                .arg(flag("no-waivers"))
                .arg(one("policy")),
        )
        .subcommand(Clap::new("schema"))
}

/// The arguments of the subcommand by id.
fn resolved(typed: &str, host_env: &HostEnv) -> Result<BTreeMap<String, String>, String> {
    let args: Vec<OsString> = ["p"]
        .into_iter()
        .chain(typed.split_whitespace())
        .map(OsString::from)
        .collect();
    let (matches, _) = match resolve_arguments(|_, _| program(), &args, host_env) {
        Ok(resolved) => resolved,
        Err(CliError::Settings(line)) => return Err(line),
        Err(CliError::Usage(error)) => return Err(clap_error_line(&error.render().to_string())),
    };
    let (_, below) = matches.subcommand().unwrap();
    let ids = below.ids().map(|id| id.as_str().to_owned());
    let values = ids.filter_map(|id| {
        let raw = below.get_raw(&id)?;
        let texts: Vec<&str> = raw.map(|text| text.to_str().unwrap()).collect();
        Some((id, texts.join("+")))
    });
    Ok(values.filter(|(_, text)| text != "false").collect())
}

fn describe_arguments(typed: &str, host_env: &HostEnv) -> String {
    let resolved = match resolved(typed, host_env) {
        Ok(resolved) => resolved,
        Err(line) => return line,
    };
    let pairs: Vec<String> = resolved
        .iter()
        .map(|(id, text)| format!("{id}={text}"))
        .collect();
    pairs.join(" ")
}

const FILE: &str = r#"region = ["a", "b"]
output = "junit"
max-age = "7d"
waivers = "w.toml"
fail-on = "non-compliant"
policy = "prod"
[columns]
states = "X,Y"
[policies.prod]
max-age = "3d"
[policies.lax]
waivers = "none"
fail-on = ["stale", "non-compliant"]
"#;

#[test]
fn each_command_gets_the_keys_that_it_accepts() {
    let host_env = host_env(FILE, &[]);
    assert_eq!(
        describe_arguments("check", &host_env),
        "fail_on=non-compliant max_age=3d output=junit policy=prod region=a+b waivers=w.toml"
    );
    // No policy, and no format that only `check` has.
    assert_eq!(
        describe_arguments("states", &host_env),
        "columns=X+Y max_age=7d output=table region=a+b"
    );
}

#[test]
fn a_typed_flag_wins_and_unsets_what_conflicts_with_it() {
    let host_env = host_env(FILE, &[("PATCHCTL_MAX_AGE", "9d")]);
    for (typed, expected) in [
        (
            "--region c check --max-age 1d --fail-on stale --output table",
            "fail_on=stale max_age=1d output=table policy=prod region=c waivers=w.toml",
        ),
        (
            "check --policy lax",
            "fail_on=stale+non-compliant max_age=9d output=junit policy=lax region=a+b",
        ),
        (
            "check --all-regions --no-waivers",
            "all-regions=true fail_on=non-compliant max_age=9d no-waivers=true output=junit policy=prod",
        ),
        (
            "states --demo --columns Z",
            "columns=Z demo=true max_age=9d output=table",
        ),
        (
            "states --demo --region c",
            "columns=X+Y demo=true max_age=9d output=table region=c",
        ),
        (
            "states --no_config",
            "max_age=9d no_config=true output=table",
        ),
    ] {
        assert_eq!(describe_arguments(typed, &host_env), expected, "{typed}");
    }
}

#[test]
fn an_invalid_value_is_an_error_with_its_position_whichever_command_runs() {
    for (file, variable, expected) in [
        (
            "output = \"jnit\"",
            None,
            "p.toml:1:10: output: unknown value \"jnit\"; did you mean junit? (allowed: table, json, junit)",
        ),
        (
            "[policies.x]\nmax-age = \"3\"",
            None,
            "p.toml:2:11: max-age: \"3\": an age is written like 7d",
        ),
        (
            "fail-on = [\"stale\", \"stalle\"]",
            None,
            "p.toml:1:21: fail-on: \"stalle\": a rule is stale or non-compliant",
        ),
        (
            "",
            Some(("PATCHCTL_OUTPUT", "jsn")),
            "PATCHCTL_OUTPUT: output: unknown value \"jsn\"; did you mean json? (allowed: table, json, junit)",
        ),
        (
            "[columns]\nstates = \"HELP\"",
            None,
            "p.toml:2:10: columns.states: \"help\" is not a column; type --columns help to list them",
        ),
        // Overridden by the environment, and invalid all the same.
        (
            "max-age = \"x\"",
            Some(("PATCHCTL_MAX_AGE", "1d")),
            "p.toml:1:11: max-age: \"x\": an age is written like 7d",
        ),
    ] {
        for typed in [
            "states",
            "check --fail-on stale",
            "states --output json --max-age 1d",
        ] {
            let line = describe_arguments(typed, &host_env(file, variable.as_slice()));
            assert_eq!(line, expected, "{typed}");
        }
        let line = describe_arguments("schema", &host_env(file, variable.as_slice()));
        assert_eq!(line, "", "{file}");
    }
}

#[test]
fn an_unknown_policy_is_an_error_only_for_commands_that_take_one() {
    let host_env = host_env(FILE, &[("PATCHCTL_POLICY", "prd")]);
    assert_eq!(
        describe_arguments("check", &host_env),
        "PATCHCTL_POLICY: unknown policy \"prd\"; did you mean prod? (allowed: lax, prod)"
    );
    assert!(describe_arguments("states", &host_env).starts_with("columns="));
    assert_eq!(
        describe_arguments("check --policy none-such", &host_env),
        "--policy: unknown policy \"none-such\" (allowed: lax, prod)"
    );
}

#[test]
fn a_required_argument_may_be_configured() {
    let missing = describe_arguments("check", &host_env("max-age = \"1d\"", &[]));
    assert!(
        missing.contains("required") && missing.contains("--fail-on"),
        "{missing}"
    );
    let host_env = host_env("", &[("PATCHCTL_FAIL_ON", "stale")]);
    assert_eq!(
        describe_arguments("check", &host_env),
        "fail_on=stale output=table"
    );
}

/// Names of the commands with columns; `iam-policy states` counts as `states`.
fn commands_with_columns(root: &Clap) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for command in command_tree(root) {
        let name = command.get_name();
        let has = find_argument(command, &SettingKey::Columns(name.to_owned())).is_some();
        if has && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[test]
fn the_default_of_each_setting_is_that_of_its_flag() {
    let root = definition();
    let commands = commands_with_columns(&root);
    assert_eq!(commands, COMMANDS_WITH_COLUMNS);
    let defaults = default_layer(&root, &commands);
    assert_eq!(defaults[&SettingKey::Output].texts(), ["table"]);
    assert!(!defaults.contains_key(&SettingKey::Region));
    for name in UNCONFIGURED_COMMANDS {
        let is_known = command_tree(&root).iter().any(|one| one.get_name() == name);
        assert!(is_known, "{name}");
    }
}
