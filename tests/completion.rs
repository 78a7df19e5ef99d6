//! Completion: what the shells offer at TAB.

use crate::config::Scene;
use crate::support::{ScriptedService, live, patchctl, run, states_reply};

/// The words that are offered for the last one.
fn offered_by(command: &mut assert_cmd::Command, words: &[&str]) -> Vec<String> {
    let ran = run(command
        .env("_PATCHCTL_COMPLETE", "fish")
        .args(["--", "patchctl"])
        .args(words));
    assert_eq!((ran.code, &*ran.err), (0, ""), "{words:?}");
    let word = |line: &str| line.split('\t').next().unwrap().to_owned();
    ran.out.lines().map(word).collect()
}

fn offered(words: &[&str]) -> Vec<String> {
    offered_by(&mut patchctl(), words)
}

#[test]
fn values_are_offered_after_a_comma_a_sign_and_an_equals_sign() {
    for (words, expected) in [
        (&["states", "--output=j"][..], &["--output=json"][..]),
        (&["states", "-o", "nd"], &["ndjson"]),
        (&["check", "-o", "ju"], &["junit"]),
        (
            &["states", "--columns", "InstanceId,Verd"],
            &["InstanceId,Verdict"],
        ),
        (
            &["states", "--columns=InstanceId,+Verd"],
            &["--columns=InstanceId,+Verdict"],
        ),
        (&["states", "--sort-by", "-MissingC"], &["-MissingCount"]),
        (&["patches", "--state", "Missing,Fai"], &["Missing,Failed"]),
        (&["patches", "--min-severity", "crit"], &["critical"]),
        (
            &["patches", "--severity", "Critical,Imp"],
            &["Critical,Important"],
        ),
        (
            &["states", "--region", "eu-west-1,eu-c"],
            &["eu-west-1,eu-central-1", "eu-west-1,eu-central-2"],
        ),
        (&["sta"], &["states"]),
        (&["config", "i"], &["init"]),
        (&["states", "i-123", "--estim"], &["--estimate"]),
        (&["states", "nonesuch"], &[]),
    ] {
        assert_eq!(offered(words), expected, "{words:?}");
    }
}

#[test]
fn flags_of_the_connection_are_offered_where_there_is_one() {
    let has = |words: &[&str], flag: &str| offered(words).iter().any(|word| word == flag);
    assert!(has(&["states", "--"], "--profile") && has(&["states", "--"], "--role-name"));
    assert!(!has(&["schema", "--"], "--profile") && !has(&["man", "--"], "--profile"));
    // It is hidden, as it is refused there.
    assert!(!has(&["summary", "--sta"], "--stale") && has(&["states", "--sta"], "--stale"));
    let policy = run(patchctl().args(["iam-policy", "--help"])).out;
    assert!(
        policy.contains("--profile") && policy.contains("--skip-ou"),
        "{policy}"
    );
}

#[test]
fn profiles_and_policies_are_those_that_are_configured_and_nothing_is_called() {
    let policies = "[policies.prod]\nmax-age = \"1d\"\n[policies.dev]\nwaivers = \"none\"\n";
    let scene = Scene::new(policies, "");
    let aws = |name: &str, text: &str| {
        let path = scene.path(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let config = aws(
        "config",
        "[default]\nregion = eu-west-1\n[profile dev]\n[profile \"My Corp; rm\"]\n[sso-session corp]\n[profile $(id)]\n",
    );
    let credentials = aws(
        "credentials",
        "[old]\naws_access_key_id = AKIDEXAMPLE\n[dev]\n",
    );
    let service = ScriptedService::start(|_| states_reply(&[]));
    let ask = |words: &[&str]| {
        let mut command = live(&service.url, &[]);
        let variables = [
            ("AWS_CONFIG_FILE", config.to_str().unwrap()),
            ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap()),
        ];
        offered_by(scene.is_set(&mut command, &variables), words)
    };
    assert_eq!(ask(&["states", "--profile", ""]), ["default", "dev", "old"]);
    assert_eq!(
        ask(&["states", "--profile", "old,d"]),
        ["old,default", "old,dev"]
    );
    assert_eq!(ask(&["check", "--policy", ""]), ["dev", "prod"]);
    assert_eq!(service.requests().len(), 0);
    // A file that is wrong does not stand in the way of the rest.
    let scene = Scene::new("max-age = [", "");
    let mut command = patchctl();
    let words = ["check", "--policy", ""];
    assert!(offered_by(scene.is_set(&mut command, &[]), &words).is_empty());
    let mut command = patchctl();
    let words = ["check", "-o", "sar"];
    assert_eq!(
        offered_by(scene.is_set(&mut command, &[]), &words),
        ["sarif"]
    );
}

/// What a shell prints that runs `code` with the completion script as its argument;
/// `None` where it is not installed.
#[cfg(unix)]
fn in_shell(shell: &[&str], script: &str, code: &str) -> Option<String> {
    let program = crate::support::program();
    let folder = std::path::Path::new(program.get_program())
        .parent()
        .unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let home = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(shell[0])
        .args(&shell[1..])
        .arg("-c")
        .arg(code.replace("SCRIPT", script))
        .env_clear()
        // fish writes into it, so that it must be a folder of this test.
        .env("HOME", home.path())
        .env("PATH", format!("{}:{path}", folder.display()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(err, "", "{shell:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
#[cfg(unix)]
fn the_scripts_work_in_their_shells() {
    // bash makes three words of --output=j, and replaces the last one.
    let bash = "source SCRIPT; COMP_TYPE=9
        COMP_WORDS=(patchctl --region = eu-west-1 states --output = j); COMP_CWORD=7
        _clap_complete_patchctl patchctl j =; printf '%s\\n' \"${COMPREPLY[@]}\"
        COMP_WORDS=(patchctl states --output =); COMP_CWORD=3
        _clap_complete_patchctl patchctl '' --output; printf '%s\\n' \"${COMPREPLY[@]}\"
        COMP_WORDS=(patchctl states --columns InstanceId,Verd); COMP_CWORD=3
        _clap_complete_patchctl patchctl InstanceId,Verd --columns; printf '%s\\n' \"${COMPREPLY[@]}\"";
    if let Some(printed) = in_shell(&["bash", "--norc"], "completions/patchctl.bash", bash) {
        let formats = "table\nwide\njson\nyaml\nndjson\ncsv\naws-csv\nmarkdown\nhtml\nxlsx\n";
        assert_eq!(printed, format!("json\n{formats}InstanceId,Verdict\n"));
    }
    let fish = "source SCRIPT; complete -C 'patchctl states --output=j'
        complete -C 'patchctl states --columns InstanceId,Verd'";
    if let Some(printed) = in_shell(&["fish", "--no-config"], "completions/patchctl.fish", fish) {
        let words = printed.lines().map(|line| line.split('\t').next().unwrap());
        let expected = ["--output=json", "InstanceId,Verdict"];
        assert_eq!(words.collect::<Vec<_>>(), expected);
    }
    let zsh = "compdef() { }; _describe() { print -rl -- ${(P)3} }
        source SCRIPT; CURRENT=3
        words=(patchctl states --output=j); _clap_dynamic_completer_patchctl
        CURRENT=4
        words=(patchctl states --columns InstanceId,Verd); _clap_dynamic_completer_patchctl";
    if let Some(printed) = in_shell(&["zsh", "-f"], "completions/_patchctl", zsh) {
        let words: Vec<&str> = printed
            .lines()
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert_eq!(words, ["--output=json", "InstanceId,Verdict"]);
    }
}
