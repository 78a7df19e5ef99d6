# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_patchctl_global_optspecs
    string join \n demo profile= region= all-regions account= organization role-name= external-id= endpoint-url= concurrency= timeout= color= q/quiet v/verbose config= no-config h/help V/version
end

function __fish_patchctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_patchctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_patchctl_using_subcommand
    set -l cmd (__fish_patchctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c patchctl -n "__fish_patchctl_needs_command" -l profile -d 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l endpoint-url -d 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l concurrency -d 'Concurrent calls per account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l timeout -d 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_needs_command" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_needs_command" -l demo -d 'Use the embedded demo: no network, no credentials, the same output each time'
complete -c patchctl -n "__fish_patchctl_needs_command" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_needs_command" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_needs_command" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_needs_command" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_needs_command" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_needs_command" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_needs_command" -s V -l version -d 'Print version'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "states" -d 'Show one row per node: its verdict, the reasons, and patch counts'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "patches" -d 'List the patches of each node, filtered by state, severity, classification, KB or CVE'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "check" -d 'Check the fleet against rules; for CI'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "summary" -d 'Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "doctor" -d 'Check identity and permissions in each account and region'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "iam-policy" -d 'Print the least IAM policy that a command needs; put it before the command'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "demo" -d 'List the nodes of the embedded demo, or serve it to other AWS clients'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "config" -d 'Show the configuration, or write a file to start with'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "completions" -d 'Print a shell completion script'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "man" -d 'Print a man page'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "schema" -d 'Print the JSON Schema of a command\'s JSON output'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "version" -d 'Print the version'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Verdict\t'COMPLIANT, NON_COMPLIANT, STALE (compliant at the last scan, which is older than --max-age), NO_DATA (no patch data) or UNREAD (could not be read)'
Reasons\t'why, as in: 2 missing, 1 pending reboot'
LastScan\t'when the last scan or installation ended; when it started, where no end is reported'
Age\t'whole days since LastScan'
Unapproved\t'security updates that are available and not approved yet (Windows only); the baseline decides whether they count'
RebootPending\t'true where patches wait for a restart'
OldestMissing\t'when the oldest missing patch was released (Windows only); reads the patches of nodes that lack some'
BaselineDiffers\t'true where the node was scanned with another baseline than the rest of its patch group, so that results overwrite each other; holds all rows in memory'
PatchGroup\t'the patch group the node is in, empty when in none'
BaselineId\t'the patch baseline the node was last scanned with'
SnapshotId\t'the patch baseline snapshot used'
InstallOverrideList\t'the list of patches that overrode the baseline'
OwnerInformation\t'an AWS placeholder, always empty'
InstalledCount\t'patches of the baseline that are installed'
InstalledOtherCount\t'installed patches that are not in the baseline'
InstalledPendingRebootCount\t'installed patches that wait for a restart'
InstalledRejectedCount\t'installed patches that the baseline rejects'
MissingCount\t'approved patches that are not installed'
FailedCount\t'patches whose installation failed'
UnreportedNotApplicableCount\t'patches that do not apply, beyond those reported by name'
NotApplicableCount\t'patches that do not apply to the node'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only)'
OperationStartTime\t'when the last scan or installation started'
OperationEndTime\t'when the last scan or installation ended'
Operation\t'Scan or Install'
LastNoRebootInstallOperationTime\t'when patches were last installed with NoReboot'
RebootOption\t'RebootIfNeeded or NoReboot'
CriticalNonCompliantCount\t'non-compliant patches of the baseline\'s compliance level CRITICAL (not the vendor\'s severity)'
SecurityNonCompliantCount\t'non-compliant security patches; may count the same patch as the column before'
OtherNonCompliantCount\t'non-compliant patches that are neither'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Verdict\t'COMPLIANT, NON_COMPLIANT, STALE (compliant at the last scan, which is older than --max-age), NO_DATA (no patch data) or UNREAD (could not be read)'
Reasons\t'why, as in: 2 missing, 1 pending reboot'
LastScan\t'when the last scan or installation ended; when it started, where no end is reported'
Age\t'whole days since LastScan'
Unapproved\t'security updates that are available and not approved yet (Windows only); the baseline decides whether they count'
RebootPending\t'true where patches wait for a restart'
OldestMissing\t'when the oldest missing patch was released (Windows only); reads the patches of nodes that lack some'
BaselineDiffers\t'true where the node was scanned with another baseline than the rest of its patch group, so that results overwrite each other; holds all rows in memory'
PatchGroup\t'the patch group the node is in, empty when in none'
BaselineId\t'the patch baseline the node was last scanned with'
SnapshotId\t'the patch baseline snapshot used'
InstallOverrideList\t'the list of patches that overrode the baseline'
OwnerInformation\t'an AWS placeholder, always empty'
InstalledCount\t'patches of the baseline that are installed'
InstalledOtherCount\t'installed patches that are not in the baseline'
InstalledPendingRebootCount\t'installed patches that wait for a restart'
InstalledRejectedCount\t'installed patches that the baseline rejects'
MissingCount\t'approved patches that are not installed'
FailedCount\t'patches whose installation failed'
UnreportedNotApplicableCount\t'patches that do not apply, beyond those reported by name'
NotApplicableCount\t'patches that do not apply to the node'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only)'
OperationStartTime\t'when the last scan or installation started'
OperationEndTime\t'when the last scan or installation ended'
Operation\t'Scan or Install'
LastNoRebootInstallOperationTime\t'when patches were last installed with NoReboot'
RebootOption\t'RebootIfNeeded or NoReboot'
CriticalNonCompliantCount\t'non-compliant patches of the baseline\'s compliance level CRITICAL (not the vendor\'s severity)'
SecurityNonCompliantCount\t'non-compliant security patches; may count the same patch as the column before'
OtherNonCompliantCount\t'non-compliant patches that are neither'"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l watch -d 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l profile -d 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l endpoint-url -d 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l concurrency -d 'Concurrent calls per account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l timeout -d 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l demo -d 'Use the embedded demo: no network, no credentials, the same output each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l state -d 'Only patches in these states' -r -f -a "Installed\t''
InstalledOther\t''
InstalledPendingReboot\t''
InstalledRejected\t''
Missing\t''
NotApplicable\t''
Failed\t''
AvailableSecurityUpdate\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l severity -d 'Only these severities, in the vendor\'s words: Critical, Important, Medium, ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l min-severity -d 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l classification -d 'Only these classifications, in the vendor\'s words: SecurityUpdates, Security, Bugfix, ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l kb -d 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l cve -d 'Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l by -d 'Count patches by kb, cve, node or severity [default states: the four non-compliant ones]' -r -f -a "kb\t''
cve\t''
node\t''
severity\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Title\t'the patch\'s title; empty for InstalledOther and NotApplicable'
KBId\t'the KB number on Windows, name.architecture of the package elsewhere'
Classification\t'the vendor\'s word: SecurityUpdates, Security, Bugfix ...'
Severity\t'the vendor\'s word: Critical, Important, Medium ...'
SeverityLevel\t'the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated'
State\t'Installed, InstalledOther, InstalledPendingReboot, InstalledRejected, Missing, NotApplicable, Failed, AvailableSecurityUpdate, or a newer word as AWS sent it'
InstalledTime\t'when it was installed, where that is known'
CVEIds\t'CVE ids it fixes; AWS lists them for missing and failed patches only, and never on Debian, Ubuntu or macOS'
ReleaseDate\t'when a patch that the node lacks was released (Windows only)'
Note\t'why this node has no patch rows: no data, or unread; empty on patch rows'
CVEId\t'what was counted, with --by cve; a patch counts in each CVE that it names, and those that name none count together'
NodesLacking\t'nodes that lack it, each once: Missing, Failed, InstalledPendingReboot or AvailableSecurityUpdate, as far as these states were asked for (the last is not, unless --state names it); one with a rejected patch has it'
NodesRead\t'nodes whose patches were read: what NodesLacking is out of'
NodesMissing\t'nodes with such patches in the state Missing, each once; unknown, as with all that follow, where the state was not asked for'
NodesFailed\t'the same for Failed'
NodesInstalledRejected\t'the same for InstalledRejected'
NodesInstalledPendingReboot\t'the same for InstalledPendingReboot'
NodesAvailableSecurityUpdate\t'the same for AvailableSecurityUpdate'
NodesInstalled\t'the same for Installed'
NodesInstalledOther\t'the same for InstalledOther'
NodesNotApplicable\t'the same for NotApplicable'
NodesUnknownState\t'the same for states that this version does not know'
MissingCount\t'patches in the state Missing; a node may list one several times'
FailedCount\t'the same for Failed'
InstalledRejectedCount\t'the same for InstalledRejected'
InstalledPendingRebootCount\t'the same for InstalledPendingReboot'
AvailableSecurityUpdateCount\t'the same for AvailableSecurityUpdate'
InstalledCount\t'the same for Installed'
InstalledOtherCount\t'the same for InstalledOther'
NotApplicableCount\t'the same for NotApplicable'
UnknownStateCount\t'the same for states that this version does not know'
PatchCount\t'patches counted, in any state'
InstanceIds\t'the nodes that lack it, by id: all of them, but in the table the first few'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Title\t'the patch\'s title; empty for InstalledOther and NotApplicable'
KBId\t'the KB number on Windows, name.architecture of the package elsewhere'
Classification\t'the vendor\'s word: SecurityUpdates, Security, Bugfix ...'
Severity\t'the vendor\'s word: Critical, Important, Medium ...'
SeverityLevel\t'the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated'
State\t'Installed, InstalledOther, InstalledPendingReboot, InstalledRejected, Missing, NotApplicable, Failed, AvailableSecurityUpdate, or a newer word as AWS sent it'
InstalledTime\t'when it was installed, where that is known'
CVEIds\t'CVE ids it fixes; AWS lists them for missing and failed patches only, and never on Debian, Ubuntu or macOS'
ReleaseDate\t'when a patch that the node lacks was released (Windows only)'
Note\t'why this node has no patch rows: no data, or unread; empty on patch rows'
CVEId\t'what was counted, with --by cve; a patch counts in each CVE that it names, and those that name none count together'
NodesLacking\t'nodes that lack it, each once: Missing, Failed, InstalledPendingReboot or AvailableSecurityUpdate, as far as these states were asked for (the last is not, unless --state names it); one with a rejected patch has it'
NodesRead\t'nodes whose patches were read: what NodesLacking is out of'
NodesMissing\t'nodes with such patches in the state Missing, each once; unknown, as with all that follow, where the state was not asked for'
NodesFailed\t'the same for Failed'
NodesInstalledRejected\t'the same for InstalledRejected'
NodesInstalledPendingReboot\t'the same for InstalledPendingReboot'
NodesAvailableSecurityUpdate\t'the same for AvailableSecurityUpdate'
NodesInstalled\t'the same for Installed'
NodesInstalledOther\t'the same for InstalledOther'
NodesNotApplicable\t'the same for NotApplicable'
NodesUnknownState\t'the same for states that this version does not know'
MissingCount\t'patches in the state Missing; a node may list one several times'
FailedCount\t'the same for Failed'
InstalledRejectedCount\t'the same for InstalledRejected'
InstalledPendingRebootCount\t'the same for InstalledPendingReboot'
AvailableSecurityUpdateCount\t'the same for AvailableSecurityUpdate'
InstalledCount\t'the same for Installed'
InstalledOtherCount\t'the same for InstalledOther'
NotApplicableCount\t'the same for NotApplicable'
UnknownStateCount\t'the same for states that this version does not know'
PatchCount\t'patches counted, in any state'
InstanceIds\t'the nodes that lack it, by id: all of them, but in the table the first few'"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l max-age -d 'With --cve: greatest age of a scan that can rule out an exposure, such as 7d or 36h; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l profile -d 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l endpoint-url -d 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l concurrency -d 'Concurrent calls per account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l timeout -d 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l non-compliant -d 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l no-prefetch -d 'List the patches of every node, whatever its counters; more calls, same output'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l demo -d 'Use the embedded demo: no network, no credentials, the same output each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l fail-on -d 'Rules that fail the gate, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]' -r -f -a "non-compliant\t''
stale\t''
no-data\t''
unread\t''
baseline-differs\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l policy -d 'Use the rules, waivers and --max-age of this policy in patchctl.toml' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l waivers -d 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l min-severity -d 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Rule\t'the rule, as it is written in --fail-on'
Status\t'FAIL, UNKNOWN (data that decides is missing) or PASS (the rule has no finding); none where a waiver covers the finding'
Profile\t'the profile that could not be read'
Detail\t'what is wrong, or what is missing'
Patches\t'the patches that the finding is about, the worst first: their KB number, or their title'
Remedy\t'what to do about it'
Waiver\t'with --show-waived: the file and line of the waiver that covers the finding'
Reason\t'why it is waived'
Owner\t'the owner of the waiver'
Expires\t'when the waiver expires'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Rule\t'the rule, as it is written in --fail-on'
Status\t'FAIL, UNKNOWN (data that decides is missing) or PASS (the rule has no finding); none where a waiver covers the finding'
Profile\t'the profile that could not be read'
Detail\t'what is wrong, or what is missing'
Patches\t'the patches that the finding is about, the worst first: their KB number, or their title'
Remedy\t'what to do about it'
Waiver\t'with --show-waived: the file and line of the waiver that covers the finding'
Reason\t'why it is waived'
Owner\t'the owner of the waiver'
Expires\t'when the waiver expires'"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'
junit\t'JUnit XML, for Jenkins, GitLab and Azure'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands, for GitHub Actions'"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l profile -d 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l endpoint-url -d 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l concurrency -d 'Concurrent calls per account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l timeout -d 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l show-waived -d 'List waived findings; they are always counted'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l demo -d 'Use the embedded demo: no network, no credentials, the same output each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l by -d 'Group nodes by this; `tag:KEY` is the value of a tag' -r -f -a "patch-group\t'the patch group of the last scan'
platform\t'the operating system and its version'
region\t'the region'
account\t'the account'
baseline\t'the patch baseline of the last scan'
verdict\t'COMPLIANT, NON_COMPLIANT ...'
tag:KEY\t'the value of the tag KEY'"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "By\t'what nodes are grouped by'
Group\t'the value that the nodes have in common; (none): they have none; (unknown): not known; (unread): regions and accounts that could not be read; a value that looks like these, or is blank, is quoted'
GroupValue\t'the same as a plain value, empty where there is none'
GroupKind\t'NAMED, NONE, UNKNOWN or UNREAD, which distinguishes a value from the lack of one; REST and TOTAL are groups added up'
Nodes\t'the number of nodes; always Compliant + NonCompliant + Stale + NoData + Unread'
CompliantPercent\t'the share of Compliant in Nodes, rounded down, so that 100 means all'
Compliant\t'compliant nodes whose scan is not older than --max-age'
NonCompliant\t'non-compliant nodes, whatever the age of their scan'
Stale\t'nodes that were compliant at their last scan, which is older than --max-age'
NoData\t'nodes without patch data'
Unread\t'nodes that could not be read; in the table where there are any'
UnreadScopes\t'regions, accounts and profiles that could not be read; in the table where there are any'
AlsoStale\t'nodes with another verdict than STALE whose last scan is older than --max-age'
MissingNodes\t'nodes that lack an approved patch; empty where no node reports it'
MissingCount\t'approved patches that are not installed, summed over the nodes that report it; empty where none does'
MissingUnreported\t'nodes whose record does not report it'
FailedCount\t'patches whose installation failed, summed likewise'
FailedUnreported\t'nodes whose record does not report it'
InstalledRejectedCount\t'patches installed that the baseline rejects, summed likewise'
InstalledRejectedUnreported\t'nodes whose record does not report it'
InstalledPendingRebootCount\t'installed patches that wait for a restart, summed likewise'
InstalledPendingRebootUnreported\t'nodes whose record does not report it'
RebootNodes\t'nodes on which patches wait for a restart; empty where no node reports it'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only), summed likewise'
AvailableSecurityUpdateUnreported\t'nodes whose record does not report it, as those of Linux and macOS'
OldestScan\t'the last scan of the node whose last scan is the oldest'
OldestAge\t'whole days since OldestScan'
Undated\t'nodes whose record has no time of a scan'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "By\t'what nodes are grouped by'
Group\t'the value that the nodes have in common; (none): they have none; (unknown): not known; (unread): regions and accounts that could not be read; a value that looks like these, or is blank, is quoted'
GroupValue\t'the same as a plain value, empty where there is none'
GroupKind\t'NAMED, NONE, UNKNOWN or UNREAD, which distinguishes a value from the lack of one; REST and TOTAL are groups added up'
Nodes\t'the number of nodes; always Compliant + NonCompliant + Stale + NoData + Unread'
CompliantPercent\t'the share of Compliant in Nodes, rounded down, so that 100 means all'
Compliant\t'compliant nodes whose scan is not older than --max-age'
NonCompliant\t'non-compliant nodes, whatever the age of their scan'
Stale\t'nodes that were compliant at their last scan, which is older than --max-age'
NoData\t'nodes without patch data'
Unread\t'nodes that could not be read; in the table where there are any'
UnreadScopes\t'regions, accounts and profiles that could not be read; in the table where there are any'
AlsoStale\t'nodes with another verdict than STALE whose last scan is older than --max-age'
MissingNodes\t'nodes that lack an approved patch; empty where no node reports it'
MissingCount\t'approved patches that are not installed, summed over the nodes that report it; empty where none does'
MissingUnreported\t'nodes whose record does not report it'
FailedCount\t'patches whose installation failed, summed likewise'
FailedUnreported\t'nodes whose record does not report it'
InstalledRejectedCount\t'patches installed that the baseline rejects, summed likewise'
InstalledRejectedUnreported\t'nodes whose record does not report it'
InstalledPendingRebootCount\t'installed patches that wait for a restart, summed likewise'
InstalledPendingRebootUnreported\t'nodes whose record does not report it'
RebootNodes\t'nodes on which patches wait for a restart; empty where no node reports it'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only), summed likewise'
AvailableSecurityUpdateUnreported\t'nodes whose record does not report it, as those of Linux and macOS'
OldestScan\t'the last scan of the node whose last scan is the oldest'
OldestAge\t'whole days since OldestScan'
Undated\t'nodes whose record has no time of a scan'"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l watch -d 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l profile -d 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l endpoint-url -d 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l concurrency -d 'Concurrent calls per account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l timeout -d 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l demo -d 'Use the embedded demo: no network, no credentials, the same output each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l profile -d 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l endpoint-url -d 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l concurrency -d 'Concurrent calls per account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l timeout -d 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l demo -d 'Use the embedded demo: no network, no credentials, the same output each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l trust -d 'Print the trust policy for the role in a member account instead, with this account as the caller\'s' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l without-ec2 -d 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "states" -d 'Print the least policy for `states` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "patches" -d 'Print the least policy for `patches` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "check" -d 'Print the least policy for `check` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "summary" -d 'Print the least policy for `summary` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "doctor" -d 'Print the least policy with which `doctor` reports no denied call'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Verdict\t'COMPLIANT, NON_COMPLIANT, STALE (compliant at the last scan, which is older than --max-age), NO_DATA (no patch data) or UNREAD (could not be read)'
Reasons\t'why, as in: 2 missing, 1 pending reboot'
LastScan\t'when the last scan or installation ended; when it started, where no end is reported'
Age\t'whole days since LastScan'
Unapproved\t'security updates that are available and not approved yet (Windows only); the baseline decides whether they count'
RebootPending\t'true where patches wait for a restart'
OldestMissing\t'when the oldest missing patch was released (Windows only); reads the patches of nodes that lack some'
BaselineDiffers\t'true where the node was scanned with another baseline than the rest of its patch group, so that results overwrite each other; holds all rows in memory'
PatchGroup\t'the patch group the node is in, empty when in none'
BaselineId\t'the patch baseline the node was last scanned with'
SnapshotId\t'the patch baseline snapshot used'
InstallOverrideList\t'the list of patches that overrode the baseline'
OwnerInformation\t'an AWS placeholder, always empty'
InstalledCount\t'patches of the baseline that are installed'
InstalledOtherCount\t'installed patches that are not in the baseline'
InstalledPendingRebootCount\t'installed patches that wait for a restart'
InstalledRejectedCount\t'installed patches that the baseline rejects'
MissingCount\t'approved patches that are not installed'
FailedCount\t'patches whose installation failed'
UnreportedNotApplicableCount\t'patches that do not apply, beyond those reported by name'
NotApplicableCount\t'patches that do not apply to the node'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only)'
OperationStartTime\t'when the last scan or installation started'
OperationEndTime\t'when the last scan or installation ended'
Operation\t'Scan or Install'
LastNoRebootInstallOperationTime\t'when patches were last installed with NoReboot'
RebootOption\t'RebootIfNeeded or NoReboot'
CriticalNonCompliantCount\t'non-compliant patches of the baseline\'s compliance level CRITICAL (not the vendor\'s severity)'
SecurityNonCompliantCount\t'non-compliant security patches; may count the same patch as the column before'
OtherNonCompliantCount\t'non-compliant patches that are neither'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Verdict\t'COMPLIANT, NON_COMPLIANT, STALE (compliant at the last scan, which is older than --max-age), NO_DATA (no patch data) or UNREAD (could not be read)'
Reasons\t'why, as in: 2 missing, 1 pending reboot'
LastScan\t'when the last scan or installation ended; when it started, where no end is reported'
Age\t'whole days since LastScan'
Unapproved\t'security updates that are available and not approved yet (Windows only); the baseline decides whether they count'
RebootPending\t'true where patches wait for a restart'
OldestMissing\t'when the oldest missing patch was released (Windows only); reads the patches of nodes that lack some'
BaselineDiffers\t'true where the node was scanned with another baseline than the rest of its patch group, so that results overwrite each other; holds all rows in memory'
PatchGroup\t'the patch group the node is in, empty when in none'
BaselineId\t'the patch baseline the node was last scanned with'
SnapshotId\t'the patch baseline snapshot used'
InstallOverrideList\t'the list of patches that overrode the baseline'
OwnerInformation\t'an AWS placeholder, always empty'
InstalledCount\t'patches of the baseline that are installed'
InstalledOtherCount\t'installed patches that are not in the baseline'
InstalledPendingRebootCount\t'installed patches that wait for a restart'
InstalledRejectedCount\t'installed patches that the baseline rejects'
MissingCount\t'approved patches that are not installed'
FailedCount\t'patches whose installation failed'
UnreportedNotApplicableCount\t'patches that do not apply, beyond those reported by name'
NotApplicableCount\t'patches that do not apply to the node'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only)'
OperationStartTime\t'when the last scan or installation started'
OperationEndTime\t'when the last scan or installation ended'
Operation\t'Scan or Install'
LastNoRebootInstallOperationTime\t'when patches were last installed with NoReboot'
RebootOption\t'RebootIfNeeded or NoReboot'
CriticalNonCompliantCount\t'non-compliant patches of the baseline\'s compliance level CRITICAL (not the vendor\'s severity)'
SecurityNonCompliantCount\t'non-compliant security patches; may count the same patch as the column before'
OtherNonCompliantCount\t'non-compliant patches that are neither'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l watch -d 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l without-ec2 -d 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l state -d 'Only patches in these states' -r -f -a "Installed\t''
InstalledOther\t''
InstalledPendingReboot\t''
InstalledRejected\t''
Missing\t''
NotApplicable\t''
Failed\t''
AvailableSecurityUpdate\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l severity -d 'Only these severities, in the vendor\'s words: Critical, Important, Medium, ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l min-severity -d 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l classification -d 'Only these classifications, in the vendor\'s words: SecurityUpdates, Security, Bugfix, ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l kb -d 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l cve -d 'Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l by -d 'Count patches by kb, cve, node or severity [default states: the four non-compliant ones]' -r -f -a "kb\t''
cve\t''
node\t''
severity\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Title\t'the patch\'s title; empty for InstalledOther and NotApplicable'
KBId\t'the KB number on Windows, name.architecture of the package elsewhere'
Classification\t'the vendor\'s word: SecurityUpdates, Security, Bugfix ...'
Severity\t'the vendor\'s word: Critical, Important, Medium ...'
SeverityLevel\t'the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated'
State\t'Installed, InstalledOther, InstalledPendingReboot, InstalledRejected, Missing, NotApplicable, Failed, AvailableSecurityUpdate, or a newer word as AWS sent it'
InstalledTime\t'when it was installed, where that is known'
CVEIds\t'CVE ids it fixes; AWS lists them for missing and failed patches only, and never on Debian, Ubuntu or macOS'
ReleaseDate\t'when a patch that the node lacks was released (Windows only)'
Note\t'why this node has no patch rows: no data, or unread; empty on patch rows'
CVEId\t'what was counted, with --by cve; a patch counts in each CVE that it names, and those that name none count together'
NodesLacking\t'nodes that lack it, each once: Missing, Failed, InstalledPendingReboot or AvailableSecurityUpdate, as far as these states were asked for (the last is not, unless --state names it); one with a rejected patch has it'
NodesRead\t'nodes whose patches were read: what NodesLacking is out of'
NodesMissing\t'nodes with such patches in the state Missing, each once; unknown, as with all that follow, where the state was not asked for'
NodesFailed\t'the same for Failed'
NodesInstalledRejected\t'the same for InstalledRejected'
NodesInstalledPendingReboot\t'the same for InstalledPendingReboot'
NodesAvailableSecurityUpdate\t'the same for AvailableSecurityUpdate'
NodesInstalled\t'the same for Installed'
NodesInstalledOther\t'the same for InstalledOther'
NodesNotApplicable\t'the same for NotApplicable'
NodesUnknownState\t'the same for states that this version does not know'
MissingCount\t'patches in the state Missing; a node may list one several times'
FailedCount\t'the same for Failed'
InstalledRejectedCount\t'the same for InstalledRejected'
InstalledPendingRebootCount\t'the same for InstalledPendingReboot'
AvailableSecurityUpdateCount\t'the same for AvailableSecurityUpdate'
InstalledCount\t'the same for Installed'
InstalledOtherCount\t'the same for InstalledOther'
NotApplicableCount\t'the same for NotApplicable'
UnknownStateCount\t'the same for states that this version does not know'
PatchCount\t'patches counted, in any state'
InstanceIds\t'the nodes that lack it, by id: all of them, but in the table the first few'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Title\t'the patch\'s title; empty for InstalledOther and NotApplicable'
KBId\t'the KB number on Windows, name.architecture of the package elsewhere'
Classification\t'the vendor\'s word: SecurityUpdates, Security, Bugfix ...'
Severity\t'the vendor\'s word: Critical, Important, Medium ...'
SeverityLevel\t'the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated'
State\t'Installed, InstalledOther, InstalledPendingReboot, InstalledRejected, Missing, NotApplicable, Failed, AvailableSecurityUpdate, or a newer word as AWS sent it'
InstalledTime\t'when it was installed, where that is known'
CVEIds\t'CVE ids it fixes; AWS lists them for missing and failed patches only, and never on Debian, Ubuntu or macOS'
ReleaseDate\t'when a patch that the node lacks was released (Windows only)'
Note\t'why this node has no patch rows: no data, or unread; empty on patch rows'
CVEId\t'what was counted, with --by cve; a patch counts in each CVE that it names, and those that name none count together'
NodesLacking\t'nodes that lack it, each once: Missing, Failed, InstalledPendingReboot or AvailableSecurityUpdate, as far as these states were asked for (the last is not, unless --state names it); one with a rejected patch has it'
NodesRead\t'nodes whose patches were read: what NodesLacking is out of'
NodesMissing\t'nodes with such patches in the state Missing, each once; unknown, as with all that follow, where the state was not asked for'
NodesFailed\t'the same for Failed'
NodesInstalledRejected\t'the same for InstalledRejected'
NodesInstalledPendingReboot\t'the same for InstalledPendingReboot'
NodesAvailableSecurityUpdate\t'the same for AvailableSecurityUpdate'
NodesInstalled\t'the same for Installed'
NodesInstalledOther\t'the same for InstalledOther'
NodesNotApplicable\t'the same for NotApplicable'
NodesUnknownState\t'the same for states that this version does not know'
MissingCount\t'patches in the state Missing; a node may list one several times'
FailedCount\t'the same for Failed'
InstalledRejectedCount\t'the same for InstalledRejected'
InstalledPendingRebootCount\t'the same for InstalledPendingReboot'
AvailableSecurityUpdateCount\t'the same for AvailableSecurityUpdate'
InstalledCount\t'the same for Installed'
InstalledOtherCount\t'the same for InstalledOther'
NotApplicableCount\t'the same for NotApplicable'
UnknownStateCount\t'the same for states that this version does not know'
PatchCount\t'patches counted, in any state'
InstanceIds\t'the nodes that lack it, by id: all of them, but in the table the first few'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l non-compliant -d 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l no-prefetch -d 'List the patches of every node, whatever its counters; more calls, same output'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l without-ec2 -d 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l fail-on -d 'Rules that fail the gate, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]' -r -f -a "non-compliant\t''
stale\t''
no-data\t''
unread\t''
baseline-differs\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l policy -d 'Use the rules, waivers and --max-age of this policy in patchctl.toml' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l waivers -d 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l min-severity -d 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Rule\t'the rule, as it is written in --fail-on'
Status\t'FAIL, UNKNOWN (data that decides is missing) or PASS (the rule has no finding); none where a waiver covers the finding'
Profile\t'the profile that could not be read'
Detail\t'what is wrong, or what is missing'
Patches\t'the patches that the finding is about, the worst first: their KB number, or their title'
Remedy\t'what to do about it'
Waiver\t'with --show-waived: the file and line of the waiver that covers the finding'
Reason\t'why it is waived'
Owner\t'the owner of the waiver'
Expires\t'when the waiver expires'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
Region\t'the region'
AccountId\t'the account, where it is known'
Name\t'the EC2 tag Name; the name of the activation for a hybrid node'
ComputerName\t'the host name that the agent reports'
PlatformType\t'Windows, Linux or MacOS'
PlatformName\t'the operating system'
PlatformVersion\t'its version'
PingStatus\t'Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so'
AgentVersion\t'the version of the SSM agent'
ResourceType\t'EC2Instance or ManagedInstance (hybrid)'
IPAddress\t'the address that the agent reports, or EC2\'s private one'
Rule\t'the rule, as it is written in --fail-on'
Status\t'FAIL, UNKNOWN (data that decides is missing) or PASS (the rule has no finding); none where a waiver covers the finding'
Profile\t'the profile that could not be read'
Detail\t'what is wrong, or what is missing'
Patches\t'the patches that the finding is about, the worst first: their KB number, or their title'
Remedy\t'what to do about it'
Waiver\t'with --show-waived: the file and line of the waiver that covers the finding'
Reason\t'why it is waived'
Owner\t'the owner of the waiver'
Expires\t'when the waiver expires'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'
junit\t'JUnit XML, for Jenkins, GitLab and Azure'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands, for GitHub Actions'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l show-waived -d 'List waived findings; they are always counted'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l without-ec2 -d 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l ids-file -d 'Read node ids from a file, in the format of standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l tag -d 'Only nodes with this tag; if repeated, with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l patch-group -d 'Only nodes of this patch group, by tag or last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l rate -d 'Calls per second and region that --estimate assumes' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l by -d 'Group nodes by this; `tag:KEY` is the value of a tag' -r -f -a "patch-group\t'the patch group of the last scan'
platform\t'the operating system and its version'
region\t'the region'
account\t'the account'
baseline\t'the patch baseline of the last scan'
verdict\t'COMPLIANT, NON_COMPLIANT ...'
tag:KEY\t'the value of the tag KEY'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l max-age -d 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "By\t'what nodes are grouped by'
Group\t'the value that the nodes have in common; (none): they have none; (unknown): not known; (unread): regions and accounts that could not be read; a value that looks like these, or is blank, is quoted'
GroupValue\t'the same as a plain value, empty where there is none'
GroupKind\t'NAMED, NONE, UNKNOWN or UNREAD, which distinguishes a value from the lack of one; REST and TOTAL are groups added up'
Nodes\t'the number of nodes; always Compliant + NonCompliant + Stale + NoData + Unread'
CompliantPercent\t'the share of Compliant in Nodes, rounded down, so that 100 means all'
Compliant\t'compliant nodes whose scan is not older than --max-age'
NonCompliant\t'non-compliant nodes, whatever the age of their scan'
Stale\t'nodes that were compliant at their last scan, which is older than --max-age'
NoData\t'nodes without patch data'
Unread\t'nodes that could not be read; in the table where there are any'
UnreadScopes\t'regions, accounts and profiles that could not be read; in the table where there are any'
AlsoStale\t'nodes with another verdict than STALE whose last scan is older than --max-age'
MissingNodes\t'nodes that lack an approved patch; empty where no node reports it'
MissingCount\t'approved patches that are not installed, summed over the nodes that report it; empty where none does'
MissingUnreported\t'nodes whose record does not report it'
FailedCount\t'patches whose installation failed, summed likewise'
FailedUnreported\t'nodes whose record does not report it'
InstalledRejectedCount\t'patches installed that the baseline rejects, summed likewise'
InstalledRejectedUnreported\t'nodes whose record does not report it'
InstalledPendingRebootCount\t'installed patches that wait for a restart, summed likewise'
InstalledPendingRebootUnreported\t'nodes whose record does not report it'
RebootNodes\t'nodes on which patches wait for a restart; empty where no node reports it'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only), summed likewise'
AvailableSecurityUpdateUnreported\t'nodes whose record does not report it, as those of Linux and macOS'
OldestScan\t'the last scan of the node whose last scan is the oldest'
OldestAge\t'whole days since OldestScan'
Undated\t'nodes whose record has no time of a scan'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "By\t'what nodes are grouped by'
Group\t'the value that the nodes have in common; (none): they have none; (unknown): not known; (unread): regions and accounts that could not be read; a value that looks like these, or is blank, is quoted'
GroupValue\t'the same as a plain value, empty where there is none'
GroupKind\t'NAMED, NONE, UNKNOWN or UNREAD, which distinguishes a value from the lack of one; REST and TOTAL are groups added up'
Nodes\t'the number of nodes; always Compliant + NonCompliant + Stale + NoData + Unread'
CompliantPercent\t'the share of Compliant in Nodes, rounded down, so that 100 means all'
Compliant\t'compliant nodes whose scan is not older than --max-age'
NonCompliant\t'non-compliant nodes, whatever the age of their scan'
Stale\t'nodes that were compliant at their last scan, which is older than --max-age'
NoData\t'nodes without patch data'
Unread\t'nodes that could not be read; in the table where there are any'
UnreadScopes\t'regions, accounts and profiles that could not be read; in the table where there are any'
AlsoStale\t'nodes with another verdict than STALE whose last scan is older than --max-age'
MissingNodes\t'nodes that lack an approved patch; empty where no node reports it'
MissingCount\t'approved patches that are not installed, summed over the nodes that report it; empty where none does'
MissingUnreported\t'nodes whose record does not report it'
FailedCount\t'patches whose installation failed, summed likewise'
FailedUnreported\t'nodes whose record does not report it'
InstalledRejectedCount\t'patches installed that the baseline rejects, summed likewise'
InstalledRejectedUnreported\t'nodes whose record does not report it'
InstalledPendingRebootCount\t'installed patches that wait for a restart, summed likewise'
InstalledPendingRebootUnreported\t'nodes whose record does not report it'
RebootNodes\t'nodes on which patches wait for a restart; empty where no node reports it'
AvailableSecurityUpdateCount\t'security updates that are available but not approved (Windows only), summed likewise'
AvailableSecurityUpdateUnreported\t'nodes whose record does not report it, as those of Linux and macOS'
OldestScan\t'the last scan of the node whose last scan is the oldest'
OldestAge\t'whole days since OldestScan'
Undated\t'nodes whose record has no time of a scan'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l watch -d 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l all -d 'Every managed node, stopped ones included'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l estimate -d 'Print the number of calls and the duration instead; only finds the nodes'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l without-ec2 -d 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l output-file -d 'Write to a file; an existing file is kept if nothing could be read; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l delimiter -d 'Separate the cells of CSV by this: , ; | or tab [default: ,]' -r -f -a "\,\t''
;\t''
|\t''
tab\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l time-format -d 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]' -r -f -a "rfc3339\t''
spreadsheet\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l columns -d 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l sort-by -d 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l region -d 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l account -d 'These accounts, through the role --role-name in each' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l role-name -d 'Name of the role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l external-id -d 'External id that the roles require' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l no-headers -d 'Omit the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l without-ec2 -d 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l all-regions -d 'Every region enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l organization -d 'Every active account of the organization, through the role --role-name in each'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "states" -d 'Print the least policy for `states` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "patches" -d 'Print the least policy for `patches` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "check" -d 'Print the least policy for `check` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "summary" -d 'Print the least policy for `summary` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "doctor" -d 'Print the least policy with which `doctor` reports no denied call'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -f -a "serve" -d 'Serve the demo\'s accounts and regions on a loopback port, to any AWS client'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -f -a "nodes" -d 'Print the node ids of the demo fleet, one per line'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l port -d 'Port on 127.0.0.1; 0 picks a free one' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l now -d 'Current time of the demo, to which ages of scans refer; --demo uses 2026-11-20T12:00:00Z [default: the start of the server]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l nodes -d 'Serve a generated fleet of N nodes instead of the sample fleet' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l patches -d 'Patches per generated node' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l missing-one-in -d 'One generated node in N has non-compliant patches' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l seed -d 'Seed of the generated fleet and of --mutate-one-in' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l stopped-one-in -d 'One generated node in N is stopped' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l unscanned-one-in -d 'One generated node in N was never scanned' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l regions -d 'Serve a generated fleet in each of N regions, or in these [default: the same fleet in every region]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l accounts -d 'Serve N accounts, each with generated fleets; the first is the caller\'s and manages the organization' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l latency -d 'Delay of each response, in milliseconds' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l rate -d 'Throttle above this rate, in calls per second' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l burst -d 'Calls allowed at once before the rate applies' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l rate-falls-to -d 'Rate after --rate-falls-after calls' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l rate-falls-after -d 'Calls at --rate before it falls to --rate-falls-to' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l fault-every -d 'Answer every Nth call with HTTP 500' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l reset-every -d 'Close the connection of every Nth call without a response' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l mutate-one-in -d 'Mutate one response in N: flipped bits, truncated documents, wrong types, repeated or missing rows, HTML pages, wrong lengths and more; GET /stats counts them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l deny -d 'Deny calls of this action, such as ssm:GetInventory; can be repeated' -r -f -a "ssm:DescribeAvailablePatches\t''
ssm:DescribeInstanceInformation\t''
ssm:DescribeInstancePatches\t''
ssm:DescribeInstancePatchStates\t''
ssm:DescribeInstancePatchStatesForPatchGroup\t''
ssm:DescribePatchBaselines\t''
ssm:DescribePatchGroups\t''
ssm:GetInventory\t''
ssm:GetPatchBaseline\t''
ssm:ListTagsForResource\t''
sts:AssumeRole\t''
sts:GetCallerIdentity\t''
organizations:ListAccounts\t''
ec2:DescribeInstances\t''
ec2:DescribeRegions\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l fault-region -d 'Answer every SSM call in this region with HTTP 500; can be repeated' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l slow-region -d 'Additional delay of each response in this region, in milliseconds; can be repeated' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve the demo\'s accounts and regions on a loopback port, to any AWS client'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from help" -f -a "nodes" -d 'Print the node ids of the demo fleet, one per line'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -f -a "show" -d 'Print each key with its value and origin, the configuration files, and the policies'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -f -a "init" -d 'Write a configuration file with every setting, commented out'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show init help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format' -r -f -a "table\t'For people: fits the terminal'
json\t'One JSON document'"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read only this configuration file [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from init" -l force -d 'Replace an existing file'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print each key with its value and origin, the configuration files, and the policies'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a configuration file with every setting, commented out'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand version" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand version" -s q -l quiet -d 'Print errors only: no summary, notes or progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand version" -s v -l verbose -d 'Print call statistics'
complete -c patchctl -n "__fish_patchctl_using_subcommand version" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "states" -d 'Show one row per node: its verdict, the reasons, and patch counts'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "patches" -d 'List the patches of each node, filtered by state, severity, classification, KB or CVE'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "check" -d 'Check the fleet against rules; for CI'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "summary" -d 'Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "doctor" -d 'Check identity and permissions in each account and region'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "iam-policy" -d 'Print the least IAM policy that a command needs; put it before the command'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "demo" -d 'List the nodes of the embedded demo, or serve it to other AWS clients'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "config" -d 'Show the configuration, or write a file to start with'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "completions" -d 'Print a shell completion script'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "man" -d 'Print a man page'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "schema" -d 'Print the JSON Schema of a command\'s JSON output'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "version" -d 'Print the version'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "states" -d 'Print the least policy for `states` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "patches" -d 'Print the least policy for `patches` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "check" -d 'Print the least policy for `check` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "summary" -d 'Print the least policy for `summary` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "doctor" -d 'Print the least policy with which `doctor` reports no denied call'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from demo" -f -a "serve" -d 'Serve the demo\'s accounts and regions on a loopback port, to any AWS client'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from demo" -f -a "nodes" -d 'Print the node ids of the demo fleet, one per line'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Print each key with its value and origin, the configuration files, and the policies'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Write a configuration file with every setting, commented out'
