//! The words by which programs call what they measure, and what each of them tells about a column.

pub(crate) use crate::measure::words::Words;

/// What kind of quantity a name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// How long something took: a sample of it can be a metric.
    Duration,
    /// How long the whole run took, or was to take.
    RunLength,
    /// An amount of memory or data.
    Bytes,
    /// Events or bytes by time.
    Rate,
    /// Things counted.
    Count,
    /// A part of a whole.
    Share,
    /// A quantity of physics in a unit that is none of ours: a speed, a cost of energy.
    Other,
}

/// Called so, a column that never falls tells when.
pub(crate) const INSTANT: Words = Words::of(
    "timestamp time ts date datetime start started stamp epoch offset at when instant second temps tiempo tempo zeit czas",
);
/// Called so, a column of hours, minutes and seconds holds times of day.
pub(crate) const CLOCK: Words = Words::of("when at clock timestamp started start ended end date current now");
/// Called so, beside a column of dates, hours and minutes are a time of day.
pub(crate) const TIME_OF_DAY: Words = Words::of("time zeit uhrzeit hora heure ora tijd tid godzina czas clock");
/// Called so, a column holds dates.
pub(crate) const DATE: Words = Words::of("date datum fecha data jour giorno day tag dia dato");
/// Called so, a column tells how its row ended.
pub(crate) const STATUS: Words = Words::of(
    "success status code ok failed outcome result successful passed statuscode responsecode httpstatus httpcode exitcode returncode \
     retcode rc",
);
/// Called so, a column says whether a result was right; where nothing else says how its row ended, that does.
pub(crate) const VERIFIED: Words = Words::of("verified validated valid correct verification correctness");
/// Called so, a column of texts says which kinds there are, even where `error` is one of them.
pub(crate) const KIND: Words =
    Words::of("type kind category group class event name metric label level benchmark test case");
/// How bad something was that is written down, as logs and traces say it.
pub(crate) const SEVERITY: Words = Words::of("default debug info notice trace warning warn error fatal critical");
/// What may stand beside such a word in the same leaf.
pub(crate) const BESIDE_STATUS: Words =
    Words::of("http https response return exit grpc net is was has request req sample final test error run job task");
/// Called so, a column says that something went wrong.
pub(crate) const FAILURE: Words = Words::of("error exception failure errmsg err");
/// What stands beside such a word: `error_message`, `exception.type`.
pub(crate) const OF_FAILURE: Words = Words::of("message msg type text reason detail details kind");
/// Called so, a column of texts remarks something on its row: it names no kind of rows.
pub(crate) const REMARK: Words =
    Words::of("details remark remarks comment comments note notes description explanation");
/// What a row may be of which such a word speaks, and what links the two.
pub(crate) const OF_ROW: Words = Words::of(
    "is has had was were got any flag occurred happened request req response call query job task test run http api",
);
/// Called so, a column names rows.
pub(crate) const IDENTIFIER: Words = Words::of(
    "id uuid guid index idx seq sequence row pid tid port hash commit no number nr table \
     numero número nummer numer índice indice 번호 순번 序号 编号 番号",
);
/// Called so, whole numbers name who did it or which time it was.
pub(crate) const ACTOR: Words = Words::of(
    "thread worker session user client vu host node repetition rep repeat replicate seed run iteration round attempt turn batch step epoch hop rotation iteração iteración iterazione execucao execução ejecucion ejecución repetição repeticao repetición repeticion \
     rodada corrida wiederholung durchlauf lauf",
);
/// Called so and nothing else, whole numbers that go on by one count the rows.
pub(crate) const COUNTER: Words = Words::of("iter frame");
/// Called so, numbers that never fall say how far a training or a simulation had come.
pub(crate) const PROGRESS: Words =
    Words::of("step steps timestep timesteps epoch epochs episode episodes update updates generation generations");
/// Called so, small whole numbers name the run (process, fork, launch) that a row was measured in.
pub(crate) const RUN: Words = Words::of("invocation fork launch trial");
/// What is done again and again: a number behind one of these counts repetitions.
pub(crate) const REPETITION: Words =
    Words::of("run rep repetition iteration round attempt execution invocation fork launch trial");
