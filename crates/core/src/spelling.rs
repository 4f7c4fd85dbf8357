//! What somebody may have meant.

/// The candidate that is spelt most alike, if any is alike enough.
pub(crate) fn closest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let score = |candidate: &str| strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
    let (best, likeness) = candidates.map(|c| (c, score(c))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (likeness > 0.85).then_some(best) // below that, suggestions are guesses: "size" for "sides"
}
