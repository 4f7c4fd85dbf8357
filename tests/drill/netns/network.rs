//! The pod network: one bridge, and one network namespace a pod.
//!
//! In: nothing but the runner's own, private network namespace. Out: [`Link`]s, each a namespace with an address that was
//! not in use lately (a Kubernetes pod that is replaced gets a new address, which is half of what the drills are about).
//! Must not touch the machine's own network: [`super::sandbox`] makes sure that this runs in a namespace of its own.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

use crate::drill::cluster::{Failure, Outcome};

/// Clusters in this process, so that drills can run side by side.
static CLUSTERS: AtomicU16 = AtomicU16::new(0);

/// The first host address given to a pod; below it are the gateway and room for others.
const FIRST: u32 = 10;
/// How many addresses go round, as with Kubernetes' host-local allocator.
const ADDRESSES: u32 = 240;

#[derive(Debug)]
pub(super) struct Network {
    id: u16,
    attached: AtomicU32,
}

impl Network {
    /// A bridge that connects the pods, and one without members for those that are cut off.
    pub(super) fn create() -> Outcome<Self> {
        let network = Self { id: CLUSTERS.fetch_add(1, Ordering::Relaxed), attached: AtomicU32::new(0) };
        let (bridge, island) = (network.bridge(), network.island());
        // A bridge without an address of its own takes the lowest of its ports', and so a new one whenever a pod comes or
        // goes; the pods would talk to the old one for half a minute.
        let mac = format!("02:91:00:00:{:02x}:{:02x}", network.id >> 8, network.id & 255);
        ip(&format!(
            "link add {bridge} address {mac} type bridge\naddr add {0}/24 dev {bridge}\naddr add {1}/32 dev {bridge}\nlink set {bridge} up\n\
             link add {island} address {mac} type bridge\naddr add {0}/32 dev {island}\nlink set {island} up",
            network.gateway(),
            network.dns(),
        ))?;
        // On the island only the gateway's address is there (the kubelet, which shares its node's fate), not that of DNS.
        std::fs::write(format!("/proc/sys/net/ipv4/conf/{island}/arp_ignore"), "1")?;
        Ok(network)
    }

    fn bridge(&self) -> String {
        format!("pods{}", self.id)
    }

    fn island(&self) -> String {
        format!("island{}", self.id)
    }

    fn host(&self, host: u32) -> Ipv4Addr {
        Ipv4Addr::from((10 << 24) | ((91 << 16) + (u32::from(self.id) << 8) + host))
    }

    /// The runner's own address, from which the probes come.
    fn gateway(&self) -> Ipv4Addr {
        self.host(1)
    }

    /// Where [`super::dns`] answers.
    pub(super) fn dns(&self) -> Ipv4Addr {
        self.host(2)
    }

    /// A new namespace with a new address.
    pub(super) fn attach(&self) -> Outcome<Link> {
        let serial = self.attached.fetch_add(1, Ordering::Relaxed);
        let link = Link {
            namespace: format!("c{}p{serial}", self.id),
            device: format!("v{}p{serial}", self.id),
            address: self.host(FIRST + serial % ADDRESSES),
            bridge: self.bridge(),
            island: self.island(),
        };
        let Link { namespace, device, address, bridge, .. } = &link;
        ip(&format!(
            "netns add {namespace}\nlink add {device} type veth peer name eth0 netns {namespace}\n\
             link set {device} master {bridge} up"
        ))?;
        ip_in(
            namespace,
            &format!(
                "link set lo up\naddr add {address}/24 dev eth0\nlink set eth0 up\nroute add default via {}",
                self.gateway()
            ),
        )?;
        Ok(link)
    }
}

/// A pod's network namespace; gone when dropped.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) namespace: String,
    pub(super) address: Ipv4Addr,
    device: String,
    bridge: String,
    island: String,
}

impl Link {
    /// Moves the pod's cable to the island, or back. Packets then vanish, as when a switch fails: nothing is refused.
    pub(super) fn cut_off(&self, cut: bool) -> Outcome {
        let Self { device, address, bridge, island, .. } = self;
        if cut {
            // Isolated: of the bridge's members it sees only the bridge itself, not another pod that is cut off too.
            ip(&format!(
                "link set {device} master {island}\nlink set {device} type bridge_slave isolated on\n\
                 route replace {address}/32 dev {island}"
            ))
        } else {
            ip(&format!("route del {address}/32 dev {island}\nlink set {device} master {bridge}"))
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Nothing to be done if it fails: the namespace vanishes with the runner's.
        let _ = ip(&format!("netns del {}", self.namespace));
        let _ = ip(&format!("route flush {}/32", self.address));
    }
}

fn ip(script: &str) -> Outcome {
    run(&[], script)
}

fn ip_in(namespace: &str, script: &str) -> Outcome {
    run(&["-n", namespace], script)
}

fn run(options: &[&str], script: &str) -> Outcome {
    let mut child = Command::new("ip")
        .args(options)
        .args(["-batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(stdin) = child.stdin.as_mut() {
        stdin.write_all(script.as_bytes())?;
        stdin.write_all(b"\n")?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(Failure::new(String::from_utf8_lossy(&output.stderr).trim()).while_doing(format!("ip -batch {script:?}")))
}