/// Called so, numbers describe the set-up.
pub(crate) const SETTING: Words = Words::of("version port");
/// Settings that are varied from run to run.
pub(crate) const PARAMETER: Words = Words::of(
    "layers layer heads epochs hidden neurons entries elements rows cols columns context ctx imgsz resolution cpus gpus vcpus vms \
     nodes processes procs procesos queues batchsize concurrency concurrent conc threads nthreads clients connections conns users vus workers procs gomaxprocs cores parallelism \
     shards replicas partitions warehouses numjobs iodepth size sizes batch depth level lvl workload consumers producers ncons nprod n k m dim dims width height \
     tamanho tamaño tamano tamanio taille größe groesse dimensione hilos hebras fils procesadores processadores prozesse núcleos nucleos \
     elementos profundidad profundidade numelements nelements \
     nprocs nproc np ntasks npes ranks nranks nnodes ncores nrows ncols len \
     capacity degree scale factor rate qps length prompt payload blocksize bs vertices edges cells nnz args arg param params parameters \
     threshold thresh lookahead window stride radius tile tiles chunk chunks voxels grid channels filters kernel parallel toolkits tools documents docs datasets",
);
/// Settings that nobody measures.
pub(crate) const ALWAYS_PARAMETER: Words =
    Words::of("concurrency concurrent workers nthreads numjobs iodepth gomaxprocs parallelism");
/// What a number stands behind that names a question, not an answer: `query_number`, `test_id`.
pub(crate) const QUESTION: Words =
    Words::of("query test case scenario problem task question q benchmark experiment config configuration");
/// Devices of a machine; numbers under such a name alone name one of them.
pub(crate) const DEVICE: Words = Words::of("gpu cpu core device rank shard disk nic card");
/// Texts that name a configuration.
pub(crate) const CONFIGURATION: Words = Words::of(
    "impl implementation variant engine backend lang language compiler mode algorithm algo strategy dataset framework \
     library lib protocol codec device gpu config configuration cache optimization quantization precision dtype",
);
/// Objects with such a name hold settings.
pub(crate) const SETTINGS_OBJECT: Words = Words::of(
    "knobs hyperparameters hyperparams hparams payload params parameters param config configuration settings setting options opts args arguments environment env",
);
/// Objects with such a name describe a machine, or hold what was measured on it.
pub(crate) const MACHINE_OBJECT: Words = Words::of("machine system hardware host context");
/// Called so, a column names the metric of its row.
pub(crate) const METRIC_NAME: Words = Words::of("metric metric_name metricname measurement measure _field");
/// Called so, a column has the values of several metrics.
pub(crate) const VALUE: Words = Words::of("value _value metric_value metricvalue val reading score");
/// Called so, a column states the unit of the others in the same row.
pub(crate) const UNIT: Words = Words::of("unit units");
/// Symbols that are also words or abbreviations of something else; they count as units only in brackets.
pub(crate) const AMBIGUOUS_UNIT: Words =
    Words::of("min m d h 1 day days hour hours b gb tb fraction count ratio share");
