"""Whole fleets against boto3: every node that is managed, once in every format, and nothing read twice.

Knows which selections there are, and works out a second time which nodes each of them means. It does
not depend on how patchctl finds them. What a row has to hold is in reference.py, what the demo has to be in world.py.
"""

import csv
import io
import json
import math
import re
from collections import Counter

import reference
import rule
from reference import PATCH_FIELDS, STATE_FIELDS, fold

from region import AT_ONE_TIME, Region
from world import HOME, PARTNER, PRODUCTION, SANDBOX, Caller

ROLE = "audit/PatchReader"
FORMATS = ("json", "csv", "ndjson")
GENERATED = ("--nodes", 300, "--patches", 45, "--regions", 3, "--accounts", 2, "--stopped-one-in", 7, "--unscanned-one-in", 11)
WELL_FORMED = re.compile(r"(i-(\w{8}|\w{17}))|(mi-\w{17})")
STOPPED = [{"Key": "AWS:InstanceInformation.InstanceStatus", "Values": ["Stopped"], "Type": "Equal"}]


class Place:
    """One account in one region, and everything boto3 can find there. `account` is None where nobody asked for it."""

    def __init__(self, caller, account, region):
        self.caller, self.account, self.region = caller, account, region
        self.listed = {node["InstanceId"]: node for node in caller.nodes(region)}
        self.instances = {instance["InstanceId"]: instance for instance in caller.instances(region)}
        self.stopped = {node for node, instance in self.instances.items() if instance["State"]["Name"] in ("stopping", "stopped")}
        entities = caller.inventory(region, 50, Filters=STOPPED)
        self.platforms = reference.read_platforms(caller.client("ssm", region))
        self.inventory = {entity["Id"]: entity["Data"]["AWS:InstanceInformation"]["Content"][0] for entity in entities}
        self.ssm = caller.client("ssm", region)
        # Stopped instances are asked for, too: a record tells that one is managed.
        candidates = sorted({*self.listed, *self.stopped})
        self.records, self.calls = reference.read_states(self.ssm, candidates), enough(candidates)
        self.baselines = rule.read_baselines(self.ssm, self.records)
        pages = caller.pages("ssm", "describe_patch_groups", region)
        self.registered = {mapping["PatchGroup"] for page in pages for mapping in page["Mappings"]}

    def managed(self, ec2=True, inventory=True, groups=True):
        """Who is a node: running ones are listed; a stopped instance is one if it was scanned, or the inventory has it.
        Without EC2, stopped ones are known to the inventory, and to the patch groups that have a baseline."""
        stopped = {node for node in self.stopped if node in self.records} if ec2 else set()
        if groups and not ec2:
            stopped |= {node for node in self.stopped if self.group(node) in self.registered}
        if inventory:
            stopped |= self.stopped & set(self.inventory)
        return set(self.listed) | stopped

    def group(self, node):
        return self.records.get(node, {}).get("PatchGroup")

    def tags(self, node):
        """What EC2 says; of hybrid nodes it knows nothing, so Systems Manager is asked by `tagged`."""
        return {tag["Key"]: tag["Value"] for tag in self.instances.get(node, {}).get("Tags", [])}

    def tagged(self, key, value):
        hybrid = self.caller.filtered((f"tag:{key}", [value]), region=self.region)
        ours = {node for node in self.instances if self.tags(node).get(key) == value}
        return ours | {node for node in hybrid if node.startswith("mi-")}

    def grouped(self, name):
        scanned = {node for node in self.records if self.group(node) == name}
        return scanned | self.tagged("Patch Group", name) | self.tagged("PatchGroup", name)

    def platform(self, node, words):
        told = self.listed.get(node) or self.inventory.get(node) or {}
        kind, name = told.get("PlatformType"), told.get("PlatformName", "")
        if kind is None:
            kind = "Windows" if self.instances[node].get("Platform") == "windows" else "Linux"
        return any(fold(kind) == fold(word) or fold(name).startswith(fold(word)) for word in words)

    def unmanaged(self, tags=(), groups=(), words=()):
        """Running instances that are in no list of managed nodes, as far as EC2 tells what is asked for."""

        def chosen(node):
            told, own = self.instances[node], self.tags(node)
            kind = "windows" if told.get("Platform") == "windows" else "macos" if told["InstanceType"].startswith("mac") else "linux"
            by_kind = not words or any(fold(word) not in ("windows", "linux", "macos") and kind == "linux" or fold(word) == kind for word in words)
            by_group = not groups or any(own.get(key) in groups for key in ("Patch Group", "PatchGroup"))
            return by_kind and by_group and all(own.get(key) == value for key, value in tags)

        running = {node for node, told in self.instances.items() if told["State"]["Name"] == "running"}
        return {node for node in running - set(self.listed) if chosen(node)}

    def reason(self, node):
        """Why a node without a record has none, as far as it is known."""
        told = self.listed.get(node)
        if told is None:
            return "stopped, no scan recorded"
        if told["PlatformName"].startswith("Bottlerocket"):
            return "Patch Manager cannot patch its platform"
        return "managed and online, no scan recorded" if told["PingStatus"] == "Online" else "managed, its agent is not connected, no scan recorded"

    def row(self, node, max_age=rule.WEEK):
        return reference.state_row(node, self.records.get(node), self.baselines, max_age) | {"Region": self.region, "AccountId": self.account}


