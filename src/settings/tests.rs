//! Tests of precedence and of the search for files, in a made-up environment.

#![cfg_attr(
    not(unix),
    allow(dead_code, reason = "the paths of the search are those of Unix")
)]

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::settings::*;

/// Files in memory.
struct Files(BTreeMap<PathBuf, String>);

impl FileSystem for Files {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.0.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.keys().any(|known| known.starts_with(path))
    }
}

fn host_env(variables: &[(&str, &str)], directory: &str, files: &[(&str, &str)]) -> HostEnv {
    let files = files
        .iter()
        .map(|(path, text)| (path.into(), (*text).to_owned()));
    HostEnv {
        variables: variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        current_dir: Some(directory.into()),
        home_aliases: Vec::new(),
        file_system: Box::new(Files(files.collect())),
    }
}

fn load_options() -> LoadOptions {
    LoadOptions {
        commands: vec!["states".to_owned()],
        ..LoadOptions::default()
    }
}

fn resolved(host_env: &HostEnv) -> Settings {
    load(load_options(), host_env).unwrap().0
}

/// `7d from PATCHCTL_MAX_AGE over /p/patchctl.toml:1`
fn describe_setting(settings: &Settings, key: &SettingKey) -> String {
    let setting = settings.settings.iter().find(|setting| setting.key == *key);
    let setting = setting.unwrap();
    let entry = setting.entry.as_ref();
    let value = entry.map_or("-".to_owned(), |entry| entry.texts().join("+"));
    let from = entry.map_or(Origin::Default, |entry| entry.origin.clone());
    let over: Vec<String> = setting
        .overridden
        .iter()
        .map(|entry| format!(" over {}", entry.origin))
        .collect();
    format!("{value} from {from}{}", over.concat())
}

fn found(settings: &Settings) -> Vec<String> {
    let files = settings.files.iter();
    files
        .map(|file| {
            let sign = if file.is_present { '+' } else { '-' };
            format!("{sign}{} {}", file.kind.as_str(), file.path.display())
        })
        .collect()
}

const HOME: (&str, &str) = ("HOME", "/home/me");

#[test]
#[cfg(unix)]
fn the_search_for_a_project_file_ends_at_the_repository() {
    let files = [("/code/patchctl.toml", ""), ("/code/repo/.git", "")];
    let settings = resolved(&host_env(&[HOME], "/code/repo/a/b", &files));
    assert_eq!(
        found(&settings),
        [
            "-project /code/repo/a/b/patchctl.toml",
            "-project /code/repo/a/patchctl.toml",
            "-project /code/repo/patchctl.toml",
            "-user /home/me/.config/patchctl/patchctl.toml",
        ]
    );
    let files = [files[0], ("/code/repo/patchctl.toml", ""), files[1]];
    let settings = resolved(&host_env(&[HOME], "/code/repo/a", &files));
    assert_eq!(
        found(&settings)[..2],
        [
            "-project /code/repo/a/patchctl.toml",
            "+project /code/repo/patchctl.toml"
        ]
    );
}

#[test]
#[cfg(unix)]
fn the_search_for_a_project_file_ends_at_the_home_directory_and_at_the_root() {
    let files = [("/home/patchctl.toml", ""), ("/patchctl.toml", "")];
    let last = |around: &HostEnv| {
        let files = resolved(around).files;
        let mut projects = files
            .iter()
            .filter(|file| file.kind == ConfigFileKind::Project);
        projects.next_back().unwrap().path.clone()
    };
    let mut at_home = host_env(&[HOME], "/home/me/x", &files);
    assert_eq!(last(&at_home), Path::new("/home/me/patchctl.toml"));
    at_home.variables = vec![("HOME".into(), "/link".into())];
    at_home.home_aliases = vec!["/home/me".into()];
    assert_eq!(last(&at_home), Path::new("/home/me/patchctl.toml"));
    assert_eq!(
        last(&host_env(&[HOME], "/srv/x", &files)),
        Path::new("/patchctl.toml")
    );
}

#[test]
#[cfg(unix)]
fn the_users_file_follows_xdg_and_a_relative_path_there_is_ignored() {
    let user = |variables: &[(&str, &str)]| found(&resolved(&host_env(variables, "/", &[]))).pop();
    for (variables, expected) in [
        (
            vec![HOME, ("XDG_CONFIG_HOME", "/x")],
            "-user /x/patchctl/patchctl.toml",
        ),
        (
            vec![HOME, ("XDG_CONFIG_HOME", "x")],
            "-user /home/me/.config/patchctl/patchctl.toml",
        ),
        (
            vec![HOME, ("XDG_CONFIG_HOME", "")],
            "-user /home/me/.config/patchctl/patchctl.toml",
        ),
        (vec![("HOME", "me")], "-project /patchctl.toml"),
        (vec![], "-project /patchctl.toml"),
    ] {
        assert_eq!(user(&variables).as_deref(), Some(expected), "{variables:?}");
    }
}

