//! Parses responses of the Security Token Service, in the XML of the AWS query
//! protocol.

use std::time::SystemTime;

use jiff::Timestamp;

use crate::record::{CallerIdentity, is_account_id};
use crate::source::aws::api::wire::strict::{BodyError, FromBody};
use crate::source::aws::api::wire::xml;
use crate::source::aws::api::wire::xml::set_once;

impl FromBody for CallerIdentity {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        let (mut account, mut arn) = (Box::<str>::default(), Box::<str>::default());
        let root = "GetCallerIdentityResponse";
        xml::walk_document(
            body,
            root,
            "GetCallerIdentityResult",
            |path, text| match path {
                ["GetCallerIdentityResult", "Account"] => set_once(&mut account, text, "Account"),
                ["GetCallerIdentityResult", "Arn"] => set_once(&mut arn, text, "Arn"),
                _ => Ok(()),
            },
        )?;
        if !is_account_id(&account) {
            return Err(BodyError::new("the Account is not twelve digits"));
        }
        if account_id_of_arn(&arn) != Some(&*account) {
            return Err(BodyError::new("the Arn is not one of the Account"));
        }
        Ok(Self {
            account: account.into(),
            arn: arn.into(),
        })
    }
}

/// The session of a role, by AssumeRole. No Debug: it contains a secret.
pub(crate) struct RoleCredentials {
    pub access_key_id: Box<str>,
    pub secret_access_key: Box<str>,
    pub session_token: Box<str>,
    pub expiration: SystemTime,
    /// The account of the assumed role.
    pub account_id: Box<str>,
}

impl FromBody for RoleCredentials {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        let [mut key, mut secret, mut token, mut until, mut arn] =
            std::array::from_fn(|_| Box::<str>::default());
        let root = "AssumeRoleResponse";
        xml::walk_document(body, root, "AssumeRoleResult", |path, text| {
            let Some((&"AssumeRoleResult", inside)) = path.split_first() else {
                return Ok(());
            };
            let (field, name) = match inside {
                ["Credentials", "AccessKeyId"] => (&mut key, "AccessKeyId"),
                ["Credentials", "SecretAccessKey"] => (&mut secret, "SecretAccessKey"),
                ["Credentials", "SessionToken"] => (&mut token, "SessionToken"),
                ["Credentials", "Expiration"] => (&mut until, "Expiration"),
                ["AssumedRoleUser", "Arn"] => (&mut arn, "Arn"),
                _ => return Ok(()),
            };
            set_once(field, text, name)
        })?;
        let account = account_id_of_arn(&arn).ok_or(BodyError::new("no Arn of an assumed role"))?;
        let expiration: Timestamp = until
            .trim()
            .parse()
            .map_err(|_| BodyError::new("no Expiration that is a time"))?;
        Ok(Self {
            account_id: account.into(),
            access_key_id: require_header_safe(key, "AccessKeyId")?,
            secret_access_key: require_header_safe(secret, "SecretAccessKey")?,
            session_token: require_header_safe(token, "SessionToken")?,
            expiration: expiration.into(),
        })
    }
}

/// A part of credentials that is valid in an HTTP header: the SDK panics on one
/// that is not.
fn require_header_safe(text: Box<str>, name: &str) -> Result<Box<str>, BodyError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BodyError::new(format!("no {name} that can be used")));
    }
    Ok(text)
}

