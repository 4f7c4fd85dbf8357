//! `--output-dir`: all files or none, and nobody else's touched.

use insta::assert_snapshot;

use crate::place::Place;

const TEMPLATE: &str = "rqchart template rqdb --output-dir out";

#[test]
fn files_lie_as_helm_lays_them_out_and_hold_what_is_printed() {
    let place = Place::new();
    place.run(TEMPLATE).fine();
    assert_snapshot!(place.listing("out"), @"
    rqlite/
    rqlite/templates/
    rqlite/templates/configmap-scripts.yaml
    rqlite/templates/networkpolicy.yaml
    rqlite/templates/poddisruptionbudget.yaml
    rqlite/templates/service-client.yaml
    rqlite/templates/service-headless.yaml
    rqlite/templates/serviceaccount.yaml
    rqlite/templates/statefulset.yaml
    ");
    let printed = place.run("rqchart template rqdb -s statefulset.yaml");
    assert_eq!(place.read("out/rqlite/templates/statefulset.yaml"), printed.fine());
    let all: Vec<String> = place.files("out").into_values().map(|text| String::from_utf8(text).unwrap()).collect();
    assert_eq!(all.concat().len(), place.run("rqchart template rqdb").fine().len());
}

#[test]
fn documents_of_one_template_share_a_file() {
    let place = Place::new();
    let flags = "--set services.perPod.enabled=true -s services-per-pod.yaml";
    place.run(&format!("{TEMPLATE} {flags}")).fine();
    let printed = place.run(&format!("rqchart template rqdb {flags}"));
    assert_eq!(place.read("out/rqlite/templates/services-per-pod.yaml"), printed.fine());
    assert_eq!(printed.fine().matches("---\n# Source: ").count(), 3);
}

#[test]
fn a_second_run_replaces_its_own_files_and_keeps_the_others() {
    let place = Place::new();
    place.write("out/notes.txt", "mine");
    place.write("out/rqlite/templates/mine.yaml", "mine");
    place.write("out/rqlite/templates/statefulset.yaml", "former");
    place.run(TEMPLATE).fine();
    assert_eq!(place.read("out/notes.txt") + &place.read("out/rqlite/templates/mine.yaml"), "minemine");
    assert!(place.read("out/rqlite/templates/statefulset.yaml").starts_with("---\n"));
    let first = place.files("out");
    place.run(TEMPLATE).fine();
    assert_eq!(place.files("out"), first);
}

#[test]
fn what_stands_in_the_way_is_named_and_everything_stays_as_it_was() {
    for (in_the_way, said) in [
        ("out", "error: cannot write into out: it is not a folder\n"),
        ("out/rqlite", "error: cannot write out/rqlite/templates: Not a directory\n"),
        (
            "out/rqlite/templates/service-client.yaml/x",
            "error: cannot write out/rqlite/templates/service-client.yaml: is a directory\n",
        ),
    ] {
        let place = Place::new();
        place.write("keep", "mine");
        place.write(in_the_way, "mine");
        let before = place.files(".");
        assert_eq!(place.run(TEMPLATE).refused(2), said);
        assert_eq!(place.files("."), before, "{in_the_way}");
    }
}

#[test]
fn values_with_errors_and_unknown_templates_write_nothing() {
    let place = Place::new();
    for (flags, code) in [("--set replicas=0", 1), ("-s nonsense", 2), ("-o json", 2)] {
        place.run(&format!("{TEMPLATE} {flags}")).refused(code);
        assert_eq!(place.listing("."), "", "{flags}");
    }
}

#[test]
fn a_file_keeps_its_mode() {
    let place = Place::new();
    place.run(&format!("{TEMPLATE} && chmod 600 out/rqlite/templates/statefulset.yaml && {TEMPLATE}")).fine();
    let modes = place.run("find out -name statefulset.yaml -printf '%m\\n'; find out -name '.rqchart-*'");
    assert_eq!(modes.fine(), "600\n");
}

#[test]
fn folders_of_a_run_that_failed_are_taken_back() {
    let place = Place::new();
    place.write("mine/keep", "mine");
    let long = "n".repeat(300);
    for dir in [format!("a/b/{long}"), format!("mine/a/{long}")] {
        let run = place.run(&format!("rqchart template rqdb --output-dir {dir}"));
        assert_eq!(run.refused(2), format!("error: cannot create {dir}: File name too long\n"));
        assert_eq!(place.listing("."), "mine/\nmine/keep\n");
    }
}

/// Whether a program is there to test with; a test that is skipped says so.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn is_there(place: &Place, line: &str) -> bool {
    let works = place.run(line).code == 0;
    if !works {
        eprintln!("skipped: this does not work here: {line}");
    }
    works
}

