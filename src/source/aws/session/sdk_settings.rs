//! Checks AWS settings before the SDK uses them: it ignores some invalid
//! values, panics on some, and waits forever on some.

mod known_settings;

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;

use anyhow::{Context as _, Result, bail};

use crate::bounded_read::read_if_exists;
use crate::secrets;
use crate::source::aws::session::aws_files::AwsFiles;
use crate::source::aws::session::checked_credentials::remember_json_secrets;
use crate::source::aws::session::environment::home_dir;
use crate::source::aws::session::sdk_settings::known_settings::{
    KNOWN_SETTINGS, MAX_TOKEN_BYTES, NON_AWS_VARIABLES,
};

pub(super) use self::known_settings::check_url;

/// Checks each variable that decides about credentials and endpoints.
///
/// # Errors
/// For the first that cannot be used, by name.
pub(super) fn check_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<()> {
    let known = variables.filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let is_read = name.starts_with("AWS_") || NON_AWS_VARIABLES.contains(&&*name);
        is_read.then_some((name, value))
    });
    let mut variables: Vec<(String, OsString)> = known.collect();
    variables.sort();
    for (name, value) in &variables {
        // The SDK would treat it as unset.
        let Some(value) = value.to_str() else {
            bail!("{name} is not UTF-8 text: set it anew, or unset it");
        };
        let mut all = KNOWN_SETTINGS.iter();
        if let Some(known) = all.find(|known| known.variable == *name) {
            known.check(name, value)?;
        }
    }
    Ok(())
}

/// Checks the profile that is used, and those that it takes its credentials
/// from.
///
/// # Errors
/// For the first setting that cannot be used, by name.
pub(super) fn check_profiles(files: &AwsFiles, selected: &str) -> Result<()> {
    for profile in files.profiles() {
        for known in KNOWN_SETTINGS.iter().filter(|known| known.is_secret) {
            secrets::register(profile.get(known.profile_key).unwrap_or_default());
        }
    }
    let mut next = Some(selected);
    let mut seen: Vec<&str> = Vec::new();
    let mut has_sso = false;
    while let Some(name) = next.filter(|name| !seen.contains(name)) {
        seen.push(name);
        let Some(profile) = files.profile(name) else {
            break;
        };
        check_section(&format!("of profile {name}"), |key| profile.get(key))?;
        has_sso |= profile
            .get("sso_session")
            .or(profile.get("sso_start_url"))
            .is_some();
        if let Some(name) = profile.get("sso_session")
            && let Some(session) = files.sso_session(name)
        {
            check_section(&format!("of sso-session {name}"), |key| session.get(key))?;
        }
        next = profile.get("source_profile");
    }
    if has_sso {
        remember_sso_cache()?;
    }
    Ok(())
}

/// Checks every setting that a section of a file has.
fn check_section<'v>(of: &str, get: impl Fn(&str) -> Option<&'v str>) -> Result<()> {
    for known in KNOWN_SETTINGS
        .iter()
        .filter(|known| !known.profile_key.is_empty())
    {
        if let Some(value) = get(known.profile_key) {
            known.check(&format!("{} {of}", known.profile_key), value)?;
        }
    }
    Ok(())
}

