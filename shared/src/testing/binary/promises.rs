//! What every function's binary promises: one async function each, and a macro for each kind of
//! function makes a named test of them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![expect(clippy::missing_panics_doc, reason = "a broken promise is a panic, for each of them")]

pub use super::logs::stop;
use super::logs::{check_log, stop_after};
use super::{Binary, Variables};
use crate::testing::events::{self, BodyForm};
use serde_json::{Value, json};

/// A word that stands in every event and may not stand in any log.
pub(super) const CANARY: &str = "canary";

/// Makes tests of a function behind the HTTP API: its name, the method and path of a route that
/// reads the store, and of one that takes JSON where it has one.
#[macro_export]
macro_rules! api_binary {
    ($name:literal, store: ($method:literal, $path:literal, $body:expr) $(, json: ($json_method:literal, $json_path:literal))?) => {
        const BINARY: &str = env!(concat!("CARGO_BIN_EXE_", $name));

        #[tokio::test]
        async fn unknown_paths_and_hostile_queries_are_answered_as_problems() {
            $crate::testing::binary::promises::unknown_paths(BINARY).await;
        }

        #[tokio::test]
        async fn its_captured_event_and_odd_ones_are_answered() {
            $crate::testing::binary::events::captured(BINARY, $name).await;
        }

        #[tokio::test]
        async fn without_its_database_it_is_unavailable_and_goes_on() {
            let (call, body) = (($method, $path), $body);
            $crate::testing::binary::promises::no_database(BINARY, call, body).await;
        }

        #[tokio::test]
        async fn throttled_tables_are_tried_again_and_then_refused_with_a_time_to_wait() {
            let (call, body) = (($method, $path), $body);
            $crate::testing::binary::throttled::of_requests(BINARY, call, body).await;
        }

        #[tokio::test]
        async fn it_does_not_start_without_its_settings_and_names_each() {
            $crate::testing::binary::promises::no_settings(BINARY).await;
        }

        #[tokio::test]
        async fn c_5_1_it_starts_outside_the_mainland_only_where_that_is_set_and_says_so() {
            $crate::testing::binary::promises::stays_inside(BINARY).await;
        }

        $(
            #[tokio::test]
            async fn what_is_no_json_is_refused() {
                $crate::testing::binary::promises::no_json(BINARY, $json_method, $json_path).await;
            }
        )?
    };
}

/// Makes tests of a function that a schedule or a stream invokes.
#[macro_export]
macro_rules! job_binary {
    ($name:literal) => {
        const BINARY: &str = env!(concat!("CARGO_BIN_EXE_", $name));

        #[tokio::test]
        async fn without_its_database_it_reports_an_error_and_goes_on() {
            $crate::testing::binary::promises::failing_job(BINARY).await;
        }

        #[tokio::test]
        async fn throttled_tables_are_tried_again_and_then_fail_the_job() {
            $crate::testing::binary::throttled::of_job(BINARY).await;
        }

        #[tokio::test]
        async fn it_does_not_start_without_its_settings_and_names_each() {
            $crate::testing::binary::promises::no_settings(BINARY).await;
        }

        #[tokio::test]
        async fn c_5_1_it_starts_outside_the_mainland_only_where_that_is_set_and_says_so() {
            $crate::testing::binary::promises::stays_inside(BINARY).await;
        }
    };
}

/// Starts a binary that reaches neither database nor key service.
pub async fn alone(path: &str) -> Binary {
    Binary::start(path, &Variables::default()).await.expect("the binary starts")
}

