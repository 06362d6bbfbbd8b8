//! Rules of the kubelet's configuration. From Karpenter 1.15 on the CRD accepts any map; the controller then refuses what
//! kubelet's own type does not have, and the class never becomes ready.
//!
//! Source: `kubeletconfiguration_validation.go` of karpenter-provider-aws v1.15.0, `KubeletConfiguration` of
//! k8s.io/kubelet v0.37.0.

use serde_json::Value;

use crate::manifests::karpenter::choices;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::field::Field;
use crate::manifests::karpenter::place::Findings;
use crate::manifests::kubernetes::is_quantity;

const SIGNALS: [&str; 6] = [
    "imagefs.available",
    "imagefs.inodesFree",
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "pid.available",
];

const RESERVABLE: [&str; 4] = ["cpu", "ephemeral-storage", "memory", "pid"];

/// What Karpenter maps to Bottlerocket's settings; it refuses other keys for that family, and podsPerCore too.
const BOTTLEROCKET: [&str; 11] = [
    "clusterDNS",
    "cpuCFSQuota",
    "evictionHard",
    "evictionMaxPodGracePeriod",
    "evictionSoft",
    "evictionSoftGracePeriod",
    "imageGCHighThresholdPercent",
    "imageGCLowThresholdPercent",
    "kubeReserved",
    "maxPods",
    "systemReserved",
];

const BOOLEANS: &str = "cgroupsPerQOS cpuCFSQuota enableContentionProfiling enableControllerAttachDetach \
    enableDebugFlagsHandler enableDebuggingHandlers enableProfilingHandler enableServer enableSystemLogHandler \
    enableSystemLogQuery failCgroupV1 failSwapOn kernelMemcgNotification localStorageCapacityIsolation \
    makeIPTablesUtilChains mergeDefaultEvictionSettings protectKernelDefaults registerNode rotateCertificates runOnce \
    seccompDefault serializeImagePulls serverTLSBootstrap singleProcessOOMKill";

const NUMBERS: &str = "containerLogMaxFiles containerLogMaxWorkers eventBurst eventRecordQPS evictionMaxPodGracePeriod \
    healthzPort imageGCHighThresholdPercent imageGCLowThresholdPercent iptablesDropBit iptablesMasqueradeBit kubeAPIBurst \
    kubeAPIQPS maxOpenFiles maxParallelImagePulls maxPods nodeLeaseDurationSeconds nodeStatusMaxImages oomScoreAdj \
    podPidsLimit podsPerCore port readOnlyPort registryBurst registryPullQPS";

const TEXTS: &str = "address cgroupDriver cgroupRoot clusterDomain configMapAndSecretChangeDetectionStrategy \
    containerLogMaxSize containerRuntimeEndpoint contentType cpuManagerPolicy hairpinMode healthzBindAddress \
    imagePullCredentialsVerificationPolicy imageServiceEndpoint kubeReservedCgroup kubeletCgroups memoryManagerPolicy \
    memoryReservationPolicy podCIDR podLogsDir providerID reservedSystemCPUs resolvConf showHiddenMetricsForVersion \
    staticPodPath staticPodURL systemCgroups systemReservedCgroup tlsCertFile tlsMinVersion tlsPrivateKeyFile \
    topologyManagerPolicy topologyManagerScope volumePluginDir";

const DURATIONS: &str = "containerLogMonitorInterval cpuCFSQuotaPeriod cpuManagerReconcilePeriod \
    evictionPressureTransitionPeriod fileCheckFrequency httpCheckFrequency imageMaximumGCAge imageMinimumGCAge \
    nodeStatusReportFrequency nodeStatusUpdateFrequency runtimeRequestTimeout shutdownGracePeriod \
    shutdownGracePeriodCriticalPods streamingConnectionIdleTimeout syncFrequency volumeStatsAggPeriod";

const TEXT_LISTS: &str = "allowedUnsafeSysctls clusterDNS enforceNodeAllocatable preloadedImagesVerificationAllowlist \
    tlsCipherSuites";

