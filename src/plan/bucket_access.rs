//! What a command does with the bucket of a dataset, and the least permissions for that.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::plan::iam::{Condition, Policy, Statement};

/// A bucket, or a prefix of one, and what is done there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAccess {
    pub bucket: String,
    pub prefix: String,
    pub usage: BucketUse,
}

/// What is done with a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketUse {
    Read,
    /// A run is written. Runs of before are read and deleted only where the flags say so.
    Write {
        changes_runs: bool,
    },
}

/// Some actions on some resources of a bucket.
#[derive(Debug, PartialEq, Eq)]
struct BucketPermission {
    pub sid: &'static str,
    pub actions: &'static [&'static str],
    /// ARNs without the partition.
    pub resources: Vec<String>,
    /// Of the keys that may be listed.
    pub listed_prefix: Option<String>,
}

impl BucketAccess {
    /// The permissions that it takes. A key of KMS that encrypts the bucket needs others.
    #[must_use]
    fn permissions(&self) -> Vec<BucketPermission> {
        let below = |folder: &str| match &*self.prefix {
            "" => format!("{folder}*"),
            prefix => format!("{prefix}/{folder}*"),
        };
        let objects = |folders: &[&str]| -> Vec<String> {
            let arn = |folder: &&str| format!("s3:::{}/{}", self.bucket, below(folder));
            folders.iter().map(arn).collect()
        };
        let allow = |sid, actions, resources| BucketPermission {
            sid,
            actions,
            resources,
            listed_prefix: None,
        };
        let list = BucketPermission {
            listed_prefix: Some(below("")).filter(|prefix| prefix != "*"),
            ..allow(
                "ListDataset",
                &["s3:ListBucket"],
                vec![format!("s3:::{}", self.bucket)],
            )
        };
        let read = |folders| allow("ReadDataset", &["s3:GetObject"], objects(folders));
        let delete = |folders| allow("DeleteFiles", &["s3:DeleteObject"], objects(folders));
        let write = || {
            allow(
                "WriteDataset",
                &["s3:PutObject", "s3:AbortMultipartUpload"],
                objects(&[""]),
            )
        };
        match self.usage {
            BucketUse::Read => vec![list, read(&[""])],
            BucketUse::Write { changes_runs: true } => {
                vec![list, read(&[""]), write(), delete(&[""])]
            }
            // A manifest is compared with older ones and with one of the same name; what is
            // needed to go on with a run is deleted when it ends.
            BucketUse::Write {
                changes_runs: false,
            } => vec![
                list,
                read(&["runs/", "unfinished/"]),
                write(),
                delete(&["unfinished/"]),
            ],
        }
    }
}

impl Policy {
    /// The same, with what a dataset in a bucket needs.
    #[must_use]
    pub fn with_bucket(mut self, access: &BucketAccess, partition: &str) -> Self {
        // A statement of a second bucket has an id of its own.
        let has = |sid: &str| self.statement.iter().any(|known| known.sid == sid);
        let sid = |sid: &'static str| {
            if has(sid) {
                Cow::Owned(format!("{sid}2"))
            } else {
                Cow::Borrowed(sid)
            }
        };
        let of_bucket = access.permissions().into_iter().map(|allowed| Statement {
            sid: sid(allowed.sid),
            effect: "Allow",
            principal: None,
            action: allowed.actions.to_vec(),
            resource: allowed
                .resources
                .iter()
                .map(|rest| format!("arn:{partition}:{rest}"))
                .collect(),
            condition: allowed
                .listed_prefix
                .map(|prefix| Condition::StringLike(BTreeMap::from([("s3:prefix", prefix)]))),
        });
        let of_bucket: Vec<Statement> = of_bucket.collect();
        self.statement.extend(of_bucket);
        self
    }
}