/// Hands an event of the HTTP API to a binary; gives the status and the body of the answer.
pub async fn answer(binary: &Binary, event: &Value) -> (u64, Value) {
    let answered = binary.invoke(event).await.expect("it goes on");
    let answer = answered.unwrap_or_else(|error| panic!("an answer, and not {error}"));
    let body = answer["body"].as_str().unwrap_or_default();
    let status = answer["statusCode"].as_u64().expect("a status");
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// The end of a problem's type, and its status.
pub(super) fn problem(status: u64, body: &Value) -> (u64, &str) {
    let kind = body["type"].as_str().and_then(|kind| kind.rsplit(':').next());
    (status, kind.unwrap_or_default())
}

/// An event that carries a canary wherever a caller can put one.
pub fn event(method: &str, path: &str) -> Value {
    // In the form of a token, so that it is looked up.
    let token = format!("pct_{0}_{0}_{1:a<52}", "a".repeat(26), CANARY);
    let event = events::http(method, path);
    let mut event = events::with_header(event, "authorization", &format!("Bearer {token}"));
    event["requestContext"]["http"]["userAgent"] = json!(CANARY);
    event["requestContext"]["domainName"] = json!(CANARY);
    event["pathParameters"] = json!({"id": CANARY});
    events::with_header(event, "x-canary", CANARY)
}

/// Events of jobs that carry a canary in the places of what they know.
fn odd_jobs() -> Vec<Value> {
    let mut stream = events::stream();
    stream["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] = json!(format!("outbox#{CANARY}"));
    let login = json!({"user": CANARY, "password": CANARY});
    let mail = json!({"host": CANARY, "port": CANARY, "tls": CANARY, "login": login});
    vec![
        json!({"Records": CANARY, "detail": CANARY}),
        stream,
        json!({"do": "configure", "mail": mail, "text": CANARY}),
        json!({"do": CANARY, "rotate": CANARY}),
    ]
}

/// A path that is no route is a problem, and a query that is no URL ends nothing.
pub async fn unknown_paths(path: &str) {
    let binary = alone(path).await;
    let paths = ["/v1/canary", "/v1/canary?a=<b>", "/?canary={\"|\\^`", "/%00?a=<canary>", ""];
    for unknown in paths {
        let (status, body) = answer(&binary, &event("GET", unknown)).await;
        assert_eq!(problem(status, &body), (404, "not-found"), "{unknown}");
    }
    stop_after(binary, paths.len());
}

/// Without a database a route that needs it says so, twice: the first failure ends nothing.
pub async fn no_database(path: &str, (method, route): (&str, &str), body: Value) {
    let binary = alone(path).await;
    let mut event = event(method, route);
    if !body.is_null() {
        event = events::with_body(event, &body.to_string(), BodyForm::Base64);
    }
    for _ in 0..2 {
        let (status, body) = answer(&binary, &event).await;
        assert_eq!(problem(status, &body), (503, "unavailable"), "{body}");
        assert_eq!(body["retry_after"], 2);
    }
    stop_after(binary, 2);
}

/// A body that is no JSON is refused, in either form of a body.
pub async fn no_json(path: &str, method: &str, route: &str) {
    let binary = alone(path).await;
    for form in [BodyForm::Text, BodyForm::Base64] {
        let event = events::with_body(event(method, route), "{\"canary\": ", form);
        let (status, body) = answer(&binary, &event).await;
        assert_eq!(problem(status, &body), (400, "malformed-json"), "{body}");
    }
    stop(binary);
}

/// A job that cannot do its work reports an error for each event. An event that is none is refused
/// without being quoted.
pub async fn failing_job(path: &str) {
    let binary = alone(path).await;
    for event in [events::schedule(), json!({}), events::schedule()] {
        let error = binary.invoke(&event).await.expect("it goes on").expect_err("no database");
        let text = error["errorMessage"].as_str().expect("a message");
        assert!(text.contains("Unavailable"), "{error}");
    }
    let odd = odd_jobs();
    for event in &odd {
        let answer = binary.invoke(event).await.expect("it goes on");
        let answer = answer.map_or_else(|error| error.to_string(), |done| done.to_string());
        assert!(!answer.contains(CANARY), "{answer}");
    }
    stop_after(binary, 3 + odd.len());
}

/// Without settings a binary ends at once; log and Runtime API learn every one that is missing.
pub async fn no_settings(path: &str) {
    let missing = ["PC_STAGE", "PC_VAULT_KEY", "PC_TABLE_RECORDS", "PC_TABLE_LEDGER"];
    let variables = missing.into_iter().fold(Variables::default(), Variables::without);
    let variables = variables.with("PC_COOLING_OFF_DAYS", CANARY);
    let binary = Binary::start(path, &variables).await.expect("the binary starts");
    let ended = binary.ended().await.expect("it ends");
    assert_eq!(ended.code, Some(1));
    assert!(!ended.log.is_empty(), "nothing was logged");
    check_log(&ended.log);
    let told = ended.init_error.expect("an error of the Init");
    assert_eq!(told["errorType"], "Init.Config");
    let told = told["errorMessage"].as_str().expect("a message");
    for name in missing.into_iter().chain(["PC_COOLING_OFF_DAYS"]) {
        assert!(told.contains(name) && ended.log.contains(name), "{name}: {told}");
    }
    for name in ["PC_TABLE_KEYS", "PC_TABLE_ROOTS", CANARY] {
        assert!(!told.contains(name), "{name}: {told}");
    }
}

/// Outside the mainland a binary ends at once, unless a setting lets it; then it says so each time.
pub async fn stays_inside(path: &str) {
    let table = "arn:aws:dynamodb:ap-east-1:123456789012:table/Records";
    let outside = ["RECORDS", "KEYS", "ROOTS", "LEDGER"]
        .into_iter()
        .fold(Variables::default().with("AWS_REGION", "ap-east-1"), |set, name| {
            set.with(&format!("PC_TABLE_{name}"), table)
        });
    let outside = outside.with("PC_VAULT_KEY", "arn:aws:kms:ap-east-1:123456789012:key/vault");
    let binary = Binary::start(path, &outside).await.expect("the binary starts");
    let ended = binary.ended().await.expect("it ends");
    assert_eq!(ended.code, Some(1));
    let told = ended.init_error.expect("an error of the Init")["errorMessage"].to_string();
    assert!(told.contains("AWS_REGION is outside mainland China"), "{told}");
    assert_eq!(told.matches("PC_").count(), 1, "only the setting that lifts it: {told}");

    let said = |lines: &[Value], starts: u64| {
        lines.iter().any(|l| l["starts_unguarded"] == starts && l["stage"] == "local")
    };
    let log = log_of_a_start(path, &outside.with("PC_OUTSIDE_MAINLAND", "true")).await;
    let told = log.iter().any(|l| l["level"] == "WARN" && l["alarm"] == "outside_mainland");
    assert!(told && said(&log, 1), "{log:?}");
    let log = log_of_a_start(path, &Variables::default()).await;
    assert!(said(&log, 0), "a start with the guard ends the alarm: {log:?}");
}

/// The lines of a binary that was up and did nothing.
async fn log_of_a_start(path: &str, variables: &Variables) -> Vec<Value> {
    let binary = Binary::start(path, variables).await.expect("the binary starts");
    let _answered = binary.invoke(&event("GET", "/v1/unknown")).await.expect("it is up");
    let log = binary.stop().expect("a log");
    log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
