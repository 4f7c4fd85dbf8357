//! Standard input, output and error: pipes, full disks, terminals.

use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn values_from_standard_input_are_called_so() {
    let place = Place::with_values("replicas: 3\n");
    assert_snapshot!(place.session(&[
        "echo nonsense: 1 | rqchart lint rqdb -f -",
        "echo replicas: 0 | rqchart lint rqdb -f values.yaml -f -",
        "rqchart lint rqdb -f - <&-",
        "echo replicas: 3 | rqchart lint rqdb -f - -f -",
    ]), @r#"
    $ echo nonsense: 1 | rqchart lint rqdb -f -
    ! <stdin>:1:1: error[unknown-key]: nonsense: there is no setting "nonsense" here
    !  1 | nonsense: 1
    !    | ^^^^^^^^
    !   hint: `rqchart show values` lists all settings
    exit 1
    $ echo replicas: 0 | rqchart lint rqdb -f values.yaml -f -
    ! <stdin>:1:11: error[out-of-range]: replicas: 0 is out of range
    !  1 | replicas: 0
    !    |           ^
    !   note: replaces values.yaml:1:11
    !   hint: write a number from 1 to 999
    exit 1
    $ rqchart lint rqdb -f - <&-
    $ echo replicas: 3 | rqchart lint rqdb -f - -f -
    ! error: standard input can be read only once, but `-` names it twice
    exit 2
    "#);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let place = Place::new();
    for command in [
        "template rqdb",
        "template rqdb -o json",
        "lint rqdb -o json",
        "schema",
        "show values",
        "show examples",
        "explain replicas",
        "package",
        "completion bash",
        "man",
        "--help",
        "--version",
    ] {
        let run = place.run(&format!("rqchart {command} > /dev/full"));
        assert_eq!(run.refused(2), "error: cannot write to standard output: No space left on device\n", "{command}");
    }
}

#[test]
fn a_reader_that_has_enough_is_no_reason_to_complain() {
    let place = Place::with_values("replicas: 2\n");
    for command in ["template rqdb", "schema", "show values", "completion bash", "--help"] {
        let run = place.run(&format!("{{ rqchart {command}; echo $? > code; }} | true"));
        assert_eq!((run.fine(), place.read("code").as_str()), ("", "0\n"), "{command}");
    }
    let errors = place.run("{ rqchart lint rqdb -o json --set replicas=0; echo $? > code; } | true");
    assert_eq!((errors.fine(), place.read("code").as_str()), ("", "1\n"), "what was found is so, whoever reads it");
    assert_eq!(place.run("rqchart template rqdb | head -1").fine(), "---\n");
    let nobody_listens = place.run("rqchart template rqdb -f values.yaml 2>&- | grep -c ^kind:");
    assert_eq!(nobody_listens.fine(), "7\n");
}

#[test]
fn warnings_go_to_standard_error_and_manifests_to_standard_output() {
    let place = Place::with_values("replicas: 2\n");
    let run = place.run("rqchart template rqdb -f values.yaml 2>said");
    assert!(place.read("said").starts_with("values.yaml:1:11: warning[even-voters]"));
    assert!(run.stdout().starts_with("---\n") && !run.stdout().contains("warning"));
}

/// Control characters but for line breaks, in all that a run printed.
fn control_characters(text: &str) -> Vec<char> {
    text.chars().filter(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c)).collect()
}

#[test]
fn no_input_drives_the_terminal() {
    let place = Place::new();
    let values = [
        "\"\\ec\": 1\n",
        "labels: {\"\\ec\": \"\\e[2J\", \"\\x9bx\": \"\\a\"}\n",
        "formation: \"\\e]0;title\\a\\u202e\"\n",
        "extraArgs: [\"\\e[31m\"]\n",
        "a: \x1b[31m\n",
        "a: \u{9b}31m\n",
        "a: x\ry: 1\n",
        "\u{202e}a: 1\n",
        "nodeSelector: {\"\\b\\b\": [\"\\x7f\"]}\n",
    ];
    for text in values {
        place.write("v.yaml", text);
        for command in ["lint rqdb -f v.yaml", "template rqdb -f v.yaml", "lint rqdb --set-file labels.a=v.yaml"] {
            let run = place.run(&format!("rqchart {command} 2>&1"));
            assert_eq!((run.code, control_characters(run.stdout())), (1, vec![]), "{run}");
        }
    }
    place.write(
        "odd.sh",
        "printf '\\033c: {{' > f; e=$(printf '\\033c'); rqchart lint rqdb -f f -f \"$e\" --set \"$e=1\" 2>&1",
    );
    assert_eq!(control_characters(place.run("sh odd.sh").stdout()), []);
    place.run("rqchart create chart").fine();
    place.write("chart/templates/odd.yaml.tera", "{{ \u{1b}c }}\n");
    place.write("arguments.sh", "e=$(printf '\\033c'); for a in \"lint $e\" \"explain $e\" \"show examples $e\" \"show $e\" \
        \"template --chart $e\" \"template -s $e\" \"template --kube-version $e\" \"template --chart chart\" \"create $e/$e/.\" \
        \"lint --set-file a=$e\"; do rqchart $a 2>&1 >/dev/null; done; rm -rf $e");
    let run = place.run("touch odd && sh arguments.sh");
    assert_eq!(control_characters(run.stdout()), [], "{run}");
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn colours_are_for_terminals_that_want_them() {
    let place = Place::new();
    let line = "rqchart lint rqdb --set replicas=0,storage.size=x";
    assert!(!place.run(line).refused(1).contains('\u{1b}'));
    if place.run("script -qec true /dev/null").code != 0 {
        eprintln!("skipped: there is no script(1) to make a terminal");
        return;
    }
    let on_a_terminal = |environment: &str| {
        place.run(&format!("{environment} script -qec '{line}' /dev/null")).stdout().contains("\u{1b}[1;31m")
    };
    assert!(on_a_terminal("TERM=xterm"));
    assert!(on_a_terminal("TERM=xterm NO_COLOR="), "an empty NO_COLOR refuses nothing");
    assert!(!on_a_terminal("TERM=xterm NO_COLOR=1"));
    assert!(!on_a_terminal("TERM=dumb"));
    let only_output = place.run(&format!("script -qec '{line} 2>said' /dev/null"));
    assert!(!place.read("said").contains('\u{1b}'), "{only_output}");
}