/// Behind one of these, `gb` and `tb` are amounts of data.
pub(crate) const HOLDS_DATA: Words = Words::of(
    "memory mem ram vram dram hbm rss heap disk storage ssd swap file cache buffer buffers used free available avail peak data read \
     written transferred transfer sent received footprint weights allocated reserved cached",
);
/// Behind one of these, `w`, `j` and `wh` are units of power and energy.
pub(crate) const POWER: Words = Words::of("power energy draw consumption consumed tdp electricity powers energies");
/// Things that are counted.
pub(crate) const COUNTS: Words = Words::of(
    "count counts errors failures requests req reqs iterations users vus sessions connections messages msgs \
     tokens token threads retries calls hits misses samples allocs allocations packets transactions trans \
     queries rows events items operations ops frames images successes failed timeouts pixels cpus gpus tpus npus vcpus \
     vms jvms ids",
);
/// How long something took.
pub(crate) const DURATIONS: Words = Words::of(
    "latency latencies lat clat slat duration durations elapsed time times rtt ttft ttfb ttlb e2e e2el ttst tbt itl \
     tpot delay wait waiting blocked connecting handshaking sending receiving connect runtime wall walltime \
     took lag pause rt jitter ping age tempo tiempo zeit dauer laufzeit antwortzeit duración duracion duração duracao durée duree \
     latencia latência latenz 耗时 时间 延迟",
);
/// Words of other languages for quantities of time, beside which other words of theirs may stand.
pub(crate) const FOREIGN: Words = Words::of(
    "tempo tiempo temps zeit dauer laufzeit duración duracion duração duracao durée duree latencia latência latenz ejecución ejecucion \
     execução execucao de do da del",
);
/// Of these, what follows is not how long it took: `blocked_ips`, `sending_host`.
pub(crate) const PHASES: Words = Words::of("blocked connecting handshaking sending receiving connect");
/// Amounts of memory or data.
pub(crate) const BYTES: Words = Words::of("memory mem rss heap bytes byte vms vsz maxrss pss uss allocated");
/// Things or bytes by time; more is better.
pub(crate) const RATES: Words = Words::of(
    "throughput bandwidth bw rate rps qps tps pps ops iops hz fps flops mflops gflops tflops mips \
     kbps mbps gbps bps speed",
);
/// Columns of a summary that say how many were measured.
pub(crate) const MEASURED: Words =
    Words::of("samples requests request count n iterations operations transactions trans calls completed");
/// Called so and nothing else, whole numbers beside those that failed say how many succeeded.
pub(crate) const SUCCEEDED: Words = Words::of("ok success successes successful succeeded passed pass passes");
/// Requests by name.
pub(crate) const REQUESTS: Words = Words::of("request requests req reqs prompts");
/// Tests by name.
pub(crate) const TESTS: Words = Words::of("test tests");
/// Beside these, a number of requests is not that of all.
pub(crate) const NOT_ALL: Words =
    Words::of("per concurrent parallel active pending inflight flight queued outstanding waiting target limit batch");
/// Words that only say that something is counted: what it is stands above them.
pub(crate) const HOW_MANY: Words = Words::of("total count counts number num n sum all");
/// What may stand between a duration and what it is of.
pub(crate) const PREPOSITIONS: Words = Words::of("to per between until in of for since spent on from before after");
/// Parts of a whole.
pub(crate) const SHARES: Words =
    Words::of("ratio fraction share pct percent percentage utilization utilisation util availability");
/// What is counted by second in names such as `tok_s`.
pub(crate) const COUNTED_BY_SECOND: Words = Words::of(
    "tok token tokens req reqs request requests op ops iter iters iterations it msg msgs messages rows row \
     queries query txn txns transactions events frames items calls flop flops hits images samples records \
     packets pkts steps examples chars reads writes read write pages page gflop gflops mflop tflop operations calls jobs tasks \
     img imgs fr pic rec recs evt evts trx tx txs cmd cmds qry upd prompts users lines files bytes docs documents inserts updates deletes commits transfers votes blocks frame sample call",
);
/// What these speak of comes out of a run and is never tried one value after the other.
pub(crate) const COMES_OUT: Words = Words::of(
    "throughput bandwidth bw goodput iops miss misses hit hits sent received utilization utilisation util ipc cpi",
);
/// How good an answer was: comes out of a run, whatever else stands in the name (`recall_at_k`).
pub(crate) const QUALITY: Words = Words::of("recall accuracy f1 ndcg mrr auc bleu rouge wer cer reward");
/// What these speak of is by time, whatever stands behind them: `throughput_ops_sec`.
pub(crate) const BY_WHATEVER_TIME: Words = Words::of("throughput bandwidth bw rate speed");
/// The more of it the better.
pub(crate) const HIGHER_IS_BETTER: Words = Words::of(
    "throughput rps qps tps ops iops hits fps bandwidth bw goodput hz speed flops mflops gflops tflops \
     availability successes speedup accuracy recall f1 ndcg mrr auc kbps mbps gbps bps",
);
/// Memory: the less of it the better.
pub(crate) const MEMORY: Words = Words::of("memory mem rss heap vms vsz maxrss pss uss allocated alloc allocs");
/// Durations that were chosen, not measured.
pub(crate) const TIME_SETTING: Words = Words::of(
    "slo sla think ramp ramp_up rampup threshold timeout timeouts interval period warmup ramp pause think sleep budget deadline limit ttl requested target",
);
/// What is done before an answer or is a part of it: durations that stand for no row where one of the answer stands beside them.
pub(crate) const PREPARATION: Words = Words::of(
    "embedding retrieval transcription stt tokenize tokenization preprocess preprocessing postprocess planning plan init initialization initialisation setup prepare preparation teardown jitter",
);
/// How long the answer itself took.
pub(crate) const ANSWER: Words = Words::of("execution exec response latency total request query e2e");
/// A duration that is called so and nothing else may be that of the whole run.
pub(crate) const RUN_OR_LATENCY: Words = Words::of("duration elapsed runtime");
/// Numbers that were asked for, not measured.
pub(crate) const ASKED_FOR: Words =
    Words::of("requested target wanted configured offered expected desired intended planned scheduled");