def enough(ids):
    """The calls for states that so many ids take. The demo's short ones are none to AWS, so they are asked for alone."""
    return math.ceil(len(ids) / reference.BATCH) + sum(not WELL_FORMED.fullmatch(node) for node in ids)


class World:
    """All places of a server, each read once, when it is first asked for."""

    def __init__(self, url):
        self.caller = Caller(url)
        self.callers, self.places = {None: self.caller, HOME: self.caller}, {}

    def assume(self, account, **more):
        if account not in self.callers:
            self.callers[account] = self.caller.assume(account, **more)[1]

    def place(self, account, region):
        if (account, region) not in self.places:
            self.places[account, region] = Place(self.callers[account], account, region)
        return self.places[account, region]

    def regions(self, account=None):
        answer = self.callers[account].client("ec2").describe_regions()
        return sorted(region["RegionName"] for region in answer["Regions"])

    def everywhere(self, *accounts):
        return [self.place(account, region) for account in accounts for region in self.regions(account)]


class Selection:
    """One command line that selects nodes, and the nodes it means in each place."""

    def __init__(self, name, flags, places, means=Place.managed, scopes=(), ids=None):
        self.name, self.flags, self.places, self.ids = name, flags.split(), places, ids
        # What it means for instances that are not managed; none are asked for by patch group alone.
        value = lambda flag: [word for at, word in zip(self.flags, self.flags[1:]) if at == flag]
        self.tags = [tuple(pair.split("=", 1)) for pair in value("--tag")]
        self.groups, self.words = value("--patch-group"), [word for words in value("--platform") for word in words.split(",")]
        self.nodes = [(place, node) for place in places for node in sorted(means(place))]
        # A node is unread, too, where its verdict hangs on a baseline that is gone.
        self.unread = [node for place, node in self.nodes if place.row(node)["Verdict"] == "UNREAD"]
        # Accounts of which nothing can be read, and why.
        self.scopes = list(scopes)

    def run(self, region, command, form, *flags):
        given = ["-"] if self.ids is not None else []
        region.reset()
        return region.run(command, *given, *self.flags, *flags, "-o", form, ids=self.ids, check=3 if self.scopes or command == "states" and self.unread else 0)


