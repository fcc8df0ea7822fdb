use super::*;

/// Kind, unit's symbol, statistic's key, direction.
fn said(name: &str) -> (Option<Kind>, &'static str, String, Polarity) {
    let found = read(name);
    let statistic = found.statistic.map(|statistic| statistic.to_string()).unwrap_or_default();
    (found.kind, found.unit.map_or("", |unit| unit.symbol), statistic, found.polarity)
}

#[test]
fn capitals_behind_humps_tell_no_bytes_from_bits() {
    assert_eq!(said("rxBps"), (Some(Kind::Rate), "", String::new(), Polarity::HigherIsBetter));
    assert_eq!(said("rx_Bps").1, "B/s");
    assert_eq!(said("rx_bps").1, "bit/s");
    assert_eq!(said("txMBps").1, "MB/s");
}

#[test]
fn by_how_much_a_rate_moved_is_no_rate() {
    for name in ["tokens_per_s_improvement_pct", "requests_per_second_change_percent", "errors_per_request_pct"] {
        assert_eq!(read(name).unit, Some(Unit::PERCENT), "{name}");
    }
    assert_eq!(read("requests_per_second_change_percent").polarity, Polarity::Unknown);
    assert_eq!(read("Power(Watt)").unit.map(|unit| unit.symbol), Some("W"));
    assert_eq!(read("Energy (Joules)").unit.map(|unit| unit.symbol), Some("J"));
}

#[test]
fn rates_are_no_times() {
    for (name, symbol) in [
        ("output_throughput_token_per_s", "/s"),
        ("gen_tok_s", "/s"),
        ("tokens/s", "/s"),
        ("disk_mb_per_s", "MB/s"),
        ("MB/s", "MB/s"),
        ("requests_per_minute", "/min"),
        ("Ops/sec", "/s"),
        ("KB/sec", "kB/s"),
        ("rps", "/s"),
        ("ok_rps", "/s"),
        ("hz", "/s"),
        ("read.iops", "/s"),
        ("output_tokens_per_second_per_user", "/s"),
        ("sum.bits_per_second", "bit/s"),
        ("Mbit_s", "Mbit/s"),
        ("summary.rps", "/s"),
    ] {
        let (kind, unit, _, polarity) = said(name);
        assert_eq!((kind, unit, polarity), (Some(Kind::Rate), symbol, Polarity::HigherIsBetter), "{name}");
    }
}

#[test]
fn times_for_a_piece_of_work_are_times() {
    for (name, symbol) in [
        ("ns_per_op", "ns"),
        ("us_per_call", "µs"),
        ("ms_per_token", "ms"),
        ("us/op", "µs"),
        ("time_per_output_token_ms", "ms"),
        ("time_to_first_token", ""),
        ("time_between_tokens", ""),
        ("time_to_first_token_ms", "ms"),
        ("tpot", ""),
        ("itl", ""),
        ("ttft_ms", "ms"),
        ("result.latency_ms", "ms"),
        ("result_latency", ""),
        ("durationMs", "ms"),
        ("latency.value", ""),
        ("latency (us)", "µs"),
        ("Elapsed[us]", "µs"),
    ] {
        let (kind, unit, _, polarity) = said(name);
        assert_eq!((kind, unit, polarity), (Some(Kind::Duration), symbol, Polarity::LowerIsBetter), "{name}");
    }
}

