//! The life of a pod's containers, from the first start to the pod's end.
//!
//! In: what [`super::pod`] shares. Out: the states it goes through. Every wait here looks for orders at each tick.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::drill::cluster::Outcome;

use super::container::{Container, Door, Plan, TICK};
use super::pod::{Blueprint, EnvSource, Phase, Shared};
use super::probe::{Action, Prober, Verdict};
use super::rootfs::Names;
use super::spec::{self, Probe, expand};

/// The kubelet waits 10 s before the second restart, twice as long each time after, at most 5 min.
const FIRST_BACK_OFF: Duration = Duration::from_secs(10);
const LAST_BACK_OFF: Duration = Duration::from_secs(5 * 60);
/// A container that ran this long starts over with its back-off.
const FORGIVEN: Duration = Duration::from_secs(10 * 60);

/// Why a container no longer runs.
enum End {
    Ordered,
    ByItself,
}

/// Runs the pod until it is deleted.
pub(super) fn run(pod: &Arc<Shared>) {
    let mut back_off = Duration::ZERO;
    let mut initialised = 0;
    loop {
        let (begin, before) = (Instant::now(), initialised);
        let step = enter_network(pod).and_then(|()| {
            let (init, main) = (&pod.blueprint.spec.init_containers, &pod.blueprint.spec.containers);
            match init.get(initialised) {
                Some(container) => run_init(pod, container).map(|done| initialised += usize::from(done)),
                None => run_main(pod, &main[0]),
            }
        });
        pod.state().trouble = step.err().map(|failure| failure.to_string());
        if leave(pod) {
            return;
        }
        if pod.state().link.is_none() {
            // After a power cut the pod begins anew, and the kubelet that counted has forgotten.
            (initialised, back_off) = (0, Duration::ZERO);
        } else if initialised > before {
            continue;
        } else if begin.elapsed() > FORGIVEN {
            back_off = Duration::ZERO;
        }
        wait(pod, back_off);
        back_off = (back_off * 2).clamp(FIRST_BACK_OFF, LAST_BACK_OFF);
        if leave(pod) {
            return;
        }
        pod.state().restarts += 1;
    }
}

/// Deals with orders: ends the pod (true), or waits while the power is off.
fn leave(pod: &Shared) -> bool {
    loop {
        let mut state = pod.state();
        state.ready = false;
        state.door = None;
        if state.deletion.is_some() {
            // The volumes are free and the address is nobody's before the object goes.
            state.link = None;
            state.phase = Phase::Gone;
            return true;
        }
        if !state.power_off {
            return false;
        }
        // After a power cut a pod's sandbox is a new one, with a new address.
        state.link = None;
        state.phase = Phase::Pending;
        drop(state);
        sleep(TICK);
    }
}

fn wait(pod: &Shared, time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until && pod.order().is_none() {
        sleep(TICK);
    }
}

fn enter_network(pod: &Shared) -> Outcome {
    if pod.state().link.is_none() {
        let link = pod.node.network.attach()?;
        pod.state().link = Some(link);
    }
    Ok(())
}

fn run_init(pod: &Shared, container: &spec::Container) -> Outcome<bool> {
    let mut running = start(pod, container)?;
    loop {
        if let Some(status) = running.ended() {
            return Ok(status.success());
        }
        if pod.order().is_some() {
            running.kill();
            return Ok(false);
        }
        sleep(TICK);
    }
}

fn run_main(pod: &Arc<Shared>, container: &spec::Container) -> Outcome {
    let mut running = start(pod, container)?;
    {
        let mut state = pod.state();
        state.phase = Phase::Running;
        state.door = Some(running.door());
    }
    let end = watch(pod, container, &mut running);
    let grace = match end {
        End::Ordered => pod.order().unwrap_or_default(),
        End::ByItself => Duration::ZERO,
    };
    stop(pod, container, &mut running, grace);
    Ok(())
}

