//! What can be wrong with an answer.

use super::replace::Action;
use crate::path::Path;

/// One breach of Terraform's rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {rule}")]
pub struct Violation {
    /// Where; the root for the whole object.
    pub path: Path,
    /// Which rule.
    pub rule: Rule,
}

/// A rule, as its breach reads. The letter and number name the rule: P for plan, A for apply, R for read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// Configuration has it, the plan does not.
    #[error("P1: planned as absent, but configured")]
    PlannedAbsent,
    /// The plan has it, configuration does not.
    #[error("P1: planned as present, but not configured")]
    PlannedPresent,
    /// The planned value is neither the configured nor the prior one.
    #[error("P2: planned as something that is neither configured nor the prior value")]
    NotAsConfigured,
    /// A value for an attribute that is neither configured nor computed.
    #[error("P3: planned with a value, but neither configured nor computed")]
    NotComputed,
    /// A configured object is planned as unknown as a whole.
    #[error("P5: planned as unknown as a whole, but configured")]
    UnknownForConfigured,
    /// A list, map or set has another number of elements than configured.
    #[error("P5, P6: the number of elements planned is not the configured one")]
    CountDiffers,
    /// A map has a key that configuration does not have.
    #[error("P5, P6: key {0:?} is planned, but not configured")]
    KeyNotConfigured(String),
    /// A map lacks a key that configuration has.
    #[error("P5, P6: key {0:?} is configured, but not planned")]
    KeyNotPlanned(String),
    /// Repeated blocks are planned as null.
    #[error("P6: planned as null; no blocks are an empty collection")]
    BlocksNull,
    /// Blocks are planned as unknown though their number is known.
    #[error("P6: planned as unknown, but the blocks are configured")]
    BlocksUnknown,
    /// Blocks whose number is unknown are planned as something else.
    #[error("P6: the number of blocks is unknown, so the plan must be the same unknown")]
    UnknownBlocksChanged,
    /// One block is planned as unknown as a whole.
    #[error("P6: a block is planned as unknown as a whole; only its attributes may be")]
    BlockUnknown,
    /// A write-only attribute has a value.
    #[error("P7: a write-only attribute is not null")]
    WriteOnlySet,
    /// A value of the wrong type.
    #[error("P8: expected {expected}, found {found}")]
    WrongType {
        /// The type of the place.
        expected: &'static str,
        /// The kind of the value.
        found: &'static str,
    },
    /// An object lacks an attribute.
    #[error("P8: attribute {0:?} is missing")]
    AttributeMissing(String),
    /// An object has an attribute that its type does not have.
    #[error("P8: attribute {0:?} is not in the type")]
    AttributeSurplus(String),
    /// A set's elements are out of order or repeated.
    #[error("P8: the elements of the set are out of order or repeated")]
    MalformedSet,
    /// An unknown value is refined in a way that its type does not have.
    #[error("P8: an unknown value is refined in a way that does not fit its type")]
    UnfitRefinement,
    /// A path of an attribute that needs a new object leads nowhere.
    #[error("P10: the path leads nowhere, neither in the prior nor in the planned object")]
    ReplacePathUnresolved,
    /// The second plan of an apply does something else than the first.
    #[error("P11: the second plan has the action {last:?}, the first had {initial:?}")]
    ActionChanged {
        /// What was promised.
        initial: Action,
        /// What the second plan says.
        last: Action,
    },
    /// Nothing changes, but the plan is not the prior object.
    #[error("P12: nothing changes, but the plan differs from the prior object")]
    NotPrior,
    /// There is a plan although a required attribute is configured as null. Terraform leaves that to the provider.
    #[error("P13: planned, although the required attribute is null")]
    RequiredNull,
    /// Planned as null, but has a value.
    #[error("A1: planned as null, but now has a value")]
    Appeared,
    /// Planned with a value, but is null.
    #[error("A1: planned with a value, but now null")]
    Vanished,
    /// Another value than planned.
    #[error("A1: not the planned value")]
    Changed,
    /// Unknown, though planned as known.
    #[error("A1: planned as known, but now unknown")]
    BecameUnknown,
    /// Not what the refinement of the planned unknown value promised.
    #[error("A1: not within what the planned unknown value promised")]
    OutOfRange,
    /// Of another type than planned for a dynamic place.
    #[error("A1: of another type than planned")]
    TypeChanged,
    /// An unknown value where all must be known.
    #[error("A1, R1: unknown, where every value must be known")]
    Unknown,
    /// No object after create or update.
    #[error("A2, A4: no object, but one was planned")]
    NoObject,
    /// An object after delete.
    #[error("A2: an object, but it was to be deleted")]
    NotDeleted,
    /// An element or key of the plan is gone.
    #[error("A5: element {0} has vanished")]
    ElementVanished(String),
    /// An element or key that was not planned.
    #[error("A5: element {0} was not planned")]
    ElementAppeared(String),
    /// Another number of blocks than planned.
    #[error("A5: {planned} blocks were planned, but there are {actual}")]
    BlockCountChanged {
        /// The number planned.
        planned: usize,
        /// The number there is.
        actual: usize,
    },
    /// An element of a planned set fits nothing in the result.
    #[error("A5: a planned element fits no element of the set")]
    PlannedElementUnmatched,
    /// An element of the resulting set fits nothing in the plan.
    #[error("A5: an element fits no planned element of the set")]
    ActualElementUnmatched,
    /// A set with more elements than planned.
    #[error("A5: the set has more elements than planned")]
    SetGrew,
}