#[test]
fn a_statistic_is_told_from_its_metric() {
    for (name, base, statistic, unit) in [
        ("p95_latency_ms", "latency_ms", "p95", "ms"),
        ("latency_ms_p99", "latency_ms", "p99", "ms"),
        ("mean_e2e_latency_ms", "e2e_latency_ms", "mean", "ms"),
        ("latencies.99th", "latencies", "p99", ""),
        ("read.clat_ns.mean", "read.clat_ns", "mean", "ns"),
        ("read.clat_ns.percentile.99.000000", "read.clat_ns", "p99", "ns"),
        ("result.latency.percentiles.95", "result.latency", "p95", ""),
        ("summary.avgLatency", "summary.latency", "mean", ""),
        ("results.p95Latency.value", "results.latency.value", "p95", ""),
        ("stats.p999", "stats", "p99.9", ""),
        ("90% Line", "", "p90", ""),
        ("meanResponseTime", "response_time", "mean", ""),
        ("ok_50_percent", "ok", "median", ""),
        ("latency_min", "latency", "min", ""),
        ("latency_99", "latency", "p99", ""),
        ("Std. Dev.", "", "stddev", ""),
        ("heap.mib", "heap.mib", "", "MiB"),
        ("Average Latency", "latency", "mean", ""),
    ] {
        let found = read(name);
        let key = found.statistic.map(|statistic| statistic.to_string()).unwrap_or_default();
        let symbol = found.unit.map_or("", |unit| unit.symbol);
        assert_eq!((found.base.as_str(), key.as_str(), symbol), (base, statistic, unit), "{name}");
    }
    assert_eq!(read("latencies.99th").kind, Some(Kind::Duration));
    assert_eq!(read("latency").statistic, None);
    assert_eq!(read("ping_min_rtt").kind, Some(Kind::Duration));
}

#[test]
fn the_length_of_a_run_is_no_latency() {
    for name in ["elapsed_time", "testDuration", "summary.testDurationSeconds", "timeTakenSeconds", "total_time_s"] {
        assert_eq!(read(name).kind, Some(Kind::RunLength), "{name}");
    }
    assert_eq!(read("time").kind, Some(Kind::Duration));
}

#[test]
fn counts_bits_and_sizes() {
    assert_eq!(said("key_size_bits").1, "bit");
    assert_eq!(read("total_requests").kind, Some(Kind::Count));
    assert_eq!(read("result.size").kind, None, "the size of anything");
    assert_eq!(read("rss_bytes").unit.map(|unit| unit.symbol), Some("B"));
    assert_eq!(read("error_rate").kind, Some(Kind::Share));
    assert_eq!(read("percentiles1.ok").kind, None);
    assert_eq!(read("RequestedQPS").polarity, Polarity::Unknown);
}

#[test]
fn multiples_of_what_is_counted_keep_their_factor() {
    for (name, symbol) in [
        ("gflops", "G/s"),
        ("GFLOPS/s", "G/s"),
        ("TFLOP/s", "T/s"),
        ("tflops", "T/s"),
        ("kops", "k/s"),
        ("MOps/s", "M/s"),
        ("k_req_s", "k/s"),
        ("Mops", "M/s"),
        ("flops", "/s"),
        ("m_req_s", "/s"),
        ("mpix_s", "M/s"),
        ("Gcells/s", "G/s"),
    ] {
        let (kind, unit, _, polarity) = said(name);
        assert_eq!((kind, unit, polarity), (Some(Kind::Rate), symbol, Polarity::HigherIsBetter), "{name}");
    }
    // The ticks of a clock are as they are written, and neither more nor less of them is better.
    for (name, symbol) in [("clock_mhz", "MHz"), ("freq (GHz)", "GHz"), ("cpu MHz", "MHz")] {
        let (_, unit, _, polarity) = said(name);
        assert_eq!((unit, polarity), (symbol, Polarity::Unknown), "{name}");
    }
}

#[test]
fn a_cost_by_the_byte_is_no_amount_of_bytes() {
    assert_eq!(said("cycles/byte"), (Some(Kind::Other), "", String::new(), Polarity::Unknown));
    assert_eq!(said("cycles_per_byte").1, "");
    assert_eq!(said("ns/byte").1, "ns/B");
    assert_eq!(said("time_per_output_token_ms").1, "ms");
}

#[test]
fn a_unit_keeps_what_it_is_divided_by() {
    for (name, symbol, direction) in [
        ("cpu_seconds_per_gib", "s/GiB", Polarity::LowerIsBetter),
        ("cpu_time_per_gib_s", "s/GiB", Polarity::LowerIsBetter),
        ("cost [s/GiB]", "s/GiB", Polarity::LowerIsBetter),
        ("memory [MB/token]", "MB/token", Polarity::LowerIsBetter),
        ("kv_bytes_per_token", "B/token", Polarity::LowerIsBetter),
        ("slope_s_per_tok", "s/token", Polarity::Unknown),
        ("energy_j_per_token", "J/token", Polarity::Unknown),
        ("ms_per_request_per_user", "", Polarity::Unknown),
    ] {
        let (kind, unit, _, polarity) = said(name);
        assert_eq!((kind, unit, polarity), (Some(Kind::Other), symbol, direction), "{name}");
    }
    for (name, symbol) in [("bytes_per_op", "B"), ("MB/s", "MB/s"), ("tokens_per_second_per_user", "/s")] {
        assert_eq!(said(name).1, symbol, "{name}");
    }
}

