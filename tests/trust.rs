//! Trust in files, and limits on their size: configuration of other users,
//! pipes in place of files, and endless files.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::Scene;
use crate::support::{RunOutput, demo, patchctl, program, run};

const CHECK: [&str; 4] = ["--demo", "check", "i-123", "-q"];
const RULES: &str = "fail-on = \"patch-older-than 30d\"\nmax-age = \"9d\"\n";

/// Another user, who owns nothing.
const OTHER: u32 = 64_001;

/// Changing a file's owner requires root, as in CI.
fn can_chown() -> bool {
    let probe = tempfile::NamedTempFile::new().unwrap();
    let can = chown(probe.path(), Some(OTHER), None).is_ok();
    if !can {
        let note = "SKIPPED: file ownership, as only root can change a file's owner\n";
        std::io::stderr().write_all(note.as_bytes()).unwrap();
    }
    can
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Was the file refused, on one line with the cause and the remedy?
fn is_refused(ran: &RunOutput, path: &Path, why: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let expected = format!("{} {why}", path.display());
    assert!(ran.err.contains(&expected), "{}", ran.err);
    assert!(
        ran.err.contains("--config") || ran.err.contains("--waivers"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn a_project_file_of_another_user_is_refused_unless_it_is_named() {
    if !can_chown() {
        return;
    }
    let scene = Scene::new(RULES, "");
    let file = scene.path("repo/patchctl.toml");
    assert_eq!(scene.run(&[], &CHECK).code, 1);
    chown(&file, Some(OTHER), Some(OTHER)).unwrap();
    let why = format!("belongs to another user (uid {OTHER})");
    for args in [
        &CHECK[..],
        &["--demo", "states", "i-123"],
        &["config", "show"],
    ] {
        is_refused(&scene.run(&[], args), &file, &why);
    }
    let named = [&CHECK[..], &["--config", file.to_str().unwrap()]].concat();
    assert_eq!(scene.run(&[], &named).code, 1);
    assert_eq!(
        scene
            .run(&[("PATCHCTL_CONFIG", file.to_str().unwrap())], &CHECK)
            .code,
        1
    );
    assert_eq!(
        scene
            .run(&[], &[&CHECK[..], &["--no-config"]].concat())
            .code,
        1
    );
    assert_eq!(scene.run(&[], &["completions", "bash"]).code, 0);

    // The folder belongs to another user, who can replace files in it.
    chown(&file, Some(0), Some(0)).unwrap();
    chown(scene.path("repo"), Some(OTHER), Some(OTHER)).unwrap();
    is_refused(&scene.run(&[], &CHECK), &scene.path("repo"), &why);
    chown(scene.path("repo"), Some(0), Some(0)).unwrap();

    // A link of another user to the user's own file, and a link of the user to
    // another's file.
    let real = scene.path("repo/real.toml");
    fs::rename(&file, &real).unwrap();
    symlink(&real, &file).unwrap();
    assert_eq!(scene.run(&[], &CHECK).code, 1);
    lchown(&file, Some(OTHER), Some(OTHER)).unwrap();
    is_refused(&scene.run(&[], &CHECK), &file, &why);
    lchown(&file, Some(0), Some(0)).unwrap();
    chown(&real, Some(OTHER), Some(OTHER)).unwrap();
    is_refused(&scene.run(&[], &CHECK), &real, &why);
}

#[test]
fn the_user_configuration_is_refused_if_another_user_owns_it() {
    if !can_chown() {
        return;
    }
    let scene = Scene::new("", RULES);
    let file = scene.path("xdg/patchctl/patchctl.toml");
    assert_eq!(scene.run(&[], &CHECK).code, 1);
    chown(&file, Some(OTHER), None).unwrap();
    is_refused(&scene.run(&[], &CHECK), &file, "belongs to another user");
}

#[test]
fn a_project_file_that_others_can_write_or_replace_is_refused() {
    let scene = Scene::new(RULES, "");
    let (file, folder) = (scene.path("repo/patchctl.toml"), scene.path("repo"));
    mode(&file, 0o646);
    is_refused(
        &scene.run(&[], &CHECK),
        &file,
        "can be written by every user",
    );
    mode(&file, 0o644);
    mode(&folder, 0o777);
    is_refused(
        &scene.run(&[], &CHECK),
        &folder,
        "can be written by every user",
    );
    // As in /tmp, where only the owner of a file can replace it.
    mode(&folder, 0o1777);
    assert_eq!(scene.run(&[], &CHECK).code, 1);
    mode(&folder, 0o755);
    if can_chown() {
        chown(&file, None, Some(OTHER)).unwrap();
        assert_eq!(scene.run(&[], &CHECK).code, 1);
        mode(&file, 0o664);
        let why = format!("can be written by its group (gid {OTHER})");
        is_refused(&scene.run(&[], &CHECK), &file, &why);
    }
}

#[test]
fn waivers_named_in_a_configuration_are_trusted_only_if_the_user_owns_them() {
    let scene = Scene::new("waivers = \"w.toml\"\n", "");
    let waivers = scene.path("repo/w.toml");
    let text = "[[waiver]]\nnode = \"i-123\"\nexpires = 2099-12-31\nreason = \"known\"\n";
    fs::write(&waivers, text).unwrap();
    assert_eq!(scene.run(&[], &CHECK).code, 0);
    mode(&waivers, 0o666);
    let ran = scene.run(&[], &CHECK);
    is_refused(&ran, &waivers, "can be written by every user");
    assert!(
        ran.err
            .contains("repo/patchctl.toml:1: the file of waivers "),
        "{}",
        ran.err
    );
    // A command without waivers does not read them.
    assert_eq!(scene.run(&[], &["--demo", "states", "i-123"]).code, 0);
    let path = waivers.to_str().unwrap();
    assert_eq!(
        scene
            .run(&[], &[&CHECK[..], &["--waivers", path]].concat())
            .code,
        0
    );
    assert_eq!(scene.run(&[("PATCHCTL_WAIVERS", path)], &CHECK).code, 0);
    assert_eq!(
        scene
            .run(&[], &[&CHECK[..], &["--waivers", "none"]].concat())
            .code,
        1
    );
    // A configuration named on the command line does not make the files it
    // names trusted.
    let config = scene.path("repo/patchctl.toml");
    let named = [&CHECK[..], &["--config", config.to_str().unwrap()]].concat();
    is_refused(
        &scene.run(&[], &named),
        &waivers,
        "can be written by every user",
    );
}

#[test]
fn the_report_of_check_names_its_configuration_in_each_format() {
    let scene = Scene::new(
        "policy = \"prod\"\n[policies.prod]\nfail-on = \"no-data\"\nwaivers = \"none\"\n",
        "max-age = \"9d\"\n",
    );
    let project = scene.path("repo/patchctl.toml").display().to_string();
    let user = scene
        .path("xdg/patchctl/patchctl.toml")
        .display()
        .to_string();
    let expected = [
        format!("policy by {project}:1"),
        format!("fail-on by {project}:3"),
        format!("waivers by {project}:4"),
        format!("max-age by {user}:1"),
    ];
    let line = format!("configured: {}", expected.join(", "));
    // One that passes and one that fails.
    for node in ["i-456", "i-123"] {
        let out = |format: &str, more: &[&str]| {
            let args = [&["--demo", "check", node, "-o", format], more].concat();
            scene.run(&[], &args)
        };
        let table = out("table", &[]).out;
        assert!(table.contains(&line), "{table}");
        let github = out("github", &[]).out;
        for one in &expected {
            assert!(
                github.contains(&format!("%0Aconfigured: {one}")),
                "{github}"
            );
        }
        let quiet = out("table", &["-q"]);
        assert_eq!(quiet.err, format!("patchctl: {line}\n"));
        let document = out("json", &[]).json();
        let entry = |key: &str, from: &str| serde_json::json!({"Key": key, "From": from});
        let all = serde_json::json!([
            entry("policy", &format!("{project}:1")),
            entry("fail-on", &format!("{project}:3")),
            entry("waivers", &format!("{project}:4")),
            entry("max-age", &format!("{user}:1")),
        ]);
        assert_eq!(document["Configured"], all);
        let sarif = out("sarif", &[]).json();
        assert_eq!(sarif["runs"][0]["properties"]["Configured"], all);
        let junit = out("junit", &[]).out;
        for one in &expected {
            let property = format!("<property name=\"Configured\" value=\"{one}\"/>");
            assert!(junit.contains(&property), "{junit}");
        }
        let ndjson = out("ndjson", &["-q"]);
        assert_eq!(ndjson.err, format!("patchctl: {line}\n"));
    }
    // A line of NDJSON is self-contained, and flags are not named.
    let broken = [
        "--demo",
        "check",
        "i-123",
        "-o",
        "ndjson",
        "--fail-on",
        "non-compliant",
    ];
    let ran = scene.run(&[], &broken);
    assert_eq!(ran.code, 1);
    let first = ran.json();
    assert_eq!(first["Configured"].as_array().unwrap().len(), 3, "{first}");
    let variable = [("PATCHCTL_FAIL_ON", "non-compliant")];
    let ran = scene.run(&variable, &["--demo", "check", "i-123"]);
    assert!(
        ran.out.contains("fail-on by PATCHCTL_FAIL_ON, "),
        "{}",
        ran.out
    );
    let none = run(&mut demo(&["check", "i-123"]));
    assert!(!none.out.contains("configured"), "{}", none.out);
}

/// A pipe without a writer.
fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// Did it end soon, with one line that contains this?
fn soon(ran: &RunOutput, started: Instant, expected: &str) {
    assert!(started.elapsed() < Duration::from_secs(20), "{expected}");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(
        ran.err.contains(expected) && ran.err.lines().count() == 1,
        "{expected}: {}",
        ran.err
    );
}

#[test]
fn a_pipe_in_place_of_a_file_is_refused_without_waiting() {
    let scene = Scene::new("", "");
    let fifo = scene.path("repo/patchctl.toml");
    pipe(&fifo);
    let started = Instant::now();
    soon(
        &scene.run(&[], &CHECK),
        started,
        "patchctl.toml is not a regular file",
    );
    fs::remove_file(&fifo).unwrap();

    let home = tempfile::tempdir().unwrap();
    let aws = home.path().join(".aws");
    fs::create_dir_all(aws.join("sso/cache")).unwrap();
    let run_with = |variable: &str, path: &Path| {
        let mut command = patchctl();
        command
            .env("HOME", home.path())
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("AWS_MAX_ATTEMPTS", "1")
            .args(["states", "i-00000001"]);
        if !variable.is_empty() {
            command.env(variable, path);
        }
        run(&mut command)
    };
    for (variable, name, expected) in [
        (
            "",
            "config",
            ".aws/config cannot be read: not a regular file",
        ),
        (
            "",
            "credentials",
            ".aws/credentials cannot be read: not a regular file",
        ),
        (
            "AWS_CONFIG_FILE",
            "other",
            "other cannot be read: not a regular file",
        ),
        ("AWS_CA_BUNDLE", "ca.pem", "AWS_CA_BUNDLE"),
        (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "jwt",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ),
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            "token",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ),
    ] {
        let path = aws.join(name);
        pipe(&path);
        let started = Instant::now();
        soon(&run_with(variable, &path), started, expected);
        fs::remove_file(&path).unwrap();
    }
    // Endless files, and one that is not text.
    for variable in [
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CA_BUNDLE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ] {
        let started = Instant::now();
        soon(
            &run_with(variable, Path::new("/dev/zero")),
            started,
            "/dev/zero cannot be",
        );
    }
    // The usual way to have none.
    let ran = run_with("AWS_CONFIG_FILE", Path::new("/dev/null"));
    assert!(ran.err.contains("no AWS region"), "{}", ran.err);
    fs::write(aws.join("config"), b"[default]\nregion = \xff\n").unwrap();
    let started = Instant::now();
    soon(
        &run_with("", &aws),
        started,
        "config is not UTF-8 text in line 2",
    );

    let config = "[default]\nregion = eu-west-1\nsso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = 121212121212\nsso_role_name = r\n";
    fs::write(aws.join("config"), config).unwrap();
    pipe(&aws.join("sso/cache/token.json"));
    let started = Instant::now();
    soon(
        &run_with("", &aws),
        started,
        "token.json cannot be used: not a regular file",
    );
}

#[test]
fn a_file_above_its_size_limit_is_refused_before_it_fills_the_memory() {
    let started = Instant::now();
    let zero = "/dev/zero";
    let ran = run(&mut demo(&["states", "--ids-file", zero]));
    soon(
        &ran,
        started,
        "cannot read node ids from /dev/zero: larger than 16 MiB",
    );
    let ran = run(&mut demo(&["check", "i-123", "--waivers", zero]));
    soon(
        &ran,
        started,
        "cannot read the waivers in /dev/zero: larger than 16 MiB",
    );
    let ran = run(patchctl().args(["--config", zero, "config", "show"]));
    soon(
        &ran,
        started,
        "cannot read the configuration file /dev/zero: larger than 128 KiB",
    );
    let output = program()
        .args(["--demo", "states", "-"])
        .stdin(fs::File::open(zero).unwrap())
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), err.as_str()),
        (
            Some(2),
            "patchctl: cannot read node ids from standard input: larger than 16 MiB\n"
        )
    );
    let folder = tempfile::tempdir().unwrap();
    let sparse = folder.path().join("bundle.pem");
    fs::File::create(&sparse).unwrap().set_len(5 << 20).unwrap();
    for (variable, expected) in [
        ("AWS_CA_BUNDLE", "larger than 4 MiB"),
        ("AWS_CONFIG_FILE", "larger than 4 MiB"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "larger than 64 KiB"),
    ] {
        let ran = run(patchctl().env(variable, &sparse).args([
            "states",
            "i-00000001",
            "--region",
            "eu-west-1",
        ]));
        soon(&ran, started, expected);
    }
}

#[test]
fn files_on_the_command_line_may_be_pipes() {
    let waivers = "[[waiver]]\nnode = \"i-123\"\nexpires = 2099-12-31\nreason = \"known\"\n";
    let folder = tempfile::tempdir().unwrap();
    for (name, text, args) in [
        (
            "ids",
            "i-456\n",
            &[
                "states",
                "-o",
                "csv",
                "--no-headers",
                "--columns",
                "InstanceId",
                "--ids-file",
            ][..],
        ),
        ("waivers", waivers, &["check", "i-123", "-q", "--waivers"]),
        (
            "config",
            "output = \"csv\"\n",
            &["states", "i-456", "--columns", "InstanceId", "--config"],
        ),
    ] {
        let path = folder.path().join(name);
        pipe(&path);
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || fs::write(path, text).unwrap())
        };
        let ran = run(demo(args).arg(&path));
        writer.join().unwrap();
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
    }
}