#[test]
#[cfg(unix)]
fn the_users_file_is_not_the_project_file_of_its_folder() {
    let files = [("/x/patchctl/patchctl.toml", "output = \"csv\"")];
    let settings = resolved(&host_env(
        &[("XDG_CONFIG_HOME", "/x")],
        "/x/patchctl",
        &files,
    ));
    assert_eq!(
        found(&settings),
        [
            "-project /x/patchctl.toml",
            "-project /patchctl.toml",
            "+user /x/patchctl/patchctl.toml"
        ]
    );
    assert_eq!(
        describe_setting(&settings, &SettingKey::Output),
        "csv from /x/patchctl/patchctl.toml:1"
    );
}

#[test]
#[cfg(unix)]
fn a_named_file_replaces_the_others_and_must_exist() {
    let files = [
        ("/w/patchctl.toml", "output = \"json\"\npolicy = \"p\""),
        ("other.toml", "output = \"csv\""),
    ];
    let with = |config: Option<&str>, variable: &str| {
        let asked = LoadOptions {
            config: config.map(PathBuf::from),
            ..load_options()
        };
        load(
            asked,
            &host_env(&[("PATCHCTL_CONFIG", variable)], "/w", &files),
        )
    };
    let (settings, _) = with(Some("other.toml"), "nonesuch").unwrap();
    assert_eq!(found(&settings), ["+named other.toml"]);
    assert_eq!(
        describe_setting(&settings, &SettingKey::Output),
        "csv from other.toml:1"
    );
    assert_eq!(
        describe_setting(&settings, &SettingKey::Policy),
        "- from default"
    );
    let (settings, _) = with(None, "other.toml").unwrap();
    assert_eq!(
        describe_setting(&settings, &SettingKey::Output),
        "csv from other.toml:1"
    );
    let (settings, _) = with(None, "").unwrap();
    assert_eq!(
        describe_setting(&settings, &SettingKey::Output),
        "json from /w/patchctl.toml:1"
    );
    for (config, variable, expected) in [
        (
            None,
            "nonesuch",
            "PATCHCTL_CONFIG: file not found: nonesuch",
        ),
        (Some("gone"), "other.toml", "--config: file not found: gone"),
    ] {
        let error = with(config, variable).unwrap_err().to_string();
        assert_eq!(error, expected);
    }
    let asked = LoadOptions {
        no_config: true,
        ..load_options()
    };
    let variables = [("PATCHCTL_CONFIG", "nonesuch"), ("PATCHCTL_OUTPUT", "csv")];
    let (settings, _) = load(asked, &host_env(&variables, "/w", &files)).unwrap();
    assert_eq!(found(&settings), [""; 0]);
    assert_eq!(
        describe_setting(&settings, &SettingKey::Output),
        "csv from PATCHCTL_OUTPUT"
    );
}

