//! Notes about how nodes were found, and which machines that leaves out.

use crate::record::{DiscoveryReport, InfoField, Node, Scope};
use crate::report::notes::more_locations;
use crate::report::{Note, NoteKind, NoteLevel};
use crate::text::count;

/// More instances that are not managed than this are counted.
const MAX_UNMANAGED: usize = 5;

/// Regions and accounts that are left out on purpose.
#[must_use]
pub fn skipped(scopes: &[Scope]) -> Option<Note> {
    let text = "skipped by --skip-region, --skip-account or --skip-ou";
    (!scopes.is_empty()).then(|| Note::warning(text).with_ids(scopes))
}

/// How nodes were found, and which nodes that leaves out.
#[must_use]
pub fn discovery(reports: &[DiscoveryReport]) -> Vec<Note> {
    let mut notes = Vec::new();
    for report in reports {
        let scopes: Vec<String> = report.scopes.iter().map(ToString::to_string).collect();
        let of = match &scopes[..] {
            [first, ..] if reports.len() > 1 => {
                format!(" in {first}{}", more_locations(scopes.len()))
            }
            _ => String::new(),
        };
        let calls = format!("found by {}{of}", report.calls.join(", "));
        notes.push(Note::new(NoteKind::Answer, NoteLevel::Verbose, calls));
        if let Some(excluded) = report.excluded_nodes.filter(|nodes| *nodes > 0) {
            let excluded = count(excluded, "node");
            let text =
                format!("left out: {excluded} by --exclude, --exclude-tag or --exclude-platform");
            notes.push(Note::warning(text).into_detail());
        }
        let stopped = report.stopped_without_record;
        if stopped > 0 {
            let instances = count(stopped, "stopped EC2 instance");
            notes.push(Note::info(format!(
                "left out{of}: {instances} without a patch record: not managed, or never scanned"
            )));
        }
        notes.extend(
            report
                .unmanaged
                .iter()
                .filter_map(|nodes| unmanaged(nodes, &of)),
        );
        let failures = report.tolerated_failures.iter();
        notes.extend(failures.map(|text| Note::new(NoteKind::Run, NoteLevel::Verbose, text)));
        let limitations = report.limitations.iter();
        notes.extend(limitations.map(|text| Note::warning(format!("cannot see{of}: {text}"))));
    }
    // A typo in an exclusion selects more than was meant.
    let mut excluded = reports.iter().filter_map(|report| report.excluded_nodes);
    if excluded.next() == Some(0) && excluded.all(|nodes| nodes == 0) {
        notes.push(Note::warning(
            "no node that was found matches --exclude, --exclude-tag or --exclude-platform",
        ));
    }
    notes
}

/// The running instances that are not managed; the JSON document names all.
fn unmanaged(nodes: &[Node], of: &str) -> Option<Note> {
    let names = nodes.iter().map(|node| {
        let name = node
            .info
            .as_ref()
            .and_then(|info| info.get(InfoField::Name));
        name.map_or_else(
            || node.id.to_string(),
            |name| format!("{name} ({})", node.id),
        )
    });
    let names: Vec<String> = names.take(MAX_UNMANAGED + 1).collect();
    let are = if nodes.len() == 1 { "is" } else { "are" };
    let more = match nodes.len().saturating_sub(MAX_UNMANAGED) {
        0 => String::new(),
        more => format!(" and {more} more (--unmanaged lists all)"),
    };
    let first = names[..names.len().min(MAX_UNMANAGED)].join(", ");
    (!nodes.is_empty()).then(|| {
        Note::warning(format!(
            "{}{of} {are} not managed by Systems Manager: {first}{more}",
            count(nodes.len(), "running EC2 instance")
        ))
    })
}