const TEXT_MAPS: &str = "cpuManagerPolicyOptions defaultPodSysctls evictionHard evictionMinimumReclaim evictionSoft \
    evictionSoftGracePeriod kubeReserved qosReserved systemReserved topologyManagerPolicyOptions";

const OBJECTS: &str = "authentication authorization crashLoopBackOff featureGates logging memorySwap staticPodURLHeader \
    tracing userNamespaces";

const LISTS: &str = "reservedMemory shutdownGracePeriodByPodPriority tlsCurvePreferences";

pub(super) fn check(findings: &mut Findings, kubelet: &Field<'_>, family: Option<AmiFamily>) {
    for (key, setting) in kubelet.entries() {
        if key == "registerWithTaints" {
            let detail = "Karpenter sets it from the pool's taints. Give the taints to the pool.";
            findings.fault(&setting, "registerWithTaints cannot be set", detail);
        } else if family == Some(AmiFamily::Bottlerocket) && !BOTTLEROCKET.contains(&key) {
            let detail = format!("Karpenter gives Bottlerocket only {}.", BOTTLEROCKET.join(", "));
            findings.fault(&setting, format!("Bottlerocket does not accept {key}"), detail);
        } else {
            check_type(findings, &setting, key);
        }
    }
    for field in [
        "evictionHard",
        "evictionSoft",
        "evictionMinimumReclaim",
        "evictionSoftGracePeriod",
    ] {
        check_signals(findings, &kubelet.key(field), field == "evictionSoftGracePeriod");
    }
    for field in ["kubeReserved", "systemReserved"] {
        check_reserved(findings, &kubelet.key(field));
    }
    check_numbers(findings, kubelet);
    check_soft_pairs(findings, kubelet);
}

/// A value under its own key must be what kubelet's type says.
fn check_type(findings: &mut Findings, setting: &Field<'_>, key: &str) {
    let value = setting.value();
    let among = |names: &str| names.split_whitespace().any(|name| name == key);
    let (fits, expected) = if among(BOOLEANS) {
        (value.is_boolean(), "true or false")
    } else if among(NUMBERS) {
        (value.is_i64() || value.is_u64(), "a whole number, not a text")
    } else if among(TEXTS) {
        (value.is_string(), "a text")
    } else if among(DURATIONS) {
        (
            value.as_str().is_some_and(is_go_duration),
            "a duration as text: 30s, 2m, 1h30m",
        )
    } else if among(TEXT_LISTS) {
        let fits = value
            .as_array()
            .is_some_and(|list| list.iter().all(Value::is_string));
        (fits, "a list of texts")
    } else if among(TEXT_MAPS) {
        let fits = value
            .as_object()
            .is_some_and(|map| map.values().all(Value::is_string));
        (fits, "a map of texts")
    } else if among(OBJECTS) {
        (value.is_object(), "an object")
    } else if among(LISTS) {
        (value.is_array(), "a list")
    } else if key == "memoryThrottlingFactor" {
        (value.is_number(), "a number")
    } else {
        unknown(findings, setting, key);
        return;
    };
    if !fits {
        let detail = format!(
            "It is {expected}. Kubernetes accepts anything here; Karpenter then never makes the class ready{}.",
            if key == "maxPods" {
                "; expressions need its feature gate NodeClassCEL, which is off by default"
            } else {
                ""
            }
        );
        findings.fault(setting, format!("kubelet.{key} cannot be {value}"), detail);
    }
}

fn unknown(findings: &mut Findings, setting: &Field<'_>, key: &str) {
    let all = [
        BOOLEANS, NUMBERS, TEXTS, DURATIONS, TEXT_LISTS, TEXT_MAPS, OBJECTS, LISTS,
    ];
    let mut names = all.iter().flat_map(|names| names.split_whitespace());
    if let Some(name) = names.find(|name| name.eq_ignore_ascii_case(key)) {
        findings.fault(
            setting,
            format!("kubelet has no {key}"),
            format!("It is written {name}; upper and lower case matter."),
        );
        return;
    }
    findings.warn(
        setting,
        format!("kubelet.{key} is not known to Karpenter 1.15"),
        "A key that the installed Karpenter does not know keeps the class from becoming ready. Check its spelling.",
    );
}

