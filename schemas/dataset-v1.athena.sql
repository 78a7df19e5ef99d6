-- A dataset of patchctl; docs/dataset.md describes it. Tables raw_* are the files. Rows of runs without a manifest
-- are in no other view. Replace the view settings to judge by another age or moment, or to select another day.
-- Run the statements one by one. Name the snapshots in each query of nodes, patches and verdicts, as latest_runs
-- lists them: SELECT * FROM latest_node_verdicts WHERE "Snapshot" IN ('20261126T050000Z').

CREATE EXTERNAL TABLE raw_nodes (
  `RunId` STRING COMMENT 'The run that wrote the row',
  `AccountId` STRING COMMENT 'The account\'s id; empty where it is not known',
  `Region` STRING COMMENT 'The region; empty for a node that is in none of several',
  `InstanceId` STRING COMMENT 'The node\'s id',
  `AccountName` STRING COMMENT 'The account\'s name in AWS Organizations',
  `Origin` STRING COMMENT 'How the node came into the run: Requested, Managed, Stopped or Unmanaged',
  `NoDataCause` STRING COMMENT 'Why it has no patch data, if it has none',
  `StateOutcome` STRING COMMENT 'Answered, NoData or Unread: its patch state',
  `StateCauseCode` STRING COMMENT 'Why its state is unread, for machines',
  `StateCause` STRING COMMENT 'Why its state is unread, for people',
  `PatchesOutcome` STRING COMMENT 'Answered, NoData, Unread or NotCollected: its patches',
  `PatchesCauseCode` STRING COMMENT 'Why its patches are unread, for machines',
  `PatchesCause` STRING COMMENT 'Why its patches are unread, for people',
  `PatchRows` BIGINT COMMENT 'Its rows in the table of patches',
  `HasInfo` BOOLEAN COMMENT 'Is more known of it than its patches?',
  `Name` STRING COMMENT 'EC2 tag Name; name of the activation of a hybrid node',
  `ComputerName` STRING COMMENT 'DescribeInstanceInformation',
  `IPAddress` STRING COMMENT 'DescribeInstanceInformation',
  `SourceId` STRING COMMENT 'Its id in another cloud',
  `SourceType` STRING COMMENT 'Its kind in another cloud',
  `SourceLocation` STRING COMMENT 'Where it lives in another cloud',
  `PlatformType` STRING COMMENT 'Windows, Linux or MacOS',
  `PlatformName` STRING COMMENT 'DescribeInstanceInformation',
  `PlatformVersion` STRING COMMENT 'DescribeInstanceInformation',
  `PingStatus` STRING COMMENT 'Online, ConnectionLost, Inactive or Stopped',
  `AgentVersion` STRING COMMENT 'Version of the SSM Agent',
  `ResourceType` STRING COMMENT 'EC2Instance or ManagedInstance',
  `InstanceState` STRING COMMENT 'EC2\'s word, such as running',
  `InstanceType` STRING COMMENT 'EC2\'s word, such as m7i.large',
  `Tags` MAP<STRING, STRING> COMMENT 'Its tags, as far as they are known',
  `HasAllTags` BOOLEAN COMMENT 'Are these all its tags?',
  `AssociationStatus` STRING COMMENT 'What a Quick Setup association reported of it',
  `AssociationBaselineId` STRING COMMENT 'The baseline of that association',
  `AssociationCounters` MAP<STRING, STRING> COMMENT 'The counters of that association',
  `PatchGroup` STRING COMMENT 'DescribeInstancePatchStates, as all that follow',
  `BaselineId` STRING COMMENT 'The baseline of its last scan',
  `SnapshotId` STRING COMMENT 'The id of its last scan',
  `InstallOverrideList` STRING COMMENT 'The list of patches that overrode the baseline',
  `OwnerInformation` STRING COMMENT 'A placeholder of AWS, always empty',
  `InstalledCount` BIGINT COMMENT 'Installed patches of the baseline; NULL, as in all counters: not reported, which is not zero',
  `InstalledOtherCount` BIGINT COMMENT 'Installed patches that are not in the baseline',
  `InstalledPendingRebootCount` BIGINT COMMENT 'Installed patches that wait for a reboot',
  `InstalledRejectedCount` BIGINT COMMENT 'Installed patches that the baseline rejects',
  `MissingCount` BIGINT COMMENT 'Approved patches that are not installed',
  `FailedCount` BIGINT COMMENT 'Patches whose installation failed',
  `UnreportedNotApplicableCount` BIGINT COMMENT 'Patches that do not apply, beyond those reported by name',
  `NotApplicableCount` BIGINT COMMENT 'Patches that do not apply',
  `AvailableSecurityUpdateCount` BIGINT COMMENT 'Security updates that are available and not approved (Windows only)',
  `OperationStartTime` TIMESTAMP COMMENT 'When the last scan or installation started; NULL: not known',
  `OperationEndTime` TIMESTAMP COMMENT 'When the last scan or installation ended',
  `Operation` STRING COMMENT 'Scan or Install',
  `LastNoRebootInstallOperationTime` TIMESTAMP COMMENT 'When patches were last installed with NoReboot',
  `RebootOption` STRING COMMENT 'RebootIfNeeded or NoReboot',
  `CriticalNonCompliantCount` BIGINT COMMENT 'Non-compliant patches of the baseline\'s compliance level CRITICAL',
  `SecurityNonCompliantCount` BIGINT COMMENT 'Non-compliant security patches; may count the same patch as the column before',
  `OtherNonCompliantCount` BIGINT COMMENT 'Non-compliant patches that are neither',
  `BaselineStatus` STRING COMMENT 'What its baseline says of available security updates: Compliant, NonCompliant, Unspecified, Unrecognized, Deleted or Unreadable',
  `BaselineStatusValue` STRING COMMENT 'The value, where it is Unrecognized',
  `BaselineCauseCode` STRING COMMENT 'Why the baseline is Unreadable, for machines',
  `BaselineCause` STRING COMMENT 'Why the baseline is Unreadable, for people',
  `UnreadableFields` MAP<STRING, STRING> COMMENT 'Fields of the state that cannot be read, with their values as shown'
)
PARTITIONED BY (`snapshot` STRING)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/nodes/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.snapshot.type' = 'injected',
  'storage.location.template' = 's3://BUCKET/PREFIX/nodes/snapshot=${snapshot}/'
);

