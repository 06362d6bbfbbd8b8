//! Numbers, which Pulumi sends as floats.

use tfplug::value::Number;

/// 2^53: from here on neighbouring integers share a float.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// The number that a float was written as: 0.1 is a tenth, and not the float's own value.
///
/// # Errors
/// In words, for what is no number, and for integers that may have been rounded on their way.
pub(super) fn decode(float: f64) -> Result<Number, String> {
    if !float.is_finite() {
        return Err("is not a number".to_owned());
    }
    if float.abs() >= INEXACT {
        return Err(format!(
            "is {float}, which may have been rounded on its way here: give a number of this size as text"
        ));
    }
    // Without an exponent, and with the fewest digits that say which float it is.
    float
        .to_string()
        .parse()
        .map_err(|_| "is not a number".to_owned())
}

/// The float that says a number exactly, if one does.
pub(super) fn encode(number: &Number) -> Option<f64> {
    let float = number.to_f64();
    (decode(float).ok()? == *number).then_some(float)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_written_is_what_comes_back() {
        for text in [
            "0",
            "-5",
            "0.1",
            "1.5",
            "9007199254740991",
            "0.000001",
            "123456.789",
        ] {
            let float = encode(&number(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(decode(float).unwrap(), number(text), "{text}");
        }
    }

    #[test]
    fn nothing_is_rounded() {
        for text in [
            "9007199254740993",
            "18446744073709551616",
            "1e30",
            "0.12345678901234567890123",
        ] {
            assert_eq!(encode(&number(text)), None, "{text}");
        }
        assert!(
            decode(9_007_199_254_740_992.0)
                .unwrap_err()
                .contains("give a number of this size as text")
        );
        assert!(decode(f64::NAN).is_err() && decode(f64::INFINITY).is_err());
    }
}
