//! The arithmetic of votes.

/// Returns how many voters must agree.
///
/// ```
/// # use rqchart_core::quorum::majority;
/// assert_eq!(majority(3), 2);
/// assert_eq!(majority(4), 3);
/// ```
pub const fn majority(voters: u32) -> u32 {
    voters / 2 + 1
}

/// Returns how many voters may be lost while the cluster still accepts writes.
///
/// A fourth voter tolerates no more than three do. Non-voters do not count.
///
/// ```
/// # use rqchart_core::quorum::tolerated_losses;
/// assert_eq!(tolerated_losses(3), 1);
/// assert_eq!(tolerated_losses(4), 1);
/// assert_eq!(tolerated_losses(1), 0);
/// ```
pub const fn tolerated_losses(voters: u32) -> u32 {
    voters.saturating_sub(1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than any values allow.
    const SIZES: std::ops::RangeInclusive<u32> = 1..=1000;

    #[test]
    fn two_majorities_always_share_a_voter() {
        assert!(SIZES.into_iter().all(|voters| 2 * majority(voters) > voters && majority(voters) <= voters));
    }

    #[test]
    fn who_remains_after_the_tolerated_losses_is_a_majority_and_one_fewer_is_not() {
        assert!(SIZES.into_iter().all(|voters| voters - tolerated_losses(voters) == majority(voters)));
    }

    #[test]
    fn an_even_voter_adds_no_tolerance() {
        assert!(SIZES.step_by(2).all(|odd| tolerated_losses(odd) == tolerated_losses(odd + 1)));
    }
}
