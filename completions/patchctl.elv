
use builtin;
use str;

set edit:completion:arg-completer[patchctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'patchctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'patchctl'= {
            cand --profile 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --endpoint-url 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Concurrent calls per account and region, 1 to 256'
            cand --timeout 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --demo 'Use the embedded demo: no network, no credentials, the same output each time'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand states 'Show one row per node: its verdict, the reasons, and patch counts'
            cand patches 'List the patches of each node, filtered by state, severity, classification, KB or CVE'
            cand check 'Check the fleet against rules; for CI'
            cand summary 'Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict'
            cand doctor 'Check identity and permissions in each account and region'
            cand iam-policy 'Print the least IAM policy that a command needs; put it before the command'
            cand demo 'List the nodes of the embedded demo, or serve it to other AWS clients'
            cand config 'Show the configuration'
            cand completions 'Print a shell completion script'
            cand man 'Print a man page'
            cand schema 'Print the JSON Schema of a command''s JSON output'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;states'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --profile 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --endpoint-url 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Concurrent calls per account and region, 1 to 256'
            cand --timeout 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Use the embedded demo: no network, no credentials, the same output each time'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;patches'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --state 'Only patches in these states'
            cand --severity 'Only these severities, in the vendor''s words: Critical, Important, Medium, ...'
            cand --min-severity 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches'
            cand --classification 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix, ...'
            cand --kb 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere'
            cand --cve 'Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --by 'Count patches by kb, cve, node or severity [default states: the four non-compliant ones]'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --max-age 'With --cve: greatest age of a scan that can rule out an exposure, such as 7d or 36h; `none`: any age'
            cand --profile 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --endpoint-url 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Concurrent calls per account and region, 1 to 256'
            cand --timeout 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --non-compliant 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot'
            cand --no-prefetch 'List the patches of every node, whatever its counters; more calls, same output'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Use the embedded demo: no network, no credentials, the same output each time'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;check'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --fail-on 'Rules that fail the check, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]'
            cand --policy 'Use the rules, waivers and --max-age of this policy in patchctl.toml'
            cand --waivers 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers'
            cand --min-severity 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --profile 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --endpoint-url 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Concurrent calls per account and region, 1 to 256'
            cand --timeout 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --show-waived 'List waived findings; they are always counted'
            cand --demo 'Use the embedded demo: no network, no credentials, the same output each time'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;summary'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --by 'Group nodes by this; `tag:KEY` is the value of a tag'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --profile 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --endpoint-url 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Concurrent calls per account and region, 1 to 256'
            cand --timeout 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Use the embedded demo: no network, no credentials, the same output each time'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;doctor'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --profile 'Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --endpoint-url 'Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Concurrent calls per account and region, 1 to 256'
            cand --timeout 'Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Use the embedded demo: no network, no credentials, the same output each time'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy'= {
            cand --trust 'Print the trust policy for the role in a member account instead, with this account as the caller''s'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --without-ec2 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help'
            cand --help 'Print help'
            cand states 'Print the least policy for `states` with these flags'
            cand patches 'Print the least policy for `patches` with these flags'
            cand check 'Print the least policy for `check` with these flags'
            cand summary 'Print the least policy for `summary` with these flags'
            cand doctor 'Print the least policy with which `doctor` reports no denied call'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;iam-policy;states'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;patches'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --state 'Only patches in these states'
            cand --severity 'Only these severities, in the vendor''s words: Critical, Important, Medium, ...'
            cand --min-severity 'Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches'
            cand --classification 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix, ...'
            cand --kb 'Only these patches: KB5088215 on Windows, package name.architecture elsewhere'
            cand --cve 'Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --by 'Count patches by kb, cve, node or severity [default states: the four non-compliant ones]'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --non-compliant 'Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot'
            cand --no-prefetch 'List the patches of every node, whatever its counters; more calls, same output'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;check'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --fail-on 'Rules that fail the check, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]'
            cand --policy 'Use the rules, waivers and --max-age of this policy in patchctl.toml'
            cand --waivers 'File of accepted findings, each with a reason and an expiry date; `none`: no waivers'
            cand --min-severity 'Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --show-waived 'List waived findings; they are always counted'
            cand --without-ec2 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;summary'= {
            cand --ids-file 'Read node ids from a file, in the format of standard input'
            cand --tag 'Only nodes with this tag; if repeated, with all of them'
            cand --patch-group 'Only nodes of this patch group, by tag or last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a platform name such as Ubuntu'
            cand --rate 'Calls per second and region that --estimate assumes'
            cand --by 'Group nodes by this; `tag:KEY` is the value of a tag'
            cand --max-age 'Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --all 'Every managed node, stopped ones included'
            cand --estimate 'Print the number of calls and the duration instead; only finds the nodes'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;doctor'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --output-file 'Write to a file; an existing file is kept if nothing could be read; - is stdout'
            cand --columns 'Columns to show (A,B), or to add to the default ones (+C); `help` lists them'
            cand --sort-by 'Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory'
            cand --region 'AWS regions [env: PATCHCTL_REGION, AWS_REGION]'
            cand --account 'These accounts, through the role --role-name in each'
            cand --role-name 'Name of the role to assume in each account'
            cand --external-id 'External id that the roles require'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand --no-headers 'Omit the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags'
            cand --all-regions 'Every region enabled for the account'
            cand --organization 'Every active account of the organization, through the role --role-name in each'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;help'= {
            cand states 'Print the least policy for `states` with these flags'
            cand patches 'Print the least policy for `patches` with these flags'
            cand check 'Print the least policy for `check` with these flags'
            cand summary 'Print the least policy for `summary` with these flags'
            cand doctor 'Print the least policy with which `doctor` reports no denied call'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;iam-policy;help;states'= {
        }
        &'patchctl;iam-policy;help;patches'= {
        }
        &'patchctl;iam-policy;help;check'= {
        }
        &'patchctl;iam-policy;help;summary'= {
        }
        &'patchctl;iam-policy;help;doctor'= {
        }
        &'patchctl;iam-policy;help;help'= {
        }
        &'patchctl;demo'= {
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help'
            cand --help 'Print help'
            cand serve 'Serve the demo''s accounts and regions on a loopback port, to any AWS client'
            cand nodes 'Print the node ids of the demo fleet, one per line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;demo;serve'= {
            cand --port 'Port on 127.0.0.1; 0 picks a free one'
            cand --now 'Current time of the demo, to which ages of scans refer; --demo uses 2026-11-20T12:00:00Z [default: the start of the server]'
            cand --nodes 'Serve a generated fleet of N nodes instead of the sample fleet'
            cand --patches 'Patches per generated node'
            cand --missing-one-in 'One generated node in N has non-compliant patches'
            cand --seed 'Seed of the generated fleet and of --mutate-one-in'
            cand --stopped-one-in 'One generated node in N is stopped'
            cand --unscanned-one-in 'One generated node in N was never scanned'
            cand --regions 'Serve a generated fleet in each of N regions, or in these [default: the same fleet in every region]'
            cand --accounts 'Serve N accounts, each with generated fleets; the first is the caller''s and manages the organization'
            cand --latency 'Delay of each response, in milliseconds'
            cand --rate 'Throttle above this rate, in calls per second'
            cand --burst 'Calls allowed at once before the rate applies'
            cand --rate-falls-to 'Rate after --rate-falls-after calls'
            cand --rate-falls-after 'Calls at --rate before it falls to --rate-falls-to'
            cand --fault-every 'Answer every Nth call with HTTP 500'
            cand --reset-every 'Close the connection of every Nth call without a response'
            cand --mutate-one-in 'Mutate one response in N: flipped bits, truncated documents, wrong types, repeated or missing rows, HTML pages, wrong lengths and more; GET /stats counts them'
            cand --deny 'Deny calls of this action, such as ssm:GetInventory; can be repeated'
            cand --fault-region 'Answer every SSM call in this region with HTTP 500; can be repeated'
            cand --slow-region 'Additional delay of each response in this region, in milliseconds; can be repeated'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;demo;nodes'= {
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;demo;help'= {
            cand serve 'Serve the demo''s accounts and regions on a loopback port, to any AWS client'
            cand nodes 'Print the node ids of the demo fleet, one per line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;demo;help;serve'= {
        }
        &'patchctl;demo;help;nodes'= {
        }
        &'patchctl;demo;help;help'= {
        }
        &'patchctl;config'= {
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help'
            cand --help 'Print help'
            cand show 'Print each key with its value and origin, the configuration files, and the policies'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;config;show'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --config 'Read only this configuration file [env: PATCHCTL_CONFIG]'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand --no-config 'Read no configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;config;help'= {
            cand show 'Print each key with its value and origin, the configuration files, and the policies'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;config;help;show'= {
        }
        &'patchctl;config;help;help'= {
        }
        &'patchctl;completions'= {
            cand --color 'When to use colour; NO_COLOR is respected'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;man'= {
            cand --color 'When to use colour; NO_COLOR is respected'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;schema'= {
            cand --color 'When to use colour; NO_COLOR is respected'
            cand -q 'Print errors only: no summary, notes or progress'
            cand --quiet 'Print errors only: no summary, notes or progress'
            cand -v 'Print call statistics'
            cand --verbose 'Print call statistics'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;help'= {
            cand states 'Show one row per node: its verdict, the reasons, and patch counts'
            cand patches 'List the patches of each node, filtered by state, severity, classification, KB or CVE'
            cand check 'Check the fleet against rules; for CI'
            cand summary 'Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict'
            cand doctor 'Check identity and permissions in each account and region'
            cand iam-policy 'Print the least IAM policy that a command needs; put it before the command'
            cand demo 'List the nodes of the embedded demo, or serve it to other AWS clients'
            cand config 'Show the configuration'
            cand completions 'Print a shell completion script'
            cand man 'Print a man page'
            cand schema 'Print the JSON Schema of a command''s JSON output'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;help;states'= {
        }
        &'patchctl;help;patches'= {
        }
        &'patchctl;help;check'= {
        }
        &'patchctl;help;summary'= {
        }
        &'patchctl;help;doctor'= {
        }
        &'patchctl;help;iam-policy'= {
            cand states 'Print the least policy for `states` with these flags'
            cand patches 'Print the least policy for `patches` with these flags'
            cand check 'Print the least policy for `check` with these flags'
            cand summary 'Print the least policy for `summary` with these flags'
            cand doctor 'Print the least policy with which `doctor` reports no denied call'
        }
        &'patchctl;help;iam-policy;states'= {
        }
        &'patchctl;help;iam-policy;patches'= {
        }
        &'patchctl;help;iam-policy;check'= {
        }
        &'patchctl;help;iam-policy;summary'= {
        }
        &'patchctl;help;iam-policy;doctor'= {
        }
        &'patchctl;help;demo'= {
            cand serve 'Serve the demo''s accounts and regions on a loopback port, to any AWS client'
            cand nodes 'Print the node ids of the demo fleet, one per line'
        }
        &'patchctl;help;demo;serve'= {
        }
        &'patchctl;help;demo;nodes'= {
        }
        &'patchctl;help;config'= {
            cand show 'Print each key with its value and origin, the configuration files, and the policies'
        }
        &'patchctl;help;config;show'= {
        }
        &'patchctl;help;completions'= {
        }
        &'patchctl;help;man'= {
        }
        &'patchctl;help;schema'= {
        }
        &'patchctl;help;help'= {
        }
    ]
    $completions[$command]
}
