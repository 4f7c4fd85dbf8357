//! Every kind of consequence: its stable id, its verdict, and what it means.

use std::fmt;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::Verdict;

macro_rules! kinds {
    ($($variant:ident $name:literal $verdict:ident $meaning:literal)*) => {
        /// The kind of a consequence. Its name is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, JsonSchema)]
        #[schemars(rename = "ConsequenceKind")]
        #[non_exhaustive]
        #[expect(clippy::doc_markdown, reason = "names of settings are in sentences that are printed, too")]
        pub enum Kind {
            $(#[doc = $meaning] #[schemars(rename = $name)] $variant,)*
        }

        impl Kind {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its stable id.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// How bad it is.
            pub const fn verdict(self) -> Verdict {
                match self { $(Self::$variant => Verdict::$verdict),* }
            }

            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

kinds! {
    FirstInstall "first-install" Safe "Nothing of the release is there yet."
    RollingRestart "rolling-restart" Safe "Pods restart one after the other; a majority of the voters is up all the time."
    WritePause "write-pause" Safe "The voters cannot spare one: writes stop while each of them restarts."
    PartitionHolds "partition-holds" Safe "Pods below updateStrategy.partition keep their old form until it is lowered."
    ScaleOut "scale-out" Safe "New pods join, and get every row before they are Ready."
    ScaleIn "scale-in" Safe "The highest ordinals go; the leader drops them from the members."
    ReadersGone "readers-gone" Safe "A pool of readers goes; every row of theirs is with the voters."
    VersionChange "version-change" Safe "Another version of rqlite of the same major version, or one whose number nobody knows of before."
    ScriptsChange "scripts-change" Safe "The pods' scripts change, which are no part of their template: no pod restarts for that."
    RetentionKeeps "retention-keeps" Safe "Volumes stay where they were deleted before."
    VolumeLeft "volume-left" Safe "A claim or volume is no longer rendered. It is not deleted by these steps: it may hold data."
    ObjectsRemoved "objects-removed" Safe "Objects are no longer rendered; kubectl apply leaves them where they are, the last step deletes them."
    RestartByHand "restart-by-hand" NeedsSteps "updateStrategy.type is OnDelete: pods keep their old form until somebody deletes them."
    ImmutableField "immutable-field" NeedsSteps "Kubernetes refuses to change a field of a StatefulSet that exists."
    SelectorChange "selector-change" NeedsSteps "The StatefulSet would not select the pods that run: it must be made anew while none runs."
    VolumeExpansion "volume-expansion" NeedsSteps "Volumes become larger: each claim is enlarged, and the StatefulSet is made anew around its pods."
    VolumeAttributes "volume-attributes" NeedsSteps "Volumes get another VolumeAttributesClass: each claim is changed, and the StatefulSet is made anew around its pods."
    VolumeChange "volume-change" NeedsSteps "Volumes get another class, another access mode or a smaller size, which no claim that exists can."
    DisksStartEmpty "disks-start-empty" NeedsSteps "Pods that had no claims get some, and start with empty disks one after the other."
    ClaimsDeleted "claims-deleted" NeedsSteps "A scale-in deletes the volumes of the pods that go."
    RetentionDeletes "retention-deletes" NeedsSteps "Volumes will be deleted when their pods go, or with the StatefulSet."
    ScaleInWithRestart "scale-in-with-restart" NeedsSteps "Pods that stay would restart while the leader still counts those that went."
    MembersStay "members-stay" NeedsSteps "Nobody drops the members of the pods that go: membership.grace is null."
    RoleChange "role-change" NeedsSteps "Pods get or lose their vote, which they notice only when they join anew."
    Recovery "recovery" NeedsSteps "membership.recovery names a survivor: it becomes the only member when it starts while nobody leads."
    MajorUpgrade "major-upgrade" NeedsSteps "The next major version of rqlite: a copy first, one pod first."
    NoWayBack "no-way-back" NeedsSteps "The old version cannot read what the new one has written."
    Downgrade "downgrade" NeedsSteps "An older version of rqlite that can read the data."
    UnknownVersion "unknown-version" NeedsSteps "The image changes, and its tag does not say which version it is."
    ScaleWithUpgrade "scale-with-upgrade" NeedsSteps "A node of the new major version cannot join a cluster of the old one."
    JoinWithChange "join-with-change" NeedsSteps "Pods that join anew cannot talk to nodes that have the old form still."
    NodeTlsChange "node-tls-change" NeedsSteps "Nodes with TLS between them and nodes without cannot talk to each other."
    ClientTlsChange "client-tls-change" NeedsSteps "Clients must change between HTTP and HTTPS, or show certificates, while pods restart."
    AuthChange "auth-change" NeedsSteps "Clients must log in, or need not any more."
    ObjectReplaced "object-replaced" NeedsSteps "Kubernetes refuses to change an object in place: it is deleted and made anew."
    ServiceGone "service-gone" NeedsSteps "A Service goes, and its name in DNS with it."
    PortChange "port-change" NeedsSteps "A Service answers at another port: clients must be told."
    AutoscalerTakesOver "autoscaler-takes-over" NeedsSteps "The number of replicas is no longer in the manifest: kubectl apply would set it to 1 for a while."
    UnknownCluster "unknown-cluster" Dangerous "What is there is not known to be a cluster of this chart."
    ScaleInLosesQuorum "scale-in-loses-quorum" Dangerous "More voters would go at once than the quorum can spare: nobody leads any more."
    UpgradeSkips "upgrade-skips" Dangerous "A version in between is left out."
    UnsupportedVersion "unsupported-version" Dangerous "No way leads there in place: other versions join otherwise, or could not read the data."
    DowngradeImpossible "downgrade-impossible" Dangerous "The old version cannot read what the new one has written: every pod would end at its start."
    BecomesEphemeral "becomes-ephemeral" Dangerous "Rows are kept in the pods themselves from then on: what most of them lose at once is gone."
    DataLost "data-lost" Dangerous "All voters lose their rows, because they start with empty disks or keep rows in their pods."
    RecoveryWhileStopped "recovery-while-stopped" Dangerous "All voters stop while membership.recovery names a survivor: it drops the other members, and rows that only they have."
    AddressesChange "addresses-change" Dangerous "All members get new addresses: they never find a leader."
    DataLeftBehind "data-left-behind" Dangerous "Another name or namespace is another cluster, which starts empty."
    ClusterRemoved "cluster-removed" Dangerous "The voters go, and no others come."
    VolumeReplaced "volume-replaced" Dangerous "Kubernetes refuses to change a claim or volume in place, and whoever deletes it may delete its data."
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
