//! Attributes to the types of the AWS SDK (`to`), and back (`from`). AWS leaves empty texts and lists out where it
//! has none, and sometimes sends them empty; both are null here.

/// From an attribute to what the SDK's builders accept.
pub(in crate::resources) mod to {
    use tfplug::{Attr, SetOf};

    pub(in crate::resources) fn text(attr: &Attr<String>) -> Option<String> {
        attr.known().cloned()
    }

    pub(in crate::resources) fn flag(attr: &Attr<bool>) -> Option<bool> {
        attr.known().copied()
    }

    /// The schema's rules keep every number far below this type's limit.
    pub(in crate::resources) fn number(attr: &Attr<i64>) -> Option<i32> {
        attr.known().map(|n| i32::try_from(*n).unwrap_or(i32::MAX))
    }

    /// One word of a closed set of the API.
    pub(in crate::resources) fn word<T: for<'a> From<&'a str>>(attr: &Attr<String>) -> Option<T> {
        attr.as_str().map(T::from)
    }

    pub(in crate::resources) fn set(attr: &Attr<SetOf<String>>) -> Option<Vec<String>> {
        attr.known().map(|set| set.0.clone())
    }

    pub(in crate::resources) fn each<T, U>(attr: &Attr<Vec<T>>, f: fn(&T) -> U) -> Option<Vec<U>> {
        attr.known().map(|list| list.iter().map(f).collect())
    }
}

/// From an attribute to what the domain's rules judge.
pub(in crate::resources) mod given {
    use mig::ec2::Given;
    use tfplug::Attr;

    pub(in crate::resources) fn text(attr: &Attr<String>) -> Given<&str> {
        each(attr, String::as_str)
    }

    pub(in crate::resources) fn plain<T: Copy>(attr: &Attr<T>) -> Given<T> {
        each(attr, |value| *value)
    }

    pub(in crate::resources) fn each<'a, T, U>(attr: &'a Attr<T>, of: impl FnOnce(&'a T) -> U) -> Given<U> {
        match attr {
            Attr::Null => Given::Absent,
            Attr::Unknown => Given::Unknown,
            Attr::Known(value) => Given::Known(of(value)),
        }
    }
}

/// From an answer of the SDK to an attribute.
pub(in crate::resources) mod from {
    use tfplug::{Attr, SetOf};

    pub(in crate::resources) fn text(found: Option<&str>) -> Attr<String> {
        found.filter(|t| !t.is_empty()).map(str::to_owned).into()
    }

    pub(in crate::resources) fn number(found: Option<i32>) -> Attr<i64> {
        found.map(i64::from).into()
    }

    pub(in crate::resources) fn some_set(found: &[String]) -> Attr<SetOf<String>> {
        if found.is_empty() {
            Attr::Null
        } else {
            SetOf(found.to_vec()).into()
        }
    }

    pub(in crate::resources) fn some_list<T, U>(found: &[T], f: fn(&T) -> U) -> Attr<Vec<U>> {
        if found.is_empty() {
            Attr::Null
        } else {
            found.iter().map(f).collect::<Vec<_>>().into()
        }
    }
}
