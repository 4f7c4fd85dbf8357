//! Three readers of YAML that share no code: libyaml's translation and saphyr (1.2), `PyYAML` (1.1).

use std::io::Write as _;
use std::process::{Command, Stdio};

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::Value;

pub(super) type Read = fn(&str) -> Result<Value, String>;

pub(super) const READERS: &[(&str, Read)] = &[("serde_yaml", by_serde_yaml), ("saphyr", by_saphyr)];

fn by_serde_yaml(text: &str) -> Result<Value, String> {
    let yaml: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_value(yaml).map_err(|error| error.to_string())
}

fn by_saphyr(text: &str) -> Result<Value, String> {
    match Yaml::load_from_str(text).map_err(|error| error.to_string())?.as_slice() {
        [document] => converted(document),
        documents => Err(format!("{} documents", documents.len())),
    }
}

fn converted(yaml: &Yaml<'_>) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(boolean)) => Value::from(*boolean),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Value::from(number.0),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(list) => list.iter().map(converted).collect::<Result<_, _>>()?,
        Yaml::Mapping(map) => {
            let pair = |(key, value): (&Yaml<'_>, &Yaml<'_>)| match converted(key)? {
                Value::String(key) => Ok((key, converted(value)?)),
                other => Err(format!("the key {other} is not text")),
            };
            Value::Object(map.iter().map(pair).collect::<Result<_, String>>()?)
        }
        other => return Err(format!("unexpected {other:?}")),
    })
}

/// Reads documents with `PyYAML`, all in one process; none if that is missing here.
///
/// Where it was built with libyaml that does the scanning, which is much faster; what a plain scalar means is decided by
/// the same Python code.
pub(super) fn pyyaml(documents: &Vec<&String>) -> Option<Vec<Value>> {
    const SCRIPT: &str = "
import json, sys, yaml
loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
def key(k): return k if isinstance(k, str) else 'not text: %r' % (k,)
def plain(v):
    if isinstance(v, dict): return {key(k): plain(x) for k, x in v.items()}
    if isinstance(v, list): return [plain(x) for x in v]
    return v if v is None or isinstance(v, (str, bool, int, float)) else 'not JSON: %r' % (v,)
json.dump([plain(yaml.load(t, Loader=loader)) for t in json.load(sys.stdin)], sys.stdout)
";
    let has = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    has.ok().filter(std::process::ExitStatus::success)?;
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("python3 has just run");
    let input = serde_json::to_vec(documents).expect("text is JSON");
    python.stdin.take().expect("it is piped").write_all(&input).expect("python3 reads its input");
    let output = python.wait_with_output().expect("python3 ends");
    assert!(output.status.success(), "PyYAML refuses a document");
    Some(serde_json::from_slice(&output.stdout).expect("the script writes JSON"))
}
