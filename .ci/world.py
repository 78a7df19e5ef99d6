"""The demo's world, as boto3 and the AWS CLI meet it: every service, account and region.

Knows what is written in the demo's own tables, src/demo/*.csv, and what AWS
documents. It does not run patchctl: a failure here is one of the double, not of the client.
"""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from region import Region, environment

TABLES = Path(__file__).resolve().parent.parent / "src/demo"
HOME, PRODUCTION, SANDBOX, PARTNER, CLOSED = "111122223333", "444455556666", "777788889999", "123456789012", "999900001111"
CALLER = f"arn:aws:sts::{HOME}:assumed-role/demo/me"
ENABLED = """ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1
    eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2""".split()
# Stand-ins of facts.csv for what a text file should not hold.
MASKS = str.maketrans({"␛": "\x1b", "␇": "\x07", "␘": "\x9b", "↔": "\u202e"})


def table(name):
    with open(TABLES / name, newline="") as file:
        return list(csv.DictReader(file))


def machines(account, region):
    """The lines of facts.csv about a region, with the patch group of those that are nodes."""
    nodes = table("nodes.csv") if (account, region) == (HOME, "eu-west-1") else table("elsewhere.csv")
    groups = {node["id"]: node["group"] for node in nodes}
    scanned = {node["id"] for node in nodes if node["hours_ago"]}
    found = [line for line in table("facts.csv") if (line["account"], line["region"]) == (account, region)]
    for line in found:
        line["name"] = line["name"].translate(MASKS)
        line["group"] = groups.get(line["id"], "")
        line["scanned"] = line["id"] in scanned
        line["hybrid"] = line["id"].startswith("mi-")
    return found


def tags(line):
    named = {"Name": "" if line["hybrid"] else line["name"], "Env": line["env"], "Team": line["team"], "Patch Group": line["group"]}
    return {key: value for key, value in named.items() if value}


def managed(lines):
    return [line for line in lines if line["ping"]]


def running(lines):
    return [line for line in managed(lines) if line["state"] == "running"]


def ids(lines):
    return [line["id"] for line in lines]


class Caller:
    """boto3 with a set of keys, by default those of nobody in particular."""

    def __init__(self, url, keys=("x", "x", None)):
        self.url, self.keys, self.clients = url, keys, {}

    def client(self, service, region="eu-west-1"):
        """One is kept for each service and region: making it takes longer than a call."""
        if (service, region) not in self.clients:
            self.clients[service, region] = self.make(service, region)
        return self.clients[service, region]

    def make(self, service, region):
        key, secret, token = self.keys
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(parameter_validation=False, proxies={}, retries={"total_max_attempts": 1}),
        )

    def assume(self, account, **more):
        answer = self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/audit/PatchReader", RoleSessionName="conformance", **more
        )
        keys = answer["Credentials"]
        return answer, Caller(self.url, (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]))

    def pages(self, service, operation, region="eu-west-1", size=None, **request):
        config = {"PageSize": size} if size else {}
        return list(self.client(service, region).get_paginator(operation).paginate(PaginationConfig=config, **request))

    def nodes(self, region="eu-west-1", size=50, **request):
        pages = self.pages("ssm", "describe_instance_information", region, size, **request)
        return [node for page in pages for node in page["InstanceInformationList"]]

    def filtered(self, *filters, **request):
        return ids_of(self.nodes(Filters=[{"Key": key, "Values": values} for key, values in filters], **request))

    def inventory(self, region="eu-west-1", size=9, **request):
        return [entity for page in self.pages("ssm", "get_inventory", region, size, **request) for entity in page["Entities"]]

    def instances(self, region="eu-west-1", size=None, **request):
        pages = self.pages("ec2", "describe_instances", region, size, **request)
        return [instance for page in pages for held in page["Reservations"] for instance in held["Instances"]]


def ids_of(nodes):
    return [node["InstanceId"] for node in nodes]


def refused(ask, *args, **request):
    """Status, code and message of an error; an answer is none."""
    try:
        return 200, "", str(ask(*args, **request))[:200]
    except ClientError as error:
        said = error.response
        return said["ResponseMetadata"]["HTTPStatusCode"], said["Error"]["Code"], said["Error"]["Message"]


