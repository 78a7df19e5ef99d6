-- A dataset of patchctl; docs/dataset.md describes it. Tables raw_* are the files. Rows of runs without a manifest
-- are in no other view. Replace the view settings to judge by another age or moment, or to select another day.

CREATE OR REPLACE VIEW raw_nodes AS
SELECT * FROM read_parquet('s3://BUCKET/PREFIX/nodes/snapshot=*/account=*/region=*/*.parquet',
  hive_partitioning = true, hive_types_autocast = false);

CREATE OR REPLACE VIEW raw_patches AS
SELECT * FROM read_parquet('s3://BUCKET/PREFIX/patches/snapshot=*/account=*/region=*/*.parquet',
  hive_partitioning = true, hive_types_autocast = false);

CREATE OR REPLACE VIEW raw_unread AS
SELECT * FROM read_parquet('s3://BUCKET/PREFIX/unread/snapshot=*/account=*/region=*/*.parquet',
  hive_partitioning = true, hive_types_autocast = false);

CREATE OR REPLACE VIEW raw_runs AS
SELECT * FROM read_json('s3://BUCKET/PREFIX/runs/*.json', format = 'unstructured',
  maximum_object_size = 268435456, columns = {
    SchemaVersion: 'BIGINT',
    RunId: 'VARCHAR',
    Tool: 'VARCHAR',
    StartedAt: 'VARCHAR',
    FinishedAt: 'VARCHAR',
    Selection: 'STRUCT(IsComplete BOOLEAN)',
    Plan: 'STRUCT(Patches BOOLEAN, Baselines BOOLEAN, ReleaseDates BOOLEAN)',
    Totals: 'STRUCT(Asked BIGINT, Answered BIGINT, NoData BIGINT, Unread BIGINT, Patches BIGINT)',
    Locations: 'STRUCT(AccountId VARCHAR, Region VARCHAR, Discovery STRUCT(HasFailedCalls BOOLEAN, HasUndecidedNodes BOOLEAN))[]',
    Unread: 'STRUCT(Scope STRUCT(Account VARCHAR, Region VARCHAR, Profile VARCHAR))[]'
  });

CREATE OR REPLACE VIEW settings AS
SELECT
  -- The greatest age of a scan; NULL: any.
  CAST(604800 AS BIGINT) AS "MaxAgeSeconds",
  -- When ages are judged; NULL: when the run ended.
  CAST(NULL AS TIMESTAMPTZ) AS "Now",
  -- latest_runs are those that had started by then; NULL: all.
  CAST(NULL AS TIMESTAMPTZ) AS "At",
  -- The same of earlier_runs.
  CAST(NULL AS TIMESTAMPTZ) AS "Since";

CREATE OR REPLACE VIEW runs AS
SELECT
  CASE WHEN m."SchemaVersion" <= 1 THEN m."RunId" ELSE error('a run has a newer schema than these views; print them with a newer patchctl') END AS "RunId",
  CAST(m."StartedAt" AS TIMESTAMPTZ) AS "StartedAt",
  CAST(m."FinishedAt" AS TIMESTAMPTZ) AS "FinishedAt",
  m."Tool",
  m."Selection"."IsComplete" AS "IsComplete",
  m."Plan"."Patches" AS "HasPatches",
  m."Totals"."Asked" AS "Asked",
  m."Totals"."Answered" AS "Answered",
  m."Totals"."NoData" AS "NoData",
  m."Totals"."Unread" AS "Unread",
  m."Totals"."Patches" AS "Patches",
  m."Locations",
  m."Unread" AS "UnreadScopes"
FROM raw_runs m;

CREATE OR REPLACE VIEW run_locations AS
SELECT r."RunId", r."StartedAt", r."FinishedAt", r."IsComplete", substr(r."RunId", 1, 16) AS "Snapshot",
  l."AccountId" AS "AccountId", l."Region" AS "Region", TRUE AS "IsRead",
  r."IsComplete" AND NOT COALESCE(l."Discovery"."HasFailedCalls" OR l."Discovery"."HasUndecidedNodes", TRUE) AS "ListsAllNodes"
FROM runs r, UNNEST(r."Locations") AS u(l)
UNION ALL
SELECT r."RunId", r."StartedAt", r."FinishedAt", r."IsComplete", substr(r."RunId", 1, 16) AS "Snapshot",
  COALESCE(l."Scope"."Account", ''), l."Scope"."Region", FALSE, FALSE
FROM runs r, UNNEST(r."UnreadScopes") AS u(l)
WHERE l."Scope"."Region" IS NOT NULL OR l."Scope"."Profile" IS NULL;

