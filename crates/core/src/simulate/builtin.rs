//! The scenarios that every cluster should bear, made for its own size.

use super::Simulator;
use super::scenario::{Ends, Scenario, Step, What};
use super::settings::{Place, Settings};
use crate::quorum::{majority, tolerated_losses};

/// For an election, and for whoever sends writes to the old leader to notice.
const ELECTION: u32 = 10;
/// For a leader that hands over, and for one of all that does not.
const HANDOVER: u32 = 5;

/// The drills that are also run on real clusters, as far as this one has the pods for them.
///
/// They ask for the best that can be had: a cluster of one or two voters fails some of them.
pub fn builtin(simulator: &Simulator) -> Vec<Scenario> {
    let drills = Drills::of(&simulator.settings);
    [drills.of_one_pod(), drills.of_sizes(), drills.of_all_pods(), drills.of_disks()].into_iter().flatten().collect()
}

/// What the scenarios are made for.
struct Drills<'a> {
    set: &'a str,
    replicas: u32,
    voters: u32,
    losses: u32,
    /// Longer than a member may stay away, in seconds.
    away: u32,
    /// The node and the zone in which most voters are drawn; no zone where there is but one.
    node: String,
    zone: Option<String>,
}

impl<'a> Drills<'a> {
    fn of(settings: &'a Settings) -> Self {
        let set = &settings.sets[0];
        let size = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        // Of two with as many voters, the first by name.
        let fullest = |places: &[Place]| {
            let voters = |place: &Place| place.pods.iter().filter(|pod| **pod < settings.voters).count();
            let fullest = places.iter().min_by_key(|place| (std::cmp::Reverse(voters(place)), place.name.clone()));
            let count = places.iter().filter(|place| voters(place) > 0).count();
            (fullest.map(|place| place.name.clone()).unwrap_or_default(), count)
        };
        let (zone, zones) = fullest(&settings.zones);
        Self {
            node: fullest(&settings.nodes).0,
            zone: Some(zone).filter(|_| zones > 1),
            set: &set.name,
            replicas: size(set.replicas + settings.left_out),
            voters: size(settings.voters),
            losses: tolerated_losses(size(settings.voters)),
            away: settings.grace.map_or(90, |grace| size((grace / 1000) as usize)).saturating_add(60),
        }
    }

    fn pod(&self, ordinal: u32) -> String {
        format!("{}-{ordinal}", self.set)
    }

    /// One pod is killed, or away.
    fn of_one_pod(&self) -> Vec<Scenario> {
        let leader = |what| Step::new(0, what, ["leader"]);
        let follower = |what| Step::new(0, what, ["follower"]);
        let drill =
            |name: &str, about: &str, step| Scenario::new(name, about, vec![step]).with_outage_at_most(ELECTION);
        let mut list = vec![
            Scenario {
                from_nothing: true,
                ..Scenario::new("initial", "The cluster is installed: ordinal 0 founds it and leads first.", vec![])
            },
            drill("leader-kill", "The leader is killed: another one leads within seconds.", leader(What::Kill)),
            drill("leader-restart", "The leader ends with grace, and names its successor.", leader(What::Restart)),
            drill(
                "down-long",
                "The leader's node is away for longer than membership.grace.",
                leader(What::PowerCut).lasting(self.away),
            ),
            drill(
                "cut-off",
                "The leader loses its network for longer than membership.grace.",
                leader(What::CutOff).lasting(self.away),
            ),
        ];
        let away = |place: &str| Step::new(0, What::PowerCut, [place]).lasting(self.away);
        let about = "The node with most voters is away for longer than membership.grace.";
        list.push(drill("node-lost", about, away(&self.node)));
        if let Some(zone) = &self.zone {
            let about = "The zone with most voters is away for longer than membership.grace.";
            list.push(drill("zone-lost", about, away(zone)));
        }
        if self.voters > 1 {
            let about = "A follower stands still for longer than membership.grace.";
            list.push(drill("follower-kill", "A follower is killed.", follower(What::Kill)));
            list.push(drill("frozen", about, follower(What::Freeze).lasting(self.away)));
        }
        if self.voters > 2 {
            let pair = Step::new(0, What::PowerCut, ["leader", "follower"]).lasting(60);
            list.push(Scenario::new("two-down", "Two voters are away for a while.", vec![pair]));
        }
        list
    }

