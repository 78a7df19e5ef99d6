//! JUnit XML, as Jenkins, GitLab and Azure DevOps show it: a suite for each
//! rule, a test case for each node with a finding.
//!
//! The only user of quick-xml. Knows what stands for what: a failure is broken,
//! an error cannot be told, what is skipped is waived, and a rule that found
//! nothing is one case that passed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::gate::{Finding, Held, Report, Ruled, Waived};
use crate::render::gate::{GateLook, excuse, findings, full_name, name, patches};
use crate::sanitize::visible;

/// More patches of a finding than this are counted.
const PATCHES: usize = 100;

/// Writes the report in the dialect of Jenkins, which the others read too.
///
/// Source: `junit-10.xsd` of Jenkins' xunit plugin.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write(report: &Report, look: &GateLook, out: &mut dyn Write) -> Result<()> {
    let suites: Vec<Suite<'_>> = report
        .rules
        .iter()
        .map(|rule| Suite::of(rule, report))
        .collect();
    let tests: usize = suites.iter().map(Suite::tests).sum();
    let ending = |held| -> usize { suites.iter().map(|suite| suite.ending(held)).sum() };
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute(("name", "patchctl check"))
        .with_attribute(("tests", &*tests.to_string()))
        .with_attribute(("failures", &*ending(Held::Broken).to_string()))
        .with_attribute(("errors", &*ending(Held::CannotSay).to_string()))
        .with_attribute(("time", "0"))
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| suite.write(xml, look)))?;
    xml.get_mut().write_all(b"\n")?;
    xml.get_mut().flush()?;
    Ok(())
}

type Xml<'a> = Writer<&'a mut dyn Write>;

struct Suite<'a> {
    report: &'a Report,
    /// The remarks stand in the first suite.
    is_first: bool,
    rule: &'a Ruled,
    findings: Cow<'a, [Finding]>,
    waived: Vec<&'a Waived>,
}

impl<'a> Suite<'a> {
    /// A waiver of a rule that was given twice is told with its first.
    fn of(rule: &'a Ruled, report: &'a Report) -> Self {
        let first = report.rules.iter().find(|other| other.rule == rule.rule);
        let tells = first.is_some_and(|first| std::ptr::eq(first, rule));
        let waived = report.waived.iter();
        Self {
            report,
            is_first: report
                .rules
                .first()
                .is_some_and(|first| std::ptr::eq(first, rule)),
            rule,
            findings: findings(rule),
            waived: waived
                .filter(|waived| tells && waived.rule == rule.rule)
                .collect(),
        }
    }

    /// Is the only case that of the rule itself, which passed?
    fn has_passed(&self) -> bool {
        self.findings.is_empty() && self.waived.is_empty()
    }

    fn tests(&self) -> usize {
        self.findings.len() + self.waived.len() + usize::from(self.has_passed())
    }

    fn ending(&self, held: Held) -> usize {
        let ending = |finding: &&Finding| finding.held == held;
        self.findings.iter().filter(ending).count()
    }

    fn write(&self, xml: &mut Xml<'_>, look: &GateLook) -> io::Result<()> {
        xml.create_element("testsuite")
            .with_attribute(("name", &*text(&self.rule.rule)))
            .with_attribute(("tests", &*self.tests().to_string()))
            .with_attribute(("failures", &*self.ending(Held::Broken).to_string()))
            .with_attribute(("errors", &*self.ending(Held::CannotSay).to_string()))
            .with_attribute(("skipped", &*self.waived.len().to_string()))
            .with_attribute(("time", "0"))
            .with_attribute((
                "timestamp",
                &*look.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            ))
            .write_inner_content(|xml| {
                self.properties(xml)?;
                self.cases(xml)?;
                if self.is_first && !self.report.remarks.is_empty() {
                    let remarks: Vec<String> =
                        self.report.remarks.iter().map(|line| text(line)).collect();
                    xml.create_element("system-out")
                        .write_text_content(BytesText::new(&remarks.join("\n")))?;
                }
                Ok(())
            })?;
        Ok(())
    }