CREATE EXTERNAL TABLE raw_patches (
  `RunId` STRING COMMENT 'The run that wrote the row',
  `AccountId` STRING COMMENT 'The account\'s id; empty where it is not known',
  `Region` STRING COMMENT 'The region; empty for a node that is in none of several',
  `InstanceId` STRING COMMENT 'The node\'s id',
  `KBId` STRING COMMENT 'DescribeInstancePatches, as all that follow; empty where there is none',
  `Title` STRING COMMENT 'Empty where there is none',
  `AbsentFields` STRING COMMENT 'Which of KBId and Title were not sent, joined by a comma',
  `State` STRING COMMENT 'The state, in CamelCase',
  `Severity` STRING COMMENT 'The vendor\'s word',
  `Classification` STRING COMMENT 'The vendor\'s word',
  `InstalledTime` TIMESTAMP COMMENT 'NULL: not known',
  `CVEIds` ARRAY<STRING> COMMENT 'NULL: none were sent, which does not mean that there are none',
  `ReleaseTime` TIMESTAMP COMMENT 'When its vendor released it; NULL: not known'
)
PARTITIONED BY (`snapshot` STRING)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/patches/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.snapshot.type' = 'injected',
  'storage.location.template' = 's3://BUCKET/PREFIX/patches/snapshot=${snapshot}/'
);

CREATE EXTERNAL TABLE raw_unread (
  `RunId` STRING COMMENT 'The run that wrote the row',
  `AccountId` STRING COMMENT 'The account\'s id; empty where it is not known',
  `Region` STRING COMMENT 'The region; empty for a node that is in none of several',
  `InstanceId` STRING COMMENT 'The node\'s id; empty for a region, account or profile',
  `AccountName` STRING COMMENT 'The account\'s name in AWS Organizations',
  `Profile` STRING COMMENT 'The profile whose account is not known',
  `Part` STRING COMMENT 'State, Patches, Baseline or Scope',
  `CauseCode` STRING COMMENT 'Why, for machines',
  `Cause` STRING COMMENT 'Why, for people'
)
PARTITIONED BY (`snapshot` STRING)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/unread/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.snapshot.type' = 'injected',
  'storage.location.template' = 's3://BUCKET/PREFIX/unread/snapshot=${snapshot}/'
);