class Whole:
    """The checks: a selection against a server, in every format."""

    def __init__(self, checks, name):
        self.checks, self.name = checks, name

    def check(self, what, problems):
        self.checks.that(f"{self.name}: {what}", problems)

    def states(self, region, selection):
        """Gives the JSON document, for what else it has to say."""
        wanted, fields = [place.row(node) for place, node in selection.nodes], STATE_FIELDS
        if "--organization" in selection.flags:
            # AWS Organizations tells the names, which stand behind the ids.
            pages = World(region.url).caller.pages("organizations", "list_accounts", "us-east-1")
            named = {account["Id"]: account["Name"] for page in pages for account in page["Accounts"]}
            wanted = [row | {"AccountName": named[row["AccountId"]]} for row in wanted]
            at = fields.index("AccountId") + 1
            fields = [*fields[:at], "AccountName", *fields[at:]]
        for form in FORMATS:
            done = selection.run(region, "states", form)
            got = parsed(form, "InstancePatchStates", done.stdout.decode())
            rows, scopes = [row for row in got if row["InstanceId"]], [row for row in got if not row["InstanceId"]]
            problems = once(rows, wanted)
            if not problems:
                problems = self.alike(form, rows, wanted, fields)
            told = [(row["AccountId"], row["Region"] or None, row["Verdict"]) for row in scopes]
            if form == "json":
                # The rows of the document are nodes only.
                told = [(entry["AccountId"], entry["Region"], "UNREAD") for entry in json.loads(done.stdout)["Unread"] if not entry["InstanceId"]]
                problems += [f"{len(scopes)} rows without a node"] if scopes else []
            if told != [(account, None, "UNREAD") for account in selection.scopes]:
                problems.append(f"what could not be read is {told}, not {selection.scopes}")
            problems += self.calls(region, selection)
            self.check(f"states {selection.name}, {form}: {len(wanted)} nodes, each once", problems)
            if form == "json":
                document = json.loads(done.stdout)
        summary = document["Summary"]
        told = {key: summary[key] for key in ("Nodes", "Rows", "Unread", "UnreadScopes")}
        right = {"Nodes": len(wanted), "Rows": len(wanted), "Unread": len(selection.unread),
                 "UnreadScopes": len(selection.scopes)}
        self.checks.equal(f"{self.name}: states {selection.name}, the summary", told, right)
        self.reasons(document, selection)
        self.unmanaged(region, document, selection)
        return document

    def reasons(self, document, selection):
        """Each node without a record has the cause that is known of it."""
        told = {(row["AccountId"], row["Region"], row["InstanceId"]): row["Reasons"] for row in document["InstancePatchStates"]}
        wrong = []
        for place, node in selection.nodes:
            said = told[place.account, place.region, node]
            # By group, or without EC2, nothing but the record of a node may be known.
            if node not in place.records and said != place.reason(node):
                wrong.append(f"{node}: {said}, not {place.reason(node)}")
        self.check(f"states {selection.name}, why there is no data", wrong)

    def unmanaged(self, region, document, selection):
        """Running instances less managed ones, counted for every fleet, and rows on request."""
        found = [report["Unmanaged"] for report in document["Discovery"]]
        asked = not selection.groups or selection.tags
        right = {(place.account, place.region, node) for place in selection.places
                 for node in place.unmanaged(selection.tags, selection.groups, selection.words)}
        if asked:
            known = [nodes for nodes in found if nodes is not None]
            told = [(entry["AccountId"], entry["Region"], entry["InstanceId"]) for nodes in known for entry in nodes]
            problems = [f"{sorted(told, key=str)}, not {sorted(right, key=str)}"] if sorted(told, key=str) != sorted(right, key=str) else []
            if EC2 in self.name:
                problems = [] if known == [] else [f"{known} without EC2"]
            self.check(f"states {selection.name}: {len(right)} running instances are not managed", problems)
        if EC2 in self.name:
            return
        done = selection.run(region, "states", "ndjson", "--unmanaged")
        rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
        key = lambda row: (row["AccountId"], row["Region"], row["InstanceId"])
        added = [row for row in rows if row["Reasons"] == "running, not managed by Systems Manager"]
        problems = [f"{key(row)} is {row['Verdict']}" for row in added if row["Verdict"] != "NO_DATA"]
        problems += [] if sorted(map(key, added), key=str) == sorted(right, key=str) else [f"{[key(row) for row in added]}, not {right}"]
        rest = [row for row in rows if row["InstanceId"] and row not in added]
        problems += [] if len(rest) == len(selection.nodes) else [f"{len(rest)} other rows, not {len(selection.nodes)}"]
        self.check(f"states {selection.name} --unmanaged: {len(right)} rows more", problems)

    def calls(self, region, selection):
        """Each place is asked for the states of a node once."""
        made, most = region.stats()["calls"]["DescribeInstancePatchStates"], sum(place.calls for place in selection.places)
        return [f"{made} calls of DescribeInstancePatchStates, {most} are enough"] if made > most else []

    def alike(self, form, rows, wanted, fields):
        if form != "csv":
            return self.checks.rows(rows, wanted, fields)
        problems = []
        for row, right in zip(rows, wanted):
            for field in fields:
                if not reference.fits_cell(right, field, row[field]):
                    problems.append(f"{row['InstanceId']}: {field} is {row[field]!r}, not {right[field]!r}")
        return problems

    def patches(self, region, selection, state):
        """The rows of one state on every node, and a note on each node without data."""
        rows, notes = [], []
        for place in selection.places:
            nodes = [node for where, node in selection.nodes if where is place]
            here = {"Region": place.region, "AccountId": place.account}
            read = reference.read_patches(place.ssm, nodes, place.platforms)
            notes += [node for node in nodes if node not in place.records]
            rows += [reference.patch_row(node, row) | here for node in nodes for row in read[node] if row.get("State") == state]
        for form in FORMATS:
            done = selection.run(region, "patches", form, "--state", state)
            got = parsed(form, "Patches", done.stdout.decode())
            found = [row for row in got if row["State"]]
            problems = [f"{len(found)} rows, not {len(rows)}"] if len(found) != len(rows) else []
            problems += self.alike(form, found, rows, PATCH_FIELDS)
            told = json.loads(done.stdout)["NoData"] if form == "json" else [row["InstanceId"] for row in got if not row["State"]]
            if told != notes:
                problems.append(f"without data: {told}, not {notes}")
            problems += self.calls(region, selection)
            self.check(f"patches {selection.name} --state {state}, {form}: {len(rows)} rows, {len(notes)} nodes without data", problems)


