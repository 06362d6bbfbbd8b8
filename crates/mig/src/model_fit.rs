//! Whether a slice's memory holds a language model.
//!
//! Weights are exact. The key-value cache is exact where the user says its size per token; otherwise it is estimated from
//! the number of parameters for a transformer that shares no keys and values between its heads, which most newer models
//! do: they need a fourth to an eighth of it. So what fits by the estimate fits.

use crate::catalog::{Gpu, ProfileFact};
use crate::finding::{Finding, FindingKind};
use crate::layout::NodeLayout;
use crate::profile::Profile;

/// Part of a GPU's memory that a serving engine uses for weights and cache; the rest is for the CUDA context and
/// activations. vLLM's default `gpu_memory_utilization`.
pub const USABLE: f64 = 0.9;

/// What is taken of a slice's nominal share of the memory where no source says what the driver gives. The published ones
/// lie between 0.95 and 1.03 of it.
const UNPUBLISHED: f64 = 0.95;

/// Bytes of a number in the cache: 16 bits.
const CACHE_NUMBER_BYTES: f64 = 2.0;

/// Width of a layer by depth in common dense transformers (Llama 2: 4,096 to 32, 5,120 to 40, 8,192 to 80).
const WIDTH_PER_LAYER: f64 = 128.0;

/// Parameters of a layer by the square of its width: attention 4, feed-forward 8.
const PARAMETERS_PER_SQUARE: f64 = 12.0;

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// A model and how it is served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelSpec {
    /// Parameters, in billions.
    pub parameters_b: f64,
    /// Bytes of a parameter: 2 for 16 bits, 1 for 8, 0.5 for 4.
    pub bytes_per_parameter: f64,
    /// Tokens of one sequence.
    pub context: i64,
    /// Sequences at a time.
    pub batch: i64,
    /// Bytes of cache for a token, where known: 2 x layers x key-value heads x head size x bytes of a number.
    pub cache_bytes_per_token: Option<f64>,
}

/// What a model needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelNeed {
    /// Weights, in GiB.
    pub weights_gib: f64,
    /// Key-value cache of all sequences, in GiB.
    pub cache_gib: f64,
}

impl ModelSpec {
    /// What the model needs, or everything that is wrong with its figures.
    pub fn need(&self) -> Result<ModelNeed, Vec<Finding>> {
        let mut faults = Vec::new();
        let mut check = |attribute: &str, value: f64, bounds: std::ops::RangeInclusive<f64>, allowed| {
            if !bounds.contains(&value) {
                let summary = format!("{attribute} cannot be {value}");
                faults.push(Finding::error(FindingKind::ModelFit, summary, allowed).at(attribute));
            }
        };
        check(
            "parameters_b",
            self.parameters_b,
            0.001..=100_000.0,
            "It is in billions, 0.001 to 100,000.",
        );
        check(
            "bytes_per_parameter",
            self.bytes_per_parameter,
            0.125..=8.0,
            "It is 0.125 to 8, such as 2 for bf16.",
        );
        check(
            "context",
            self.context as f64,
            1.0..=100_000_000.0,
            "It is in tokens, 1 to 100,000,000.",
        );
        check(
            "batch",
            self.batch as f64,
            1.0..=100_000.0,
            "It is in sequences, 1 to 100,000.",
        );
        if let Some(bytes) = self.cache_bytes_per_token {
            check(
                "cache_bytes_per_token",
                bytes,
                0.0..=1e9,
                "It is in bytes, 0 to 1,000,000,000.",
            );
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let parameters = self.parameters_b * 1e9;
        let per_token = self
            .cache_bytes_per_token
            .unwrap_or_else(|| estimated_cache(parameters));
        Ok(ModelNeed {
            weights_gib: parameters * self.bytes_per_parameter / GIB,
            cache_gib: per_token * (self.context as f64) * (self.batch as f64) / GIB,
        })
    }
}

/// Bytes of cache for a token of a dense transformer: keys and values of its whole width in each layer.
fn estimated_cache(parameters: f64) -> f64 {
    let layers = (parameters / (PARAMETERS_PER_SQUARE * WIDTH_PER_LAYER * WIDTH_PER_LAYER)).cbrt();
    2.0 * layers * (WIDTH_PER_LAYER * layers) * CACHE_NUMBER_BYTES
}

impl ModelNeed {
    /// All of it, in GiB.
    pub fn total_gib(&self) -> f64 {
        self.weights_gib + self.cache_gib
    }

