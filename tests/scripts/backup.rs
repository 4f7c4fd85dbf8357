//! Whom `backup.sh` asks for a copy. What it does with one is held to a real rqlited: `--test backup`.

use crate::pod::{LEADER, Pod, Run, fqdn};
use crate::{Test, tests};

const COPY: &str = "db/backup";

pub fn tests() -> Vec<Test> {
    tests![
        the_leader_itself_is_asked,
        another_leader_is_asked_next,
        what_the_last_try_left_is_no_part_of_the_copy,
        without_a_leader_it_ends,
        it_is_another_user,
    ]
}

/// A pod of the job.
fn job() -> Pod {
    Pod::beside("rqdb", "rqdb-backup-29400000-x").variable("NAME", "rqdb").variable("KEEP", "7").rounds(100)
}

/// Runs `backup.sh`, which must end without a copy: there is no rqlited that could try one.
fn ends(pod: &Pod, why: &str) -> Run {
    let run = pod.run_with_complaints("backup.sh", &[]);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    let said = pod.read("err");
    assert!(said.contains(why), "{said}");
    run
}

/// Who was asked for a copy, in this order.
fn asked(run: &Run) -> Vec<&str> {
    let lines = run.log.iter().filter(|line| line.contains(" -t 24h: .backup "));
    lines.map(|line| line.split_once(" rqlite -H ").unwrap().1.split_once(": ").unwrap().0).collect()
}

fn host(name: &str) -> String {
    format!("{} -p 4001 -t 24h", fqdn(name))
}

fn the_leader_itself_is_asked() {
    let pod = job().follows("rqdb-0", "").follows("rqdb-1", "rqdb-2");
    let pod = ["rqdb-0", "rqdb-1", "rqdb-2"].iter().fold(pod, |pod, name| pod.says(&fqdn(name), COPY, "rows"));
    let run = ends(&pod, "rqlited does not start here");
    assert_eq!(asked(&run), [host("rqdb-2")]);
}

fn another_leader_is_asked_next() {
    let pod = job().follows("rqdb-0", "rqdb-1").follows_after(1, "rqdb-0", "").follows_after(2, "rqdb-0", "rqdb-2");
    let run = ends(&pod.says(&fqdn("rqdb-2"), COPY, "rows"), "rqlited does not start here");
    assert_eq!(asked(&run), [host("rqdb-1"), host("rqdb-2")]);
}

fn what_the_last_try_left_is_no_part_of_the_copy() {
    let pod = job().follows("rqdb-0", "rqdb-1").says(&fqdn("rqdb-1"), "db/backup.cut", "rows that were");
    let pod = pod.follows_after(1, "rqdb-0", "rqdb-2").says(&fqdn("rqdb-2"), COPY, "rows");
    let run = ends(&pod, "rqlited does not start here");
    assert_eq!(asked(&run), [host("rqdb-1"), host("rqdb-2")]);
    assert!(!run.log.iter().any(|line| line.contains("writes over")), "{run:?}");
}

fn without_a_leader_it_ends() {
    let pod = job().follows("rqdb-0", "").says(&fqdn("rqdb-0"), COPY, "rows").text("backups/rqdb-mine", "");
    let run = ends(&pod, "no copy: nobody knows a leader; earlier copies stay");
    assert!(asked(&run).is_empty(), "{run:?}");
    assert_eq!(run.log.iter().filter(|line| *line == "sleep 2").count(), 4);
}

fn it_is_another_user() {
    let pod = job().with_users().follows("rqdb-0", "rqdb-0").says(&fqdn("rqdb-0"), COPY, "rows");
    let run = ends(&pod, "rqlited does not start here");
    assert_eq!(asked(&run), [format!("{} -p 4001 -u rqchart-backup:b* -t 24h", fqdn("rqdb-0"))]);
    let answers = format!("{} -p 4001 -u rqchart-probe:p w -P /{LEADER}&", fqdn("rqdb-0"));
    assert!(run.log[0].contains(&answers), "{run:?}");
}
