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