class World:
    """The sample world, called every way the next commands will call it."""

    def __init__(self, checks, region):
        self.checks, self.region = checks, region
        self.caller = Caller(region.url)
        self.home = machines(HOME, "eu-west-1")

    def equal(self, name, got, wanted):
        self.checks.equal(f"world: {name}", got, wanted)

    def everything(self):
        for part in (self.nodes, self.filters, self.inventory, self.groups, self.roles, self.organization, self.ec2,
                     self.regions, self.elsewhere, self.not_enabled, self.cli):
            self.checks.section(f"world: {part.__name__}", part)

    # -- Systems Manager

    def nodes(self):
        wanted = running(self.home)
        for size in (5, 50):
            self.equal(f"describe_instance_information, pages of {size}", ids_of(self.caller.nodes(size=size)), ids(wanted))
        got = self.caller.nodes()
        for field, column in (("PingStatus", "ping"), ("AgentVersion", "agent"), ("IPAddress", "ip"),
                              ("ComputerName", "computer"), ("AssociationStatus", "association")):
            self.equal(f"describe_instance_information, {field}", [node[field] for node in got], [line[column] for line in wanted])
        platforms = {"windows": "Windows", "macos": "MacOS"}
        self.equal("describe_instance_information, PlatformType", [node["PlatformType"] for node in got],
                   [platforms.get(line["os"].split("-")[0], "Linux") for line in wanted])
        hybrid = [line for line in wanted if line["hybrid"]]
        only = {"ActivationId", "IamRole", "RegistrationDate", "Name"}
        self.equal("only hybrid nodes have a name and an activation", [node["InstanceId"] for node in got if only & set(node)], ids(hybrid))
        self.equal("hybrid nodes' names", [node["Name"] for node in got if "Name" in node], [line["name"] for line in hybrid])
        latest = max(line["agent"] for line in wanted)
        self.equal("IsLatestVersion", [node["IsLatestVersion"] for node in got], [line["agent"] == latest for line in wanted])

    def filters(self):
        wanted = running(self.home)
        where = lambda fits: ids(filter(fits, wanted))
        for name, filters, fits in (
            ("PingStatus", [("PingStatus", ["ConnectionLost", "Inactive"])], lambda n: n["ping"] != "Online"),
            ("ResourceType", [("ResourceType", ["ManagedInstance"])], lambda n: n["hybrid"]),
            ("IamRole", [("IamRole", ["demo-hybrid-nodes"])], lambda n: n["hybrid"]),
            ("PlatformTypes", [("PlatformTypes", ["Windows", "MacOS"])], lambda n: n["os"].startswith(("win", "mac"))),
            ("AgentVersion", [("AgentVersion", ["2.3.1569.0"])], lambda n: n["agent"] == "2.3.1569.0"),
            ("AssociationStatus", [("AssociationStatus", ["Failed"])], lambda n: n["association"] == "Failed"),
            ("InstanceIds", [("InstanceIds", ["i-456", "i-123", "i-0dead00000000beef"])], lambda n: n["id"] in ("i-123", "i-456")),
            ("tag:Env, two values", [("tag:Env", ["stage", "dev"])], lambda n: n["env"] in ("stage", "dev")),
            ("tag:Patch Group", [("tag:Patch Group", ["prod-db"])], lambda n: n["group"] == "prod-db"),
            ("tag-key", [("tag-key", ["Patch Group"])], lambda n: n["group"]),
            ("two filters", [("PingStatus", ["Online"]), ("PlatformTypes", ["Linux"])],
             lambda n: n["ping"] == "Online" and not n["os"].startswith(("win", "mac"))),
        ):
            self.equal(f"describe_instance_information by {name}", self.caller.filtered(*filters, size=5), where(fits))
        linux = [{"Key": "PlatformTypes", "Values": ["Linux"]}]
        pages = self.caller.pages("ssm", "describe_instance_information", Filters=linux)
        empty = [page for page in pages if not page["InstanceInformationList"]]
        self.equal("one page by platform is empty and has more behind it", [bool(page.get("NextToken")) for page in empty], [True])
        ask = self.caller.client("ssm").describe_instance_information
        mixed = [{"Key": "tag:Env", "Values": ["prod"]}, {"Key": "PingStatus", "Values": ["Online"]}]
        self.equal("a tag filter goes alone", refused(ask, Filters=mixed),
                   (400, "ValidationException", "Cannot mix tag or inventory filter with any other filter."))
        for name, request, code in (
            ("MaxResults 4", {"MaxResults": 4}, "ValidationException"),
            ("MaxResults 51", {"MaxResults": 51}, "ValidationException"),
            ("a bad token", {"NextToken": "bad"}, "InvalidNextToken"),
            ("an unknown key", {"Filters": [{"Key": "Name", "Values": ["x"]}]}, "InvalidFilterKey"),
            ("an unknown status", {"Filters": [{"Key": "PingStatus", "Values": ["x"]}]}, "InvalidInstanceInformationFilterValue"),
        ):
            self.equal(f"describe_instance_information: {name} -> {code}", refused(ask, **request)[:2], (400, code))

    def inventory(self):
        known = managed(self.home)
        entities = self.caller.inventory()
        self.equal("get_inventory", [entity["Id"] for entity in entities], ids(known))
        content = [entity["Data"]["AWS:InstanceInformation"]["Content"][0] for entity in entities]
        status = {"running": {"Online": "Active"}, "stopped": {}, "terminated": {}}
        told = lambda line: status[line["state"]].get(line["ping"], "ConnectionLost" if line["state"] == "running" else line["state"].capitalize())
        self.equal("get_inventory, InstanceStatus", [entry["InstanceStatus"] for entry in content], [told(line) for line in known])
        self.equal("get_inventory, IpAddress", [entry["IpAddress"] for entry in content], [line["ip"] for line in known])
        for how, value, fits in (
            ("Equal", "Stopped", lambda n: n["state"] == "stopped"),
            ("Equal", "Terminated", lambda n: n["state"] == "terminated"),
            ("NotEqual", "Terminated", lambda n: n["state"] != "terminated"),
        ):
            one = [{"Key": "AWS:InstanceInformation.InstanceStatus", "Values": [value], "Type": how}]
            got = [entity["Id"] for entity in self.caller.inventory(Filters=one)]
            self.equal(f"get_inventory, InstanceStatus {how} {value}", got, ids(filter(fits, known)))

    def groups(self):
        groups = {line["group"] for line in self.home if line["group"]}
        pages = self.caller.pages("ssm", "describe_patch_groups", size=2)
        told = {mapping["PatchGroup"] for page in pages for mapping in page["Mappings"]}
        self.equal("describe_patch_groups leaves out groups without a baseline", groups - told, {"legacy", "build", "kiosk"})
        self.equal("describe_patch_groups tells no group twice with one baseline",
                   max(Counter((m["PatchGroup"], m["BaselineIdentity"]["BaselineId"]) for page in pages for m in page["Mappings"]).values()), 1)
        for group in sorted(groups) + ["nonesuch"]:
            pages = self.caller.pages("ssm", "describe_instance_patch_states_for_patch_group", size=10, PatchGroup=group)
            got = [record["InstanceId"] for page in pages for record in page["InstancePatchStates"]]
            wanted = [line["id"] for line in self.home if line["group"] == group and line["scanned"]]
            self.equal(f"describe_instance_patch_states_for_patch_group {group}", got, wanted)

    # -- the other services

    def roles(self):
        who = lambda caller: caller.client("sts").get_caller_identity()
        identity = who(self.caller)
        self.equal("get_caller_identity", (identity["Account"], identity["Arn"]), (HOME, CALLER))
        for account, more in ((PRODUCTION, {}), (PARTNER, {"ExternalId": "demo"}), (HOME, {})):
            answer, assumed = self.caller.assume(account, **more)
            self.equal(f"assume_role in {account}", answer["AssumedRoleUser"]["Arn"],
                       f"arn:aws:sts::{account}:assumed-role/PatchReader/conformance")
            self.equal(f"get_caller_identity in {account}", who(assumed)["Account"], account)
        for account, more in ((SANDBOX, {}), (CLOSED, {}), (PARTNER, {}), (PARTNER, {"ExternalId": "wrong"})):
            why = f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{account}:role/audit/PatchReader"
            self.equal(f"assume_role in {account} {more}is denied", refused(self.caller.assume, account, **more), (403, "AccessDenied", why))

    def organization(self):
        wanted = [(HOME, "demo-management", "ACTIVE"), (PRODUCTION, "demo-production", "ACTIVE"), (SANDBOX, "demo-sandbox", "ACTIVE"),
                  (PARTNER, "demo-partner", "ACTIVE"), (CLOSED, "demo-closed", "SUSPENDED")]
        for size in (2, 20):
            pages = self.caller.pages("organizations", "list_accounts", "us-east-1", size)
            got = [(account["Id"], account["Name"], account["Status"]) for page in pages for account in page["Accounts"]]
            self.equal(f"list_accounts, pages of {size}", got, wanted)
        _, assumed = self.caller.assume(PRODUCTION)
        denied = refused(assumed.client("organizations", "us-east-1").list_accounts)
        self.equal("list_accounts elsewhere", denied, (400, "AccessDeniedException", "You don't have permissions to access this resource."))

    def ec2(self):
        there = [line for line in self.home if not line["hybrid"] and line["state"] != "terminated"]
        for size in (None, 7):
            got = self.caller.instances(size=size)
            self.equal(f"describe_instances, pages of {size}", ids_of(got), ids(there))
        self.equal("describe_instances, states", [one["State"]["Name"] for one in got], [line["state"] for line in there])
        self.equal("describe_instances, addresses", [one["PrivateIpAddress"] for one in got], [line["ip"] for line in there])
        self.equal("describe_instances, platforms", [one.get("Platform") for one in got],
                   ["windows" if line["os"].startswith("win") else None for line in there])
        told = [{tag["Key"]: tag["Value"] for tag in one.get("Tags", [])} for one in got]
        self.equal("describe_instances, tags", told, [tags(line) for line in there])
        for name, values, fits in (
            ("instance-state-name", ["stopped"], lambda n: n["state"] == "stopped"),
            ("tag:Env", ["prod", "stage"], lambda n: n["env"] in ("prod", "stage")),
            ("tag:Name", ["web-*"], lambda n: n["name"].startswith("web-")),
            ("tag-key", ["Patch Group"], lambda n: n["group"]),
            ("platform", ["windows"], lambda n: n["os"].startswith("win")),
        ):
            got = self.caller.instances(Filters=[{"Name": name, "Values": values}])
            self.equal(f"describe_instances by {name}", ids_of(got), ids(filter(fits, there)))
        got = self.caller.instances(InstanceIds=["i-456", "i-0f4d2b8c6e1a97530"])
        self.equal("describe_instances by id", ids_of(got), ["i-456", "i-0f4d2b8c6e1a97530"])
        unknown = refused(self.caller.client("ec2").describe_instances, InstanceIds=["i-0ffffffffffffffff"])
        self.equal("describe_instances of an unknown id", unknown,
                   (400, "InvalidInstanceID.NotFound", "The instance ID 'i-0ffffffffffffffff' does not exist"))

    def regions(self):
        ask = self.caller.client("ec2").describe_regions
        names = lambda answer: [region["RegionName"] for region in answer["Regions"]]
        self.equal("describe_regions", names(ask()), ENABLED)
        every = ask(AllRegions=True)["Regions"]
        off = [region["RegionName"] for region in every if region["OptInStatus"] == "not-opted-in"]
        self.equal("describe_regions, all", (len(every) - len(off), "me-central-1" in off), (len(ENABLED), True))
        on = [{"Name": "opt-in-status", "Values": ["opt-in-not-required", "opted-in"]}]
        self.equal("describe_regions by opt-in-status", names(ask(AllRegions=True, Filters=on)), ENABLED)

    # -- other accounts and regions

    def elsewhere(self):
        callers = {HOME: self.caller, PRODUCTION: self.caller.assume(PRODUCTION)[1], PARTNER: self.caller.assume(PARTNER, ExternalId="demo")[1]}
        for account, caller in callers.items():
            for region in ("us-east-1", "eu-central-1", "eu-west-1", "sa-east-1"):
                if (account, region) == (HOME, "eu-west-1"):
                    continue
                lines = machines(account, region)
                place = f"{account}/{region}"
                self.equal(f"nodes of {place}", ids_of(caller.nodes(region)), ids(running(lines)))
                self.equal(f"inventory of {place}", [one["Id"] for one in caller.inventory(region)], ids(managed(lines)))
                instances = [line for line in lines if line["state"] != "terminated"]
                self.equal(f"instances of {place}", ids_of(caller.instances(region)), ids(instances))
                nodes = self.region.get(f"/nodes?account={account}&region={region}").split()
                self.equal(f"/nodes of {place}", nodes, ids(line for line in lines if line["state"] != "terminated"))
                if nodes:
                    answer = caller.client("ssm", region).describe_instance_patch_states(InstanceIds=nodes)
                    self.equal(f"states of {place}", ids_of(answer["InstancePatchStates"]), nodes)

    def not_enabled(self):
        invalid = "The security token included in the request is invalid."
        unknown = "AWS was not able to validate the provided access credentials"
        for region in ("me-central-1", "xx-nowhere-1"):
            ssm, ec2 = self.caller.client("ssm", region), self.caller.client("ec2", region)
            self.equal(f"ssm in {region}", refused(ssm.describe_instance_information), (400, "UnrecognizedClientException", invalid))
            self.equal(f"ec2 in {region}", refused(ec2.describe_instances), (401, "AuthFailure", unknown))

    # -- the AWS CLI

    def cli(self):
        run = lambda *args: aws(self.region, *args)
        here = running(self.home)
        stopped = ["Name=instance-state-name,Values=stopped", "--query", "Reservations[].Instances[].InstanceId"]
        for args, wanted in (
            (["ssm", "describe-instance-information", "--query", "InstanceInformationList[].InstanceId"], ids(here)),
            (["ssm", "get-inventory", "--query", "Entities[].Id"], ids(managed(self.home))),
            (["ssm", "describe-patch-groups", "--query", "length(Mappings)"], 7),
            (["ssm", "describe-instance-patch-states-for-patch-group", "--patch-group", "build", "--query", "InstancePatchStates[].InstanceId"],
             [line["id"] for line in self.home if line["group"] == "build"]),
            (["sts", "get-caller-identity", "--query", "Arn"], CALLER),
            (["sts", "assume-role", "--role-arn", f"arn:aws:iam::{PRODUCTION}:role/R", "--role-session-name", "me",
              "--query", "Credentials.AccessKeyId"], f"ASIADEMO{PRODUCTION}"),
            (["organizations", "list-accounts", "--query", "Accounts[].Id"], [HOME, PRODUCTION, SANDBOX, PARTNER, CLOSED]),
            (["ec2", "describe-instances", "--filters", *stopped],
             [line["id"] for line in self.home if line["state"] == "stopped"]),
            (["ec2", "describe-regions", "--query", "Regions[].RegionName"], ENABLED),
        ):
            self.equal(f"aws {' '.join(args[:2])}", run(*args), wanted)


