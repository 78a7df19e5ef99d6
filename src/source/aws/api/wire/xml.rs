//! Walks the elements of an XML document, each once it is complete. A truncated
//! or ill-formed document is an error, never a shorter document.
//!
//! Not the SDK's own reader: that one ends silently if a document breaks off,
//! and loses the text of a CDATA section.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Token, Tokenizer};

use crate::source::aws::api::wire::BodyError;

/// The maximum depth of elements. EC2's have nine levels; within the size
/// limit, a response could nest millions.
const MAX_DEPTH: usize = 100;

/// Calls `closed` for every element when it ends: with the names from the root
/// down to it, and its text. Names come without namespace prefixes. Text
/// between elements is layout; only the text after the last child is passed.
///
/// # Errors
/// If the body is not one complete, well-formed document, or `closed` fails.
pub(crate) fn walk_elements<'a>(
    body: &'a [u8],
    mut closed: impl FnMut(&[&'a str], Cow<'a, str>) -> Result<(), BodyError>,
) -> Result<(), BodyError> {
    let document =
        std::str::from_utf8(body).map_err(|error| BodyError::new(format!("not UTF-8: {error}")))?;
    let mut path: Vec<&'a str> = Vec::new();
    let mut texts: Vec<Cow<'a, str>> = Vec::new();
    let mut is_whole = false;
    for token in Tokenizer::from(document) {
        let token = token.map_err(|error| BodyError::new(format!("not XML: {error}")))?;
        let ends = match token {
            Token::ElementStart { local, .. } => {
                if let Some(layout) = texts.last_mut() {
                    *layout = Cow::Borrowed("");
                }
                if path.len() == MAX_DEPTH {
                    let what = format!("more than {MAX_DEPTH} elements within one another");
                    return Err(BodyError::new(what));
                }
                path.push(local.as_str());
                texts.push(Cow::Borrowed(""));
                false
            }
            Token::Text { text } => {
                append_text(&mut texts, unescape(text.as_str())?);
                false
            }
            Token::Cdata { text, .. } => {
                append_text(&mut texts, Cow::Borrowed(text.as_str()));
                false
            }
            Token::ElementEnd { end, .. } => match end {
                ElementEnd::Open => false,
                ElementEnd::Empty => true,
                ElementEnd::Close(_, local) => {
                    if path.last() != Some(&local.as_str()) {
                        return Err(BodyError::new(format!(
                            "not XML: </{local}> ends another element"
                        )));
                    }
                    true
                }
            },
            // It may define entities, and no response has any.
            Token::DtdStart { .. }
            | Token::EmptyDtd { .. }
            | Token::EntityDeclaration { .. }
            | Token::DtdEnd { .. } => return Err(BodyError::new("it has a document type")),
            Token::Declaration { .. }
            | Token::ProcessingInstruction { .. }
            | Token::Comment { .. }
            | Token::Attribute { .. } => false,
        };
        if ends {
            closed(&path, texts.pop().unwrap_or_default())?;
            path.pop();
            is_whole = path.is_empty();
        }
    }
    match path.last() {
        Some(open) => Err(BodyError::new(format!("cut short within <{open}>"))),
        None if !is_whole => Err(BodyError::new("no XML in it")),
        None => Ok(()),
    }
}

/// Walks a response with this root, which must have exactly one `member` as a
/// child, and calls `closed` for every element with its path below the root.
///
/// # Errors
/// If the body is anything else, or `closed` fails.
pub(crate) fn walk_document<'a>(
    body: &'a [u8],
    root: &str,
    member: &str,
    mut closed: impl FnMut(&[&'a str], Cow<'a, str>) -> Result<(), BodyError>,
) -> Result<(), BodyError> {
    let mut has_member = false;
    walk_elements(body, |path, text| {
        let (first, below) = path.split_first().unwrap_or((&"", &[]));
        if *first != root {
            return Err(BodyError::new(format!("a <{first}>, not a <{root}>")));
        }
        if *below == [member] && std::mem::replace(&mut has_member, true) {
            return Err(BodyError::new(format!("two <{member}> in it")));
        }
        closed(below, text)
    })?;
    if has_member {
        Ok(())
    } else {
        Err(BodyError::new(format!("no <{member}> in it")))
    }
}

/// Sets a field from the text of an element that may occur at most once.
///
/// # Errors
/// If it was set already.
pub(crate) fn set_once(
    field: &mut Box<str>,
    text: Cow<'_, str>,
    name: &str,
) -> Result<(), BodyError> {
    if !field.is_empty() {
        return Err(BodyError::new(format!("two <{name}>")));
    }
    *field = text.into();
    Ok(())
}

