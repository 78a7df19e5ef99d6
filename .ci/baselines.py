"""Baselines and release dates, as boto3 and the AWS CLI meet them, and how often patchctl asks for them.

Knows what is written in src/demo/baselines.csv and windows.csv, and what AWS documents: GetPatchBaseline knows AWS's own
baselines by their ARNs only. What patchctl makes of a baseline's status is in rule.py.
"""

import calendar
import re
from datetime import datetime, timedelta, timezone

import reference
import rule
from reference import fold
from region import Region
from world import HOME, Caller, aws, refused, table

GONE = "pb-0b1d9e5f3a7c64280"
MISSING = (400, "DoesNotExistException", "Patch Baseline to be retrieved does not exist.")
STATUS = "AvailableSecurityUpdatesComplianceStatus"
PRODUCTS = {"windows-2016": "WindowsServer2016", "windows-2019": "WindowsServer2019", "windows-2022": "WindowsServer2022",
            "windows-2025": "MicrosoftServerOperatingSystem-24H2"}


def arn(line, region="eu-west-1"):
    return f"arn:aws:ssm:{region}:075727635805:patchbaseline/{line['id']}"


def name(line):
    return arn(line) if line["owner"] == "AWS" else line["id"]


def by(**filters):
    return [{"Key": key, "Values": values} for key, values in filters.items()]


def second_tuesday(year, month):
    days = [day for week in calendar.monthcalendar(year, month) if (day := week[calendar.TUESDAY])]
    return datetime(year, month, days[1], 17, 0, 8, tzinfo=timezone.utc)


