use super::*;

fn spaced(text: &str) -> String {
    text.replace(UNIT_SPACE, " ")
}

#[test]
fn the_numbers_of_the_origin_are_written_as_the_origin_wrote_them() {
    let ms = |value: f64| fixed(value, Unit::MILLISECOND, 2);
    assert_eq!(ms(2_633_826.0), "2,633,826,000.00");
    assert_eq!(ms(0.065_213), "65.21");
    assert_eq!(ms(32_455.837_295_123), "32,455,837.30");
    assert_eq!(ms(0.002), "2.00");
}

#[test]
fn halves_are_rounded_on_the_decimal_and_away_from_zero() {
    assert_eq!(fixed(5.006_565, Unit::MILLISECOND, 2), "5,006.57");
    assert_eq!(fixed(-0.125, Unit::UNKNOWN, 2), "-0.13");
    assert_eq!(fixed(1.005, Unit::UNKNOWN, 2), "1.01");
    assert_eq!(fixed(999.995, Unit::UNKNOWN, 2), "1,000.00");
    assert_eq!(fixed(0.5, Unit::UNKNOWN, 0), "1");
    assert_eq!(fixed(0.999, Unit::UNKNOWN, 2), "1.00");
}

#[test]
fn a_number_that_is_not_zero_is_never_shown_as_zero() {
    assert_eq!(fixed(0.000_001, Unit::UNKNOWN, 2), "<0.01");
    assert_eq!(fixed(-0.000_001, Unit::UNKNOWN, 2), ">-0.01");
    assert_eq!(fixed(0.3, Unit::UNKNOWN, 0), "<1");
    assert_eq!(fixed(0.0, Unit::UNKNOWN, 2), "0.00");
    assert_eq!(fixed(-0.0, Unit::UNKNOWN, 1), "0.0");
}

#[test]
fn absent_and_not_finite_print_as_a_dash() {
    let scale = Scale::of_value(Dimension::Time, 0.065);
    assert_eq!(scale.bare_or_absent(None), "–");
    assert_eq!(scale.full_or_absent(None), "–");
    assert_eq!(scale.interval(None), "–");
    assert_eq!(scale.bare(f64::NAN), "–");
    assert_eq!(percent_or_absent(None), "–");
}

#[test]
fn the_smallest_typical_value_of_a_metric_keeps_its_digits() {
    let scale = Scale::of_values(Dimension::Time, &[5.0, 0.002, 10.01], None);
    assert_eq!(spaced(&scale.full(0.002)), "2.00 ms");
    assert_eq!(spaced(&scale.full(10.015_69)), "10,015.69 ms");
}

#[test]
fn a_spread_much_smaller_than_the_values_stays_visible() {
    let scale = Scale::of_values(Dimension::Unknown, &[1000.0], Some(0.01));
    assert_eq!(scale.bare(1000.002), "1,000.002");
    assert_eq!(Scale::of_values(Dimension::Unknown, &[1234.5], None).bare(1234.4), "1,234");
}

#[test]
fn no_percentile_looks_larger_than_the_maximum() {
    let scale = Scale::of_values(Dimension::Time, &[0.0652], Some(0.004));
    let (p99, max) = (0.351_004_9, 0.351_005);
    assert_eq!(scale.bare(p99), "351.00");
    assert_eq!(scale.bare(max), "351.01");
}

#[test]
fn whole_numbers_have_no_decimals_and_their_mean_has() {
    let scale = Scale::of_values(Dimension::Time, &[0.351], None).whole_if(&[0.1, 0.351, 1.2]);
    assert_eq!(scale.bare(0.351), "351");
    assert_eq!(scale.bare(0.351_25), "351.3");
    assert_eq!(quantity(Dimension::Bytes, 512.0).replace(UNIT_SPACE, " "), "512 B");
}

#[test]
fn a_number_that_stands_alone_has_four_digits_in_the_unit_that_suits_it() {
    for (dimension, value, text) in [
        (Dimension::Time, 0.024_019_9, "24.02 ms"),
        (Dimension::Time, 0.000_054_5, "54.50 µs"),
        (Dimension::Time, 0.054, "54 ms"),
        (Dimension::Time, 10.015_69, "10.02 s"),
        (Dimension::Rate, 24_567.8, "24,570 /s"),
        (Dimension::Count, 65_535.0, "65,535"),
        (Dimension::Bytes, 2_633_826.0, "2.63 MB"),
        (Dimension::Unknown, 0.0, "0"),
    ] {
        assert_eq!(spaced(&short(dimension, value)), text, "{value}");
    }
}

