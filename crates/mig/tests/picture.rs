//! SVG pictures, read by a real XML parser (Python's expat).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use mig::catalog::{Gpu, InstanceType};
use mig::placement::enumerate;
use mig::{Catalog, CatalogText, Layout, LayoutSpec};

/// Reads documents that are parted by a zero byte; prints for each how many rectangles of each class it has, and fails
/// where one is no well-formed XML, or draws anything outside its own canvas.
const READ: &str = r#"
import sys, xml.etree.ElementTree as xml
SVG = "{http://www.w3.org/2000/svg}"
for number, text in enumerate(sys.stdin.read().split("\0")):
    try:
        root = xml.fromstring(text)
    except xml.ParseError as error:
        sys.exit(f"document {number}: {error}\n{text}")
    width, height = float(root.get("width")), float(root.get("height"))
    count = {}
    for rect in root.iter(SVG + "rect"):
        kind = rect.get("class")
        if kind is None:
            continue
        count[kind] = count.get(kind, 0) + 1
        right = float(rect.get("x")) + float(rect.get("width"))
        bottom = float(rect.get("y")) + float(rect.get("height"))
        if right > width or bottom > height:
            sys.exit(f"document {number}: outside of the canvas\n{text}")
    print(" ".join(f"{kind}={count[kind]}" for kind in sorted(count)))
"#;

fn read(documents: &[String]) -> Vec<String> {
    let mut python = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tests of pictures need python3");
    let mut stdin = python.stdin.take().unwrap();
    stdin.write_all(documents.join("\0").as_bytes()).unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn layout(catalog: &Catalog, instance_type: &str, slices: BTreeMap<String, i64>) -> Layout {
    let spec = LayoutSpec {
        instance_types: vec![instance_type.to_owned()],
        slices: Some(slices),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, catalog).unwrap_or_else(|faults| panic!("{spec:?}: {faults:?}"))
}

/// One instance type with each GPU.
fn types(catalog: &Catalog) -> impl Iterator<Item = (&Gpu, &InstanceType)> {
    catalog.gpus().filter_map(|gpu| {
        let mut types = catalog.instance_types();
        let found = types.find(|found| found.mig.gpu.as_ref() == Some(&gpu.id))?;
        gpu.placements_known().then_some((gpu, found))
    })
}

#[test]
fn every_maximal_set_is_a_well_formed_picture_of_its_slices() {
    let catalog = Catalog::builtin();
    let (mut documents, mut expected) = (Vec::new(), Vec::new());
    for (gpu, instance_type) in types(catalog) {
        let mut multisets = Vec::new();
        enumerate(gpu, None, &mut |set, maximal| {
            let mut slices: BTreeMap<String, i64> = BTreeMap::new();
            for placed in set {
                *slices.entry(placed.profile.to_string()).or_default() += 1;
            }
            if maximal && !multisets.contains(&slices) {
                multisets.push(slices);
            }
        });
        for slices in multisets {
            let layout = layout(catalog, &instance_type.name, slices);
            let rows = layout.node(&instance_type.name).unwrap().groups();
            expected.push(rows.iter().map(|(_, slices)| slices.len()).sum::<usize>());
            documents.push(layout.picture_svg());
        }
    }
    assert!(documents.len() > 100, "{}", documents.len());
    for (found, slices) in read(&documents).iter().zip(expected) {
        assert!(
            found.starts_with(&format!("slice={slices}")),
            "{found}, not {slices}"
        );
    }
}

#[test]
fn every_instance_type_can_be_drawn_whole() {
    let catalog = Catalog::builtin();
    let sharing = r#"{"strategy": "time-slicing", "replicas": 2}"#;
    let whole = |found: &InstanceType| {
        let spec = LayoutSpec {
            instance_types: vec![found.name.clone()],
            sharing: serde_json::from_str(sharing).unwrap(),
            ..LayoutSpec::default()
        };
        Layout::resolve(&spec, catalog).unwrap().picture_svg()
    };
    let documents: Vec<String> = catalog.instance_types().map(whole).collect();
    let found = read(&documents);
    assert_eq!(found, vec!["whole=1"; documents.len()]);
}

/// A user may add instance types of his own, with names that XML does not take as they are.
#[test]
fn names_are_escaped() {
    let name = "H100 <\"A&B\"> 80GB";
    let mut file: serde_json::Value = serde_json::from_str(CatalogText::BUILTIN.instance_types).unwrap();
    for found in file["instance_types"].as_array_mut().unwrap() {
        found["gpu"]["model"] = name.into();
    }
    let catalog = Catalog::parse(CatalogText {
        instance_types: &file.to_string(),
        ..CatalogText::BUILTIN
    })
    .unwrap();
    let svg = layout(&catalog, "p5.48xlarge", BTreeMap::from([("1g".to_owned(), 6)])).picture_svg();
    assert!(svg.contains("H100 &lt;&quot;A&amp;B&quot;&gt; 80GB"), "{svg}");
    assert_eq!(read(&[svg]), ["slice=6 stranded=1"]);
}
