//! Which element of one set goes with which of another. A set's elements have no names, so what fits is tried.

/// For each of `left` elements the one of `right` elements that it is paired with. No two share one, and as many
/// are paired as can be: taking the first that fits would leave out those that fit only that one.
pub(crate) fn pair(left: usize, right: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let fitting = |l| (0..right).filter(|r| fits(l, *r)).collect();
    let candidates: Vec<Vec<usize>> = (0..left).map(fitting).collect();
    let mut owner = vec![None; right];
    for l in 0..left {
        claim(l, &candidates, &mut vec![false; right], &mut owner);
    }
    let mut pairs = vec![None; left];
    for (r, l) in owner.into_iter().enumerate() {
        if let Some(l) = l {
            pairs[l] = Some(r);
        }
    }
    pairs
}

/// Finds an element for `l`, asking owners of fitting ones to take another.
fn claim(l: usize, candidates: &[Vec<usize>], asked: &mut [bool], owner: &mut [Option<usize>]) -> bool {
    for &r in &candidates[l] {
        if std::mem::replace(&mut asked[r], true) {
            continue;
        }
        if owner[r].is_none_or(|other| claim(other, candidates, asked, owner)) {
            owner[r] = Some(l);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picky_one_gets_its_only_match() {
        // 0 fits both, 1 fits only 0.
        assert_eq!(pair(2, 2, |l, r| l == 0 || r == 0), [Some(1), Some(0)]);
        assert_eq!(pair(2, 1, |_, _| true), [Some(0), None]);
    }
}
