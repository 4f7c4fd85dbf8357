//! `rqchart simulate`: scenarios on the command line.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

#[test]
fn every_scenario_is_played_on_the_default_cluster() {
    let run = Place::new().run("rqchart simulate rqdb --set auth.existingSecret=users");
    assert_snapshot!(run.fine(), @"
    scenario                  verdict      no writes  cause
    initial                   held            12.8 s
    leader-kill               held             1.7 s
    leader-restart            held             0.1 s
    down-long                 held             1.7 s
    cut-off                   held             1.7 s
    node-lost                 held             1.7 s
    zone-lost                 held             1.7 s
    follower-kill             held             0.0 s
    frozen                    held             0.0 s
    two-down                  held            63.5 s
    scale-out-5               held             0.0 s
    scale-out-7               held             0.0 s
    whole-restart             held            64.0 s
    power-cut                 held             8.6 s
    rolling-restart           held             0.1 s
    drain                     held             0.1 s
    slow-dns                  held             0.1 s
    disk-lost                 held             1.7 s
    disk-lost-cold            held            67.7 s
    lagging-and-empty         held             8.6 s
    lagging-and-empty-leader  held             8.6 s
    majority-lost             held            27.0 s
    recovery                  held           120.7 s
    ");
}

#[test]
fn what_two_voters_do_not_bear_is_said_with_its_cause() {
    let run = Place::new().run("rqchart simulate rqdb --set replicas=2 -s disk-lost -s leader-kill");
    assert_eq!(run.code, 1, "{run}");
    assert_snapshot!(run.stdout(), @"
    scenario     verdict      no writes  cause
    disk-lost    stuck            6.0 s  nobody leads: 2 of 2 voters are needed, and 1 can vote; rqdb-0 has no data, and may not vote before somebody leads
    leader-kill  held             3.6 s
    ");
}

#[test]
fn a_story_is_told_line_by_line() {
    let run = Place::new().run("rqchart simulate rqdb --set auth.existingSecret=users -s disk-lost -o timeline");
    assert_snapshot!(run.fine(), @"
    disk-lost: held (longest time without writes 1.7 s, 186 rows acknowledged)
          time  leader  writes  ready
         0.0 s  -       -           2  > rqdb-0  loseDisk
         0.0 s  -       -           2    rqdb-0  its disk is gone
         0.2 s  -       -           2    rqdb-0  created
         1.6 s  rqdb-1  -           2    rqdb-1  leads in term 3
         1.7 s  rqdb-1  -           2    rqdb-0  starts without data
         2.7 s  rqdb-1  yes         2    rqdb-0  struck off the members, to join as a new one
         2.9 s  rqdb-1  yes         2    rqdb-0  joins as a voter
         5.0 s  rqdb-1  yes         3    rqdb-0  Ready
    ");
}

#[test]
fn a_scenario_of_ones_own_is_played() {
    let place = Place::new();
    place.write(
        "mine.yaml",
        "name: mine\nlongestOutage: 5s\nsteps:\n  - { at: 0s, what: cutOff, which: leader, for: 1m }\n",
    );
    let run = place.run("rqchart simulate rqdb --set auth.existingSecret=users -s mine.yaml -o json");
    let report: Value = serde_json::from_str(run.fine()).expect("it is JSON");
    let trace = &report["traces"][0];
    assert_eq!((&trace["verdict"], &trace["lost"], &trace["foundings"]), (&"held".into(), &0.into(), &1.into()));
    assert!(trace["states"].as_array().is_some_and(|states| states.iter().any(|state| state["leader"] == "rqdb-1")));
}

#[test]
fn the_scenario_of_a_link_is_played() {
    let of = |scenario: &str| Place::new().run(&format!("rqchart simulate --from-link v=1,p={scenario}"));
    let run = of("eyJuYW1lIjoibWluZSIsInN0ZXBzIjpbeyJhdCI6IjBzIiwid2hhdCI6ImtpbGwiLCJ3aGljaCI6WyJsZWFkZXIiXX1dfQ");
    assert_snapshot!(run.stdout(), @"
    scenario  verdict      no writes  cause
    mine      held             1.7 s
    ");
    assert_snapshot!(of("eyJuYW1lIjoibWluZSIsInN0ZXBzIjpbeyJhdCI6IjBzIiwid2hhdCI6ImtpbGwiLCJ3aGljaCI6WyJycWRiLTc3Il19XX0"), @r#"
    $ rqchart simulate --from-link v=1,p=eyJuYW1lIjoibWluZSIsInN0ZXBzIjpbeyJhdCI6IjBzIiwid2hhdCI6ImtpbGwiLCJ3aGljaCI6WyJycWRiLTc3Il19XX0
    ! --from-link:1:58: error[dangling-reference]: steps[0].which: there is no pod, set, node or zone "rqdb-77"
    !  1 | {"name":"mine","steps":[{"at":"0s","what":"kill","which":["rqdb-77"]}]}
    !    |                                                          ^
    !   hint: or one of leader, follower, other
    exit 1
    "#);
    assert_snapshot!(of("eyJuYW1lIjoibWluZSIsInN0ZXBzIjpbeyJhdCI6IjBzIiwid2hhdCI6ImtpbGwiLCJ3aGljaCI6WyJsZWFkZXIiXX1"), @"
    $ rqchart simulate --from-link v=1,p=eyJuYW1lIjoibWluZSIsInN0ZXBzIjpbeyJhdCI6IjBzIiwid2hhdCI6ImtpbGwiLCJ3aGljaCI6WyJsZWFkZXIiXX1
    ! error[invalid-link]: the link was cut off or changed
    !   hint: copy the whole link again
    exit 1
    ");
}

#[test]
fn mistakes_in_a_scenario_are_all_placed_in_its_text() {
    let place = Place::new();
    place.write(
        "mine.yaml",
        "name: mine
steps:
  - { at: -5s, what: kill, which: rqdb-7 }
  - { at: 5, what: kil }
  - { at: 5s, what: loseDisk, which: [rqdb-9, leader] }
  - { at: 5s, what: scale, replicas: 4 }
  - { at: 5s, what: scale, replicas: 50, for: 4s }
  - { at: 6s, what: upgrade, whch: rqdb-0 }
  - { at: 7s, what: kill }
",
    );
    let line = "rqchart simulate rqdb --set auth.existingSecret=users -s mine.yaml";
    assert_snapshot!(place.run(line).refused(1), @r#"
    mine.yaml:3:11: error[out-of-range]: steps[0].at: nothing happens before the beginning
     3 |   - { at: -5s, what: kill, which: rqdb-7 }
       |           ^^^
      hint: times are counted from the scenario's beginning, such as 90s
    mine.yaml:4:11: error[wrong-type]: steps[1].at: 5 has no unit
     4 |   - { at: 5, what: kil }
       |           ^
      hint: 5s for seconds
    mine.yaml:4:20: error[invalid-value]: steps[1].what: "kil" is not known
     4 |   - { at: 5, what: kil }
       |                    ^^^
      hint: did you mean "kill"?
    mine.yaml:5:38: error[dangling-reference]: steps[2].which: there is no pod, set, node or zone "rqdb-9"
     5 |   - { at: 5s, what: loseDisk, which: [rqdb-9, leader] }
       |                                      ^
      hint: did you mean "rqdb-2"?
    mine.yaml:7:5: error[contradiction]: steps[4]: it contradicts step 3, which happens to the same pods at the same time
     7 |   - { at: 5s, what: scale, replicas: 50, for: 4s }
       |     ^^
    mine.yaml:7:38: error[out-of-range]: steps[4].replicas: at most 9 pods of rqdb are simulated
     7 |   - { at: 5s, what: scale, replicas: 50, for: 4s }
       |                                      ^^
    mine.yaml:7:47: error[unused-value]: steps[4].for: scale has no end
     7 |   - { at: 5s, what: scale, replicas: 50, for: 4s }
       |                                               ^^
    mine.yaml:8:30: error[unknown-key]: steps[5].whch: there is no such key
     8 |   - { at: 6s, what: upgrade, whch: rqdb-0 }
       |                              ^^^^
      hint: did you mean "which"?
    mine.yaml:9:5: error[missing-key]: steps[6].which: kill needs the name of a pod
     9 |   - { at: 7s, what: kill }
       |     ^^
    "#);
}

#[test]
fn a_scenario_does_nothing_to_the_terminal() {
    let place = Place::new();
    place.write("mine.yaml", "name: \"a\\e[31m\"\nabout: \"b\\nc\"\nsteps: [{ at: 0s, what: upgrade }]\n");
    assert_snapshot!(place.run("rqchart simulate --set auth.existingSecret=users -s mine.yaml").refused(1), @r#"
    mine.yaml:1:7: error[invalid-value]: name: it holds characters that cannot be shown
     1 | name: "a\e[31m"
       |       ^^^^^^^^^
      hint: write it on one line
    mine.yaml:2:8: error[invalid-value]: about: it holds characters that cannot be shown
     2 | about: "b\nc"
       |        ^^^^^^
      hint: write it on one line
    "#);
}

#[test]
fn a_scenario_that_there_is_not_is_a_failure() {
    assert_snapshot!(Place::new().run("rqchart simulate --set auth.existingSecret=users -s disk-los").refused(2), @r#"error: there is no scenario "disk-los"; there are initial, leader-kill, leader-restart, down-long, cut-off, node-lost, zone-lost, follower-kill, frozen, two-down, scale-out-5, scale-out-7, whole-restart, power-cut, rolling-restart, drain, slow-dns, disk-lost, disk-lost-cold, lagging-and-empty, lagging-and-empty-leader, majority-lost, recovery"#);
}

#[test]
fn too_many_steps_are_one_finding() {
    let place = Place::new();
    let steps = "  - { at: 5s, what: upgrade }\n".repeat(20_000);
    place.write("mine.yaml", format!("name: mine\nsteps:\n{steps}"));
    let run = place.run("rqchart simulate --set auth.existingSecret=users -s mine.yaml");
    assert_snapshot!(run.refused(1), @"
    mine.yaml:3:3: error[out-of-range]: steps: 20000 steps are more than 1000
     3 |   - { at: 5s, what: upgrade }
       |   ^
    ");
}

#[test]
fn faults_are_searched_and_the_worst_told() {
    let place = Place::new();
    let one = place.run("rqchart simulate rqdb --set auth.existingSecret=users --faults 1");
    assert_snapshot!(one.fine(), @"
    17 combinations of up to 1 faults
            17  held
    ");
    let two = place.run("rqchart simulate rqdb --set replicas=2 --faults 1 -o json");
    let report: Value = serde_json::from_str(two.stdout()).expect("it is JSON");
    assert_eq!((two.code, &report["worst"][0]["verdict"]), (1, &"stuck".into()), "{two}");
    let kind = |found: &Value| (found["scenario"]["steps"][0]["what"].to_string(), found["verdict"].to_string());
    let worst = report["worst"].as_array().expect("a list");
    let kinds: BTreeSet<_> = worst.iter().map(kind).collect();
    assert_eq!(kinds.len(), worst.len(), "one of each kind: {two}");
    let alike: u64 = worst.iter().filter_map(|found| found["alike"].as_u64()).sum();
    let held = report["verdicts"].as_array().expect("a list").iter().find(|counted| counted[0] == "held");
    assert_eq!(held.and_then(|held| held[1].as_u64()).map(|held| held + alike), report["runs"].as_u64(), "{two}");
}

#[test]
fn lint_names_the_scenario_that_values_do_not_bear() {
    let run = Place::new()
        .run("rqchart lint rqdb --set auth.existingSecret=users,antiAffinity.host=none,podDisruptionBudget=null");
    assert_snapshot!(run.to_string(), @"
    $ rqchart lint rqdb --set auth.existingSecret=users,antiAffinity.host=none,podDisruptionBudget=null
    ! --set:1:70: warning[single-fault]: podDisruptionBudget: a single fault stops all writes: the scenario drain
    !  1 | auth.existingSecret=users,antiAffinity.host=none,podDisruptionBudget=null
    !    |                                                                      ^^^^
    !   hint: see how: rqchart simulate --scenario drain --output timeline
    ");
    assert_snapshot!(Place::new().run("rqchart lint rqdb --set auth.existingSecret=users,replicas=2").to_string(), @"
    $ rqchart lint rqdb --set auth.existingSecret=users,replicas=2
    ! --set:1:36: warning[even-voters]: replicas: 2 voters tolerate the loss of 0, as 1 do
    !  1 | auth.existingSecret=users,replicas=2
    !    |                                    ^
    !   hint: use 1 or 3
    ! --set:1:36: warning[single-fault]: replicas: a single fault leaves nobody who can lead: the scenario disk-lost, and 5 others do
    !  1 | auth.existingSecret=users,replicas=2
    !    |                                    ^
    !   hint: see how: rqchart simulate --scenario disk-lost --output timeline
    ");
}

#[test]
fn a_picture_is_well_formed_and_shows_one_scenario() {
    let place = Place::new();
    place.write("mine.yaml", "name: <mine> & \"yours\"\nsteps:\n  - { at: 1s, what: kill, which: leader }\n");
    let run = place.run("rqchart simulate rqdb --set auth.existingSecret=users -s mine.yaml -o svg");
    let svg = run.fine();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains("&lt;mine&gt; &amp; &quot;yours&quot;: held") && !svg.contains("<mine>"), "{svg}");
    assert!(svg.contains("1.0 s rqdb-0: kill") && svg.matches("<text").count() > 8, "{svg}");
    let all = place.run("rqchart simulate rqdb --set auth.existingSecret=users -o svg");
    assert_snapshot!(all.refused(2), @"error: a picture shows one scenario: name it with --scenario");
}
