//! Random layouts, valid or not, given to `Layout::resolve` and to the simulator's own placement rules, which are written
//! independently, cell by cell (`nvidia_smi/rules.py`): the same verdict on each. `MIG_JUDGED_LAYOUTS` says how many
//! (100,000); `MIG_SEED` repeats a run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::arbitrary::{
    COUNTS, Random, Slices, cases, catalog, groups, known_gpus, seed, type_of, valid_sets,
};
use crate::machine;
use mig::catalog::Gpu;
use mig::{Layout, LayoutSpec, Profile};
use serde_json::json;

/// A model, its valid sets, and the names of its profiles.
struct Model {
    gpu: &'static Gpu,
    sets: Vec<Slices>,
    names: Vec<String>,
}

/// One question: what was written, and for which models.
struct Case {
    spec: LayoutSpec,
    boards: Vec<&'static str>,
}

fn models() -> Vec<Model> {
    let model = |gpu: &'static Gpu| Model {
        gpu,
        sets: valid_sets(gpu),
        names: gpu.profile_names(),
    };
    known_gpus().into_iter().map(model).collect()
}

/// A valid set, one that differs from a valid one by little, or anything.
fn slices(random: &mut Random, models: &[Model], model: &Model) -> Slices {
    let mut set = random.pick(&model.sets).clone();
    match random.below(20) {
        0 => set = Slices::new(),
        1..=10 => {}
        11..=14 => *set.entry(random.pick(&model.names).clone()).or_default() += 1,
        15 | 16 => {
            let from = set.keys().next().cloned().unwrap();
            let count = set.remove(&from).unwrap();
            *set.entry(random.pick(&model.names).clone()).or_default() += count;
        }
        17 => _ = set.insert(random.pick(&random.clone().pick(models).names).clone(), 1),
        18 => {
            let some = 1 + random.below(4);
            set = (0..some)
                .map(|_| (random.pick(&model.names).clone(), 1 + random.below(9) as i64))
                .collect();
        }
        _ => {
            _ = set.insert(
                random.pick(&model.names).clone(),
                random.next() as i64 % 1_000_000 + 1,
            )
        }
    }
    set.retain(|_, count| *count > 0);
    set
}

/// The same by generic names, as far as that is unambiguous: a layout for several models.
fn generic(set: &Slices) -> Slices {
    let mut names = Slices::new();
    for (name, count) in set {
        names.insert(name.parse::<Profile>().unwrap().generic(), *count);
    }
    names
}

fn case(random: &mut Random, models: &[Model]) -> Case {
    let model = random.pick(models);
    let count = *random.pick(&COUNTS);
    let mut instance_types = vec![type_of(model.gpu, count)];
    let mut boards = vec![model.gpu.id.as_str()];
    let by_generic_name = random.one_in(4);
    if by_generic_name && random.one_in(2) {
        let other = random.pick(models).gpu;
        if other.id != model.gpu.id {
            instance_types.push(type_of(other, count));
            boards.push(&other.id);
        }
    }
    let write = |random: &mut Random| {
        let set = slices(random, models, model);
        if by_generic_name { generic(&set) } else { set }
    };
    let mut spec = LayoutSpec {
        instance_types,
        ..LayoutSpec::default()
    };
    if random.one_in(2) {
        spec.slices = Some(write(random));
    } else {
        spec.gpus = Some(groups(random, count, write));
    }
    Case { spec, boards }
}

/// What the judge is asked: one line for each group on each model.
fn questions(case: &Case) -> Vec<String> {
    let groups = case.spec.gpus.iter().flatten().map(|group| &group.slices);
    let groups = case.spec.slices.iter().chain(groups);
    let pairs = |slices: &Slices| {
        slices
            .iter()
            .map(|(name, count)| json!([name, count]))
            .collect::<Vec<_>>()
    };
    groups
        .flat_map(|slices| {
            case.boards
                .iter()
                .map(move |board| json!({"board": board, "slices": pairs(slices)}).to_string())
        })
        .collect()
}

/// The simulator's verdict on each question.
fn judge(questions: &[String]) -> Vec<bool> {
    let boards = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog/gpus.json");
    let mut child = Command::new(machine::python())
        .arg("-SE")
        .arg(machine::simulator())
        .arg("--judge")
        .env("NVIDIA_SMI_BOARDS", boards)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let verdicts = thread::scope(|scope| {
        scope.spawn(move || input.write_all((questions.join("\n") + "\n").as_bytes()).unwrap());
        output.lines().map(|line| verdict(&line.unwrap())).collect()
    });
    assert!(child.wait().unwrap().success());
    verdicts
}

fn verdict(word: &str) -> bool {
    match word {
        "yes" => true,
        "no" => false,
        other => panic!("the judge says {other:?}"),
    }
}

#[test]
fn two_judges_agree_on_every_layout() {
    let (seed, total) = (seed(), cases("MIG_JUDGED_LAYOUTS", 100_000));
    println!("MIG_SEED={seed}");
    let models = models();
    let mut random = Random::from_seed(seed);
    let cases: Vec<Case> = (0..total).map(|_| case(&mut random, &models)).collect();
    let questions_of: Vec<Vec<String>> = cases.iter().map(questions).collect();
    let all: Vec<String> = questions_of.iter().flatten().cloned().collect();
    let (verdicts, ours) = thread::scope(|scope| {
        let verdicts = scope.spawn(|| judge(&all));
        let resolve = |case: &Case| Layout::resolve(&case.spec, catalog()).is_ok();
        let halves = cases.chunks(cases.len().div_ceil(2).max(1));
        let halves: Vec<_> = halves
            .map(|half| scope.spawn(move || half.iter().map(resolve).collect::<Vec<bool>>()))
            .collect();
        let ours = halves.into_iter().flat_map(|half| half.join().unwrap());
        let ours: Vec<bool> = ours.collect();
        (verdicts.join().unwrap(), ours)
    });
    assert_eq!(verdicts.len(), all.len());
    let mut verdicts = verdicts.into_iter();
    let mut valid = 0;
    for ((case, questions), ours) in cases.iter().zip(&questions_of).zip(ours) {
        let answers: Vec<bool> = questions.iter().map(|_| verdicts.next().unwrap()).collect();
        let theirs = answers.iter().all(|answer| *answer);
        assert_eq!(
            ours, theirs,
            "MIG_SEED={seed}: we say {ours} of {:?}; the judge: {questions:#?} {answers:?}",
            case.spec
        );
        valid += usize::from(ours);
    }
    println!("{valid} of {total} are valid");
    assert!(
        (total / 5..total * 4 / 5).contains(&valid),
        "{valid} of {total}: one-sided cases prove little"
    );
}
