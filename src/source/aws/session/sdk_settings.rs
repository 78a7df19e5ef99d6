//! Checks AWS settings before the SDK uses them: it ignores some invalid
//! values, panics on some, and waits forever on some.

mod known_settings;

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use aws_runtime::env_config::EnvConfigValue;
use aws_runtime::env_config::section::{EnvConfigSections, Profile};
use aws_types::os_shim_internal::Env;

use crate::bounded_read;
use crate::secrets;
use crate::source::aws::session::checked_credentials::remember_json_secrets;
use crate::source::aws::session::sdk_settings::known_settings::{
    KNOWN_SETTINGS, MAX_TOKEN_BYTES, NON_AWS_VARIABLES, SERVICES, read_if_exists,
};

pub(super) use self::known_settings::check_url;

/// Some config files list hundreds of accounts, which makes 100 KB.
const MAX_CONFIG_BYTES: u64 = 4 << 20;

/// Checks each variable that decides about credentials and endpoints.
///
/// # Errors
/// For the first that cannot be used, by name.
pub(super) fn check_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<()> {
    let mut variables: Vec<(OsString, OsString)> = variables.collect();
    variables.sort();
    for (name, value) in &variables {
        let Some(name) = name.to_str() else { continue };
        if !name.starts_with("AWS_") && !NON_AWS_VARIABLES.contains(&name) {
            continue;
        }
        // The SDK would treat it as unset.
        let Some(value) = value.to_str() else {
            bail!("{name} is not UTF-8 text: set it anew, or unset it");
        };
        let mut all = KNOWN_SETTINGS.iter();
        if let Some(known) = all.find(|known| known.variable == name) {
            known.check(name, value)?;
        }
    }
    Ok(())
}

/// Checks the two AWS config files, which the SDK treats as empty if it cannot
/// read them.
///
/// # Errors
/// If one exists and is no regular file, cannot be read, is too large, or is
/// not UTF-8 text.
pub(super) fn check_files() -> Result<()> {
    for (variable, name) in [
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ] {
        let path = match std::env::var_os(variable) {
            Some(path) => expand_home(path),
            None => home_dir().map(|home| home.join(".aws").join(name)),
        };
        let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else {
            continue;
        };
        let cannot = || format!("the AWS config file {} cannot be read", path.display());
        let bytes = read_if_exists(&path, MAX_CONFIG_BYTES).with_context(cannot)?;
        let bytes = bytes.unwrap_or_default();
        bounded_read::check_text(path.display(), &bytes)?;
        if let Err(error) = std::str::from_utf8(&bytes) {
            let line = bytes[..error.valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            bail!(
                "the AWS config file {} is not UTF-8 text in line {line}",
                path.display()
            );
        }
    }
    Ok(())
}

/// The path as the SDK reads it: `~/` is the home directory.
fn expand_home(path: OsString) -> Option<PathBuf> {
    let path = PathBuf::from(path);
    match path.strip_prefix("~") {
        Ok(rest) => home_dir().map(|home| home.join(rest)),
        Err(_) => Some(path),
    }
}

fn home_dir() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from);
    of("HOME").or_else(|| of("USERPROFILE").filter(|_| cfg!(windows)))
}

/// Checks the profile that is used, and those that it takes its credentials
/// from.
///
/// # Errors
/// For the first setting that cannot be used, by name.
pub(super) fn check_profiles(profiles: &EnvConfigSections) -> Result<()> {
    for profile in profiles
        .profiles()
        .filter_map(|name| profiles.get_profile(name))
    {
        for known in KNOWN_SETTINGS.iter().filter(|known| known.is_secret) {
            secrets::register(profile.get(known.profile_key).unwrap_or_default());
        }
    }
    let mut next = profiles.get_profile(profiles.selected_profile());
    let mut seen: Vec<&str> = Vec::new();
    let mut has_sso = false;
    while let Some(profile) = next.filter(|profile| !seen.contains(&profile.name())) {
        seen.push(profile.name());
        let of = format!("of profile {}", profile.name());
        check_section(&of, |key| profile.get(key))?;
        has_sso |= profile
            .get("sso_session")
            .or(profile.get("sso_start_url"))
            .is_some();
        if let Some(name) = profile.get("sso_session")
            && let Some(session) = profiles.sso_session(name)
        {
            check_section(&format!("of sso-session {name}"), |key| session.get(key))?;
        }
        next = source_profile(profile).and_then(|name| profiles.get_profile(name));
    }
    // The entries of a services section, as the SDK finds them.
    let none = Env::from_slice(&[]);
    for service in SERVICES {
        let setting = EnvConfigValue::new()
            .profile("endpoint_url")
            .service_id(service);
        if let Some((url, _)) = setting.load(&none, Some(profiles)) {
            let name = format!(
                "endpoint_url of profile {} for {service}",
                profiles.selected_profile()
            );
            check_url(&name, &url)?;
        }
    }
    if has_sso {
        remember_sso_cache()?;
    }
    Ok(())
}

fn source_profile(profile: &Profile) -> Option<&str> {
    profile.get("source_profile")
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
                &["", "http://host ", "http://user:hush-hush@host:99999", "x"],
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
            ("AWS_ENDPOINT_URL_S3", "nonsense\r"),
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
