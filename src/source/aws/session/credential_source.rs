//! Decides where the credentials of a profile or of the environment come from,
//! in the order of the AWS CLI. Makes no call and reads no file.

use aws_credential_types::Credentials;

use crate::source::aws::session::aws_files::{AwsFiles, Section, quoted};

/// Where credentials come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CredentialSource {
    /// Keys in environment variables.
    Environment(Credentials),
    /// Keys in one of the AWS config files.
    Keys(Credentials),
    /// A role that is assumed with the credentials of another source.
    Role(Box<RoleSource>),
    WebIdentity(WebIdentity),
    Sso(SsoSource),
    /// The output of a command.
    Process {
        profile: String,
        command: String,
        account: Option<String>,
    },
    /// The credentials of a container.
    Container,
    /// The role of an EC2 instance.
    Metadata,
}

/// A role of a profile.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RoleSource {
    pub profile: String,
    pub role_arn: String,
    pub session_name: Option<String>,
    pub external_id: Option<String>,
    pub mfa_serial: Option<String>,
    pub duration_seconds: Option<i32>,
    pub source: CredentialSource,
}

/// A role that is assumed with a token of another identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WebIdentity {
    /// The setting that names the file.
    pub setting: String,
    pub token_file: String,
    pub role_arn: String,
    pub session_name: Option<String>,
}

/// A role of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SsoSource {
    pub profile: String,
    pub session: Option<String>,
    pub start_url: String,
    pub region: String,
    pub account: String,
    pub role: String,
}

/// What is read to decide.
pub(super) struct Lookup<'a> {
    pub files: &'a AwsFiles,
    /// A variable that is set and not empty.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// What is wrong with the settings of a profile.
type Problem = String;

