//! The AWS Query protocol of EC2 and STS: a form in, XML out.

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::demo::service::ApiResponse;

/// The fields of a form, in order.
#[derive(Debug, Default)]
pub(super) struct QueryForm(Vec<(String, String)>);

impl QueryForm {
    pub(super) fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let fields = text.split('&').filter(|field| !field.is_empty());
        Self(
            fields
                .map(|field| {
                    let (name, value) = field.split_once('=').unwrap_or((field, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        fields.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The values of `name.1`, `name.2` and so on, up to the first missing one.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|nth| self.get(&format!("{name}.{nth}")))
            .collect()
    }

    /// The filters of EC2: a name, and values of which one must match.
    pub(super) fn filters(&self) -> Vec<(&str, Vec<&str>)> {
        (1..)
            .map_while(|nth| {
                let name = self.get(&format!("Filter.{nth}.Name"))?;
                Some((name, self.list(&format!("Filter.{nth}.Value"))))
            })
            .collect()
    }
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Writes XML.
pub(super) struct QueryXmlWriter(String);

impl QueryXmlWriter {
    /// A document with this root element; `attributes` are written as they are.
    pub(super) fn document(root: &str, attributes: &str, content: impl FnOnce(&mut Self)) -> Bytes {
        let mut xml = Self(r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned());
        for part in ["<", root, attributes, ">"] {
            xml.0.push_str(part);
        }
        content(&mut xml);
        xml.close(root);
        xml.0.into()
    }

    pub(super) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
        content(self);
        self.close(name);
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.element(name, |xml| xml.escape(text));
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// XML 1.0 cannot express most control characters, not even as references.
    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\r' => self.0.push_str("&#13;"),
                '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'.. => self.0.push(c),
                _ => self.0.push('\u{fffd}'),
            }
        }
    }
}

/// A response in XML.
pub(super) fn xml_response(status: u16, body: Bytes) -> ApiResponse {
    ApiResponse {
        status,
        content_type: "text/xml;charset=UTF-8",
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::{QueryForm, QueryXmlWriter};

    #[test]
    fn a_form_is_parsed_with_escapes_lists_and_filters() {
        let form = QueryForm::read(
            b"Action=DescribeInstances&Filter.1.Name=tag%3APatch+Group&Filter.1.Value.1=a%26b&Filter.1.Value.2=%C3%A9\
              &Filter.2.Name=platform&InstanceId.1=i-1&InstanceId.2=i-2&InstanceId.4=i-4&Bad=%zz",
        );
        assert_eq!(form.get("Action"), Some("DescribeInstances"));
        assert_eq!(form.list("InstanceId"), ["i-1", "i-2"]);
        assert_eq!(
            form.filters(),
            [("tag:Patch Group", vec!["a&b", "é"]), ("platform", vec![])]
        );
        assert_eq!(form.get("Bad"), Some("%zz"));
        assert_eq!(form.get("Absent"), None);
    }

    #[test]
    fn text_is_escaped() {
        let xml = QueryXmlWriter::document("a", r#" b="c""#, |xml| {
            xml.element("d", |xml| {
                xml.text("e", "</e> & \"\u{1b}[31m\u{9b}\u{202e}é\n");
            });
        });
        assert_eq!(
            std::str::from_utf8(&xml).unwrap(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a b=\"c\"><d><e>&lt;/e&gt; &amp; &quot;\u{fffd}[31m\u{9b}\u{202e}é\n</e></d></a>"
        );
    }
}
