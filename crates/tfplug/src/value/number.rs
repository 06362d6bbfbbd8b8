//! Exact numbers.

use std::fmt;
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, ToPrimitive};

/// A number of Terraform: an exact decimal of any size, or an infinity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// Below every other number.
    NegativeInfinity,
    /// An exact decimal.
    Finite(BigDecimal),
    /// Above every other number.
    PositiveInfinity,
}

/// Text or a float that is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a number")]
pub struct NumberError(String);

/// Beyond this many digits of exponent a decimal is refused: writing it out would exhaust memory.
const MAX_EXPONENT: i64 = 4096;

impl Number {
    /// Whether it is finite and has no fraction.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self, Number::Finite(number) if number.is_integer())
    }

    /// The number as an integer of 64 bits, if it is one.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Number::Finite(d) if d.is_integer() => d.to_i64(),
            _ => None,
        }
    }

    /// The nearest float.
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::NegativeInfinity => f64::NEG_INFINITY,
            Number::PositiveInfinity => f64::INFINITY,
            Number::Finite(d) => d.to_f64().unwrap_or(f64::NAN),
        }
    }

    /// The exact value of a float.
    ///
    /// # Errors
    /// For NaN, which Terraform does not have.
    pub fn from_f64(float: f64) -> Result<Self, NumberError> {
        if float == f64::INFINITY {
            return Ok(Number::PositiveInfinity);
        }
        if float == f64::NEG_INFINITY {
            return Ok(Number::NegativeInfinity);
        }
        let exact = BigDecimal::try_from(float).map_err(|_| NumberError(float.to_string()))?;
        Ok(Number::Finite(exact.normalized()))
    }
}

impl From<i64> for Number {
    fn from(v: i64) -> Self {
        Number::Finite(BigDecimal::from(v).normalized())
    }
}

impl From<u64> for Number {
    fn from(v: u64) -> Self {
        Number::Finite(BigDecimal::from(v).normalized())
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || NumberError(text.chars().take(64).collect());
        let decimal = BigDecimal::from_str(text).map_err(|_| bad())?.normalized();
        let (_, scale): (BigInt, i64) = decimal.as_bigint_and_exponent();
        if scale.abs() > MAX_EXPONENT {
            return Err(bad());
        }
        Ok(Number::Finite(decimal))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::NegativeInfinity => write!(f, "-Inf"),
            Number::PositiveInfinity => write!(f, "Inf"),
            Number::Finite(d) => f.write_str(&d.to_plain_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_and_bounded() {
        let big: Number = "18446744073709551616.5".parse().unwrap();
        assert_eq!(big.to_string(), "18446744073709551616.5");
        assert_eq!(Number::from_f64(0.5).unwrap(), "0.5".parse().unwrap());
        assert_eq!("1e3".parse::<Number>().unwrap().to_i64(), Some(1000));
        assert!("1e999999999".parse::<Number>().is_err());
        assert!(Number::from_f64(f64::NAN).is_err());
        assert!("".parse::<Number>().is_err());
    }
}
