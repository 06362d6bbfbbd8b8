//! Rules of CPU options.

use super::{Given, collector};
use crate::finding::Finding;

/// Cores and threads of an instance.
#[derive(Debug, Clone, Copy, Default)]
pub struct CpuOptions {
    /// Number of cores.
    pub core_count: Given<i64>,
    /// Threads per core.
    pub threads_per_core: Given<i64>,
}

/// What is wrong with them. Which numbers an instance type takes is not known here.
pub fn check(options: &CpuOptions) -> Vec<Finding> {
    let mut faults = collector();
    let both = [
        ("core_count", options.core_count, options.threads_per_core),
        ("threads_per_core", options.threads_per_core, options.core_count),
    ];
    for (missing, own, other) in both {
        if own.is_absent() && other.is_known() {
            let detail =
                "EC2 accepts core_count and threads_per_core together (LaunchTemplateCpuOptionsRequest).";
            faults.fault(missing, format!("{missing} is missing"), detail);
        }
    }
    faults.faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(core_count: Given<i64>, threads_per_core: Given<i64>) -> Vec<String> {
        let options = CpuOptions {
            core_count,
            threads_per_core,
        };
        check(&options)
            .iter()
            .map(|fault| fault.summary().to_owned())
            .collect()
    }

    #[test]
    fn cores_and_threads_come_together() {
        let none = Vec::<String>::new();
        assert_eq!(faults(Given::Known(48), Given::Known(1)), none);
        assert_eq!(faults(Given::Absent, Given::Absent), none);
        assert_eq!(faults(Given::Known(48), Given::Unknown), none);
        assert_eq!(
            faults(Given::Known(48), Given::Absent),
            ["threads_per_core is missing"]
        );
        assert_eq!(faults(Given::Absent, Given::Known(1)), ["core_count is missing"]);
    }
}
