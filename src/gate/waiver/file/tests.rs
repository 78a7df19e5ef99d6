//! Files as people write them, and as they should not: what is read of the
//! first, and what is said to the others.

use proptest::prelude::*;

use crate::gate::waiver::file::*;

const ENDS: &str = "expires = 2026-12-31\nreason = \"r\"\n";

fn refusal(text: &str) -> String {
    match parse("w.toml", text) {
        Ok(_) => panic!("not refused: {text}"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn each_refusal_has_a_line_a_column_and_what_to_write_instead() {
    let bad = [
        "not toml",
        "[[waiver]]\nkb = \"KB1\nexpires = 2026-12-31\n",
        "[[waiver]]\nkb = \"KB1\"\nkb = \"KB2\"\n",
        "[[waivers]]\nkb = \"KB1\"\n",
        "[waiver]\nkb = \"KB1\"\n",
        "waiver = \"KB1\"",
        "waiver = [1]",
        "# é\n[[waiver]]\npatch_group = \"legacy\"\n",
        "[[waiver]]\nregion = \"eu-west-1\"\n",
        "[[waiver]]\nexpires = 2026-12-31\nreason = \"r\"\n",
        "[[waiver]]\nkb = \"*\"\nnode = [\"i-1\", \"**\"]\nexpires = 2026-12-31\nreason = \"r\"\n",
        "[[waiver]]\nkb = \"KB1\"\nreason = \"r\"\n",
        "[[waiver]]\nkb = \"KB1\"\nexpires = 2026-12-31\n",
        "waiver = [{ kb = \"é\", reason = \" \" }]",
        "[[waiver]]\nkb = []\n",
        "[[waiver]]\nkb = [\"KB1\",\n  \"\"]\n",
        "[[waiver]]\nkb = \" - \"\n",
        "[[waiver]]\nkb = 5023702\n",
        "[[waiver]]\nkb = [[\"KB1\"]]\n",
        "[[waiver]]\nnode = true\n",
        "[[waiver]]\ncve = [\"CVE-2024-21338\", \"CVE-24-*\"]\n",
        "[[waiver]]\ncve = \"*\"\n",
        "[[waiver]]\ntag = \"Env\"\n",
        "[[waiver]]\ntag = \"Env=\"\n",
        "[[waiver]]\ntag = \"E*=dev\"\n",
        "[[waiver]]\naccount = \"1111-2222-3333\"\n",
        "[[waiver]]\naccount = 111122223333\n",
        "[[waiver]]\nexpires = \"2026-12-31\"\n",
        "[[waiver]]\nexpires = 2026-12-31T18:00:00\n",
        "[[waiver]]\nexpires = 18:00:00\n",
        "[[waiver]]\nexpires = 2026-02-30\n",
        "[[waiver]]\nexpires = 9999-12-31T23:59:59Z\n",
        "[[waiver]]\nexpires = 20261231\n",
        "[[waiver]]\nowner = [\"a\", \"b\"]\n",
        "[[waiver]]\nowner = \"\"\n",
        "[[waiver]]\n\"k\\u001b[31mb\" = \"KB1\"\n",
    ];
    let said: Vec<String> = bad
        .iter()
        .map(|text| format!("{}\n    {}", text.escape_default(), refusal(text)))
        .collect();
    for line in &said {
        assert_eq!(line.lines().count(), 2, "{line}");
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn one_bad_waiver_refuses_the_good_ones_too() {
    let good = format!("[[waiver]]\nkb = \"KB1\"\n{ENDS}");
    assert_eq!(parse("w.toml", &good).unwrap().len(), 1);
    let said = refusal(&format!("{good}\n[[waiver]]\nkb = \"\"\n{ENDS}"));
    assert_eq!(said, "w.toml:7:6: kb is empty");
}

#[test]
fn no_waivers_are_a_file_too() {
    for text in ["", "\u{feff}", "# nothing is waived\r\n", "waiver = []"] {
        assert!(parse("w.toml", text).unwrap().is_empty(), "{text:?}");
    }
}

/// Keys in any order and spelling, both kinds of quotes, several lines, letters
/// of several alphabets, text that a terminal or a spreadsheet would act on,
/// and a very long line.
fn nasty() -> String {
    format!(
        r#"# 免除 — до конца года 🗓 {long}

[[waiver]]   # in front of its table
"reason" = """
=HYPERLINK("x"), "quoted" \
   and \u001b[31mred\u202E """
owner = 'Müller "Ops" \n'
expires = 2026-12-31 # through the day
kb = [
  "kb-5023702", 'KB50*', # both
  "{long}",
]
patch-group = "Büro *"
tag = ["Näme=a=b", "Env=dev?"]

[[waiver]]
account = " 111122223333 "
expires = 2026-12-31t18:00:00.5+01:00
reason = '''
two
lines'''
[[waiver]]
node = "mi-*"
cve = ["cve‑2024‑21338", "CVE-2024-*"]
expires = 2026-12-31T18:00Z
reason = "r"
"#,
        long = "ab ".repeat(30_000)
    )
}

fn shown(text: &str) -> Vec<String> {
    let told = |waiver: &Waiver| {
        let Waiver {
            label,
            reason,
            owner,
            expires,
        } = waiver;
        format!("{label} {expires} {reason:?} {owner:?}")
    };
    let waivers = parse("w.toml", text).unwrap_or_else(|error| panic!("{error:#}"));
    waivers.iter().map(|one| told(&one.waiver)).collect()
}

#[test]
fn a_nasty_file_is_read_to_the_letter() {
    assert_eq!(
        shown(&nasty()),
        [
            r#"w.toml:3 2026-12-31 "=HYPERLINK(\"x\"), \"quoted\" and \u{1b}[31mred\u{202e} " Some("Müller \"Ops\" \\n")"#,
            r#"w.toml:16 2026-12-31T17:00:00.5Z "two\nlines" None"#,
            r#"w.toml:22 2026-12-31T18:00:00Z "r" None"#,
        ]
    );
}

#[test]
fn a_mark_in_front_and_the_line_ends_of_windows_change_nothing_but_the_text_between_them() {
    let windows = format!("\u{feff}{}", nasty().replace('\n', "\r\n"));
    assert_eq!(
        shown(&windows).join("\n").replace(r"\r\n", r"\n"),
        shown(&nasty()).join("\n")
    );
    let bad = "\u{feff}# é\r\n[[waiver]]\r\nreason = \"é\"\r\ntag = [\"é=1\", \"x\"]\r\n";
    assert!(
        refusal(bad).starts_with("w.toml:4:15: tag has \"x\"; "),
        "{}",
        refusal(bad)
    );
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused() {
    let text = nasty().replace("ab ", "");
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        is_fine(&text[..end]).unwrap_or_else(|error| panic!("{end}: {error}"));
    }
}

/// The keys and the values of a waiver, right and wrong.
fn near_toml() -> impl Strategy<Value = String> {
    let words = vec![
        "[[waiver]]",
        "[waiver]",
        "[[waiver.kb]]",
        "waiver",
        "kb",
        "cve",
        "node",
        "tag",
        "patch-group",
        "account",
        "expires",
        "reason",
        "owner",
        "=",
        "=",
        "=",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "'",
        "\"\"\"",
        "\"KB1*\"",
        "\"CVE-2024-*\"",
        "\"CVE-2024-1111\"",
        "\"é=?\"",
        "\"111122223333\"",
        "2026-12-31",
        "2026-12-31T24:60:60Z",
        "9999-12-31T23:59:60-23:59",
        "0000-01-01",
        "07:32",
        "1e9",
        "inf",
        "true",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "#",
        "\u{feff}",
        "\0",
        "é",
        "\\u",
        ".",
    ];
    proptest::collection::vec(proptest::sample::select(words), 0..40)
        .prop_map(|words| words.concat())
}

/// A refusal is one line, and its place is in the text.
fn is_fine(text: &str) -> Result<(), TestCaseError> {
    let Err(error) = parse("w.toml", text) else {
        return Ok(());
    };
    let said = format!("{error:#}");
    prop_assert_eq!(said.lines().count(), 1);
    let mut parts = said.splitn(4, ':');
    prop_assert_eq!(parts.next(), Some("w.toml"));
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let (line, column) = (number().unwrap_or(0), number().unwrap_or(0));
    let of = strip_byte_order_mark(text)
        .split('\n')
        .nth(line.wrapping_sub(1));
    let length = of.map(|line| line.chars().count());
    prop_assert!(
        length.is_some_and(|n| (1..=n + 1).contains(&column)),
        "{}",
        said
    );
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(text in any::<String>()) {
        is_fine(&text)?;
    }

    #[test]
    fn any_bytes_that_are_text_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        is_fine(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn what_is_nearly_a_file_of_waivers_is_read_or_refused_with_a_place_in_it(text in near_toml()) {
        is_fine(&text)?;
    }

    #[test]
    fn a_value_with_any_text_is_read_or_refused(key in proptest::sample::select(&KEYS[..]), value in any::<String>()) {
        // A string of JSON is a basic string of TOML, but for a few control characters.
        let quoted = serde_json::to_string(&value).unwrap_or_default();
        is_fine(&format!("[[waiver]]\n{key} = {quoted}\nnode = \"i-1\"\n{ENDS}"))?;
    }
}
