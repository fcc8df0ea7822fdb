//! The words by which programs call what they measure, and what each of them tells about a column.

/// Words that tell the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(&'static str);

impl Words {
    /// Whether a word is one of these.
    pub(crate) fn has(self, word: &str) -> bool {
        self.0.split_ascii_whitespace().any(|known| known == word)
    }

    /// The same for bytes, large letters or small.
    pub(crate) fn has_in_any_case(self, word: &[u8]) -> bool {
        self.0.split_ascii_whitespace().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
    }

    /// The first of the words of a name that is one of these.
    pub(crate) fn among(self, words: &[String]) -> Option<&str> {
        words.iter().map(String::as_str).find(|word| self.has(word))
    }
}

/// Called so, a column that never falls tells when.
pub(crate) const INSTANT: Words =
    Words("timestamp time ts date datetime start started stamp epoch offset at when instant");
/// Called so, a column of hours, minutes and seconds holds times of day.
pub(crate) const CLOCK: Words = Words("when at clock timestamp started start ended end date");
/// Called so, a column tells how it ended.
pub(crate) const STATUS: Words = Words("success status code ok failed outcome result successful passed");
/// Called so, a column says that something went wrong.
pub(crate) const FAILURE: Words = Words("error exception failure errmsg err");
/// Called so, a column names rows.
pub(crate) const IDENTIFIER: Words =
    Words("id uuid guid index idx seq sequence row pid tid port hash commit no number nr");
/// Called so, whole numbers name who did it or which time it was.
pub(crate) const ACTOR: Words =
    Words("thread worker session user client vu host node repetition rep run iteration round attempt turn batch step");
/// Called so, numbers describe the set-up.
pub(crate) const SETTING: Words = Words("version port");
/// Settings that are varied from run to run.
pub(crate) const PARAMETER: Words =
    Words("concurrency threads clients connections users vus workers parallelism size batch depth level n rate qps");
/// Called so, a column names the metric of its row.
pub(crate) const METRIC_NAME: Words = Words("metric metric_name metricname measurement measure");
/// Called so, a column has the values of several metrics.
pub(crate) const VALUE: Words = Words("value metric_value metricvalue val reading");
/// Called so, a column states the unit of the others in the same row.
pub(crate) const UNIT: Words = Words("unit units");
/// Symbols that are also words or abbreviations of something else; they count as units only in brackets.
pub(crate) const AMBIGUOUS_UNIT: Words = Words("min m d h 1 day days hour hours b gb tb fraction");
/// Durations.
pub(crate) const TIME: Words = Words(
    "latency latencies duration durations elapsed time times response rtt ttft ttfb delay wait waiting blocked \
     connecting handshaking sending receiving connect runtime wall took lag pause rt",
);
/// Amounts of memory or data.
pub(crate) const BYTES: Words = Words("memory mem rss heap bytes byte size vms vsz sent received length");
/// What has a size that is counted: `batch_size` is no amount of data.
pub(crate) const SETS: Words = Words("batch queue pool window sample population group chunk page");
/// Numbers of things.
pub(crate) const COUNT: Words = Words(
    "count counts errors failures requests iterations users vus sessions connections messages tokens threads \
     retries calls hits misses samples",
);
/// Things in a second.
pub(crate) const RATE: Words = Words("throughput rps qps tps hz");
/// Shares.
pub(crate) const RATIO: Words = Words("ratio fraction share pct percent utilization utilisation");
/// More of it is better.
pub(crate) const HIGHER_IS_BETTER: Words = Words("throughput rps qps tps ops hits fps score bandwidth");
/// Less of it is better.
pub(crate) const LOWER_IS_BETTER: Words = Words("errors error failures failed misses retries dropped timeouts cpu");
/// Columns of measurements are called by these. They tell `error_type,count` from a row whose value is missing.
pub(crate) const HEADER: Words = Words(
    "count latency duration elapsed time timestamp memory peak current value total mean avg min max rate size \
     bytes ms us ns sec seconds type name event label metric errors requests throughput rss cpu usage p50 p90 \
     p95 p99",
);
/// Words that stand above columns of labels and nowhere below.
pub(crate) const LABEL_HEADER: Words = Words("name label event test benchmark command operation metric case");