CREATE EXTERNAL TABLE raw_runs (
  `SchemaVersion` BIGINT,
  `RunId` STRING,
  `Tool` STRING,
  `StartedAt` STRING,
  `FinishedAt` STRING,
  `Selection` STRUCT<IsComplete:BOOLEAN>,
  `Plan` STRUCT<Patches:BOOLEAN, Baselines:BOOLEAN, ReleaseDates:BOOLEAN>,
  `Totals` STRUCT<Asked:BIGINT, Answered:BIGINT, NoData:BIGINT, Unread:BIGINT, Patches:BIGINT>,
  `Locations` ARRAY<STRUCT<AccountId:STRING, Region:STRING, Discovery:STRUCT<HasFailedCalls:BOOLEAN, HasUndecidedNodes:BOOLEAN>>>,
  `Unread` ARRAY<STRUCT<Scope:STRUCT<Account:STRING, Region:STRING, Profile:STRING>>>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://BUCKET/PREFIX/runs/';

CREATE OR REPLACE VIEW settings AS
SELECT
  -- The greatest age of a scan; NULL: any.
  CAST(604800 AS BIGINT) AS "MaxAgeSeconds",
  -- When ages are judged; NULL: when the run ended.
  CAST(NULL AS TIMESTAMP) AS "Now",
  -- latest_runs are those that had started by then; NULL: all.
  CAST(NULL AS TIMESTAMP) AS "At",
  -- The same of earlier_runs.
  CAST(NULL AS TIMESTAMP) AS "Since";

CREATE OR REPLACE VIEW runs AS
SELECT
  CASE WHEN m."SchemaVersion" <= 1 THEN m."RunId" ELSE CAST(fail('a run has a newer schema than these views; print them with a newer patchctl') AS VARCHAR) END AS "RunId",
  CAST(from_iso8601_timestamp(m."StartedAt") AT TIME ZONE 'UTC' AS TIMESTAMP) AS "StartedAt",
  CAST(from_iso8601_timestamp(m."FinishedAt") AT TIME ZONE 'UTC' AS TIMESTAMP) AS "FinishedAt",
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
  u."AccountId" AS "AccountId", u."Region" AS "Region", TRUE AS "IsRead",
  r."IsComplete" AND NOT COALESCE(u."Discovery"."HasFailedCalls" OR u."Discovery"."HasUndecidedNodes", TRUE) AS "ListsAllNodes"
FROM runs r CROSS JOIN UNNEST(r."Locations") AS u("AccountId", "Region", "Discovery")
UNION ALL
SELECT r."RunId", r."StartedAt", r."FinishedAt", r."IsComplete", substr(r."RunId", 1, 16) AS "Snapshot",
  COALESCE(u."Scope"."Account", ''), u."Scope"."Region", FALSE, FALSE
FROM runs r CROSS JOIN UNNEST(r."UnreadScopes") AS u("Scope")
WHERE u."Scope"."Region" IS NOT NULL OR u."Scope"."Profile" IS NULL;

CREATE OR REPLACE VIEW nodes AS
SELECT
  f."RunId",
  f."AccountId",
  f."Region",
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
  f."Region",
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
  f."Region",
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
    WHEN contains(map_keys("UnreadableFields"), 'OperationEndTime') THEN NULL
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
      OR ((NOT contains(map_keys("UnreadableFields"), 'AvailableSecurityUpdateCount')
      AND "AvailableSecurityUpdateCount" > 0)
      AND COALESCE("BaselineStatus", '') = 'NonCompliant')) THEN 'NON_COMPLIANT'
    WHEN ((NOT contains(map_keys("UnreadableFields"), 'AvailableSecurityUpdateCount')
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
  SELECT m.*, CAST(floor(to_unixtime(with_timezone("JudgedAt", 'UTC'))) AS BIGINT) - CAST(floor(to_unixtime(with_timezone("LastScan", 'UTC'))) AS BIGINT) AS "SecondsSinceScan"
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
  SELECT m.*, CAST(floor(to_unixtime(with_timezone("JudgedAt", 'UTC'))) AS BIGINT) - CAST(floor(to_unixtime(with_timezone("LastScan", 'UTC'))) AS BIGINT) AS "SecondsSinceScan"
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
  SELECT m.*, CAST(floor(to_unixtime(with_timezone("JudgedAt", 'UTC'))) AS BIGINT) - CAST(floor(to_unixtime(with_timezone("LastScan", 'UTC'))) AS BIGINT) AS "SecondsSinceScan"
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
