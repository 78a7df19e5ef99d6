
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
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand states 'One row per node: is it compliant, and why not'
            cand patches 'The patches of each node, filtered by state, severity, classification, KB or CVE'
            cand doctor 'Who am I, and which of the calls are answered, in each place'
            cand iam-policy 'Print the least IAM policy that a command needs; put it in front of the command'
            cand demo 'The embedded demo: its nodes, and a server that others can use too'
            cand completions 'Print the completion script of a shell'
            cand man 'Print a man page'
            cand schema 'Print the JSON Schema of a document'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;states'= {
            cand --ids-file 'Read more ids from a file, written as on standard input'
            cand --tag 'Only nodes with this tag; given again, only nodes with all of them'
            cand --patch-group 'Only nodes of this patch group, by their tag or their last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu'
            cand --rate 'Calls a second in each account and region that --estimate reckons with'
            cand -o 'The format'
            cand --output 'The format'
            cand --output-file 'Write to a file, which is replaced only when the run has read something; - is stdout'
            cand --columns 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all'
            cand --sort-by 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --all 'Every managed node of the regions asked, stopped ones too'
            cand --estimate 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
            cand --no-headers 'Leave out the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;patches'= {
            cand --ids-file 'Read more ids from a file, written as on standard input'
            cand --tag 'Only nodes with this tag; given again, only nodes with all of them'
            cand --patch-group 'Only nodes of this patch group, by their tag or their last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu'
            cand --rate 'Calls a second in each account and region that --estimate reckons with'
            cand --state 'Only patches in these states'
            cand --severity 'Only these severities, in the vendor''s words: Critical, Important, Medium ...'
            cand --classification 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix ...'
            cand --kb 'Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere'
            cand --cve 'Only patches that fix these CVEs, where the service tells which'
            cand -o 'The format'
            cand --output 'The format'
            cand --output-file 'Write to a file, which is replaced only when the run has read something; - is stdout'
            cand --columns 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all'
            cand --sort-by 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --all 'Every managed node of the regions asked, stopped ones too'
            cand --estimate 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
            cand --non-compliant 'Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)'
            cand --no-prefetch 'Drill into every node, whatever its counters say: more calls, the same answer'
            cand --no-headers 'Leave out the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;doctor'= {
            cand -o 'The format'
            cand --output 'The format'
            cand --output-file 'Write to a file, which is replaced only when the run has read something; - is stdout'
            cand --columns 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all'
            cand --sort-by 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --no-headers 'Leave out the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy'= {
            cand --trust 'Print instead the trust policy of the role in a member account, that lets this account''s people assume it'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --without-ec2 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
            cand states 'The least policy of `states` with these flags'
            cand patches 'The least policy of `patches` with these flags'
            cand doctor 'The least policy with which `doctor` finds nothing amiss'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;iam-policy;states'= {
            cand --ids-file 'Read more ids from a file, written as on standard input'
            cand --tag 'Only nodes with this tag; given again, only nodes with all of them'
            cand --patch-group 'Only nodes of this patch group, by their tag or their last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu'
            cand --rate 'Calls a second in each account and region that --estimate reckons with'
            cand -o 'The format'
            cand --output 'The format'
            cand --output-file 'Write to a file, which is replaced only when the run has read something; - is stdout'
            cand --columns 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all'
            cand --sort-by 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --all 'Every managed node of the regions asked, stopped ones too'
            cand --estimate 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
            cand --no-headers 'Leave out the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;patches'= {
            cand --ids-file 'Read more ids from a file, written as on standard input'
            cand --tag 'Only nodes with this tag; given again, only nodes with all of them'
            cand --patch-group 'Only nodes of this patch group, by their tag or their last scan'
            cand --platform 'Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu'
            cand --rate 'Calls a second in each account and region that --estimate reckons with'
            cand --state 'Only patches in these states'
            cand --severity 'Only these severities, in the vendor''s words: Critical, Important, Medium ...'
            cand --classification 'Only these classifications, in the vendor''s words: SecurityUpdates, Security, Bugfix ...'
            cand --kb 'Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere'
            cand --cve 'Only patches that fix these CVEs, where the service tells which'
            cand -o 'The format'
            cand --output 'The format'
            cand --output-file 'Write to a file, which is replaced only when the run has read something; - is stdout'
            cand --columns 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all'
            cand --sort-by 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --all 'Every managed node of the regions asked, stopped ones too'
            cand --estimate 'Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into'
            cand --non-compliant 'Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)'
            cand --no-prefetch 'Drill into every node, whatever its counters say: more calls, the same answer'
            cand --no-headers 'Leave out the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;doctor'= {
            cand -o 'The format'
            cand --output 'The format'
            cand --output-file 'Write to a file, which is replaced only when the run has read something; - is stdout'
            cand --columns 'Only these columns (A,B), or the usual ones and more (+C); `help` lists them all'
            cand --sort-by 'Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --no-headers 'Leave out the header line of the table or CSV'
            cand --bom 'Start CSV with a byte order mark, for spreadsheets that need one'
            cand --without-ec2 'Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;iam-policy;help'= {
            cand states 'The least policy of `states` with these flags'
            cand patches 'The least policy of `patches` with these flags'
            cand doctor 'The least policy with which `doctor` finds nothing amiss'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;iam-policy;help;states'= {
        }
        &'patchctl;iam-policy;help;patches'= {
        }
        &'patchctl;iam-policy;help;doctor'= {
        }
        &'patchctl;iam-policy;help;help'= {
        }
        &'patchctl;demo'= {
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
            cand serve 'Serve the demo''s accounts and regions on a loopback port, for this and every other AWS client'
            cand nodes 'Print the ids of the demo fleet''s nodes, one a line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;demo;serve'= {
            cand --port 'The port on 127.0.0.1; 0 takes any that is free'
            cand --nodes 'Serve a generated fleet of so many nodes instead of the sample fleet'
            cand --patches 'Patches of each generated node'
            cand --missing-one-in 'One generated node in N has patches that are not compliant'
            cand --seed 'The seed of the generated fleet'
            cand --stopped-one-in 'One generated node in N is stopped'
            cand --unscanned-one-in 'One generated node in N was never scanned'
            cand --regions 'Serve such a fleet in each of so many regions, or in those named; without it any region answers, and all alike'
            cand --accounts 'Serve so many accounts, each with such fleets; the first is the caller''s, and its organization lists them all'
            cand --latency 'Wait so long before each answer, in milliseconds'
            cand --rate 'Throttle beyond so many calls a second'
            cand --burst 'Calls let through at once before the rate applies'
            cand --rate-falls-to 'The rate that applies once --rate-falls-after calls were let through'
            cand --rate-falls-after 'Calls let through at --rate before it falls to --rate-falls-to'
            cand --fault-every 'Answer every Nth call with HTTP 500'
            cand --reset-every 'Cut the connection of every Nth call without an answer'
            cand --deny 'Answer every call of this action with an access-denied error, such as ssm:GetInventory; can be repeated'
            cand --fault-region 'Answer every SSM call in this region with HTTP 500; can be repeated'
            cand --slow-region 'Wait so much longer before each answer in this region, in milliseconds; can be repeated'
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;demo;nodes'= {
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;demo;help'= {
            cand serve 'Serve the demo''s accounts and regions on a loopback port, for this and every other AWS client'
            cand nodes 'Print the ids of the demo fleet''s nodes, one a line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;demo;help;serve'= {
        }
        &'patchctl;demo;help;nodes'= {
        }
        &'patchctl;demo;help;help'= {
        }
        &'patchctl;completions'= {
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;man'= {
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'patchctl;schema'= {
            cand --profile 'The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]'
            cand --region 'The AWS regions [env: AWS_REGION]'
            cand --account 'These accounts, each through its role --role-name'
            cand --role-name 'The role to assume in each account'
            cand --external-id 'The external id that the roles ask for'
            cand --endpoint-url 'Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]'
            cand --concurrency 'Calls under way at once in each account and region, 1 to 256'
            cand --color 'When to use colour; NO_COLOR is respected'
            cand --demo 'Ask the embedded demo region: no network, no credentials, the same answer each time'
            cand --all-regions 'Every region that is enabled for the account'
            cand --organization 'Every active account of the organization, each through its role --role-name'
            cand -q 'Say nothing but errors: no summary, no remarks, no progress'
            cand --quiet 'Say nothing but errors: no summary, no remarks, no progress'
            cand -v 'Say how many calls were made'
            cand --verbose 'Say how many calls were made'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'patchctl;help'= {
            cand states 'One row per node: is it compliant, and why not'
            cand patches 'The patches of each node, filtered by state, severity, classification, KB or CVE'
            cand doctor 'Who am I, and which of the calls are answered, in each place'
            cand iam-policy 'Print the least IAM policy that a command needs; put it in front of the command'
            cand demo 'The embedded demo: its nodes, and a server that others can use too'
            cand completions 'Print the completion script of a shell'
            cand man 'Print a man page'
            cand schema 'Print the JSON Schema of a document'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'patchctl;help;states'= {
        }
        &'patchctl;help;patches'= {
        }
        &'patchctl;help;doctor'= {
        }
        &'patchctl;help;iam-policy'= {
            cand states 'The least policy of `states` with these flags'
            cand patches 'The least policy of `patches` with these flags'
            cand doctor 'The least policy with which `doctor` finds nothing amiss'
        }
        &'patchctl;help;iam-policy;states'= {
        }
        &'patchctl;help;iam-policy;patches'= {
        }
        &'patchctl;help;iam-policy;doctor'= {
        }
        &'patchctl;help;demo'= {
            cand serve 'Serve the demo''s accounts and regions on a loopback port, for this and every other AWS client'
            cand nodes 'Print the ids of the demo fleet''s nodes, one a line'
        }
        &'patchctl;help;demo;serve'= {
        }
        &'patchctl;help;demo;nodes'= {
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
