//! Hostile manifests whose checksum fits: whoever can write a file can compute its checksum.

use serde_json::{Value, json};

use crate::source::dataset::checksum::sha256_of;

/// What stands in a manifest in place of a text that JSON does not allow to be built.
const DEEP: &str = "a member that is deeper than any parser goes";

/// Values that take one's place: none of them is what is expected there.
fn hostile(random: &mut fastrand::Rng) -> Value {
    let values = [
        json!(0),
        json!(-1),
        json!(1.5e300),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(1u64 << 40),
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!("../../etc/passwd"),
        json!("/etc/passwd"),
        json!("nodes/../../outside.parquet"),
        json!("file:///etc/passwd"),
        json!("C:\\Windows\\win.ini"),
        json!(
            "nodes/snapshot=20261126T050000Z/account=unknown/region=eu-west-1/20261126T050000Z-0a1b2c3d-0.parquet"
        ),
        json!("20261126T050000Z-0a1b2c3d"),
        json!("9999-12-31T23:59:59.999999999Z"),
        json!("-009999-01-01T00:00:00Z"),
        json!("=cmd|' /C calc'!A0"),
        json!("\u{1b}[2J\u{202e}\0"),
        json!("<script>alert(1)</script>"),
        json!("x".repeat(random.usize(..1 << 20))),
        json!(vec![0; random.usize(..1 << 16)]),
        json!(DEEP),
    ];
    let at = random.usize(..values.len());
    values.into_iter().nth(at).unwrap()
}

/// The pointers (RFC 6901) of all members below this one.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut visit = |key: &str, member: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let pointer = format!("{at}/{key}");
        pointers(member, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, value)| visit(&at.to_string(), value));
        }
        _ => {}
    }
}

/// Replaces, takes away, repeats or moves a member.
pub(super) fn mutate_members(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let Ok(mut manifest) = serde_json::from_slice::<Value>(bytes) else {
        return bytes.to_vec();
    };
    let mut all = Vec::new();
    pointers(&manifest, "", &mut all);
    if all.is_empty() {
        return bytes.to_vec();
    }
    let any = |random: &mut fastrand::Rng| all[random.usize(..all.len())].clone();
    let (pointer, other) = (any(random), any(random));
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match random.u8(..8) {
        0 => match manifest.pointer_mut(parent) {
            Some(Value::Object(members)) => drop(members.remove(key)),
            Some(Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
            _ => {}
        },
        // A file, a location or an id that stands twice.
        1 | 2 => {
            let is_array = |at: &&String| manifest.pointer(at).is_some_and(Value::is_array);
            let arrays: Vec<&String> = all.iter().filter(is_array).collect();
            let array = arrays.get(random.usize(..arrays.len().max(1)));
            let array = array.and_then(|at| manifest.pointer_mut(at)?.as_array_mut());
            if let Some(array) = array.filter(|array| !array.is_empty()) {
                let again = array[random.usize(..array.len())].clone();
                array.extend(vec![again; random.usize(1..200)]);
            }
        }
        3 => {
            let copy = manifest.pointer(&other).cloned();
            *manifest.pointer_mut(&pointer).unwrap() = copy.unwrap();
        }
        _ => *manifest.pointer_mut(&pointer).unwrap() = hostile(random),
    }
    let text = manifest.to_string();
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    text.replace(&format!("\"{DEEP}\""), &deep).into_bytes()
}

/// Makes the checksum of a manifest fit.
pub(super) fn sign(bytes: &mut Vec<u8>) {
    let Ok(mut manifest) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let Some(checksum) = manifest.get_mut("Checksum") else {
        return;
    };
    let zeros = "0".repeat(64);
    *checksum = json!(zeros);
    let text = manifest.to_string();
    let sha256 = sha256_of(text.as_bytes());
    let at = text.rfind(&zeros).unwrap();
    *bytes = text.into_bytes();
    bytes[at..at + 64].copy_from_slice(sha256.as_bytes());
}
