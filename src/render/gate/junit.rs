//! JUnit XML, as Jenkins, GitLab and Azure DevOps show it: a suite for each
//! rule, a test case for each node with a finding.
//!
//! The only user of quick-xml. A failure is FAIL, an error is
//! UNKNOWN, what is skipped is waived or known, and a rule that found
//! nothing is one case that passed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::gate::{
    Finding, GateReport, GateStatus, KnownFinding, PatchRef, RuleReport, WaivedFinding,
};
use crate::render::RenderOptions;
use crate::render::gate::wording::{
    describe_waiver, findings_or_placeholder, full_subject_name, patch_lines, subject_name,
};
use crate::sanitize::sanitize;

/// More patches of a finding than this are counted.
const MAX_PATCHES: usize = 100;

/// Writes the report in the dialect of Jenkins, which the others read too.
///
/// Source: `junit-10.xsd` of Jenkins' xunit plugin.
///
/// # Errors
/// When the bytes cannot be written.
pub(super) fn write(
    report: &GateReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let suites: Vec<TestSuite<'_>> = report
        .rules
        .iter()
        .map(|rule| TestSuite::new(rule, report))
        .collect();
    let tests: usize = suites.iter().map(TestSuite::test_count).sum();
    let ending = |status| -> usize {
        suites
            .iter()
            .map(|suite| suite.count_with_status(status))
            .sum()
    };
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute(("name", "patchctl check"))
        .with_attribute(("tests", &*tests.to_string()))
        .with_attribute(("failures", &*ending(GateStatus::Fail).to_string()))
        .with_attribute(("errors", &*ending(GateStatus::Unknown).to_string()))
        .with_attribute(("time", "0"))
        .write_inner_content(|xml| {
            suites
                .iter()
                .try_for_each(|suite| suite.write(xml, options))
        })?;
    xml.get_mut().write_all(b"\n")?;
    xml.get_mut().flush()?;
    Ok(())
}

type XmlWriter<'a> = Writer<&'a mut dyn Write>;

struct TestSuite<'a> {
    report: &'a GateReport,
    /// The remarks stand in the first suite.
    is_first: bool,
    rule: &'a RuleReport,
    findings: Cow<'a, [Finding]>,
    waived: Vec<&'a WaivedFinding>,
    known: Vec<&'a KnownFinding>,
}

impl<'a> TestSuite<'a> {
    /// A waiver of a rule that was given twice is told with its first.
    fn new(rule: &'a RuleReport, report: &'a GateReport) -> Self {
        let first = report.rules.iter().find(|other| other.rule == rule.rule);
        let tells = first.is_some_and(|first| std::ptr::eq(first, rule));
        let (waived, known) = (report.waived.iter(), report.known.iter());
        Self {
            report,
            is_first: report
                .rules
                .first()
                .is_some_and(|first| std::ptr::eq(first, rule)),
            rule,
            findings: findings_or_placeholder(rule),
            waived: waived
                .filter(|waived| tells && waived.rule == rule.rule)
                .collect(),
            known: known
                .filter(|known| tells && known.rule == rule.rule)
                .collect(),
        }
    }

    /// Is the only case that of the rule itself, which passed?
    fn has_passed(&self) -> bool {
        self.findings.is_empty() && self.skipped_count() == 0
    }

    /// Cases of findings that do not break the gate.
    fn skipped_count(&self) -> usize {
        self.waived.len() + self.known.len()
    }

    fn test_count(&self) -> usize {
        self.findings.len() + self.skipped_count() + usize::from(self.has_passed())
    }

    fn count_with_status(&self, status: GateStatus) -> usize {
        let ending = |finding: &&Finding| finding.status == status;
        self.findings.iter().filter(ending).count()
    }

    fn write(&self, xml: &mut XmlWriter<'_>, options: RenderOptions) -> io::Result<()> {
        xml.create_element("testsuite")
            .with_attribute(("name", &*xml_text(&self.rule.rule)))
            .with_attribute(("tests", &*self.test_count().to_string()))
            .with_attribute((
                "failures",
                &*self.count_with_status(GateStatus::Fail).to_string(),
            ))
            .with_attribute((
                "errors",
                &*self.count_with_status(GateStatus::Unknown).to_string(),
            ))
            .with_attribute(("skipped", &*self.skipped_count().to_string()))
            .with_attribute(("time", "0"))
            .with_attribute((
                "timestamp",
                &*options.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            ))
            .write_inner_content(|xml| {
                self.write_properties(xml)?;
                self.write_cases(xml)?;
                if self.is_first && !self.report.remarks.is_empty() {
                    let remarks: Vec<String> = self
                        .report
                        .remarks
                        .iter()
                        .map(|line| xml_text(line))
                        .collect();
                    xml.create_element("system-out")
                        .write_text_content(BytesText::new(&remarks.join("\n")))?;
                }
                Ok(())
            })?;
        Ok(())
    }