#[test]
#[cfg(unix)]
fn a_policy_outranks_the_keys_of_files_and_not_the_environment() {
    let files = [
        (
            "/w/patchctl.toml",
            "policy = \"prod\"\nmax-age = \"7d\"\nwaivers = \"w.toml\"\n[policies.prod]\nmax-age = \"3d\"\nfail-on = \"stale\"\n[policies.dev]\n",
        ),
        (
            "/x/patchctl/patchctl.toml",
            "policy = \"dev\"\n[policies.prod]\nmax-age = \"1d\"\nwaivers = \"none\"\n",
        ),
    ];
    let with = |variables: &[(&str, &str)]| {
        let variables = [&[("XDG_CONFIG_HOME", "/x")], variables].concat();
        resolved(&host_env(&variables, "/w", &files))
    };
    let settings = with(&[]);
    assert_eq!(settings.policy_name(), Some("prod"));
    let value = |settings: &Settings, key: SettingKey, takes_policy: bool| {
        let entry = settings.get(&key, takes_policy).cloned();
        entry.map(|entry| entry.texts().join("+"))
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(value(&settings, SettingKey::MaxAge, true), text("3d"));
    assert_eq!(value(&settings, SettingKey::MaxAge, false), text("7d"));
    assert_eq!(value(&settings, SettingKey::FailOn, true), text("stale"));
    assert_eq!(value(&settings, SettingKey::FailOn, false), None);
    // The user's policy of that name extends the project's, and unsets waivers.
    assert_eq!(value(&settings, SettingKey::Waivers, true), text(""));
    assert_eq!(
        value(&settings, SettingKey::Waivers, false),
        text("/w/w.toml")
    );
    let names: Vec<&str> = settings
        .policies
        .iter()
        .map(|policy| &*policy.name)
        .collect();
    assert_eq!(names, ["dev", "prod"]);

    let settings = with(&[("PATCHCTL_MAX_AGE", "9d")]);
    assert_eq!(value(&settings, SettingKey::MaxAge, true), text("9d"));
    // A typed policy outranks it in the keys that it sets.
    let flag = Origin::Flag("--policy".into());
    let typed = LoadOptions {
        flags: Layer::from([(
            SettingKey::Policy,
            SettingEntry::new(["prod".to_owned()], flag),
        )]),
        ..load_options()
    };
    let variables = [("PATCHCTL_MAX_AGE", "9d"), ("PATCHCTL_FAIL_ON", "no-data")];
    let (settings, _) = load(typed, &host_env(&variables, "/w", &files[..1])).unwrap();
    assert_eq!(value(&settings, SettingKey::MaxAge, true), text("3d"));
    assert_eq!(value(&settings, SettingKey::FailOn, true), text("stale"));
    assert_eq!(value(&settings, SettingKey::MaxAge, false), text("9d"));
    let settings = with(&[("PATCHCTL_POLICY", "dev")]);
    assert_eq!(value(&settings, SettingKey::MaxAge, true), text("7d"));
    assert_eq!(settings.policy_error, None);
    let settings = with(&[("PATCHCTL_POLICY", "prd")]);
    assert_eq!(
        settings.policy_error.as_deref(),
        Some("PATCHCTL_POLICY: unknown policy \"prd\"; did you mean prod? (allowed: dev, prod)")
    );
    let settings = resolved(&host_env(&[("PATCHCTL_POLICY", "prod")], "/", &[]));
    assert_eq!(
        settings.policy_error.as_deref(),
        Some("PATCHCTL_POLICY: unknown policy \"prod\"; no configuration file defines a policy")
    );
}

#[test]
fn an_empty_entry_hides_lower_layers() {
    let layers = Layers {
        flags: Layer::from([(
            SettingKey::Region,
            SettingEntry::new([], Origin::Flag("--demo".into())),
        )]),
        environment: Layer::from([(
            SettingKey::Region,
            SettingEntry::new(["a".to_owned()], Origin::Variable("V".into())),
        )]),
        ..Layers::default()
    };
    let settings = resolve(&[SettingKey::Region], &layers);
    assert_eq!(
        describe_setting(&settings, &SettingKey::Region),
        " from --demo over V"
    );
}

proptest! {
    /// For every subset of origins, the highest wins, and the values it overrides
    /// are listed in order, without the default.
    #[test]
    fn the_highest_of_any_origins_wins(set in proptest::array::uniform7(any::<bool>())) {
        let names = ["flag", "environment", "policy-1", "policy-2", "file-1", "file-2", "default"];
        let entry = |at: usize| {
            let origin = if at == 6 { Origin::Default } else { Origin::Variable(names[at].into()) };
            SettingEntry::new([names[at].to_owned()], origin)
        };
        let layer = |at: usize| -> Layer { set[at].then(|| (SettingKey::MaxAge, entry(at))).into_iter().collect() };
        let of_policy = |at: usize| [("p".to_owned(), layer(at))].into();
        let mut environment = layer(1);
        environment.insert(SettingKey::Policy, SettingEntry::new(["p".to_owned()], Origin::Variable("v".into())));
        let layers = Layers {
            flags: layer(0),
            environment,
            files: vec![
                ConfigFile { top_level: layer(4), policies: of_policy(2) },
                ConfigFile { top_level: layer(5), policies: of_policy(3) },
            ],
            defaults: layer(6),
        };
        let settings = resolve(&SettingKey::all(&[]), &layers);
        for (takes_policy, order) in [(true, &[0, 1, 2, 3, 4, 5, 6][..]), (false, &[0, 1, 4, 5, 6])] {
            let expected: Vec<&str> = order.iter().filter(|at| set[**at]).map(|at| names[*at]).collect();
            let all = if takes_policy { &settings.policy_settings } else { &settings.settings };
            let setting = all.iter().find(|setting| setting.key == SettingKey::MaxAge).unwrap();
            let entries = setting.entry.iter().chain(&setting.overridden);
            let mut found: Vec<&str> = entries.flat_map(SettingEntry::texts).collect();
            if set[6] && expected.len() > 1 {
                found.push("default");
            }
            prop_assert_eq!(found, expected.clone());
            let got = settings.get(&SettingKey::MaxAge, takes_policy).map(|entry| entry.texts()[0]);
            prop_assert_eq!(got, expected.first().copied());
        }
    }
}
