
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'patchctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'patchctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'patchctl' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'One row per node: is it compliant, and why not')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'The patches of each node, filtered by state, severity, classification, KB or CVE')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'The gate: is the fleet as it has to be? Ends with 0, 1 or 3')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'The fleet by patch group, platform, region, account, baseline, tag or verdict: one screen')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Who am I, and which of the calls are answered, in each place')
            [CompletionResult]::new('iam-policy', 'iam-policy', [CompletionResultType]::ParameterValue, 'Print the least IAM policy that a command needs; put it in front of the command')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'The embedded demo: its nodes, and a server that others can use too')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'What is configured: the value of each key, and where it comes from')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a document')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;states' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;patches' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only patches in these states')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Only these severities, in the vendor''s words: Critical, Important, Medium ...')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches at least this severe on the one scale: critical, important (or high), medium (or moderate), low; leaves out what nobody rated')
            [CompletionResult]::new('--classification', '--classification', [CompletionResultType]::ParameterName, 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix ...')
            [CompletionResult]::new('--kb', '--kb', [CompletionResultType]::ParameterName, 'Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere')
            [CompletionResult]::new('--cve', '--cve', [CompletionResultType]::ParameterName, 'Only patches that fix these CVEs, where the service tells which; asks for Missing and Failed, the states it tells them for, unless --state says otherwise')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Count patches by kb, cve, node or severity, and name the nodes that lack them; only in the four non-compliant states, unless --state or --cve say otherwise')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'With --cve: how old a node''s last scan may be, such as 7d or 36h, for the node to be judged; `none`: any age')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)')
            [CompletionResult]::new('--no-prefetch', '--no-prefetch', [CompletionResultType]::ParameterName, 'Drill into every node, whatever its counters say: more calls, the same answer')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;check' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'What fails the gate, instead of non-compliant, stale, no-data and unread; each rule is described below')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Use the rules, waivers and age of this policy in patchctl.toml')
            [CompletionResult]::new('--waivers', '--waivers', [CompletionResultType]::ParameterName, 'Findings that somebody answers for until a day; `none`: none')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches at least this severe count: critical, important (or high), medium (or moderate), low; those that nobody rated do not, and are told')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--show-waived', '--show-waived', [CompletionResultType]::ParameterName, 'Name what is waived, which is counted in any case')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;summary' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'What nodes are grouped by; `tag:KEY` is the value of that tag')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy' {
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'Print instead the trust policy of the role in a member account, that lets this account''s people assume it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'The least policy of `states` with these flags')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'The least policy of `patches` with these flags')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'The least policy of `check` with these flags')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'The least policy of `summary` with these flags')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'The least policy with which `doctor` finds nothing amiss')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;iam-policy;states' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;patches' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only patches in these states')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Only these severities, in the vendor''s words: Critical, Important, Medium ...')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches at least this severe on the one scale: critical, important (or high), medium (or moderate), low; leaves out what nobody rated')
            [CompletionResult]::new('--classification', '--classification', [CompletionResultType]::ParameterName, 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix ...')
            [CompletionResult]::new('--kb', '--kb', [CompletionResultType]::ParameterName, 'Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere')
            [CompletionResult]::new('--cve', '--cve', [CompletionResultType]::ParameterName, 'Only patches that fix these CVEs, where the service tells which; asks for Missing and Failed, the states it tells them for, unless --state says otherwise')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Count patches by kb, cve, node or severity, and name the nodes that lack them; only in the four non-compliant states, unless --state or --cve say otherwise')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)')
            [CompletionResult]::new('--no-prefetch', '--no-prefetch', [CompletionResultType]::ParameterName, 'Drill into every node, whatever its counters say: more calls, the same answer')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;check' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'What fails the gate, instead of non-compliant, stale, no-data and unread; each rule is described below')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Use the rules, waivers and age of this policy in patchctl.toml')
            [CompletionResult]::new('--waivers', '--waivers', [CompletionResultType]::ParameterName, 'Findings that somebody answers for until a day; `none`: none')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches at least this severe count: critical, important (or high), medium (or moderate), low; those that nobody rated do not, and are told')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--show-waived', '--show-waived', [CompletionResultType]::ParameterName, 'Name what is waived, which is counted in any case')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;summary' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read more ids from a file, written as on standard input')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag; given again, only nodes with all of them')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of this patch group, by their tag or their last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls a second in each account and region that --estimate reckons with')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'What nodes are grouped by; `tag:KEY` is the value of that tag')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'How old a node''s last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node of the regions asked, stopped ones too')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file, which is replaced only when the run has read something; - is stdout')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Leave out the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;help' {
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'The least policy of `states` with these flags')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'The least policy of `patches` with these flags')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'The least policy of `check` with these flags')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'The least policy of `summary` with these flags')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'The least policy with which `doctor` finds nothing amiss')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;iam-policy;help;states' {
            break
        }
        'patchctl;iam-policy;help;patches' {
            break
        }
        'patchctl;iam-policy;help;check' {
            break
        }
        'patchctl;iam-policy;help;summary' {
            break
        }
        'patchctl;iam-policy;help;doctor' {
            break
        }
        'patchctl;iam-policy;help;help' {
            break
        }
        'patchctl;demo' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the demo''s accounts and regions on a loopback port, for this and every other AWS client')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'Print the ids of the demo fleet''s nodes, one a line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;demo;serve' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on 127.0.0.1; 0 takes any that is free')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'The time it is for the nodes, whose scans are as long before it as in --demo, such as 2026-11-20T12:00:00Z, which is the time of --demo; without it, the time when the server starts')
            [CompletionResult]::new('--nodes', '--nodes', [CompletionResultType]::ParameterName, 'Serve a generated fleet of so many nodes instead of the sample fleet')
            [CompletionResult]::new('--patches', '--patches', [CompletionResultType]::ParameterName, 'Patches of each generated node')
            [CompletionResult]::new('--missing-one-in', '--missing-one-in', [CompletionResultType]::ParameterName, 'One generated node in N has patches that are not compliant')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The seed of the generated fleet and of --mutate-one-in: the same seed gives the same fleet and the same mutations')
            [CompletionResult]::new('--stopped-one-in', '--stopped-one-in', [CompletionResultType]::ParameterName, 'One generated node in N is stopped')
            [CompletionResult]::new('--unscanned-one-in', '--unscanned-one-in', [CompletionResultType]::ParameterName, 'One generated node in N was never scanned')
            [CompletionResult]::new('--regions', '--regions', [CompletionResultType]::ParameterName, 'Serve such a fleet in each of so many regions, or in those named; without it any region answers, and all alike')
            [CompletionResult]::new('--accounts', '--accounts', [CompletionResultType]::ParameterName, 'Serve so many accounts, each with such fleets; the first is the caller''s, and its organization lists them all')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Wait so long before each answer, in milliseconds')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Throttle beyond so many calls a second')
            [CompletionResult]::new('--burst', '--burst', [CompletionResultType]::ParameterName, 'Calls let through at once before the rate applies')
            [CompletionResult]::new('--rate-falls-to', '--rate-falls-to', [CompletionResultType]::ParameterName, 'The rate that applies once --rate-falls-after calls were let through')
            [CompletionResult]::new('--rate-falls-after', '--rate-falls-after', [CompletionResultType]::ParameterName, 'Calls let through at --rate before it falls to --rate-falls-to')
            [CompletionResult]::new('--fault-every', '--fault-every', [CompletionResultType]::ParameterName, 'Answer every Nth call with HTTP 500')
            [CompletionResult]::new('--reset-every', '--reset-every', [CompletionResultType]::ParameterName, 'Cut the connection of every Nth call without an answer')
            [CompletionResult]::new('--mutate-one-in', '--mutate-one-in', [CompletionResultType]::ParameterName, 'Mutate one answer in N, of any operation: flipped bits, truncated documents, wrong types, repeated and missing rows, web pages, wrong lengths and more; for testing how a client treats broken answers. GET /stats counts the mutations')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Answer every call of this action with an access-denied error, such as ssm:GetInventory; can be repeated')
            [CompletionResult]::new('--fault-region', '--fault-region', [CompletionResultType]::ParameterName, 'Answer every SSM call in this region with HTTP 500; can be repeated')
            [CompletionResult]::new('--slow-region', '--slow-region', [CompletionResultType]::ParameterName, 'Wait so much longer before each answer in this region, in milliseconds; can be repeated')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;demo;nodes' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;demo;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the demo''s accounts and regions on a loopback port, for this and every other AWS client')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'Print the ids of the demo fleet''s nodes, one a line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;demo;help;serve' {
            break
        }
        'patchctl;demo;help;nodes' {
            break
        }
        'patchctl;demo;help;help' {
            break
        }
        'patchctl;config' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print each key with its value and where it comes from, the files that were looked for, and the policies')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;config;show' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print each key with its value and where it comes from, the files that were looked for, and the policies')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;config;help;show' {
            break
        }
        'patchctl;config;help;help' {
            break
        }
        'patchctl;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;man' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;schema' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, each through its role --role-name')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the roles ask for')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls under way at once in each account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file, and no other [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the embedded demo region: no network, no credentials, the same answer each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region that is enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, each through its role --role-name')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors: no summary, no remarks, no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say how many calls were made')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;help' {
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'One row per node: is it compliant, and why not')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'The patches of each node, filtered by state, severity, classification, KB or CVE')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'The gate: is the fleet as it has to be? Ends with 0, 1 or 3')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'The fleet by patch group, platform, region, account, baseline, tag or verdict: one screen')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Who am I, and which of the calls are answered, in each place')
            [CompletionResult]::new('iam-policy', 'iam-policy', [CompletionResultType]::ParameterValue, 'Print the least IAM policy that a command needs; put it in front of the command')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'The embedded demo: its nodes, and a server that others can use too')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'What is configured: the value of each key, and where it comes from')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a document')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;help;states' {
            break
        }
        'patchctl;help;patches' {
            break
        }
        'patchctl;help;check' {
            break
        }
        'patchctl;help;summary' {
            break
        }
        'patchctl;help;doctor' {
            break
        }
        'patchctl;help;iam-policy' {
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'The least policy of `states` with these flags')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'The least policy of `patches` with these flags')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'The least policy of `check` with these flags')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'The least policy of `summary` with these flags')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'The least policy with which `doctor` finds nothing amiss')
            break
        }
        'patchctl;help;iam-policy;states' {
            break
        }
        'patchctl;help;iam-policy;patches' {
            break
        }
        'patchctl;help;iam-policy;check' {
            break
        }
        'patchctl;help;iam-policy;summary' {
            break
        }
        'patchctl;help;iam-policy;doctor' {
            break
        }
        'patchctl;help;demo' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the demo''s accounts and regions on a loopback port, for this and every other AWS client')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'Print the ids of the demo fleet''s nodes, one a line')
            break
        }
        'patchctl;help;demo;serve' {
            break
        }
        'patchctl;help;demo;nodes' {
            break
        }
        'patchctl;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print each key with its value and where it comes from, the files that were looked for, and the policies')
            break
        }
        'patchctl;help;config;show' {
            break
        }
        'patchctl;help;completions' {
            break
        }
        'patchctl;help;man' {
            break
        }
        'patchctl;help;schema' {
            break
        }
        'patchctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