class Baselines:
    """The sample world's baselines and patches of Windows."""

    def __init__(self, checks, region):
        self.checks, self.region = checks, region
        self.caller = Caller(region.url)
        self.ssm = self.caller.client("ssm")
        self.lines = table("baselines.csv")

    def equal(self, what, got, wanted):
        self.checks.equal(f"baselines: {what}", got, wanted)

    def everything(self):
        for part in (self.one, self.listed, self.of_nodes, self.available, self.refusals, self.cli):
            self.checks.section(f"baselines: {part.__name__}", part)

    def one(self):
        told = [self.ssm.get_patch_baseline(BaselineId=name(line)) for line in self.lines]
        self.equal("get_patch_baseline, names", [(one["BaselineId"], one["Name"], one["OperatingSystem"], one["Description"]) for one in told],
                   [(name(line), line["name"], line["system"], line["about"]) for line in self.lines])
        self.equal(f"get_patch_baseline, {STATUS}", [one.get(STATUS) for one in told], [line["ruling"] or None for line in self.lines])
        self.equal("get_patch_baseline, dates", {type(one[key]) for one in told for key in ("CreatedDate", "ModifiedDate")}, {datetime})
        of_aws = [line for line in self.lines if line["owner"] == "AWS"]
        bare = {refused(self.ssm.get_patch_baseline, BaselineId=line["id"]) for line in of_aws}
        self.equal(f"get_patch_baseline, {len(of_aws)} of AWS's own by their bare ids", bare, {MISSING})
        elsewhere = arn(of_aws[0], "us-east-1")
        self.equal("get_patch_baseline of another region's ARN", refused(self.ssm.get_patch_baseline, BaselineId=elsewhere), MISSING)
        there = self.caller.client("ssm", "us-east-1").get_patch_baseline(BaselineId=elsewhere)
        self.equal("the same, asked there", there["BaselineId"], elsewhere)
        self.equal("get_patch_baseline of one that is gone", refused(self.ssm.get_patch_baseline, BaselineId=GONE), MISSING)

    def listed(self):
        for size in (1, 7, 100):
            pages = self.caller.pages("ssm", "describe_patch_baselines", size=size)
            got = [one for page in pages for one in page["BaselineIdentities"]]
            self.equal(f"describe_patch_baselines, pages of {size}",
                       [(one["BaselineId"], one["BaselineName"], one["OperatingSystem"], one["DefaultBaseline"]) for one in got],
                       [(name(line), line["name"], line["system"], line["default"] == "yes") for line in self.lines])
        for what, filters, fits in (
            ("OWNER AWS", by(OWNER=["AWS"]), lambda line: line["owner"] == "AWS"),
            ("OWNER Self", by(OWNER=["Self"]), lambda line: line["owner"] == "Self"),
            ("NAME_PREFIX", by(NAME_PREFIX=["AWS-Windows", "web"]), lambda line: line["name"].startswith(("AWS-Windows", "web"))),
            ("two keys", by(OWNER=["Self"], OPERATING_SYSTEM=["WINDOWS"]), lambda line: line["owner"] == "Self" and line["system"] == "WINDOWS"),
        ):
            pages = self.caller.pages("ssm", "describe_patch_baselines", size=3, Filters=filters)
            got = [one["BaselineId"] for page in pages for one in page["BaselineIdentities"]]
            self.equal(f"describe_patch_baselines by {what}", got, [name(line) for line in filter(fits, self.lines)])
        empty = self.caller.client("ssm", "sa-east-1").describe_patch_baselines(Filters=by(OWNER=["Self"]))
        self.equal("nobody has baselines of their own where nobody has nodes", empty["BaselineIdentities"], [])

    def of_nodes(self):
        """Patch states give bare ids for all of them; all but one lead to a baseline, by its other name where it is AWS's."""
        names = {name(line).rsplit("/")[-1]: name(line) for line in self.lines}
        records = reference.read_states(self.ssm, self.region.nodes())
        ids = {record["BaselineId"] for record in records.values()}
        self.equal("the baselines of nodes that are not there", ids - set(names), {GONE})
        self.equal("ids in patch states", [one for one in ids if not re.fullmatch("pb-[0-9a-f]{17}", one)], [])
        waiting = {record["BaselineId"] for record in records.values() if record.get("AvailableSecurityUpdateCount") and not any(
            record[key] for key, _ in rule.DECIDING)}
        rulings = {self.ssm.get_patch_baseline(BaselineId=names[one]).get(STATUS) for one in waiting - {GONE}}
        self.equal("rulings on nodes where nothing but security updates waits", (rulings, GONE in waiting), ({"COMPLIANT", "NON_COMPLIANT", None}, True))

    def rows(self, size=50, **request):
        pages = self.caller.pages("ssm", "describe_available_patches", size=size, **request)
        return [row for page in pages for row in page["Patches"]]

    def available(self):
        lines = table("windows.csv")
        wanted = {(line["kb"], PRODUCTS[os]): line for line in lines for os in line["on"].split()}
        rows = self.rows()
        got = {(row["KbNumber"], row["Product"]): row for row in rows}
        self.equal("describe_available_patches, a row for each product", (len(rows), set(got)), (len(wanted), set(wanted)))
        for field, column in (("Title", "title"), ("Classification", "classification"), ("MsrcSeverity", "severity")):
            self.equal(f"describe_available_patches, {field}", {key: row[field] for key, row in got.items()},
                       {key: line[column] for key, line in wanted.items()})
        for size in (1, 7):
            self.equal(f"describe_available_patches, pages of {size}", self.rows(size), rows)
        first = {}
        for row in rows:
            first[row["KbNumber"]] = min(first.get(row["KbNumber"], row["ReleaseDate"]), row["ReleaseDate"])
        months = {line["kb"]: found for line in lines if (found := re.match(r"(\d{4})-(\d\d) ", line["title"]))}
        self.equal("the earliest date of a patch is the second Tuesday of its month", {kb: first[kb] for kb in months},
                   {kb: second_tuesday(int(month[1]), int(month[2])) for kb, month in months.items()})
        several = [line["kb"] for line in lines if len(line["on"].split()) > 1]
        dates = lambda kb: [row["ReleaseDate"] for row in rows if row["KbNumber"] == kb]
        self.equal(f"the first row of {len(several)} patches is not their earliest", [kb for kb in several if dates(kb)[0] == min(dates(kb))], [])
        spread = max(max(dates(kb)) - min(dates(kb)) for kb in several)
        self.equal("products have a patch within days of one another", spread < timedelta(days=7), True)
        some = by(PATCH_ID=[*several, "KB1"])
        self.equal("describe_available_patches by PATCH_ID", self.rows(Filters=some), [row for row in rows if row["KbNumber"] in several])
        some = by(PRODUCT=["WindowsServer2019"], MSRC_SEVERITY=["Critical"])
        self.equal("describe_available_patches by two keys", self.rows(Filters=some),
                   [row for row in rows if (row["Product"], row["MsrcSeverity"]) == ("WindowsServer2019", "Critical")])
        self.equal("describe_available_patches of an unknown patch", self.rows(Filters=by(PATCH_ID=["KB1"])), [])

    def refusals(self):
        one, many, patches = self.ssm.get_patch_baseline, self.ssm.describe_patch_baselines, self.ssm.describe_available_patches
        for what, ask, request, code, words in (
            ("a short id", one, {"BaselineId": "pb-1"}, "ValidationException", "length greater than or equal to 20"),
            ("an odd id", one, {"BaselineId": "pb-09ca3fb51f0412ec 3"}, "ValidationException", "regular expression pattern"),
            ("MaxResults 101", many, {"MaxResults": 101}, "ValidationException", "less than or equal to 100"),
            ("MaxResults 0", many, {"MaxResults": 0}, "ValidationException", "greater than or equal to 1"),
            ("an unknown key", many, {"Filters": by(NAME=["x"])}, "ValidationException", ""),
            ("an unknown owner", many, {"Filters": by(OWNER=["Amazon"])}, "ValidationException", ""),
            ("a bad token", many, {"NextToken": "bad"}, "InvalidNextToken", ""),
            ("MaxResults 51", patches, {"MaxResults": 51}, "ValidationException", "less than or equal to 50"),
            ("a filter of Linux alone", patches, {"Filters": by(CVE_ID=["CVE-2018-3615"])}, "ValidationException", "PRODUCT"),
            ("an unknown key", patches, {"Filters": by(KBId=["KB1"])}, "ValidationException", ""),
            ("a bad token", patches, {"NextToken": "bad"}, "InvalidNextToken", ""),
        ):
            status, got, message = refused(ask, **request)
            self.checks.that(f"baselines: {ask.__name__}: {what} -> {code}",
                             [] if (status, got) == (400, code) and words in message else f"{status} {got} {message}")

    def cli(self):
        run = lambda *args: aws(self.region, "ssm", *args)
        windows = next(line for line in self.lines if line["name"] == "AWS-DefaultPatchBaseline")
        said = run("get-patch-baseline", "--baseline-id", windows["id"])
        self.checks.that("aws ssm get-patch-baseline of AWS's own by its bare id fails",
                         [] if "(DoesNotExistException)" in str(said) else f"it said {said!r}")
        self.equal("aws ssm get-patch-baseline by its ARN", run("get-patch-baseline", "--baseline-id", arn(windows), "--query", STATUS), "NON_COMPLIANT")
        self.equal("aws ssm describe-patch-baselines", run("describe-patch-baselines", "--filters", "Key=OWNER,Values=[Self]",
                                                           "--query", "BaselineIdentities[].BaselineId"),
                   [line["id"] for line in self.lines if line["owner"] == "Self"])
        self.equal("aws ssm describe-available-patches", run("describe-available-patches", "--filters", "Key=PATCH_ID,Values=KB5094128",
                                                             "--query", "Patches[].[KbNumber,Product]"),
                   [["KB5094128", PRODUCTS["windows-2025"]]])