    /// `kubectl scale`.
    fn of_sizes(&self) -> Vec<Scenario> {
        let grown = [self.replicas + 2, self.replicas + 4].map(|size| {
            let about = format!("kubectl scale to {size}: those beyond maxVoters join without a vote.");
            Scenario::new(format!("scale-out-{size}"), about, vec![Step::scale(0, size)])
        });
        let mut list = Vec::from(grown);
        if self.replicas > 3 {
            let fewer = self.replicas - self.losses.clamp(1, 2);
            let about =
                format!("kubectl scale to {fewer} and back: the members that are gone are dropped, and join again.");
            let steps = vec![Step::scale(0, fewer), Step::scale(self.away + 60, self.replicas)];
            list.push(Scenario::new("scale-in", about, steps));
        }
        list
    }

    /// Everything ends, or is replaced.
    fn of_all_pods(&self) -> Vec<Scenario> {
        let slow = vec![Step::to_all(0, What::SlowDns).lasting(30), Step::to_all(1, What::Upgrade)];
        vec![
            Scenario::new(
                "whole-restart",
                "The release is scaled to nothing and back.",
                vec![Step::scale(0, 0), Step::scale(60, self.replicas)],
            ),
            Scenario::new(
                "power-cut",
                "Everything ends at once and comes back at once.",
                vec![Step::to_all(0, What::PowerCut).lasting(5)],
            ),
            Scenario::new(
                "rolling-restart",
                "Every pod is replaced, one after the other.",
                vec![Step::to_all(0, What::Upgrade)],
            )
            .with_outage_at_most(HANDOVER)
            .keeping_quorum(),
            Scenario::new(
                "drain",
                "Every node is drained: the budget lets a pod go only when the others can do without it.",
                vec![Step::new(0, What::Drain, [self.set]).lasting(600)],
            )
            .with_outage_at_most(HANDOVER)
            .keeping_quorum(),
            Scenario::new("slow-dns", "Every pod is replaced while names are remembered for 30 s.", slow),
        ]
    }

    /// Volumes are lost.
    fn of_disks(&self) -> Vec<Scenario> {
        let first = |seconds| Step::new(seconds, What::LoseDisk, [self.pod(0)]);
        let cold = vec![Step::scale(0, 0), first(60), Step::scale(60, self.replicas)];
        let mut list = vec![
            Scenario::new("disk-lost", "The disk of ordinal 0 is lost while the others run.", vec![first(0)])
                .with_outage_at_most(ELECTION),
            Scenario::new("disk-lost-cold", "The disk of ordinal 0 is lost while nobody runs.", cold),
        ];
        if self.voters > 2 {
            list.extend([("lagging-and-empty", "other"), ("lagging-and-empty-leader", "leader")].map(
                |(name, empty)| {
                    let steps = vec![
                        Step::new(0, What::Freeze, ["follower"]).lasting(4),
                        Step::to_all(4, What::PowerCut).lasting(5),
                        Step::new(5, What::LoseDisk, [empty]),
                    ];
                    Scenario::new(
                        name,
                        "A follower lags, the power fails, and a disk with the last rows is lost.",
                        steps,
                    )
                },
            ));
        }
        if self.voters > 1 {
            let most = majority(self.voters).min(self.voters - 1);
            // Nobody writes meanwhile: what only the lost disks had would be gone in any case.
            let steps = vec![
                Step::to_all(0, What::Quiet).lasting(30),
                Step::to_all(5, What::PowerCut).lasting(10),
                Step::new(6, What::LoseDisk, (0..most).map(|ordinal| self.pod(ordinal))),
            ];
            let survivor = Step::new(120, What::Recover, [self.pod(self.voters - 1)]);
            let recovery = steps.iter().cloned().chain([survivor]).collect();
            let about = "A majority of the voters' disks is lost: a person must decide.";
            list.push(Scenario::new("majority-lost", about, steps).ending(Ends::Waiting));
            let about = "A majority of the voters' disks is lost, and a person names a survivor.";
            list.push(Scenario::new("recovery", about, recovery));
        }
        list
    }
}