CREATE OR REPLACE VIEW nodes AS
SELECT
  f."RunId",
  f."AccountId",
  CASE f."region" WHEN 'unknown' THEN '' ELSE f."region" END AS "Region",
  f."InstanceId",
  f."AccountName",
  f."Origin",
  f."NoDataCause",
  f."StateOutcome",
  f."StateCauseCode",
  f."StateCause",
  f."PatchesOutcome",
  f."PatchesCauseCode",
  f."PatchesCause",
  f."PatchRows",
  f."HasInfo",
  f."Name",
  f."ComputerName",
  f."IPAddress",
  f."SourceId",
  f."SourceType",
  f."SourceLocation",
  f."PlatformType",
  f."PlatformName",
  f."PlatformVersion",
  f."PingStatus",
  f."AgentVersion",
  f."ResourceType",
  f."InstanceState",
  f."InstanceType",
  f."Tags",
  f."HasAllTags",
  f."AssociationStatus",
  f."AssociationBaselineId",
  f."AssociationCounters",
  f."PatchGroup",
  f."BaselineId",
  f."SnapshotId",
  f."InstallOverrideList",
  f."OwnerInformation",
  f."InstalledCount",
  f."InstalledOtherCount",
  f."InstalledPendingRebootCount",
  f."InstalledRejectedCount",
  f."MissingCount",
  f."FailedCount",
  f."UnreportedNotApplicableCount",
  f."NotApplicableCount",
  f."AvailableSecurityUpdateCount",
  f."OperationStartTime",
  f."OperationEndTime",
  f."Operation",
  f."LastNoRebootInstallOperationTime",
  f."RebootOption",
  f."CriticalNonCompliantCount",
  f."SecurityNonCompliantCount",
  f."OtherNonCompliantCount",
  f."BaselineStatus",
  f."BaselineStatusValue",
  f."BaselineCauseCode",
  f."BaselineCause",
  f."UnreadableFields",
  f."snapshot" AS "Snapshot"
FROM raw_nodes f
JOIN runs r ON r."RunId" = f."RunId";

CREATE OR REPLACE VIEW patches AS
SELECT
  f."RunId",
  f."AccountId",
  CASE f."region" WHEN 'unknown' THEN '' ELSE f."region" END AS "Region",
  f."InstanceId",
  f."KBId",
  f."Title",
  f."AbsentFields",
  f."State",
  f."Severity",
  f."Classification",
  f."InstalledTime",
  f."CVEIds",
  f."ReleaseTime",
  f."snapshot" AS "Snapshot"
FROM raw_patches f
JOIN runs r ON r."RunId" = f."RunId";

CREATE OR REPLACE VIEW unread AS
SELECT
  f."RunId",
  f."AccountId",
  CASE f."region" WHEN 'unknown' THEN '' ELSE f."region" END AS "Region",
  f."InstanceId",
  f."AccountName",
  f."Profile",
  f."Part",
  f."CauseCode",
  f."Cause",
  f."snapshot" AS "Snapshot"
FROM raw_unread f
JOIN runs r ON r."RunId" = f."RunId";

CREATE OR REPLACE VIEW latest_runs AS
SELECT "RunId", "StartedAt", "FinishedAt", "IsComplete", "Snapshot", "AccountId", "Region", "IsRead", "ListsAllNodes"
FROM (
  SELECT p.*,
    min("Place") OVER (PARTITION BY "AccountId", "Region") AS "PlaceOfRegion",
    min("Place") OVER (PARTITION BY "AccountId") AS "PlaceOfAny",
    min(CASE WHEN "Region" IS NULL THEN "Place" END) OVER (PARTITION BY "AccountId") AS "PlaceOfAccount"
  FROM (
    SELECT l.*, dense_rank() OVER (ORDER BY l."IsComplete" DESC, l."StartedAt" DESC, l."RunId" DESC) AS "Place"
    FROM run_locations l CROSS JOIN settings s
    WHERE s."At" IS NULL OR date_trunc('second', l."StartedAt") <= s."At"
  ) p
) q
WHERE CASE
    WHEN "Region" IS NULL THEN "Place" = "PlaceOfAny"
    ELSE "Place" = "PlaceOfRegion" AND "Place" <= COALESCE("PlaceOfAccount", "Place")
  END;

CREATE OR REPLACE VIEW earlier_runs AS
SELECT "RunId", "StartedAt", "FinishedAt", "IsComplete", "Snapshot", "AccountId", "Region", "IsRead", "ListsAllNodes"
FROM (
  SELECT p.*,
    min("Place") OVER (PARTITION BY "AccountId", "Region") AS "PlaceOfRegion",
    min("Place") OVER (PARTITION BY "AccountId") AS "PlaceOfAny",
    min(CASE WHEN "Region" IS NULL THEN "Place" END) OVER (PARTITION BY "AccountId") AS "PlaceOfAccount"
  FROM (
    SELECT l.*, dense_rank() OVER (ORDER BY l."IsComplete" DESC, l."StartedAt" DESC, l."RunId" DESC) AS "Place"
    FROM run_locations l CROSS JOIN settings s
    WHERE s."Since" IS NULL OR date_trunc('second', l."StartedAt") <= s."Since"
  ) p
) q
WHERE CASE
    WHEN "Region" IS NULL THEN "Place" = "PlaceOfAny"
    ELSE "Place" = "PlaceOfRegion" AND "Place" <= COALESCE("PlaceOfAccount", "Place")
  END;