#[test]
fn two_runs_into_one_folder_wait_for_each_other() {
    let place = Place::new();
    if is_there(&place, "mkdir -p out && flock out timeout 9 true") {
        let waits = place.run(&format!("flock out timeout 1 {TEMPLATE}"));
        assert_eq!((waits.code, place.listing("out").as_str()), (124, ""), "{waits}");
        place.run(TEMPLATE).fine();
    }
}

#[test]
fn a_run_that_is_killed_between_two_moves_leaves_every_file_whole() {
    let place = Place::new();
    if !is_there(&place, "strace -f -qq -o /dev/null true") {
        return;
    }
    place.run(TEMPLATE).fine();
    let former = place.files("out");
    for number in 1..=4 {
        let moves = "rename,renameat,renameat2";
        let killed = place.run(&format!(
            "strace -f -qq -o /dev/null -e trace={moves} -e inject={moves}:signal=KILL:when={number} {TEMPLATE} --set replicas=5; \
             rm -rf out/.rqchart-*"
        ));
        let names = |files: &std::collections::BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&place.files("out")), names(&former), "{killed}");
    }
    let whole = place.run(&format!("{TEMPLATE} --set replicas=5 && {TEMPLATE}"));
    assert_eq!((whole.fine(), place.files("out")), ("", former));
}

/// Runs a line of the shell where a small file system is mounted at `disk`; nothing when that is not allowed here.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn on_a_small_disk(place: &Place, line: &str) -> Option<String> {
    place.write("script", line);
    place.write("disk/hidden", "");
    if place.run("unshare -rm mount -t tmpfs tmpfs disk").code != 0 {
        eprintln!("skipped: mounting a file system of one's own is not allowed here");
        return None;
    }
    let run = place.run("unshare -rm sh script");
    Some(run.to_string())
}

#[test]
fn on_a_full_disk_the_former_files_are_intact_and_no_half_ones_are_left() {
    let place = Place::new();
    let line = "
        mount -t tmpfs -o size=52k tmpfs disk
        mkdir -p disk/rqlite/templates
        echo former > disk/rqlite/templates/statefulset.yaml
        head -c 24k /dev/zero > disk/ballast
        rqchart template rqdb --output-dir disk; echo exit $?
        rqchart package -d disk; echo exit $?
        find disk -type f | sort; cat disk/rqlite/templates/statefulset.yaml";
    if let Some(seen) = on_a_small_disk(&place, line) {
        assert_snapshot!(seen, @"
        $ unshare -rm sh script
        exit 2
        exit 2
        disk/ballast
        disk/rqlite/templates/statefulset.yaml
        former
        ! error: cannot write disk/rqlite/templates/configmap-scripts.yaml: No space left on device
        ! error: cannot write disk/rqlite-0.1.0.tgz: No space left on device
        ");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let place = Place::new();
    let line = "
        mount -t tmpfs -o size=1m tmpfs disk && mkdir disk/rqlite && mount -o remount,ro disk
        rqchart template rqdb --output-dir disk; echo exit $?
        rqchart template rqdb --output-dir disk/new; echo exit $?
        rqchart create disk/rqlite; echo exit $?
        rqchart package -d disk; echo exit $?
        find disk";
    if let Some(seen) = on_a_small_disk(&place, line) {
        assert_snapshot!(seen, @"
        $ unshare -rm sh script
        exit 2
        exit 2
        exit 2
        exit 2
        disk
        disk/rqlite
        ! error: cannot write to disk: Read-only file system
        ! error: cannot create disk/new: Read-only file system
        ! error: cannot write to disk/rqlite: Read-only file system
        ! error: cannot write to disk: Read-only file system
        ");
    }
}