def parsed(form, name, text):
    if form == "json":
        return json.loads(text)[name]
    if form == "ndjson":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def once(rows, wanted):
    """Every node once, and no other."""
    key = lambda row: (row["AccountId"] or None, row["Region"] or None, row["InstanceId"])
    got, right = Counter(map(key, rows)), Counter(map(key, wanted))
    problems = [f"{node} is missing" for node in sorted(right - got, key=str)]
    problems += [f"{node} is there once too often" for node in sorted(got - right, key=str)]
    return problems or ([] if [*map(key, rows)] == [*map(key, wanted)] else ["the order is not that of places, then ids"])


# -- selections


def selections(world, accounts, group, scopes=()):
    """What every world is asked. `accounts` are those that can be read through the role, `scopes` those that cannot."""
    home, own = world.place(None, "eu-west-1"), world.everywhere(None)
    named = [region for region in ("us-east-1", "eu-west-1", "eu-central-1") if region in world.regions()]
    some = [world.place(None, region) for region in named]
    both = lambda *sets: set.intersection(*sets)
    yield Selection("of one region", "--all --region eu-west-1", [home])
    yield Selection("of several regions", f"--all --region {','.join(named)}", some)
    yield Selection("of all regions", "--all --all-regions", own)
    yield Selection("by tag", "--tag Env=prod --all-regions", own, lambda place: both(place.managed(), place.tagged("Env", "prod")))
    yield Selection("by two tags", "--tag Env=prod --tag Team=web --all-regions", own,
                    lambda place: both(place.managed(), place.tagged("Env", "prod"), place.tagged("Team", "web")))
    yield Selection("by a tag nobody has", "--tag Env=nonesuch --region eu-west-1 --allow-empty", [home], lambda place: set())
    for words in ("windows", "linux", "Ubuntu,windows", "macos"):
        yield Selection(f"by platform {words}", f"--platform {words} --all-regions --allow-empty", own,
                        lambda place: {node for node in place.managed() if place.platform(node, words.split(","))})
    yield Selection("by tag and platform", "--tag Env=prod --platform windows --all-regions", own,
                    lambda place: {node for node in both(place.managed(), place.tagged("Env", "prod")) if place.platform(node, ["windows"])})
    # Documented: nobody tells of a group's nodes that are stopped and were never scanned.
    seen = lambda place: {node for node in place.managed() if node in place.listed or node in place.records}
    yield Selection("by patch group", f"--patch-group {group} --all-regions", own, lambda place: both(seen(place), place.grouped(group)))
    yield Selection("by patch group and tag", f"--patch-group {group} --tag Env=prod --all-regions", own,
                    lambda place: both(seen(place), place.grouped(group), place.tagged("Env", "prod")))
    yield Selection("by patch group and platform", f"--patch-group {group} --platform linux --all-regions", own,
                    lambda place: {node for node in both(seen(place), place.grouped(group)) if place.platform(node, ["linux"])})
    yield Selection("of an account", f"--all --region eu-west-1 --account {accounts[-1]} --role-name {ROLE}", [world.place(accounts[-1], "eu-west-1")])
    yield Selection("of the organization", f"--all --all-regions --organization --role-name {ROLE}", world.everywhere(*accounts), scopes=scopes)


