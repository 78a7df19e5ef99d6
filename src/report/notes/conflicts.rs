//! What is said of patch groups whose nodes were scanned with different baselines.

use std::collections::BTreeMap;

use crate::compliance::baseline_conflict::BaselineConflict;
use crate::record::Scope;
use crate::report::notes::{MAX_IDS, Note, count_scopes};
use crate::text::{count, first_n};

/// More patch groups than this share one note.
const MAX_CONFLICT_NOTES: usize = 3;
/// Nodes scanned with another baseline than the rest of their patch group: a note for
/// each group, or one for all where there are many.
#[must_use]
pub fn conflicts(conflicts: &[BaselineConflict]) -> Vec<Note> {
    let of_one_group = |left: &BaselineConflict, right: &BaselineConflict| {
        (&left.location, &left.patch_group) == (&right.location, &right.patch_group)
    };
    let groups: Vec<&[BaselineConflict]> = conflicts.chunk_by(of_one_group).collect();
    if groups.len() > MAX_CONFLICT_NOTES {
        let mut locations: BTreeMap<&str, u64> = BTreeMap::new();
        for group in &groups {
            *locations.entry(&group[0].patch_group).or_default() += 1;
        }
        let names = locations.into_iter().map(|(name, locations)| {
            if locations == 1 {
                name.to_owned()
            } else {
                format!("{name} (in {})", count_scopes(locations))
            }
        });
        let names: Vec<String> = names.collect();
        return vec![Note::info(format!(
            "baselines differ in {} patch groups, and results overwrite each other: {}; states --columns +BaselineDiffers names the nodes",
            groups.len(),
            first_n(&names, MAX_IDS),
        ))];
    }
    let is_elsewhere = |conflict: &BaselineConflict| conflict.location != conflicts[0].location;
    let has_locations = conflicts.iter().any(is_elsewhere);
    let notes = groups.into_iter();
    notes
        .map(|group| conflict_of_group(group, has_locations))
        .collect()
}

fn conflict_of_group(group: &[BaselineConflict], has_locations: bool) -> Note {
    let differing: Vec<&str> = group
        .iter()
        .map(|conflict| &*conflict.baseline_id)
        .collect();
    let nodes = |conflict: &BaselineConflict| {
        let mut nodes = conflict.node_ids.join(", ");
        let more = conflict.node_count - conflict.node_ids.len() as u64;
        if more > 0 {
            nodes = format!("{nodes} and {more} more");
        }
        format!("{}: {nodes}", conflict.baseline_id)
    };
    let mut parts: Vec<String> = group.iter().map(nodes).collect();
    let others = group[0].other_baselines.iter();
    let others = others.filter(|(id, _)| !differing.contains(&&**id));
    parts.extend(others.map(|(id, n)| format!("{} with {id}", count(*n, "node"))));
    let doubt = if group.iter().all(|conflict| conflict.is_certain) {
        ""
    } else {
        ", if these are for one operating system"
    };
    let location = if has_locations {
        format!(" ({})", Scope::of(&group[0].location))
    } else {
        String::new()
    };
    Note::info(format!(
        "baselines differ in patch group {}{location}, and results overwrite each other{doubt}: {}",
        group[0].patch_group,
        parts.join("; "),
    ))
}