    /// What the rule asks for, and the nodes behind the whole report.
    fn properties(&self, xml: &mut Xml<'_>) -> io::Result<()> {
        let nodes = &self.report.nodes;
        let counts = [
            ("Asked", nodes.asked),
            ("Answered", nodes.answered),
            ("NoData", nodes.no_data),
            ("Unread", nodes.unread),
            ("UnreadScopes", nodes.unread_scopes),
            ("Compliant", nodes.verdicts.compliant),
            ("NonCompliant", nodes.verdicts.non_compliant),
            ("Stale", nodes.verdicts.stale),
        ];
        let mut all = vec![
            ("About", text(&self.rule.about)),
            ("Held", self.rule.held.as_str().to_owned()),
            ("MaxAge", self.report.max_age.to_string()),
        ];
        all.extend(counts.map(|(name, n)| (name, n.to_string())));
        let configured = self.report.configured.iter();
        all.extend(configured.map(|set| ("Configured", text(&set.to_string()))));
        xml.create_element("properties")
            .write_inner_content(|xml| {
                for (name, value) in &all {
                    xml.create_element("property")
                        .with_attribute(("name", *name))
                        .with_attribute(("value", &**value))
                        .write_empty()?;
                }
                Ok(())
            })?;
        Ok(())
    }

    fn cases(&self, xml: &mut Xml<'_>) -> io::Result<()> {
        let mut names = Names::default();
        for finding in &*self.findings {
            let name = names.next(full_name(finding.subject.as_ref()));
            let mut told = vec![finding.detail.clone()];
            told.extend(patches(&finding.patches, PATCHES));
            if !finding.remedy.is_empty() {
                told.push(format!("to do: {}", finding.remedy));
            }
            self.case(xml, &name, &End::of(finding.held, &finding.detail, told))?;
        }
        for waived in &self.waived {
            let name = full_name(waived.subject.as_ref());
            let name = names.next(format!("{name} (waived)"));
            let mut told = vec![waived.detail.clone()];
            told.extend(patches(&waived.patches, PATCHES));
            let end = End {
                element: Some("skipped"),
                kind: "WAIVED",
                message: &excuse(waived),
                told,
            };
            self.case(xml, &name, &end)?;
        }
        if self.has_passed() {
            let end = End::of(Held::Held, "", Vec::new());
            self.case(xml, &name(None), &end)?;
        }
        Ok(())
    }

    fn case(&self, xml: &mut Xml<'_>, name: &str, end: &End<'_>) -> io::Result<()> {
        // Jenkins takes what stands before the last dot for the package.
        let class = format!("patchctl.{}", self.rule.rule.replace('.', "_"));
        let case = xml
            .create_element("testcase")
            .with_attribute(("classname", &*text(&class)))
            .with_attribute(("name", &*text(name)))
            .with_attribute(("time", "0"));
        let Some(element) = end.element else {
            case.write_empty()?;
            return Ok(());
        };
        case.write_inner_content(|xml| {
            let told: Vec<String> = end.told.iter().map(|line| text(line)).collect();
            xml.create_element(element)
                .with_attribute(("type", end.kind))
                .with_attribute(("message", &*text(end.message)))
                .write_text_content(BytesText::new(&told.join("\n")))?;
            Ok(())
        })?;
        Ok(())
    }
}

/// How a test case ended.
struct End<'a> {
    /// `None`: it passed.
    element: Option<&'static str>,
    kind: &'static str,
    message: &'a str,
    /// A line each.
    told: Vec<String>,
}

impl<'a> End<'a> {
    fn of(held: Held, message: &'a str, told: Vec<String>) -> Self {
        Self {
            element: match held {
                Held::Held => None,
                Held::CannotSay => Some("error"),
                Held::Broken => Some("failure"),
            },
            kind: held.as_str(),
            message,
            told,
        }
    }
}

/// GitLab shows one of several cases of the same name, so each has its own.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn next(&mut self, name: String) -> String {
        let seen = self.0.entry(name.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => name,
            n => format!("{name} #{n}"),
        }
    }
}

/// Text that is harmless to show and legal in XML 1.0, which has no escape for
/// control characters nor for U+FFFE and U+FFFF.
fn text(text: &str) -> String {
    visible(text)
        .replace('\u{fffe}', "\\u{fffe}")
        .replace('\u{ffff}', "\\u{ffff}")
}