    /// What the rule asks for, and the nodes behind the whole report.
    fn write_properties(&self, xml: &mut XmlWriter<'_>) -> io::Result<()> {
        let nodes = &self.report.nodes;
        let counts = [
            ("Nodes", nodes.asked),
            ("Answered", nodes.answered),
            ("NoData", nodes.no_data),
            ("Unread", nodes.unread),
            ("UnreadScopes", nodes.unread_scopes),
            ("Compliant", nodes.verdicts.compliant),
            ("NonCompliant", nodes.verdicts.non_compliant),
            ("Stale", nodes.verdicts.stale),
        ];
        let mut all = vec![
            ("Description", xml_text(&self.rule.description)),
            ("Status", self.rule.status.as_str().to_owned()),
            ("MaxAge", self.report.max_age.to_string()),
        ];
        all.extend(counts.map(|(name, n)| (name, n.to_string())));
        let configured = self.report.configured.iter();
        all.extend(configured.map(|set| ("Configured", xml_text(&set.to_string()))));
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

    fn write_cases(&self, xml: &mut XmlWriter<'_>) -> io::Result<()> {
        let mut names = UniqueNames::default();
        for finding in &*self.findings {
            let name = names.make_unique(full_subject_name(finding.subject.as_ref()));
            let mut told = case_lines(&finding.detail, &finding.patches);
            if !finding.remedy.is_empty() {
                told.push(format!("to do: {}", finding.remedy_line()));
            }
            self.write_case(
                xml,
                &name,
                &CaseResult::new(finding.status, &finding.detail, told),
            )?;
        }
        let waived = self.waived.iter().map(|waived| {
            let message = describe_waiver(&waived.waiver);
            let told = case_lines(&waived.detail, &waived.patches);
            (waived.subject.as_ref(), told, "waived", message)
        });
        let known = self.known.iter().map(|known| {
            let finding = &known.finding;
            let told = case_lines(&finding.detail, &finding.patches);
            let message = self.report.describe_known();
            (finding.subject.as_ref(), told, "known", message)
        });
        for (subject, lines, why, message) in waived.chain(known) {
            let name = full_subject_name(subject);
            let name = names.make_unique(format!("{name} ({why})"));
            let end = CaseResult {
                element: Some("skipped"),
                kind: &why.to_ascii_uppercase(),
                message: &message,
                lines,
            };
            self.write_case(xml, &name, &end)?;
        }
        if self.has_passed() {
            let end = CaseResult::new(GateStatus::Pass, "", Vec::new());
            self.write_case(xml, &subject_name(None), &end)?;
        }
        Ok(())
    }

    fn write_case(
        &self,
        xml: &mut XmlWriter<'_>,
        name: &str,
        end: &CaseResult<'_>,
    ) -> io::Result<()> {
        // Jenkins takes what stands before the last dot for the package.
        let class = format!("patchctl.{}", self.rule.rule.replace('.', "_"));
        let case = xml
            .create_element("testcase")
            .with_attribute(("classname", &*xml_text(&class)))
            .with_attribute(("name", &*xml_text(name)))
            .with_attribute(("time", "0"));
        let Some(element) = end.element else {
            case.write_empty()?;
            return Ok(());
        };
        case.write_inner_content(|xml| {
            let told: Vec<String> = end.lines.iter().map(|line| xml_text(line)).collect();
            xml.create_element(element)
                .with_attribute(("type", end.kind))
                .with_attribute(("message", &*xml_text(end.message)))
                .write_text_content(BytesText::new(&told.join("\n")))?;
            Ok(())
        })?;
        Ok(())
    }
}

/// The text of a case: what is found, and of which patches.
fn case_lines(detail: &str, patches: &[PatchRef]) -> Vec<String> {
    let mut lines = vec![detail.to_owned()];
    lines.extend(patch_lines(patches, MAX_PATCHES));
    lines
}

/// How a test case ended.
struct CaseResult<'a> {
    /// `None`: it passed.
    element: Option<&'static str>,
    kind: &'a str,
    message: &'a str,
    /// A line each.
    lines: Vec<String>,
}

impl<'a> CaseResult<'a> {
    fn new(status: GateStatus, message: &'a str, lines: Vec<String>) -> Self {
        Self {
            element: match status {
                GateStatus::Pass => None,
                GateStatus::Unknown => Some("error"),
                GateStatus::Fail => Some("failure"),
            },
            kind: status.as_str(),
            message,
            lines,
        }
    }
}

/// GitLab shows one of several cases of the same name, so each has its own.
#[derive(Default)]
struct UniqueNames(BTreeMap<String, usize>);

impl UniqueNames {
    fn make_unique(&mut self, name: String) -> String {
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
fn xml_text(text: &str) -> String {
    sanitize(text)
        .replace('\u{fffe}', "\\u{fffe}")
        .replace('\u{ffff}', "\\u{ffff}")
}
