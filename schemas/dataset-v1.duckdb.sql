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
    Locations: 'STRUCT(AccountId VARCHAR, Region VARCHAR, FinishedAt VARCHAR, Nodes BIGINT, Patches BIGINT)[]'
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
  m."Locations"
FROM raw_runs m;

CREATE OR REPLACE VIEW run_locations AS
SELECT
  r."RunId",
  r."StartedAt",
  r."FinishedAt",
  r."IsComplete",
  l."AccountId",
  l."Region",
  substr(r."RunId", 1, 16) AS "Snapshot"
FROM runs r, UNNEST(r."Locations") AS u(l);

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
SELECT "RunId", "StartedAt", "FinishedAt", "IsComplete", "AccountId", "Region", "Snapshot"
FROM (
  SELECT l.*, row_number() OVER (
    PARTITION BY l."AccountId", l."Region"
    ORDER BY l."IsComplete" DESC, l."StartedAt" DESC, l."RunId" DESC
  ) AS "Place"
  FROM run_locations l CROSS JOIN settings s
  WHERE s."At" IS NULL OR l."StartedAt" <= s."At"
) ranked
WHERE "Place" = 1;

CREATE OR REPLACE VIEW earlier_runs AS
SELECT "RunId", "StartedAt", "FinishedAt", "IsComplete", "AccountId", "Region", "Snapshot"
FROM (
  SELECT l.*, row_number() OVER (
    PARTITION BY l."AccountId", l."Region"
    ORDER BY l."IsComplete" DESC, l."StartedAt" DESC, l."RunId" DESC
  ) AS "Place"
  FROM run_locations l CROSS JOIN settings s
  WHERE s."Since" IS NULL OR l."StartedAt" <= s."Since"
) ranked
WHERE "Place" = 1;

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
FROM nodes n;

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
    JOIN latest_runs r ON r."RunId" = n."RunId" AND r."AccountId" = n."AccountId" AND r."Region" = n."Region"
    CROSS JOIN settings s
  ) m
) v;

CREATE OR REPLACE VIEW latest_patches AS
SELECT v.*
FROM patches v
JOIN latest_runs l ON l."RunId" = v."RunId" AND l."AccountId" = v."AccountId" AND l."Region" = v."Region";