fn check_signals(findings: &mut Findings, thresholds: &Field<'_>, grace_periods: bool) {
    for (signal, at) in thresholds.entries() {
        let Some(text) = at.text() else { continue };
        if !SIGNALS.contains(&signal) {
            let detail = format!("It is one of {}.", SIGNALS.join(", "));
            findings.fault(&at, format!("{signal:?} is not an eviction signal"), detail);
        }
        if grace_periods {
            if !is_go_duration(text) {
                let summary = format!("{text:?} is not a duration");
                findings.fault(&at, summary, "It is written 30s, 2m, 1h30m.");
            }
        } else if !is_percentage(text) && !is_quantity(text) {
            let detail = "It is a percentage, 5%, or a quantity that is not negative, 500Mi.";
            findings.fault(&at, format!("{text:?} is not an amount"), detail);
        }
    }
}

fn is_percentage(text: &str) -> bool {
    let number = text
        .strip_suffix('%')
        .and_then(|number| number.parse::<f64>().ok());
    number.is_some_and(|number| (0.0..=100.0).contains(&number))
}

fn check_reserved(findings: &mut Findings, reserved: &Field<'_>) {
    for (resource, at) in reserved.entries() {
        let Some(text) = at.text() else { continue };
        if !RESERVABLE.contains(&resource) {
            let detail = format!("It is one of {}.", RESERVABLE.join(", "));
            findings.fault(&at, format!("{resource:?} cannot be reserved"), detail);
        }
        if !is_quantity(text) {
            let detail = "It is a number with an optional unit: 100m, 1Gi. Expressions need Karpenter's feature gate \
                NodeClassCEL, which is off by default.";
            findings.fault(&at, format!("{text:?} is not a quantity"), detail);
        }
    }
}

fn check_numbers(findings: &mut Findings, kubelet: &Field<'_>) {
    let (high, low) = (
        kubelet.key("imageGCHighThresholdPercent"),
        kubelet.key("imageGCLowThresholdPercent"),
    );
    findings.within(&high, choices::PERCENT);
    findings.within(&low, choices::PERCENT);
    for key in ["podsPerCore", "evictionMaxPodGracePeriod", "maxPods"] {
        findings.within(&kubelet.key(key), (0, i64::from(i32::MAX)));
    }
    let pair = high.number().zip(low.number());
    if let Some((most, least)) = pair.filter(|(most, least)| most <= least) {
        findings.fault(
            &high,
            format!("Images would never be collected between {least} and {most} percent"),
            "imageGCHighThresholdPercent is greater than imageGCLowThresholdPercent.",
        );
    }
}

fn check_soft_pairs(findings: &mut Findings, kubelet: &Field<'_>) {
    let fields = ["evictionSoft", "evictionSoftGracePeriod"];
    for (field, other) in [(fields[0], fields[1]), (fields[1], fields[0])] {
        for (signal, at) in kubelet.key(field).entries() {
            if kubelet.key(other).key(signal).text().is_none() {
                findings.fault(
                    &at,
                    format!("{signal} has no {other}"),
                    "A soft threshold and its grace period go together.",
                );
            }
        }
    }
}

/// Go's duration, not negative: `30s`, `1h30m`, `1.5h`, `100ms`.
fn is_go_duration(text: &str) -> bool {
    if text == "0" {
        return true;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let Some(end) = end.filter(|end| *end > 0) else {
            return false;
        };
        let (number, unit) = rest.split_at(end);
        let unit_end = unit
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(unit.len());
        let known = ["ns", "us", "µs", "ms", "s", "m", "h"].contains(&&unit[..unit_end]);
        if number.parse::<f64>().is_err() || !known {
            return false;
        }
        rest = &unit[unit_end..];
    }
    !text.is_empty()
}
