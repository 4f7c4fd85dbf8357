//! The groups that forms sort settings into (`x-rqchart.group`).

/// Each group's name and title, in the order in which people decide: what they cannot easily change later comes first.
pub const GROUPS: &[(&str, &str)] = &[
    ("cluster", "Size and formation"),
    ("readers", "Readers"),
    ("storage", "Storage"),
    ("access", "Users and TLS"),
    ("network", "Services and exposure"),
    ("scheduling", "Where pods run"),
    ("pods", "Resources and updates"),
    ("backup", "Backup and restore"),
    ("monitoring", "Monitoring"),
    ("cdc", "Change data capture"),
    ("rqlite", "Tuning rqlited"),
    ("security", "Pod security"),
    ("probes", "Probes"),
    ("image", "Image"),
    ("metadata", "Names and labels"),
    ("objects", "Patches and further objects"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_setting_is_in_one_of_them_and_none_is_empty() {
        fn walk<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("x-rqchart").and_then(|said| said["group"].as_str()));
                    map.values().for_each(|value| walk(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let schema = crate::schema::document();
        let mut found = BTreeSet::new();
        walk(schema, &mut found);
        assert_eq!(found, GROUPS.iter().map(|(id, _)| *id).collect());
    }
}