/// `111122223333` of `arn:aws:sts::111122223333:assumed-role/...`.
fn account_id_of_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let is_arn = parts.next() == Some("arn") && parts.next()?.starts_with("aws");
    let account = parts.nth(2)?;
    (is_arn && is_account_id(account)).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/reader/me</Arn><UserId>AROA:me</UserId>\
        <Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId>\
        </ResponseMetadata></GetCallerIdentityResponse>";

    const SESSION: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
        <AssumedRoleUser><AssumedRoleId>AROA:patchctl</AssumedRoleId>\
        <Arn>arn:aws:sts::444455556666:assumed-role/reader/patchctl</Arn></AssumedRoleUser>\
        <Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret/key+</SecretAccessKey>\
        <SessionToken>session==</SessionToken><Expiration>2099-12-31T23:59:59.5Z</Expiration></Credentials>\
        <PackedPolicySize>6</PackedPolicySize></AssumeRoleResult></AssumeRoleResponse>";

    fn session(body: &str) -> Result<RoleCredentials, String> {
        RoleCredentials::from_body(body.as_bytes()).map_err(|error| error.to_string())
    }

    fn caller(body: &str) -> Result<CallerIdentity, String> {
        CallerIdentity::from_body(body.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_caller_is_an_account_and_an_arn_of_it() {
        let read = caller(CALLER).unwrap();
        assert_eq!(&*read.account, "111122223333");
        assert_eq!(
            &*read.arn,
            "arn:aws:sts::111122223333:assumed-role/reader/me"
        );
        let root = CALLER.replace("assumed-role/reader/me", "root");
        assert!(caller(&root).is_ok());
    }

    #[test]
    fn a_response_without_the_caller_is_an_error() {
        let account = "<Account>111122223333</Account>";
        for (body, cause) in [
            (String::new(), "no XML"),
            ("{}".to_owned(), "not XML"),
            (
                "<html/>".to_owned(),
                "a <html>, not a <GetCallerIdentityResponse>",
            ),
            (SESSION.to_owned(), "a <AssumeRoleResponse>"),
            (
                "<GetCallerIdentityResponse/>".to_owned(),
                "no <GetCallerIdentityResult>",
            ),
            (CALLER.replace(account, ""), "not twelve digits"),
            (CALLER.replace(account, "<Account/>"), "not twelve digits"),
            (
                CALLER.replace(account, "<Account>11112222333</Account>"),
                "not twelve digits",
            ),
            (
                CALLER.replace(account, "<Account>999922223333</Account>"),
                "not one of the Account",
            ),
            (CALLER.replace(account, &account.repeat(2)), "two <Account>"),
            (CALLER.replace("arn:aws", "arn"), "not one of the Account"),
            (CALLER.replace("Arn>", "Name>"), "not one of the Account"),
            (CALLER.replace("</ResponseMetadata>", ""), "not XML"),
            (format!("{CALLER}{CALLER}"), "not XML"),
        ] {
            let error = caller(&body).unwrap_err();
            assert!(error.contains(cause), "{body}: {error}");
        }
    }

    #[test]
    fn a_session_has_keys_an_expiry_and_an_account() {
        let read = session(SESSION).unwrap();
        assert_eq!(
            [
                &*read.access_key_id,
                &read.secret_access_key,
                &read.session_token,
                &read.account_id
            ],
            ["ASIAEXAMPLE", "secret/key+", "session==", "444455556666"]
        );
        let end: Timestamp = "2099-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(read.expiration, SystemTime::from(end));
    }

    #[test]
    fn an_incomplete_session_is_an_error_that_shows_no_secret() {
        for (part, cause) in [
            ("ASIAEXAMPLE", "no AccessKeyId"),
            ("secret/key+", "no SecretAccessKey"),
            ("session==", "no SessionToken"),
            ("2099-12-31T23:59:59.5Z", "no Expiration"),
            (
                "arn:aws:sts::444455556666:assumed-role/reader/patchctl",
                "no Arn",
            ),
        ] {
            for instead in ["", "a b", "\u{e9}", "x&#13;"] {
                let error = session(&SESSION.replace(part, instead)).err().unwrap();
                assert!(error.contains(cause), "{part}: {error}");
                assert!(
                    !error.contains("secret/") && !error.contains("session="),
                    "{error}"
                );
            }
        }
        assert!(session(&SESSION.replace("Credentials>", "Other>")).is_err());
        assert!(session(CALLER).is_err());
    }

    proptest! {
        #[test]
        fn a_document_that_breaks_off_is_an_error(end in 0..SESSION.len()) {
            prop_assert!(session(&SESSION[..end]).is_err());
            prop_assert!(caller(&CALLER[..end.min(CALLER.len() - 1)]).is_err());
        }

        #[test]
        fn a_changed_byte_never_makes_credentials_that_panic(at in 0..SESSION.len(), byte in any::<u8>()) {
            let mut body = SESSION.as_bytes().to_vec();
            body[at] = byte;
            if let Ok(session) = RoleCredentials::from_body(&body) {
                for part in [&session.access_key_id, &session.secret_access_key, &session.session_token] {
                    prop_assert!(!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic()));
                }
                prop_assert!(is_account_id(&session.account_id));
            }
        }

        #[test]
        fn foreign_bytes_are_an_error(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(RoleCredentials::from_body(&body).is_err());
            prop_assert!(CallerIdentity::from_body(&body).is_err());
        }
    }
}