def aws(region, *args):
    """What the AWS CLI prints, as a document; what it complains of, as text."""
    command = [sys.executable, Path(sys.executable).with_name("aws"), *args, "--output", "json"]
    done = subprocess.run(command, capture_output=True, env=environment(region.url), timeout=120)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.decode().strip()


def check_generated(checks, patchctl):
    """Every region of every account has as many nodes, and no two have one in common."""
    with Region(patchctl, "--nodes", 60, "--regions", 3, "--accounts", 22, "--unscanned-one-in", 10) as region:
        caller = Caller(region.url)
        pages = caller.pages("organizations", "list_accounts", "us-east-1")
        accounts = [account["Id"] for page in pages for account in page["Accounts"]]
        checks.equal("generated: list_accounts", ([len(page["Accounts"]) for page in pages], accounts[0]), ([20, 2], "100000000001"))
        regions = [one["RegionName"] for one in caller.client("ec2").describe_regions()["Regions"]]
        checks.equal("generated: describe_regions", len(regions), 3)
        seen = set()
        for account in (accounts[0], accounts[1], accounts[-1]):
            _, assumed = caller.assume(account)
            for name in regions:
                known = [entity["Id"] for entity in assumed.inventory(name, 50)]
                online = ids_of(assumed.nodes(name))
                there = [one for one in assumed.instances(name, 25) if one["State"]["Name"] == "stopped"]
                checks.equal(f"generated: {account}/{name}, nodes known and online, instances stopped",
                             (len(known), len(online), len(there)), (60, 57, 3))
                checks.equal(f"generated: {account}/{name}, /nodes", region.get(f"/nodes?account={account}&region={name}").split(), known)
                answer = assumed.client("ssm", name).describe_instance_patch_states(InstanceIds=known[:50])
                checks.equal(f"generated: {account}/{name}, scanned", len(answer["InstancePatchStates"]), 45)
                seen.update(known)
        checks.equal("generated: no node is in two places", len(seen), 9 * 60)
    with Region(patchctl, "--nodes", 40) as region:
        caller = Caller(region.url)
        checks.equal("generated: without --regions every region answers alike", caller.nodes("us-west-2"), caller.nodes("eu-west-1"))


