//! JSON as Intel writes it: no spaces, members in a fixed order.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Members of a JSON object to replace or to add; `null` takes a member away.
pub type Overrides = BTreeMap<String, Value>;

/// A JSON object that keeps the order of its members.
#[derive(Default)]
pub(crate) struct Object {
    members: Vec<(String, String)>,
}

impl Object {
    pub(crate) fn set(&mut self, name: &str, value: impl Serialize) {
        let text = serde_json::to_string(&value).expect("plain data");
        match self.members.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = text,
            None => self.members.push((name.to_owned(), text)),
        }
    }

    pub(crate) fn apply(&mut self, overrides: &Overrides) {
        for (name, value) in overrides {
            if value.is_null() {
                self.members.retain(|(known, _)| known != name);
            } else {
                self.set(name, value);
            }
        }
    }

    pub(crate) fn text(&self) -> String {
        let member = |(name, text): &(String, String)| format!("{}:{text}", Value::from(&**name));
        let members: Vec<String> = self.members.iter().map(member).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// Bytes as Intel writes them in JSON.
pub(crate) fn upper_hex(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}