    /// Whether a slice of that profile holds it.
    pub fn fits(&self, gpu: &Gpu, fact: &ProfileFact) -> bool {
        usable_gib(gpu, fact).is_some_and(|usable| usable >= self.total_gib())
    }

    /// The least profile of a GPU that holds it: least memory, then least compute. None where not even the largest does.
    pub fn least_profile(&self, gpu: &Gpu) -> Option<Profile> {
        gpu.profiles
            .iter()
            .filter(|fact| fact.profile.attribute.is_none() && self.fits(gpu, fact))
            .min_by_key(|fact| (fact.memory_slices, fact.compute_slices, fact.profile))
            .map(|fact| fact.profile)
    }

    /// The profiles of a node's slices that hold it, each with whether it does.
    pub fn on_slices(&self, gpu: &Gpu, node: &NodeLayout) -> Vec<(Profile, bool)> {
        let slices = node.slices().into_keys();
        slices
            .filter_map(|profile| Some((profile, self.fits(gpu, gpu.profile(profile)?))))
            .collect()
    }
}

/// Memory that a model can use on a slice, in GiB; none where the slice's size is not known.
pub fn usable_gib(gpu: &Gpu, fact: &ProfileFact) -> Option<f64> {
    let share = || {
        let part = f64::from(fact.memory_slices?) / f64::from(gpu.memory_slices?);
        Some(part * f64::from(gpu.memory_gb) * 1e9 / GIB * UNPUBLISHED)
    };
    fact.memory_gib.or_else(share).map(|memory| memory * USABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    fn model(parameters_b: f64, bytes_per_parameter: f64, context: i64, batch: i64) -> ModelSpec {
        ModelSpec {
            parameters_b,
            bytes_per_parameter,
            context,
            batch,
            cache_bytes_per_token: None,
        }
    }

    fn least(spec: ModelSpec, gpu: &str) -> Option<String> {
        let gpu = Catalog::builtin().gpu(gpu).unwrap();
        spec.need()
            .unwrap()
            .least_profile(gpu)
            .map(|profile| profile.to_string())
    }

    #[test]
    fn weights_are_exact_and_the_cache_is_that_of_llama_2() {
        let need = model(6.74, 2.0, 4096, 1).need().unwrap();
        assert!((need.weights_gib - 12.55).abs() < 0.01, "{need:?}");
        // 2 x 32 layers x 4,096 x 2 bytes = 512 KiB a token: 2 GiB for 4,096 of them.
        assert!((need.cache_gib - 2.0).abs() < 0.1, "{need:?}");
        let known = ModelSpec {
            cache_bytes_per_token: Some(131_072.0),
            ..model(8.0, 2.0, 8192, 4)
        };
        assert!((known.need().unwrap().cache_gib - 4.0).abs() < 1e-9);
    }

    #[test]
    fn the_least_slice_that_holds_a_model() {
        assert_eq!(
            least(model(1.0, 2.0, 4096, 1), "h100-80gb").as_deref(),
            Some("1g.10gb")
        );
        assert_eq!(
            least(model(6.74, 2.0, 4096, 1), "h100-80gb").as_deref(),
            Some("1g.20gb")
        );
        assert_eq!(
            least(model(13.0, 2.0, 4096, 1), "h100-80gb").as_deref(),
            Some("3g.40gb")
        );
        assert_eq!(least(model(70.0, 2.0, 4096, 1), "h100-80gb"), None);
        assert_eq!(
            least(model(6.74, 2.0, 4096, 1), "rtx-pro-6000-96gb").as_deref(),
            Some("1g.24gb")
        );
    }

    #[test]
    fn memory_that_nobody_published_is_taken_small() {
        for gpu in Catalog::builtin().gpus().filter(|gpu| gpu.placements_known()) {
            for fact in &gpu.profiles {
                let usable = usable_gib(gpu, fact).unwrap();
                assert!(
                    usable < f64::from(fact.profile.memory_gb),
                    "{} {}: {usable}",
                    gpu.id,
                    fact.profile
                );
            }
        }
    }

    #[test]
    fn figures_that_make_no_sense() {
        let faults = model(-1.0, f64::NAN, 0, 0).need().unwrap_err();
        let names: Vec<&str> = faults
            .iter()
            .map(|fault| fault.path().last_attribute().unwrap())
            .collect();
        assert_eq!(names, ["parameters_b", "bytes_per_parameter", "context", "batch"]);
        assert!(faults[0].to_string().contains("cannot be -1"));
    }
}