/// What went wrong.
pub(crate) const FAILED: Words = Words::of("error errors failed failure failures fail fails ko drop dropped loss lost");
/// The less of it the better.
pub(crate) const LOWER_IS_BETTER: Words =
    Words::of("errors error failures failed misses retries dropped timeouts allocs allocations latency latencies");
/// Beside these, a word says nothing of the better direction.
pub(crate) const TURNS_AROUND: Words = Words::of(
    "free available avail idle reduction reduced improvement saved saving savings avoided fixed detected lifetime uptime \
     capacity remaining headroom limit crash",
);
/// What a time or an amount can be given for: `ns_per_op`, `ms_per_token`.
pub(crate) const UNITS_OF_WORK: Words = Words::of(
    "op ops call calls token tokens tok request requests req iter iteration iterations item items event row \
     query image frame step byte element elem message msg invocation user output",
);
/// Numbers made of others, in no unit.
pub(crate) const DERIVED: Words = Words::of("speedup score rank ranking rating grade quality factor improvement index");
/// Words that say nothing of their own: the name before them decides.
pub(crate) const NEUTRAL: Words = Words::of("value val estimate point result data metric stats statistics");
/// Columns of measurements are called by these. They tell `error_type,count` from a row whose value is missing.
pub(crate) const HEADER: Words = Words::of(
    "count latency duration elapsed time timestamp memory peak current value total mean avg min max rate size \
     bytes ms us ns sec seconds type name event label metric errors requests throughput rss cpu usage p50 p90 \
     p95 p99",
);
/// Rows of such words among numbers say that the row below them sums up those above.
pub(crate) const SUMMARY_ROW: Words = Words::of(
    "mean average avg median sum total difference diff stddev std variance media mediana promedio média moyenne moyennes \
     mittelwert durchschnitt mittel summe differenz differenza diferencia différence écart varianza",
);
/// Words that stand above columns of labels and nowhere below.
pub(crate) const LABEL_HEADER: Words = Words::of("name label event test benchmark command operation metric case");
/// Names of the length of a whole run, each of one or more words.
pub(crate) const RUN_LENGTHS: &[&str] = &[
    "elapsed time",
    "elap time",
    "test duration",
    "run duration",
    "total time",
    "total duration",
    "time taken",
    "total runtime",
    "uptime",
    "benchmark duration",
    "test time",
    "run time",
    "requested duration",
    "actual duration",
    "test run duration",
];
/// Labels of rows that sum up the others.
const TOTALS: &[&str] =
    &["total", "totals", "aggregated", "all", "overall", "sum", "gesamt", "global information", "总体", "总计", "合计"];

/// Whether a row with that label sums up the others.
pub(crate) fn is_total(label: &str) -> bool {
    TOTALS.contains(&label.trim().to_lowercase().as_str())
}
