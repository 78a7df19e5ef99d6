//! Whether a file that the user did not name may configure the program. A user
//! who can change it decides what `check` passes, as with the configuration of
//! sudo, ssh and git.

use std::path::Path;

use anyhow::{Result, bail};

/// A file that was found, or named by another file, and what to do about it.
pub struct UntypedFile<'a> {
    /// `the configuration`
    pub what: &'a str,
    pub path: &'a Path,
    /// The flag that names it, and so trusts it.
    pub trusting_flag: &'a str,
    /// The flag that leaves it out.
    pub omitting_flag: &'a str,
}

impl UntypedFile<'_> {
    /// Refuses the file if there is a reason to distrust it.
    ///
    /// # Errors
    /// The reason, and what to type.
    pub fn check(&self, distrust_reason: Option<String>) -> Result<()> {
        let Some(reason) = distrust_reason else {
            return Ok(());
        };
        let Self {
            what,
            path,
            trusting_flag,
            omitting_flag,
        } = self;
        bail!(
            "{what} {} is not trusted: {reason}; use {trusting_flag} to trust it, {omitting_flag} to leave it out, or change its owner and mode",
            path.display()
        );
    }
}

/// Why a file is not to be trusted: another user owns it, or can change or
/// replace it. Root may. Both a link and its target are checked, and the folder
/// of each, because a user who can write there can replace the file. `None` for a
/// trusted file, and for one that does not exist.
///
/// Windows has no owners and modes of this kind: every file is trusted there.
#[must_use]
pub fn distrust_reason(path: &Path) -> Option<String> {
    of_platform::distrust_reason(path)
}

#[cfg(unix)]
mod of_platform {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    use super::{FileOwnership, ownership_problem};

    pub(super) fn distrust_reason(path: &Path) -> Option<String> {
        let me = rustix::process::geteuid().as_raw();
        let look = |path: &Path, metadata: &Metadata| {
            let owned = FileOwnership {
                owner: metadata.uid(),
                group: metadata.gid(),
                mode: metadata.mode(),
                is_link: metadata.is_symlink(),
                is_folder: metadata.is_dir(),
                is_file: metadata.is_file(),
            };
            ownership_problem(&owned, me).map(|what| format!("{} {what}", path.display()))
        };
        let beside = |path: &Path| {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            look(folder, &folder.metadata().ok()?)
        };
        let found = path.symlink_metadata().ok()?;
        let of_file = look(path, &found).or_else(|| beside(path));
        if of_file.is_some() || !found.is_symlink() {
            return of_file;
        }
        let target = path.canonicalize().ok()?;
        look(&target, &target.metadata().ok()?).or_else(|| beside(&target))
    }
}

#[cfg(not(unix))]
mod of_platform {
    pub(super) fn distrust_reason(_path: &std::path::Path) -> Option<String> {
        None
    }
}

/// Owner, group and mode of a file.
#[cfg(unix)]
struct FileOwnership {
    owner: u32,
    group: u32,
    mode: u32,
    is_link: bool,
    is_folder: bool,
    is_file: bool,
}

/// Why the user `me` distrusts it. Files of root and of `me` are trusted.
#[cfg(unix)]
fn ownership_problem(of: &FileOwnership, me: u32) -> Option<String> {
    const BY_GROUP: u32 = 0o020;
    const BY_OTHERS: u32 = 0o002;
    /// In a folder with this bit, such as /tmp, only its owner can replace a file.
    const STICKY: u32 = 0o1000;
    if of.owner != me && of.owner != 0 {
        return Some(format!("belongs to another user (uid {})", of.owner));
    }
    // A link has no mode of its own.
    if of.is_link || (of.is_folder && of.mode & STICKY != 0) {
        return None;
    }
    // Reading a pipe would block.
    if !of.is_file && !of.is_folder {
        return Some("is not a regular file".to_owned());
    }
    if of.mode & BY_OTHERS != 0 {
        return Some("can be written by every user".to_owned());
    }
    // Systems with a umask of 002 give each user a private group of the same number.
    let is_private = of.group == of.owner;
    (of.mode & BY_GROUP != 0 && !is_private)
        .then(|| format!("can be written by its group (gid {})", of.group))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_user_and_of_root_are_trusted_unless_others_can_write_them() {
        let file = |owner, group, mode| FileOwnership {
            owner,
            group,
            mode,
            is_link: false,
            is_folder: false,
            is_file: true,
        };
        for (owner, group, mode, expected) in [
            (1000, 1000, 0o100_644, None),
            (1000, 1000, 0o100_664, None),
            (0, 0, 0o100_644, None),
            (0, 0, 0o100_664, None),
            (1000, 100, 0o100_644, None),
            (
                1000,
                100,
                0o100_664,
                Some("can be written by its group (gid 100)"),
            ),
            (
                0,
                50,
                0o100_664,
                Some("can be written by its group (gid 50)"),
            ),
            (1000, 1000, 0o100_646, Some("can be written by every user")),
            (0, 0, 0o100_666, Some("can be written by every user")),
            (
                1001,
                1001,
                0o100_600,
                Some("belongs to another user (uid 1001)"),
            ),
            (
                1001,
                1000,
                0o100_644,
                Some("belongs to another user (uid 1001)"),
            ),
        ] {
            let found = ownership_problem(&file(owner, group, mode), 1000);
            assert_eq!(found.as_deref(), expected, "{owner}:{group} {mode:o}");
        }
        // Root trusts only root.
        assert!(ownership_problem(&file(1000, 1000, 0o100_644), 0).is_some());
        assert!(ownership_problem(&file(0, 0, 0o100_644), 0).is_none());
    }

    #[test]
    fn a_pipe_is_not_trusted() {
        let pipe = FileOwnership {
            owner: 0,
            group: 0,
            mode: 0o010_644,
            is_link: false,
            is_folder: false,
            is_file: false,
        };
        assert_eq!(
            ownership_problem(&pipe, 0).as_deref(),
            Some("is not a regular file")
        );
    }

    #[test]
    fn a_folder_is_judged_by_its_mode_unless_it_is_sticky_and_a_link_by_its_owner() {
        let folder = |owner, mode| FileOwnership {
            owner,
            group: 0,
            mode,
            is_link: false,
            is_folder: true,
            is_file: false,
        };
        assert!(ownership_problem(&folder(0, 0o041_777), 1000).is_none());
        assert!(ownership_problem(&folder(0, 0o040_777), 1000).is_some());
        assert!(ownership_problem(&folder(1001, 0o041_777), 1000).is_some());
        let link = |owner| FileOwnership {
            owner,
            group: 0,
            mode: 0o120_777,
            is_link: true,
            is_folder: false,
            is_file: false,
        };
        assert!(ownership_problem(&link(1000), 1000).is_none());
        assert!(ownership_problem(&link(1001), 1000).is_some());
    }
}
