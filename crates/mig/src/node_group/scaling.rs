//! How many nodes a managed node group has.

use super::collector;
use crate::ec2::Given;
use crate::finding::{Collector, FieldPath, Finding};

const MOST: i64 = i32::MAX as i64;

/// Sizes of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scaling {
    /// Nodes that it always has.
    pub min_size: Given<i64>,
    /// Nodes that it has at most.
    pub max_size: Given<i64>,
    /// Nodes that it begins with; afterwards an autoscaler may change it.
    pub desired_size: Given<i64>,
}

/// What is wrong with the sizes of a group; paths begin with one of its three attributes. Source: `NodegroupScalingConfig`
/// of the EKS API: `minSize` and `desiredSize` from 0 on, `maxSize` from 1 on.
pub fn check_scaling(scaling: &Scaling) -> Vec<Finding> {
    let mut findings = collector();
    let sizes = [
        ("min_size", scaling.min_size, 0),
        ("max_size", scaling.max_size, 1),
        ("desired_size", scaling.desired_size, 0),
    ];
    for (name, size, least) in sizes {
        findings.range(&FieldPath::of(name), size.known(), (least, MOST));
    }
    if findings.faults.is_empty() {
        order(&mut findings, scaling);
    }
    findings.faults
}

fn order(findings: &mut Collector, scaling: &Scaling) {
    let (min, max, desired) = (scaling.min_size, scaling.max_size, scaling.desired_size);
    let mut wrong = |place: &str, size: i64, word: &str, other: &str, bound: i64| {
        let summary = format!("{place} is {size}, {word} {other}, which is {bound}");
        let detail = "EKS refuses it. The sizes go up from min_size over desired_size to max_size.";
        findings.fault(place, summary, detail);
    };
    let apart = |less: Given<i64>, more: Given<i64>| {
        less.known().zip(more.known()).filter(|(less, more)| less > more)
    };
    if let Some((min, max)) = apart(min, max) {
        wrong("max_size", max, "below", "min_size", min);
    }
    if let Some((min, desired)) = apart(min, desired) {
        wrong("desired_size", desired, "below", "min_size", min);
    }
    if let Some((desired, max)) = apart(desired, max) {
        wrong("desired_size", desired, "above", "max_size", max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(min: i64, max: i64, desired: i64) -> Vec<String> {
        let scaling = Scaling {
            min_size: Given::Known(min),
            max_size: Given::Known(max),
            desired_size: Given::Known(desired),
        };
        let faults = check_scaling(&scaling);
        faults
            .iter()
            .map(|fault| format!("{}: {}", fault.path(), fault.summary()))
            .collect()
    }

    #[test]
    fn sizes_that_eks_takes() {
        for (min, max, desired) in [(0, 1, 0), (0, 3, 2), (2, 2, 2), (0, 100, 100)] {
            assert_eq!(faults(min, max, desired), Vec::<String>::new());
        }
        let unknown = Scaling {
            min_size: Given::Known(9),
            max_size: Given::Unknown,
            ..Scaling::default()
        };
        assert_eq!(check_scaling(&unknown), []);
    }

    #[test]
    fn sizes_that_it_does_not() {
        assert_eq!(faults(0, 0, 0), ["max_size: 0 is not possible here"]);
        assert_eq!(faults(-1, 1, 0), ["min_size: -1 is not possible here"]);
        assert_eq!(faults(0, 1, i64::MAX).len(), 1);
        assert_eq!(
            faults(0, 2, 3),
            ["desired_size: desired_size is 3, above max_size, which is 2"]
        );
        assert_eq!(
            faults(2, 4, 1),
            ["desired_size: desired_size is 1, below min_size, which is 2"]
        );
        assert_eq!(faults(3, 2, 3).len(), 2);
    }
}