def check_denied(checks, patchctl):
    actions = ["GetPatchBaseline", "DescribePatchBaselines", "DescribeAvailablePatches"]
    with Region(patchctl, *(word for action in actions for word in ("--deny", f"ssm:{action}"))) as region:
        ssm = Caller(region.url).client("ssm")
        for action, ask, request, about in (
            (actions[0], ssm.get_patch_baseline, {"BaselineId": GONE}, f"patchbaseline/{GONE}"),
            (actions[1], ssm.describe_patch_baselines, {}, "*"),
            (actions[2], ssm.describe_available_patches, {}, "*"),
        ):
            status, code, message = refused(ask, **request)
            words = f"perform: ssm:{action} on resource: arn:aws:ssm:eu-west-1:{HOME}:{about} "
            checks.that(f"serve --deny ssm:{action}", [] if (status, code) == (400, "AccessDeniedException") and words in message else message)


def check_calls(checks, patchctl, what, *shape):
    """patchctl reads each baseline once in a region, whoever owns it, and only where a security update waits."""
    with Region(patchctl, *shape) as region:
        ssm = Caller(region.url).client("ssm")
        records = reference.read_states(ssm, region.nodes())
        waiting = {record["BaselineId"] for record in records.values() if record.get("AvailableSecurityUpdateCount")}
        calm = next(node for node in sorted(records, key=fold) if not records[node].get("AvailableSecurityUpdateCount"))
        for selection, reads, lists in (("--all", len(waiting), 1), (calm, 0, 0)):
            region.reset()
            region.run("states", selection, check=0)
            calls = region.stats()["calls"]
            made = [calls.get(operation, 0) for operation in ("GetPatchBaseline", "DescribePatchBaselines")]
            checks.equal(f"baselines: calls of states {selection}, {what}", made, [reads, lists])


def check_baselines(checks, patchctl):
    with Region(patchctl) as region:
        Baselines(checks, region).everything()
    checks.section("baselines: denied", check_denied, checks, patchctl)
    checks.section("baselines: calls", check_calls, checks, patchctl, "sample")
    checks.section("baselines: calls", check_calls, checks, patchctl, "400 generated", "--nodes", 400, "--patches", 60)