/// A text may come in pieces, around a comment or a CDATA section.
fn append_text<'a>(texts: &mut [Cow<'a, str>], piece: Cow<'a, str>) {
    match texts.last_mut() {
        Some(text) if text.is_empty() => *text = piece,
        Some(text) => text.to_mut().push_str(&piece),
        None => {}
    }
}

fn unescape(text: &str) -> Result<Cow<'_, str>, BodyError> {
    if !text.contains('&') {
        return Ok(Cow::Borrowed(text));
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let entity = after.split_once(';');
        let Some((meant, behind)) =
            entity.and_then(|(name, behind)| Some((decode_entity(name)?, behind)))
        else {
            let start: String = after.chars().take(8).collect();
            return Err(BodyError::new(format!("an unknown entity: &{start}")));
        };
        plain.push_str(before);
        plain.push(meant);
        rest = behind;
    }
    plain.push_str(rest);
    Ok(Cow::Owned(plain))
}

/// The character of an entity. Some that XML forbids, such as control
/// characters, are accepted: they are made visible when a value is printed, and
/// must not cost a page.
fn decode_entity(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let (digits, radix) = match number.strip_prefix('x') {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            // A sign would be parsed as part of the number.
            if !digits.starts_with(|first: char| first.is_digit(radix)) {
                return None;
            }
            char::from_u32(u32::from_str_radix(digits, radix).ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every element as `path=text`, in the order of their ends.
    fn elements(body: &str) -> Result<Vec<String>, String> {
        let mut walked = Vec::new();
        walk_elements(body.as_bytes(), |path, text| {
            walked.push(format!("{}={text}", path.join("/")));
            Ok(())
        })
        .map_err(|error| error.to_string())?;
        Ok(walked)
    }

    #[test]
    fn an_element_is_passed_with_its_path_and_text() {
        assert_eq!(
            elements("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a x='1'>\n <b>one</b>\n <c><d/></c>\n</a>\n<!-- end -->").unwrap(),
            ["a/b=one", "a/c/d=", "a/c=", "a=\n"]
        );
        assert_eq!(
            elements("\u{feff}<n:a xmlns:n='u'><n:b> x </n:b></n:a>").unwrap(),
            ["a/b= x ", "a="]
        );
    }

    #[test]
    fn text_in_pieces_is_joined() {
        assert_eq!(
            elements("<a>1 &lt; <![CDATA[2 &lt; <b>]]><!-- no -->&#51;&#x1F980;<?no?>!</a>")
                .unwrap(),
            ["a=1 < 2 &lt; <b>3\u{1f980}!"]
        );
        assert_eq!(
            elements("<a>&quot;&apos;&gt;&amp;amp;</a>").unwrap(),
            ["a=\"'>&amp;"]
        );
    }

    #[test]
    fn a_truncated_document_is_an_error() {
        let whole = "<a><b>x&amp;y</b><![CDATA[z]]><c d='e'/></a>";
        assert!(elements(whole).is_ok());
        for end in 0..whole.len() {
            assert!(elements(&whole[..end]).is_err(), "{}", &whole[..end]);
        }
    }

    #[test]
    fn elements_nested_too_deeply_are_an_error() {
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(elements(&nested(MAX_DEPTH)).is_ok());
        assert!(elements(&nested(MAX_DEPTH + 1)).is_err());
    }

    #[test]
    fn an_ill_formed_document_is_an_error() {
        for (body, cause) in [
            ("<a><b></a></b>", "ends another element"),
            ("<a/><b/>", "not XML"),
            ("<a>&nbsp;</a>", "unknown entity: &nbsp;"),
            ("<a>fish & chips; peas</a>", "unknown entity: & chips;"),
            ("<a>&#xD800;</a>", "unknown entity"),
            ("<a>&#+65;</a>", "unknown entity"),
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "document type"),
            ("{\"not\": \"XML\"}", "not XML"),
            ("<!-- nothing -->", "no XML in it"),
            ("  ", "no XML in it"),
        ] {
            let error = elements(body).unwrap_err();
            assert!(error.contains(cause), "{body}: {error}");
        }
        assert!(walk_elements(b"<a>\xff</a>", |_, _| Ok(())).is_err());
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = walk_elements(&body, |_, _| Ok(()));
        }

        #[test]
        fn scraps_of_xml_are_read_or_refused(scraps in proptest::collection::vec(
            proptest::sample::select(vec![
                "<a>", "</a>", "<b/>", "<", ">", "/", "&", "&lt;", "&#", ";", "<![CDATA[", "]]>", "<!--", "-->",
                "<?", "?>", "<?xml ", " ", "x", "'", "\"", "=", "<!DOCTYPE a [", "]", "<!ENTITY x ", "\u{e9}", "<a:b c='d'",
            ]), 0..30)) {
            let _ = walk_elements(scraps.concat().as_bytes(), |path, _| {
                assert!(!path.is_empty());
                Ok(())
            });
        }
    }
}
