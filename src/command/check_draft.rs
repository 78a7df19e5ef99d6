//! The gate's table until its formats are merged.
//!
//! Knows nothing of note. To be deleted.

use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::GateFormatArg;
use crate::gate::Report;
use crate::untrusted::visible;

pub struct GateLook {
    pub color: bool,
    pub width: Option<usize>,
    pub now: Timestamp,
    pub quiet: bool,
    pub show_waived: bool,
}

pub fn write(
    _: GateFormatArg,
    report: &Report,
    look: &GateLook,
    out: &mut dyn Write,
) -> Result<()> {
    let _ = (look.color, look.width, look.now, look.quiet);
    writeln!(out, "{}", report.held.as_str())?;
    for ruled in &report.rules {
        writeln!(
            out,
            "{} {}: {}",
            ruled.held.as_str(),
            ruled.rule,
            ruled.about
        )?;
        for finding in &ruled.findings {
            let name = finding.subject.as_ref().map(ToString::to_string);
            writeln!(
                out,
                "  {} {} {} [{}] {}",
                finding.held.as_str(),
                visible(&name.unwrap_or_default()),
                visible(&finding.detail),
                finding.patches.len(),
                finding.remedy
            )?;
        }
    }
    for waived in report.waived.iter().filter(|_| look.show_waived) {
        let name = waived.subject.as_ref().map(ToString::to_string);
        writeln!(
            out,
            "waived {} {} {} by {}",
            waived.rule,
            visible(&name.unwrap_or_default()),
            visible(&waived.detail),
            visible(&waived.waiver)
        )?;
    }
    for remark in &report.remarks {
        writeln!(out, "{}", visible(remark))?;
    }
    Ok(())
}