def check_manners(checks, patchctl):
    """Refusals, faults and slowness go where they were told to, and the counters say so."""
    flags = ["--deny", "ssm:GetInventory", "--deny", "ec2:DescribeInstances", "--deny", "sts:AssumeRole", "--deny", "organizations:ListAccounts"]
    with Region(patchctl, *flags, "--fault-region", "us-east-1", "--slow-region", "eu-central-1=200") as region:
        caller = Caller(region.url)
        client = caller.client
        because = "because no identity-based policy allows the {0} action"
        for service, operation, status, code, words in (
            ("ssm", "get_inventory", 400, "AccessDeniedException",
             f"User: {CALLER} is not authorized to perform: ssm:GetInventory on resource: arn:aws:ssm:eu-west-1:{HOME}:* "
             + because.format("ssm:GetInventory")),
            ("ec2", "describe_instances", 403, "UnauthorizedOperation",
             f"You are not authorized to perform this operation. User: {CALLER} is not authorized to perform: ec2:DescribeInstances "
             + because.format("ec2:DescribeInstances")),
            ("organizations", "list_accounts", 400, "AccessDeniedException", "You don't have permissions to access this resource."),
        ):
            checks.equal(f"serve --deny {service}: {operation}", refused(getattr(client(service), operation)), (status, code, words))
        checks.equal("serve --deny sts:AssumeRole", refused(caller.assume, PRODUCTION)[:2], (403, "AccessDenied"))
        checks.equal("serve --deny leaves the rest alone", len(client("ec2").describe_regions()["Regions"]), len(ENABLED))
        fault = refused(client("ssm", "us-east-1").describe_instance_information)
        checks.equal("serve --fault-region", fault[:2], (500, "InternalServerError"))
        slow = client("ssm", "eu-central-1").describe_instance_information()["ResponseMetadata"]["HTTPStatusCode"]
        stats = region.stats()
        checks.equal("serve: calls by region", stats["by_region"],
                     {f"{HOME}/{name}": {"calls": 1, "throttled": 0} for name in ("eu-central-1", "eu-west-1", "us-east-1")})
        checks.equal("serve: calls by name", (slow, stats["calls"]["GetInventory"], stats["calls"]["AssumeRole"]), (200, 1, 1))
    with Region(patchctl, "--rate", 0.001, "--burst", 2) as region:
        clients = [Caller(region.url).client("ssm", name) for name in ("eu-west-1", "us-east-1")]
        got = [refused(one.describe_instance_information)[1] for one in clients for _ in range(3)]
        checks.equal("serve --rate is by region", got, ["", "", "ThrottlingException"] * 2)


def check_world(checks, patchctl):
    with Region(patchctl) as region:
        World(checks, region).everything()
    checks.section("generated worlds", check_generated, checks, patchctl)
    checks.section("manners by action and region", check_manners, checks, patchctl)
