//! Bare API reads, without SDK and without Terraform: the floor of a refresh.

use std::thread;
use std::time::{Duration, Instant};

use counterparts::{HttpClient, query};

use crate::{Bench, Failure};

/// One `DescribeLaunchTemplateVersions` for each name, all at once.
pub(crate) fn all_at_once(bench: &Bench, names: &[String]) -> Result<Duration, Failure> {
    let (client, endpoint) = (HttpClient::plain(), bench.moto.url());
    let start = Instant::now();
    thread::scope(|scope| {
        let calls: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(|| read(&client, &endpoint, name)))
            .collect();
        calls
            .into_iter()
            .try_for_each(|call| call.join().map_err(|_| "a read panicked")?)
    })?;
    Ok(start.elapsed())
}

fn read(client: &HttpClient, endpoint: &str, name: &str) -> Result<(), Failure> {
    let parameters = [
        ("Action", "DescribeLaunchTemplateVersions"),
        ("Version", "2016-11-15"),
        ("LaunchTemplateName", name),
        ("LaunchTemplateVersion.1", "$Latest"),
    ];
    let answer = query(client, endpoint, "ec2", "us-east-1", &parameters)?;
    match answer.status == 200 && answer.body.contains(name) {
        true => Ok(()),
        false => Err(format!("EC2 answers {} for {name}: {}", answer.status, answer.body).into()),
    }
}
