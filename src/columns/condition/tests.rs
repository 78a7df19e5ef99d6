//! Conditions on made-up rows: what each kind of value compares, and laws.

use std::borrow::Cow;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::columns::ColumnKind;
use crate::compliance::severity::Severity;

/// A row with a value of each kind, all unknown by default.
#[derive(Debug, Clone, Default)]
struct Sample {
    count: Option<u64>,
    age: Option<u64>,
    time: Option<Timestamp>,
    severity: Option<Severity>,
    flag: Option<bool>,
    text: Option<String>,
    list: Vec<String>,
}

macro_rules! sample_columns {
    ($($name:literal $kind:ident, $cell:expr;)*) => {
        &[$(Column::<Sample> {
            name: $name, heading: $name, help: "", kind: ColumnKind::$kind, is_aws_field: false,
            rank: None, info_level: None, cost: None, cell: |row, _| {
                let cell: for<'a> fn(&'a Sample) -> Option<Cell<'a>> = $cell;
                cell(row).unwrap_or(Cell::Unknown)
            },
        }),*]
    };
}

static COLUMNS: &[Column<Sample>] = sample_columns! {
    "Missing" Count, |row| row.count.map(Cell::Count);
    "Lacking" Count, |row| row.count.map(|n| Cell::Ratio(n, 100));
    "Age" Age, |row| row.age.map(Cell::Age);
    "LastScan" Time, |row| row.time.map(Cell::Time);
    "Level" Severity, |row| row.severity.map(Cell::Severity);
    "Reboot" Flag, |row| row.flag.map(Cell::Flag);
    "Name" Text, |row| row.text.as_deref().map(|text| Cell::Text(Cow::Borrowed(text)));
    "Nodes" Names, |row| (!row.list.is_empty()).then(|| Cell::Names(row.list.iter().map(|name| Cow::Borrowed(&**name)).collect()));
    "Verdict" Verdict, |_| None;
    "State" State, |_| None;
    "CVEIds" CveList, |_| None;
};

fn parse(text: &str) -> Result<Condition<Sample>, String> {
    Condition::parse(text, |name| {
        let known = COLUMNS.iter().find(|column| column.name == name);
        known.ok_or_else(|| format!("no column {name:?}"))
    })
}

fn holds(text: &str, row: &Sample) -> Option<bool> {
    parse(text)
        .unwrap_or_else(|line| panic!("{line}"))
        .holds(row)
}

fn moment(text: &str) -> Sample {
    Sample {
        time: Some(text.parse().unwrap()),
        ..Sample::default()
    }
}

#[test]
fn a_condition_compares_by_the_kind_of_its_column() {
    let row = Sample {
        count: Some(5),
        age: Some(31 * 86_400),
        severity: Some(Severity::Important),
        flag: Some(true),
        text: Some("Web-01".to_owned()),
        list: vec!["i-1".to_owned(), "i-2".to_owned()],
        ..moment("2026-11-01T06:30:00Z")
    };
    for (condition, expected) in [
        ("Missing>0", true),
        (" Missing >= 5 ", true),
        ("Missing!=5,6", false),
        ("Missing=4,5", true),
        ("Lacking>5", false),
        ("Lacking=5", true),
        ("Age>30d", true),
        ("Age<=4w", false),
        ("LastScan=2026-11-01", true),
        ("LastScan>2026-11-01", false),
        ("LastScan<=2026-11-01", true),
        ("LastScan<2026-11-02", true),
        ("LastScan>2026-11-01T06:29:59Z", true),
        ("LastScan=2026-11-01T07:30:00+01:00", true),
        ("Level>=important", true),
        ("Level>HIGH", false),
        ("Level!=critical,low", true),
        ("Reboot=TRUE", true),
        ("Reboot!=true", false),
        ("Name=web-01", true),
        ("Name~web-*", true),
        ("Name!~web-*,db-?", false),
        ("Name=", false),
        ("Nodes=i-2", true),
        ("Nodes!=i-2", false),
        ("Nodes~i-*", true),
        ("Name is known", true),
        ("Name IS Unknown", false),
    ] {
        assert_eq!(holds(condition, &row), Some(expected), "{condition}");
    }
}

#[test]
fn an_unknown_value_meets_no_comparison_and_can_be_asked_for() {
    let nothing = Sample::default();
    for condition in [
        "Missing=0",
        "Missing!=0",
        "Missing>=0",
        "Age<1d",
        "LastScan<2026-11-01",
        "Level!=critical",
        "Reboot!=true",
        "Name!=web",
        "Name!~web-*",
        "Nodes!=i-1",
    ] {
        assert_eq!(holds(condition, &nothing), None, "{condition}");
    }
    assert_eq!(holds("Missing is unknown", &nothing), Some(true));
    assert_eq!(holds("Missing is known", &nothing), Some(false));
    let empty = Sample {
        text: Some(String::new()),
        ..Sample::default()
    };
    assert_eq!(holds("Name=", &empty), Some(true));
    assert_eq!(holds("Name is unknown", &empty), Some(false));
}

#[test]
fn an_unrated_patch_is_on_no_side_of_a_severity() {
    let unrated = Sample {
        severity: Some(Severity::Unrated),
        ..Sample::default()
    };
    assert_eq!(holds("Level<critical", &unrated), None);
    assert_eq!(holds("Level>=low", &unrated), None);
    assert_eq!(holds("Level=unrated", &unrated), Some(true));
    assert_eq!(holds("Level!=critical", &unrated), Some(true));
    assert_eq!(holds("Level is unknown", &unrated), Some(true));
}