impl Lookup<'_> {
    /// The source of a profile. One that `--profile` names takes precedence over
    /// keys in the environment.
    ///
    /// # Errors
    /// If the settings of the profile do not fit together.
    pub(super) fn source_of(
        &self,
        profile: &str,
        is_named: bool,
    ) -> Result<CredentialSource, Problem> {
        if !is_named && let Some(keys) = self.environment_keys()? {
            return Ok(CredentialSource::Environment(keys));
        }
        let role = match self.files.profile(profile) {
            Some(section) if is_assumed(section) => {
                Some(self.role_of(profile, section, &mut vec![profile])?)
            }
            _ => None,
        };
        if let Some(role) = role {
            return Ok(role);
        }
        if let Some(source) = self.of_profile(profile, !is_named)? {
            return Ok(source);
        }
        Ok(if self.has_container() {
            CredentialSource::Container
        } else {
            CredentialSource::Metadata
        })
    }

    fn environment_keys(&self) -> Result<Option<Credentials>, Problem> {
        let set = |name: &str| (self.variable)(name);
        // The SDK knows an older name, too.
        let secret = set("AWS_SECRET_ACCESS_KEY").or_else(|| set("SECRET_ACCESS_KEY"));
        let Some(id) = set("AWS_ACCESS_KEY_ID") else {
            return Ok(None);
        };
        let secret = secret
            .ok_or("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not".to_owned())?;
        let token = set("AWS_SECURITY_TOKEN").or_else(|| set("AWS_SESSION_TOKEN"));
        let account = set("AWS_ACCOUNT_ID");
        Ok(Some(keys(id, secret, token, account)))
    }

    fn has_container(&self) -> bool {
        [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ]
        .iter()
        .any(|name| (self.variable)(name).is_some())
    }

    /// The source of a profile other than a role that is assumed with another
    /// source.
    fn of_profile(
        &self,
        name: &str,
        with_environment: bool,
    ) -> Result<Option<CredentialSource>, Problem> {
        let empty = Section::default();
        let section = self.files.profile(name).unwrap_or(&empty);
        if let Some(identity) = self.web_identity(name, section, with_environment)? {
            return Ok(Some(CredentialSource::WebIdentity(identity)));
        }
        if let Some(sso) = self.sso(name, section)? {
            return Ok(Some(CredentialSource::Sso(sso)));
        }
        let keys = profile_keys(name, section)?;
        let is_of_credentials_file = section.is_of_credentials_file("aws_access_key_id");
        if let Some(keys) = keys.clone().filter(|_| is_of_credentials_file) {
            return Ok(Some(CredentialSource::Keys(keys)));
        }
        if section.get("login_session").is_some() {
            return Err(format!(
                "the profile {name} signs in with aws login, which patchctl does not read: set credential_process = aws configure export-credentials --profile {} --format process in another profile, and use that one",
                quoted(name)
            ));
        }
        if let Some(command) = section.get("credential_process") {
            return Ok(Some(CredentialSource::Process {
                profile: name.to_owned(),
                command: command.to_owned(),
                account: section.get("aws_account_id").map(ToOwned::to_owned),
            }));
        }
        Ok(keys.map(CredentialSource::Keys))
    }

    fn web_identity(
        &self,
        name: &str,
        section: &Section,
        with_environment: bool,
    ) -> Result<Option<WebIdentity>, Problem> {
        let setting = |variable: &str, key: &str| {
            let of_variable = (self.variable)(variable).filter(|_| with_environment);
            let of_variable = of_variable.map(|value| (value, variable.to_owned()));
            let of_profile = || {
                Some((
                    section.get(key)?.to_owned(),
                    format!("{key} of profile {name}"),
                ))
            };
            of_variable.or_else(of_profile)
        };
        let Some((token_file, setting_of_file)) =
            setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file")
        else {
            return Ok(None);
        };
        let role = setting("AWS_ROLE_ARN", "role_arn").ok_or_else(|| {
            format!("{setting_of_file} is set, and no role: set AWS_ROLE_ARN, or role_arn in the profile")
        })?;
        Ok(Some(WebIdentity {
            setting: setting_of_file,
            token_file,
            role_arn: role.0,
            session_name: setting("AWS_ROLE_SESSION_NAME", "role_session_name")
                .map(|(name, _)| name),
        }))
    }

    fn sso(&self, name: &str, section: &Section) -> Result<Option<SsoSource>, Problem> {
        let (account, role) = (section.get("sso_account_id"), section.get("sso_role_name"));
        if account.is_none() && role.is_none() {
            return Ok(None);
        }
        let session_name = section.get("sso_session");
        let session = match session_name {
            None => None,
            Some(session) => Some(self.files.sso_session(session).ok_or_else(|| {
                format!(
                    "profile {name}: {}",
                    self.files.missing_sso_session(session)
                )
            })?),
        };
        let setting = |key: &str| {
            let of_session = session.and_then(|session| session.get(key));
            match (section.get(key), of_session) {
                (Some(own), Some(other)) if own != other => Err(format!(
                    "{key} is {own} in profile {name} and {other} in its sso-session {}: remove one of them",
                    session_name.unwrap_or_default()
                )),
                (own, other) => own.or(other).map(ToOwned::to_owned).ok_or_else(|| {
                    let place = session_name.map_or_else(
                        || format!("profile {name}"),
                        |session| format!("sso-session {session}"),
                    );
                    format!("{key} is missing in {place}: run aws configure sso")
                }),
            }
        };
        Ok(Some(SsoSource {
            profile: name.to_owned(),
            session: session_name.map(ToOwned::to_owned),
            start_url: setting("sso_start_url")?,
            region: setting("sso_region")?,
            account: setting("sso_account_id")?,
            role: setting("sso_role_name")?,
        }))
    }

    /// The role of a profile, and the source of the credentials that assume it.
    fn role_of<'n>(
        &'n self,
        name: &'n str,
        section: &'n Section,
        seen: &mut Vec<&'n str>,
    ) -> Result<CredentialSource, Problem> {
        let text = |key: &str| section.get(key).map(ToOwned::to_owned);
        let source = match (
            section.get("source_profile"),
            section.get("credential_source"),
        ) {
            (Some(_), Some(_)) => {
                return Err(format!(
                    "profile {name} has source_profile and credential_source: remove one of them"
                ));
            }
            (None, None) => {
                return Err(format!(
                    "profile {name} has role_arn, and neither source_profile nor credential_source: add the one that the role is assumed with"
                ));
            }
            (None, Some(source)) => self.named_source(name, source)?,
            (Some(source), None) => self.source_profile(name, source, seen)?,
        };
        let duration = text("duration_seconds").and_then(|text| text.trim().parse().ok());
        Ok(CredentialSource::Role(Box::new(RoleSource {
            profile: name.to_owned(),
            role_arn: text("role_arn").unwrap_or_default(),
            session_name: text("role_session_name"),
            external_id: text("external_id"),
            mfa_serial: text("mfa_serial"),
            duration_seconds: duration,
            source,
        })))
    }

    fn named_source(&self, profile: &str, source: &str) -> Result<CredentialSource, Problem> {
        let kinds = ["Environment", "EcsContainer", "Ec2InstanceMetadata"];
        let kind = kinds.iter().find(|kind| kind.eq_ignore_ascii_case(source));
        match kind.copied() {
            Some("Environment") => match self.environment_keys()? {
                Some(keys) => Ok(CredentialSource::Environment(keys)),
                None => Err(format!(
                    "profile {profile} has credential_source = Environment, and AWS_ACCESS_KEY_ID is not set"
                )),
            },
            Some("EcsContainer") if !self.has_container() => Err(format!(
                "profile {profile} has credential_source = EcsContainer, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set, as outside of a container"
            )),
            Some("EcsContainer") => Ok(CredentialSource::Container),
            Some(_) => Ok(CredentialSource::Metadata),
            None => Err(format!(
                "profile {profile} has credential_source = {source}, which is none of {}",
                kinds.join(", ")
            )),
        }
    }

    fn source_profile<'n>(
        &'n self,
        name: &str,
        source: &'n str,
        seen: &mut Vec<&'n str>,
    ) -> Result<CredentialSource, Problem> {
        let section = self.files.profile(source).ok_or_else(|| {
            format!(
                "source_profile of profile {name}: {}",
                self.files.missing_profile(source)
            )
        })?;
        let has_keys = section
            .get("aws_access_key_id")
            .or(section.get("aws_secret_access_key"))
            .is_some();
        if seen.contains(&source) && !(source == name && has_keys) {
            seen.push(source);
            return Err(format!(
                "the profiles {} take their credentials from one another, without end: give one of them keys",
                seen.join(" -> ")
            ));
        }
        seen.push(source);
        if is_assumed(section) && !has_keys {
            return self.role_of(source, section, seen);
        }
        let found = if has_keys && is_assumed(section) {
            profile_keys(source, section)?.map(CredentialSource::Keys)
        } else {
            self.of_profile(source, false)?
        };
        found.ok_or_else(|| {
            format!("source_profile of profile {name}: profile {source} has no credentials")
        })
    }
}

