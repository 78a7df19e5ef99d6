"""Writes the corpus that fuzzing starts from: what the demo answers, the examples, and a word or two of each kind.

    python fuzz/seed.py PATH_TO_PATCHCTL

Small on purpose: it is kept in the repository. A run grows a corpus of its own under target/fuzz-corpus/.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / ".ci"))

from region import Region  # noqa: E402

SSM = {
    "states": ("DescribeInstancePatchStates", {"InstanceIds": ["i-123", "i-456", "i-0c93a6f41be80d275"]}),
    "states-of-none": ("DescribeInstancePatchStates", {"InstanceIds": ["i-0dead00000000beef"]}),
    "group": ("DescribeInstancePatchStatesForPatchGroup", {"PatchGroup": "prod-web", "MaxResults": 10}),
    "patches": ("DescribeInstancePatches", {"InstanceId": "i-123", "MaxResults": 10}),
    "missing": ("DescribeInstancePatches", {"InstanceId": "i-123", "Filters": [{"Key": "State", "Values": ["Missing"]}]}),
    "nodes": ("DescribeInstanceInformation", {"MaxResults": 5}),
    "inventory": ("GetInventory", {"MaxResults": 5}),
    "groups": ("DescribePatchGroups", {"MaxResults": 5}),
    "tags": ("ListTagsForResource", {"ResourceType": "ManagedInstance", "ResourceId": "mi-0b5f8d2a7c9e14360"}),
    "baselines": ("DescribePatchBaselines", {"MaxResults": 5}),
    "baseline": ("GetPatchBaseline", {"BaselineId": "pb-0e7b3d5f91a2c6480"}),
    "no-baseline": ("GetPatchBaseline", {"BaselineId": "pb-0b1d9e5f3a7c64280"}),
    "available": ("DescribeAvailablePatches", {"Filters": [{"Key": "PATCH_ID", "Values": ["KB5088019"]}], "MaxResults": 3}),
    "accounts": ("ListAccounts", {}),
}
FORMS = {
    "regions": ("ec2", "Action=DescribeRegions&Version=2016-11-15"),
    "instances": ("ec2", "Action=DescribeInstances&Version=2016-11-15&MaxResults=5"),
    "identity": ("sts", "Action=GetCallerIdentity&Version=2011-06-15"),
    "role": ("sts", "Action=AssumeRole&Version=2011-06-15&RoleSessionName=s&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fr"),
    "no-role": ("sts", "Action=AssumeRole&Version=2011-06-15&RoleSessionName=s&RoleArn=arn%3Aaws%3Aiam%3A%3A777788889999%3Arole%2Fr"),
}
RULES = ["non-compliant", "stale", "no-data", "unread", "missing>0", "failed>=2", "missing>=critical", "unapproved>0", "compliant<95%", "compliant<=99.5%",
         "patch-older-than 30d", "baseline-differs", "compliant<\n9\x1b%"]
# Each line is for a flag: see src/fuzzing.rs.
FILTERS = ["<missing,failed\n=Critical", ">important\nAcve", "@KB5088215,bind*\nACVE-2026-57026", "BEnv=prod\nDwindows", "EInstanceId,+State\nF-State", "G36h"]
IDS = ["i-0123456789abcdef0 i-123\n# a remark\nmi-0b5f8d2a7c9e14360,i-456", "\ufeffi-123\r\ni-456\r\n", "\ufeff\ufeffi-789", ""]


def ask(url, service, body, target=None):
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=x/20261120/eu-west-1/{service}/aws4_request"}
    if target:
        headers |= {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body.encode(), headers=headers), timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def write(target, name, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def main():
    # At one time, so that the same corpus is written each time.
    with Region(sys.argv[1], "--now", "2026-11-20T12:00:00Z") as region:
        for name, (operation, body) in SSM.items():
            service, prefix = ("organizations", "AWSOrganizationsV20161128") if operation == "ListAccounts" else ("ssm", "AmazonSSM")
            write("ssm", name, ask(region.url, service, json.dumps(body), f"{prefix}.{operation}"))
        for name, (service, body) in FORMS.items():
            write("xml", name, ask(region.url, service, body))
    write("config", "example", (ROOT / "examples" / "patchctl.toml").read_bytes())
    write("waivers", "example", (ROOT / "examples" / "waivers.toml").read_bytes())
    for target, texts in (("rules", RULES), ("filters", FILTERS), ("ids", IDS)):
        for text in texts:
            write(target, re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:30] or "empty", text)


if __name__ == "__main__":
    main()