def check_lists(whole, region, world):
    """Ids on stdin over several regions: each one row, from the region that has a record of it."""
    places = world.everywhere(None)
    homes = {node: place for place in places for node in sorted(place.managed())}
    ids = [node for node in homes if homes[node].region in ("eu-west-1", "us-east-1", places[0].region)]
    ids = [node for _, node in sorted((fold(node)[::-1], node) for node in ids)] + ["i-0ffffffffffffffff"]
    wanted = []
    for node in ids:
        place = homes.get(node)
        # Without a record no region knows it, and the row says none.
        lost = reference.state_row(node, None, {}) | {"Region": None, "AccountId": None}
        wanted.append(place.row(node) if place and node in place.records else lost)
    most = len(places) * enough(ids)
    for form in FORMATS:
        region.reset()
        unread = any(row["Verdict"] == "UNREAD" for row in wanted)
        done = region.run("states", "-", "--all-regions", "-o", form, ids=ids, check=3 if unread else 0)
        rows = sorted(parsed(form, "InstancePatchStates", done.stdout.decode()), key=lambda row: row["InstanceId"])
        right = sorted(wanted, key=lambda row: row["InstanceId"])
        made = region.stats()["calls"]["DescribeInstancePatchStates"]
        problems = once(rows, right) or whole.alike(form, rows, right, STATE_FIELDS)
        problems += [f"{made} calls, {most} are enough"] if made > most else []
        whole.check(f"states of {len(ids)} ids in {len(places)} regions, {form}: each one row", problems)
    chosen = {node for place in places for node in place.tagged("Env", "prod")}
    done = region.run("states", "-", "--all-regions", "--tag", "Env=prod", "-o", "ndjson", ids=ids, check=0)
    got = [row["InstanceId"] for row in parsed("ndjson", "", done.stdout.decode())]
    whole.check("states of ids by tag: those of the list that have it", once_ids(got, [node for node in ids if node in chosen]))
    left = len(ids) - len(got)
    whole.check(f"states of ids by tag: {left} are said to be left out", [] if b"left out" in done.stderr else done.stderr.decode())


def once_ids(got, wanted):
    problems = [f"{node} {count} times" for node, count in Counter(got).items() if count > 1]
    return problems + [f"{node}: wanted and not there, or the other way round" for node in sorted(set(got) ^ set(wanted))]


# -- what is found where a call is denied

EC2, INVENTORY, GROUPS = "ec2:DescribeInstances", "ssm:GetInventory", "ssm:DescribePatchGroups"
PROPERTIES = "ssm:DescribeInstanceProperties"
DENIED = [(EC2,), (INVENTORY,), (EC2, INVENTORY), (EC2, GROUPS), (EC2, INVENTORY, GROUPS)]


