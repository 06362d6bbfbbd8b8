//! Generated files against those of the checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::root;

/// Texts by path below one folder.
pub(crate) type Files = BTreeMap<String, String>;

/// Fails if `folder` holds anything else than `made`; with UPDATE=1 makes it so. What else lies in the folders or
/// files `by_hand` is left alone.
pub(crate) fn compare_or_update(folder: &str, made: &Files, by_hand: &[&str]) {
    let dir = root().join(folder);
    let mut found = read(&dir);
    let is_by_hand = |name: &str| by_hand.iter().any(|folder| Path::new(name).starts_with(folder));
    found.retain(|name, _| made.contains_key(name) || !is_by_hand(name));
    if found == *made {
        return;
    }
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        return write(&dir, &found, made);
    }
    let names = found.keys().chain(made.keys());
    let mut stale: Vec<_> = names.filter(|name| found.get(*name) != made.get(*name)).collect();
    stale.sort();
    stale.dedup();
    let list: String = stale
        .iter()
        .map(|name| first_difference(folder, name, &found, made))
        .collect();
    panic!(
        "{folder}/ is not what the schema and the examples give. Run `make docs`, \
            look at the differences and commit them.\n{list}"
    );
}

fn first_difference(folder: &str, name: &str, found: &Files, made: &Files) -> String {
    let (found, made) = match (found.get(name), made.get(name)) {
        (Some(found), Some(made)) => (found, made),
        (Some(_), None) => return format!("  {folder}/{name}: is there and should not be\n"),
        _ => return format!("  {folder}/{name}: is missing\n"),
    };
    let same = found
        .lines()
        .zip(made.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_owned();
    format!(
        "  {folder}/{name}:{}\n    found    {}\n    expected {}\n",
        same + 1,
        line(found),
        line(made)
    )
}

fn read(dir: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for path in entries(&next) {
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// What lies in a folder, by name; nothing if the folder is not there.
pub(crate) fn entries(dir: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(dir).into_iter().flatten();
    let mut paths: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn write(dir: &Path, found: &Files, made: &Files) {
    for name in found.keys().filter(|name| !made.contains_key(*name)) {
        fs::remove_file(dir.join(name)).unwrap();
    }
    for (name, text) in made {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