#[test]
fn rows_that_are_read_have_four_digits_each_and_a_unit_of_their_own_where_they_differ_widely() {
    let shared = Scale::to_read(Dimension::Time, 912e-9, Some(4e-9), None);
    assert_eq!(spaced(&shared.full(912e-9)), "912.0 ns");
    let near = Scale::to_read(Dimension::Time, 8_637.6e-9, Some(40e-9), Some(&shared));
    assert_eq!(spaced(&near.full(8_637.6e-9)), "8,638 ns");
    let far = Scale::to_read(Dimension::Time, 86_376e-9, Some(400e-9), Some(&shared));
    assert_eq!(spaced(&far.full(86_376e-9)), "86.38 µs");
    assert_eq!(spaced(&far.full(351_004e-9)), "351.0 µs");
    assert_eq!(far.bare(12_345_678e-9), "12,346");
    assert_eq!(far.bare(0.0), "0");
    assert_eq!(far.bare(999.999e-6), "1,000", "and not 1,000.0");
}

#[test]
fn a_spread_that_four_digits_would_hide_is_shown_up_to_six() {
    let scale = Scale::to_read(Dimension::Time, 86_376e-9, Some(2.3e-9), None);
    assert_eq!((scale.bare(86_376e-9), scale.bare(86_378.3e-9)), ("86.3760".to_owned(), "86.3783".to_owned()));
    let steady = Scale::to_read(Dimension::Unknown, 1_234.5, Some(1e-9), None);
    assert_eq!(steady.bare(1_234.567_89), "1,234.57");
}

#[test]
fn rounding_to_four_digits_never_changes_an_order() {
    let scale = Scale::to_read(Dimension::Time, 0.065, None, None);
    let mut last = 0.0;
    for step in 0..4_000 {
        let value = 0.000_9 * 1.005_f64.powi(step);
        let shown: f64 = scale.bare(value).replace(',', "").parse().unwrap_or(f64::INFINITY);
        assert!(shown >= last, "{value}");
        last = shown;
    }
}

#[test]
fn intervals_say_where_they_are_open() {
    let scale = Scale::of_value(Dimension::Time, 0.0178);
    let closed = Interval { low: Some(0.0178), high: Some(0.0192), level: 0.95 };
    assert_eq!(spaced(&scale.interval(Some(&closed))), "[17.80, 19.20] ms");
    let open = Interval { high: None, ..closed };
    assert_eq!(spaced(&scale.interval(Some(&open))), "[17.80, ∞) ms");
    let below = Interval { low: None, ..closed };
    assert_eq!(spaced(&scale.interval(Some(&below))), "(-∞, 19.20] ms");
}

#[test]
fn a_unit_that_nothing_is_converted_into_is_shown_as_it_was_stated() {
    let watts = Scale::of_value(Dimension::Unknown, 126.0).as_written(Some("W"));
    assert_eq!(
        (spaced(&watts.full(126.24)), spaced(&watts.short(130.6))),
        ("126.2 W".to_owned(), "130.6 W".to_owned())
    );
    assert_eq!(spaced(&quantity_as_written(Dimension::Unknown, Some("s/GiB"), 2.0)), "2 s/GiB");
    // What has a dimension is converted, and a word that is no unit is none.
    assert_eq!(spaced(&short_as_written(Dimension::Time, Some("ms"), 2.5)), "2.50 s");
    assert_eq!(short_as_written(Dimension::Unknown, Some("widgets"), 2.5), "2.50");
}

#[test]
fn small_words_read_like_a_person_wrote_them() {
    assert_eq!(p_value(0.000_4), "< 0.001");
    assert_eq!(p_value(0.043_2), "= 0.043");
    assert_eq!(percent(0.1742), "17.4%");
    assert_eq!(percent(8.9629), "896%");
    assert_eq!(level(0.95), "95%");
    assert_eq!(level(0.999), "99.9%");
    assert_eq!(percentile_name(99.9), "p99.9");
    assert_eq!(counted(1, "sample"), "1 sample");
    assert_eq!(counted(12_000, "sample"), "12,000 samples");
    assert_eq!(spaced(&Scale::of_value(Dimension::Time, 0.0032).signed(0.0032)), "+3.20 ms");
    assert_eq!(fixed(1e308, Unit::UNKNOWN, 2), "1.000e308");
    assert_eq!(plain(0.1234), "0.123");
}