CREATE OR REPLACE VIEW judged_nodes AS
SELECT n.*,
  CASE
    WHEN map_contains("UnreadableFields", 'OperationEndTime') THEN NULL
    ELSE COALESCE("OperationEndTime", "OperationStartTime")
  END AS "LastScan",
  CASE
    WHEN "StateOutcome" = 'NoData' THEN 'NO_DATA'
    WHEN "StateOutcome" <> 'Answered' THEN 'UNREAD'
    WHEN ("MissingCount" > 0
      OR "FailedCount" > 0
      OR "InstalledRejectedCount" > 0
      OR "InstalledPendingRebootCount" > 0
      OR "CriticalNonCompliantCount" > 0
      OR "SecurityNonCompliantCount" > 0
      OR "OtherNonCompliantCount" > 0
      OR ((NOT map_contains("UnreadableFields", 'AvailableSecurityUpdateCount')
      AND "AvailableSecurityUpdateCount" > 0)
      AND COALESCE("BaselineStatus", '') = 'NonCompliant')) THEN 'NON_COMPLIANT'
    WHEN ((NOT map_contains("UnreadableFields", 'AvailableSecurityUpdateCount')
      AND "AvailableSecurityUpdateCount" > 0)
      AND COALESCE("BaselineStatus", '') = 'Unreadable') THEN 'UNREAD'
    WHEN ("MissingCount" = 0
      AND "FailedCount" = 0
      AND "InstalledRejectedCount" = 0
      AND "InstalledPendingRebootCount" = 0
      AND cardinality("UnreadableFields") = 0
      AND (COALESCE("AvailableSecurityUpdateCount", 0) = 0 OR COALESCE("BaselineStatus", '') = 'Compliant')) THEN 'COMPLIANT'
    ELSE 'NO_DATA'
  END AS "VerdictAtScan"
FROM nodes n
-- Not those that `states` has no rows of: instances that are not managed, or may not be.
WHERE "Origin" <> 'Unmanaged' AND NOT ("Origin" = 'Stopped' AND "StateOutcome" = 'NoData');

CREATE OR REPLACE VIEW node_verdicts AS
SELECT v.*,
  CASE
    WHEN ("StateOutcome" <> 'Answered' OR "LastScan" IS NULL OR "SecondsSinceScan" < -86400) THEN NULL
    WHEN "SecondsSinceScan" < 0 THEN 0
    ELSE "SecondsSinceScan"
  END AS "ScanAgeSeconds",
  ("StateOutcome" = 'Answered'
      AND NOT "MaxAgeSeconds" IS NULL
      AND ("LastScan" IS NULL OR "SecondsSinceScan" < -86400 OR "SecondsSinceScan" > "MaxAgeSeconds")) AS "IsStale",
  CASE
    WHEN ("VerdictAtScan" = 'COMPLIANT'
      AND ("StateOutcome" = 'Answered'
      AND NOT "MaxAgeSeconds" IS NULL
      AND ("LastScan" IS NULL OR "SecondsSinceScan" < -86400 OR "SecondsSinceScan" > "MaxAgeSeconds"))) THEN 'STALE'
    ELSE "VerdictAtScan"
  END AS "Verdict"
FROM (
  SELECT m.*, CAST(floor(epoch("JudgedAt")) AS BIGINT) - CAST(floor(epoch("LastScan")) AS BIGINT) AS "SecondsSinceScan"
  FROM (
    SELECT n.*, s."MaxAgeSeconds", COALESCE(s."Now", r."FinishedAt") AS "JudgedAt"
    FROM judged_nodes n
    JOIN runs r ON r."RunId" = n."RunId"
    CROSS JOIN settings s
  ) m
) v;

CREATE OR REPLACE VIEW latest_node_verdicts AS
SELECT v.*,
  CASE
    WHEN ("StateOutcome" <> 'Answered' OR "LastScan" IS NULL OR "SecondsSinceScan" < -86400) THEN NULL
    WHEN "SecondsSinceScan" < 0 THEN 0
    ELSE "SecondsSinceScan"
  END AS "ScanAgeSeconds",
  ("StateOutcome" = 'Answered'
      AND NOT "MaxAgeSeconds" IS NULL
      AND ("LastScan" IS NULL OR "SecondsSinceScan" < -86400 OR "SecondsSinceScan" > "MaxAgeSeconds")) AS "IsStale",
  CASE
    WHEN ("VerdictAtScan" = 'COMPLIANT'
      AND ("StateOutcome" = 'Answered'
      AND NOT "MaxAgeSeconds" IS NULL
      AND ("LastScan" IS NULL OR "SecondsSinceScan" < -86400 OR "SecondsSinceScan" > "MaxAgeSeconds"))) THEN 'STALE'
    ELSE "VerdictAtScan"
  END AS "Verdict"
