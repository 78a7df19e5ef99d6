//! Exit codes, streams, files, and errors in one line.

#[cfg(unix)]
use std::io::Read as _;
#[cfg(unix)]
use std::process::Command;
use std::process::Stdio;

use crate::support::{demo, patchctl, program, run, wait_for_output};

#[test]
fn invalid_input_is_one_line_on_stderr_with_the_allowed_values_and_exit_2() {
    for (args, expected) in [
        (
            vec!["states"],
            "no nodes selected; give ids such as i-0123456789abcdef0, - to read ids from standard input, or --all",
        ),
        (
            vec!["patches", "i-1", "--state", "mising"],
            "did you mean Missing? (allowed: Installed, InstalledOther,",
        ),
        (
            vec!["states", "i-1", "-o", "jsn"],
            "[possible values: table, wide, json, yaml, ndjson, csv, aws-csv, markdown, html, xlsx]",
        ),
        (vec!["stats", "i-1"], "'states'"),
        (
            vec!["states", "i-1", "--sort-by", "Mising"],
            "did you mean MissingCount?",
        ),
        (
            vec!["states", "i-1", "--concurrency", "0"],
            "0 is not in 1..=256",
        ),
        (
            vec!["states", "i-1", "--endpoint-url", "localhost"],
            "write https://HOST[:PORT] or REGION=https://HOST[:PORT]",
        ),
        (vec!["patches", "i-1", "--kb", ""], "must not be empty"),
        (
            vec!["patches", "i-1", "--non-compliant", "--state", "Installed"],
            "no state in common",
        ),
        (
            vec![],
            "a command is required: states, patches, check, summary, report, ",
        ),
        (
            vec!["demo"],
            "a command is required: serve, nodes; try patchctl demo --help",
        ),
        (
            vec!["patches", "i-1", "--cve", "CVE-1"],
            "not a CVE id; write it like CVE-2024-21338",
        ),
        (
            vec!["patches", "i-1", "--state", "pending reboot"],
            "did you mean InstalledPendingReboot?",
        ),
        (
            vec!["states", "i-1", "--columns", "Zzz"],
            "--columns: unknown column \"Zzz\" (--columns help lists them)",
        ),
        (vec!["man", "nonesuch"], "unknown command \"nonesuch\""),
        (
            vec!["demo", "serve", "--rate", "0"],
            "not a rate; write calls per second above 0",
        ),
    ] {
        let ran = run(patchctl().args(&args));
        assert_eq!(ran.code, 2, "{args:?}");
        assert_eq!(ran.out, "", "{args:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
    }
}

#[test]
fn help_and_version_exit_0_and_every_help_has_examples() {
    for command in [
        vec![],
        vec!["states"],
        vec!["patches"],
        vec!["report"],
        vec!["doctor"],
        vec!["iam-policy"],
        vec!["completions"],
        vec!["man"],
        vec!["schema"],
        vec!["demo", "serve"],
        vec!["demo", "nodes"],
        vec!["config", "show"],
        vec!["config", "init"],
    ] {
        let ran = run(patchctl().args(&command).arg("--help"));
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("Examples:\n"), "{command:?}");
        assert_eq!(ran.err, "");
    }
    for version in ["--version", "version"] {
        let expected = concat!("patchctl ", env!("CARGO_PKG_VERSION"), "\n");
        assert_eq!(run(patchctl().arg(version)).out, expected);
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    for format in ["csv", "json", "ndjson", "table"] {
        let mut child = program()
            .args([
                "--demo",
                "patches",
                "i-0f82c7d3b61e4a950",
                "i-123",
                "-o",
                format,
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ran = wait_for_output(child);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{format}");
    }
}

#[test]
fn a_file_is_written_whole_and_a_run_that_read_nothing_keeps_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.csv");
    let file = path.to_str().unwrap();
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "-o",
        "csv",
        "--output-file",
        file,
        "--columns",
        "InstanceId",
    ]));
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "InstanceId\r\ni-123\r\n"
    );
    let ran = run(&mut demo(&[
        "states",
        "i-x",
        "-o",
        "csv",
        "--output-file",
        file,
    ]));
    assert_eq!(ran.code, 2);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "InstanceId\r\ni-123\r\n"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let ran = run(&mut demo(&[
        "states",
        "i-x",
        "i-456",
        "-o",
        "csv",
        "--output-file",
        file,
        "--columns",
        "Verdict",
    ]));
    assert_eq!(ran.code, 3);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "Verdict\r\nUNREAD\r\nCOMPLIANT\r\n"
    );
    let ran = run(&mut demo(&[
        "states",
        "i-456",
        "--output-file",
        "/nonexistent/fleet.csv",
    ]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("cannot write /nonexistent/fleet.csv: there is no folder /nonexistent"),
        "{}",
        ran.err
    );
}

#[test]
fn quiet_prints_only_the_data_and_verbose_adds_call_statistics() {
    let ran = run(&mut demo(&["states", "i-456", "-q"]));
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert_eq!(ran.err, "");
    let ran = run(&mut demo(&[
        "patches", "i-456", "i-123", "--state", "Missing", "-v", "-o", "csv",
    ]));
    assert!(
        ran.err
            .contains("ssm:DescribeInstancePatches: 1 call, 0 retries"),
        "{}",
        ran.err
    );
    // Ids that do not look like ids are asked for alone.
    assert!(
        ran.err
            .contains("ssm:DescribeInstancePatchStates: 2 calls, 0 retries"),
        "{}",
        ran.err
    );
}

#[test]
fn messages_contain_no_key_no_secret_and_no_token() {
    let service = crate::support::ScriptedService::start(|_| {
        crate::support::error_reply(500, "InternalServerError", "")
    });
    let ran = run(
        crate::support::live(&service.url, &["states", "i-00000001", "-v"])
            .env("AWS_SESSION_TOKEN", "token-of-a-test")
            .env("AWS_MAX_ATTEMPTS", "1"),
    );
    for secret in ["secret-of-a-test", "token-of-a-test", "AKIDEXAMPLE"] {
        assert!(
            !ran.err.contains(secret) && !ran.out.contains(secret),
            "{secret}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_that_read_nothing_leaves_no_file() {
    let served = crate::support::DemoServer::start(&["--nodes", "20", "--latency", "60000"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.csv");
    let mut child = program()
        .args([
            "states",
            "i-00000001",
            "-o",
            "csv",
            "--region",
            "eu-west-1",
            "--endpoint-url",
            &served.url,
        ])
        .args(["--output-file", path.to_str().unwrap()])
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Its call has arrived: it waits for an answer that takes a minute.
    while served.call_count("DescribeInstancePatchStates") == 0 {
        std::thread::yield_now();
    }
    Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(
        err,
        format!(
            "patchctl: interrupted: showing what was read; Ctrl-C again ends at once\n\
             patchctl: nothing was read, so {} is not written\n\
             patchctl: unread: i-00000001: interrupted before it was read\n",
            path.display()
        )
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