/// Runs the probes until the container ends, must end, or a probe says that it has to be restarted.
fn watch(pod: &Arc<Shared>, container: &spec::Container, running: &mut Container) -> End {
    let door = running.door();
    let prober = |probe: &Option<Probe>| {
        let start = |probe: Probe| Prober::start(probe.clone(), action(pod, container, &door, probe.handler));
        probe.clone().map(start)
    };
    let startup = prober(&container.startup_probe);
    let (mut readiness, mut liveness) = (None, None);
    let mut started = false;
    loop {
        let verdict = startup.as_ref().map_or(Verdict::Passed, Prober::verdict);
        if verdict == Verdict::Passed && !started {
            // Until the startup probe has passed the others are not asked.
            started = true;
            readiness = prober(&container.readiness_probe);
            liveness = prober(&container.liveness_probe);
        }
        let ready = started && readiness.as_ref().is_none_or(|probe| probe.verdict() == Verdict::Passed);
        let mut state = pod.state();
        state.ready = ready && state.deletion.is_none();
        drop(state);
        if running.ended().is_some() {
            return End::ByItself;
        }
        if pod.order().is_some() {
            return End::Ordered;
        }
        let failed = liveness.as_ref().is_some_and(|probe| probe.verdict() == Verdict::Failed);
        if failed || verdict == Verdict::Failed {
            let probe = if failed { &container.liveness_probe } else { &container.startup_probe };
            let own = probe.as_ref().and_then(|probe| probe.termination_grace_period_seconds);
            stop(pod, container, running, own.map_or(pod.grace(), Duration::from_secs));
            return End::ByItself;
        }
        sleep(TICK);
    }
}

/// preStop, SIGTERM, SIGKILL, within the grace. A later order to hurry shortens it.
fn stop(pod: &Shared, container: &spec::Container, running: &mut Container, grace: Duration) {
    let deadline = Instant::now() + grace;
    let left = || deadline.saturating_duration_since(Instant::now());
    let hook = container.lifecycle.as_ref().and_then(|lifecycle| lifecycle.pre_stop.clone());
    if let (Some(handler), false, None) = (hook, grace.is_zero(), running.ended()) {
        // A failing hook only makes an event.
        let _ = action(pod, container, &running.door(), handler).run(left());
    }
    while !left().is_zero() && running.ended().is_none() {
        if pod.order() == Some(Duration::ZERO) {
            break;
        }
        running.terminate_once();
        sleep(TICK);
    }
    running.kill();
}

fn action(pod: &Shared, container: &spec::Container, door: &Door, handler: spec::Handler) -> Action {
    let address = pod.state().link.as_ref().map(|link| link.address);
    let address = address.expect("a container that runs has a network");
    Action { handler, door: door.clone(), address, container: container.clone() }
}

fn start(pod: &Shared, container: &spec::Container) -> Outcome<Container> {
    let (address, network, serial) = {
        let mut state = pod.state();
        state.starts += 1;
        let link = state.link.as_ref().expect("the network is entered first");
        (link.address.to_string(), link.namespace.clone(), state.starts)
    };
    let blueprint = &pod.blueprint;
    let env = environment(pod, container, &address);
    let command = container.command.iter().chain(&container.args).map(|word| expand(word, &env)).collect();
    let log = blueprint.logs.join(format!("{}.{}.{serial}.log", blueprint.name, blueprint.uid));
    let folder = blueprint.folder.join(serial.to_string());
    fs::create_dir_all(&folder)?;
    Container::start(&Plan {
        tools: &pod.node.tools,
        bin: &pod.node.pull(&container.image)?,
        folder,
        network: &network,
        names: Names { hostname: &blueprint.name, hosts: hosts(pod, &address), resolv_conf: resolv_conf(pod) },
        mounts: pod.mounts(container)?,
        read_only_root: container.security_context.read_only_root_filesystem,
        user: pod.user(container),
        env,
        command,
        log: &log,
    })
}

fn environment(pod: &Shared, container: &spec::Container, address: &str) -> BTreeMap<String, String> {
    let mut env = BTreeMap::from([
        ("PATH".to_owned(), "/bin".to_owned()),
        ("HOSTNAME".to_owned(), pod.blueprint.name.clone()),
        ("HOME".to_owned(), "/".to_owned()),
    ]);
    for (name, source) in pod.blueprint.env.get(&container.name).into_iter().flatten() {
        let value = match source {
            // Kubernetes expands from the variables before this one.
            EnvSource::Text(text) => expand(text, &env),
            EnvSource::PodIp => address.to_owned(),
        };
        env.insert(name.clone(), value);
    }
    env
}

fn hosts(pod: &Shared, address: &str) -> String {
    let Blueprint { name, namespace, subdomain, .. } = &pod.blueprint;
    let mut hosts = String::from("127.0.0.1 localhost\n");
    let _ = match subdomain {
        Some(service) => writeln!(hosts, "{address} {name}.{service}.{namespace}.svc.cluster.local {name}"),
        None => writeln!(hosts, "{address} {name}"),
    };
    hosts
}

fn resolv_conf(pod: &Shared) -> String {
    let namespace = &pod.blueprint.namespace;
    let server = pod.node.network.dns();
    format!(
        "nameserver {server}\nsearch {namespace}.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n"
    )
}
