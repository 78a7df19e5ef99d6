
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
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'Show one row per node: its verdict, the reasons, and patch counts')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'List the patches of each node, filtered by state, severity, classification, KB or CVE')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the fleet against rules; for CI')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write the fleet as one document: a page, a workbook, Markdown or JSON')
            [CompletionResult]::new('collect', 'collect', [CompletionResultType]::ParameterValue, 'Read nodes and patches once into a dataset of Parquet files, which other commands and engines read')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two datasets, two moments of one, or a dataset with what is live')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check identity and permissions in each account and region')
            [CompletionResult]::new('iam-policy', 'iam-policy', [CompletionResultType]::ParameterValue, 'Print the least IAM policy that a command needs; put it before the command')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'List the nodes of the embedded demo, or serve it to other AWS clients')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the configuration, or write a file to start with')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'List the templates that are shipped for --template, or print one')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a command''s JSON output, or a dataset''s tables and views in SQL')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;states' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--verdict', '--verdict', [CompletionResultType]::ParameterName, 'Only nodes with one of these verdicts: compliant, non-compliant, stale, no-data, unread')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only rows whose COLUMN meets the condition, as in ''MissingCount>0'', ''Age>30d'', ''Name~web-*'' or ''LastScan is unknown''; if repeated, all conditions')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only nodes with the verdict NON_COMPLIANT; adds it to --verdict')
            [CompletionResult]::new('--stale', '--stale', [CompletionResultType]::ParameterName, 'Only nodes with the verdict STALE; adds it to --verdict')
            [CompletionResult]::new('--no-data', '--no-data', [CompletionResultType]::ParameterName, 'Only nodes with the verdict NO_DATA; adds it to --verdict')
            [CompletionResult]::new('--reboot-pending', '--reboot-pending', [CompletionResultType]::ParameterName, 'Only nodes on which patches wait for a reboot: --where RebootPending=true')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;patches' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only patches in these states')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Only these severities, in the vendor''s words: Critical, Important, Medium, ...')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches')
            [CompletionResult]::new('--classification', '--classification', [CompletionResultType]::ParameterName, 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix, ...')
            [CompletionResult]::new('--kb', '--kb', [CompletionResultType]::ParameterName, 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere; * and ? are wildcards')
            [CompletionResult]::new('--cve', '--cve', [CompletionResultType]::ParameterName, 'Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Count patches by kb, cve, node or severity [default states: the four non-compliant ones and AvailableSecurityUpdate]')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only rows whose COLUMN meets the condition, as in ''MissingCount>0'', ''Age>30d'', ''Name~web-*'' or ''LastScan is unknown''; if repeated, all conditions')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'With --cve: greatest age of a scan that can rule out an exposure, such as 7d or 36h; `none`: any age')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot')
            [CompletionResult]::new('--no-prefetch', '--no-prefetch', [CompletionResultType]::ParameterName, 'List the patches of every node, whatever its counters; more calls, same output')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;check' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Rules that fail the gate, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Use the rules, waivers and --max-age of this policy in patchctl.toml')
            [CompletionResult]::new('--waivers', '--waivers', [CompletionResultType]::ParameterName, 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported')
            [CompletionResult]::new('--unknown-age', '--unknown-age', [CompletionResultType]::ParameterName, 'What a patch without a known release date means to rules on the age of patches: `fail`, `ignore` (such patches are reported) or `unknown`')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--show-waived', '--show-waived', [CompletionResultType]::ParameterName, 'List waived findings; they are always counted')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;summary' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Group nodes by this, or by two such as account,region or tag:Team,tag:Env; `tag:KEY` is the value of a tag')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;report' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Group nodes by this, or by two such as account,region; `tag:KEY` is the value of a tag; if repeated, a section for each')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Rows of each section of the worst: nodes, patches, CVEs, overdue patches')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Use the rules, waivers and --max-age of this policy in patchctl.toml')
            [CompletionResult]::new('--waivers', '--waivers', [CompletionResultType]::ParameterName, 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported')
            [CompletionResult]::new('--unknown-age', '--unknown-age', [CompletionResultType]::ParameterName, 'What a patch without a known release date means to rules on the age of patches: `fail`, `ignore` (such patches are reported) or `unknown`')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Rules to show with their status, which decide the exit code; `patchctl check --help` lists them')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;collect' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The dataset to write to: a folder, or s3://BUCKET/PREFIX')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Delete the runs that are older than this, such as 400d, once the new one is written')
            [CompletionResult]::new('--without', '--without', [CompletionResultType]::ParameterName, 'Leave out parts, which saves calls')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on with the newest unfinished run of the same nodes, if one was started in the last 24 hours; what it has read is not read again')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;diff' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The dataset that BEFORE and AFTER are moments of: a folder or s3://BUCKET/PREFIX')
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only patches in these states')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Only these severities, in the vendor''s words: Critical, Important, Medium, ...')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches')
            [CompletionResult]::new('--classification', '--classification', [CompletionResultType]::ParameterName, 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix, ...')
            [CompletionResult]::new('--kb', '--kb', [CompletionResultType]::ParameterName, 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere; * and ? are wildcards')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only changes that are worse, better, new (only after) or gone (only before), and what is unknown')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only rows whose COLUMN meets the condition, as in ''MissingCount>0'', ''Age>30d'', ''Name~web-*'' or ''LastScan is unknown''; if repeated, all conditions')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with 1 if something got worse, and with 3 if it is unknown whether it did')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-region', '--skip-region', [CompletionResultType]::ParameterName, 'Regions not to read, such as those that are denied; they are reported as skipped')
            [CompletionResult]::new('--skip-account', '--skip-account', [CompletionResultType]::ParameterName, 'Accounts of the organization not to read; they are reported as skipped')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Concurrent calls per account and region, 1 to 256')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Use the embedded demo: no network, no credentials, the same output each time')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy' {
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'Print the trust policy for the role in a member account instead, with this account as the caller''s')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'Print the least policy for `states` with these flags')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'Print the least policy for `patches` with these flags')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Print the least policy for `check` with these flags')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'Print the least policy for `summary` with these flags')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Print the least policy for `report` with these flags')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Print the least policy for `diff` with these flags, for a side that is live')
            [CompletionResult]::new('collect', 'collect', [CompletionResultType]::ParameterValue, 'Print the least policy for `collect` with these flags')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Print the least policy with which `doctor` reports no denied call')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;iam-policy;states' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--verdict', '--verdict', [CompletionResultType]::ParameterName, 'Only nodes with one of these verdicts: compliant, non-compliant, stale, no-data, unread')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only rows whose COLUMN meets the condition, as in ''MissingCount>0'', ''Age>30d'', ''Name~web-*'' or ''LastScan is unknown''; if repeated, all conditions')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only nodes with the verdict NON_COMPLIANT; adds it to --verdict')
            [CompletionResult]::new('--stale', '--stale', [CompletionResultType]::ParameterName, 'Only nodes with the verdict STALE; adds it to --verdict')
            [CompletionResult]::new('--no-data', '--no-data', [CompletionResultType]::ParameterName, 'Only nodes with the verdict NO_DATA; adds it to --verdict')
            [CompletionResult]::new('--reboot-pending', '--reboot-pending', [CompletionResultType]::ParameterName, 'Only nodes on which patches wait for a reboot: --where RebootPending=true')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;patches' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only patches in these states')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Only these severities, in the vendor''s words: Critical, Important, Medium, ...')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches')
            [CompletionResult]::new('--classification', '--classification', [CompletionResultType]::ParameterName, 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix, ...')
            [CompletionResult]::new('--kb', '--kb', [CompletionResultType]::ParameterName, 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere; * and ? are wildcards')
            [CompletionResult]::new('--cve', '--cve', [CompletionResultType]::ParameterName, 'Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Count patches by kb, cve, node or severity [default states: the four non-compliant ones and AvailableSecurityUpdate]')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only rows whose COLUMN meets the condition, as in ''MissingCount>0'', ''Age>30d'', ''Name~web-*'' or ''LastScan is unknown''; if repeated, all conditions')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot')
            [CompletionResult]::new('--no-prefetch', '--no-prefetch', [CompletionResultType]::ParameterName, 'List the patches of every node, whatever its counters; more calls, same output')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;check' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Rules that fail the gate, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Use the rules, waivers and --max-age of this policy in patchctl.toml')
            [CompletionResult]::new('--waivers', '--waivers', [CompletionResultType]::ParameterName, 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported')
            [CompletionResult]::new('--unknown-age', '--unknown-age', [CompletionResultType]::ParameterName, 'What a patch without a known release date means to rules on the age of patches: `fail`, `ignore` (such patches are reported) or `unknown`')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--show-waived', '--show-waived', [CompletionResultType]::ParameterName, 'List waived findings; they are always counted')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;summary' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Group nodes by this, or by two such as account,region or tag:Team,tag:Env; `tag:KEY` is the value of a tag')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;report' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Group nodes by this, or by two such as account,region; `tag:KEY` is the value of a tag; if repeated, a section for each')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Rows of each section of the worst: nodes, patches, CVEs, overdue patches')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('--sla', '--sla', [CompletionResultType]::ParameterName, 'Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Use the rules, waivers and --max-age of this policy in patchctl.toml')
            [CompletionResult]::new('--waivers', '--waivers', [CompletionResultType]::ParameterName, 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported')
            [CompletionResult]::new('--unknown-age', '--unknown-age', [CompletionResultType]::ParameterName, 'What a patch without a known release date means to rules on the age of patches: `fail`, `ignore` (such patches are reported) or `unknown`')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Rules that fail the gate, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Compute ages as of now, rather than as of the time of collection')
            [CompletionResult]::new('--show-waived', '--show-waived', [CompletionResultType]::ParameterName, 'List waived findings; they are always counted')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;diff' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The dataset that BEFORE and AFTER are moments of: a folder or s3://BUCKET/PREFIX')
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only patches in these states')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Only these severities, in the vendor''s words: Critical, Important, Medium, ...')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches')
            [CompletionResult]::new('--classification', '--classification', [CompletionResultType]::ParameterName, 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix, ...')
            [CompletionResult]::new('--kb', '--kb', [CompletionResultType]::ParameterName, 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere; * and ? are wildcards')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only changes that are worse, better, new (only after) or gone (only before), and what is unknown')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only rows whose COLUMN meets the condition, as in ''MissingCount>0'', ''Age>30d'', ''Name~web-*'' or ''LastScan is unknown''; if repeated, all conditions')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--unmanaged', '--unmanaged', [CompletionResultType]::ParameterName, 'Add the running EC2 instances that Systems Manager does not manage, as nodes without data')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--non-compliant', '--non-compliant', [CompletionResultType]::ParameterName, 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with 1 if something got worse, and with 3 if it is unknown whether it did')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;collect' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read node ids from a file, in the format of standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value')
            [CompletionResult]::new('--patch-group', '--patch-group', [CompletionResultType]::ParameterName, 'Only nodes of these patch groups, by tag or last scan')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name')
            [CompletionResult]::new('--exclude-tag', '--exclude-tag', [CompletionResultType]::ParameterName, 'Leave out nodes with one of these tags')
            [CompletionResult]::new('--exclude-platform', '--exclude-platform', [CompletionResultType]::ParameterName, 'Leave out nodes of these platforms')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Calls per second and region that --estimate assumes')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The dataset to write to: a folder, or s3://BUCKET/PREFIX')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Delete the runs that are older than this, such as 400d, once the new one is written')
            [CompletionResult]::new('--without', '--without', [CompletionResultType]::ParameterName, 'Leave out parts, which saves calls')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every managed node, stopped ones included')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept criteria that select no node; otherwise they are an error')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the number of calls and the duration instead; only finds the nodes')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on with the newest unfinished run of the same nodes, if one was started in the last 24 hours; what it has read is not read again')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to a file; an existing file is kept if nothing could be read; - is stdout')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate the cells of CSV by this: , ; | or tab [default: ,]')
            [CompletionResult]::new('--time-format', '--time-format', [CompletionResultType]::ParameterName, 'Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'These accounts, through the role --role-name in each; with --from, these of the dataset')
            [CompletionResult]::new('--skip-ou', '--skip-ou', [CompletionResultType]::ParameterName, 'Organizational units not to read, with those below them; their accounts are reported as skipped')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'Name of the role to assume in each account')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External id that the roles require')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Omit the header line of the table or CSV')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Start CSV with a byte order mark, for spreadsheets that need one')
            [CompletionResult]::new('--without-ec2', '--without-ec2', [CompletionResultType]::ParameterName, 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags')
            [CompletionResult]::new('--all-regions', '--all-regions', [CompletionResultType]::ParameterName, 'Every region enabled for the account')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'Every active account of the organization, through the role --role-name in each')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;iam-policy;help' {
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'Print the least policy for `states` with these flags')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'Print the least policy for `patches` with these flags')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Print the least policy for `check` with these flags')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'Print the least policy for `summary` with these flags')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Print the least policy for `report` with these flags')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Print the least policy for `diff` with these flags, for a side that is live')
            [CompletionResult]::new('collect', 'collect', [CompletionResultType]::ParameterValue, 'Print the least policy for `collect` with these flags')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Print the least policy with which `doctor` reports no denied call')
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
        'patchctl;iam-policy;help;report' {
            break
        }
        'patchctl;iam-policy;help;diff' {
            break
        }
        'patchctl;iam-policy;help;collect' {
            break
        }
        'patchctl;iam-policy;help;doctor' {
            break
        }
        'patchctl;iam-policy;help;help' {
            break
        }
        'patchctl;demo' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the demo''s accounts and regions on a loopback port, to any AWS client')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'Print the node ids of the demo fleet, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;demo;serve' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1; 0 picks a free one')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Current time of the demo, to which ages of scans refer; --demo uses 2026-11-20T12:00:00Z [default: the start of the server]')
            [CompletionResult]::new('--nodes', '--nodes', [CompletionResultType]::ParameterName, 'Serve a generated fleet of N nodes instead of the sample fleet')
            [CompletionResult]::new('--patches', '--patches', [CompletionResultType]::ParameterName, 'Patches per generated node')
            [CompletionResult]::new('--missing-one-in', '--missing-one-in', [CompletionResultType]::ParameterName, 'One generated node in N has non-compliant patches')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the generated fleet and of --mutate-one-in')
            [CompletionResult]::new('--stopped-one-in', '--stopped-one-in', [CompletionResultType]::ParameterName, 'One generated node in N is stopped')
            [CompletionResult]::new('--unscanned-one-in', '--unscanned-one-in', [CompletionResultType]::ParameterName, 'One generated node in N was never scanned')
            [CompletionResult]::new('--regions', '--regions', [CompletionResultType]::ParameterName, 'Serve a generated fleet in each of N regions, or in these [default: the same fleet in every region]')
            [CompletionResult]::new('--accounts', '--accounts', [CompletionResultType]::ParameterName, 'Serve N accounts, each with generated fleets; the first is the caller''s and manages the organization')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Delay of each response, in milliseconds')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Throttle above this rate, in calls per second')
            [CompletionResult]::new('--burst', '--burst', [CompletionResultType]::ParameterName, 'Calls allowed at once before the rate applies')
            [CompletionResult]::new('--rate-falls-to', '--rate-falls-to', [CompletionResultType]::ParameterName, 'Rate after --rate-falls-after calls')
            [CompletionResult]::new('--rate-falls-after', '--rate-falls-after', [CompletionResultType]::ParameterName, 'Calls at --rate before it falls to --rate-falls-to')
            [CompletionResult]::new('--fault-every', '--fault-every', [CompletionResultType]::ParameterName, 'Answer every Nth call with HTTP 500')
            [CompletionResult]::new('--reset-every', '--reset-every', [CompletionResultType]::ParameterName, 'Close the connection of every Nth call without a response')
            [CompletionResult]::new('--mutate-one-in', '--mutate-one-in', [CompletionResultType]::ParameterName, 'Mutate one response in N: flipped bits, truncated documents, wrong types, repeated or missing rows, HTML pages, wrong lengths and more; GET /stats counts them')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Deny calls of this action, such as ssm:GetInventory; can be repeated')
            [CompletionResult]::new('--fault-region', '--fault-region', [CompletionResultType]::ParameterName, 'Answer every SSM call in this region with HTTP 500; can be repeated')
            [CompletionResult]::new('--slow-region', '--slow-region', [CompletionResultType]::ParameterName, 'Additional delay of each response in this region, in milliseconds; can be repeated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;demo;nodes' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;demo;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the demo''s accounts and regions on a loopback port, to any AWS client')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'Print the node ids of the demo fleet, one per line')
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
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print each key with its value and origin, the configuration files, and the policies')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a configuration file with every setting, commented out')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;config;show' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read only this configuration file [env: PATCHCTL_CONFIG]')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Read no configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;config;init' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace an existing file')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print each key with its value and origin, the configuration files, and the policies')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a configuration file with every setting, commented out')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;config;help;show' {
            break
        }
        'patchctl;config;help;init' {
            break
        }
        'patchctl;config;help;help' {
            break
        }
        'patchctl;template' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the templates: name, the commands that it is made for, what it makes')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a template, as a start for one''s own')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;template;list' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;template;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;template;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the templates: name, the commands that it is made for, what it makes')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a template, as a start for one''s own')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'patchctl;template;help;list' {
            break
        }
        'patchctl;template;help;show' {
            break
        }
        'patchctl;template;help;help' {
            break
        }
        'patchctl;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;schema' {
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Print tables over a dataset, and views that judge and compare its nodes, for this engine')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Where the dataset is: a folder, or s3://BUCKET/PREFIX')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The age from which a scan is stale, as in 7d; `none` for any')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'patchctl;version' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR is respected')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use PAGER for output that is longer than the screen')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only: no summary, notes or progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print call statistics, and how nodes were found')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'patchctl;help' {
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'Show one row per node: its verdict, the reasons, and patch counts')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'List the patches of each node, filtered by state, severity, classification, KB or CVE')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the fleet against rules; for CI')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write the fleet as one document: a page, a workbook, Markdown or JSON')
            [CompletionResult]::new('collect', 'collect', [CompletionResultType]::ParameterValue, 'Read nodes and patches once into a dataset of Parquet files, which other commands and engines read')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two datasets, two moments of one, or a dataset with what is live')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check identity and permissions in each account and region')
            [CompletionResult]::new('iam-policy', 'iam-policy', [CompletionResultType]::ParameterValue, 'Print the least IAM policy that a command needs; put it before the command')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'List the nodes of the embedded demo, or serve it to other AWS clients')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the configuration, or write a file to start with')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'List the templates that are shipped for --template, or print one')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a command''s JSON output, or a dataset''s tables and views in SQL')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version')
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
        'patchctl;help;report' {
            break
        }
        'patchctl;help;collect' {
            break
        }
        'patchctl;help;diff' {
            break
        }
        'patchctl;help;doctor' {
            break
        }
        'patchctl;help;iam-policy' {
            [CompletionResult]::new('states', 'states', [CompletionResultType]::ParameterValue, 'Print the least policy for `states` with these flags')
            [CompletionResult]::new('patches', 'patches', [CompletionResultType]::ParameterValue, 'Print the least policy for `patches` with these flags')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Print the least policy for `check` with these flags')
            [CompletionResult]::new('summary', 'summary', [CompletionResultType]::ParameterValue, 'Print the least policy for `summary` with these flags')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Print the least policy for `report` with these flags')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Print the least policy for `diff` with these flags, for a side that is live')
            [CompletionResult]::new('collect', 'collect', [CompletionResultType]::ParameterValue, 'Print the least policy for `collect` with these flags')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Print the least policy with which `doctor` reports no denied call')
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
        'patchctl;help;iam-policy;report' {
            break
        }
        'patchctl;help;iam-policy;diff' {
            break
        }
        'patchctl;help;iam-policy;collect' {
            break
        }
        'patchctl;help;iam-policy;doctor' {
            break
        }
        'patchctl;help;demo' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the demo''s accounts and regions on a loopback port, to any AWS client')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'Print the node ids of the demo fleet, one per line')
            break
        }
        'patchctl;help;demo;serve' {
            break
        }
        'patchctl;help;demo;nodes' {
            break
        }
        'patchctl;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print each key with its value and origin, the configuration files, and the policies')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a configuration file with every setting, commented out')
            break
        }
        'patchctl;help;config;show' {
            break
        }
        'patchctl;help;config;init' {
            break
        }
        'patchctl;help;template' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the templates: name, the commands that it is made for, what it makes')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a template, as a start for one''s own')
            break
        }
        'patchctl;help;template;list' {
            break
        }
        'patchctl;help;template;show' {
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
        'patchctl;help;version' {
            break
        }
        'patchctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
