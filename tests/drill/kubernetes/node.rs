//! What only somebody on the node can do: stop the power, freeze processes, cut a cable.
//!
//! In: a pod's uid. Out: effects on its processes, which are found by their control group (its path has the pod's uid,
//! whatever the container runtime and the cgroup version). `$RQCHART_NODE_SHELL` says how to get there: the beginning of a
//! command that gets `sh -s UID…` and a script on standard input, such as `docker exec -i kind-control-plane`,
//! `ssh root@node` or `nsenter -t PID -m -p -n`. It must see the node's processes as root, and have `nft` and `nsenter`.
//!
//! One node is meant. On a cluster of several, a drill fails with "no process" if its pod is elsewhere.

use std::env;
use std::sync::Mutex;
use std::time::Duration;

use crate::drill::cluster::Outcome;

use super::program;

/// How to run something on the node.
pub(super) const SHELL: &str = "RQCHART_NODE_SHELL";

const LIMIT: Duration = Duration::from_secs(30);

/// Drills that are without power now. There is one kubelet for all of them.
static OUTAGES: Mutex<usize> = Mutex::new(0);

/// Comes before every script. With the systemd driver, dashes of a uid are underscores in the path.
const FUNCTIONS: &str = r#"
set -eu
pids() { grep -l -e "$1" -e "$(echo "$1" | tr - _)" /proc/[0-9]*/cgroup 2>/dev/null | cut -d / -f 3; }
# The first process is the one that keeps the network; others, of probes, are gone as one looks.
first() { pids "$1" | sort -n | grep -m 1 . || { echo "no process of pod $1 on this node" >&2; exit 1; }; }
kubelet() { grep -lx kubelet /proc/[0-9]*/comm 2>/dev/null | cut -d / -f 3 | grep . || { echo "no kubelet on this node" >&2; exit 1; }; }
slay() {
  # Again until nothing is left: a probe may have been starting a process.
  while p=$(pids "$1") && [ -n "$p" ]; do kill -KILL $p 2>/dev/null || :; sleep 0.02; done
}
"#;

const KILL: &str = r#"for uid in "$@"; do slay "$uid"; done"#;

/// The kubelet is stopped first, or it would start again what has just died. Should nobody let it go on (the drills were
/// themselves killed), it does so after two minutes, before its node counts as lost and its pods are evicted.
const POWER_OFF: &str = r#"
k=$(kubelet)
kill -STOP $k
(sleep 120; kill -CONT $k) </dev/null >/dev/null 2>&1 &
all=
for uid in "$@"; do all="$all $(pids "$uid" || :)"; done
[ -z "${all# }" ] || kill -KILL $all 2>/dev/null || :
for uid in "$@"; do slay "$uid"; done
"#;

const POWER_ON: &str = "kill -CONT $(kubelet)";

const FREEZE: &str = r#"first "$1" >/dev/null; kill "-$2" $(pids "$1") 2>/dev/null || :"#;

/// In the pod's own network namespace, where the runtime does not look. Both ways are dropped below IP, so that nothing is
/// refused: packets vanish, as when a cable is cut. The node's own addresses stay, because its kubelet probes from them.
const CUT: &str = r#"
nodes=$(ip -o -4 addr show | tr -s ' ' | cut -d ' ' -f 4 | cut -d / -f 1 | sort -u | tr '\n' ,)
nsenter -t "$(first "$1")" -n nft -f - <<RULES
table netdev rqchart_drill {
  chain in { type filter hook ingress device "eth0" priority 0; ip saddr { $nodes } accept; meta protocol { ip, ip6 } drop; }
  chain out { type filter hook egress device "eth0" priority 0; ip daddr { $nodes } accept; meta protocol { ip, ip6 } drop; }
}
RULES
"#;

const MEND: &str = r#"nsenter -t "$(first "$1")" -n nft delete table netdev rqchart_drill"#;

/// The way to the node.
#[derive(Debug, Clone)]
pub(super) struct NodeShell {
    prefix: Vec<String>,
}

impl NodeShell {
    pub(super) fn find() -> Option<Self> {
        let text = env::var(SHELL).ok()?;
        let prefix: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        (!prefix.is_empty()).then_some(Self { prefix })
    }

    /// SIGKILL to every process of a pod.
    pub(super) fn kill(&self, uid: &str) -> Outcome {
        self.run(KILL, &[uid])
    }

    /// Stops the kubelet and kills every process of these pods.
    pub(super) fn power_off(&self, uids: &[&str]) -> Outcome {
        *OUTAGES.lock().expect("nobody panics with it") += 1;
        self.run(POWER_OFF, uids)
    }

    /// Lets the kubelet go on, when this was the last outage.
    pub(super) fn power_on(&self) -> Outcome {
        let mut outages = OUTAGES.lock().expect("nobody panics with it");
        *outages = outages.saturating_sub(1);
        if *outages > 0 { Ok(()) } else { self.run(POWER_ON, &[]) }
    }

    pub(super) fn freeze(&self, uid: &str, frozen: bool) -> Outcome {
        self.run(FREEZE, &[uid, if frozen { "STOP" } else { "CONT" }])
    }

    pub(super) fn cut_off(&self, uid: &str, cut: bool) -> Outcome {
        self.run(if cut { CUT } else { MEND }, &[uid])
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Outcome {
        let prefix = self.prefix.iter().map(String::as_str);
        let command: Vec<_> = prefix.chain(["sh", "-s", "--"]).chain(arguments.iter().copied()).collect();
        program::run(&command, &format!("{FUNCTIONS}{script}"), LIMIT).map(drop)
    }
}