#[test]
fn a_percent_sign_is_a_unit_before_and_behind_a_name() {
    for name in ["%user", "L1D Miss%", "%memused", "Loss%"] {
        assert_eq!((said(name).0, said(name).1), (Some(Kind::Share), "%"), "{name}");
    }
    assert_eq!(said("95%").2, "p95");
}

#[test]
fn min_is_minutes_only_where_no_other_statistic_stands_beside() {
    let beside = |others: &[&'static str]| may_be_minutes(others.iter().copied(), "time_min");
    assert!(beside(&["time_min", "latency_ms", "latency_p95"]));
    assert!(!beside(&["time_min", "time_max"]));
    assert!(!may_be_minutes(["latency_min", "x"], "latency_min"), "the least, as nearly always");
}

#[test]
fn operations_that_were_added_up_are_no_rate() {
    for name in ["cumulative_flops", "total_gflops", "log10_flops"] {
        assert_eq!(said(name), (Some(Kind::Other), "", String::new(), Polarity::Unknown), "{name}");
    }
    assert_eq!(said("peak_gflops").0, Some(Kind::Rate));
}

#[test]
fn letters_in_brackets_are_units_behind_the_name_of_a_quantity() {
    for (name, symbol) in [
        ("U(V)", "V"),
        ("Current (A)", "A"),
        ("Core [V]", "V"),
        ("I(mA)", "mA"),
        ("CPU Temp (C)", "°C"),
        ("CPU [°C]", "°C"),
    ] {
        assert_eq!(said(name).1, symbol, "{name}");
    }
    for name in ["Group (A)", "Option (V)", "Language (C)"] {
        assert_eq!(said(name).1, "", "{name}");
    }
}

#[test]
fn how_much_two_differ_has_no_direction_of_a_metric() {
    assert_eq!(said("improvements.latency_percent").3, Polarity::HigherIsBetter);
    assert_eq!(said("speedups.parse").3, Polarity::HigherIsBetter);
    assert_eq!(said("delta.latency_ms").3, Polarity::Unknown);
    assert_eq!(said("improvements.latency_ms").3, Polarity::Unknown);
}

#[test]
fn what_ended_well_is_better_in_more_parts_and_what_did_not_in_fewer() {
    use Polarity::{HigherIsBetter, LowerIsBetter, Unknown};
    let names = |of: &'static str| of.split_whitespace();
    let better = names(
        "success_rate successRate pass_pct cache_hit_ratio hit_rate ok_share uptime_pct uptime_ratio completion_rate \
         passed_tests_pct hits_per_s availability_pct",
    );
    let worse = names(
        "failure_rate failureRate fail_pct timeout_rate timeouts_per_s packet_loss_pct Loss% lost_packets lost_packets_pct rejected_share \
         drop_rate dropped_frames http_5xx responses_5xx_total 4xx_rate cache_miss_rate retry_rate abort_rate crash_rate error_rate \
         gc_pause_ms stw_pause_us loss val_loss rejects",
    );
    let neither = names(
        "win_loss_ratio hit_miss_ratio false_hit_rate target_success_rate failure_rate_limit loss_reduction_pct pass_through_rate hit_points_pct \
         completion_pct completion_tokens completion_tokens_ratio injected_failure_rate error_free_pct success_rate_std \
         timeout_ms pause_ms drop learning_rate refresh_rate",
    );
    for (names, expected) in [
        (better.collect::<Vec<&str>>(), HigherIsBetter),
        (worse.collect(), LowerIsBetter),
        (neither.collect(), Unknown),
    ] {
        for name in names {
            assert_eq!(read(name).polarity, expected, "{name}");
        }
    }
}