FROM (
  SELECT m.*, CAST(floor(epoch("JudgedAt")) AS BIGINT) - CAST(floor(epoch("LastScan")) AS BIGINT) AS "SecondsSinceScan"
  FROM (
    SELECT n.*, s."MaxAgeSeconds", COALESCE(s."Now", (SELECT max("FinishedAt") FROM latest_runs)) AS "JudgedAt"
    FROM judged_nodes n
    JOIN latest_runs r ON r."RunId" = n."RunId" AND r."AccountId" = n."AccountId" AND r."Region" = n."Region" AND r."IsRead"
    CROSS JOIN settings s
  ) m
) v;

CREATE OR REPLACE VIEW latest_patches AS
SELECT v.*
FROM patches v
JOIN latest_runs l ON l."RunId" = v."RunId" AND l."AccountId" = v."AccountId" AND l."Region" = v."Region" AND l."IsRead";

CREATE OR REPLACE VIEW earlier_node_verdicts AS
SELECT v.*,
  CASE
    WHEN ("StateOutcome" <> 'Answered' OR "LastScan" IS NULL OR "SecondsSinceScan" < -86400) THEN NULL
    WHEN "SecondsSinceScan" < 0 THEN 0
    ELSE "SecondsSinceScan"
  END AS "ScanAgeSeconds",
  ("StateOutcome" = 'Answered'
      AND NOT "MaxAgeSeconds" IS NULL
      AND ("LastScan" IS NULL OR "SecondsSinceScan" < -86400 OR "SecondsSinceScan" > "MaxAgeSeconds")) AS "IsStale",
  CASE
    WHEN ("VerdictAtScan" = 'COMPLIANT'
      AND ("StateOutcome" = 'Answered'
      AND NOT "MaxAgeSeconds" IS NULL
      AND ("LastScan" IS NULL OR "SecondsSinceScan" < -86400 OR "SecondsSinceScan" > "MaxAgeSeconds"))) THEN 'STALE'
    ELSE "VerdictAtScan"
  END AS "Verdict"
FROM (
  SELECT m.*, CAST(floor(epoch("JudgedAt")) AS BIGINT) - CAST(floor(epoch("LastScan")) AS BIGINT) AS "SecondsSinceScan"
  FROM (
    SELECT n.*, s."MaxAgeSeconds", COALESCE(s."Now", (SELECT max("FinishedAt") FROM earlier_runs)) AS "JudgedAt"
    FROM judged_nodes n
    JOIN earlier_runs r ON r."RunId" = n."RunId" AND r."AccountId" = n."AccountId" AND r."Region" = n."Region" AND r."IsRead"
    CROSS JOIN settings s
  ) m
) v;

CREATE OR REPLACE VIEW earlier_patches AS
SELECT v.*
FROM patches v
JOIN earlier_runs l ON l."RunId" = v."RunId" AND l."AccountId" = v."AccountId" AND l."Region" = v."Region" AND l."IsRead";

CREATE OR REPLACE VIEW node_pairs AS
SELECT p.*,
  COALESCE("ListedBefore", FALSE) AS "IsListedBefore", COALESCE("ListedAfter", FALSE) AS "IsListedAfter"
FROM (
SELECT COALESCE(a."AccountId", b."AccountId") AS "AccountId", COALESCE(a."Region", b."Region") AS "Region", COALESCE(a."InstanceId", b."InstanceId") AS "InstanceId",
  b."InstanceId" AS "IdBefore", a."InstanceId" AS "IdAfter",
  b."Verdict" AS "VerdictBefore", a."Verdict" AS "VerdictAfter",
  b."IsStale" AS "IsStaleBefore", a."IsStale" AS "IsStaleAfter",
  b."LastScan" AS "ScanBefore", a."LastScan" AS "ScanAfter",
  b."StateOutcome" AS "StateBefore", a."StateOutcome" AS "StateAfter",
  b."PatchesOutcome" AS "PatchesBefore", a."PatchesOutcome" AS "PatchesAfter",
  b."BaselineId" AS "BaselineBefore", a."BaselineId" AS "BaselineAfter",
  b."PatchGroup" AS "PatchGroupBefore", a."PatchGroup" AS "PatchGroupAfter",
  COALESCE((b."Verdict" = 'UNREAD' OR b."PatchesOutcome" = 'Unread'), FALSE) AS "IsUnreadBefore", COALESCE((a."Verdict" = 'UNREAD' OR a."PatchesOutcome" = 'Unread'), FALSE) AS "IsUnreadAfter"
FROM earlier_node_verdicts b
FULL JOIN latest_node_verdicts a
  ON a."AccountId" = b."AccountId" AND a."Region" = b."Region" AND a."InstanceId" = b."InstanceId"
) p
LEFT JOIN (
  SELECT "AccountId", "Region", min(CASE WHEN "ListsAllNodes" THEN 1 ELSE 0 END) = 1 AS "ListedBefore"
  FROM earlier_runs GROUP BY "AccountId", "Region"
) earlier_runs
  ON earlier_runs."AccountId" = p."AccountId" AND earlier_runs."Region" = p."Region"
