//! The demo: the same output each time, embedded and served.

use crate::support::{DEMO_NOW, DemoServer, demo, live, patchctl, run};

#[test]
fn the_demo_prints_the_same_each_time() {
    for args in [
        vec!["states", "i-123", "i-456"],
        vec!["patches", "i-123", "--state", "Missing"],
    ] {
        let first = run(&mut demo(&args));
        let again = run(&mut demo(&args));
        assert_eq!(
            (first.code, &first.out, &first.err),
            (0, &again.out, &again.err)
        );
    }
}

#[test]
fn the_embedded_demo_and_the_served_demo_give_the_same_output() {
    let served = DemoServer::start(&DEMO_NOW);
    let ids = served.node_list();
    assert_eq!(ids, run(&mut demo(&["demo", "nodes"])).out);
    for args in [
        vec![
            "states",
            "-",
            "-o",
            "csv",
            "--columns",
            "InstanceId,Verdict,Reasons,OperationEndTime",
            // The one outside has the real clock.
            "--max-age",
            "none",
        ],
        vec![
            "patches",
            "-",
            "-o",
            "csv",
            "--columns",
            "InstanceId,Title,KBId,State,InstalledTime,CVEIds",
        ],
    ] {
        let inside = run(demo(&args).write_stdin(ids.clone()));
        let outside = run(live(&served.url, &args).write_stdin(ids.clone()));
        assert_eq!(inside.code, 0);
        assert!(inside.out.lines().count() > 40);
        assert_eq!(inside.out, outside.out);
    }
}

#[test]
fn scans_of_the_served_demo_have_the_same_age_at_any_time() {
    let served = DemoServer::start(&[]);
    let ids = served.node_list();
    let args = [
        "states",
        "-",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Verdict",
    ];
    let inside = run(demo(&args).write_stdin(ids.clone()));
    let outside = run(live(&served.url, &args).write_stdin(ids.clone()));
    assert!(inside.out.contains(",STALE") && inside.out.contains(",COMPLIANT"));
    assert_eq!(inside.out, outside.out);

    let old = DemoServer::start(&["--now", "2020-01-01T00:00:00Z"]);
    let ran = run(live(&old.url, &args).write_stdin(ids));
    assert!(!ran.out.contains(",COMPLIANT"), "{}", ran.out);
}

#[test]
fn an_invalid_time_is_refused_with_the_expected_form() {
    let ran = run(patchctl().args(["demo", "serve", "--now", "tomorrow"]));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("write it like 2026-11-20T12:00:00Z"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn the_demo_needs_neither_home_nor_network_nor_credentials() {
    let ran = run(demo(&["states", "i-456"])
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("AWS_PROFILE", "nonesuch")
        .env("AWS_CA_BUNDLE", "/nonexistent"));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn mutated_answers_are_the_same_for_the_same_seed_and_are_counted_by_kind() {
    let told = |seed: &str| {
        // Two servers that start in different seconds would age their scans differently.
        let options = [&DEMO_NOW[..], &["--mutate-one-in", "2", "--seed", seed]].concat();
        let served = DemoServer::start(&options);
        let ids = served.node_list();
        let ran = run(live(
            &served.url,
            &["states", "-", "-o", "csv", "--max-age", "none"],
        )
        .env("AWS_MAX_ATTEMPTS", "1")
        .write_stdin(ids));
        let stats: serde_json::Value = serde_json::from_str(&served.get("/stats")).unwrap();
        (ran.code, ran.out, stats["mutated"].clone())
    };
    let (code, out, mutated) = told("4");
    assert_eq!(told("4"), (code, out.clone(), mutated.clone()));
    assert!(
        mutated.as_object().is_some_and(|kinds| !kinds.is_empty()),
        "{mutated}"
    );
    assert!(
        ["5", "6", "7"]
            .iter()
            .any(|seed| told(seed) != (code, out.clone(), mutated.clone()))
    );
}

#[test]
fn a_seed_is_for_a_generated_fleet_or_for_mutations() {
    let ran = run(patchctl().args(["demo", "serve", "--seed", "4"]));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("--nodes") && ran.err.contains("--mutate-one-in"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    let ran = run(patchctl().args(["demo", "serve", "--mutate-one-in", "0"]));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}
