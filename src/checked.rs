//! Values that were checked, and why there may be none: what is unknown for now is not invalid.

use tfplug::{Attr, Diagnostic, Diagnostics};

/// A value that was checked, or why there is none.
pub type Checked<T> = Result<T, Withheld>;

/// Why there is no checked value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// It follows from something that is known only after apply.
    Deferred,
    /// It is invalid. The error is reported where it was checked.
    Invalid,
}

/// What is not known yet, as a checked value.
pub(crate) trait OrDeferred<T> {
    /// The value, which is deferred where there is none.
    fn or_deferred(self) -> Checked<T>;
}

impl<T> OrDeferred<T> for Option<T> {
    fn or_deferred(self) -> Checked<T> {
        self.ok_or(Withheld::Deferred)
    }
}

/// All of them, if each is there: one that is invalid counts more than one that is deferred.
pub(crate) fn all<T>(checked: impl IntoIterator<Item = Checked<T>>) -> Checked<Vec<T>> {
    let (mut values, mut missing) = (Vec::new(), None);
    for one in checked {
        match one {
            Ok(value) => values.push(value),
            Err(Withheld::Invalid) => return Err(Withheld::Invalid),
            Err(Withheld::Deferred) => missing = Some(Withheld::Deferred),
        }
    }
    missing.map_or(Ok(values), Err)
}

/// The value as an attribute of a plan, or the errors among `findings`.
///
/// # Errors
/// When something is invalid.
pub(crate) fn planned<T>(checked: Checked<T>, findings: &mut Diagnostics) -> Result<Attr<T>, Diagnostics> {
    if findings.has_errors() {
        return Err(std::mem::take(findings));
    }
    match checked {
        Ok(value) => Ok(Attr::Known(value)),
        Err(Withheld::Deferred) => Ok(Attr::Unknown),
        Err(Withheld::Invalid) => Err(Diagnostic::bug("A value is invalid, and no error says why.").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invalid_counts_more_than_what_is_deferred() {
        use Withheld::{Deferred, Invalid};
        assert_eq!(all([Ok(1), Ok(2)]), Ok(vec![1, 2]));
        assert_eq!(all([Ok(1), Err(Deferred)]), Err(Deferred));
        assert_eq!(all([Err(Deferred), Err::<u8, _>(Invalid)]), Err(Invalid));
    }

    #[test]
    fn an_invalid_value_without_an_error_is_our_bug() {
        let mut findings = Diagnostics::new();
        assert_eq!(planned(Ok(1), &mut findings), Ok(Attr::Known(1)));
        let deferred: Checked<u8> = Err(Withheld::Deferred);
        assert_eq!(planned(deferred, &mut findings), Ok(Attr::Unknown));
        assert!(planned::<u8>(Err(Withheld::Invalid), &mut findings).is_err());
        findings.push(Diagnostic::error("wrong", ""));
        assert_eq!(planned(deferred, &mut findings).unwrap_err().iter().count(), 1);
    }
}