/// Remembers the tokens of IAM Identity Center that `aws sso login` stored.
///
/// # Errors
/// If one of the files is a pipe, which the SDK would wait for. Other
/// unreadable files may belong to another program; the SDK reports them if it
/// needs them.
fn remember_sso_cache() -> Result<()> {
    let Some(folder) = home_dir().map(|home| home.join(".aws").join("sso").join("cache")) else {
        return Ok(());
    };
    // Missing or unreadable: the SDK reports it, if it needs it.
    let Ok(files) = folder.read_dir() else {
        return Ok(());
    };
    for path in files.flatten().map(|file| file.path()) {
        if path.extension() == Some(OsStr::new("json")) {
            let cannot = || format!("the token file {} cannot be used", path.display());
            let is_special = |of: &Metadata| !of.is_file() && !of.is_dir();
            match read_if_exists(&path, MAX_TOKEN_BYTES) {
                Ok(bytes) => remember_json_secrets(&bytes.unwrap_or_default()),
                Err(error) if path.metadata().is_ok_and(|of| is_special(&of)) => {
                    return Err(error).with_context(cannot);
                }
                Err(_) => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(name: &str, value: &str) -> Option<String> {
        let variables = [(OsString::from(name), OsString::from(value))];
        let checked = check_environment(variables.into_iter());
        checked.err().map(|error| format!("{error:#}"))
    }

    #[test]
    fn each_variable_is_refused_for_values_that_the_sdk_cannot_handle() {
        for (name, wrong) in [
            (
                "AWS_ACCESS_KEY_ID",
                &["AKIA\r", " AKIA", "AK\nIA", "ÄKIA", "AKIA\u{a0}"][..],
            ),
            (
                "AWS_SECRET_ACCESS_KEY",
                &["hush-hush\n", "hush-hush ", "hush-hush\0x"],
            ),
            ("AWS_SESSION_TOKEN", &["hush-hush\rx", "hush-hüsh"]),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", &["hush-hush\n"]),
            ("AWS_ACCOUNT_ID", &["hush-hush"]),
            ("AWS_PROFILE", &["prod\r", "prod "]),
            ("AWS_REGION", &["eu-west-1\r"]),
            ("AWS_ROLE_SESSION_NAME", &["me\n"]),
            ("AWS_SDK_UA_APP_ID", &["app\n"]),
            ("AWS_CA_BUNDLE", &["/x.pem\r"]),
            (
                "AWS_ENDPOINT_URL",
                &["http://host ", "http://user:hush-hush@host:99999", "x"],
            ),
            (
                "AWS_ENDPOINT_URL_SSO_OIDC",
                &["http://", "https://host:1\r"],
            ),
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                &["http://a b/", "/path"],
            ),
            (
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                &["path", "*", "/a b", "http://host/"],
            ),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &["169.254.169.254"]),
            ("AWS_USE_FIPS_ENDPOINT", &["maybe", "1", "true "]),
        ] {
            for value in wrong {
                let cause = check_error(name, value).unwrap_or_else(|| panic!("{name} {value:?}"));
                assert!(
                    cause.starts_with(name) && !cause.contains("hush"),
                    "{cause}"
                );
                assert_eq!(cause.lines().count(), 1, "{cause}");
            }
        }
        for (name, right) in [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_ACCESS_KEY_ID", ""),
            ("AWS_SESSION_TOKEN", "token\n"),
            ("AWS_MAX_ATTEMPTS", " 3 "),
            ("AWS_PROFILE", "prod näme"),
            ("AWS_ENDPOINT_URL", "http://user:hush-hush@[::1]:8000/path"),
            ("AWS_USE_FIPS_ENDPOINT", "True"),
            ("AWS_USE_FIPS_ENDPOINT", ""),
            // Not of a service that is called.
            ("AWS_ENDPOINT_URL_RDS", "nonsense\r"),
            (
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "/v2/credentials?id=1",
            ),
            ("EDITOR", "vi\r"),
        ] {
            assert_eq!(check_error(name, right), None, "{name} {right:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn every_variable_that_is_not_utf8_is_refused_by_name() {
        use std::os::unix::ffi::OsStringExt as _;
        for (name, is_refused) in [
            ("AWS_ENDPOINT_URL", true),
            ("AWS_WHATEVER", true),
            ("https_proxy", true),
            ("HOME", true),
            ("EDITOR", false),
        ] {
            let variables = [(OsString::from(name), OsString::from_vec(b"x\xff".to_vec()))];
            let cause = check_environment(variables.into_iter()).err();
            let expected =
                is_refused.then(|| format!("{name} is not UTF-8 text: set it anew, or unset it"));
            assert_eq!(cause.map(|cause| cause.to_string()), expected);
        }
    }
}
