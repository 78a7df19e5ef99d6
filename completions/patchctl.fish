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

complete -c patchctl -n "__fish_patchctl_needs_command" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_needs_command" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_needs_command" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_needs_command" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_needs_command" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_needs_command" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_needs_command" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_needs_command" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_needs_command" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_needs_command" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_needs_command" -s V -l version -d 'Print version'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "states" -d 'One row per node: is it compliant, and why not'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "patches" -d 'The patches of each node, filtered by state, severity, classification, KB or CVE'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "check" -d 'The gate: is the fleet as it has to be? Ends with 0, 1 or 3'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "summary" -d 'The fleet by patch group, platform, region, account, baseline, tag or verdict: one screen'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "doctor" -d 'Who am I, and which of the calls are answered, in each place'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "iam-policy" -d 'Print the least IAM policy that a command needs; put it in front of the command'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "demo" -d 'The embedded demo: its nodes, and a server that others can use too'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "config" -d 'What is configured: the value of each key, and where it comes from'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "man" -d 'Print a man page'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "schema" -d 'Print the JSON Schema of a document'
complete -c patchctl -n "__fish_patchctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand states" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l state -d 'Only patches in these states' -r -f -a "Installed\t''
InstalledOther\t''
InstalledPendingReboot\t''
InstalledRejected\t''
Missing\t''
NotApplicable\t''
Failed\t''
AvailableSecurityUpdate\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l severity -d 'Only these severities, in the vendor\'s words: Critical, Important, Medium ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l min-severity -d 'Only patches at least this severe on the one scale: critical, important (or high), medium (or moderate), low; leaves out what nobody rated' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l classification -d 'Only these classifications, in the vendor\'s words: SecurityUpdates, Security, Bugfix ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l kb -d 'Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l cve -d 'Only patches that fix these CVEs, where the service tells which; asks for Missing and Failed, the states it tells them for, unless --state says otherwise' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l by -d 'Count patches by kb, cve, node or severity, and name the nodes that lack them; only in the four non-compliant states, unless --state or --cve say otherwise' -r -f -a "kb\t''
cve\t''
node\t''
severity\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l max-age -d 'With --cve: how old a node\'s last scan may be, such as 7d or 36h, for the node to be judged; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l non-compliant -d 'Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l no-prefetch -d 'Drill into every node, whatever its counters say: more calls, the same answer'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand patches" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l fail-on -d 'What fails the gate, instead of non-compliant, stale, no-data and unread; each rule is described below' -r -f -a "non-compliant\t''
stale\t''
no-data\t''
unread\t''
baseline-differs\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l policy -d 'Use the rules, waivers and age of this policy in patchctl.toml' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l waivers -d 'Findings that somebody answers for until a day; `none`: none' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l min-severity -d 'Only patches at least this severe count: critical, important (or high), medium (or moderate), low; those that nobody rated do not, and are told' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'
junit\t'JUnit XML, for Jenkins, GitLab and Azure'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands, for GitHub Actions'"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l show-waived -d 'Name what is waived, which is counted in any case'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l by -d 'What nodes are grouped by; `tag:KEY` is the value of that tag' -r -f -a "patch-group\t'the patch group of the last scan'
platform\t'the operating system and its version'
region\t'the region'
account\t'the account'
baseline\t'the patch baseline of the last scan'
verdict\t'COMPLIANT, NON_COMPLIANT ...'
tag:KEY\t'the value of the tag KEY'"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "By\t'what nodes are grouped by'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "By\t'what nodes are grouped by'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand summary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l trust -d 'Print instead the trust policy of the role in a member account, that lets this account\'s people assume it' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l without-ec2 -d 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "states" -d 'The least policy of `states` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "patches" -d 'The least policy of `patches` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "check" -d 'The least policy of `check` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "summary" -d 'The least policy of `summary` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "doctor" -d 'The least policy with which `doctor` finds nothing amiss'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and not __fish_seen_subcommand_from states patches check summary doctor help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l without-ec2 -d 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from states" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l state -d 'Only patches in these states' -r -f -a "Installed\t''
InstalledOther\t''
InstalledPendingReboot\t''
InstalledRejected\t''
Missing\t''
NotApplicable\t''
Failed\t''
AvailableSecurityUpdate\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l severity -d 'Only these severities, in the vendor\'s words: Critical, Important, Medium ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l min-severity -d 'Only patches at least this severe on the one scale: critical, important (or high), medium (or moderate), low; leaves out what nobody rated' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l classification -d 'Only these classifications, in the vendor\'s words: SecurityUpdates, Security, Bugfix ...' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l kb -d 'Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l cve -d 'Only patches that fix these CVEs, where the service tells which; asks for Missing and Failed, the states it tells them for, unless --state says otherwise' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l by -d 'Count patches by kb, cve, node or severity, and name the nodes that lack them; only in the four non-compliant states, unless --state or --cve say otherwise' -r -f -a "kb\t''
cve\t''
node\t''
severity\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l non-compliant -d 'Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l no-prefetch -d 'Drill into every node, whatever its counters say: more calls, the same answer'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l without-ec2 -d 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from patches" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l fail-on -d 'What fails the gate, instead of non-compliant, stale, no-data and unread; each rule is described below' -r -f -a "non-compliant\t''
stale\t''
no-data\t''
unread\t''
baseline-differs\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l policy -d 'Use the rules, waivers and age of this policy in patchctl.toml' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l waivers -d 'Findings that somebody answers for until a day; `none`: none' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l min-severity -d 'Only patches at least this severe count: critical, important (or high), medium (or moderate), low; those that nobody rated do not, and are told' -r -f -a "critical\t''
important\t''
medium\t''
low\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "InstanceId\t'the node\'s id; none for a region or account that could not be read'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'
junit\t'JUnit XML, for Jenkins, GitLab and Azure'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands, for GitHub Actions'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l show-waived -d 'Name what is waived, which is counted in any case'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l without-ec2 -d 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l ids-file -d 'Read more ids from a file, written as on standard input' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l tag -d 'Only nodes with this tag; given again, only nodes with all of them' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l patch-group -d 'Only nodes of this patch group, by their tag or their last scan' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l platform -d 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l rate -d 'Calls a second in each account and region that --estimate reckons with' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l by -d 'What nodes are grouped by; `tag:KEY` is the value of that tag' -r -f -a "patch-group\t'the patch group of the last scan'
platform\t'the operating system and its version'
region\t'the region'
account\t'the account'
baseline\t'the patch baseline of the last scan'
verdict\t'COMPLIANT, NON_COMPLIANT ...'
tag:KEY\t'the value of the tag KEY'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l max-age -d 'How old a node\'s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "By\t'what nodes are grouped by'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "By\t'what nodes are grouped by'
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
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l all -d 'Every managed node of the regions asked, stopped ones too'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l estimate -d 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l without-ec2 -d 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from summary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
wide\t'The table with names, platforms and addresses'
json\t'One JSON document'
ndjson\t'One JSON object per line'
csv\t'For spreadsheets: RFC 4180, formulas neutralised'
markdown\t'A table for GitHub: issues, pull requests, job summaries'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l output-file -d 'Write to a file, which is replaced only when the run has read something; - is stdout' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l columns -d 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'
help\t'list the columns'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l sort-by -d 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory' -r -f -a "Region\t'the region'
AccountId\t'the account, where it is known'
Action\t'the call, as an IAM policy names it'
Result\t'OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)'
NeededFor\t'what the call is for'
Required\t'yes if every answer needs the call; no if only what NeededFor names does'
Detail\t'what went wrong and what to do, or what the call was about'"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l no-headers -d 'Leave out the header line of the table or CSV'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l bom -d 'Start CSV with a byte order mark, for spreadsheets that need one'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l without-ec2 -d 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "states" -d 'The least policy of `states` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "patches" -d 'The least policy of `patches` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "check" -d 'The least policy of `check` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "summary" -d 'The least policy of `summary` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "doctor" -d 'The least policy with which `doctor` finds nothing amiss'
complete -c patchctl -n "__fish_patchctl_using_subcommand iam-policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -f -a "serve" -d 'Serve the demo\'s accounts and regions on a loopback port, for this and every other AWS client'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -f -a "nodes" -d 'Print the ids of the demo fleet\'s nodes, one a line'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and not __fish_seen_subcommand_from serve nodes help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l port -d 'The port on 127.0.0.1; 0 takes any that is free' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l now -d 'The time it is for the nodes, whose scans are as long before it as in --demo, such as 2026-11-20T12:00:00Z, which is the time of --demo; without it, the time when the server starts' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l nodes -d 'Serve a generated fleet of so many nodes instead of the sample fleet' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l patches -d 'Patches of each generated node' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l missing-one-in -d 'One generated node in N has patches that are not compliant' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l seed -d 'The seed of the generated fleet and of --mutate-one-in: the same seed gives the same fleet and the same mutations' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l stopped-one-in -d 'One generated node in N is stopped' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l unscanned-one-in -d 'One generated node in N was never scanned' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l regions -d 'Serve such a fleet in each of so many regions, or in those named; without it any region answers, and all alike' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l accounts -d 'Serve so many accounts, each with such fleets; the first is the caller\'s, and its organization lists them all' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l latency -d 'Wait so long before each answer, in milliseconds' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l rate -d 'Throttle beyond so many calls a second' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l burst -d 'Calls let through at once before the rate applies' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l rate-falls-to -d 'The rate that applies once --rate-falls-after calls were let through' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l rate-falls-after -d 'Calls let through at --rate before it falls to --rate-falls-to' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l fault-every -d 'Answer every Nth call with HTTP 500' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l reset-every -d 'Cut the connection of every Nth call without an answer' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l mutate-one-in -d 'Mutate one answer in N, of any operation: flipped bits, truncated documents, wrong types, repeated and missing rows, web pages, wrong lengths and more; for testing how a client treats broken answers. GET /stats counts the mutations' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l deny -d 'Answer every call of this action with an access-denied error, such as ssm:GetInventory; can be repeated' -r -f -a "ssm:DescribeAvailablePatches\t''
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
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l slow-region -d 'Wait so much longer before each answer in this region, in milliseconds; can be repeated' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from nodes" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve the demo\'s accounts and regions on a loopback port, for this and every other AWS client'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from help" -f -a "nodes" -d 'Print the ids of the demo fleet\'s nodes, one a line'
complete -c patchctl -n "__fish_patchctl_using_subcommand demo; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -f -a "show" -d 'Print each key with its value and where it comes from, the files that were looked for, and the policies'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and not __fish_seen_subcommand_from show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'The format' -r -f -a "table\t'For people: fits the terminal'
json\t'One JSON document'"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print each key with its value and where it comes from, the files that were looked for, and the policies'
complete -c patchctl -n "__fish_patchctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand completions" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand man" -s h -l help -d 'Print help'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l profile -d 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l region -d 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l account -d 'These accounts, each through its role --role-name' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l role-name -d 'The role to assume in each account' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l external-id -d 'The external id that the roles ask for' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l endpoint-url -d 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l concurrency -d 'Calls under way at once in each account and region, 1 to 256' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l timeout -d 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD' -r
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l color -d 'When to use colour; NO_COLOR is respected' -r -f -a "auto\t''
always\t''
never\t''"
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l config -d 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]' -r -F
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l demo -d 'Ask the embedded demo region: no network, no credentials, the same answer each time'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l all-regions -d 'Every region that is enabled for the account'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l organization -d 'Every active account of the organization, each through its role --role-name'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -s q -l quiet -d 'Say nothing but errors: no summary, no remarks, no progress'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -s v -l verbose -d 'Say how many calls were made'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -l no-config -d 'Read no configuration file'
complete -c patchctl -n "__fish_patchctl_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "states" -d 'One row per node: is it compliant, and why not'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "patches" -d 'The patches of each node, filtered by state, severity, classification, KB or CVE'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "check" -d 'The gate: is the fleet as it has to be? Ends with 0, 1 or 3'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "summary" -d 'The fleet by patch group, platform, region, account, baseline, tag or verdict: one screen'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "doctor" -d 'Who am I, and which of the calls are answered, in each place'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "iam-policy" -d 'Print the least IAM policy that a command needs; put it in front of the command'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "demo" -d 'The embedded demo: its nodes, and a server that others can use too'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "config" -d 'What is configured: the value of each key, and where it comes from'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "man" -d 'Print a man page'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "schema" -d 'Print the JSON Schema of a document'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and not __fish_seen_subcommand_from states patches check summary doctor iam-policy demo config completions man schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "states" -d 'The least policy of `states` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "patches" -d 'The least policy of `patches` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "check" -d 'The least policy of `check` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "summary" -d 'The least policy of `summary` with these flags'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from iam-policy" -f -a "doctor" -d 'The least policy with which `doctor` finds nothing amiss'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from demo" -f -a "serve" -d 'Serve the demo\'s accounts and regions on a loopback port, for this and every other AWS client'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from demo" -f -a "nodes" -d 'Print the ids of the demo fleet\'s nodes, one a line'
complete -c patchctl -n "__fish_patchctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Print each key with its value and where it comes from, the files that were looked for, and the policies'