/// Does the profile assume a role with the credentials of another source?
fn is_assumed(section: &Section) -> bool {
    section.get("role_arn").is_some() && section.get("web_identity_token_file").is_none()
}

fn profile_keys(name: &str, section: &Section) -> Result<Option<Credentials>, Problem> {
    let text = |key: &str| section.get(key).map(ToOwned::to_owned);
    let (id, secret) = (text("aws_access_key_id"), text("aws_secret_access_key"));
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => {
            let token = text("aws_security_token").or_else(|| text("aws_session_token"));
            Ok(Some(keys(id, secret, token, text("aws_account_id"))))
        }
        (id, _) => {
            let (has, lacks) = match id {
                Some(_) => ("aws_access_key_id", "aws_secret_access_key"),
                None => ("aws_secret_access_key", "aws_access_key_id"),
            };
            Err(format!(
                "profile {name} has {has}, and no {lacks}: run aws configure --profile {}",
                quoted(name)
            ))
        }
    }
}

fn keys(id: String, secret: String, token: Option<String>, account: Option<String>) -> Credentials {
    // A variable often ends with the end of a line.
    let token = token.map(|token| token.trim().to_owned());
    let mut builder = Credentials::builder()
        .access_key_id(id)
        .secret_access_key(secret)
        .provider_name("keys");
    builder.set_session_token(token.filter(|token| !token.is_empty()));
    builder.set_account_id(account.map(|id| id.trim().into()));
    builder.build()
}

impl CredentialSource {
    /// What gives new credentials once these have expired.
    pub(super) fn renewal(&self) -> String {
        match self {
            Self::Environment(_) => {
                "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew".to_owned()
            }
            Self::Keys(_) => {
                "store new keys in the profile, or let a sign-in or a role provide them".to_owned()
            }
            // Its own session is renewed as long as no code is asked for.
            Self::Role(role) if role.mfa_serial.is_some() => {
                "run patchctl again, which asks for a new MFA code".to_owned()
            }
            Self::Role(role) => role.source.renewal(),
            Self::WebIdentity(identity) => {
                format!("see what renews the token file of {}", identity.setting)
            }
            Self::Sso(sso) => format!("run aws sso login --profile {}", quoted(&sso.profile)),
            Self::Process { profile, .. } => {
                format!("see why credential_process of profile {profile} gives expired ones")
            }
            Self::Container => "the container still gives expired ones: try again later".to_owned(),
            Self::Metadata => "EC2 metadata still gives expired ones: try again later".to_owned(),
        }
    }

    /// The kind of credentials, for display.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Environment(_) => "keys in the environment",
            Self::Keys(_) => "keys of the profile",
            Self::Role(_) => "an assumed role",
            Self::WebIdentity(_) => "web identity",
            Self::Sso(_) => "IAM Identity Center",
            Self::Process { .. } => "credential_process",
            Self::Container => "container credentials",
            Self::Metadata => "EC2 instance metadata",
        }
    }
}
