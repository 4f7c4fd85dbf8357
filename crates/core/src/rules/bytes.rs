//! Quantities of bytes.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::Quantity;

/// Nothing here is smaller: whoever writes less has left the unit out.
pub(super) const LEAST: u128 = 1024 * 1000;

/// `1500m` is one byte and a half, which a slip makes of `1500M`. Kubernetes warns of parts of a byte, and rounds them up.
pub(super) fn whole(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut check = |path: String, quantity: &Quantity| {
        let finding = if quantity.millis() == 0 {
            return; // somebody else says so where it matters
        } else if quantity.as_str().ends_with('m') {
            Diagnostic::error(Code::InvalidQuantity, path, format!("{quantity} is in thousandths of a byte"))
        } else if quantity.millis() < LEAST {
            Diagnostic::error(Code::InvalidQuantity, path, format!("{quantity} is less than a kibibyte"))
        } else if !quantity.millis().is_multiple_of(1000) {
            Diagnostic::warning(Code::InvalidQuantity, path, format!("{quantity} is no whole number of bytes"))
        } else {
            return;
        };
        findings.push(finding.with_hint("such as 1500M or 1500Mi"));
    };
    let settings = &topology.settings;
    let mut lists = Vec::new();
    for set in topology.sets() {
        if !set.storage.ephemeral {
            check(set.setting("/storage/size"), &set.storage.size);
        }
        lists.push((set.setting("/resources"), set.pod.resources.amounts()));
    }
    lists.push(("/backup/scheduled/resources".to_owned(), settings.backup.scheduled.resources.amounts()));
    lists.push(("/metrics/exporter/resources".to_owned(), settings.metrics.exporter.resources.amounts()));
    for (at, amounts) in lists {
        for (name, request, limit) in amounts.into_iter().filter(|(name, ..)| *name != "cpu") {
            for (list, amount) in [("requests", request), ("limits", limit)] {
                if let Some(amount) = amount {
                    check(format!("{at}/{list}/{name}"), amount);
                }
            }
        }
    }
    check("/backup/scheduled/volume/size".to_owned(), &settings.backup.scheduled.volume.size);
    check("/metrics/alerts/thresholds/walSize".to_owned(), &settings.metrics.alerts.thresholds.wal_size);
    if let Some(size) = &settings.raft.snapshot_wal_size {
        check("/rqlite/raft/snapshotWalSize".to_owned(), size);
    }
}
