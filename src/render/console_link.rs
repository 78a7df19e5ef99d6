//! Links from node ids to the AWS console, for terminals that show them (OSC 8).

use crate::record::{Node, is_region_name, is_well_formed_node_id};

/// The node's page in Fleet Manager. None of an id or a region that AWS would not give:
/// they stand in the address as they are.
pub(super) fn console_url(node: &Node) -> Option<String> {
    let (id, region) = (&*node.id, &*node.location.region);
    let is_sound = is_well_formed_node_id(id) && is_region_name(region);
    let domain = match region {
        _ if region.starts_with("cn-") => "console.amazonaws.cn",
        _ if region.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    is_sound.then(|| {
        format!(
            "https://{region}.{domain}/systems-manager/fleet-manager/managed-nodes/{id}/general?region={region}"
        )
    })
}

/// The text as a link.
pub(super) fn link(text: &str, url: &str) -> String {
    format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::AccountRegion;
    use std::sync::Arc;

    #[test]
    fn a_link_leads_to_the_console_of_the_partition_and_an_odd_id_gets_none() {
        let url = |id: &str, region: &str| {
            let location = AccountRegion {
                region: region.into(),
                account: None,
                account_name: None,
            };
            console_url(&Node::requested(id, &Arc::new(location)))
        };
        let id = "i-0123456789abcdef0";
        let path = format!("systems-manager/fleet-manager/managed-nodes/{id}/general?region=");
        for (region, host) in [
            ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
            ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
            (
                "us-gov-west-1",
                "us-gov-west-1.console.amazonaws-us-gov.com",
            ),
        ] {
            let expected = format!("https://{host}/{path}{region}");
            assert_eq!(url(id, region), Some(expected));
        }
        assert_eq!(url("i-\u{1b}]8;;x", "eu-west-1"), None);
        assert_eq!(url(id, "evil.example/"), None);
    }
}
