# The six things one does here; `just` lists them. Each is one command, for those who do not use just.

_default:
    @just --list

# Build and report on the fixtures
report:
    cargo run --release --locked -- summarize fixtures -o report.html

# All tests, or those whose name has a word in it
test *WORDS:
    cargo test --release --locked {{WORDS}}

# Approve what the program writes now; read the difference before it is committed
approve:
    INSTA_UPDATE=always cargo test --release --locked --test it approved
    git diff --stat tests/approved

# What has to pass before a change lands
check:
    .ci/run

# What is too long for every change, whole or by parts
full *PARTS:
    .ci/full {{PARTS}}

# The tables of docs/statistics.md, printed anew
calibrate:
    cargo bench --bench comparison -- --full
    cargo bench --bench calibration