#[test]
fn a_wrong_condition_is_one_line_that_says_what_is_allowed() {
    for (condition, parts) in [
        (
            "Missing",
            &["has no operator", "'MissingCount>0'", "= != < <= > >= ~ !~"][..],
        ),
        ("", &["has no operator"]),
        ("Nonesuch>0", &["no column \"Nonesuch\""]),
        (">0", &["no column \"\""]),
        ("Missing==0", &["takes the operators = != < <= > >="]),
        ("Missing~5*", &["Missing is a count, which takes"]),
        (
            "Name<web",
            &["Name is text, which takes the operators = != ~ !~"],
        ),
        (
            "Age=3d",
            &["Age is an age, which takes the operators < <= > >="],
        ),
        (
            "Verdict>stale",
            &["Verdict is a verdict, which takes the operators = !="],
        ),
        ("Missing>x", &["\"x\" is not a whole number"]),
        ("Missing>1,2", &["\"1,2\" is not a whole number"]),
        ("Missing=1,", &["\"\" is not a whole number"]),
        ("Missing>-1", &["\"-1\" is not a whole number"]),
        ("Age>30", &["write 7d, 36h, 2w or 90m"]),
        (
            "LastScan<yesterday",
            &["write 2026-11-01 or 2026-11-01T06:00:00Z"],
        ),
        ("LastScan<2026-11-01T06:00", &["is not a time"]),
        ("LastScan<2026-13-01", &["is not a time"]),
        ("Level>=unrated", &["write Level=unrated"]),
        ("Level>=crit", &["did you mean critical?"]),
        ("Reboot=yes", &["\"yes\" is not true or false"]),
        ("Verdict=stael", &["did you mean stale?", "no-data, unread"]),
        ("State=Misssing", &["did you mean Missing?"]),
        ("CVEIds=2024-1", &["write it like CVE-2024-21338"]),
        ("Name=web-*", &["write Name~web-* for a pattern"]),
        ("Name!=web-*", &["write Name!~web-* for a pattern"]),
        ("Name~web", &["write Name~*web* or Name=web"]),
    ] {
        let line = parse(condition).expect_err(condition);
        for part in parts {
            assert!(line.contains(part), "{condition}: {line}");
        }
        assert!(!line.contains('\n'), "{condition}: {line}");
    }
}

/// Conditions of every form, with spaces where they are allowed.
fn conditions() -> impl Strategy<Value = String> {
    let order = prop_oneof![
        Just("="),
        Just("!="),
        Just("<"),
        Just("<="),
        Just(">"),
        Just(">=")
    ];
    let count = (order.clone(), 0u64..10).prop_map(|(op, n)| format!("Missing {op} {n}"));
    let time = (order, 1u8..29).prop_map(|(op, day)| format!("LastScan{op}2026-11-{day:02}"));
    let age =
        (prop_oneof![Just("<"), Just(">")], 1u64..9).prop_map(|(op, n)| format!("Age{op}{n}d"));
    let text = ("[a-c]{0,3}", "[a-c*?]{0,2}[*?]").prop_flat_map(|(text, glob)| {
        prop_oneof![
            Just(format!("Name={text}")),
            Just(format!("Name !~ {glob} , b*")),
            Just(format!("Name~{glob}")),
        ]
    });
    let known = prop_oneof![Just("Age is known"), Just("Missing  is  unknown")];
    prop_oneof![count, time, age, text, known.prop_map(ToOwned::to_owned)]
}

fn rows() -> impl Strategy<Value = Sample> {
    (
        proptest::option::of(0u64..10),
        proptest::option::of(0u64..9 * 86_400),
        proptest::option::of(1_793_000_000i64..1_796_000_000),
        proptest::option::of("[a-cA-C]{0,3}"),
    )
        .prop_map(|(count, age, time, text)| Sample {
            count,
            age,
            time: time.map(|second| Timestamp::from_second(second).unwrap()),
            text,
            ..Sample::default()
        })
}

proptest! {
    #[test]
    fn of_less_equal_and_greater_exactly_one_holds_for_a_known_value(
        row in rows(), n in 0u64..10, day in 1u8..29,
    ) {
        for (column, value, is_known) in [
            ("Missing", n.to_string(), row.count.is_some()),
            ("Lacking", n.to_string(), row.count.is_some()),
            ("LastScan", format!("2026-11-{day:02}"), row.time.is_some()),
        ] {
            let met = |op: &str| holds(&format!("{column}{op}{value}"), &row);
            let held = ["<", "=", ">"].map(met);
            if is_known {
                prop_assert_eq!(held.iter().filter(|held| **held == Some(true)).count(), 1);
                prop_assert_eq!(met("!="), met("=").map(|held| !held));
                prop_assert_eq!(met("<="), met(">").map(|held| !held));
                prop_assert_eq!(met(">="), met("<").map(|held| !held));
            } else {
                prop_assert_eq!(held, [None; 3]);
            }
        }
    }

    #[test]
    fn what_is_printed_is_parsed_as_the_same_condition(text in conditions(), row in rows()) {
        let condition = parse(&text).unwrap();
        let printed = condition.to_string();
        let again = parse(&printed).unwrap();
        prop_assert_eq!(again.to_string(), printed);
        prop_assert_eq!(again.holds(&row), condition.holds(&row));
    }

    #[test]
    fn parsing_a_condition_never_panics(
        text in "\\PC{0,20}|(Missing|Age|LastScan|Name|Level) ?[=!<>~]{1,2}\\PC{0,12}",
    ) {
        let _ = parse(&text);
    }
}
