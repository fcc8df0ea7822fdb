//! What load generators write.

pub(crate) mod ab;
pub(crate) mod artillery;
pub(crate) mod autocannon;
pub(crate) mod gatling;
pub(crate) mod hey;
pub(crate) mod jmeter;
pub(crate) mod jmeter_statistics;
pub(crate) mod jmeter_xml;
pub(crate) mod k6;
pub(crate) mod k6_csv;
pub(crate) mod k6_json;
pub(crate) mod k6_summary;
pub(crate) mod locust;
pub(crate) mod locust_exceptions;
pub(crate) mod locust_failures;
pub(crate) mod locust_history;
pub(crate) mod locust_requests;
pub(crate) mod locust_stats;
pub(crate) mod oha;
pub(crate) mod vegeta;
pub(crate) mod wrk;
