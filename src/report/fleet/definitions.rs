//! What each figure of a report means.

/// A figure, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    pub figure: &'static str,
    pub meaning: &'static str,
}

const fn define(figure: &'static str, meaning: &'static str) -> Definition {
    Definition { figure, meaning }
}

/// In the order of the sections.
pub(super) const DEFINITIONS: &[Definition] = &[
    define(
        "Nodes asked",
        "the nodes that the selection names or finds, each once: answered, without data and unread ones added up",
    ),
    define(
        "Answered",
        "nodes whose state could be judged and whose patches were read to the end",
    ),
    define(
        "No data",
        "nodes of which AWS has no patch data: never scanned, or not managed; they are not compliant",
    ),
    define(
        "Unread",
        "nodes, regions and accounts that could not be read, in whole or in part, with the cause; nothing is assumed of them",
    ),
    define(
        "Skipped",
        "regions and accounts that --skip-region, --skip-account and --skip-ou leave out",
    ),
    define(
        "Not managed",
        "running EC2 instances that Systems Manager does not manage, where EC2 lists them; they are not among the nodes asked unless --unmanaged adds them",
    ),
    define(
        "Left out",
        "nodes that the exclusions of the selection leave out, and listed ones that its criteria do not match",
    ),
    define(
        "Compliant share",
        "compliant nodes out of all nodes asked, rounded down to a tenth of a percent; nodes without data, unread and stale ones count as not compliant, and accepted findings change nothing",
    ),
    define(
        "Non-compliant",
        "by AWS's rule: a patch is missing, failed, rejected or waits for a reboot; available security updates count where the baseline says so",
    ),
    define(
        "Stale",
        "compliant at the last scan, which is older than the greatest age (--max-age)",
    ),
    define(
        "Lacking patches",
        "pairs of a node and a patch in one of the states Missing, Failed, InstalledPendingReboot and AvailableSecurityUpdate; a patch that two nodes lack counts twice",
    ),
    define(
        "Severity",
        "the vendor's word on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated",
    ),
    define(
        "Age",
        "the time since AWS says that a patch was released, which it says of Windows updates only; of the others the release date is unknown, and counted so",
    ),
    define(
        "Due date",
        "the release date and the time limit of the patch's severity (--sla) added up; a severity without a limit has no due date",
    ),
    define(
        "Overdue",
        "the due date has passed and the node lacks the patch, accepted or not",
    ),
    define(
        "Within time",
        "lacking patches that are not overdue, out of those whose due date is known, rounded down to a tenth of a percent",
    ),
    define("Due soon", "lacking patches that come due within 7 days"),
    define(
        "Worst nodes",
        "non-compliant nodes with the most patches that make them so",
    ),
    define(
        "Most missing",
        "the patches that most nodes lack, each node once, out of the nodes of the operating systems that list the patch",
    ),
    define(
        "CVEs",
        "the ids that AWS names for missing and failed patches; never on Debian, Ubuntu and macOS, so that a CVE can be seen open and never proven closed",
    ),
    define(
        "Pending reboots",
        "nodes on which installed patches wait for a reboot; they are not compliant before it",
    ),
    define(
        "Differing baselines",
        "nodes scanned with another baseline than the rest of their patch group, so that results overwrite each other",
    ),
    define(
        "Accepted findings",
        "findings that a waiver covers, each with its reason, owner and expiry; they stay in all figures above",
    ),
    define(
        "Rules",
        "what --fail-on or --policy asks for: PASS, FAIL, or UNKNOWN where data that decides is missing",
    ),
];

/// Those that the runs of a dataset add.
pub(super) const HISTORY_DEFINITIONS: &[Definition] = &[
    define(
        "Trend",
        "the nodes of the selection as --from --at reads them at each snapshot, and their verdicts by the time of that snapshot",
    ),
    define(
        "Missing since",
        "the first run of the dataset that saw the node lack the patch, without a run since then that read the node and saw it otherwise; a run that could not read the node is no interruption",
    ),
    define(
        "Counted from first seen",
        "of the lacking patches that have a due date, those of unknown release date: their limit counts from the first run that saw the node lack them",
    ),
    define(
        "Time to patch",
        "from the first run that saw a node lack a patch to the first run that saw it installed, times between in which it was installed left out; the limit counts from the release date, or from the first run where that is not known",
    ),
    define(
        "Closure evidence",
        "Fixed: a run read the node and saw the patch installed. NoLongerListed: superseded, not applicable or no longer approved. Open: the last run that covers the node saw it lack the patch. Unknown: it was open, and later runs could not read the node. NeverMissing: runs list it, and none saw it missing. NotFound: no run has it",
    ),
];