LEFT JOIN (
  SELECT "AccountId", "Region", min(CASE WHEN "ListsAllNodes" THEN 1 ELSE 0 END) = 1 AS "ListedAfter"
  FROM latest_runs GROUP BY "AccountId", "Region"
) latest_runs
  ON latest_runs."AccountId" = p."AccountId" AND latest_runs."Region" = p."Region";

CREATE OR REPLACE VIEW node_changes AS
SELECT "AccountId", "Region", "InstanceId", 'NodeAppeared' AS "Change", CASE "VerdictAfter" WHEN 'COMPLIANT' THEN 'Neutral' WHEN 'NON_COMPLIANT' THEN 'Worse' WHEN 'STALE' THEN 'Worse' WHEN 'NO_DATA' THEN 'Worse' WHEN 'UNREAD' THEN 'Unknown' END AS "Direction",
  "VerdictBefore" AS "Before", "VerdictAfter" AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "IdBefore" IS NULL AND "IsListedBefore" AND "StateAfter" <> 'Unread'
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'NodeVanished' AS "Change", 'Neutral' AS "Direction",
  "VerdictBefore" AS "Before", "VerdictAfter" AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "IdAfter" IS NULL AND "IsListedAfter" AND "StateBefore" <> 'Unread'
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'VerdictChanged' AS "Change", CASE concat("VerdictBefore", '>', "VerdictAfter")
    WHEN 'COMPLIANT>NON_COMPLIANT' THEN 'Worse'
    WHEN 'COMPLIANT>STALE' THEN 'Worse'
    WHEN 'COMPLIANT>NO_DATA' THEN 'Worse'
    WHEN 'NON_COMPLIANT>COMPLIANT' THEN 'Better'
    WHEN 'NON_COMPLIANT>STALE' THEN 'Better'
    WHEN 'STALE>COMPLIANT' THEN 'Better'
    WHEN 'STALE>NON_COMPLIANT' THEN 'Worse'
    WHEN 'STALE>NO_DATA' THEN 'Worse'
    WHEN 'NO_DATA>COMPLIANT' THEN 'Better'
    WHEN 'NO_DATA>NON_COMPLIANT' THEN 'Worse'
    WHEN 'NO_DATA>STALE' THEN 'Better'
    ELSE 'Unknown'
  END AS "Direction",
  "VerdictBefore" AS "Before", "VerdictAfter" AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "VerdictBefore" <> "VerdictAfter" AND "VerdictBefore" <> 'UNREAD' AND "VerdictAfter" <> 'UNREAD'
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'NewlyStale' AS "Change", 'Worse' AS "Direction",
  CAST(NULL AS VARCHAR) AS "Before", CAST(NULL AS VARCHAR) AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "StateBefore" = 'Answered' AND "StateAfter" = 'Answered' AND NOT "IsStaleBefore" AND "IsStaleAfter"
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'NoLongerStale' AS "Change", 'Better' AS "Direction",
  CAST(NULL AS VARCHAR) AS "Before", CAST(NULL AS VARCHAR) AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "StateBefore" = 'Answered' AND "StateAfter" = 'Answered' AND "IsStaleBefore" AND NOT "IsStaleAfter"
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'BaselineChanged' AS "Change", 'Neutral' AS "Direction",
  "BaselineBefore" AS "Before", "BaselineAfter" AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "StateBefore" = 'Answered' AND "StateAfter" = 'Answered'
  AND COALESCE(trim("BaselineBefore"), '') <> COALESCE(trim("BaselineAfter"), '')
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'PatchGroupChanged' AS "Change", 'Neutral' AS "Direction",
  "PatchGroupBefore" AS "Before", "PatchGroupAfter" AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "StateBefore" = 'Answered' AND "StateAfter" = 'Answered'
  AND COALESCE(trim("PatchGroupBefore"), '') <> COALESCE(trim("PatchGroupAfter"), '')
UNION ALL
SELECT "AccountId", "Region", "InstanceId", 'Unknown' AS "Change", 'Unknown' AS "Direction",
  "VerdictBefore" AS "Before", "VerdictAfter" AS "After",
  "ScanBefore", "ScanAfter"
FROM node_pairs
WHERE "IsUnreadBefore" OR "IsUnreadAfter"
  OR ("IdBefore" IS NULL AND NOT "IsListedBefore")
  OR ("IdAfter" IS NULL AND NOT "IsListedAfter")
  OR ("IdBefore" IS NOT NULL AND "StateBefore" = 'Answered' AND "StateAfter" = 'NoData');

