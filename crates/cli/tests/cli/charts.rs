//! Copies of the chart: `create`, `package`, `--chart`.

use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn an_unedited_copy_renders_what_the_built_in_chart_does() {
    let place = Place::new();
    assert_eq!(place.run("rqchart create chart").fine(), "");
    let archive = place.run("rqchart package -d out").fine().trim().to_owned();
    for values in ["", "--set replicas=7,membership.prune=true,services.perPod.enabled=true"] {
        let expected = place.run(&format!("rqchart template rqdb {values}"));
        for chart in ["chart", "chart/", &archive] {
            let run = place.run(&format!("rqchart template rqdb --chart {chart} {values}"));
            assert!(run.fine() == expected.fine(), "--chart {chart} {values}");
        }
    }
}

#[test]
fn an_edit_shows_and_one_that_breaks_an_object_is_a_finding() {
    let place = Place::new();
    place.run("rqchart create chart").fine();
    let path = "chart/templates/serviceaccount.yaml.tera";
    let text = place.read(path);
    place.write(path, format!("{text}secrets: [] # edited\n"));
    let run = place.run("rqchart template rqdb --chart chart -s serviceaccount.yaml");
    assert!(run.stdout().contains("# edited"), "{run}");
    place.write(path, text.replace("kind: ServiceAccount\n", ""));
    assert_snapshot!(place.session(&["rqchart template rqdb --chart chart", "rqchart lint rqdb --chart chart"]), @"
    $ rqchart template rqdb --chart chart
    ! error[invalid-manifest]: templates/serviceaccount.yaml: there is no kind
    exit 1
    $ rqchart lint rqdb --chart chart
    ! error[invalid-manifest]: templates/serviceaccount.yaml: there is no kind
    exit 1
    ");
}

#[test]
fn values_that_no_release_could_take_are_not_packed() {
    let place = Place::new();
    for (name, text) in [("syntax", "replicas: [\n"), ("unknown", "replicas: 5\nfoo: 1\n"), ("fine", "replicas: 4\n")] {
        place.write(&format!("{name}.yaml"), text);
    }
    assert_snapshot!(place.session(&[
        "rqchart package -f syntax.yaml -d out",
        "rqchart package -f unknown.yaml -d out",
        "rqchart package -f fine.yaml -d out",
    ]), @r#"
    $ rqchart package -f syntax.yaml -d out
    ! syntax.yaml:2:1: error[yaml-syntax]: while parsing a node, did not find expected node content
    !  2 |
    !    | ^
    exit 1
    $ rqchart package -f unknown.yaml -d out
    ! unknown.yaml:2:1: error[unknown-key]: foo: there is no setting "foo" here
    !  2 | foo: 1
    !    | ^^^
    !   hint: `rqchart show values` lists all settings
    exit 1
    $ rqchart package -f fine.yaml -d out
    out/rqlite-0.1.0.tgz
    "#);
}

#[test]
fn a_chart_from_a_checkout_on_windows_is_the_same_chart() {
    let place = Place::new();
    place.run("rqchart create chart && rqchart package -d built-in").fine();
    for (path, text) in place.files("chart").into_iter().filter(|(path, _)| !path.ends_with('/')) {
        let text = String::from_utf8(text).unwrap().replace('\n', "\r\n");
        place.write(&format!("chart/{path}"), format!("\u{feff}{text}"));
    }
    let expected = place.run("rqchart template rqdb");
    assert!(place.run("rqchart template rqdb --chart chart").fine() == expected.fine());
    place.run("rqchart package --chart chart -f chart/values.yaml").fine();
    assert!(place.bytes("rqlite-0.1.0.tgz") == place.bytes("built-in/rqlite-0.1.0.tgz"), "the package differs");
}

#[test]
fn a_chart_that_is_mounted_is_made_of_links() {
    let place = Place::new();
    place.run("rqchart create chart && mkdir mount && mv chart mount/..2026 && ln -s ..2026 mount/..data").fine();
    place.run("cd mount && for f in ..2026/*; do ln -s ..data/${f##*/} ${f##*/}; done").fine();
    assert!(place.run("rqchart template rqdb --chart mount").fine() == place.run("rqchart template rqdb").fine());
}

#[test]
fn packages_have_the_same_bytes_wherever_and_whenever() {
    let place = Place::new();
    place.run("rqchart create a && cp -r a b && touch -d 2001-02-03 b/*.yaml && chmod 600 b/Chart.yaml").fine();
    let one = place.run("TZ=Asia/Tokyo; export TZ; umask 077; rqchart package --chart a -d here");
    assert_eq!(one.fine(), "here/rqlite-0.1.0.tgz\n");
    place.run("TZ=America/Lima; export TZ; umask 000; cd b && rqchart package --chart . -d ../there").fine();
    place.run("rqchart package -d built-in").fine();
    let bytes = place.bytes("here/rqlite-0.1.0.tgz");
    assert!(bytes == place.bytes("there/rqlite-0.1.0.tgz"), "folders, zones or modes show");
    assert!(bytes == place.bytes("built-in/rqlite-0.1.0.tgz"), "an unedited copy differs");
}

#[test]
fn a_package_holds_the_chart_below_its_name_readable_by_everybody() {
    let place = Place::new();
    place.run("rqchart create chart && rqchart package").fine();
    assert_snapshot!(place.session(&[
        "tar -tvzf rqlite-0.1.0.tgz --utc | awk '{print $1, $2, $4, $6}'",
    ]), @"
    $ tar -tvzf rqlite-0.1.0.tgz --utc | awk '{print $1, $2, $4, $6}'
    -rw-r--r-- 0/0 1970-01-01 rqlite/Chart.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/README.md
    -rw-r--r-- 0/0 1970-01-01 rqlite/dashboards/rqlite.json
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/development.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/gitops.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/many-readers.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/monitoring.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/openshift.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/s3-backup.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/seed-local-volumes.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/seed.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/single-node.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/three-zones.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/examples/users-and-tls.yaml
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/alive.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/ask.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/backup.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/env.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/prune.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/ready.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/scripts/start.sh
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/certificates.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/configmap-backup.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/configmap-cdc.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/configmap-dashboard.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/configmap-metrics.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/configmap-scripts.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/cronjob-backup.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/deployment-prune.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/horizontalpodautoscaler.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/httproute.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/ingress.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/networkpolicy.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/persistentvolumeclaim-backup.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/persistentvolumes.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/poddisruptionbudget.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/podmonitor.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/prometheusrule.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/secret-auth.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/service-client.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/service-headless.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/serviceaccount.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/services-per-pod.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/statefulset.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/templates/tlsroute.yaml.tera
    -rw-r--r-- 0/0 1970-01-01 rqlite/values.schema.json
    -rw-r--r-- 0/0 1970-01-01 rqlite/values.yaml
    ");
}

#[test]
fn create_keeps_out_of_folders_in_use() {
    let place = Place::new();
    place.write("used/mine", "mine");
    place.write("file", "mine");
    assert_snapshot!(place.session(&[
        "rqchart create used",
        "rqchart create file",
        "rqchart create file/chart",
        "find used file -type f | sort",
        "mkdir empty && rqchart create empty && ls empty",
        "rqchart create empty",
        "rqchart create",
    ]), @"
    $ rqchart create used
    ! error: used is not empty
    exit 2
    $ rqchart create file
    ! error: cannot write into file: it is not a folder
    exit 2
    $ rqchart create file/chart
    ! error: cannot create file/chart: Not a directory
    exit 2
    $ find used file -type f | sort
    file
    used/mine
    $ mkdir empty && rqchart create empty && ls empty
    Chart.yaml
    README.md
    dashboards
    examples
    scripts
    templates
    values.schema.json
    values.yaml
    $ rqchart create empty
    ! error: empty is not empty
    exit 2
    $ rqchart create
    ! error: the following required arguments were not provided:
    !   <DIR>
    ! 
    ! Usage: rqchart create <DIR>
    ! 
    ! For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn a_chart_that_is_not_there_or_no_archive_is_named() {
    let place = Place::new();
    place.write("text", "no archive");
    place.write("empty", "");
    place.run("rqchart package && head -c 500 rqlite-0.1.0.tgz > cut.tgz && mkdir folder").fine();
    assert_snapshot!(place.session(&[
        "rqchart template rqdb --chart missing",
        "rqchart template rqdb --chart text",
        "rqchart template rqdb --chart empty",
        "rqchart template rqdb --chart cut.tgz",
        "rqchart template rqdb --chart folder",
        "rqchart package --chart folder",
        "rqchart package -d text",
    ]), @"
    $ rqchart template rqdb --chart missing
    ! error: cannot read missing: No such file or directory
    exit 2
    $ rqchart template rqdb --chart text
    ! error: text is not a chart: it is not a gzipped tar archive: invalid gzip header
    exit 2
    $ rqchart template rqdb --chart empty
    ! error: empty is not a chart: it is not a gzipped tar archive: unexpected end of file
    exit 2
    $ rqchart template rqdb --chart cut.tgz
    ! error: cut.tgz is not a chart: it is not a gzipped tar archive: incomplete deflate stream
    exit 2
    $ rqchart template rqdb --chart folder
    ! error: folder is not a chart: Chart.yaml: there is none
    exit 2
    $ rqchart package --chart folder
    ! error: folder is not a chart: Chart.yaml: there is none
    exit 2
    $ rqchart package -d text
    ! error: cannot write into text: it is not a folder
    exit 2
    ");
}
