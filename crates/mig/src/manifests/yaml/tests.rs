//! How scalars and documents look, and in which order they come.

use serde_json::{Value, json};

use super::*;

fn scalar(text: &str) -> String {
    document(&json!({"key": text}))
        .strip_prefix("key:")
        .unwrap()
        .to_owned()
}

#[test]
fn texts_that_would_be_misread_are_quoted() {
    for plain in [
        "a",
        "mig-small",
        "nvcr.io/nvidia/k8s-device-plugin:v0.20.1",
        "/dev/xvda",
        "al2023@v20261003",
        "p5.48xlarge",
        "trueish",
        "Never",
    ] {
        assert_eq!(scalar(plain), format!(" {plain}\n"));
    }
    for quoted in [
        "",
        " ",
        "1",
        "1.5",
        "0x1f",
        "1e3",
        "720h",
        "true",
        "Yes",
        "NO",
        "off",
        "null",
        "~",
        "y",
        "-",
        "- a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "*a",
        "&a",
        "!a",
        "[a]",
        "{a}",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "a,b",
        "?",
        "=",
        "<<",
        "2026-01-01",
        "1:30",
        ".inf",
        " a",
        "a ",
        "'a'",
    ] {
        assert_eq!(scalar(quoted), format!(" \"{quoted}\"\n"));
    }
    assert_eq!(scalar("say \"a\\b\""), " \"say \\\"a\\\\b\\\"\"\n");
    assert_eq!(
        scalar("a\r\tb\u{7f}\u{85}\u{2028}\u{feff}ü"),
        " \"a\\r\\tb\\u007f\\u0085\\u2028\\ufeffü\"\n"
    );
}

#[test]
fn several_lines_are_a_block() {
    assert_eq!(
        scalar("#!/bin/sh\n\ttrue # not a comment\n\n  x \n"),
        " |\n  #!/bin/sh\n  \ttrue # not a comment\n\n    x \n"
    );
    assert_eq!(scalar("a\nb"), " |-\n  a\n  b\n");
    assert_eq!(scalar("a\nb\n\n\n"), " |+\n  a\n  b\n\n\n");
    assert_eq!(scalar("  a\nb\n"), " |2\n    a\n  b\n");
    for quoted in ["\na", "\n", "   \na", "a\n  ", "a\r\nb\n", "a\n\u{2028}\n"] {
        assert!(scalar(quoted).starts_with(" \""), "{quoted:?}");
    }
}

#[test]
fn nesting() {
    let value = json!({
        "empty": {"list": [], "map": {}, "nothing": null},
        "list": [1, -2.5, true, "x", [], [["deep"], {"a": 1}], {"first": {"b": 2}, "second": ["c"], "third": "d\ne\n"}],
        "true": 1e100,
    });
    let expected = "\
empty:
  list: []
  map: {}
  nothing: null
list:
  - 1
  - -2.5
  - true
  - x
  - []
  - - - deep
    - a: 1
  - first:
      b: 2
    second:
      - c
    third: |
      d
      e
\"true\": 1.0e+100
";
    assert_eq!(document(&value), expected);
    assert_eq!(document(&json!([])), "[]\n");
}

fn object(kind: &str, namespace: &str, name: &str) -> Value {
    let mut metadata = json!({"name": name});
    if !namespace.is_empty() {
        metadata["namespace"] = json!(namespace);
    }
    json!({"apiVersion": "v1", "kind": kind, "metadata": metadata})
}

#[test]
fn objects_come_in_the_order_of_their_use_whatever_the_input() {
    let objects = [
        object("NodePool", "", "b"),
        object("Other", "", "a"),
        object("NodeOverlay", "", "b"),
        object("DaemonSet", "kube-system", "a"),
        object("NodePool", "", "a"),
        object("EC2NodeClass", "", "z"),
        object("ServiceAccount", "kube-system", "a"),
    ];
    let text = stream(&objects).unwrap();
    let kinds: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("kind: "))
        .collect();
    assert_eq!(
        kinds,
        [
            "ServiceAccount",
            "DaemonSet",
            "EC2NodeClass",
            "NodePool",
            "NodePool",
            "NodeOverlay",
            "Other"
        ]
    );
    let mut turned = objects.to_vec();
    turned.reverse();
    turned.push(objects[0].clone());
    assert_eq!(stream(&turned).unwrap(), text);
    assert_eq!(stream(&[]).unwrap(), "");
}

#[test]
fn two_objects_of_one_name_are_no_stream() {
    let mut other = object("ConfigMap", "kube-system", "a");
    other["data"] = json!({"x": "y"});
    let error = stream(&[object("ConfigMap", "kube-system", "a"), other]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "two different objects are both ConfigMap kube-system/a"
    );
    assert_eq!(stream(&[json!({"kind": "X"})]), Err(StreamError::Nameless));
}