def check_denied(checks, patchctl, name, shape):
    """The nodes that are still found, and that what cannot be seen is said. boto3 reads an undenied twin."""
    shape = (*shape, *AT_ONE_TIME)
    with Region(patchctl, *shape) as calm:
        world = World(calm.url)
        places = world.everywhere(None)
        every = {node for place in places for node in place.managed()}
        for denied in DENIED:
            # The properties of nodes add nodes that the other calls did not find.
            deny = [word for action in (*denied, PROPERTIES) for word in ("--deny", action)]
            whole = Whole(checks, f"{name} without {', '.join(denied)}")
            means = lambda place: place.managed(ec2=EC2 not in denied, inventory=INVENTORY not in denied, groups=GROUPS not in denied)
            with Region(patchctl, *shape, *deny) as region:
                selection = Selection("of all regions", "--all --all-regions", places, means)
                document = whole.states(region, selection)
                quiet = selection.run(region, "states", "csv").stderr.decode()
                tagged = region.run("states", "--tag", "Env=prod", "--all-regions", "-o", "json", check=0)
            lost = every - {node for _, node in selection.nodes}
            blind = [line for found in document["Discovery"] for line in found["Limitations"]]
            passed = sum(found["StoppedWithoutRecord"] for found in document["Discovery"])
            problems = []
            if EC2 in denied:
                problems += [f"nothing about {action} in {blind}" for action in (EC2,) if not any(action in line for line in blind)]
                problems += [] if re.search("cannot see( in [^:]*)?: stopped EC2 nodes", quiet) else [f"stderr of CSV says {quiet}"]
            else:
                there = sum(1 for place in places for node in place.stopped if node not in place.records)
                problems += [] if passed == there else [f"{passed} stopped instances are said to be left out, not {there}"]
            whole.check(f"{len(lost)} nodes are not found, and the summary says so", problems)
            means = lambda place: place.tagged("Env", "prod") & (set(place.listed) if EC2 in denied else set(place.listed) | set(place.records))
            wanted = {node for place in places for node in means(place)}
            wanted |= set() if {EC2, INVENTORY} & set(denied) else {node for place in places for node in place.managed() & place.tagged("Env", "prod")}
            document = json.loads(tagged.stdout)
            problems = once_ids([row["InstanceId"] for row in document["InstancePatchStates"]], wanted)
            blind = " ".join(line for found in document["Discovery"] for line in found["Limitations"])
            problems += [] if (EC2 in denied) == bool(re.search("stopped EC2 nodes, whose tags", blind)) else [f"cannot see: {blind!r}"]
            whole.check(f"states by tag, {len(wanted)} nodes", problems)


# -- worlds


def check_sample(checks, patchctl):
    with Region(patchctl) as region:
        world, whole = World(region.url), Whole(checks, "whole sample")
        world.assume(PRODUCTION)
        readable = sorted([HOME, PRODUCTION])
        for selection in selections(world, readable, "prod-web", sorted([SANDBOX, PARTNER])):
            checks.section(f"whole sample: {selection.name}", whole.states, region, selection)
        world.assume(PARTNER, ExternalId="demo")
        with_id = Selection("of the organization, with an external id", f"--all --all-regions --organization --role-name {ROLE} --external-id demo",
                            world.everywhere(*sorted([*readable, PARTNER])), scopes=[SANDBOX])
        checks.section("whole sample: external id", whole.states, region, with_id)
        everything = Selection("of all regions", "--all --all-regions", world.everywhere(None))
        checks.section("whole sample: patches", whole.patches, region, everything, "Missing")
        checks.section("whole sample: lists", check_lists, whole, region, world)


def check_generated(checks, patchctl):
    with Region(patchctl, *GENERATED) as region:
        world, whole = World(region.url), Whole(checks, "whole generated")
        pages = world.caller.pages("organizations", "list_accounts", "us-east-1")
        first, *others = sorted(account["Id"] for page in pages for account in page["Accounts"])
        world.callers[first] = world.caller
        for account in others:
            world.assume(account)
        for selection in selections(world, [first, *others], "prod-web"):
            checks.section(f"whole generated: {selection.name}", whole.states, region, selection)
        everything = Selection("of all regions", "--all --all-regions", world.everywhere(None))
        checks.section("whole generated: patches", whole.patches, region, everything, "Missing")
        checks.section("whole generated: lists", check_lists, whole, region, world)


def check_fleets(checks, patchctl):
    checks.section("whole sample", check_sample, checks, patchctl)
    checks.section("whole generated", check_generated, checks, patchctl)
    checks.section("whole sample, denied", check_denied, checks, patchctl, "whole sample", ())
    checks.section("whole generated, denied", check_denied, checks, patchctl, "whole generated", GENERATED)
