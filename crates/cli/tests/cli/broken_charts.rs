//! Charts that somebody edited, wrongly.

use std::fs;

use insta::assert_snapshot;

use crate::place::Place;

const TEMPLATE: &str = "rqchart template rqdb --chart chart";
const ACCOUNT: &str = "chart/templates/serviceaccount.yaml.tera";

/// A copy of the chart in which files were written.
fn edited(files: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.run("rqchart create chart").fine();
    for (path, text) in files {
        place.write(path, text);
    }
    place
}

/// What is said about such a chart.
fn said(code: i32, files: &[(&str, &str)]) -> String {
    let place = edited(files);
    let run = place.run(TEMPLATE);
    run.refused(code).to_owned()
}

#[test]
fn mistakes_of_templates_say_where_they_are() {
    let mistakes = [
        "a: {{ replicas\n",
        "{% if true %}\na: b\n",
        "a: b\nc: {{ names.fulname | yaml }}\n",
        "a: {{ release_name }}\n",
        "a: {{ namespace | safe }}\n",
        "a: {{ names | yaml }}\n",
        "a: {{ namespace | nonsense }}\n",
        "{% include \"missing.tera\" %}\n",
        "{{ 1 / 0 }}\n",
    ];
    let said: Vec<_> = mistakes.iter().map(|text| said(2, &[(ACCOUNT, text)])).collect();
    assert_snapshot!(said.join("\n"), @r#"
    error: a template of the chart cannot be rendered
    error: Unexpected end of input
     --> serviceaccount.yaml.tera:1:15
      |
    1 | a: {{ replicas
      |               ^

    error: a template of the chart cannot be rendered
    error: Unexpected end of input
     --> serviceaccount.yaml.tera:3:1
      |
    3 | 
      | ^

    error: a template of the chart cannot be rendered
    error: undefined value
     --> serviceaccount.yaml.tera:2:23
      |
    2 | c: {{ names.fulname | yaml }}
      |                       ^^^^

    error: a template of the chart cannot be rendered
    error: Variable `release_name` is not defined. Available variables: access, autoscalers, backup, backup_files, budgets, cdc, certificates, clients, copier, dashboard_text, gateway, ingress, local_volumes, meta, metadata, monitoring, names, namespace, network_policy, per_pod, ports, pruner, release, replicas_text, scripts, service, service_account, sets, start_script
     --> serviceaccount.yaml.tera:1:7
      |
    1 | a: {{ release_name }}
      |       ^^^^^^^^^^^^

    error: a template of the chart cannot be rendered
    error: `safe` would let a value through as it is: use `yaml`
     --> serviceaccount.yaml.tera:1:19
      |
    1 | a: {{ namespace | safe }}
      |                   ^^^^

    error: a template of the chart cannot be rendered
    error: a map or list needs yaml(indent=…)
     --> serviceaccount.yaml.tera:1:15
      |
    1 | a: {{ names | yaml }}
      |               ^^^^

    error: a template of the chart cannot be rendered
    error: Unknown filter `nonsense`
     --> serviceaccount.yaml.tera:1:19
      |
    1 | a: {{ namespace | nonsense }}
      |                   ^^^^^^^^

    error: a template of the chart cannot be rendered
    error: Unknown template `missing.tera`
     --> serviceaccount.yaml.tera:1:12
      |
    1 | {% include "missing.tera" %}
      |            ^^^^^^^^^^^^^^

    error: a template of the chart cannot be rendered
    error: Cannot divide by 0
     --> serviceaccount.yaml.tera:1:8
      |
    1 | {{ 1 / 0 }}
      |        ^
    "#);
}

#[test]
fn templates_that_include_each_other_end() {
    let files = [
        (ACCOUNT, "{% include \"_a.tera\" %}\n"),
        ("chart/templates/_a.tera", "{% include \"_b.tera\" %}\n"),
        ("chart/templates/_b.tera", "{% include \"_a.tera\" %}\n"),
    ];
    assert_snapshot!(said(2, &files), @r#"
    error: a template of the chart cannot be rendered
    Circular include detected for template '_a.tera'. Include chain: `["_a.tera", "_b.tera", "_a.tera"]`
    "#);
}

#[test]
fn documents_that_are_no_objects_are_findings() {
    let object = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: rqdb, namespace: default}\n";
    let documents = [
        "a: [\n".to_owned(),
        "- a\n".to_owned(),
        format!("{object}kind: Secret\n"),
        object.replace("v1", "1"),
        object.replace(", namespace: default", ""),
        format!("{object}---\n{object}"),
        format!("{object}--- # another\n{object}"),
        format!("{object}--- !!map\n{object}"),
    ];
    let said: Vec<_> = documents.iter().map(|text| said(1, &[(ACCOUNT, text)])).collect();
    assert_snapshot!(said.join("\n"), @"
    error[invalid-manifest]: templates/serviceaccount.yaml: line 2: while parsing a node, did not find expected node content

    error[invalid-manifest]: templates/serviceaccount.yaml: line 1: the file holds a list, not a mapping

    error[invalid-manifest]: templates/serviceaccount.yaml: line 4: `kind` is set already in line 2

    error[invalid-manifest]: templates/serviceaccount.yaml: there is no apiVersion

    error[invalid-manifest]: ServiceAccount rqdb: there is no metadata.namespace (templates/serviceaccount.yaml)

    error[duplicate-object]: ServiceAccount rqdb: is rendered twice (templates/serviceaccount.yaml)

    error[duplicate-object]: ServiceAccount rqdb: is rendered twice (templates/serviceaccount.yaml)

    error[invalid-manifest]: templates/serviceaccount.yaml: line 4: another document begins here
    ");
}

#[test]
fn a_description_that_is_none_is_named() {
    let said = ["", "name: [", "name: a\nversion: b\n"]
        .map(|text| edited(&[("chart/Chart.yaml", text)]).session(&[TEMPLATE, "rqchart package --chart chart"]));
    assert_snapshot!(said.join("\n"), @"
    $ rqchart template rqdb --chart chart
    ! error: chart is not a chart: Chart.yaml: missing field `name`
    exit 2
    $ rqchart package --chart chart
    ! error: chart is not a chart: Chart.yaml: missing field `name`
    exit 2

    $ rqchart template rqdb --chart chart
    ! error: chart is not a chart: Chart.yaml: name: invalid type: sequence, expected a string at line 1 column 7
    exit 2
    $ rqchart package --chart chart
    ! error: chart is not a chart: Chart.yaml: name: invalid type: sequence, expected a string at line 1 column 7
    exit 2

    $ rqchart template rqdb --chart chart
    ! error: chart is not a chart: Chart.yaml: missing field `appVersion`
    exit 2
    $ rqchart package --chart chart
    ! error: chart is not a chart: Chart.yaml: missing field `appVersion`
    exit 2
    ");
}

#[test]
fn a_chart_without_its_files_is_refused() {
    let place = edited(&[]);
    assert_snapshot!(place.session(&[
        "rm -r chart/templates && rqchart template rqdb --chart chart",
        "rm chart/Chart.yaml && rqchart template rqdb --chart chart",
    ]), @"
    $ rm -r chart/templates && rqchart template rqdb --chart chart
    ! error: chart is not a chart: templates: there are none
    exit 2
    $ rm chart/Chart.yaml && rqchart template rqdb --chart chart
    ! error: chart is not a chart: Chart.yaml: there is none
    exit 2
    ");
}

#[test]
fn a_chart_cannot_lead_its_files_out_of_the_folder_that_was_named() {
    for (name, version) in [("../up", "1.0.0"), ("/up", "1.0.0"), ("", "1.0.0"), (".", "1.0.0"), ("a", "/../../up")] {
        let place =
            edited(&[("chart/Chart.yaml", &format!("name: {name:?}\nversion: {version:?}\nappVersion: '1'\n"))]);
        let before = place.listing(".");
        for command in ["template --output-dir out", "package -d out"] {
            let run = place.run(&format!("rqchart {command} --chart chart"));
            assert!(run.refused(2).starts_with("error: chart is not a chart: Chart.yaml: "), "{run}");
        }
        assert_eq!(place.listing("."), before);
    }
}

#[test]
fn a_file_that_is_not_text_is_named() {
    let place = edited(&[]);
    fs::write(place.path(ACCOUNT), b"a: \xff\n").unwrap();
    assert_snapshot!(place.session(&[TEMPLATE]), @"
    $ rqchart template rqdb --chart chart
    ! error: chart/templates/serviceaccount.yaml.tera is not UTF-8 text
    exit 2
    ");
}

#[test]
fn foreign_files_are_no_part_of_a_chart() {
    let place = edited(&[("chart/templates/notes.txt", "{{"), ("chart/mine/a.tera", "{{")]);
    place.run("ln -s /nowhere chart/mine.yaml && mkfifo chart/templates/pipe").fine();
    assert!(place.run(TEMPLATE).fine() == place.run("rqchart template rqdb").fine());
}

#[test]
fn what_is_in_the_place_of_a_file_and_none_is_named() {
    for (line, said) in [
        (
            "ln -s ../../secret chart/templates/a.tera",
            "chart/templates/a.tera is a link that leads out of the chart's folder",
        ),
        (
            "mv chart/Chart.yaml . && ln -s ../Chart.yaml chart",
            "chart/Chart.yaml is a link that leads out of the chart's folder",
        ),
        (
            "mv chart/scripts . && ln -s ../scripts chart",
            "chart/scripts is a link that leads out of the chart's folder",
        ),
        ("ln -s nothing chart/scripts/a.sh", "cannot read chart/scripts/a.sh: No such file or directory"),
        ("mkfifo chart/templates/a.tera", "chart/templates/a.tera is no file"),
        ("mkdir chart/templates/a.tera", "chart/templates/a.tera is no file"),
        ("rm -r chart/examples && touch chart/examples", "chart/examples is no folder"),
    ] {
        let place = edited(&[("secret", "{{")]);
        place.run(line).fine();
        assert_eq!(place.run(TEMPLATE).refused(2), format!("error: {said}\n"), "{line}");
    }
    let place = edited(&[]);
    place.run("ln -sf ../values.yaml chart/templates/_a.tera && tar -czf links.tgz chart").fine();
    place.run(&format!("{TEMPLATE} >/dev/null")).fine();
    let said = "links.tgz is not a chart: its chart/templates/_a.tera is not a file, but a link or the like";
    assert_eq!(place.run("rqchart template --chart links.tgz").refused(2), format!("error: {said}\n"));
}

#[test]
fn a_script_that_is_run_and_gone_is_a_finding() {
    let place = edited(&[]);
    place.run("rm chart/scripts/start.sh").fine();
    assert_snapshot!(place.session(&["rqchart lint rqdb --chart chart"]), @r#"
    $ rqchart lint rqdb --chart chart
    ! error[dangling-reference]: StatefulSet rqdb: rqlite runs /etc/rqlite/start.sh, but the ConfigMap "rqdb-scripts" has no "start.sh" (templates/statefulset.yaml)
    exit 1
    "#);
}

#[test]
fn a_condition_about_nothing_is_named() {
    for path in ["nope", "backup.nope", "backup.scheduled.nope", "sets.nope"] {
        let template = format!("{{#- when: {path} -#}}\na: b\n");
        let asked = if path == "backup.scheduled.nope" { "--preset s3-backup" } else { "" };
        let run = edited(&[(ACCOUNT, &template)]).run(&format!("{TEMPLATE} {asked}"));
        let said = format!("templates/serviceaccount.yaml.tera: `when: {path}` is about what templates do not see\n");
        assert!(run.refused(2).ends_with(&said), "{run}");
    }
}

#[test]
fn an_indentation_of_any_depth_does_not_end_the_program() {
    let said = said(2, &[(ACCOUNT, "a: {{ [1] | yaml(indent=999999999999) }}\n")]);
    assert!(said.contains("an indentation of more than 1000 columns"), "{said}");
}

#[test]
fn a_description_is_held_to_labels_and_images() {
    let long = "n".repeat(64);
    let said =
        [("A_b.+c", "1"), (&long, "1"), ("a-", "1"), ("a", ""), ("a", "latest build!\\nx")].map(|(name, app)| {
            said(2, &[("chart/Chart.yaml", &format!("name: {name:?}\nversion: 1.0.0\nappVersion: \"{app}\"\n"))])
        });
    assert_snapshot!(said.concat(), @r#"
    error: chart is not a chart: Chart.yaml: the name "A_b.+c" is not 1 to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends
    error: chart is not a chart: Chart.yaml: the name "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" is not 1 to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends
    error: chart is not a chart: Chart.yaml: the name "a-" is not 1 to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends
    error: chart is not a chart: Chart.yaml: the appVersion "" is not the tag of an image, such as "10.2.7"
    error: chart is not a chart: Chart.yaml: the appVersion "latest build!\nx" is not the tag of an image, such as "10.2.7"
    "#);
}

#[test]
fn archives_from_elsewhere_cannot_write_or_fill_anything() {
    let place = edited(&[("chart/templates/bomb.yaml.tera", &"x".repeat(9 << 20))]);
    place.run("tar -czf bomb.tgz chart && tar -czPf up.tgz --transform s,^,../../, chart/Chart.yaml").fine();
    place.run("ln -s /etc/passwd chart/README && tar -cf plain.tar chart").fine();
    let before = place.listing(".");
    assert_snapshot!(place.session(&[
        "rqchart template rqdb --chart bomb.tgz",
        "rqchart template rqdb --chart up.tgz",
        "rqchart template rqdb --chart plain.tar",
    ]), @"
    $ rqchart template rqdb --chart bomb.tgz
    ! error: bomb.tgz is not a chart: it unpacks to more than 8388608 bytes
    exit 2
    $ rqchart template rqdb --chart up.tgz
    ! error: up.tgz is not a chart: Chart.yaml: there is none
    exit 2
    $ rqchart template rqdb --chart plain.tar
    ! error: plain.tar is not a chart: it is not a gzipped tar archive: invalid gzip header
    exit 2
    ");
    assert_eq!(place.listing("."), before);
}