CREATE OR REPLACE VIEW patch_changes AS
SELECT * FROM (
SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "Before", "After",
  CASE concat("Before", '>', "After")
    WHEN 'Installed>Installed' THEN NULL
    WHEN 'Installed>InstalledOther' THEN NULL
    WHEN 'Installed>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'Installed>InstalledRejected' THEN 'NewlyRejected'
    WHEN 'Installed>Missing' THEN 'NewlyMissing'
    WHEN 'Installed>NotApplicable' THEN NULL
    WHEN 'Installed>Failed' THEN 'NewlyFailed'
    WHEN 'Installed>AvailableSecurityUpdate' THEN 'NewlyAvailable'
    WHEN 'Installed>-' THEN NULL
    WHEN 'InstalledOther>Installed' THEN NULL
    WHEN 'InstalledOther>InstalledOther' THEN NULL
    WHEN 'InstalledOther>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'InstalledOther>InstalledRejected' THEN 'NewlyRejected'
    WHEN 'InstalledOther>Missing' THEN 'NewlyMissing'
    WHEN 'InstalledOther>NotApplicable' THEN NULL
    WHEN 'InstalledOther>Failed' THEN 'NewlyFailed'
    WHEN 'InstalledOther>AvailableSecurityUpdate' THEN 'NewlyAvailable'
    WHEN 'InstalledOther>-' THEN NULL
    WHEN 'InstalledPendingReboot>Installed' THEN 'Fixed'
    WHEN 'InstalledPendingReboot>InstalledOther' THEN 'Fixed'
    WHEN 'InstalledPendingReboot>InstalledPendingReboot' THEN NULL
    WHEN 'InstalledPendingReboot>InstalledRejected' THEN 'NewlyRejected'
    WHEN 'InstalledPendingReboot>Missing' THEN 'NewlyMissing'
    WHEN 'InstalledPendingReboot>NotApplicable' THEN 'NoLongerListed'
    WHEN 'InstalledPendingReboot>Failed' THEN 'NewlyFailed'
    WHEN 'InstalledPendingReboot>AvailableSecurityUpdate' THEN 'StateChanged'
    WHEN 'InstalledPendingReboot>-' THEN 'NoLongerListed'
    WHEN 'InstalledRejected>Installed' THEN 'Fixed'
    WHEN 'InstalledRejected>InstalledOther' THEN 'Fixed'
    WHEN 'InstalledRejected>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'InstalledRejected>InstalledRejected' THEN NULL
    WHEN 'InstalledRejected>Missing' THEN 'NewlyMissing'
    WHEN 'InstalledRejected>NotApplicable' THEN 'NoLongerListed'
    WHEN 'InstalledRejected>Failed' THEN 'NewlyFailed'
    WHEN 'InstalledRejected>AvailableSecurityUpdate' THEN 'StateChanged'
    WHEN 'InstalledRejected>-' THEN 'NoLongerListed'
    WHEN 'Missing>Installed' THEN 'Fixed'
    WHEN 'Missing>InstalledOther' THEN 'Fixed'
    WHEN 'Missing>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'Missing>InstalledRejected' THEN 'StateChanged'
    WHEN 'Missing>Missing' THEN NULL
    WHEN 'Missing>NotApplicable' THEN 'NoLongerListed'
    WHEN 'Missing>Failed' THEN 'NewlyFailed'
    WHEN 'Missing>AvailableSecurityUpdate' THEN 'StateChanged'
    WHEN 'Missing>-' THEN 'NoLongerListed'
    WHEN 'NotApplicable>Installed' THEN NULL
    WHEN 'NotApplicable>InstalledOther' THEN NULL
    WHEN 'NotApplicable>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'NotApplicable>InstalledRejected' THEN 'NewlyRejected'
    WHEN 'NotApplicable>Missing' THEN 'NewlyMissing'
    WHEN 'NotApplicable>NotApplicable' THEN NULL
    WHEN 'NotApplicable>Failed' THEN 'NewlyFailed'
    WHEN 'NotApplicable>AvailableSecurityUpdate' THEN 'NewlyAvailable'
    WHEN 'NotApplicable>-' THEN NULL
    WHEN 'Failed>Installed' THEN 'Fixed'
    WHEN 'Failed>InstalledOther' THEN 'Fixed'
    WHEN 'Failed>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'Failed>InstalledRejected' THEN 'StateChanged'
    WHEN 'Failed>Missing' THEN 'StateChanged'
    WHEN 'Failed>NotApplicable' THEN 'NoLongerListed'
    WHEN 'Failed>Failed' THEN NULL
    WHEN 'Failed>AvailableSecurityUpdate' THEN 'StateChanged'
    WHEN 'Failed>-' THEN 'NoLongerListed'
    WHEN 'AvailableSecurityUpdate>Installed' THEN 'Fixed'
    WHEN 'AvailableSecurityUpdate>InstalledOther' THEN 'Fixed'
    WHEN 'AvailableSecurityUpdate>InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN 'AvailableSecurityUpdate>InstalledRejected' THEN 'NewlyRejected'
    WHEN 'AvailableSecurityUpdate>Missing' THEN 'NewlyMissing'
    WHEN 'AvailableSecurityUpdate>NotApplicable' THEN 'NoLongerListed'
    WHEN 'AvailableSecurityUpdate>Failed' THEN 'NewlyFailed'
    WHEN 'AvailableSecurityUpdate>AvailableSecurityUpdate' THEN NULL
    WHEN 'AvailableSecurityUpdate>-' THEN 'NoLongerListed'
    WHEN '->Installed' THEN NULL
    WHEN '->InstalledOther' THEN NULL
    WHEN '->InstalledPendingReboot' THEN 'NewlyPendingReboot'
    WHEN '->InstalledRejected' THEN 'NewlyRejected'
    WHEN '->Missing' THEN 'NewlyMissing'
    WHEN '->NotApplicable' THEN NULL
    WHEN '->Failed' THEN 'NewlyFailed'
    WHEN '->AvailableSecurityUpdate' THEN 'NewlyAvailable'
    WHEN '->-' THEN NULL
    ELSE 'StateChanged'
  END AS "Change",
  CASE WHEN "HasVanished" THEN 'Neutral' ELSE CASE concat("Before", '>', "After")
    WHEN 'Installed>Installed' THEN NULL
    WHEN 'Installed>InstalledOther' THEN NULL
    WHEN 'Installed>InstalledPendingReboot' THEN 'Worse'
    WHEN 'Installed>InstalledRejected' THEN 'Worse'
    WHEN 'Installed>Missing' THEN 'Worse'
    WHEN 'Installed>NotApplicable' THEN NULL
    WHEN 'Installed>Failed' THEN 'Worse'
    WHEN 'Installed>AvailableSecurityUpdate' THEN 'Worse'
    WHEN 'Installed>-' THEN NULL
    WHEN 'InstalledOther>Installed' THEN NULL
    WHEN 'InstalledOther>InstalledOther' THEN NULL
    WHEN 'InstalledOther>InstalledPendingReboot' THEN 'Worse'
    WHEN 'InstalledOther>InstalledRejected' THEN 'Worse'
    WHEN 'InstalledOther>Missing' THEN 'Worse'
    WHEN 'InstalledOther>NotApplicable' THEN NULL
    WHEN 'InstalledOther>Failed' THEN 'Worse'
    WHEN 'InstalledOther>AvailableSecurityUpdate' THEN 'Worse'
    WHEN 'InstalledOther>-' THEN NULL
    WHEN 'InstalledPendingReboot>Installed' THEN 'Better'
    WHEN 'InstalledPendingReboot>InstalledOther' THEN 'Better'
    WHEN 'InstalledPendingReboot>InstalledPendingReboot' THEN NULL
    WHEN 'InstalledPendingReboot>InstalledRejected' THEN 'Worse'
    WHEN 'InstalledPendingReboot>Missing' THEN 'Worse'
    WHEN 'InstalledPendingReboot>NotApplicable' THEN 'Better'
    WHEN 'InstalledPendingReboot>Failed' THEN 'Worse'
    WHEN 'InstalledPendingReboot>AvailableSecurityUpdate' THEN 'Better'
    WHEN 'InstalledPendingReboot>-' THEN 'Better'
    WHEN 'InstalledRejected>Installed' THEN 'Better'
    WHEN 'InstalledRejected>InstalledOther' THEN 'Better'
    WHEN 'InstalledRejected>InstalledPendingReboot' THEN 'Better'
    WHEN 'InstalledRejected>InstalledRejected' THEN NULL
    WHEN 'InstalledRejected>Missing' THEN 'Worse'
    WHEN 'InstalledRejected>NotApplicable' THEN 'Better'
    WHEN 'InstalledRejected>Failed' THEN 'Worse'
    WHEN 'InstalledRejected>AvailableSecurityUpdate' THEN 'Better'
    WHEN 'InstalledRejected>-' THEN 'Better'
    WHEN 'Missing>Installed' THEN 'Better'
    WHEN 'Missing>InstalledOther' THEN 'Better'
    WHEN 'Missing>InstalledPendingReboot' THEN 'Better'
    WHEN 'Missing>InstalledRejected' THEN 'Better'
    WHEN 'Missing>Missing' THEN NULL
    WHEN 'Missing>NotApplicable' THEN 'Better'
    WHEN 'Missing>Failed' THEN 'Worse'
    WHEN 'Missing>AvailableSecurityUpdate' THEN 'Better'
    WHEN 'Missing>-' THEN 'Better'
    WHEN 'NotApplicable>Installed' THEN NULL
    WHEN 'NotApplicable>InstalledOther' THEN NULL
    WHEN 'NotApplicable>InstalledPendingReboot' THEN 'Worse'
    WHEN 'NotApplicable>InstalledRejected' THEN 'Worse'
    WHEN 'NotApplicable>Missing' THEN 'Worse'
    WHEN 'NotApplicable>NotApplicable' THEN NULL
    WHEN 'NotApplicable>Failed' THEN 'Worse'
    WHEN 'NotApplicable>AvailableSecurityUpdate' THEN 'Worse'
    WHEN 'NotApplicable>-' THEN NULL
    WHEN 'Failed>Installed' THEN 'Better'
    WHEN 'Failed>InstalledOther' THEN 'Better'
    WHEN 'Failed>InstalledPendingReboot' THEN 'Better'
    WHEN 'Failed>InstalledRejected' THEN 'Better'
    WHEN 'Failed>Missing' THEN 'Better'
    WHEN 'Failed>NotApplicable' THEN 'Better'
    WHEN 'Failed>Failed' THEN NULL
    WHEN 'Failed>AvailableSecurityUpdate' THEN 'Better'
    WHEN 'Failed>-' THEN 'Better'
    WHEN 'AvailableSecurityUpdate>Installed' THEN 'Better'
    WHEN 'AvailableSecurityUpdate>InstalledOther' THEN 'Better'
    WHEN 'AvailableSecurityUpdate>InstalledPendingReboot' THEN 'Worse'
    WHEN 'AvailableSecurityUpdate>InstalledRejected' THEN 'Worse'
    WHEN 'AvailableSecurityUpdate>Missing' THEN 'Worse'
    WHEN 'AvailableSecurityUpdate>NotApplicable' THEN 'Better'
    WHEN 'AvailableSecurityUpdate>Failed' THEN 'Worse'
    WHEN 'AvailableSecurityUpdate>AvailableSecurityUpdate' THEN NULL
    WHEN 'AvailableSecurityUpdate>-' THEN 'Better'
    WHEN '->Installed' THEN NULL
    WHEN '->InstalledOther' THEN NULL
    WHEN '->InstalledPendingReboot' THEN 'Worse'
    WHEN '->InstalledRejected' THEN 'Worse'
    WHEN '->Missing' THEN 'Worse'
    WHEN '->NotApplicable' THEN NULL
    WHEN '->Failed' THEN 'Worse'
    WHEN '->AvailableSecurityUpdate' THEN 'Worse'
    WHEN '->-' THEN NULL
    ELSE 'Unknown'
  END END AS "Direction"
FROM (
  SELECT COALESCE(a."AccountId", b."AccountId") AS "AccountId", COALESCE(a."Region", b."Region") AS "Region", COALESCE(a."InstanceId", b."InstanceId") AS "InstanceId", COALESCE(a."KBId", b."KBId") AS "KBId", COALESCE(a."Title", b."Title") AS "Title",
    COALESCE(b."State", '-') AS "Before", COALESCE(a."State", '-') AS "After"
  FROM (
  SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "State", row_number() OVER (PARTITION BY "AccountId", "Region", "InstanceId", "KBId", "Title" ORDER BY CASE "State" WHEN 'Installed' THEN 0 WHEN 'InstalledOther' THEN 0 WHEN 'InstalledPendingReboot' THEN 2 WHEN 'InstalledRejected' THEN 3 WHEN 'Missing' THEN 4 WHEN 'NotApplicable' THEN 0 WHEN 'Failed' THEN 5 WHEN 'AvailableSecurityUpdate' THEN 1 ELSE 255 END DESC, "State") AS "Place"
  FROM (SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "State" FROM earlier_patches EXCEPT ALL SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "State" FROM latest_patches) d
  ) b
  FULL JOIN (
  SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "State", row_number() OVER (PARTITION BY "AccountId", "Region", "InstanceId", "KBId", "Title" ORDER BY CASE "State" WHEN 'Installed' THEN 0 WHEN 'InstalledOther' THEN 0 WHEN 'InstalledPendingReboot' THEN 2 WHEN 'InstalledRejected' THEN 3 WHEN 'Missing' THEN 4 WHEN 'NotApplicable' THEN 0 WHEN 'Failed' THEN 5 WHEN 'AvailableSecurityUpdate' THEN 1 ELSE 255 END DESC, "State") AS "Place"
  FROM (SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "State" FROM latest_patches EXCEPT ALL SELECT "AccountId", "Region", "InstanceId", "KBId", "Title", "State" FROM earlier_patches) d
  ) a
    ON a."AccountId" = b."AccountId" AND a."Region" = b."Region" AND a."InstanceId" = b."InstanceId" AND a."KBId" = b."KBId" AND a."Title" = b."Title" AND a."Place" = b."Place"
) c
JOIN (
  SELECT "AccountId" AS "NodeAccountId", "Region" AS "NodeRegion", "InstanceId" AS "NodeId", "IdAfter" IS NULL AS "HasVanished"
  FROM node_pairs
  WHERE COALESCE("PatchesBefore", '') <> 'Unread' AND COALESCE("PatchesAfter", '') <> 'Unread'
    AND COALESCE("StateBefore", '') <> 'Unread' AND COALESCE("StateAfter", '') <> 'Unread'
    AND (("IdBefore" IS NOT NULL AND "StateAfter" = 'Answered' AND "PatchesAfter" = 'Answered')
      OR ("IdAfter" IS NULL AND "IsListedAfter" AND "StateBefore" <> 'Unread')
      OR ("IdBefore" IS NULL AND "IsListedBefore" AND "StateAfter" <> 'Unread'))
) n
  ON "NodeAccountId" = "AccountId" AND "NodeRegion" = "Region" AND "NodeId" = "InstanceId"
) e
WHERE "Change" IS NOT NULL;
